"""Answers a question about the whole collection: every document in scope is read, and each place can be quoted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from threading import Event as CancelEvent

from rag.quoting import is_quotable
from rag.speakers import speaker_of
from rag.store import Store
from rag.surveys import Place, Sought, Unit, survey
from rag.types import Document, Findings, Quote, Scope, Span, Verdict

#: Places that are quoted; the survey counts them all.
QUOTED = 12


def surveyed(sought: Sought, store: Store, scope: Scope, cancel: CancelEvent | None = None) -> Findings | None:
    """What reading everything gave, with a quote from every document first and then further places.

    It names no hits: every passage was read. None where the question lists things and no sentence holds its words:
    then it is better answered as any other.
    """
    found, places = survey(sought, _documents(store, scope, cancel), lambda document: _sentences(store, document))
    if not places:
        if sought.unit is Unit.THINGS:
            return None
        return Findings((), (), Verdict.NOT_IN_SOURCES, 0.0, sought.phrases, survey=found)
    held = {source.id: store.document(source.id) for source in found.holding}
    quotable = [place for place in places if is_quotable(place.sentence.cut(held[place.source.id].text))]
    quotes = tuple(_cut(held[place.source.id], place.sentence) for place in _spread(quotable or places)[:QUOTED])
    return Findings((), quotes, Verdict.ANSWERED, 1.0, (), survey=found)


def _documents(store: Store, scope: Scope, cancel: CancelEvent | None) -> Iterator[Document]:
    for document_id in scope.document_ids or tuple(source.id for source in store.sources()):
        if cancel is not None and cancel.is_set():
            return
        try:
            yield store.document(document_id)
        except KeyError:  # removed a moment ago
            continue


def _sentences(store: Store, document: Document) -> Sequence[Span]:
    passages = store.passages_of(document.id)
    sentences = store.sentences([passage.id for passage in passages])
    return [sentence.span for passage in passages for sentence in sentences.get(passage.id, ())]


def _spread(places: Sequence[Place]) -> list[Place]:
    """The first place of every document, then their second ones, and so on."""
    n_seen: dict[str, int] = {}
    turns = []
    for place in places:
        turns.append(n_seen.get(place.source.id, 0))
        n_seen[place.source.id] = turns[-1] + 1
    return [places[i] for i in sorted(range(len(places)), key=lambda i: (turns[i], i))]


def _cut(document: Document, sentence: Span) -> Quote:
    return Quote.cut(document, sentence, 1.0, speaker_of(document.text, sentence))
