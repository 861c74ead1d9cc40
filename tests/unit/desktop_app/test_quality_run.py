"""Libraries are made once, questions asked once, and every quote is compared with what the library holds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from desktop_app.paths import AppPaths
from desktop_app.quality_journal import Journal
from desktop_app.quality_library import fill, library_paths, shelved
from desktop_app.quality_run import ask_all, ask_one, assistant_over, set_outcome
from desktop_app.quality_sets import Question, QuestionSet, Texts, UnreadableSet
from rag.chunking import Chunker
from rag.finding import Candidate
from rag.ingest import Ingest
from rag.reading import LocalReader
from rag.store import Store
from rag.types import Document, FileState, Findings, IngestProgress, Quote, Scope, Span, Verdict
from tests.fakes import HashingEmbedder, count_tokens

_TEXTS = (("docs/one", "Harbours silt up every year."), ("docs/two", "Boats are built of oak."))


class _Engine:
    """Fills libraries by the real ingest and quotes the first words of every document in scope; it is its own host.

    With `is_stale` its quotes are those of a text that has changed since.
    """

    def __init__(self) -> None:
        self.asked: list[tuple[str, Scope]] = []
        self.is_stale = False

    def call(self, method: str, *arguments: Any) -> Any:
        return getattr(self, method)(*arguments)

    def stream(self, method: str, *arguments: Any) -> Any:
        return getattr(self, method)(*arguments)

    def fill(self, library: AppPaths, files: tuple[tuple[str, Path], ...]) -> Iterator[IngestProgress]:
        with closing(Store.open(library.library)) as store:
            ingest = Ingest(store, HashingEmbedder(), LocalReader(), Chunker(count_tokens))
            candidates = [Candidate(path, path.parent, name) for name, path in files]
            yield from ingest.add_found(candidates, total=len(candidates))

    def find(self, library: AppPaths, question: str, scope: Scope) -> Findings:
        self.asked.append((question, scope))
        with closing(Store.read(library.library)) as store:
            ids = scope.document_ids or [source.id for source in store.sources()]
            quotes = [self._quote(store.document(document_id)) for document_id in ids]
        return Findings((), tuple(quotes), Verdict.ANSWERED, 0.9, ())

    def _quote(self, document: Document) -> Quote:
        return Quote.cut(Document(document.source, document.text.upper() if self.is_stale else document.text),
                         Span(0, 8), 0.9)  # fmt: skip


def _set(*questions: Question, texts: tuple[tuple[str, str], ...] = _TEXTS) -> QuestionSet:
    return QuestionSet("made", "made", questions, Texts(inline=texts), False, "", "f")


def _question(
    number: int, text: str = "What silts up?", scope: tuple[str, ...] | None = None, *history: str
) -> Question:
    return Question(f"q{number}", text, scope, history, {"gold": [], "answers": ["Harbours"]})


def _states(engine: _Engine, work: Path, asked: QuestionSet, key: str) -> list[FileState]:
    return [step.report.state for step in fill(engine, work, asked, key) if step.report is not None]


@pytest.fixture
def engine() -> _Engine:
    return _Engine()


@pytest.fixture
def store(engine: _Engine, tmp_path: Path) -> Iterator[Store]:
    asked = _set()
    for _ in fill(engine, tmp_path, asked, "k"):
        pass
    with closing(Store.read(library_paths(tmp_path, asked).library)) as store:
        yield store


def _assistant(engine: _Engine, tmp_path: Path) -> Any:
    return assistant_over(engine, library_paths(tmp_path, _set()), None)


def test_a_library_is_made_once_and_again_under_another_key(engine: _Engine, tmp_path: Path) -> None:
    assert _states(engine, tmp_path, _set(), "k") == [FileState.INDEXED] * 2
    assert _states(engine, tmp_path, _set(), "k") == [FileState.UNCHANGED] * 2
    assert _states(engine, tmp_path, _set(), "other") == [FileState.INDEXED] * 2


def test_a_document_that_left_the_set_leaves_the_library(engine: _Engine, tmp_path: Path) -> None:
    _states(engine, tmp_path, _set(), "k")
    fewer = _set(texts=_TEXTS[:1])
    _states(engine, tmp_path, fewer, "k")
    with closing(Store.read(library_paths(tmp_path, fewer).library)) as store:
        assert set(shelved(store).ids) == {"docs/one"}


def test_documents_of_the_same_text_are_one_document_under_both_names(engine: _Engine, tmp_path: Path) -> None:
    twice = _set(texts=(("a", "Boats float."), ("b", "Boats float.")))
    _states(engine, tmp_path, twice, "k")
    with closing(Store.read(library_paths(tmp_path, twice).library)) as store:
        shelf = shelved(store)
    assert shelf.ids["a"] == shelf.ids["b"]
    assert shelf.same == {"a": "a", "b": "a"}
    assert shelf.n_documents == 1


def test_only_questions_without_an_answer_are_asked(engine: _Engine, store: Store, tmp_path: Path) -> None:
    questions, assistant = [_question(1), _question(2)], _assistant(engine, tmp_path)
    with Journal(tmp_path / "answers", "made", "k") as journal:
        assert list(ask_all(questions[:1], assistant, store, shelved(store), journal)) == ["q1"]
    with Journal(tmp_path / "answers", "made", "k") as journal:
        assert list(ask_all(questions, assistant, store, shelved(store), journal)) == ["q2"]
        assert list(journal.given) == ["q1", "q2"]
    assert len(engine.asked) == 2


def test_a_question_is_asked_of_its_documents(engine: _Engine, store: Store, tmp_path: Path) -> None:
    given = ask_one(_question(1, scope=("docs/two",)), _assistant(engine, tmp_path), store, shelved(store))
    assert [quote["doc"] for quote in given["quotes"]] == ["docs/two"]
    assert engine.asked[0][1] == Scope((shelved(store).ids["docs/two"],))


def test_a_question_whose_documents_could_not_be_read_is_not_asked_of_all(
    engine: _Engine, store: Store, tmp_path: Path
) -> None:
    with pytest.raises(UnreadableSet, match="q1"):
        ask_one(_question(1, scope=("docs/gone",)), _assistant(engine, tmp_path), store, shelved(store))


def test_earlier_questions_help_to_understand_a_later_one(engine: _Engine, store: Store, tmp_path: Path) -> None:
    question = _question(1, "When did he die?", None, "Who was Harold Godwinson?")
    ask_one(question, _assistant(engine, tmp_path), store, shelved(store))
    assert "Harold" in engine.asked[0][0]


def test_a_quote_is_exact_only_if_the_library_still_holds_it(engine: _Engine, store: Store, tmp_path: Path) -> None:
    assistant = _assistant(engine, tmp_path)
    assert ask_one(_question(1), assistant, store, shelved(store))["exact"] == [True, True]
    engine.is_stale = True
    assert ask_one(_question(1), assistant, store, shelved(store))["exact"] == [False, False]


def test_a_set_comes_to_figures_over_what_was_asked_of_it(engine: _Engine, store: Store, tmp_path: Path) -> None:
    asked = _set(_question(1), _question(2))
    given = {"q1": ask_one(asked.questions[0], _assistant(engine, tmp_path), store, shelved(store))}
    outcome = set_outcome(asked, asked.questions[:1], given, shelved(store))
    assert (outcome.n_questions, outcome.n_asked, outcome.n_documents) == (2, 1, 2)
    assert outcome.figures["answer_shown"].value == 1.0
    assert outcome.figures["quote_exact"].n == 2
