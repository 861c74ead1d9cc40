"""The question sets of the quality benchmark: where their questions and texts lie, and what each question is asked of.

It reads the questions and names the texts; it asks nothing and scores nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

Row = dict[str, Any]


class UnreadableSet(Exception):
    """A set cannot be read; str() is the sentence for the reader."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it is asked. `scope` are names of documents, None for the whole library; `history` are earlier
    questions of its conversation, oldest first; `row` is its line with what is right.
    """

    id: str
    text: str
    scope: tuple[str, ...] | None
    history: tuple[str, ...]
    row: Row


@dataclass(frozen=True, slots=True)
class Texts:
    """The documents of a library: names and files, and those that come as text and must be written first."""

    files: tuple[tuple[str, Path], ...] = ()
    inline: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """A set that can be asked. Sets of the same `library` share one.

    With `alternatives`, one of a question's gold spans is enough. `grouped_by` is the field of a question's line by
    which the set falls into groups, empty where it is one. `fingerprint` is equal where the questions are.
    """

    name: str
    library: str
    questions: tuple[Question, ...]
    texts: Texts
    alternatives: bool
    grouped_by: str
    fingerprint: str

    def group(self, question: Question) -> str:
        return str(question.row[self.grouped_by]) if self.grouped_by else ""


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where a set lies below the folder of all sets, and how it is asked."""

    library: str
    questions: str
    texts: Callable[[Path, Sequence[Row]], Texts]
    scope: Callable[[Row, Texts], tuple[str, ...] | None]
    alternatives: bool = False
    grouped_by: str = ""


def read_set(folder: Path, name: str) -> QuestionSet:
    """Read a set from the folder that holds them all.

    Raises:
        UnreadableSet: it is not there, or not in the form that was expected.
    """
    layout = _LAYOUTS[name]
    file = folder / layout.questions
    try:
        rows = _rows(file)
        texts = layout.texts(folder / layout.library, rows)
        questions = tuple(_question(row, layout.scope(row, texts)) for row in rows)
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        raise UnreadableSet(f"The set {name} cannot be read from {file}: {type(error).__name__}: {error}.") from error
    if not questions or not (texts.files or texts.inline):
        raise UnreadableSet(f"The set {name} in {file.parent} has no questions or no texts.")
    fingerprint = hashlib.sha256(json.dumps(rows, sort_keys=True).encode()).hexdigest()[:16]
    return QuestionSet(name, layout.library, questions, texts, layout.alternatives, layout.grouped_by, fingerprint)


def spread(questions: Sequence[Question], n: int | None) -> tuple[Question, ...]:
    """At most `n` questions, evenly from the whole set, so that each of its parts is there."""
    if n is None or n >= len(questions):
        return tuple(questions)
    return tuple(questions[i * len(questions) // n] for i in range(n))


def write_inline(texts: Texts, folder: Path) -> tuple[tuple[str, Path], ...]:
    """Names and files of all documents; those that came as text are written to `folder`, unless they lie there."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, text in texts.inline:
        path = folder / f"{quote(name, safe='')}.txt"
        content = text.encode("utf-8")
        if not path.exists() or path.read_bytes() != content:
            path.write_bytes(content)
        written.append((name, path))
    return (*texts.files, *written)


def _rows(file: Path) -> list[Row]:
    return [json.loads(line) for line in file.read_text("utf-8").split("\n") if line.strip()]


def _question(row: Row, scope: tuple[str, ...] | None) -> Question:
    if "question" in row:
        return Question(str(row["id"]), str(row["question"]), scope, (), row)
    asked = [str(turn["text"]) for turn in row["dialogue"] if turn["role"] == "user"]
    return Question(str(row["id"]), asked[-1], scope, tuple(asked[:-1]), row)


# Texts


def _folders(*names: str) -> Callable[[Path, Sequence[Row]], Texts]:
    """Every text below these folders, named by its path within the set."""

    def texts(folder: Path, _: Sequence[Row]) -> Texts:
        found = [path for name in names for path in sorted((folder / name).rglob("*.txt"))]
        return Texts(files=tuple((path.relative_to(folder).as_posix(), path) for path in found))

    return texts


def _beside(name: str) -> Callable[[Path, Sequence[Row]], Texts]:
    """Every text in a folder beside that of all sets, named by its file."""

    def texts(folder: Path, _: Sequence[Row]) -> Texts:
        return Texts(files=tuple((path.name, path) for path in sorted((folder.parents[1] / name).glob("*.txt"))))

    return texts


def _corpus(folder: Path, _: Sequence[Row]) -> Texts:
    return Texts(inline=tuple((str(row["doc"]), str(row["text"])) for row in _rows(folder / "corpus.jsonl")))


def _carried(field: str) -> Callable[[Path, Sequence[Row]], Texts]:
    """The documents that the questions themselves carry; one that several carry is one document."""

    def texts(_: Path, rows: Sequence[Row]) -> Texts:
        return Texts(inline=tuple({name: text for row in rows for name, text in _documents(row, field)}.items()))

    return texts


def _documents(row: Row, field: str) -> Iterator[tuple[str, str]]:
    return ((str(document["doc"]), str(document["text"])) for document in row[field])


# Scopes


def _everything(_: Row, __: Texts) -> None:
    return None


def _within(prefix: str) -> Callable[[Row, Texts], tuple[str, ...]]:
    return lambda _, texts: tuple(name for name, _path in texts.files if name.startswith(prefix))


def _its_document(row: Row, _: Texts) -> tuple[str, ...]:
    return (str(row["doc"]),)


def _its_documents(row: Row, _: Texts) -> tuple[str, ...]:
    return tuple(name for name, _text in _documents(row, "documents"))


_SQUAD: Final = _folders("docs_dev", "docs_distractors")

_LAYOUTS: Final = {
    "seeds": _Layout("seeds", "seeds/seeds_dev.jsonl", _beside("seeds"), _everything),
    "squad_rag": _Layout("squad_rag", "squad_rag/squad_rag_dev.jsonl", _SQUAD, _everything, alternatives=True),
    "squad_rag_ooc": _Layout(
        "squad_rag", "squad_rag/squad_rag_dev_ooc.jsonl", _SQUAD, _within("docs_dev/"), alternatives=True
    ),
    "squad_swap": _Layout(
        "squad_swap", "squad_swap/squad_swap_dev.jsonl", _folders("docs_dev"), _everything, alternatives=True
    ),
    "clapnq": _Layout("clapnq", "clapnq/clapnq_dev.jsonl", _folders("docs"), _everything),
    "multihop": _Layout(
        "multihop", "multihop/multihop_dev.jsonl", _folders("docs"), _everything, grouped_by="question_type"
    ),
    "hop_paragraphs": _Layout("hop_paragraphs", "hop_paragraphs/hop_dev.jsonl", _corpus, _everything),
    "scifact": _Layout("scifact", "scifact/scifact_dev.jsonl", _corpus, _everything),
    "xquad_multi": _Layout(
        "xquad_multi",
        "xquad_multi/xquad_multi_dev.jsonl",
        _folders("docs_dev"),
        _everything,
        alternatives=True,
        grouped_by="lang",
    ),
    "longdoc": _Layout(
        "longdoc",
        "longdoc/longdoc_dev.jsonl",
        _folders("docs_dev"),
        _its_document,
        alternatives=True,
        grouped_by="source",
    ),
    "conflicts": _Layout("conflicts", "conflicts/ramdocs_dev.jsonl", _carried("documents"), _its_documents),
    "mtrag_un": _Layout(
        "mtrag_un", "mtrag_un/mtrag_un_dev.jsonl", _carried("contexts"), _everything, grouped_by="answerability"
    ),
}

SETS: Final = tuple(_LAYOUTS)
"""The names of all sets, in the order they are run."""
