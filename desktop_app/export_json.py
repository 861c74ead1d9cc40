"""A transcript as JSON, from which the very same conversation can be read again.

The form itself belongs to the transcript; nothing is left out and nothing is worded for reading.
"""

from __future__ import annotations

from desktop_app.transcript import Transcript, to_json


def to_json_text(transcript: Transcript) -> str:
    """The transcript's canonical JSON as text, LF line ends."""
    return to_json(transcript).decode("utf-8")
