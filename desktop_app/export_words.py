"""The sentences that all exports share: verdicts, statuses, endings, settings and places, in plain words.

It knows no format: escaping and layout belong to each export.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from desktop_app import answer_words
from desktop_app.one_line import one_line
from desktop_app.scope_words import asked_words, isolated
from desktop_app.transcript import Exhibit, ExhibitKind, Transcript
from desktop_app.wording import language_words
from rag.generation import Finish
from rag.types import Answer, Claim, ClaimStatus, Turn, Verdict

_VERDICTS = {
    Verdict.ANSWERED: "Answered from the sources",
    Verdict.PARTLY: "Partly answered from the sources",
    Verdict.NOT_IN_SOURCES: "The sources do not say",
    Verdict.SOURCES_DIFFER: "The sources differ",
}
_CLAIMS = {
    ClaimStatus.QUOTED: "quoted",
    ClaimStatus.SUPPORTED: "supported",
    ClaimStatus.UNSUPPORTED: "not supported",
}
_ENDINGS = {
    Finish.COMPLETE: "",
    Finish.CUT: "This answer was cut off at its length limit; it is not complete.",
    Finish.STOPPED: "This answer was stopped by the reader; it is not complete.",
    Finish.INTERRUPTED: "This answer was broken off while it was being written; it is not complete.",
}
HEADINGS = {
    ExhibitKind.ANSWER: "The answer in the words of a source",
    ExhibitKind.POSITION: "Where the sources differ",
    ExhibitKind.QUOTE: "Quotes",
    ExhibitKind.PASSAGE: "Nearest passages",
}
UNCHECKED = "Not checked against the quotes:"
_HEADING_CHARS = 90
_LEADING_MARKS = re.compile(r"^[\s.!?]*(\[[\d,\s]*\][\s.!?]*)*")


def verdict_words(answer: Answer) -> str:
    return _VERDICTS[answer.verdict]


def claim_words(claim: Claim) -> str:
    return _CLAIMS[claim.status]


def finish_words(answer: Answer) -> str:
    """How an answer ended where it is not complete; empty where it is."""
    return _ENDINGS[answer.finish]


def missing_words(answer: Answer) -> str:
    """Which words of the question nothing was found about; empty where there are none."""
    return answer_words.missing_words(answer.missing)


def context_lines(answer: Answer) -> tuple[str, ...]:
    """What the question limited and what reading the whole collection gave, a sentence each."""
    period = answer_words.period_words(answer.period)
    survey = answer_words.survey_words(answer.survey) if answer.survey is not None else ""
    return tuple(line for line in (f"{period}." if period else "", survey) if line)


def surveyed_lines(answer: Answer) -> tuple[str, ...]:
    """The documents that a survey found, as they are named aloud."""
    return tuple(answer_words.source_words(source) for source in answer.survey.holding) if answer.survey else ()


def position_words(answer: Answer, number: int) -> str:
    """Which quotes give the position of this number, from 1."""
    quotes = [index + 1 for index in answer.positions[number - 1].quotes if 0 <= index < len(answer.quotes)]
    return f"{'Quotes' if len(quotes) > 1 else 'Quote'} {', '.join(map(str, quotes))}" if quotes else ""


def no_answer_words(turn: Turn) -> str:
    """What stands where an answer would; empty where the turn's problem says enough."""
    return "" if turn.problem else "This question has no answer."


def standalone_of(turn: Turn) -> str | None:
    """The question as it was searched for, where that is not the question as it was asked."""
    if turn.answer is None or not turn.answer.standalone.strip():
        return None
    return None if turn.answer.standalone.strip() == turn.question.strip() else turn.answer.standalone


def scope_words(turn: Turn) -> str:
    """What the question was limited to; empty for the whole library."""
    return asked_words(turn.scope)


def writer_words(answer: Answer) -> str:
    """Which model wrote the prose, and with which settings."""
    if answer.model is None and answer.finish is Finish.INTERRUPTED and answer.prose.strip():
        return "A model was writing here when the answer broke off; its name is not known."
    if answer.model is None:
        return "No model wrote here: the quotes are the answer." if answer.quotes else "No model wrote here."
    sampling = answer.sampling
    return (
        f"Model {answer.model}; temperature {sampling.temperature:g}, seed {sampling.seed}, "
        f"at most {sampling.max_tokens} tokens."
    )


def span_words(exhibit: Exhibit) -> str:
    """Where an exhibit stands in its document: half-open, counted from 0 in characters."""
    return f"characters {exhibit.span.start}–{exhibit.span.end}"


def reading_words(exhibit: Exhibit) -> tuple[str, ...]:
    """How the text came about, as far as it is known: its language, and that a machine read it off a picture."""
    language = language_words(exhibit.source.language)
    return tuple(words for words in (language, answer_words.READ_BY_OCR if exhibit.is_ocr else "") if words)


def copies_line(exhibit: Exhibit) -> str:
    """The further documents with the same words, as they are named aloud; empty where there are none."""
    copies = "; ".join(isolated(answer_words.source_words(copy)) for copy in exhibit.also_in)
    return f"Also in {copies}" if copies else ""


def ocr_words(transcript: Transcript) -> str:
    """What “read by OCR” means, where the transcript says it; else empty."""
    is_said = any(exhibit.is_ocr for exhibit in transcript.exhibits())
    return f"“{answer_words.READ_BY_OCR}”: {answer_words.OCR_EXPLAINED}" if is_said else ""


def label_words(exhibit: Exhibit) -> str:
    return "Answer" if exhibit.kind is ExhibitKind.ANSWER else f"{exhibit.kind.value.capitalize()} {exhibit.number}"


def cited_numbers(claim: Claim, answer: Answer) -> tuple[int, ...]:
    """The numbers, from 1, of the quotes a sentence cites."""
    return tuple(index + 1 for index in claim.quotes if 0 <= index < len(answer.quotes))


def heading_of(turn: Turn) -> str:
    """The question on one line, shortened to heading length."""
    return one_line(turn.question, _HEADING_CHARS) or "(no text)"


def title_of(transcript: Transcript) -> str:
    return one_line(transcript.conversation.title, 200) or "Conversation"


def when(moment: str) -> str:
    """An ISO 8601 moment for reading, in UTC and to the minute; something else comes back as it is."""
    try:
        return f"{datetime.fromisoformat(moment).astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    except (ValueError, OverflowError):
        return moment


def count(number: int, noun: str) -> str:
    """'1 quote', '2 quotes'."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def totals_words(transcript: Transcript) -> str:
    return f"{count(transcript.n_turns, 'question')}, {count(transcript.n_quotes, 'quote')}"


def promise_words() -> str:
    """What an export promises about its quotes."""
    return (
        "Every quotation in this file was cut out of its source by the program, not typed by a model. "
        "Places are counted in characters of the source's text, from 0, the end not included; "
        "the sha256 identifies that text."
    )


def unchecked_prose(answer: Answer) -> str:
    """The prose that no claim covers: all of it where there are no claims, the unfinished end where it was cut off."""
    if not answer.claims:
        return answer.prose.strip()
    if answer.finish is Finish.COMPLETE:
        return ""
    last = answer.claims[-1].text.strip()
    at = answer.prose.rfind(last) if last else -1
    return answer.prose.strip() if at < 0 else _LEADING_MARKS.sub("", answer.prose[at + len(last) :]).strip()
