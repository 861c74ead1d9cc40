"""Says in plain words why the disk refused: the sentences behind every OSError about a file or folder.

It does not decide what is safe afterwards; whoever was writing knows that.
"""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

_SENTENCES = {
    errno.EROFS: "{folder} is on a disk that can only be read. Choose another place.",
    errno.EACCES: "You have no permission there. Change the permissions of {path}, or choose another place.",
    errno.EPERM: "You have no permission there. Change the permissions of {path}, or choose another place.",
    errno.ENOENT: "{missing} does not exist. Create it, or choose another place.",
    errno.ENOTDIR: "{stray} is a file where a folder is needed. Move it away, or choose another place.",
    errno.EEXIST: "{path} is a file where a folder is needed. Move it away, or choose another place.",
    errno.EISDIR: "{path} is a folder. Choose another name.",
    errno.ENAMETOOLONG: "The name {path} is too long. Choose a shorter one.",
    errno.EFBIG: "The file would be larger than this disk allows.",
    errno.EIO: "The disk reports a fault. Check it and copy what matters to another one.",
    errno.ELOOP: "{path} is a link that leads back to itself. Remove it, or choose another place.",
    errno.EMFILE: "Too many files are open. Close other programs and try again.",
    errno.ENFILE: "Too many files are open. Close other programs and try again.",
    errno.EBUSY: "Another program is using {path}. Close it there and try again.",
    errno.ETXTBSY: "Another program is using {path}. Close it there and try again.",
}
_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}


def why(error: OSError, path: Path, needed_bytes: int | None = None) -> str:
    """What was wrong and what to do, in one or two sentences; `needed_bytes` is told where the disk is full."""
    if error.errno in _FULL:
        return _full(path, needed_bytes)
    sentence = _SENTENCES.get(error.errno or 0)
    if sentence is None:
        return f"{error.strerror or error} ({path})."
    return sentence.format(path=path, folder=path.parent, missing=_first_missing(path), stray=_first_file(path))


def in_words(n_bytes: int) -> str:
    """A number of bytes as people write it: 512 bytes, 3.1 MB."""
    if n_bytes < 1000:
        return f"{n_bytes} bytes"
    amount = float(n_bytes)
    for unit in ("kB", "MB", "GB"):
        amount /= 1000
        if amount < 999.95:
            return f"{amount:.1f} {unit}"
    return f"{amount / 1000:.1f} TB"


def _full(path: Path, needed_bytes: int | None) -> str:
    try:
        free = f"{in_words(shutil.disk_usage(_nearest_folder(path)).free)} free"
    except OSError:
        free = "no room"
    needed = f"{in_words(needed_bytes)} needed, " if needed_bytes is not None else ""
    return f"The disk is full: {needed}{free}. Make room and try again."


# os.path is asked below because, unlike pathlib, it answers "no" where looking is forbidden.


def _nearest_folder(path: Path) -> Path:
    return next((folder for folder in path.parents if os.path.isdir(folder)), Path(path.anchor or "."))  # noqa: PTH112


def _first_missing(path: Path) -> Path:
    """The outermost folder of `path` that is not there, or `path` itself."""
    return next((folder for folder in reversed(path.parents) if not os.path.exists(folder)), path)  # noqa: PTH110


def _first_file(path: Path) -> Path:
    return next((folder for folder in reversed(path.parents) if os.path.isfile(folder)), path)  # noqa: PTH113
