"""What is left out of quotes can be told, read, brought back and left out again, and moves no quote by a character."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QApplication

from desktop_app.buttons import QuietButton
from desktop_app.marked_edit import noise_ink
from desktop_app.noise_line import NoiseLine
from desktop_app.source_view import SourceView
from desktop_app.theme import ThemeSource, contrast
from rag.types import Document, Mark, NoiseKind, Part, PartKind, Quote, Span
from tests.gui.sample_turns import document

pytestmark = [pytest.mark.gui, pytest.mark.qt_log_ignore("This plugin does not support")]

MENU = "".join(f"Menu entry {number}\n" for number in range(1, 13))
TEXT = (
    f"A title\n{MENU}The bridge was closed on Tuesday.\n\nRead more about bridges\n\nNobody was hurt 😀 that day.\n"
    + "It rained. " * 40
)


def marked(*marks: Mark, text: str = TEXT) -> Document:
    return replace(document(text), marks=tuple(sorted(marks, key=lambda one: one.span)))


def mark(words: str, kind: NoiseKind = NoiseKind.MENU, *, is_lifted: bool = False) -> Mark:
    start = TEXT.index(words)
    return Mark(kind, Span(start, start + len(words)), is_lifted)


def quote(words: str, within: Document) -> Quote:
    start = within.text.index(words)
    return Quote.cut(within, Span(start, start + len(words)), 0.9)


LONG, SHORT = mark(MENU), mark("Read more about bridges", NoiseKind.TEASER)


@pytest.fixture
def themes(qapp) -> ThemeSource:
    return ThemeSource(qapp, "light")


@pytest.fixture
def view(qapp, themes) -> Iterator[SourceView]:
    view = SourceView(themes)
    view.resize(560, 700)
    view.show()
    view.activateWindow()
    yield view
    view.close()
    view.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def on_screen(view: SourceView) -> str:
    return view.page.shown.display


def place_of(view: SourceView, words: str) -> QPoint:
    """A point in the middle of these words' first character, in the viewport."""
    cursor = QTextCursor(view.page.document())
    cursor.setPosition(on_screen(view).index(words) + 1)
    return view.page.cursorRect(cursor).center()


def ink_of(view: SourceView, words: str) -> str:
    cursor = QTextCursor(view.page.document())
    cursor.setPosition(on_screen(view).index(words) + 1)
    return cursor.charFormat().foreground().color().name()


def button(view: SourceView, words: str) -> QuietButton:
    found = [one for one in view.findChildren(QuietButton) if one.text() == words and one.isVisible()]
    assert found, f"no button says {words}"
    return found[0]


def test_a_short_stretch_is_greyed_and_still_readable(view, themes):
    view.show_document(marked(SHORT), [], 0)
    assert on_screen(view) == TEXT
    assert ink_of(view, "Read more") == noise_ink(themes.theme).name()
    assert ink_of(view, "The bridge") != noise_ink(themes.theme).name()


@pytest.mark.parametrize("appearance", ["light", "dark"])
def test_grey_words_have_contrast_enough_to_be_read_and_are_paler_than_the_text(themes, appearance):
    themes.set_appearance(appearance)
    theme = themes.theme
    ink = noise_ink(theme)
    assert 4.5 <= contrast(ink, theme.surface) < contrast(theme.text, theme.surface) / 2


def test_the_theme_changes_under_greyed_and_folded_words(view, themes):
    view.show_document(marked(LONG, SHORT), [], 0)
    themes.set_appearance("dark")
    assert ink_of(view, "Read more") == noise_ink(themes.theme).name()
    assert ink_of(view, "12 lines") == themes.theme.muted.name()
    assert ink_of(view, "Show") == themes.theme.accent.name()
    assert "Menu, 12 lines · Show" in on_screen(view)


def test_a_long_stretch_is_one_quiet_line_that_a_click_unfolds(view, qtbot):
    view.show_document(marked(LONG), [], 0)
    assert "Menu, 12 lines · Show" in on_screen(view)
    assert "Menu entry 3" not in on_screen(view)
    qtbot.mouseClick(view.page.viewport(), Qt.MouseButton.LeftButton, pos=place_of(view, "12 lines"))
    assert on_screen(view) == TEXT
    assert ink_of(view, "Menu entry 3") == noise_ink(view.page.theme).name()


def test_a_fold_opens_by_key_and_folds_again(view, qtbot):
    view.show_document(marked(LONG), [], 0)
    view.page.setFocus()
    cursor = view.page.textCursor()
    cursor.setPosition(on_screen(view).index("12 lines"))
    view.page.setTextCursor(cursor)
    qtbot.keyClick(view.page, Qt.Key.Key_Return)
    assert "Menu entry 3" in on_screen(view)
    view.show_next_mark()
    assert "Menu entry 3" not in on_screen(view)


def test_the_pointer_over_a_stretch_says_why_and_one_click_brings_it_back(view, qtbot):
    view.show_document(marked(SHORT), [], 0)
    qtbot.mouseMove(view.page.viewport(), place_of(view, "Read more"))
    qtbot.waitUntil(view.page.bar.isVisible)
    assert view.page.bar.accessibleName() == "Teaser: not quoted"
    with qtbot.waitSignal(view.lift_requested) as caught:
        button(view, "Quote this too").click()
    assert caught.args == [view.document.id, SHORT, True]


def test_what_was_brought_back_looks_like_text_and_can_be_left_out_again(view, qtbot, themes):
    view.show_document(marked(SHORT), [], 0)
    lifted = replace(SHORT, is_lifted=True)
    view.update_marks(marked(lifted))
    assert ink_of(view, "Read more") != noise_ink(themes.theme).name()
    assert view.findChild(NoiseLine).words == "1 stretch brought back into quotes"
    QApplication.processEvents()
    qtbot.mouseMove(view.page.viewport(), place_of(view, "Read more"))
    qtbot.waitUntil(view.page.bar.isVisible)
    with qtbot.waitSignal(view.lift_requested) as caught:
        button(view, "Leave this out").click()
    assert caught.args == [view.document.id, lifted, False]


def test_marks_change_without_moving_what_is_read(view):
    text = TEXT + "\nMore of it follows here." * 300
    early = Mark(NoiseKind.MENU, LONG.span)
    late = text.index("More of it", 6_000)
    view.show_document(marked(early, text=text), [Quote.cut(document(text), Span(late, late + 10), 0.9)], 0)
    QApplication.processEvents()
    before = view.page.first_visible()
    view.update_marks(marked(replace(early, is_lifted=True), text=text))
    assert "Menu entry 3" in on_screen(view)
    assert abs(view.page.first_visible() - before) < 60


def test_the_header_counts_what_is_left_out_and_hides_it(view, qtbot):
    view.show_document(marked(LONG, SHORT), [], 0)
    assert view.findChild(NoiseLine).words == "2 stretches are left out of quotes (menus, teasers)"
    with qtbot.waitSignal(view.noise_hidden_changed) as caught:
        button(view, "Hide them").click()
    assert caught.args == [True]
    assert "Menu" not in on_screen(view)
    assert "Read more" not in on_screen(view)
    button(view, "Show them").click()
    assert "Read more" in on_screen(view)


def test_a_document_without_noise_says_nothing_of_it(view):
    view.show_document(document(), [], 0)
    assert not view.findChild(NoiseLine).isVisible()


def test_keys_go_from_stretch_to_stretch_and_bring_one_back(view, qtbot):
    view.show_document(marked(LONG, SHORT), [], 0)
    view.page.setFocus()
    qtbot.waitUntil(view.page.hasFocus)
    seen = []
    for _ in range(3):
        qtbot.keyClick(view.focusWidget(), Qt.Key.Key_N, Qt.KeyboardModifier.AltModifier)
        seen.append(view.page.bar.mark)
    assert seen == [LONG, SHORT, LONG]
    with qtbot.waitSignal(view.lift_requested) as caught:
        qtbot.keyClick(view.focusWidget(), Qt.Key.Key_Space)
    assert caught.args[1:] == [LONG, True]


def test_selected_words_can_be_left_out_by_key_and_by_menu(view, qtbot):
    view.show_document(marked(SHORT), [], 0)
    view.page.setFocus()
    qtbot.waitUntil(view.page.hasFocus)
    span = Span(TEXT.index("Nobody"), TEXT.index("that day"))
    view.page.setTextCursor(view.page.cursor_over(span))
    menu = view.page.context_menu(place_of(view, "Nobody"))
    assert "Never quote this" in [action.text() for action in menu.actions()]
    menu.deleteLater()
    with qtbot.waitSignal(view.set_aside_requested) as caught:
        qtbot.keyClick(view.page, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert caught.args == [view.document.id, span]
    assert span.cut(TEXT) == "Nobody was hurt 😀 "


def test_a_selection_over_hidden_noise_is_of_the_texts_own_characters(view):
    view.set_noise_hidden(True)
    view.show_document(marked(LONG, SHORT), [], 0)
    view.page.selectAll()
    assert view.page.selected_text() == TEXT


def test_a_quote_in_a_folded_stretch_opens_it(view):
    source = marked(LONG)
    view.show_document(source, [quote("Menu entry 7", source)], 0)
    assert view.highlighted_text(0) == "Menu entry 7"
    assert "Menu entry 7" in on_screen(view)


@pytest.mark.parametrize("is_hidden", [False, True])
def test_a_find_in_a_folded_stretch_opens_it(view, is_hidden):
    view.set_noise_hidden(is_hidden)
    view.show_document(marked(LONG), [], 0)
    view.open_find("entry 9")
    assert "Menu entry 9" in on_screen(view)


@given(data=st.data(), is_hidden=st.booleans())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
def test_quotes_are_marked_exactly_whatever_is_folded_around_them(view, data, is_hidden):
    pieces = st.sampled_from(["Words 😀 here.", "\n", "menu\n" * 12, "x " * 300])
    text = "".join(data.draw(st.lists(pieces, min_size=1, max_size=9)))
    places = sorted(set(data.draw(st.lists(st.integers(0, len(text)), max_size=8))))
    spans = [Span(*pair) for pair in zip(places[::2], places[1::2], strict=False)]
    marks = [Mark(NoiseKind.MENU, span, data.draw(st.booleans())) for span in spans]
    start = data.draw(st.integers(0, len(text) - 1))
    source = marked(*marks, text=text)
    wanted = Quote.cut(source, Span(start, data.draw(st.integers(start + 1, len(text)))), 0.5)
    view.set_noise_hidden(is_hidden)
    view.show_document(source, [wanted], 0)
    assert view.highlighted_text(0) == wanted.text


def test_many_marks_in_a_long_text_open_without_freezing(view):
    text = "A sentence of the article stands here.\nRead more\n" * 4_000
    marks = [
        Mark(NoiseKind.TEASER, Span(start, start + 9))
        for start in range(text.index("Read"), len(text), len("A sentence of the article stands here.\nRead more\n"))
    ]
    source = marked(*marks, text=text)
    view.show_document(source, [quote("A sentence", source)], 0)
    assert view.highlighted_text(0) == "A sentence"


def test_slides_are_named_and_the_line_above_says_where_the_reader_is(view):
    text = "\n".join(f"Point {number} of the talk." * 40 for number in range(1, 6))
    starts = [0, *(place + 1 for place, character in enumerate(text) if character == "\n")]
    ends = [*(start - 1 for start in starts[1:]), len(text)]
    parts = [Part(PartKind.SLIDE, n, Span(*pair)) for n, pair in enumerate(zip(starts, ends, strict=True), 1)]
    deck = replace(document(text), parts=tuple(parts))
    view.show_document(deck, [quote("Point 4", deck)], 0)
    QApplication.processEvents()
    assert "Slide 4\nPoint 4" in on_screen(view)
    assert view.place_words == "slide 4"
    assert view.highlighted_text(0) == "Point 4"


def test_after_a_stretch_was_brought_back_the_way_to_leave_it_out_is_under_the_same_key(view, qtbot):
    view.lift_requested.connect(lambda _, one, is_lifted: view.update_marks(marked(replace(one, is_lifted=is_lifted))))
    view.show_document(marked(LONG), [], 0)
    view.page.setFocus()
    qtbot.waitUntil(view.page.hasFocus)
    qtbot.keyClick(view.page, Qt.Key.Key_N, Qt.KeyboardModifier.AltModifier)
    qtbot.keyClick(view.focusWidget(), Qt.Key.Key_Space)
    assert view.document.marks[0].is_lifted
    assert view.focusWidget() is button(view, "Leave this out")
    qtbot.keyClick(view.focusWidget(), Qt.Key.Key_Space)
    assert not view.document.marks[0].is_lifted
    qtbot.keyClick(view.focusWidget(), Qt.Key.Key_Escape)
    assert view.page.hasFocus()
    assert not view.page.bar.isVisible()
