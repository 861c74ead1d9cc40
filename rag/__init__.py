"""Question answering over documents: find evidence, quote it exactly, check prose; knows neither Qt nor llama.cpp."""
