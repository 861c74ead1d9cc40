"""Question answering over documents: find the evidence, quote it exactly, check the prose; knows neither Qt nor llama.cpp."""
