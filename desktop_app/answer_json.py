"""An answer as the JSON object that the command line gives out; offsets are code points into the text of `doc`."""

from __future__ import annotations

from typing import Any

from rag.types import Answer, ClaimStatus, Hit, Period, Position, Quote, Scope, Survey, Verdict

WHOLE_LIBRARY = Scope()


def described(
    question_id: str, question: str, answer: Answer, hits: tuple[Hit, ...], scope: Scope = WHOLE_LIBRARY
) -> dict[str, Any]:
    """The JSON object of an answer; what an answer does not have is null or an empty list."""
    return {
        "id": question_id,
        "question": question,
        "standalone": answer.standalone,
        "scope": None if scope.is_whole_library else _scope(scope),
        "verdict": answer.verdict.value,
        "confidence": round(answer.confidence, 4),
        "abstained": answer.verdict is Verdict.NOT_IN_SOURCES,
        "missing": list(answer.missing),
        "answer": answer_text(answer),
        "span": _cut(answer.span) if answer.span is not None else None,
        "positions": [_position(position) for position in answer.positions],
        "period": _period(answer.period) if answer.period is not None else None,
        "survey": _survey(answer.survey) if answer.survey is not None else None,
        "quotes": [_cut(quote) for quote in answer.quotes],
        "claims": [
            {"text": c.text, "quotes": list(c.quotes), "status": c.status.value, "reason": c.reason}
            for c in answer.claims
        ],
        "reasons": [{"name": r.name, "value": round(r.value, 4), "pull": round(r.pull, 4)} for r in answer.reasons],
        "retrieved": [{"doc": h.source.name, "start": h.span.start, "end": h.span.end} for h in hits],
        "conflict": answer.verdict is Verdict.SOURCES_DIFFER,
        "finish": answer.finish.value,
        "ttfq_ms": answer.timings.first_quote_ms,
        "ttft_ms": answer.timings.first_token_ms,
        "total_ms": answer.timings.total_ms,
        "model": answer.model,
    }


def answer_text(answer: Answer) -> str:
    """The words that answer, cut out of a source; where there are none, the prose as far as the quotes hold it."""
    return answer.span.text if answer.span is not None else supported_prose(answer)


def supported_prose(answer: Answer) -> str:
    """The sentences of the prose that the quotes hold, in order."""
    return " ".join(c.text for c in answer.claims if c.status is not ClaimStatus.UNSUPPORTED)


def _cut(quote: Quote) -> dict[str, Any]:
    return {
        "doc": quote.source.name,
        "start": quote.span.start,
        "end": quote.span.end,
        "text": quote.text,
        "speaker": quote.speaker,
        "place": quote.place,
        "is_ocr": quote.is_ocr,
        "author": quote.source.author,
        "language": quote.source.language,
        "also_in": [copy.name for copy in quote.also_in],
    }


def _position(position: Position) -> dict[str, Any]:
    return {**_cut(position.value), "date": position.value.source.date, "quotes": list(position.quotes)}


def _scope(scope: Scope) -> dict[str, Any]:
    """`documents` are ids: a name may stand for several."""
    return {
        "documents": list(scope.document_ids),
        "collection": scope.collection,
        "since": scope.since,
        "until": scope.until,
    }


def _period(period: Period) -> dict[str, Any]:
    return {"since": period.since, "until": period.until, "is_latest": period.is_latest}


def _survey(survey: Survey) -> dict[str, Any]:
    return {
        "sought": survey.sought,
        "n_documents": survey.n_documents,
        "holding": [source.name for source in survey.holding],
        "n_mentions": survey.n_mentions,
    }
