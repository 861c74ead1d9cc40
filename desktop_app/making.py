"""Makers of the engines, called inside their child processes; they import inside, so that the window stays light."""

from __future__ import annotations

from pathlib import Path

from desktop_app.logbook import log_engine
from desktop_app.paths import AppPaths


def make_search(paths: AppPaths) -> object:
    """A desktop_app.engine_search.SearchEngine."""
    from desktop_app.engine_search import SearchEngine  # noqa: PLC0415

    log_engine(paths, "search")
    return SearchEngine(paths)


def make_search_without_index(paths: AppPaths) -> object:
    """A desktop_app.engine_search.SearchWithoutIndex."""
    from desktop_app.engine_search import SearchWithoutIndex  # noqa: PLC0415

    log_engine(paths, "search")
    return SearchWithoutIndex(paths)


def make_indexer(paths: AppPaths) -> object:
    """A desktop_app.engine_indexer.Indexer."""
    from desktop_app.engine_indexer import Indexer  # noqa: PLC0415

    log_engine(paths, "indexer")
    return Indexer(paths)


def make_reader() -> object:
    """A rag.reading.LocalReader."""
    from rag.reading import LocalReader  # noqa: PLC0415

    return LocalReader()


def make_ocr() -> object:
    """A desktop_app.engine_ocr.OcrEngine."""
    from desktop_app.engine_ocr import OcrEngine  # noqa: PLC0415

    return OcrEngine()


def make_pages() -> object:
    """A desktop_app.engine_pages.PageEngine."""
    from desktop_app.engine_pages import PageEngine  # noqa: PLC0415

    return PageEngine()


def make_bench(paths: AppPaths) -> object:
    """A desktop_app.engine_bench.EngineBench."""
    from desktop_app.engine_bench import EngineBench  # noqa: PLC0415

    return EngineBench(paths)


def make_quality(paths: AppPaths, kept: Path) -> object:
    """A desktop_app.engine_quality.QualityEngine."""
    from desktop_app.engine_quality import QualityEngine  # noqa: PLC0415

    log_engine(paths, "quality")
    return QualityEngine(paths, kept)


def make_chat(paths: AppPaths, model_id: str | None) -> object:
    """A models.chat.LlamaChat."""
    from desktop_app.engine_chat import open_chat  # noqa: PLC0415

    log_engine(paths, "chat")
    return open_chat(paths, model_id)
