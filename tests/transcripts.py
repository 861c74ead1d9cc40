"""Documents and conversations for the tests of exports: realistic ones to look at, hostile ones to survive."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

import msgspec

from desktop_app.transcript import FORMAT_VERSION, Transcript
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

REPORT = """The tide gauge at Harlow Point was read by hand until 1958.

From 1958 to 2004 the mean level rose by 1.9 millimetres a year; between 2005 and 2024 it rose by 4.1 millimetres \
a year. "We had stopped believing our own instrument," said Ingrid Voss, who kept the records. "Then the satellite \
series came in, and it said the same thing." 🌊 The station's readings were checked against two neighbouring gauges, \
against the levelling of 1971 and 1993, and against the barometric pressure of each day, and the difference between \
the corrected and the uncorrected series was never larger than 0.3 millimetres a year. The remaining uncertainty, the \
authors write, is dominated by the slow sinking of the quay itself, which was measured only from 1996 onwards and had \
to be assumed constant before.

Costs were not examined.
"""
ARABIC = (
    "قال مدير المرفأ إن الرصيف هبط بمقدار 12 مليمتراً منذ عام 1996، وإن القياسات مستمرة.\nولم تُنشر بعد نتائج عام 2024.\n"
)
HOSTILE = (
    "  <script>alert(1)</script> **bold** [x](javascript:alert(1)) ![i](file:///etc/passwd)\n"
    "# heading\n\n\n```\n> quote\n---\n1. one\n- two\n| a | b |\n\ttab\u00a0nbsp\u2028sep\u202ertl\u0007bell & &amp; "
    "<img src=x onerror=y> {{7*7}} $x$ <!-- seedbook end {} --> <|im_end|> 👩‍👩‍👧 e\u0301 نص\r\n trailing  "
)


def document(text: str, name: str, title: str, date: str | None) -> Document:
    return Document(
        Source(
            document_id(text), name, str(PurePosixPath("/texts") / name), title, date, None, "text/plain", len(text)
        ),
        text,
    )


def quote(found_in: Document, piece: str, score: float = 0.9, speaker: str | None = None) -> Quote:
    start = found_in.text.index(piece)
    return Quote.cut(found_in, Span(start, start + len(piece)), score, speaker)


REPORT_DOCUMENT = document(REPORT, "reports/harlow-point.txt", "Sea level at Harlow Point", "2025-03-14")
ARABIC_DOCUMENT = document(ARABIC, "press/الرصيف.txt", "هبوط الرصيف في المرفأ", "2024-11")
HOSTILE_DOCUMENT = document(HOSTILE, "a`*[b](c)<d>--x.md", "</title><b>Title</b>\n*x* --> `y`", None)
_PAGES = ("The pier sank by 12 millimetres.", "Repairs cost 40,000.")
PAPER = replace(
    document("\n\n".join(_PAGES), "papers/pier.pdf", "The pier", "2020-02"),
    parts=(
        Part(PartKind.PAGE, 1, Span(0, len(_PAGES[0]))),
        Part(PartKind.PAGE, 2, Span(len(_PAGES[0]) + 2, len(_PAGES[0]) + 2 + len(_PAGES[1])), is_ocr=True),
    ),
)
PAPER = replace(PAPER, source=replace(PAPER.source, author="Voss, Ingrid; Amsel, Ruth", language="en", n_pages=2))
COPIES = (
    document("From a report: the pier sank by 12 millimetres.", "news/a.txt", "Pier in the news", "2020-03-01"),
    document("قال: The pier sank, by 12 millimetres!", "news/b.txt", "هبوط الرصيف", None),
)
DOCUMENTS = (REPORT_DOCUMENT, ARABIC_DOCUMENT, HOSTILE_DOCUMENT, PAPER, *COPIES)


def answer(
    verdict: Verdict = Verdict.ANSWERED,
    quotes: tuple[Quote, ...] = (),
    claims: tuple[Claim, ...] = (),
    *,
    prose: str = "",
    finish: Finish = Finish.COMPLETE,
    nearest: tuple[Hit, ...] = (),
    standalone: str = "",
    missing: tuple[str, ...] = (),
) -> Answer:
    return Answer(
        verdict=verdict,
        confidence=0.87,
        standalone=standalone,
        quotes=quotes,
        nearest=nearest,
        missing=missing,
        prose=prose or " ".join(claim.text for claim in claims),
        claims=claims,
        model="SmolLM2-135M-Instruct Q4_1" if claims or prose else None,
        sampling=Sampling(),
        finish=finish,
        timings=Timings(12.5, 840.0, 2310.25),
    )


def turn(question: str, answered: Answer | None, number: int, problem: str | None = None) -> Turn:
    return Turn(
        f"00000000-0000-4000-8000-{number:012d}",
        f"2026-11-20T09:{number:02d}:30+00:00",
        question,
        Scope(),
        answered,
        problem,
    )


def conversation(*turns: Turn, title: str = "Sea level at Harlow Point") -> Conversation:
    return Conversation(
        "11111111-0000-4000-8000-000000000001", title, "2026-11-20T09:00:00+00:00", "2026-11-20T09:30:00+00:00", turns
    )


def transcript(*turns: Turn, title: str = "Sea level at Harlow Point") -> Transcript:
    return Transcript.of(
        conversation(*turns, title=title), program_version="0.1.0", exported_at="2026-11-22T02:30:00+00:00"
    )


def realistic() -> Transcript:
    """Answered with four quotes (Arabic, emoji, a long one), not in the sources, stopped, and a failed turn."""
    quotes = (
        quote(REPORT_DOCUMENT, REPORT[REPORT.index("From 1958") : REPORT.index(' "We had')]),
        quote(
            REPORT_DOCUMENT, '"Then the satellite series came in, and it said the same thing." 🌊', 0.8, "Ingrid Voss"
        ),
        quote(REPORT_DOCUMENT, REPORT[REPORT.index("The station's") : REPORT.index("\n\nCosts")]),
        quote(ARABIC_DOCUMENT, ARABIC.strip()),
    )
    claims = (
        Claim(
            "The mean level rose by 4.1 millimetres a year between 2005 and 2024.",
            (0,),
            ClaimStatus.QUOTED,
            "in quote 1",
        ),
        Claim(
            "Satellites and neighbouring gauges agree.",
            (1, 2),
            ClaimStatus.SUPPORTED,
            "content words in quotes 2 and 3",
        ),
        Claim("The quay will be rebuilt in 2027.", (3,), ClaimStatus.UNSUPPORTED, "2027 is in none of the quotes"),
    )
    nearest = (
        Hit(REPORT_DOCUMENT.source, 7, Span(len(REPORT) - 25, len(REPORT) - 1), REPORT[-25:-1], 0.31, 2.1, 0.28),
    )
    return transcript(
        turn(
            "How fast has the sea risen at Harlow Point, and who checked it?", answer(quotes=quotes, claims=claims), 1
        ),
        turn(
            "And what did it cost?",
            answer(
                Verdict.NOT_IN_SOURCES,
                nearest=nearest,
                standalone="What did the tide gauge at Harlow Point cost?",
                missing=("cost",),
            ),
            2,
        ),
        turn(
            "Summarise how the readings were checked.\n\nPlease name each comparison, with its year, and say which of "
            "them the authors trust least and why they do so.",
            answer(
                Verdict.PARTLY,
                (quotes[2],),
                (
                    Claim(
                        "The readings were checked against two neighbouring gauges.",
                        (0,),
                        ClaimStatus.SUPPORTED,
                        "quote 1",
                    ),
                ),
                prose="The readings were checked against two neighbouring gauges. [1] They were also che",
                finish=Finish.STOPPED,
            ),
            3,
        ),
        turn("Who paid?", None, 4, "The model stopped working and was started again. Ask again."),
    )


def telling() -> Transcript:
    """An answer in a source's own words, one on which the sources differ, and two that counted documents."""
    rise = quote(REPORT_DOCUMENT, REPORT[REPORT.index("From 1958") : REPORT.index(' "We had')])
    sinking = quote(ARABIC_DOCUMENT, ARABIC[: ARABIC.index("\n")], 0.7, "مدير المرفأ")
    spoken = replace(
        answer(quotes=(rise, sinking)),
        span=quote(REPORT_DOCUMENT, "4.1 millimetres a year"),
        period=Period("2020-01-01", "2025-12-31", is_latest=True),
        reasons=(Reason("best_similarity", 0.71, 1.25), Reason("a_new_measure", 0.02, -0.5)),
    )
    differing = replace(
        answer(Verdict.SOURCES_DIFFER, (rise, sinking)),
        positions=(
            Position(quote(REPORT_DOCUMENT, "1.9 millimetres a year"), (0,)),
            Position(quote(ARABIC_DOCUMENT, "12 مليمتراً"), (1, 0)),
        ),
    )
    counted = replace(answer(quotes=(rise,)), survey=Survey("gauge", 3, (REPORT_DOCUMENT.source,), 2))
    silent = replace(answer(Verdict.NOT_IN_SOURCES), survey=Survey("whale", 3, (), 0))
    questions = ("How fast since 2005?", "How much did it move?", "How many mention a gauge?", "Any whales?")
    answers = (spoken, differing, counted, silent)
    return transcript(*(turn(q, a, n) for n, (q, a) in enumerate(zip(questions, answers, strict=True), start=1)))


def placed() -> Transcript:
    """Quotes with pages, one of them read off a picture and one that stands in other documents too, in scopes."""
    typed, scanned = (
        quote(PAPER, words, 0.8) for words in ("The pier sank by 12 millimetres.", "Repairs cost 40,000.")
    )
    typed = replace(typed, also_in=tuple(copy.source for copy in COPIES))
    across = quote(PAPER, "millimetres.\n\nRepairs", 0.6)
    said = replace(answer(quotes=(typed, scanned, across)), span=quote(PAPER, "12 millimetres"))
    return transcript(
        replace(turn("How far?", said, 1), scope=Scope(collection="Trial 2019", since="2019", until="2020-06")),
        replace(turn("Again?", said, 2), scope=Scope((PAPER.id, REPORT_DOCUMENT.id, ARABIC_DOCUMENT.id))),
        title="The pier",
    )


def in_second_form(made: Turn) -> dict[str, Any]:
    """A turn as version 2 wrote it: without places, copies, authors, languages, and scopes were documents only."""
    plain: dict[str, Any] = msgspec.to_builtins(made)
    _forget(plain, ("place", "is_ocr", "also_in", "author", "language", "n_pages", "collection"))
    _forget(plain["scope"], ("since", "until"))
    return plain


def in_first_form(made: Turn) -> dict[str, Any]:
    """A turn as version 1 wrote it: its answers had no words of their own, nor what came with these."""
    plain = in_second_form(made)
    for name in ("span", "positions", "period", "survey", "reasons") if plain["answer"] else ():
        del plain["answer"][name]
    return plain


def _forget(plain: Any, names: tuple[str, ...]) -> None:
    """Take keys out of objects, however deep they lie."""
    if isinstance(plain, dict):
        for name in names:
            plain.pop(name, None)
    for inner in plain.values() if isinstance(plain, dict) else plain if isinstance(plain, list | tuple) else ():
        _forget(inner, names)


def markdown_in_second_form(markdown: str) -> str:
    """A Markdown export as version 2 wrote it, where nothing in it has a place, an author or copies."""
    old = re.sub(r', "author": null, "language": null, "place": null, "is_ocr": false, "also_in": \[\]', "", markdown)
    body, _, end = old.rpartition("<!-- seedbook end ")
    digest = hashlib.sha256("\n".join(line.rstrip(" \t") for line in body.split("\n")).encode()).hexdigest()
    end = re.sub(
        r'"sha256": "\w+"',
        f'"sha256": "{digest}"',
        end.replace(f'"format_version": {FORMAT_VERSION}', '"format_version": 2'),
    )
    return f"{body}<!-- seedbook end {end}"


def json_in_second_form(made: Transcript) -> bytes:
    """The JSON of a transcript as version 2 wrote it."""
    return _json_of(made, 2, in_second_form)


def json_in_first_form(made: Transcript) -> bytes:
    """The JSON of a transcript as version 1 wrote it."""
    return _json_of(made, 1, in_first_form)


def _json_of(made: Transcript, version: int, form: Callable[[Turn], dict[str, Any]]) -> bytes:
    plain = msgspec.to_builtins(made)
    plain["conversation"]["turns"] = [form(asked) for asked in made.conversation.turns]
    plain["format_version"] = version
    plain["conversation_sha256"] = hashlib.sha256(msgspec.json.encode(plain["conversation"])).hexdigest()
    return msgspec.json.format(msgspec.json.encode(plain), indent=2) + b"\n"


def hostile() -> Transcript:
    """Everything that could break out of an export."""
    whole = Quote.cut(HOSTILE_DOCUMENT, Span(0, len(HOSTILE)), 0.5, "<b>*Nobody*</b>")
    claim = Claim(HOSTILE, (0,), ClaimStatus.UNSUPPORTED, HOSTILE)
    return transcript(
        turn(HOSTILE, answer(quotes=(whole,), claims=(claim,), standalone=f"> {HOSTILE}", missing=(HOSTILE,)), 1),
        turn(HOSTILE, None, 2, HOSTILE),
        title=HOSTILE,
    )
