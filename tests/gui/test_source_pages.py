"""A PDF is read on its own pages while its file is there, and as text, with the reason, where it is not."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QLineEdit

from desktop_app.buttons import QuietButton
from desktop_app.inert_text import InertText
from desktop_app.page_desk import PageDesk
from desktop_app.reading_line import TabButton
from desktop_app.settings import load
from desktop_app.source_view import SourceView
from desktop_app.theme import ThemeSource
from rag.types import Document, Part, PartKind, Quote, Span
from tests.gui.fake_pages import FakePages
from tests.gui.open_window import open_window
from tests.gui.sample_turns import document

pytestmark = [pytest.mark.gui, pytest.mark.qt_log_ignore("This plugin does not support")]


def pdf(n_pages: int = 30, labels: dict[int, str] | None = None, title: str = "Annual report") -> Document:
    pages = [f"Page {n} begins.\nThe figure of page {n} is {n * 7}.\nIt goes on and" for n in range(1, n_pages + 1)]
    text = "\n".join(pages)
    starts = [0]
    for page in pages[:-1]:
        starts.append(starts[-1] + len(page) + 1)
    parts = tuple(
        Part(PartKind.PAGE, n, Span(start, start + len(page)), (labels or {}).get(n, ""))
        for n, (start, page) in enumerate(zip(starts, pages, strict=True), 1)
    )
    made = document(text, title)
    source = replace(made.source, media_type="application/pdf", n_pages=n_pages, name="report.pdf")
    return replace(made, source=source, parts=parts)


def quote(within: Document, words: str) -> Quote:
    start = within.text.index(words)
    return Quote.cut(within, Span(start, start + len(words)), 0.9)


@dataclass
class Desk:
    """The view, joined to fake pages by the thread that joins them in the program."""

    view: SourceView
    pages: FakePages
    desk: PageDesk

    def remark(self) -> str:
        return "\n".join(one.text() for one in self.view.findChildren(InertText) if one.isVisible())

    def tab(self, words: str) -> TabButton:
        return next(one for one in self.view.findChildren(TabButton) if one.text() == words)

    def entry(self) -> QLineEdit:
        return next(one for one in self.view.findChildren(QLineEdit) if one.accessibleName() == "Go to page")


@pytest.fixture
def desk(qapp) -> Iterator[Desk]:
    view, pages = SourceView(ThemeSource(qapp, "light")), FakePages()
    desk = PageDesk(pages)
    view.reading.pages_requested.connect(desk.open)
    view.reading.orders_changed.connect(desk.order)
    view.reading.locate_requested.connect(desk.locate)
    desk.opened.connect(view.reading.show_pages)
    desk.refused.connect(view.reading.refuse_pages)
    desk.drawn.connect(view.reading.take_drawn)
    desk.located.connect(view.reading.show_located)
    view.resize(520, 760)
    view.show()
    view.activateWindow()
    yield Desk(view, pages, desk)
    desk.close()
    pages.gate.set()
    assert desk.join(5)
    view.close()
    view.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def opened(desk: Desk, qtbot, source: Document, *words: str, current: int = 0) -> list[Quote]:
    quotes = [quote(source, one) for one in words]
    desk.view.show_document(source, quotes, current)
    qtbot.waitUntil(lambda: desk.view.pages.n_pages == source.source.n_pages)
    return quotes


def test_a_quote_of_a_pdf_opens_on_its_page_with_its_words_marked(desk, qtbot):
    opened(desk, qtbot, pdf(), "The figure of page 17 is 119.")
    assert desk.view.is_paged
    assert desk.view.pages.is_in_sight(0)
    assert [box.page for box in desk.view.pages.boxes_of(0)] == [17]
    assert desk.view.place_words == "page 17 of 30"
    qtbot.waitUntil(lambda: 17 in desk.view.pages.pictured)
    assert len(desk.pages.drawn) < 12


def test_a_quote_over_two_pages_is_marked_on_both(desk, qtbot):
    opened(desk, qtbot, pdf(), "It goes on and\nPage 5 begins.")
    assert [box.page for box in desk.view.pages.boxes_of(0)] == [4, 5]
    assert desk.view.pages.is_in_sight(0)


def test_keys_step_from_quote_to_quote_over_the_pages(desk, qtbot):
    opened(desk, qtbot, pdf(), "page 3 is 21", "page 28 is 196")
    desk.view.pages.setFocus()
    qtbot.waitUntil(desk.view.pages.hasFocus)
    with qtbot.waitSignal(desk.view.current_changed):
        qtbot.keyClick(desk.view.pages, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert desk.view.pages.is_in_sight(1)
    assert desk.view.place_words == "page 28 of 30"
    assert desk.view.highlighted_text(1) == "page 28 is 196"


def test_page_and_text_show_the_same_place(desk, qtbot):
    opened(desk, qtbot, pdf(), "page 17 is 119")
    desk.tab("Text").click()
    assert not desk.view.is_paged
    assert desk.view.page.is_in_sight(0)
    assert desk.view.place_words == "page 17 of 30"
    desk.tab("Page").click()
    assert desk.view.is_paged
    assert desk.view.pages.is_in_sight(0)
    desk.view.pages.go_to(2)
    desk.tab("Text").click()
    assert desk.view.page.first_visible() < desk.view.document.parts[2].span.start


def test_the_text_stays_the_readers_choice_for_this_document_and_only_for_it(desk, qtbot):
    source = pdf()
    first, _ = opened(desk, qtbot, source, "page 17 is 119", "page 20 is 140")
    desk.tab("Text").click()
    desk.view.show_document(source, [first, quote(source, "page 20 is 140")], 1)
    assert not desk.view.is_paged
    opened(desk, qtbot, pdf(12), "page 3 is 21")
    assert desk.view.is_paged


def test_a_page_can_be_typed_by_number_and_by_the_name_it_has_in_the_file(desk, qtbot):
    opened(desk, qtbot, pdf(labels={4: "iv"}), "page 17 is 119")
    for typed, said in (("9", "9"), ("iv", "iv"), ("999", "30"), ("x", "30")):
        desk.entry().setFocus()
        desk.entry().setText(typed)
        qtbot.keyClick(desk.entry(), Qt.Key.Key_Return)
        assert desk.view.place_words == f"page {said} of 30"
    desk.tab("Text").click()
    desk.entry().setText("2")
    qtbot.keyClick(desk.entry(), Qt.Key.Key_Return)
    assert desk.view.place_words == "page 2 of 30"


def test_where_the_file_is_gone_the_text_is_shown_with_one_sentence_why(desk, qtbot):
    desk.pages.refusal = "The file is not at its place any more, so this is its text."
    source = pdf()
    desk.view.show_document(source, [quote(source, "page 17 is 119")], 0)
    qtbot.waitUntil(lambda: desk.pages.refusal in desk.remark())
    assert not desk.view.is_paged
    assert not desk.tab("Page").isEnabled()
    assert desk.view.highlighted_text(0) == "page 17 is 119"
    assert desk.view.page.is_in_sight(0)


def test_while_the_file_is_gone_the_text_stays_in_sight_from_quote_to_quote_and_pages_come_back_with_it(desk, qtbot):
    desk.pages.refusal = "The file is not at its place any more, so this is its text."
    source = pdf()
    quotes = [quote(source, "page 17 is 119"), quote(source, "page 20 is 140")]
    desk.view.show_document(source, quotes, 0)
    qtbot.waitUntil(lambda: desk.pages.refusal in desk.remark())
    turned = []
    desk.view.reading.turned.connect(turned.append)
    desk.view.show_document(source, quotes[1:], 0)
    assert not desk.view.is_paged
    qtbot.waitUntil(lambda: bool(turned))
    assert turned == [False]
    assert desk.pages.refusal in desk.remark()
    assert desk.view.page.is_in_sight(0)
    desk.pages.refusal = ""
    opened(desk, qtbot, source, "page 17 is 119")
    assert desk.view.is_paged
    assert desk.tab("Page").isEnabled()
    assert desk.view.pages.page == 17


def test_when_drawing_fails_for_good_the_text_is_shown(desk, qtbot):
    desk.pages.dies_at = {17}
    source = pdf()
    desk.view.show_document(source, [quote(source, "page 17 is 119")], 0)
    qtbot.waitUntil(lambda: "memory or time" in desk.remark())
    assert not desk.view.is_paged
    assert desk.view.page.is_in_sight(0)


def test_a_page_that_cannot_be_drawn_leaves_the_others(desk, qtbot):
    desk.pages.broken = {17}
    opened(desk, qtbot, pdf(), "page 17 is 119")
    qtbot.waitUntil(lambda: {17, 18} <= desk.view.pages.pictured)
    assert desk.view.is_paged


def test_words_that_are_not_found_on_the_page_are_said_to_be_in_the_text(desk, qtbot):
    desk.pages.boxes = lambda _document, spans: tuple(() for _ in spans)
    opened(desk, qtbot, pdf(), "page 17 is 119")
    assert "stand in the text" in desk.remark()
    assert desk.view.place_words == "page 17 of 30"


def test_searching_marks_the_find_on_its_page(desk, qtbot):
    opened(desk, qtbot, pdf(), "page 17 is 119")
    desk.view.open_find("page 23 is")
    qtbot.waitUntil(lambda: desk.view.place_words == "page 23 of 30")
    assert desk.view.is_paged


def test_pages_that_are_open_stay_though_preparing_for_others_fails(desk, qtbot, caplog):
    opened(desk, qtbot, pdf(), "page 17 is 119")

    def fail() -> None:
        raise RuntimeError("no process could be started")

    desk.pages.prepare = fail
    desk.desk.prepare()
    qtbot.waitUntil(lambda: "could not be started" in caplog.text)
    desk.view.pages.go_to(23)
    qtbot.waitUntil(lambda: 23 in desk.view.pages.pictured)
    assert desk.view.is_paged


def test_where_preparing_a_page_fails_its_text_is_shown_with_a_sentence(desk, qtbot):
    def fail(*_: object) -> None:
        raise RuntimeError("no process could be started")

    desk.pages.prepare = desk.pages.open = fail
    desk.desk.prepare()
    desk.view.show_document(pdf(), [quote(pdf(), "page 17 is 119")], 0)
    qtbot.waitUntil(lambda: "drawing them failed. This is its text." in desk.remark())
    assert not desk.view.is_paged


def test_nothing_is_drawn_that_nobody_looks_at_any_more(desk, qtbot):
    desk.pages.gate.clear()
    opened(desk, qtbot, pdf(), "page 1 is 7")
    for number in range(2, 30):
        desk.view.pages.go_to(number)
    desk.pages.gate.set()
    qtbot.waitUntil(lambda: 29 in desk.view.pages.pictured)
    assert len({number for number, _ in desk.pages.drawn}) < 12


def test_another_document_that_was_opened_meanwhile_is_the_one_shown(desk, qtbot):
    first, second = pdf(30), pdf(8)
    desk.view.show_document(first, [quote(first, "page 17 is 119")], 0)
    opened(desk, qtbot, second, "page 3 is 21")
    qtbot.waitUntil(lambda: 3 in desk.view.pages.pictured)
    assert desk.view.place_words == "page 3 of 8"


def test_the_same_pages_are_not_drawn_again_for_another_answer(desk, qtbot):
    source = pdf()
    opened(desk, qtbot, source, "page 17 is 119")
    qtbot.waitUntil(lambda: {16, 17, 18} <= desk.view.pages.pictured)
    n_drawn = len(desk.pages.drawn)
    desk.view.show_document(source, [quote(source, "page 18 is 126")], 0)
    qtbot.waitUntil(lambda: desk.view.pages.is_in_sight(0) and desk.view.pages.boxes_of(0)[0].page == 18)
    assert desk.view.is_paged
    assert 17 in desk.view.pages.pictured
    assert n_drawn >= 3


def test_a_text_file_has_no_pages_and_asks_for_none(desk, qtbot):
    with qtbot.assertNotEmitted(desk.view.reading.pages_requested):
        desk.view.show_document(document(), [], 0)
    assert not desk.tab("Page").isVisible()
    assert desk.view.place_words == ""


def test_in_the_window_a_stretch_is_brought_back_and_left_out_again(qtbot, tmp_path):
    with open_window(qtbot, tmp_path) as opened:
        view, bench = opened.gui.source_view, opened.bench
        source = bench.documents[1]
        opened.controller.sources.show_document(source.id)
        span = Span(4, 20)
        view.set_aside_requested.emit(source.id, span)
        opened.wait(lambda: [mark.span for mark in view.document.marks] == [span])
        view.page.lift_requested.emit(view.document.marks[0], True)
        assert view.document.marks[0].is_lifted
        opened.wait(lambda: bench.lifted == [(source.id, 4, True)])
        opened.wait(lambda: bench.document(source.id).marks[0].is_lifted)


def test_in_the_window_what_could_not_be_changed_is_told_and_undone(qtbot, tmp_path):
    with open_window(qtbot, tmp_path) as opened:
        view, bench = opened.gui.source_view, opened.bench
        source = bench.documents[1]
        bench.set_aside(source.id, Span(4, 20))
        opened.controller.sources.show_document(source.id)

        def fail(document_id: str, start: int, *, is_lifted: bool) -> None:
            raise PermissionError(13, "not now")

        bench.lift = fail
        view.page.lift_requested.emit(view.document.marks[0], True)
        opened.wait(lambda: not view.document.marks[0].is_lifted)
        opened.wait(lambda: "not now" in "".join(strip.accessibleName() for strip in strips(opened)))


def strips(opened) -> list:
    return [one for one in opened.window.banner.findChildren(object) if hasattr(one, "accessibleName")]


def test_an_answer_from_a_pdf_lets_the_pages_be_prepared(qtbot, tmp_path):
    with open_window(qtbot, tmp_path) as opened:
        pages = opened.bench.pages
        assert isinstance(pages, FakePages)
        opened.ask("Why was the bridge closed?")
        assert not pages.is_prepared
        source = opened.bench.documents[0]
        opened.bench.documents[0] = replace(source, source=replace(source.source, media_type="application/pdf"))
        opened.ask("Why was the bridge closed?")
        opened.wait(lambda: pages.is_prepared)


def test_in_the_window_pages_are_shown_and_their_thread_ends_with_it(qtbot, tmp_path):
    with open_window(qtbot, tmp_path) as opened:
        source = pdf(40)
        opened.bench.documents.append(source)
        opened.controller.sources.show_document(source.id)
        opened.wait(lambda: opened.gui.source_view.pages.pictured)
        assert "pages" in {thread.name for thread in threading.enumerate()}
    assert "pages" not in {thread.name for thread in threading.enumerate()}


def test_the_original_is_opened_in_its_own_program_from_wherever_a_copy_is(qtbot, tmp_path):
    with open_window(qtbot, tmp_path) as opened:
        source, view = opened.bench.documents[1], opened.gui.source_view
        copy = tmp_path / "copy.md"
        copy.write_text(source.text)
        row = next(row for row in opened.bench.files() if row.document_id == source.id)
        opened.bench.skipped_files.append(replace(row, path=str(copy)))
        opened.controller.sources.show_document(source.id)
        open_it = next(one for one in view.findChildren(QuietButton) if one.text() == "Open original")
        open_it.click()
        assert opened.chooser.opened == [copy]


def test_whether_noise_is_seen_is_remembered(qtbot, tmp_path):
    with open_window(qtbot, tmp_path) as opened:
        bench, view = opened.bench, opened.gui.source_view
        bench.set_aside(bench.documents[1].id, Span(4, 20))
        opened.controller.sources.show_document(bench.documents[1].id)
        hide = next(one for one in view.findChildren(QuietButton) if one.text() == "Hide them")
        hide.click()
        assert opened.window.actions_by_name["hide_noise"].isChecked()
        assert opened.gui.preferences.settings.is_noise_hidden
    saved, _ = load(tmp_path / "settings.json")
    with open_window(qtbot, tmp_path, bench, settings=saved) as opened:
        opened.controller.sources.show_document(bench.documents[1].id)
        assert Span(4, 20).cut(bench.documents[1].text) not in opened.gui.source_view.page.shown.display
        opened.window.actions_by_name["hide_noise"].trigger()
        assert Span(4, 20).cut(bench.documents[1].text) in opened.gui.source_view.page.shown.display
