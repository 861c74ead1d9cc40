"""Where the file behind a document lies on the disk now; of a file in an archive, the archive.

It opens nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rag.rows import FileRow


def original(paths: Sequence[str]) -> Path | None:
    """The first of these files that there is; None where none is there any more."""
    return next((found for path in paths if (found := on_disk(path)) is not None), None)


def on_disk(path: str) -> Path | None:
    """The file itself, or the archive that a path leads into; None where neither is there."""
    wanted = Path(path)
    try:
        if wanted.exists():
            return wanted
        return next((parent for parent in wanted.parents if parent.is_file()), None)
    except (OSError, ValueError):  # a name too long, or with a zero byte
        return None


def nearest_folder(path: str) -> Path | None:
    """The folder that a path lies in, or the nearest one above it that is still there."""
    try:
        return next((parent for parent in Path(path).parents if parent.is_dir()), None)
    except (OSError, ValueError):
        return None


def has_changed(row: FileRow) -> bool:
    """Whether a file is another one than when it was read last; of a file in an archive that is not known: True."""
    try:
        status = Path(row.path).stat()
    except (OSError, ValueError):
        return True
    return not row.sha256 or (status.st_size, status.st_mtime_ns) != (row.size_bytes, row.mtime_ns)
