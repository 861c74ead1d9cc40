"""A quote card shows the source's own words and opens their place, by pointer and by key."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from desktop_app.buttons import QuietButton
from desktop_app.excerpt_details import Badge
from desktop_app.inert_text import Caption
from desktop_app.quote_card import HitCard, QuoteCard
from desktop_app.theme import Theme
from rag.types import Hit, Span
from tests.gui.sample_turns import SCAN, copied, document, hit, quote

pytestmark = [pytest.mark.gui, pytest.mark.qt_log_ignore("This plugin does not support")]


@pytest.fixture
def card(qtbot) -> QuoteCard:
    card = QuoteCard(quote("The river rose on Monday."), 1, 4, Theme.light())
    qtbot.addWidget(card)
    card.resize(500, card.heightForWidth(500))
    card.show()
    return card


def test_a_screen_reader_hears_number_title_date_and_words(card):
    assert card.accessibleName() == "Quote 1 of 4, from Flood report, 4 March 2021: The river rose on Monday."


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_a_key_opens_the_quote(card, qtbot, key):
    with qtbot.waitSignal(card.activated):
        qtbot.keyClick(card, key)


def test_a_click_beside_the_words_opens_the_quote(card, qtbot):
    with qtbot.waitSignal(card.activated):
        qtbot.mouseClick(card, Qt.MouseButton.LeftButton)


def test_a_click_on_the_words_opens_the_quote(card, qtbot):
    with qtbot.waitSignal(card.activated):
        qtbot.mouseClick(card.words.viewport(), Qt.MouseButton.LeftButton)


def test_selecting_words_does_not_open_the_quote(card, qtbot):
    with qtbot.assertNotEmitted(card.activated):
        card.words.selectAll()
        card.words.setFocus()
        qtbot.mouseRelease(card.words.viewport(), Qt.MouseButton.LeftButton)


def test_the_words_shown_are_the_quotes_own(qtbot):
    odd = document("Before. NBSP\u00a0here \u2028 <b>not bold</b> 😀 e\u0301. After.")
    cut = quote("NBSP\u00a0here \u2028 <b>not bold</b> 😀 e\u0301.", odd)
    card = QuoteCard(cut, 1, 1, Theme.light())
    qtbot.addWidget(card)
    card.words.selectAll()
    assert card.words.selected_text() == cut.text == cut.span.cut(odd.text)


@pytest.mark.parametrize("width", [220, 300, 700])
def test_a_long_title_is_given_two_lines_before_it_is_cut(qtbot, width):
    titled = document(title="Russia, the Taliban and the US peace agreement in March 2020")
    card = QuoteCard(quote("Nobody was hurt.", titled), 1, 1, Theme.light())
    qtbot.addWidget(card)
    card.resize(width, card.heightForWidth(width))
    card.show()
    title = next(one for one in card.findChildren(Caption) if one.text().startswith("Russia"))
    assert title.height() >= title.heightForWidth(title.width())
    assert len(title.shown_lines(title.width())) == (1 if width == 700 else 2)
    assert card.words.height() >= card.words.heightForWidth(card.words.width())


def test_a_page_an_author_and_what_a_machine_read_stand_under_the_title(qtbot):
    card = QuoteCard(copied(n_copies=0), 1, 1, Theme.light())
    qtbot.addWidget(card)
    card.show()
    assert any(one.text() == "page 7 · Amsel, Ruth and others" for one in card.details.findChildren(Caption))
    (badge,) = card.details.findChildren(Badge)
    assert badge.accessibleName() == "read by OCR"
    assert "may be misread" in badge.toolTip()
    assert "page 7, read by OCR: The lower town" in card.accessibleName()
    assert not card.details.findChildren(QuietButton)


def test_a_card_without_any_of_these_has_no_line_for_them(card):
    assert card.details.isHidden()


def test_other_documents_with_the_same_words_unfold_and_open(qtbot):
    card = QuoteCard(copied(), 1, 1, Theme.light())
    qtbot.addWidget(card)
    card.resize(500, card.heightForWidth(500))
    card.show()
    (link,) = card.details.findChildren(QuietButton)
    assert link.text() == "also in 2 others"
    with qtbot.assertNotEmitted(card.activated):
        qtbot.mouseClick(link, Qt.MouseButton.LeftButton)
    assert card.details.copies is not None
    lines = card.details.copies.lines
    assert [line.accessibleName() for line in lines] == [
        "Open Paper 0 on the flood, 7 March 2000",
        "Open Paper 1 on the flood, 7 March 2001",
    ]
    with qtbot.waitSignal(card.document_activated) as opened, qtbot.assertNotEmitted(card.activated):
        qtbot.mouseClick(lines[1], Qt.MouseButton.LeftButton)
    assert opened.args == [copied().also_in[1].id]
    link.click()
    assert card.details.copies.isHidden()


def test_many_other_documents_come_in_steps(qtbot):
    card = QuoteCard(copied(n_copies=30), 1, 1, Theme.light())
    qtbot.addWidget(card)
    card.show()
    card.details.findChildren(QuietButton)[0].click()
    assert card.details.copies is not None
    assert len(card.details.copies.lines) < 30


def test_the_title_s_tool_tip_names_file_and_language_as_plain_text(qtbot):
    odd = replace(copied(), source=replace(SCAN.source, title="<b>Log</b>"))
    card = QuoteCard(odd, 1, 1, Theme.light())
    qtbot.addWidget(card)
    title = next(one for one in card.findChildren(Caption) if one.text() == "<b>Log</b>")
    assert title.toolTip().splitlines()[1:] == ["scans/lock-1921.pdf", "English"]
    assert "<b>" not in title.toolTip()


@pytest.mark.parametrize("width", [220, 300, 700])
def test_a_narrow_card_keeps_its_page_and_its_link(qtbot, width):
    card = QuoteCard(copied(), 1, 1, Theme.light())
    qtbot.addWidget(card)
    card.resize(width, card.heightForWidth(width))
    card.show()
    words = next(one for one in card.details.findChildren(Caption) if one.text().startswith("page 7"))
    (link,) = card.details.findChildren(QuietButton)
    assert link.mapTo(card, link.rect().bottomRight()).x() < width
    assert card.words.height() >= card.words.heightForWidth(card.words.width())
    assert words.shown_lines(words.width())[0].startswith("page 7 · Amsel")


def test_the_speaker_is_named(qtbot):
    card = QuoteCard(quote("Nobody was hurt.", speaker="The mayor"), 2, 3, Theme.light())
    qtbot.addWidget(card)
    assert any(one.text() == "The mayor says" for one in card.findChildren(Caption))
    assert "The mayor says in Flood report, 4 March 2021: Nobody was hurt." in card.accessibleName()


def test_tab_stops_at_the_card_and_not_inside_it(card):
    assert card.focusPolicy() == Qt.FocusPolicy.StrongFocus
    assert not card.words.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_a_right_to_left_quote_has_its_rule_where_its_lines_begin(qtbot):
    hebrew = document("שלום עולם. זה ציטוט.")
    right = QuoteCard(quote("זה ציטוט.", hebrew), 1, 1, Theme.light())
    left = QuoteCard(quote("Nobody was hurt."), 1, 1, Theme.light())
    for card in (right, left):
        qtbot.addWidget(card)
        card.resize(500, 120)
        card.show()
    assert right.words.geometry().right() < left.words.geometry().right()
    assert right.words.geometry().left() < left.words.geometry().left()


def test_the_current_card_looks_different(card):
    before = card.grab().toImage()
    card.set_current(True)
    assert card.grab().toImage() != before


def test_a_long_passage_is_cut_at_a_word_and_marked(qtbot):
    text = "some words " * 100
    long = document(text)
    card = HitCard(Hit(long.source, 0, Span(0, len(text)), text, 0.4, None, 0.3), Theme.light())
    qtbot.addWidget(card)
    assert card.words.text().endswith(("some …", "words …"))
    assert len(card.words.text()) < 400


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("## Where this comes from\n\nThe report has a title.", "The report has a title."),
        ("# One\n\n### Two #\nFirst words.", "First words."),
        ("Title\n=====\n\nFirst words.", "First words."),
        ("First words.\n\n## Next part\n\nMore words.", "First words. … More words."),
        ("First words.\n\n## Next part", "First words."),
        ("## Only a heading\n\n### And another", "Only a heading And another"),
        ("#1 of all\nis no heading", "#1 of all is no heading"),
        ("Plain - words -- here.", "Plain - words -- here."),
        ("##", ""),
    ],
)
def test_a_passage_is_shown_without_its_headings(qtbot, text, expected):
    source = document(text)
    shown = Hit(source.source, 0, Span(0, len(text)), text, 0.4, None, 0.3)
    card = HitCard(shown, Theme.light())
    qtbot.addWidget(card)
    assert card.words.text() == expected
    assert expected in card.accessibleName()
    assert shown.span == Span(0, len(text))


def test_a_passage_opens_too(qtbot):
    card = HitCard(hit(), Theme.light())
    qtbot.addWidget(card)
    with qtbot.waitSignal(card.activated):
        qtbot.keyClick(card, Qt.Key.Key_Return)


def test_a_quote_of_a_megabyte_opens_quickly_and_says_that_it_goes_on(qtbot):
    text = "x" * 1_000_000
    card = QuoteCard(quote(text, document(text)), 1, 1, Theme.light())
    qtbot.addWidget(card)
    assert card.heightForWidth(600) < 4_000
    assert any("1,000,000 characters in all" in one.text() for one in card.findChildren(Caption))
