"""Files are read once, again when they change, and a damaged memory costs nothing but time."""

from __future__ import annotations

import hashlib
import os
import stat

import pytest

from models.checksums import Checksums, write_json
from models.errors import ChecksumMismatch, ShelfUnavailable


def sha256(content):
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def model(tmp_path):
    path = tmp_path / "model.gguf"
    path.write_bytes(b"weights")
    return path


def test_a_file_is_not_read_again_while_size_and_time_stay(tmp_path, model):
    memory = tmp_path / "shelf" / "checked.json"
    Checksums(memory).verify(model, sha256(b"weights"))
    state = model.stat()
    model.write_bytes(b"WEIGHTS")
    os.utime(model, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert Checksums(memory).sha256(model) == sha256(b"weights")
    assert Checksums(memory).sha256(model, afresh=True) == sha256(b"WEIGHTS")


def test_a_changed_file_is_read_again_and_refused(tmp_path, model):
    checksums = Checksums(tmp_path / "checked.json")
    checksums.verify(model, sha256(b"weights"))
    model.write_bytes(b"other weights")
    with pytest.raises(ChecksumMismatch) as caught:
        checksums.verify(model, sha256(b"weights"))
    assert caught.value.found == sha256(b"other weights")


@pytest.mark.parametrize("damage", ["", "[1]", "{", '{"x": 3}', "\x00"])
def test_a_damaged_memory_is_made_again(tmp_path, model, damage):
    memory = tmp_path / "checked.json"
    Checksums(memory).sha256(model)
    memory.write_text(damage)
    assert Checksums(memory).sha256(model) == sha256(b"weights")
    assert str(model) in memory.read_text()


def test_a_memory_that_cannot_be_written_does_not_matter(tmp_path, model):
    (tmp_path / "file").write_text("in the way")
    assert Checksums(tmp_path / "file" / "checked.json").sha256(model) == sha256(b"weights")


def test_a_written_file_is_private_and_replaces_the_old_one_whole(tmp_path):
    path = tmp_path / "new" / "list.json"
    write_json(path, {"a": 1})
    write_json(path, {"a": 2})
    assert path.read_text() == '{\n "a": 2\n}'
    assert [entry.name for entry in path.parent.iterdir()] == ["list.json"]
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_file_that_cannot_be_written_leaves_the_old_one(tmp_path):
    path = tmp_path / "list.json"
    write_json(path, {"a": 1})
    with pytest.raises(TypeError):
        write_json(path, {"a": object()})
    assert path.read_text() == '{\n "a": 1\n}'
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ShelfUnavailable):
        write_json(tmp_path / "file" / "list.json", {})
