"""The window, the command line and the composition; the only package that imports PySide6 or both rag and models."""
