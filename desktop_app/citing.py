"""An answer as plain text with its quotes and where they stand, ready to be pasted into a letter.

It knows neither Qt nor the clipboard; whole conversations are written by the export.
"""

from __future__ import annotations

from desktop_app.answer_words import READ_BY_OCR, attribution_words, source_words, speaker_of, values_of
from desktop_app.export_words import context_lines, finish_words, scope_words, unchecked_prose
from rag.types import Answer, Claim, ClaimStatus, Quote, Turn, Verdict

_OPENINGS = {
    Verdict.ANSWERED: "",
    Verdict.PARTLY: "The sources answer this only in part.",
    Verdict.NOT_IN_SOURCES: "The sources do not say.",
    Verdict.SOURCES_DIFFER: "The sources differ.",
}


def with_citations(turn: Turn) -> str:
    """The question, the answer's prose with numbers, then each quote with its source; no markup, LF line ends."""
    answer = turn.answer
    if answer is None:
        return turn.question + (f"\n\n{turn.problem}" if turn.problem else "")
    parts = [turn.question, scope_words(turn), _OPENINGS[answer.verdict], *context_lines(answer), *_values(answer)]
    parts += [finish_words(answer), _prose(answer)]
    parts += [_numbered_quote(number, quote) for number, quote in enumerate(answer.quotes, start=1)]
    return "\n\n".join(part for part in parts if part)


def _values(answer: Answer) -> list[str]:
    """The words that answer, and the values that differ, each with who says it and where."""
    lines = [f"“{value.text}” ({attribution_words(value, speaker_of(answer, value))})" for value in values_of(answer)]
    return ["\n".join(lines)] if lines else []


def _prose(answer: Answer) -> str:
    rest = unchecked_prose(answer)
    unchecked = [f"{rest} [not checked against the quotes]"] if rest else []
    return " ".join([*(_numbered_claim(claim) for claim in answer.claims), *unchecked])


def _numbered_claim(claim: Claim) -> str:
    marks = "".join(f" [{index + 1}]" for index in claim.quotes)
    doubt = " [not supported by the quotes]" if claim.status is ClaimStatus.UNSUPPORTED else ""
    return claim.text.strip() + marks + doubt


def _numbered_quote(number: int, quote: Quote) -> str:
    source = quote.source
    said = f"{quote.speaker}: " if quote.speaker else ""
    parts = [source.title or source.name, source.author, source.date, source.name if source.title else "", quote.place]
    parts += [f"characters {quote.span.start}–{quote.span.end}", READ_BY_OCR if quote.is_ocr else ""]
    where = ", ".join(" ".join(part.split()) for part in parts if part)
    copies = f"\n    also in {'; '.join(source_words(copy) for copy in quote.also_in)}" if quote.also_in else ""
    return f"[{number}] {said}“{quote.text.strip()}”\n    {where}{copies}"
