"""The shipped reader finds answers where they stand, and a missing or altered file costs no search."""

from __future__ import annotations

import logging
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from desktop_app.engine_reader import open_reader
from desktop_app.paths import AppPaths
from models import catalogue, shelf
from models.catalogue import Role, read_catalogue
from models.errors import ModelNotInstalled
from models.shelf import Shelf

pytestmark = pytest.mark.e2e

PASSAGES = [
    ("", "The museum opens at nine. A ticket costs four euros, and children enter free."),
    (
        "",
        "The lighthouse was designed by Ada Karlsson. It was finished in 1872, after a storm had taken the first.",
    ),
]


@pytest.fixture
def paths(tmp_path):
    return AppPaths.under(tmp_path)


@pytest.fixture
def reader(paths):
    try:
        Shelf(paths.models).default(Role.READER)
    except ModelNotInstalled as exc:
        if os.environ.get("REQUIRE_E2E"):
            raise
        pytest.skip(str(exc))
    opened = open_reader(paths)
    assert opened is not None
    return opened


def span(reading, text):
    pairs = np.triu(reading.start[:, None] + reading.end[None, :]) + np.tril(np.full(2 * reading.start.shape, -1e9), -1)
    start, end = np.unravel_index(np.argmax(pairs), pairs.shape)
    return text[reading.offsets[start, 0] : reading.offsets[end, 1]]


@pytest.mark.parametrize(
    ("question", "answer"),
    [("Who designed the lighthouse?", "Ada Karlsson"), ("When was the lighthouse finished?", "1872")],
)
def test_it_points_at_the_answer_and_knows_which_passage_holds_it(reader, question, answer):
    beside, right = reader.read(question, PASSAGES)
    assert span(right, PASSAGES[1][1]) == answer
    assert right.answerable > beside.answerable


def test_what_it_says_of_a_passage_does_not_depend_on_the_others(reader):
    alone = reader.read("Who designed the lighthouse?", PASSAGES[1:])[0]
    beside = reader.read("Who designed the lighthouse?", PASSAGES)[1]
    assert np.array_equal(alone.start, beside.start)
    assert alone.answerable == beside.answerable


def test_places_survive_emoji_and_combining_marks(reader):
    text = "😀 Cafe\u0301 notes: the lighthouse was designed by Ada Karlsson."
    (reading,) = reader.read("Who designed the lighthouse?", [("", text)])
    assert text[reading.offsets[-2, 0] : reading.offsets[-2, 1]].casefold() in "karlsson"


def other_catalogue(monkeypatch, change):
    cards = tuple(change(card) if card.role is Role.READER else card for card in read_catalogue())
    monkeypatch.setattr(shelf, "read_catalogue", lambda: cards)


def test_without_its_file_there_is_no_reader_and_a_line_in_the_log(paths, monkeypatch, caplog):
    other_catalogue(monkeypatch, lambda card: replace(card, file=replace(card.file, inside="models/reader/none.onnx")))
    with caplog.at_level(logging.WARNING):
        assert open_reader(paths) is None
    assert "without the reader" in caplog.text


def test_an_altered_file_is_not_loaded(paths, monkeypatch, caplog):
    """Any file of the package that is not the one in the catalogue."""
    assert Path(catalogue.__file__).with_name("catalogue.json").is_file()
    other_catalogue(monkeypatch, lambda card: replace(card, file=replace(card.file, inside="models/catalogue.json")))
    with caplog.at_level(logging.WARNING):
        assert open_reader(paths) is None
    assert "changed or is damaged" in caplog.text
