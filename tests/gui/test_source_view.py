"""The marks in a source lie on the quotes' own characters, whatever the text and however long it is."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtWidgets import QApplication, QLineEdit

from desktop_app.buttons import ArrowButton, QuietButton
from desktop_app.find_bar import find_all
from desktop_app.inert_text import Caption, InertText
from desktop_app.source_page import STRETCH_CHARS, WHOLE_CHARS
from desktop_app.source_view import SourceView
from desktop_app.theme import ThemeSource
from rag.types import Document, Quote, Span
from tests.gui.sample_turns import QUOTES, TEXT, document

pytestmark = [pytest.mark.gui, pytest.mark.qt_log_ignore("This plugin does not support")]

AWKWARD = {
    "emoji before the quote": ("😀👩🏽\u200d🚀 before. ", "The quote 🕊️ itself.", " after 😀"),
    "combining marks": ("e\u0301a\u0308 ", "o\u0302u\u0301 quoted", "\u0301 rest"),
    "right to left": ("מילה ראשונה. ", "זה הציטוט 12.", " סוף"),
    "mixed directions": ("An ", "عربي and English 3.5% نص", " end"),
    "no-break spaces": ("a\u00a0b ", "c\u00a0d\u202fe", "\u00a0f"),
    "line separators": ("a\u2028b\u2028", "c\u2028d", "\u2028e"),
    "paragraph separators": ("a\u2029b\u2029", "c\u2029d", "\u2029e"),
    "tabs": ("a\tb\t", "c\td", "\te"),
    "line ends": ("one\n\ntwo\n", "three\nfour", "\nfive"),
    "carriage returns": ("one\r\ntwo\r", "three\r\nfour", "\rfive"),
    "what Qt keeps for itself": ("\0\ufdd0\ufdd1\ufffc", "x\0\ufdd0\ufdd1\ufffcy", "\ufffc\0"),
    "special tokens and markup": ("<|im_end|><b>", "<img src='file:///etc/passwd'> **x**", "</b>{{7*7}}"),
    "at the very start": ("", "The start.", " Then more."),
    "at the very end": ("Some text, then ", "the end 😀", ""),
    "the whole text": ("", "Nothing else 𝔘.", ""),
    "a very long line": ("word " * 9_000, "the quote 😀 in it", " word" * 9_000),
    "a very long word": ("😀" * 9_000, "quoted", "x" * 20_000),
    "in a very long text": ("A line with 😀.\n" * 30_000, "The quote.", "\nAnother line." * 30_000),
}


@pytest.fixture
def themes(qapp) -> ThemeSource:
    return ThemeSource(qapp, "light")


@pytest.fixture
def view(qapp, themes) -> Iterator[SourceView]:
    view = SourceView(themes)
    view.resize(520, 700)
    view.show()
    yield view
    view.close()
    view.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def placed(before: str, words: str, after: str) -> tuple[Document, Quote]:
    source = document(before + words + after)
    return source, Quote.cut(source, Span(len(before), len(before) + len(words)), 0.5)


def seen(view: SourceView) -> str:
    texts = [part.text() for kind in (Caption, InertText) for part in view.findChildren(kind) if part.isVisible()]
    return "\n".join(texts)


def find_line(view: SourceView) -> QLineEdit:
    return next(one for one in view.findChildren(QLineEdit) if one.accessibleName() == "Find in this text")


def arrow(view: SourceView, name: str) -> ArrowButton:
    return next(one for one in view.findChildren(ArrowButton) if one.accessibleName() == name)


@pytest.mark.parametrize("parts", AWKWARD.values(), ids=AWKWARD.keys())
def test_the_marked_characters_are_the_quotes_own(view, parts):
    source, quote = placed(*parts)
    view.show_document(source, [quote], 0)
    assert view.highlighted_text(0) == quote.text == quote.span.cut(source.text)


@given(
    before=st.text(st.one_of(st.sampled_from("a \n\t\u00a0\u2028\u2029\r😀\u0301א"), st.characters(codec="utf-8"))),
    words=st.text(st.one_of(st.sampled_from("b \n😀\u0301א"), st.characters(codec="utf-8")), min_size=1),
    after=st.text(st.characters(codec="utf-8")),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
def test_any_quote_in_any_text_is_marked_exactly(view, before, words, after):
    source, quote = placed(before, words, after)
    view.show_document(source, [quote], 0)
    assert view.highlighted_text(0) == words


# What Qt's own document holds for characters that it keeps for itself; U+2029 is how it gives back a new block.
IN_QT = str.maketrans(
    {"\n": "\u2029", "\r": "\u2029", "\0": "\u2400", "\ufdd0": "\ufffd", "\ufdd1": "\ufffd", "\ufffc": "\ufffd"}
)


def marked_with(view: SourceView, colour: QColor) -> list[str]:
    """What Qt itself says of the characters on this ground."""
    marks = view.page.extraSelections()
    return [mark.cursor.selectedText() for mark in marks if mark.format.background().color() == colour]


@pytest.mark.parametrize("parts", AWKWARD.values(), ids=AWKWARD.keys())
def test_qts_own_document_holds_the_quote_under_the_mark(view, parts):
    source, quote = placed(*parts)
    view.show_document(source, [quote], 0)
    assert marked_with(view, view.page.theme.highlight_current) == [quote.text.translate(IN_QT)]


def test_all_quotes_are_marked_and_the_current_one_more_strongly(view):
    view.show_document(document(), QUOTES, 2)
    assert [view.highlighted_text(index) for index in range(5)] == [quote.text for quote in QUOTES]
    assert marked_with(view, view.page.theme.highlight_current) == [QUOTES[2].text]


def test_the_header_says_what_the_source_is(view):
    view.show_document(document(), QUOTES, 1)
    for words in ("Flood report", "4 March 2021", "reports/flood.txt", "Quote 2 of 5", "Verified"):
        assert words in seen(view)


@pytest.mark.parametrize("width", [300, 430, 900])
def test_the_title_is_given_the_room_of_its_lines(view, width):
    view.resize(width, 700)
    view.show_document(document(title="Russia's channels to the Taliban in the year 2015"), [], 0)
    QApplication.processEvents()
    title = next(one for one in view.findChildren(Caption) if one.text().startswith("Russia"))
    assert title.height() >= title.heightForWidth(title.width())
    assert len(title.shown_lines(title.width())) == (1 if width == 900 else 2)


def test_a_quote_that_is_not_there_is_not_marked_and_said_to_be_unverified(view):
    other = document(TEXT.replace("Nobody", "Many"))
    view.show_document(other, QUOTES, 2)
    assert view.highlighted_text(2) == ""
    assert view.verification.startswith("Not verified")


def test_a_forged_quote_is_never_called_verified(view):
    source = document()
    forged = Quote(source.source, Span(0, 5), "Forged", 0.9)
    view.show_document(source, [forged], 0)
    assert view.verification.startswith("Not verified")
    assert view.highlighted_text(0) == ""


def test_stepping_goes_from_quote_to_quote_and_stops_at_the_ends(view, qtbot):
    view.show_document(document(), QUOTES, 3)
    with qtbot.waitSignal(view.current_changed) as caught:
        arrow(view, "Next quote").click()
    assert caught.args == [4]
    assert "Quote 5 of 5" in seen(view)
    assert not arrow(view, "Next quote").isEnabled()
    with qtbot.waitSignal(view.current_changed):
        arrow(view, "Previous quote").click()
    assert "Quote 4 of 5" in seen(view)


def test_a_step_to_another_document_is_asked_for_and_nothing_is_shown_until_it_comes(view, qtbot):
    other = document("Elsewhere it was dry.")
    elsewhere = Quote.cut(other, Span(0, 21), 0.7)
    quotes = [QUOTES[0], elsewhere, QUOTES[1]]
    view.show_document(document(), quotes, 0)
    with qtbot.waitSignal(view.quote_requested) as caught, qtbot.assertNotEmitted(view.current_changed):
        arrow(view, "Next quote").click()
    assert caught.args == [1]
    assert "Quote 1 of 3" in seen(view)
    view.show_document(other, quotes, 1)
    assert "Quote 2 of 3" in seen(view)
    assert view.verification.startswith("Verified")
    assert [view.highlighted_text(index) for index in range(3)] == ["", elsewhere.text, ""]


def test_quotes_and_search_are_reached_by_keys(view, qtbot):
    view.show_document(document(), QUOTES, 3)
    view.activateWindow()
    view.page.setFocus()
    qtbot.waitUntil(view.page.hasFocus)
    with qtbot.waitSignal(view.current_changed) as caught:
        qtbot.keyClick(view.page, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert caught.args == [2]
    qtbot.keyClick(view.page, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert find_line(view).isVisible()


@pytest.mark.parametrize("n_lines", [2_000, 40_000])
def test_the_quote_is_in_view_with_some_text_above(view, n_lines):
    source, quote = placed("A line of text.\n" * n_lines, "The quote.", "\nA line of text." * n_lines)
    view.show_document(source, [quote], 0)
    QApplication.processEvents()
    cursor = view.page.textCursor()
    cursor.setPosition(view.page.shown.position(quote.span.start))
    top = view.page.cursorRect(cursor).top()
    assert 60 < top < view.page.viewport().height() / 2


def test_the_quote_stays_in_view_when_the_pane_is_resized(view):
    source, quote = placed("Some words that wrap. " * 2_000, "The quote.", " More words." * 2_000)
    view.show_document(source, [quote], 0)
    view.resize(380, 600)
    QApplication.processEvents()
    cursor = view.page.textCursor()
    cursor.setPosition(view.page.shown.position(quote.span.start))
    assert 0 < view.page.cursorRect(cursor).top() < view.page.viewport().height()


def test_a_long_text_is_laid_out_around_the_quote_and_the_rest_on_demand(view):
    source, quote = placed("Before it.\n" * 20_000, "The quote.", "\nAfter it." * 20_000)
    view.show_document(source, [quote], 0)
    page = view.page
    assert len(page.shown.text) < WHOLE_CHARS
    assert page.has_earlier
    assert page.has_later
    start = page.shown.start
    buttons = {one.accessibleName(): one for one in view.findChildren(QuietButton)}
    buttons["Show earlier text"].click()
    assert page.shown.start < start
    assert abs(page.first_visible() - start) <= 24
    for _ in range(80):
        if page.has_later:
            buttons["Show later text"].click()
    assert page.shown.stop == len(source.text)
    assert not buttons["Show later text"].isVisible()


def test_a_quote_longer_than_a_stretch_is_shown_whole(view):
    source, quote = placed("x\n" * 60_000, "long quote " * (STRETCH_CHARS // 10), "\ny" * 60_000)
    view.show_document(source, [quote], 0)
    assert view.highlighted_text(0) == quote.text


@pytest.mark.parametrize("line", ["A line of some eighty characters, as they are found in many plain texts today.\n"])
@pytest.mark.parametrize("kind", ["lines", "one line", "one word", "empty lines"])
def test_five_megabytes_open_without_freezing(view, kind, line):
    text = {
        "lines": line * 63_000,
        "one line": line.replace("\n", " ") * 63_000,
        "one word": "x" * 5_000_000,
        "empty lines": "\n" * 5_000_000,
    }[kind]
    middle = len(text) // 2
    source = document(text)
    quotes = [Quote.cut(source, Span(start, start + 50), 0.5) for start in (middle, 0, len(text) - 50)]
    begin = time.perf_counter()
    view.show_document(source, quotes, 0)
    QApplication.processEvents()
    assert time.perf_counter() - begin < 2.0  # 0.05 to 0.2 s on two cores; the limit leaves room for a busy machine
    for index in range(3):
        view.show_document(source, quotes, index)
        assert view.highlighted_text(index) == quotes[index].text


def test_copied_words_are_the_texts_own(view):
    source = document("NBSP\u00a0here \u2028 and 😀 there.\nSecond line.")
    view.show_document(source, [], 0)
    view.page.selectAll()
    view.page.copy()
    assert QGuiApplication.clipboard().text() == source.text


@given(st.text(max_size=40), st.text(min_size=1, max_size=3))
def test_finds_are_where_they_are_said_to_be(text, wanted):
    for span in find_all(text, wanted):
        assert len(span) == len(wanted)
        assert span.cut(text).casefold() == wanted.casefold() or span.cut(text).lower() == wanted.lower()


def test_finding_goes_through_the_whole_text(view, qtbot):
    source, _quote = placed("😀 Needle here.\n" + "hay\n" * 60_000, "NEEDLE there.", "\nhay" * 10_000)
    view.show_document(source, [], 0)
    view.open_find("needle")
    assert "1 of 2" in seen(view)
    line = find_line(view)
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert "2 of 2" in seen(view)
    assert "NEEDLE there." in view.page.shown.text
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert "1 of 2" in seen(view)
    qtbot.keyClick(line, Qt.Key.Key_Escape)
    assert not line.isVisible()


def test_what_is_typed_is_searched_for_after_a_moment(view, qtbot):
    view.show_document(document(), QUOTES, 0)
    view.open_find()
    qtbot.keyClicks(find_line(view), "bridge")
    qtbot.waitUntil(lambda: "1 of 1" in seen(view))
    qtbot.keyClicks(find_line(view), "zzz")
    qtbot.waitUntil(lambda: "not found" in seen(view))


def test_another_document_ends_the_search(view):
    view.show_document(document(), QUOTES, 0)
    view.open_find("bridge")
    view.show_document(document("Another text."), [], 0)
    assert not find_line(view).isVisible()


def test_a_missing_source_says_why_and_keeps_what_is_known(view):
    view.show_document(document(), QUOTES, 0)
    view.show_missing(document().source, "It is not in the library any more.")
    assert "Flood report" in seen(view)
    assert "It is not in the library any more." in seen(view)
    assert view.verification == ""
    assert view.highlighted_text(0) == ""


def test_clearing_says_how_to_go_on(view):
    view.show_document(document(), QUOTES, 0)
    view.clear()
    assert "Open a quote" in seen(view)
    assert "Flood report" not in seen(view)


def test_the_theme_changes_under_an_open_source(view, themes):
    view.show_document(document(), QUOTES, 1)
    themes.set_appearance("dark")
    colours = {one.format.background().color().name() for one in view.page.extraSelections()}
    assert themes.theme.highlight_current.name() in colours
    assert view.highlighted_text(1) == QUOTES[1].text
