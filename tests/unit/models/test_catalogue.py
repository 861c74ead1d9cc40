"""The catalogue names models that are installed, and a damaged one is refused by cause."""

from __future__ import annotations

import json
import sys

import pytest

from models import catalogue
from models.catalogue import PackagedFile, Role, locate, read_catalogue
from models.errors import CatalogueError


def test_there_is_a_default_for_each_role_with_its_facts():
    cards = {card.role: card for card in reversed(read_catalogue())}
    assert set(cards) == set(Role)
    assert cards[Role.EMBEDDER].embedding_dimension == 384
    assert cards[Role.EMBEDDER].tokenizer is not None
    assert cards[Role.READER].tokenizer == cards[Role.EMBEDDER].tokenizer
    assert cards[Role.CHAT].context_tokens == 8192
    assert all(card.licence == "Apache-2.0" and card.source for card in cards.values())


@pytest.mark.parametrize("card", read_catalogue(), ids=lambda card: card.id)
def test_bundled_files_are_found_with_their_sizes_and_nothing_is_imported(card):
    if card.role is Role.READER and locate(card.file) is None:
        pytest.skip("models/reader/reader.onnx has not been made yet; tests/fit/export_reader.py makes it")
    for file in filter(None, (card.file, card.tokenizer)):
        path = locate(file)
        assert path is not None
        assert path.stat().st_size == file.n_bytes
        assert file.inside.split("/")[0] not in set(sys.modules) - {"models"}


def test_a_file_of_no_package_is_nowhere():
    assert locate(PackagedFile("no-such-package", "no_such_package/file.bin", 1, "0" * 64)) is None
    assert locate(PackagedFile("tiktoken", "tiktoken/no_such_file.bin", 1, "0" * 64)) is None


def damaged(change):
    tree = json.loads(catalogue._CATALOGUE.read_text(encoding="utf-8"))
    change(tree)
    return json.dumps(tree)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{",
        damaged(lambda tree: tree.update(format=99)),
        damaged(lambda tree: tree["models"][0].pop("licence")),
        damaged(lambda tree: tree["models"][0].update(role="oracle")),
        damaged(lambda tree: tree["models"][0]["file"].update(sha256="xyz")),
        damaged(lambda tree: tree["models"][0]["file"].update(n_bytes="many")),
        damaged(lambda tree: tree["models"][1].update(tokenizer=None)),
        damaged(lambda tree: tree["models"][1].update(embedding_dimension=None)),
        damaged(lambda tree: tree["models"][2].update(tokenizer=None)),
        damaged(lambda tree: tree["models"].append(tree["models"][0])),
    ],
)
def test_a_damaged_catalogue_is_refused(tmp_path, content):
    path = tmp_path / "catalogue.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(CatalogueError):
        read_catalogue(path)
