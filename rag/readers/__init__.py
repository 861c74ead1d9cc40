"""One reader for each format; `rag.reading` chooses among them."""
