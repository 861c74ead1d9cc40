"""Lets Chroma follow the store between questions, and opens it in a thread, so that no question waits for that.

Only the opening (importing Chroma, verifying its files) runs beside questions; they are searched exactly until then.
"""

from __future__ import annotations

from threading import Thread

from rag.errors import RagError
from rag.index import ChromaIndex, IndexState
from rag.store import Store

_PATIENCE_S = 0.05  # how long one call waits for the opening, so that a caller who comes back at once does not spin


class IndexFollower:
    """One slice of work a call; its methods are for one thread, the one that also asks the index."""

    def __init__(self, index: ChromaIndex, store: Store) -> None:
        self._index = index
        self._store = store
        self._opening: Thread | None = None
        self._is_open = False
        self._failure: Exception | None = None

    def follow(self, max_rows: int) -> IndexState:
        """Take over one slice, see ChromaIndex.follow; not ready, and nothing done, while Chroma is being opened.

        Raises:
            IndexUnavailable: it could not be opened, or could not write; the next call tries again.
        """
        if not self._is_open and not self._has_opened():
            # Never 0 of 0: what was removed from a library that is empty now must still go from the index.
            return IndexState(0, max(1, self._store.n_passages()), is_ready=False)
        return self._index.follow(max_rows)

    def close(self) -> None:
        """Wait for an opening that is under way, so that it leaves no mark of a crash, and let go of the files."""
        if self._opening is not None:
            self._opening.join()
        self._index.close()

    def _has_opened(self) -> bool:
        if self._opening is None:
            self._opening = Thread(target=self._open, name="opening the index", daemon=True)
            self._opening.start()
        self._opening.join(_PATIENCE_S)
        if self._opening.is_alive():
            return False
        self._opening = None
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure
        self._is_open = True
        return True

    def _open(self) -> None:
        try:
            self._index.start()
        except RagError as error:  # any other one comes up again when `follow` opens it itself
            self._failure = error
