"""How often the tests that kill a process do so: a few times by default, and as often as SEEDBOOK_KILLS says."""

from __future__ import annotations

import os


def n_kills(default: int) -> int:
    """The default keeps the suite quick; SEEDBOOK_KILLS=30 is for a night, or after a change to what is at stake."""
    return int(os.environ.get("SEEDBOOK_KILLS", default))
