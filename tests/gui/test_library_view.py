"""The library's window by itself: its table, its filter, its list, its form, and the keys that reach them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QMimeData, QModelIndex, QPoint, Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.collection_list import ALL, UNREAD, Shelf, ShelfKind
from desktop_app.document_table import DOCUMENTS_MIME, begins_right_to_left
from desktop_app.library_contents import Contents
from desktop_app.library_deeds import LibraryDeeds
from desktop_app.library_rows import DocumentRow, UnreadRow
from desktop_app.library_view import LibraryView
from rag import sniffing
from rag.holdings import Collection, Correction, WatchedFolder
from rag.rows import FileRow
from rag.types import FileState, Source
from tests.gui.fake_workbench import document

pytestmark = [pytest.mark.gui, pytest.mark.qt_log_ignore("This plugin does not support")]

RIVERS = Shelf(ShelfKind.COLLECTION, "Rivers")
PAPERS = Shelf(ShelfKind.FOLDER, "/papers")


def source_of(title: str, name: str, **changes: object) -> Source:
    return replace(document(f"text of {title}", name, title).source, **changes)


def row_of(source: Source, size_bytes: int = 2_000, reason: str = "") -> DocumentRow:
    file = FileRow(
        source.path, "/texts", source.name, size_bytes, 10**18, "0" * 64, FileState.INDEXED, reason, source.id
    )
    return DocumentRow(source, file)


def unread_of(name: str, state: FileState, reason: str) -> UnreadRow:
    return UnreadRow(FileRow(f"/texts/{name}", "/texts", name, 900, 10**18, "0" * 64, state, reason, None))


ZEBRA = source_of("Zebra <b>bold</b>", "a.txt", date="2020", author="Maria Holt", language="en")
APPLE = source_of("Apple", "letters/b.pdf", date=None, media_type=sniffing.PDF, n_pages=12, language="de")
ANGER = source_of("Ärger", "c.md", date="2024-03-05", path="/papers/c.md", n_pages=2)
CONTENTS = Contents(
    (row_of(ZEBRA, 999), row_of(APPLE, 20_000_000, "Page 3 could not be read."), row_of(ANGER, 3_000)),
    (
        unread_of("locked.pdf", FileState.ENCRYPTED, "it is protected by a password. Save it without one."),
        unread_of("scan.pdf", FileState.NO_TEXT_LAYER, "its pages are pictures."),
    ),
    (Collection("Lakes", ()), Collection("Rivers", (APPLE.id,))),
    (WatchedFolder("/papers", ""),),
)


class Confirming:
    """Answers every question with `agrees` and remembers it."""

    def __init__(self) -> None:
        self.agrees = True
        self.asked: list[tuple[str, str, str]] = []

    def __call__(self, question: str, explanation: str, yes: str) -> bool:
        self.asked.append((question, explanation, yes))
        return self.agrees


@pytest.fixture
def confirming() -> Confirming:
    return Confirming()


@pytest.fixture
def corrections() -> dict[str, Correction]:
    return {}


@pytest.fixture
def view(qtbot: QtBot) -> LibraryView:
    view = LibraryView()
    qtbot.addWidget(view)
    view.resize(1400, 700)
    view.show_contents(CONTENTS)
    view.show()
    view.focus_filter()
    return view


@pytest.fixture
def deeds(view: LibraryView, confirming: Confirming, corrections: dict[str, Correction]) -> LibraryDeeds:
    said = {row.id: row.source for row in CONTENTS.documents}
    return LibraryDeeds(view, confirming, lambda one: (corrections.get(one, Correction()), said.get(one)))


def titles(view: LibraryView) -> list[str]:
    rows = view.table.rows
    return [str(rows.index(place, 0).data()) for place in range(rows.rowCount())]


def select(view: LibraryView, *sources: Source) -> None:
    view.documents.select([source.id for source in sources])


def open_menu() -> QMenu:
    return next(one for one in QApplication.topLevelWidgets() if isinstance(one, QMenu) and one.isVisible())


class TestTable:
    def test_documents_are_sorted_by_title_and_shown_as_plain_text(self, view: LibraryView) -> None:
        assert titles(view) == ["Apple", "Ärger", "Zebra <b>bold</b>"]

    def test_numbers_are_sorted_as_numbers(self, view: LibraryView) -> None:
        view.documents.sortByColumn(5, Qt.SortOrder.DescendingOrder)
        assert titles(view) == ["Apple", "Ärger", "Zebra <b>bold</b>"]
        view.documents.sortByColumn(5, Qt.SortOrder.AscendingOrder)
        assert titles(view) == ["Zebra <b>bold</b>", "Ärger", "Apple"]

    @pytest.mark.parametrize("order", [Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder])
    def test_what_has_no_value_comes_last_in_both_directions(self, view: LibraryView, order: Qt.SortOrder) -> None:
        view.documents.sortByColumn(2, order)
        assert titles(view)[-1] == "Apple"
        view.documents.sortByColumn(4, order)
        assert titles(view)[-1] == "Zebra <b>bold</b>"

    def test_a_row_tells_what_is_known(self, view: LibraryView) -> None:
        view.documents.setColumnHidden(5, False)
        cells = [view.documents.rows.index(0, column).data() for column in range(8)]
        assert cells == ["Apple", "", "", "PDF", "12", "20 MB", "German", "Partly read"]
        state = view.documents.rows.index(0, 7).data(Qt.ItemDataRole.ToolTipRole)
        assert state == "Page 3 could not be read."

    def test_selection_and_place_stay_when_rows_are_sorted_and_come(self, view: LibraryView) -> None:
        select(view, ANGER, ZEBRA)
        view.documents.sortByColumn(2, Qt.SortOrder.DescendingOrder)
        more = (*CONTENTS.documents, row_of(source_of("Aaa", "d.txt")))
        view.show_contents(replace(CONTENTS, documents=more))
        assert set(view.documents.selected_ids) == {ANGER.id, ZEBRA.id}

    def test_the_current_row_stays_in_sight_when_its_place_changes(self, view: LibraryView) -> None:
        many = [source_of(f"Title {number}", f"{number}.txt") for number in range(500)]
        view.show_contents(replace(CONTENTS, documents=tuple(map(row_of, many))))
        select(view, many[3])
        moved = [replace(one, title="Zzz") if one is many[3] else one for one in many]
        view.show_contents(replace(CONTENTS, documents=tuple(map(row_of, moved))))
        assert view.documents.selected_ids == (many[3].id,)
        assert view.documents.viewport().rect().contains(view.documents.visualRect(view.documents.currentIndex()))

    def test_the_keys_go_on_where_a_document_was_removed(self, qtbot: QtBot, view: LibraryView) -> None:
        select(view, ANGER)
        view.documents.setFocus()
        view.show_contents(replace(CONTENTS, documents=CONTENTS.documents[:2]))
        assert view.documents.current_id == ZEBRA.id
        qtbot.keyClick(view.documents, Qt.Key.Key_Up)
        assert view.documents.selected_ids == (APPLE.id,)

    def test_what_is_removed_or_filtered_away_is_not_selected(self, view: LibraryView) -> None:
        select(view, ANGER, ZEBRA)
        view.filter_bar.box.setText("zebra")
        assert view.documents.selected_ids == (ZEBRA.id,)
        view.filter_bar.clear()
        view.show_contents(replace(CONTENTS, documents=CONTENTS.documents[1:]))
        assert view.documents.selected_ids == ()

    def test_in_a_narrow_window_the_title_keeps_its_room(self, qtbot: QtBot, view: LibraryView) -> None:
        view.resize(760, 500)
        qtbot.waitUntil(lambda: view.documents.isColumnHidden(5))
        assert not view.documents.isColumnHidden(0)
        assert view.documents.columnWidth(0) > 100
        view.resize(1700, 500)
        qtbot.waitUntil(lambda: not view.documents.isColumnHidden(5))

    def test_ten_thousand_documents_are_shown_without_a_widget_for_any(self, view: LibraryView) -> None:
        n_widgets = len(view.findChildren(QWidget))
        many = tuple(row_of(source_of(f"Title {number}", f"{number}.txt")) for number in range(10_000))
        began_s = time.thread_time()
        view.show_contents(replace(CONTENTS, documents=many))
        view.grab()
        assert time.thread_time() - began_s < 3  # a tenth of it here; other machines are slower
        assert len(view.findChildren(QWidget)) == n_widgets
        view.filter_bar.box.setText("title 9999")
        assert titles(view) == ["Title 9999"]
        assert view.count.text() == "1 of 10,000 documents"

    def test_ten_thousand_rows_are_selected_in_one_range(self, view: LibraryView) -> None:
        many = tuple(row_of(source_of(f"Title {number}", f"{number}.txt")) for number in range(10_000))
        view.show_contents(replace(CONTENTS, documents=many))
        view.documents.selectAll()
        view.documents.sortByColumn(2, Qt.SortOrder.DescendingOrder)
        assert view.documents.selectionModel().selection().count() == 1
        assert len(view.documents.selected_ids) == 10_000

    def test_titles_that_run_from_right_to_left_are_told_from_others(self) -> None:
        assert begins_right_to_left("(2021) تقرير")
        assert begins_right_to_left("סקירה 3")
        assert not begins_right_to_left("Review of תקציב")
        assert not begins_right_to_left("2021")


class TestFilter:
    def test_every_word_must_be_found(self, view: LibraryView) -> None:
        view.filter_bar.box.setText("LETTERS appl")
        assert titles(view) == ["Apple"]
        assert view.count.text() == "1 of 3 documents"
        view.filter_bar.box.setText("march 2024")
        assert titles(view) == ["Ärger"]
        view.filter_bar.box.setText("holt english")
        assert titles(view) == ["Zebra <b>bold</b>"]

    def test_kind_language_and_year_narrow_together_with_the_words(self, view: LibraryView) -> None:
        view.filter_bar.kind.choose("PDF")
        assert titles(view) == ["Apple"]
        view.filter_bar.year.choose("2020")
        assert titles(view) == []
        view.filter_bar.kind.choose(None)
        assert titles(view) == ["Zebra <b>bold</b>"]
        view.filter_bar.year.choose("")
        assert titles(view) == ["Apple"]

    def test_the_choices_count_what_there_is_on_the_shelf(self, view: LibraryView) -> None:
        assert view.filter_bar.kind.choices == ("Any kind", "PDF (1)", "Text (2)")
        assert view.filter_bar.year.choices == ("Any year", "2024 (1)", "2020 (1)", "None given (1)")
        view.shelves.choose(RIVERS)
        assert view.filter_bar.language.choices == ("Any language", "German (1)")

    def test_where_nothing_matches_the_filter_can_be_cleared(self, view: LibraryView, deeds: LibraryDeeds) -> None:
        view.filter_bar.box.setText("nowhere to be found")
        assert view.pages.currentWidget() is view.empty
        assert "No document matches" in view.empty.title.text()
        view.empty.button.click()
        assert len(titles(view)) == 3

    def test_escape_clears_the_filter_before_it_closes_the_window(self, qtbot: QtBot, view: LibraryView) -> None:
        view.filter_bar.box.setText("apple")
        qtbot.keyClick(view.filter_bar.box, Qt.Key.Key_Escape)
        assert view.filter_bar.filter.is_empty
        assert view.isVisible()
        qtbot.keyClick(view.filter_bar.box, Qt.Key.Key_Escape)
        assert not view.isVisible()


class TestKeys:
    def test_from_the_filter_the_arrow_leads_into_the_table(self, qtbot: QtBot, view: LibraryView) -> None:
        qtbot.keyClick(view.filter_bar.box, Qt.Key.Key_Down)
        assert view.documents.selected_ids == (APPLE.id,)
        assert view.focusWidget() is view.documents

    def test_enter_opens_and_delete_removes_after_a_question(
        self, qtbot: QtBot, view: LibraryView, deeds: LibraryDeeds, confirming: Confirming
    ) -> None:
        view.documents.setFocus()
        select(view, ANGER)
        with qtbot.waitSignal(deeds.open_requested) as opened:
            qtbot.keyClick(view.documents, Qt.Key.Key_Return)
        assert opened.args == [ANGER.id]
        confirming.agrees = False
        with qtbot.assertNotEmitted(deeds.remove_requested):
            qtbot.keyClick(view.documents, Qt.Key.Key_Delete)
        confirming.agrees = True
        with qtbot.waitSignal(deeds.remove_requested) as removed:
            qtbot.keyClick(view.documents, Qt.Key.Key_Delete)
        assert removed.args == [(ANGER.id,)]

    def test_everything_can_be_selected_and_removed_with_its_count(
        self, qtbot: QtBot, view: LibraryView, deeds: LibraryDeeds, confirming: Confirming
    ) -> None:
        view.documents.setFocus()
        qtbot.keyClick(view.documents, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        with qtbot.waitSignal(deeds.remove_requested) as removed:
            qtbot.keyClick(view.documents, Qt.Key.Key_Delete)
        assert len(removed.args[0]) == 3
        question, explanation, _ = confirming.asked[0]
        assert "these 3 documents" in question
        assert "1 of them lies in a watched folder and will come back" in explanation

    def test_the_filter_is_one_key_away_from_anywhere(
        self, qtbot: QtBot, view: LibraryView, deeds: LibraryDeeds
    ) -> None:
        for widget in (view.documents, view.shelves):
            widget.setFocus()
            qtbot.keyClick(widget, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
            assert view.focusWidget() is view.filter_bar.box

    @pytest.mark.parametrize("name", ["open", "original", "folder", "copy_path", "correct", "collect", "remove"])
    def test_every_deed_has_a_key_and_a_place_in_the_menu(
        self, view: LibraryView, deeds: LibraryDeeds, name: str
    ) -> None:
        select(view, APPLE)
        action = view.actions_by_name[name]
        assert action.shortcuts()
        assert action.isEnabled()
        assert (
            action in deeds._menu(("open", "original", "folder", "copy_path", "correct", "collect", "remove")).actions()
        )

    def test_the_original_and_the_menu_of_collections_have_keys_of_their_own(
        self, qtbot: QtBot, view: LibraryView, deeds: LibraryDeeds
    ) -> None:
        select(view, APPLE)
        view.documents.setFocus()
        opened: list[str] = []
        deeds.open_requested.connect(opened.append)
        with qtbot.waitSignal(deeds.original_requested) as original:
            qtbot.keyClick(view.documents, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        assert original.args == [(APPLE.path,)]
        assert opened == []
        qtbot.keyClick(view.documents, Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
        assert deeds.collect_menu.isVisible()
        deeds.collect_menu.close()
        qtbot.keyClick(
            view.documents, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        )
        assert QApplication.clipboard().text() == APPLE.path

    def test_in_a_narrow_window_the_details_make_room_but_a_form_gets_it(
        self, qtbot: QtBot, view: LibraryView, deeds: LibraryDeeds
    ) -> None:
        select(view, APPLE)
        assert view.details.isVisible()
        view.resize(view.minimumSize())
        qtbot.waitUntil(view.details.isHidden)
        view.actions_by_name["correct"].trigger()
        assert view.details.isVisible()
        assert view.side.isHidden()
        view.details.close_form()
        assert view.details.isHidden()
        assert view.side.isVisible()

    def test_the_details_can_be_closed(self, view: LibraryView, deeds: LibraryDeeds) -> None:
        view.buttons["details"].click()
        assert view.details.isHidden()
        view.buttons["details"].click()
        assert view.details.isVisible()

    def test_without_a_selection_nothing_can_be_done_to_it(self, view: LibraryView, deeds: LibraryDeeds) -> None:
        for name in ("open", "original", "folder", "correct", "collect", "uncollect", "remove", "retry"):
            assert not view.actions_by_name[name].isEnabled()
        assert not view.buttons["open"].isEnabled()

    def test_the_menu_key_opens_the_menu_of_the_selection(self, view: LibraryView, deeds: LibraryDeeds) -> None:
        select(view, APPLE)
        view.documents.customContextMenuRequested.emit(QPoint(5, 5))
        menu = open_menu()
        words = [action.text() for action in menu.actions() if action.text()]
        menu.close()
        assert words == [
            "Open", "Open original", "Show in folder", "Copy path", "Correct…", "Read by OCR", "Add to collection",
            "Remove…",
        ]  # fmt: skip
        select(view, ZEBRA)
        view.documents.customContextMenuRequested.emit(QPoint(5, 5))
        menu = open_menu()
        menu.close()
        assert "Read by OCR" not in [action.text() for action in menu.actions()]

    def test_the_menu_of_the_list_is_that_of_the_line_under_the_pointer(
        self, view: LibraryView, deeds: LibraryDeeds
    ) -> None:
        def words_at(place: QPoint) -> list[str]:
            view.shelves.customContextMenuRequested.emit(place)
            menu = open_menu()
            menu.close()
            return [action.text() for action in menu.actions() if action.text()]

        view.shelves.choose(RIVERS)
        at_rivers = view.shelves.visualRect(view.shelves.currentIndex()).center()
        assert words_at(at_rivers) == ["Rename", "Remove collection…", "New collection…"]
        assert words_at(view.shelves.viewport().rect().bottomLeft()) == ["New collection…", "Watch a folder…"]

    def test_every_part_can_be_reached_with_tab(self, qtbot: QtBot, view: LibraryView, deeds: LibraryDeeds) -> None:
        select(view, APPLE)
        wanted = {view.filter_bar.box, view.filter_bar.kind, view.documents, view.shelves, view.new_collection_button,
                  view.watch_button, view.buttons["add"], view.buttons["open"]}  # fmt: skip
        reached: set[QWidget | None] = set()
        for _ in range(40):
            reached.add(view.focusWidget())
            view.focusNextChild()
        assert wanted <= reached


class TestNotRead:
    def test_skipped_files_are_told_with_what_and_why(self, view: LibraryView, deeds: LibraryDeeds) -> None:
        view.shelves.choose(UNREAD)
        cells = [view.unread.rows.index(0, column).data() for column in range(4)]
        assert cells == ["locked.pdf", "Protected", "It is protected by a password. Save it without one.", "PDF"]
        assert view.count.text() == "2 files"

    def test_a_skipped_file_can_be_tried_again(self, qtbot: QtBot, view: LibraryView, deeds: LibraryDeeds) -> None:
        view.shelves.choose(UNREAD)
        view.unread.select([CONTENTS.unread[1].id])
        assert view.details.note.text() == "Its pages are pictures."
        with qtbot.waitSignal(deeds.retry_requested) as retried:
            view.buttons["retry"].click()
        assert retried.args == [(CONTENTS.unread[1],)]

    def test_nothing_skipped_is_good_news(self, view: LibraryView) -> None:
        view.show_contents(replace(CONTENTS, unread=()))
        view.shelves.choose(UNREAD)
        assert view.empty.title.text() == "No files here."
        assert view.empty.button.isHidden()

    def test_an_empty_library_says_how_to_fill_it(self, qtbot: QtBot, view: LibraryView, deeds: LibraryDeeds) -> None:
        view.filter_bar.kind.choose("PDF")
        view.show_contents(Contents())
        assert view.empty.title.text() == "Your library is empty."
        with qtbot.waitSignal(deeds.add_files_requested):
            view.empty.button.click()


class TestCollections:
    def test_a_collection_shows_its_documents_only(self, view: LibraryView) -> None:
        view.shelves.choose(RIVERS)
        assert titles(view) == ["Apple"]
        view.shelves.choose(Shelf(ShelfKind.COLLECTION, "Lakes"))
        assert view.empty.title.text() == "This collection is empty."
        view.shelves.choose(PAPERS)
        assert titles(view) == ["Ärger"]

    def test_a_new_collection_is_named_in_its_place(self, qtbot: QtBot, view: LibraryView, deeds: LibraryDeeds) -> None:
        view.new_collection_button.click()
        editor = view.shelves.findChild(QLineEdit)
        assert isinstance(editor, QLineEdit)
        editor.setText("  Seas   and lakes ")
        with qtbot.waitSignal(deeds.make_requested) as made:
            qtbot.keyClick(editor, Qt.Key.Key_Return)
        assert made.args == ["Seas and lakes"]

    @pytest.mark.parametrize("leave", [Qt.Key.Key_Escape, Qt.Key.Key_Return])
    def test_a_collection_without_a_name_is_none(
        self, qtbot: QtBot, view: LibraryView, deeds: LibraryDeeds, leave: Qt.Key
    ) -> None:
        n_lines = view.shelves.shelves.rowCount()
        view.new_collection_button.click()
        editor = view.shelves.findChild(QLineEdit)
        assert isinstance(editor, QLineEdit)
        with qtbot.assertNotEmitted(deeds.make_requested):
            qtbot.keyClick(editor, leave)
        qtbot.waitUntil(lambda: view.shelves.shelves.rowCount() == n_lines)
        assert view.shelf == ALL

    def test_what_changes_meanwhile_does_not_take_the_editor_away(
        self, qtbot: QtBot, view: LibraryView, deeds: LibraryDeeds
    ) -> None:
        view.new_collection_button.click()
        editor = view.shelves.findChild(QLineEdit)
        assert isinstance(editor, QLineEdit)
        view.show_contents(replace(CONTENTS, collections=()))
        assert view.shelves.is_editing
        qtbot.keyClick(editor, Qt.Key.Key_Escape)
        qtbot.waitUntil(lambda: view.shelves.shelves.place_of(RIVERS) < 0)

    def test_f2_renames_and_delete_removes_the_collection(
        self, qtbot: QtBot, view: LibraryView, deeds: LibraryDeeds, confirming: Confirming
    ) -> None:
        view.shelves.choose(RIVERS)
        view.shelves.setFocus()
        qtbot.keyClick(view.shelves, Qt.Key.Key_F2)
        editor = view.shelves.findChild(QLineEdit)
        assert isinstance(editor, QLineEdit)
        editor.setText("Streams")
        with qtbot.waitSignal(deeds.rename_requested) as renamed:
            qtbot.keyClick(editor, Qt.Key.Key_Return)
        assert renamed.args == ["Rivers", "Streams"]
        with qtbot.waitSignal(deeds.remove_collection_requested) as removed:
            qtbot.keyClick(view.shelves, Qt.Key.Key_Delete)
        assert removed.args == ["Rivers"]
        assert "Its documents stay" in confirming.asked[0][1]

    def test_documents_go_into_a_collection_by_the_menu(
        self, qtbot: QtBot, view: LibraryView, deeds: LibraryDeeds
    ) -> None:
        select(view, ANGER, APPLE)
        deeds.collect_menu.aboutToShow.emit()
        actions = {action.text(): action for action in deeds.collect_menu.actions()}
        with qtbot.waitSignal(deeds.collect_requested) as collected:
            actions["Rivers"].trigger()
        assert collected.args == ["Rivers", (APPLE.id, ANGER.id)]

    def test_the_menu_does_not_offer_a_collection_that_holds_them_already(
        self, view: LibraryView, deeds: LibraryDeeds
    ) -> None:
        select(view, APPLE)
        deeds.collect_menu.aboutToShow.emit()
        enabled = {action.text(): action.isEnabled() for action in deeds.collect_menu.actions() if action.text()}
        assert enabled == {"Lakes": True, "Rivers": False, "New collection…": True}

    def test_documents_can_be_dragged_onto_a_collection(
        self, qtbot: QtBot, view: LibraryView, deeds: LibraryDeeds
    ) -> None:
        model = view.shelves.shelves
        mime = view.documents.rows.mimeData([view.documents.rows.index(1, 0)])
        target = model.index(model.place_of(RIVERS))
        copy = Qt.DropAction.CopyAction
        with qtbot.waitSignal(deeds.collect_requested) as collected:
            assert model.dropMimeData(mime, copy, -1, -1, target)
        assert collected.args == ["Rivers", (ANGER.id,)]
        assert not model.canDropMimeData(mime, copy, -1, -1, model.index(0))
        assert not model.canDropMimeData(QMimeData(), copy, -1, -1, target)
        assert not model.canDropMimeData(mime, copy, -1, -1, QModelIndex())
        assert mime.formats() == [DOCUMENTS_MIME]

    def test_a_document_is_taken_out_of_the_collection_that_is_shown(
        self, qtbot: QtBot, view: LibraryView, deeds: LibraryDeeds
    ) -> None:
        assert not view.actions_by_name["uncollect"].isEnabled()
        view.shelves.choose(RIVERS)
        select(view, APPLE)
        with qtbot.waitSignal(deeds.uncollect_requested) as taken:
            view.actions_by_name["uncollect"].trigger()
        assert taken.args == ["Rivers", (APPLE.id,)]

    def test_a_watched_folder_tells_what_it_is_and_can_be_left(
        self, qtbot: QtBot, view: LibraryView, deeds: LibraryDeeds
    ) -> None:
        view.shelves.choose(PAPERS)
        facts = {fact.caption: fact.value for fact in view.details.card.facts}
        assert facts == {"Holds": "1 document", "Folder": "/papers"}
        with qtbot.waitSignal(deeds.unwatch_requested) as left:
            view.actions_by_name["unwatch"].trigger()
        assert left.args == ["/papers"]
        deeds.feed_menu.aboutToShow.emit()
        with qtbot.waitSignal(deeds.feed_requested) as fed:
            {action.text(): action for action in deeds.feed_menu.actions()}["Rivers"].trigger()
        assert fed.args == ["/papers", "Rivers"]


Correcting = Callable[..., Correction | None]


class TestCorrecting:
    @pytest.fixture
    def correcting(self, qtbot: QtBot, view: LibraryView, deeds: LibraryDeeds) -> Correcting:
        """Fill the form in and save it."""

        def correct(**fields: str) -> Correction | None:
            """What is handed out; None where nothing is."""
            view.documents.setFocus()
            qtbot.keyClick(view.documents, Qt.Key.Key_F2)
            form = view.details.form
            for name, text in fields.items():
                box = getattr(form, name).box
                box.selectAll()
                qtbot.keyClicks(box, text) if text else qtbot.keyClick(box, Qt.Key.Key_Delete)
            with qtbot.waitSignal(deeds.corrected, raising=False, timeout=1) as corrected:
                qtbot.keyClick(form.title.box, Qt.Key.Key_Return)
            assert not view.details.is_correcting
            if not corrected.signal_triggered:
                return None
            assert corrected.args[0] == view.documents.selected_ids[0]
            return corrected.args[1]

        return correct

    def test_f2_opens_the_form_with_the_title_selected(
        self, qtbot: QtBot, view: LibraryView, deeds: LibraryDeeds
    ) -> None:
        view.documents.setFocus()
        select(view, ZEBRA)
        qtbot.keyClick(view.documents, Qt.Key.Key_F2)
        assert view.details.is_correcting
        assert view.focusWidget() is view.details.form.title.box
        assert view.details.form.title.box.selectedText() == ZEBRA.title
        qtbot.keyClick(view.details.form.title.box, Qt.Key.Key_Escape)
        assert not view.details.is_correcting
        assert view.isVisible()

    def test_only_what_was_changed_is_corrected(self, view: LibraryView, correcting: Correcting) -> None:
        select(view, ZEBRA)
        assert correcting(author="Jane Doe") == Correction(author="Jane Doe")
        assert correcting(title="A zebra") == Correction(title="A zebra")
        assert correcting() is None

    @pytest.mark.parametrize(
        ("written", "iso"),
        [("5 March 2019", "2019-03-05"), ("2019-03", "2019-03"), ("1887", "1887"), ("march 2019", "2019-03"), ("", "")],
    )
    def test_dates_are_understood_as_people_write_them(
        self, view: LibraryView, correcting: Correcting, written: str, iso: str
    ) -> None:
        select(view, ZEBRA)
        assert correcting(date=written) == Correction(date=iso)

    @pytest.mark.parametrize("written", ["yesterday", "2019-13", "30 February 2020", "3/4/2021"])
    def test_what_is_no_clear_date_is_not_saved(
        self, qtbot: QtBot, view: LibraryView, deeds: LibraryDeeds, written: str
    ) -> None:
        select(view, ZEBRA)
        view.actions_by_name["correct"].trigger()
        form = view.details.form
        form.title.box.selectAll()
        qtbot.keyClicks(form.title.box, "Another title")
        form.date.box.selectAll()
        qtbot.keyClicks(form.date.box, written)
        assert not form.save_button.isEnabled()
        assert "no date" in form.date.hint.text()
        with qtbot.waitSignal(deeds.corrected) as corrected:
            qtbot.keyClick(form.date.box, Qt.Key.Key_Return)
        assert corrected.args == [ZEBRA.id, Correction("Another title")]
        assert view.details.is_correcting
        assert form.title.box.text() == "Another title"

    def test_what_a_field_shows_in_another_way_is_no_correction(
        self, view: LibraryView, deeds: LibraryDeeds, correcting: Correcting
    ) -> None:
        odd = replace(ZEBRA, title="Two  blanks\nand a line", author="A" * 1_200, date="c. 1850")
        view.show_contents(replace(CONTENTS, documents=(row_of(odd),)))
        select(view, odd)
        assert correcting() is None
        assert correcting(date="1850") == Correction(date="1850")

    def test_an_author_can_be_taken_away_but_a_title_cannot(self, view: LibraryView, correcting: Correcting) -> None:
        select(view, ZEBRA)
        assert correcting(author="") == Correction(author="")
        assert correcting(title="") is None

    def test_each_field_goes_back_to_what_the_file_says(
        self, qtbot: QtBot, view: LibraryView, deeds: LibraryDeeds, corrections: dict[str, Correction]
    ) -> None:
        corrections[ZEBRA.id] = Correction("Mine", "1999", "Jane")
        mine = replace(ZEBRA, title="Mine", date="1999", author="Jane")
        view.show_contents(replace(CONTENTS, documents=(row_of(mine), *CONTENTS.documents[1:])))
        select(view, ZEBRA)
        view.actions_by_name["correct"].trigger()
        form = view.details.form
        assert form.author.hint.text() == "The file says: Maria Holt"
        assert form.correction == corrections[ZEBRA.id]
        for field in (form.title, form.author, form.date):
            field.reset_button.click()
        assert form.title.box.text() == ZEBRA.title
        assert form.correction == Correction()

    def test_a_field_can_be_reset_even_where_the_files_own_words_are_not_at_hand(
        self, qtbot: QtBot, view: LibraryView, confirming: Confirming
    ) -> None:
        LibraryDeeds(view, confirming, lambda _: (Correction(author="Jane"), None))
        view.show_contents(replace(CONTENTS, documents=(row_of(replace(ZEBRA, author="Jane")),)))
        select(view, ZEBRA)
        view.actions_by_name["correct"].trigger()
        form = view.details.form
        assert form.correction == Correction(author="Jane")
        form.author.reset_button.click()
        assert form.correction == Correction()

    def test_what_is_being_written_stays_while_the_library_grows(
        self, qtbot: QtBot, view: LibraryView, deeds: LibraryDeeds
    ) -> None:
        select(view, ZEBRA)
        view.actions_by_name["correct"].trigger()
        view.details.form.title.box.setText("Half a ti")
        view.show_contents(replace(CONTENTS, documents=(*CONTENTS.documents, row_of(source_of("New", "n.txt")))))
        assert view.details.is_correcting
        assert view.details.form.title.text == "Half a ti"
        select(view, APPLE)
        assert not view.details.is_correcting

    def test_what_is_written_in_a_field_is_kept_when_the_field_is_left_and_the_form_stays(
        self, qtbot: QtBot, view: LibraryView, deeds: LibraryDeeds
    ) -> None:
        select(view, ZEBRA)
        view.actions_by_name["correct"].trigger()
        form = view.details.form
        form.title.box.setText("Another title")
        with qtbot.waitSignal(deeds.corrected) as corrected:
            qtbot.keyClick(form.title.box, Qt.Key.Key_Tab)
        assert corrected.args == [ZEBRA.id, Correction("Another title")]
        assert view.details.is_correcting

    def test_what_is_half_written_is_kept_when_another_row_is_selected(
        self, qtbot: QtBot, view: LibraryView, deeds: LibraryDeeds
    ) -> None:
        select(view, ZEBRA)
        view.actions_by_name["correct"].trigger()
        view.details.form.title.box.setText("Half a ti")
        view.details.form.date.box.setText("12 Mrach")
        with qtbot.waitSignal(deeds.corrected) as corrected:
            select(view, APPLE)
        assert corrected.args == [ZEBRA.id, Correction("Half a ti")]
        assert not view.details.is_correcting
        assert [title for title, _ in view.banner.notices] == ["“12 Mrach” is no date"]

    def test_cancelling_takes_back_what_was_kept_meanwhile(
        self, qtbot: QtBot, view: LibraryView, deeds: LibraryDeeds
    ) -> None:
        select(view, ZEBRA)
        view.actions_by_name["correct"].trigger()
        form = view.details.form
        form.title.box.setText("Another title")
        qtbot.keyClick(form.title.box, Qt.Key.Key_Tab)
        with qtbot.waitSignal(deeds.corrected) as corrected:
            form.cancel_button.click()
        assert corrected.args == [ZEBRA.id, Correction()]
        assert not view.details.is_correcting
