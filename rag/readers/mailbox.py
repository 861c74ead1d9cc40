"""Reads mailboxes (.mbox): each e-mail in them a part, in the order of the file.

An e-mail begins at a `From ` line that holds a day and a time and is followed by a header field, so that a sentence
which begins with From ends none. A `>` that was put before such a line when the mailbox was written is taken off again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from rag import sniffing
from rag.errors import SourceError, UnreadableSource
from rag.readers.letters import Letter, reading_of
from rag.readers.mail import letter_of
from rag.types import Reading

_QUOTED_POSTMARK = re.compile(rb"^>(>*From )", re.MULTILINE)
_MAX_LETTERS = 50_000


class MboxReader:
    """All e-mails of a mailbox; one that cannot be read is noted and does not stop the others."""

    def read(self, content: bytes, path: Path) -> Reading:
        places = [match.span() for match in sniffing.POSTMARK.finditer(content)]
        if not places:
            raise UnreadableSource(path=str(path), reason="it holds no e-mails, or is no mailbox.")
        if len(places) > _MAX_LETTERS:
            reason = f"it holds {len(places):,} e-mails; at most {_MAX_LETTERS:,}. Split it."
            raise UnreadableSource(path=str(path), reason=reason)
        letters: list[Letter] = []
        n_failed = 0
        for number, one in enumerate(_cut(content, places), start=1):
            try:
                letters.append(letter_of(_QUOTED_POSTMARK.sub(rb"\1", one), f"{path} (message {number})"))
            except SourceError:
                n_failed += 1
        if not letters:
            raise UnreadableSource(path=str(path), reason="none of its e-mails could be read.")
        if n_failed:
            letters[0].notes.append(f"{n_failed:,} of its {len(places):,} e-mails were not read.")
        return reading_of(letters, path, sniffing.MBOX, title=path.stem)


def _cut(content: bytes, places: list[tuple[int, int]]) -> Iterator[bytes]:
    """The bytes of each e-mail, without its `From ` line."""
    ends = [start for start, _ in places[1:]] + [len(content)]
    for (_, start), end in zip(places, ends, strict=True):
        yield content[start:end]
