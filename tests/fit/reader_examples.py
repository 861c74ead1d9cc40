"""Turn question answering records into examples for the reader: one window of a context each, labelled token by token.

A record is a line of a training file: question, title, context and answers with their places, or none. Every pass over
the records draws other windows and other impossible questions, so that the second pass is not the first one again.
"""

from __future__ import annotations

import gzip
import json
import random
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

#: How often a record of each file is drawn in one pass. Templates and loose spans count less; what is not named is out.
SHARE_OF_FILE = {
    "squad11_train_sample": 1.0,
    "squadshifts_newwiki": 1.0,
    "squad_train_sentences": 1.0,
    "afriqa": 0.8,
    "nq_oracle": 1.0,
    "qed_nq": 1.0,
    "selqa": 0.7,
    "wice": 0.8,
    "tatqa": 1.0,
    "bioasq_abstracts": 0.6,
    "bioasq_snippets": 0.4,
    "covidqa": 0.5,
    "evidence_inference": 0.4,
    "policyqa": 0.4,
    "qmsum": 0.2,
}
LANGUAGES = ("en", "fr")

MAX_QUESTION_TOKENS = 40
MAX_TITLE_TOKENS = 12
MAX_CONTEXT_TOKENS = 160
LEAST_CONTEXT_TOKENS = 64

#: Shares of the answerable records that also give an impossible question, or a window beside the answer.
SHARE_SWAPPED = 0.30
SHARE_BESIDE = 0.10

_OPPOSITES = (
    ("first", "last"), ("before", "after"), ("north", "south"), ("northern", "southern"), ("east", "west"),
    ("eastern", "western"), ("largest", "smallest"), ("highest", "lowest"), ("most", "least"), ("more", "less"),
    ("oldest", "youngest"), ("increase", "decrease"), ("increased", "decreased"), ("won", "lost"), ("win", "lose"),
    ("longest", "shortest"), ("early", "late"), ("earliest", "latest"), ("male", "female"), ("father", "mother"),
    ("sister", "brother"), ("son", "daughter"), ("king", "queen"), ("major", "minor"), ("begin", "end"),
    ("began", "ended"), ("start", "finish"), ("started", "stopped"), ("born", "buried"), ("left", "joined"),
    ("accepted", "rejected"), ("supported", "opposed"), ("allowed", "forbidden"), ("buy", "sell"), ("bought", "sold"),
    ("rise", "fall"), ("rose", "fell"), ("high", "low"), ("large", "small"), ("best", "worst"), ("common", "rare"),
    ("internal", "external"), ("public", "private"), ("winter", "summer"), ("founded", "abolished"),
    ("opened", "closed"), ("upper", "lower"), ("positive", "negative"), ("include", "exclude"), ("built", "demolished"),
)  # fmt: skip
OPPOSITE_OF = dict(_OPPOSITES) | {b: a for a, b in _OPPOSITES}
_AUXILIARY = re.compile(r"\b(is|are|was|were|did|does|do|can|could|will|would|has|have|had|should)\b", re.IGNORECASE)
_NAME = re.compile(r"(?<![.?!] )(?<!^)\b[A-Z][\w'’-]+(?: (?:of |the |de )?[A-Z][\w'’-]+)*")
_NUMBER = re.compile(r"\b\d[\d,.]*\d\b|\b\d\b")
_SENTENCE_END = re.compile(r"[.!?]")


@dataclass(frozen=True, slots=True)
class Example:
    """One window, ready for the model.

    `ids` and `types` are token ids and segment numbers (0 question, 1 title and passage). `first` is where the passage
    begins. `start` and `end` are the tokens of the answer, inclusive: 0, 0 (the first token) without one, -1, -1 where
    an answer is known to exist but not its words. `evidence` has one 0 or 1 for each token of the passage.
    """

    ids: tuple[int, ...]
    types: tuple[int, ...]
    first: int
    start: int
    end: int
    is_answerable: bool
    evidence: tuple[int, ...]


def read_records(folder: Path, fold: str) -> list[dict[str, Any]]:
    """The records of one fold, `train` or `dev`, of every file that is named in SHARE_OF_FILE."""
    records = []
    for name in SHARE_OF_FILE:
        with gzip.open(folder / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
            records += [r for r in map(json.loads, lines) if r["fold"] == fold and r["lang"] in LANGUAGES]
    return records


def count_by_file(records: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    counts: dict[str, int] = defaultdict(int)
    for record in records:
        counts[record["source"]] += 1
    return dict(counts)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question about an encoded context, with the ranges of characters (start, end) that are its evidence."""

    question: str
    title: str
    encoded: Any
    evidence: Sequence[tuple[int, int]]


class ExampleMaker:
    """Draws examples from records; the same seed draws the same."""

    def __init__(self, tokenizer: Tokenizer, records: Sequence[Mapping[str, Any]], seed: int) -> None:
        self._tokenizer = tokenizer
        self._random = random.Random(seed)
        self._names = self._names_by_article(records)

    def pass_over(self, records: Sequence[Mapping[str, Any]]) -> Iterator[Example]:
        """One example for each record that is drawn, and the impossible ones beside it."""
        for record in self._random.sample(records, len(records)):
            if self._random.random() >= SHARE_OF_FILE[record["source"]]:
                continue
            yield from self.of(record, with_negatives=True)

    def of(self, record: Mapping[str, Any], *, with_negatives: bool = False) -> Iterator[Example]:
        """The example of a record, and with `with_negatives` perhaps one or two that cannot be answered."""
        context, question = record["context"], record["question"]
        title = record.get("title") or ""
        if title and self._random.random() < 0.2:
            title = ""
        encoded = self._tokenizer.encode(context, add_special_tokens=False)
        golds = [] if record["answer_kind"] == "none" else list(record["answers"])
        if not encoded.ids:
            return
        evidence = [(s["start"], s["end"]) for s in _evidence_of(record)]
        asked = _Asked(question, title, encoded, evidence)
        yield from self._windowed(asked, golds, is_span=record["answer_kind"] == "span")
        if not with_negatives or not golds:
            return
        if self._random.random() < SHARE_SWAPPED:
            impossible = self._impossible(question, record)
            if impossible is not None:
                yield from self._windowed(_Asked(impossible, title, encoded, ()), (), is_span=False)
        if self._random.random() < SHARE_BESIDE:
            yield from self._beside(asked, golds)

    def _windowed(self, asked: _Asked, golds: Sequence[Mapping[str, Any]], *, is_span: bool) -> Iterator[Example]:
        offsets = asked.encoded.offsets
        gold = golds[0] if golds else None
        answer = _tokens_of(offsets, gold["start"], gold["start"] + len(gold["text"])) if gold else None
        if gold is not None and answer is None:
            return
        length = self._random.randint(LEAST_CONTEXT_TOKENS, MAX_CONTEXT_TOKENS)
        if self._random.random() < 0.6:
            length = MAX_CONTEXT_TOKENS
        if answer is not None and (not is_span or answer[1] - answer[0] >= length):
            answer = (answer[0], min(answer[1], answer[0] + length - 1))
        begin = self._begin(asked.encoded, length, answer)
        end = min(len(offsets), begin + length)
        yield self._example(asked, (begin, end), answer if is_span else None, is_answerable=bool(golds))

    def _beside(self, asked: _Asked, golds: Sequence[Mapping[str, Any]]) -> Iterator[Example]:
        """A window of the same context that ends before the answer or begins after it."""
        marks = [(g["start"], g["start"] + len(g["text"])) for g in golds] + list(asked.evidence)
        low, high = min(m[0] for m in marks), max(m[1] for m in marks)
        before = sum(1 for o in asked.encoded.offsets if o[1] <= low)
        after = sum(1 for o in asked.encoded.offsets if o[0] >= high)
        if max(before, after) < LEAST_CONTEXT_TOKENS:
            return
        n = len(asked.encoded.offsets)
        window = (max(0, before - MAX_CONTEXT_TOKENS), before) if before >= after else (n - after, n)
        window = (window[0], min(window[1], window[0] + MAX_CONTEXT_TOKENS))
        yield self._example(replace(asked, evidence=()), window, None, is_answerable=False)

    def _begin(self, encoded: Any, length: int, answer: tuple[int, int] | None) -> int:
        """Where a window begins: after a sentence's end if there is one near, and so that the answer is inside."""
        n = len(encoded.offsets)
        if n <= length:
            return 0
        low, high = 0, n - length
        if answer is not None:
            low, high = max(0, answer[1] - length + 1), min(high, answer[0])
        drawn = self._random.randint(low, max(low, high))
        for i in range(drawn, max(low, drawn - 40) - 1, -1):
            if i == 0 or _SENTENCE_END.fullmatch(encoded.tokens[i - 1]):
                return i
        return drawn

    def _example(
        self, asked: _Asked, window: tuple[int, int], answer: tuple[int, int] | None, *, is_answerable: bool
    ) -> Example:
        begin, end = window
        question = self._tokenizer.encode(asked.question, add_special_tokens=False).ids[:MAX_QUESTION_TOKENS]
        titled = self._tokenizer.encode(asked.title, add_special_tokens=False).ids[:MAX_TITLE_TOKENS]
        cls, sep = self._tokenizer.token_to_id("[CLS]"), self._tokenizer.token_to_id("[SEP]")
        head = [cls, *question, sep]
        before = [*head, *titled, sep]
        ids = [*before, *asked.encoded.ids[begin:end], sep]
        start, stop = (0, 0) if not is_answerable else (-1, -1)
        if answer is not None:
            start, stop = len(before) + answer[0] - begin, len(before) + answer[1] - begin
        inside = tuple(
            int(any(o[0] < e and s < o[1] for s, e in asked.evidence)) for o in asked.encoded.offsets[begin:end]
        )
        types = [0] * len(head) + [1] * (len(ids) - len(head))
        return Example(tuple(ids), tuple(types), len(before), start, stop, is_answerable, inside)

    def _impossible(self, question: str, record: Mapping[str, Any]) -> str | None:
        """A question that looks like this one and that the context does not answer, or None.

        A name or a number is replaced by another of the same article, a word by its opposite, or a verb is denied:
        the ways in which people wrote unanswerable questions for SQuAD 2.0 (Rajpurkar, Jia and Liang 2018).
        """
        ways = [self._other_name, self._other_name, self._other_number, self._opposite, self._opposite, self._denied]
        self._random.shuffle(ways)
        for way in ways:
            changed = way(question, record)
            if changed is not None and changed != question:
                return changed
        return None

    def _other_name(self, question: str, record: Mapping[str, Any]) -> str | None:
        return self._replaced(question, record, _NAME, self._names[record["split_key"]])

    def _other_number(self, question: str, record: Mapping[str, Any]) -> str | None:
        return self._replaced(question, record, _NUMBER, _NUMBER.findall(record["context"]))

    def _replaced(
        self, question: str, record: Mapping[str, Any], pattern: re.Pattern[str], others: Sequence[str]
    ) -> str | None:
        found = list(pattern.finditer(question))
        answers = {a["text"].lower() for a in record["answers"]}
        fitting = [o for o in others if o.lower() not in question.lower() and o.lower() not in answers]
        if not found or not fitting:
            return None
        place = self._random.choice(found)
        return question[: place.start()] + self._random.choice(fitting) + question[place.end() :]

    def _opposite(self, question: str, record: Mapping[str, Any]) -> str | None:
        places = [m for m in re.finditer(r"\w+", question) if m[0].lower() in OPPOSITE_OF]
        if not places:
            return None
        place = self._random.choice(places)
        return question[: place.start()] + OPPOSITE_OF[place[0].lower()] + question[place.end() :]

    def _denied(self, question: str, record: Mapping[str, Any]) -> str | None:
        found = _AUXILIARY.search(question)
        if found is None or " not " in question or "n't" in question or self._random.random() < 0.5:
            return None
        if found[0].lower() in ("did", "does", "do", "can", "could", "will", "would", "should"):
            subject_end = question.find(" ", found.end() + 1)
            place = subject_end if subject_end > 0 else found.end()
        else:
            place = found.end()
        return question[:place] + self._random.choice((" not", " never")) + question[place:]

    def _names_by_article(self, records: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
        names: dict[str, list[str]] = defaultdict(list)
        for record in records:
            kept = names[record["split_key"]]
            if len(kept) < 200:
                kept.extend(_NAME.findall(record["context"])[:20])
        return names


def _evidence_of(record: Mapping[str, Any]) -> Sequence[Mapping[str, int]]:
    if record["answer_kind"] == "none":
        return []
    if record["answer_kind"] == "sentence":
        return [{"start": a["start"], "end": a["start"] + len(a["text"])} for a in record["answers"]]
    return record.get("evidence_sentences") or (
        [record["evidence_sentence"]] if record.get("evidence_sentence") else []
    )


def _tokens_of(offsets: Sequence[tuple[int, int]], start: int, end: int) -> tuple[int, int] | None:
    """First and last token that a range of characters touches."""
    touched = [i for i, (s, e) in enumerate(offsets) if s < end and start < e]
    return (touched[0], touched[-1]) if touched else None
