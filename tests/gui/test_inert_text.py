"""Texts of documents and models are shown and copied as they are, and never load or become anything."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6 import QtGui
from PySide6.QtCore import QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QGuiApplication, QTextDocument, QWheelEvent

from desktop_app.inert_text import Caption, InertText, plain_label, plain_tooltip
from desktop_app.shown_text import ShownText

pytestmark = [pytest.mark.gui, pytest.mark.qt_log_ignore("This plugin does not support")]

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src='file:///etc/passwd'>",
    "![x](file:///etc/passwd)",
    "[x](javascript:alert(1))",
    "**bold** _it_ `code`",
    "<table><tr><td>" * 24,
    "a\u00a0b\u2028c\u2029d\te\0f\ufdd0g\ufffch",
    "\u202egpj.exe\u202c",
    "שלום עולם 123 😀",
    "<|im_end|> {{7*7}} %n =cmd|' /C calc'!A0",
    "👩🏽\u200d🚀 e\u0301clair 𝔘",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_selected_and_copied_is_the_text_itself(qtbot, text):
    widget = InertText(text)
    qtbot.addWidget(widget)
    widget.selectAll()
    assert widget.selected_text() == text
    widget.copy()
    copied = QGuiApplication.clipboard().mimeData()
    assert copied.formats() == ["text/plain"]
    assert copied.text() == text


@given(text=st.text(st.one_of(st.sampled_from("<>&[]()*_`#|\n\u00a0\u2028\u2029"), st.characters(codec="utf-8"))))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_every_character_has_its_place_in_qts_document(qapp, text):
    widget = InertText(text)
    assert widget.document().characterCount() - 1 == len(ShownText(text).display.encode("utf-16-le")) // 2
    widget.selectAll()
    assert widget.selected_text() == text


def test_a_title_takes_a_second_line_before_it_is_cut(qtbot):
    title = Caption("Russia's channels to the Taliban in 2015", most_lines=2)
    qtbot.addWidget(title)
    one_line = title.sizeHint().width() + 20
    assert title.shown_lines(one_line) == [title.text()]
    two = title.shown_lines(one_line * 2 // 3)
    assert len(two) == 2
    assert " ".join(two) == title.text()
    cut = title.shown_lines(one_line // 3)
    assert len(cut) == 2
    assert cut[-1].endswith("…")
    assert title.heightForWidth(one_line // 3) == 2 * title.heightForWidth(one_line)


@pytest.mark.parametrize("text", ["", "x" * 100_000, "x " * 50_000, "a " + "x" * 5_000])
def test_a_title_of_any_length_stays_within_its_lines(qtbot, text):
    title = Caption(text, most_lines=2)
    qtbot.addWidget(title)
    lines = title.shown_lines(200)
    assert 1 <= len(lines) <= 2
    assert all(title.fontMetrics().horizontalAdvance(line) <= 200 for line in lines)


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_becomes_markup(qtbot, text):
    widget = InertText(text)
    qtbot.addWidget(widget)
    block = widget.document().begin()
    while block.isValid():
        for part in block:
            assert not part.fragment().charFormat().isAnchor()
            assert not part.fragment().charFormat().isImageFormat()
        assert block.textList() is None
        block = block.next()


def test_nothing_is_ever_loaded(qtbot):
    widget = InertText("<img src='file:///etc/hostname'>")
    qtbot.addWidget(widget)
    for kind in QTextDocument.ResourceType:
        assert widget.loadResource(kind.value, QUrl("file:///etc/hostname")) is None


@given(text=st.text(st.one_of(st.sampled_from("<>/!?-=' \nabimgp"), st.characters(codec="utf-8"))))
@settings(deadline=None)
def test_a_tool_tip_is_never_taken_for_markup(text):
    assert not QtGui.Qt.mightBeRichText(plain_tooltip(text))


def test_a_label_keeps_its_ampersands():
    assert plain_label("Smith & Sons\n Ltd") == "Smith && Sons Ltd"


def test_text_grows_downwards_and_never_scrolls_inside(qtbot):
    widget = InertText("word " * 400)
    qtbot.addWidget(widget)
    assert widget.heightForWidth(300) > widget.heightForWidth(600) > 100
    widget.resize(300, widget.heightForWidth(300))
    widget.show()
    assert widget.verticalScrollBar().maximum() == 0


def test_measuring_at_one_width_does_not_spoil_another(qtbot):
    widget = InertText("Moscow explained the contacts by the rise of Islamic State.")
    qtbot.addWidget(widget)
    widget.resize(600, 50)
    widget.show()
    wide = widget.heightForWidth(600)
    assert widget.heightForWidth(50) > wide
    assert widget.heightForWidth(601) == wide
    assert widget.document().textWidth() == 600


def test_a_word_of_twenty_thousand_letters_is_wrapped(qtbot):
    widget = InertText("x" * 20_000)
    qtbot.addWidget(widget)
    assert widget.minimumSizeHint().width() < 100
    assert widget.heightForWidth(600) > 2_000
    widget.selectAll()
    assert widget.selected_text() == "x" * 20_000


def test_the_wheel_is_left_to_what_surrounds_the_text(qtbot):
    widget = InertText("word " * 400)
    qtbot.addWidget(widget)
    wheel = QWheelEvent(
        QPointF(5, 5),
        QPointF(5, 5),
        QPoint(0, -120),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    widget.wheelEvent(wheel)
    assert not wheel.isAccepted()


def test_appended_pieces_are_one_text(qtbot):
    widget = InertText()
    qtbot.addWidget(widget)
    for piece in ("one ", "two\u00a0", "😀", "\nthree"):
        widget.append_text(piece)
    widget.selectAll()
    assert widget.text() == widget.selected_text() == "one two\u00a0😀\nthree"


def test_a_right_to_left_text_says_so(qtbot):
    widget = InertText("שלום עולם")
    qtbot.addWidget(widget)
    assert widget.is_right_to_left()
    assert not InertText("hello").is_right_to_left()


def test_a_caption_of_any_length_takes_one_line(qtbot):
    caption = Caption("A title\nwith a line break " + "x" * 100_000)
    qtbot.addWidget(caption)
    assert "\n" not in caption.text()
    assert caption.minimumSizeHint().width() < 200
    caption.resize(300, 20)
    assert not caption.grab().isNull()
