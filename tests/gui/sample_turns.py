"""Documents, quotes and answers to show, made as the pipeline makes them."""

from __future__ import annotations

from dataclasses import replace

from rag.generation import Finish, Sampling, Timings
from rag.types import (
    Answer,
    Claim,
    ClaimStatus,
    Conversation,
    Document,
    Hit,
    Part,
    PartKind,
    Period,
    Position,
    Quote,
    Reason,
    Scope,
    Source,
    Span,
    Survey,
    Turn,
    Verdict,
    document_id,
)

TEXT = "The river rose on Monday. The bridge closed on Tuesday. Nobody was hurt. The mayor thanked everyone. It rained."


def document(text: str = TEXT, title: str = "Flood report", date: str | None = "2021-03-04") -> Document:
    return Document(
        Source(
            document_id(text),
            "reports/flood.txt",
            "/texts/reports/flood.txt",
            title,
            date,
            None,
            "text/plain",
            len(text),
        ),
        text,
    )


def quote(words: str, within: Document | None = None, speaker: str | None = None) -> Quote:
    within = within or document()
    start = within.text.index(words)
    return Quote.cut(within, Span(start, start + len(words)), 0.8, speaker)


QUOTES = tuple(
    quote(words)
    for words in (
        "The river rose on Monday.",
        "The bridge closed on Tuesday.",
        "Nobody was hurt.",
        "The mayor thanked everyone.",
        "It rained.",
    )
)


SCAN = Document(
    replace(
        document("The gauge stood at 9.2 metres at noon. The lower town was under water.", "Log of the lock").source,
        name="scans/lock-1921.pdf",
        author="Amsel, Ruth; Holt, Maria; Voss, Ingrid",
        language="en",
        n_pages=12,
    ),
    "The gauge stood at 9.2 metres at noon. The lower town was under water.",
    (Part(PartKind.PAGE, 7, Span(0, 70), is_ocr=True),),
)


def copied(words: str = "The lower town was under water.", n_copies: int = 2) -> Quote:
    """A quote off a scanned page, whose words stand in other documents too."""
    others = (document(f"Paper {n}: {words}", f"Paper {n} on the flood", f"20{n:02}-03-07") for n in range(n_copies))
    return replace(quote(words, SCAN), also_in=tuple(other.source for other in others))


def hit(start: int = 0, end: int = 25) -> Hit:
    source = document()
    return Hit(source.source, start, Span(start, end), source.text[start:end], 0.5, 3.2, None)


SUPPORTED = Claim("The bridge closed after the river rose.", (0, 1), ClaimStatus.SUPPORTED, "all words in quotes 1, 2")
QUOTED = Claim("Nobody was hurt.", (2,), ClaimStatus.QUOTED, "the quote's own words")
UNSUPPORTED = Claim("The mayor resigned.", (3,), ClaimStatus.UNSUPPORTED, "no quote mentions resigned")

ANSWER = Answer(
    verdict=Verdict.ANSWERED,
    confidence=0.9,
    standalone="What happened at the river?",
    quotes=QUOTES,
    nearest=(),
    missing=(),
    prose="The bridge closed after the river rose [1][2].",
    claims=(SUPPORTED, QUOTED, UNSUPPORTED),
    model="Tiny-1M",
    sampling=Sampling(),
    finish=Finish.COMPLETE,
    timings=Timings(140.0, 800.0, 2100.0),
)
NOT_IN_SOURCES = replace(
    ANSWER,
    verdict=Verdict.NOT_IN_SOURCES,
    confidence=0.1,
    quotes=(),
    claims=(),
    model=None,
    nearest=(hit(0, 25), hit(26, 55)),
)

MONDAY = quote("Monday")
SPANNED = replace(ANSWER, span=MONDAY)
REASONS = (
    Reason("best_similarity", 0.81, 1.6),
    Reason("reader_no_answer", 0.12, -0.7),
    Reason("coverage_with_previous", 0.59, 0.3),
)

TOLL = document(
    'Rescuers were still counting on Friday. "Nineteen people died," said Ruth Amsel, who leads the rescue service. '
    "Two bridges were lost.",
    "Flood: what is known so far",
    "2021-03-06",
)
INQUIRY = document(
    "The inquiry found that 23 people had died in the night of the flood, most of them in the lower town.",
    "Final report of the inquiry into the flood of March 2021 and into the warnings that were not given",
    "2022-11-18",
)
DIFFERING = replace(
    ANSWER,
    verdict=Verdict.SOURCES_DIFFER,
    quotes=(
        quote('"Nineteen people died," said Ruth Amsel, who leads the rescue service.', TOLL, "Ruth Amsel"),
        quote(INQUIRY.text, INQUIRY),
    ),
    claims=(),
    prose="",
    model=None,
    positions=(
        Position(quote("Nineteen people", TOLL, "Ruth Amsel"), (0,)),
        Position(quote("23 people", INQUIRY), (1,)),
    ),
)


def surveyed(n_holding: int, n_documents: int = 27) -> Answer:
    """What reading a whole collection gave."""
    holding = tuple(
        document(f"Report {number} mentions a bridge.", f"Report {number} of the river board", f"20{number:02}").source
        for number in range(1, n_holding + 1)
    )
    survey = Survey("bridge", n_documents, holding, 2 * n_holding + 1 if n_holding else 0)
    verdict = Verdict.ANSWERED if n_holding else Verdict.NOT_IN_SOURCES
    quotes = QUOTES[1:2] if n_holding else ()
    return replace(ANSWER, verdict=verdict, quotes=quotes, claims=(), prose="", model=None, survey=survey)


def of_the_time(period: Period) -> Answer:
    """An answer to a question that named a time."""
    undated = document("A flood came, says an undated note.", "Note found in the mill", None)
    return replace(ANSWER, period=period, quotes=(QUOTES[0], quote(undated.text, undated)), claims=(), prose="")


def turn(turn_id: str = "t1", answer: Answer | None = None, problem: str | None = None) -> Turn:
    return Turn(turn_id, "2026-01-01T00:00:00Z", "What happened at the river?", Scope(), answer, problem)


def conversation(*turns: Turn) -> Conversation:
    return Conversation("c1", "Floods", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", turns)
