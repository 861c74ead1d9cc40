"""The border of a thread: whatever fails inside becomes a message to someone, because nobody is above to catch it.

It does not know what is done inside, nor how the failure is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def telling(tell: Callable[[Exception], object]) -> Iterator[None]:
    """Hand any error of the block to `tell` instead of raising it; the block ends there."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 - whatever it is, the reader is told and the window lives
        tell(error)
