"""Whatever goes wrong is told in sentences: what happened, what is safe, what to do."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from desktop_app.atomic import FileNotWritten
from desktop_app.hosting import ChildDied, ChildFault, ChildGaveUp, ChildStopped, ChildTooSlow
from desktop_app.paths import EnvironmentProblem
from desktop_app.problems import explain
from desktop_app.settings import SettingsRejected
from models import errors as model_errors
from rag import errors as rag_errors


def all_kinds(root: type[BaseException]) -> list[type[BaseException]]:
    return [root, *(kind for child in root.__subclasses__() for kind in all_kinds(child))]


EVERYDAY = [
    rag_errors.UnreadableSource(path="a.pdf", reason="It is damaged."),
    rag_errors.StoreUnavailable(path="/a", reason="The disk is full."),
    rag_errors.IndexUnavailable(reason="It is being built."),
    rag_errors.QuestionTooLong(n_tokens=9, limit_tokens=5),
    model_errors.ModelNotInstalled(model_id="m", reason="its file has gone"),
    model_errors.NotEnoughMemory(path="m", needed_bytes=2, available_bytes=1, n_ctx=3),
    model_errors.ContextOverflow(n_prompt_tokens=5, n_ctx=4),
    ChildDied(name="chat", cause="it was ended by signal 9"),
    ChildGaveUp(name="chat", deaths=2),
    ChildTooSlow(name="reader"),
    ChildStopped(name="chat"),
    FileNotWritten(path="/a", reason="The disk is full."),
    EnvironmentProblem(place="/a", reason="It is a file."),
    SettingsRejected("The settings were not saved: x."),
]


@pytest.mark.parametrize("error", EVERYDAY, ids=lambda error: type(error).__name__)
def test_an_error_made_for_people_is_told_in_its_own_words_without_a_traceback(error: Exception) -> None:
    problem = explain(error)
    assert problem.message == str(error)
    assert problem.title
    assert problem.details is None


@pytest.mark.parametrize("root", [rag_errors.RagError, model_errors.ModelError])
def test_every_error_of_the_two_trees_has_a_title(root: type[BaseException]) -> None:
    for kind in all_kinds(root):
        error = kind.__new__(kind)
        assert explain(error).details is None


def test_a_fault_of_the_program_comes_with_a_report() -> None:
    try:
        {}["absent"]
    except KeyError as error:
        problem = explain(error)
    assert "fault in the program" in problem.message
    assert "safe" in problem.message
    assert "Traceback" not in problem.message
    assert problem.details is not None
    assert "KeyError" in problem.details
    assert "test_problems.py" in problem.details
    assert "Python 3" in problem.details


def test_a_fault_in_a_child_shows_the_childs_traceback() -> None:
    fault = ChildFault(type_name="XError", message="m")
    fault.add_note("In the child process:\nTraceback: there")
    problem = explain(fault)
    assert problem.details is not None
    assert "Traceback: there" in problem.details


def test_the_disk_is_told_with_the_file_and_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(OSError) as caught:  # noqa: PT011 - any will do
        (tmp_path / "absent" / "a").read_text()
    problem = explain(caught.value)
    assert f"{tmp_path}/absent does not exist" in problem.message
    assert problem.details is None


def test_an_os_error_without_a_file_is_told_too() -> None:
    assert "Broken pipe" in explain(BrokenPipeError(32, "Broken pipe")).message


def test_trouble_with_the_database_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError) as missing:
        sqlite3.connect(tmp_path / "absent" / "a.db")
    assert "permissions" in explain(missing.value).message
    (tmp_path / "a.db").write_bytes(b"not a database at all" * 100)
    database = sqlite3.connect(tmp_path / "a.db")
    with pytest.raises(sqlite3.DatabaseError) as damaged:
        database.execute("SELECT * FROM sqlite_master")
    database.close()
    problem = explain(damaged.value)
    assert "damaged" in problem.message
    assert problem.details is None


def test_a_wrong_statement_is_a_fault_of_the_program() -> None:
    database = sqlite3.connect(":memory:")
    with pytest.raises(sqlite3.OperationalError) as caught:
        database.execute("SELECT nonsense")
    database.close()
    assert explain(caught.value).details is not None


def test_lack_of_memory_is_no_fault_of_the_program() -> None:
    assert explain(MemoryError()).details is None
