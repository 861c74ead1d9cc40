"""Values for the tests of rag: documents, quotes, turns and candidates made from a few words."""

from __future__ import annotations

from rag.features import Candidate, CandidateSentence
from rag.generation import Finish, Sampling, Timings
from rag.types import Answer, Document, Quote, Scope, Source, Span, Turn, Verdict, document_id


def document(text: str, name: str = "a.txt", title: str = "A text") -> Document:
    source = Source(document_id(text), name, "/" + name, title, None, None, "text/plain", len(text))
    return Document(source, text)


def quote(text: str, score: float = 0.9) -> Quote:
    return Quote.cut(document(text), Span(0, len(text)), score)


def answer(standalone: str, *quotes: Quote) -> Answer:
    verdict = Verdict.ANSWERED if quotes else Verdict.NOT_IN_SOURCES
    return Answer(
        verdict, 0.8, standalone, quotes, (), (), "", (), None, Sampling(), Finish.COMPLETE, Timings(1.0, None, 1.0)
    )


def turn(question: str, *quotes: Quote) -> Turn:
    return Turn("id", "2026-01-01T00:00:00Z", question, Scope(), answer(question, *quotes))


def candidate(*sentences: str, similarities: tuple[float, ...] = (), score: float = 0.5) -> Candidate:
    text = " ".join(sentences)
    owner = document(text)
    made, start = [], 0
    for n, sentence in enumerate(sentences):
        span = Span(start, start + len(sentence))
        made.append(CandidateSentence(span, sentence, similarities[n] if similarities else 0.3))
        start = span.end + 1
    return Candidate(owner.source, 1, Span(0, len(text)), text, score, 1.0, 0.4, tuple(made))
