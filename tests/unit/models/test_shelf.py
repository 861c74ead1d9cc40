"""The shelf finds, checks, adds and removes models and never touches a reader's file."""

from __future__ import annotations

import json
import os

import pytest

from models.catalogue import Role, locate, read_catalogue
from models.errors import BundledModel, ChecksumMismatch, ModelNotInstalled, NotAGguf, ShelfUnavailable, UnsuitableModel
from models.shelf import Shelf
from tests.unit.models.gguf_files import GgufFile, chat_metadata


@pytest.fixture
def shelf(tmp_path):
    return Shelf(tmp_path / "shelf")


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "My Model (v2).gguf"
    path.write_bytes(GgufFile().build())
    return path


def test_looking_at_the_shelf_writes_nothing(shelf, tmp_path):
    assert [model.id for model in shelf.installed()] == [card.id for card in read_catalogue() if locate(card.file)]
    assert shelf.default(Role.CHAT).is_bundled
    assert shelf.default(Role.EMBEDDER).tokenizer_path.is_file()
    assert not (tmp_path / "shelf").exists()


def test_an_added_model_is_there_after_a_restart_and_its_file_stays_where_it_is(shelf, file, tmp_path):
    before = file.read_bytes()
    model = shelf.add(file)
    assert (model.id, model.name, model.role, model.path) == ("my-model-v2", "Tiny", Role.CHAT, file)
    again = Shelf(tmp_path / "shelf")
    assert again.find(model.id) == model
    again.verify(model)
    assert file.read_bytes() == before


def test_adding_a_file_again_renews_its_checksum(shelf, file):
    first = shelf.add(file)
    file.write_bytes(GgufFile(weights_bytes=5000).build())
    with pytest.raises(ChecksumMismatch):
        shelf.verify(first)
    second = shelf.add(file)
    shelf.verify(second)
    assert second.id == first.id
    assert [model.id for model in shelf.installed() if not model.is_bundled] == [first.id]


def test_two_files_of_one_name_get_two_ids(shelf, file, tmp_path):
    other = tmp_path / "other" / file.name
    other.parent.mkdir()
    other.write_bytes(file.read_bytes())
    assert shelf.add(file).id != shelf.add(other).id


def test_what_cannot_chat_is_not_added(shelf, tmp_path):
    path = tmp_path / "x.gguf"
    path.write_bytes(b"<html>")
    with pytest.raises(NotAGguf, match="web page"):
        shelf.add(path)
    path.write_bytes(GgufFile(metadata=chat_metadata(template=None)).build())
    with pytest.raises(UnsuitableModel):
        shelf.add(path)
    assert all(model.is_bundled for model in shelf.installed())


def test_removing_forgets_the_model_and_keeps_the_file(shelf, file):
    model = shelf.add(file)
    shelf.remove(model.id)
    assert file.is_file()
    with pytest.raises(ModelNotInstalled):
        shelf.find(model.id)
    with pytest.raises(ModelNotInstalled):
        shelf.remove(model.id)


def test_bundled_models_stay(shelf):
    with pytest.raises(BundledModel):
        shelf.remove(shelf.default(Role.CHAT).id)


def test_a_model_whose_file_has_gone_is_listed_and_named(shelf, file):
    model = shelf.add(file)
    file.unlink()
    assert [m.is_present for m in shelf.installed() if m.id == model.id] == [False]
    with pytest.raises(ModelNotInstalled, match="no longer"):
        shelf.find(model.id)
    with pytest.raises(ModelNotInstalled):
        shelf.verify(model)


def test_a_check_reports_a_sound_model(shelf, file):
    report = shelf.check(shelf.add(file).id)
    assert report.is_intact
    assert report.problem == ""
    assert (report.architecture, report.n_layers, report.context_tokens) == ("llama", 2, 2048)
    assert report.quantisations == ("f32", "q4_1")
    assert report.plan.n_ctx == 2048


def test_a_check_sees_a_flipped_bit_behind_an_unchanged_time(shelf, file):
    model = shelf.add(file)
    shelf.verify(model)
    state = file.stat()
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    os.utime(file, ns=(state.st_atime_ns, state.st_mtime_ns))
    report = shelf.check(model.id)
    assert not report.is_intact
    assert "checksum" in report.problem


@pytest.mark.parametrize("damage", ["", "[]", '{"format": 1}', '{"format": 1, "models": [{"id": 3}]}', "\x00"])
def test_a_damaged_list_is_set_aside_and_never_deleted(shelf, file, tmp_path, damage):
    shelf.add(file)
    (tmp_path / "shelf" / "added.json").write_text(damage)
    assert all(model.is_bundled for model in shelf.installed())
    assert shelf.set_aside.read_text() == damage
    assert shelf.find(shelf.add(file).id).path == file


def test_a_list_of_a_newer_version_is_left_alone(shelf, file, tmp_path):
    shelf.add(file)
    newer = json.dumps({"format": 2, "models": "otherwise"})
    (tmp_path / "shelf" / "added.json").write_text(newer)
    with pytest.raises(ShelfUnavailable, match="another version"):
        shelf.installed()
    assert (tmp_path / "shelf" / "added.json").read_text() == newer


def test_a_folder_that_cannot_be_made_is_named(tmp_path, file):
    (tmp_path / "in the way").write_text("")
    with pytest.raises(ShelfUnavailable, match="in the way"):
        Shelf(tmp_path / "in the way").add(file)
