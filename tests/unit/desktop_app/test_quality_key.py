"""Keys change with whatever would change answers or libraries, and with nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop_app.paths import AppPaths
from desktop_app.quality_key import UsedModel, answers_key, checkout, joint_key, library_key, used_models

_FILES = {
    "desktop_app/engine_indexer.py": "from rag.ingest import Ingest\n",
    "desktop_app/engine_embedder.py": "import models.embedding\n",
    "desktop_app/answer_json.py": "",
    "desktop_app/window.py": "",
    "models/embedding.py": "",
    "rag/ingest.py": "from rag import terms\nfrom rag.types import Span\n",
    "rag/terms.py": "",
    "rag/types.py": "",
    "rag/evidence.py": "from rag.store import Store\n",
    "rag/weights.json": "{}",
}
_MODELS = (UsedModel("m", "embedder", "ab"),)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, text in _FILES.items():
        path = tmp_path / "program" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "program"


def _keys(root: Path) -> tuple[str, str]:
    return answers_key(_MODELS, root=root), library_key(AppPaths.under(root / "data"), root=root)


@pytest.mark.parametrize(
    ("changed", "answers", "library"),
    [
        ("rag/terms.py", True, True),
        ("models/embedding.py", True, True),
        ("desktop_app/engine_indexer.py", True, True),
        ("rag/evidence.py", True, False),
        ("rag/weights.json", True, False),
        ("rag/types.py", True, False),
        ("desktop_app/answer_json.py", True, False),
        ("desktop_app/window.py", False, False),
    ],
)
def test_a_change_is_noticed_where_it_matters(root: Path, changed: str, answers: bool, library: bool) -> None:
    before = _keys(root)
    with (root / changed).open("a") as file:
        file.write("\n")
    after = _keys(root)
    assert (before[0] != after[0], before[1] != after[1]) == (answers, library)


def test_compiled_files_do_not_count(root: Path) -> None:
    before = _keys(root)
    (root / "rag" / "__pycache__").mkdir()
    (root / "rag" / "__pycache__" / "terms.pyc").write_bytes(b"x")
    assert _keys(root) == before


def test_other_models_give_other_answers(root: Path) -> None:
    assert answers_key(_MODELS, root=root) != answers_key((UsedModel("m", "embedder", "cd"),), root=root)
    assert answers_key(_MODELS, root=root) != answers_key((*_MODELS, UsedModel("c", "writes", "ef")), root=root)


def test_keys_are_joined_in_their_order() -> None:
    assert joint_key("a", "b") == joint_key("a", "b") != joint_key("b", "a") != joint_key("ab")


def test_the_chat_model_writes_only_with_prose(tmp_path: Path) -> None:
    paths = AppPaths.under(tmp_path)
    without = {model.id: model.role for model in used_models(paths, None, with_prose=False)}
    with_prose = {model.id: model.role for model in used_models(paths, None, with_prose=True)}
    assert without.keys() == with_prose.keys()
    assert sorted(without.values()) != sorted(with_prose.values())
    assert "counts tokens" in without.values()
    assert "writes" in with_prose.values()


def test_the_commit_is_gits_or_empty() -> None:
    commit = checkout().commit
    assert commit == "" or (len(commit) == 40 and set(commit) <= set("0123456789abcdef"))
