"""Model files and the engines made from them; knows neither Qt nor rag."""
