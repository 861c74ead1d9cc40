"""Settings are kept, and no damage to them prevents a start."""

from __future__ import annotations

import json
import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.atomic import FileNotWritten
from desktop_app.settings import Settings, SettingsRejected, load, save


def test_without_a_file_the_defaults_hold_in_silence(tmp_path: Path) -> None:
    assert load(tmp_path / "settings.json") == (Settings(), None)


def test_what_was_saved_is_loaded_and_private(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    settings = Settings(appearance="dark", chat_model="é", temperature=0.7, seed=0, window_geometry="AbC=")
    save(settings, path)
    assert load(path) == (settings, None)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_file_of_another_version_is_read_as_far_as_it_is_known(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"appearance": "light", "from_the_future": [1, 2]}')
    assert load(path) == (Settings(appearance="light"), None)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"\x00" * 100,
        b'{"seed": "7"}',
        b'{"seed": 1e400}',
        b'{"seed": true}',
        b'{"temperature": -1}',
        b'{"font_scale": NaN}',
        b'{"appearance": "pink"}',
        b'{"max_tokens": 999999999999999999999999}',
        b'{"chat_model": ""}',
        b'{"window_geometry": "' + b"x" * 20_000 + b'"}',
        b"[" * 60_000,
        b'{"appearance": "' + b"x" * 1_000_000 + b'"}',
    ],
)
def test_damaged_settings_are_set_aside_and_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "settings.json"
    path.write_bytes(content)
    settings, notice = load(path)
    assert settings == Settings()
    assert notice is not None
    [kept] = tmp_path.iterdir()
    assert kept.name.startswith("settings.json.bad-")
    assert kept.read_bytes() == content
    assert str(kept) in notice.message
    assert "safe" in notice.message
    save(Settings(seed=1), path)
    assert load(path) == (Settings(seed=1), None)


@given(content=st.binary(max_size=200))
def test_no_content_whatever_prevents_a_start(content: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("settings") / "settings.json"
    path.write_bytes(content)
    settings, notice = load(path)
    assert notice is not None or settings is not None


@given(
    content=st.dictionaries(
        st.sampled_from(list(Settings.__dataclass_fields__)),
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    )
)
def test_what_is_loaded_without_a_notice_can_be_saved_again(
    content: dict[str, object], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("settings") / "settings.json"
    path.write_text(json.dumps(content))
    settings, notice = load(path)
    if notice is None:
        save(settings, path)
        assert load(path) == (settings, None)
    else:
        assert settings == Settings()


@pytest.mark.parametrize("kind", ["folder", "pipe"])
def test_something_else_under_the_name_does_not_prevent_a_start(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "settings.json"
    path.mkdir() if kind == "folder" else os.mkfifo(path)
    settings, notice = load(path)
    assert settings == Settings()
    assert notice is not None
    assert not path.exists()


def test_a_value_that_is_not_allowed_is_not_saved(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    save(Settings(), path)
    with pytest.raises(SettingsRejected, match="temperature"):
        save(replace(Settings(), temperature=9), path)
    assert load(path) == (Settings(), None)


def test_a_folder_that_has_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotWritten, match="does not exist"):
        save(Settings(), tmp_path / "gone" / "settings.json")


def test_sampling_is_what_the_settings_say() -> None:
    sampling = Settings(max_tokens=100, temperature=0.5, seed=3).sampling
    assert (sampling.max_tokens, sampling.temperature, sampling.seed) == (100, 0.5, 3)
