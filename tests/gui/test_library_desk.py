"""What follows from what the reader does in the library, in a whole window over a fake workbench."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event, current_thread

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop_app.collection_list import ALL, UNREAD, Shelf, ShelfKind
from desktop_app.library_view import LibraryView
from rag.errors import StoreUnavailable
from rag.holdings import Correction
from rag.rows import FileRow
from rag.types import FileState
from tests.gui.fake_workbench import FakeWorkbench, Gate
from tests.gui.open_window import OpenWindow, open_window

pytestmark = [pytest.mark.gui, pytest.mark.qt_log_ignore("This plugin does not support")]

RIVERS = Shelf(ShelfKind.COLLECTION, "Rivers")


@pytest.fixture
def opened(qtbot: QtBot, tmp_path: Path) -> Iterator[OpenWindow]:
    with open_window(qtbot, tmp_path) as opened:
        opened.controller.library.show()
        yield opened


def view_of(opened: OpenWindow) -> LibraryView:
    view = opened.controller.library.view
    assert view is not None
    return view


def select(opened: OpenWindow, place: int = 0) -> str:
    """Select one of the workbench's documents."""
    document_id = opened.bench.documents[place].id
    view_of(opened).documents.select([document_id])
    return document_id


def skipped(path: Path, *, size_bytes: int = 3, mtime_ns: int = 1, sha256: str = "0" * 64) -> FileRow:
    return FileRow(
        str(path), str(path.parent), path.name, size_bytes, mtime_ns, sha256, FileState.DAMAGED, "it is damaged.", None
    )


def told(opened: OpenWindow) -> str:
    return " ".join(f"{title}: {message}" for title, message in view_of(opened).banner.notices)


class TestDocuments:
    def test_the_library_opens_with_everything_in_it(self, opened: OpenWindow) -> None:
        view = view_of(opened)
        assert view.isVisible()
        assert view.count.text() == "2 documents"
        assert view.focusWidget() is view.filter_bar.box

    def test_opening_a_document_shows_it_beside_the_conversation(self, opened: OpenWindow) -> None:
        select(opened)
        view_of(opened).actions_by_name["open"].trigger()
        assert opened.window.source_pane.isVisible()
        assert not view_of(opened).isVisible()

    def test_the_library_comes_back_as_it_was_left(self, opened: OpenWindow) -> None:
        view_of(opened).filter_bar.box.setText("bridge")
        chosen = select(opened)
        view_of(opened).actions_by_name["open"].trigger()
        opened.controller.library.show()
        assert view_of(opened).documents.selected_ids == (chosen,)
        assert view_of(opened).filter_bar.box.text() == "bridge"

    def test_removing_really_removes_after_a_question(self, opened: OpenWindow) -> None:
        chosen = select(opened)
        view_of(opened).actions_by_name["remove"].trigger()
        opened.wait(lambda: view_of(opened).count.text() == "1 document")
        assert opened.bench.removed == [chosen]
        assert opened.chooser.asked == ["Remove this document from the library?"]
        assert opened.window.status_line.library_button.text() == "1 document"

    def test_the_window_goes_on_while_a_removal_takes_its_time(
        self, opened: OpenWindow, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        gate, remove = Event(), opened.bench.remove
        monkeypatch.setattr(opened.bench, "remove", lambda one, **_: (gate.wait(), remove(one)))
        select(opened)
        view_of(opened).actions_by_name["remove"].trigger()
        opened.wait(lambda: view_of(opened).count.text() == "2 documents · Removing 1 document…")
        gate.set()
        opened.wait(lambda: view_of(opened).count.text() == "1 document")

    def test_many_are_removed_one_after_the_other_and_the_count_tells_what_is_left(
        self, opened: OpenWindow, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        gate, remove = Event(), opened.bench.remove
        first = opened.bench.documents[0].id
        monkeypatch.setattr(opened.bench, "remove", lambda one, **_: (one == first or gate.wait(), remove(one)))
        told_removed: list[tuple[str, ...]] = []
        opened.controller.library.removed.connect(told_removed.append)
        view_of(opened).documents.selectAll()
        ids = (first, opened.bench.documents[1].id)
        opened.controller.library.remove(ids)
        opened.wait(lambda: view_of(opened).count.text() == "1 document · Removing 1 document…")
        gate.set()
        opened.wait(lambda: view_of(opened).count.text() == "0 documents")
        assert told_removed == [ids]

    def test_what_was_removed_before_a_failure_is_told(
        self, opened: OpenWindow, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first, remove = opened.bench.documents[0].id, opened.bench.remove

        def refuse_the_second(document_id: str, **_: bool) -> None:
            if document_id != first:
                raise StoreUnavailable(path="library.db", reason="the disk is full.")
            remove(document_id)

        monkeypatch.setattr(opened.bench, "remove", refuse_the_second)
        told_removed: list[tuple[str, ...]] = []
        opened.controller.library.removed.connect(told_removed.append)
        opened.controller.library.remove((first, opened.bench.documents[1].id))
        opened.wait(lambda: "the disk is full" in told(opened))
        assert told_removed == [(first,)]
        assert view_of(opened).count.text() == "1 document"

    def test_a_failed_removal_is_told_and_the_document_stays(
        self, opened: OpenWindow, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(_: str, **__: bool) -> None:
            raise StoreUnavailable(path="library.db", reason="the disk is full.")

        monkeypatch.setattr(opened.bench, "remove", refuse)
        select(opened)
        view_of(opened).actions_by_name["remove"].trigger()
        opened.wait(lambda: "the disk is full" in told(opened))
        assert view_of(opened).count.text() == "2 documents"

    def test_changes_are_made_in_the_order_they_were_asked_for(
        self, opened: OpenWindow, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        gate, correct, made = Event(), opened.bench.correct, []
        monkeypatch.setattr(opened.bench, "correct", lambda *one: (gate.wait(), made.append(one[1]), correct(*one)))
        chosen, library = select(opened), opened.controller.library
        for title in ("First", "Second", "Third"):
            library.correct(chosen, Correction(title))
        gate.set()
        opened.wait(lambda: len(made) == 3 and opened.bench.corrections[chosen] == Correction("Third"))
        assert [one.title for one in made] == ["First", "Second", "Third"]

    def test_new_documents_appear_while_the_library_is_open(self, opened: OpenWindow, tmp_path: Path) -> None:
        opened.controller.library.add((tmp_path / "new.txt",))
        opened.wait(lambda: view_of(opened).count.text().startswith("3 documents"))


class TestCorrections:
    def test_a_correction_is_shown_everywhere_and_can_be_taken_back(self, opened: OpenWindow) -> None:
        chosen, view = select(opened, 1), view_of(opened)
        view.actions_by_name["correct"].trigger()
        form = view.details.form
        form.title.box.setText("The harbour")
        form.date.box.setText("March 1887")
        form.save()
        opened.wait(lambda: view.documents.rows.rows[view.documents.rows.place_of(chosen)].cell(0) == "The harbour")
        assert opened.bench.corrections[chosen] == Correction("The harbour", "1887-03", None)
        facts = {fact.caption: fact for fact in view.details.card.facts}
        assert facts["Date"].value == "March 1887 (corrected)"
        assert facts["Date"].tooltip == "The file does not say."
        view.actions_by_name["correct"].trigger()
        assert form.title.hint.text() == "The file says: A short history of the harbour"
        form.title.reset()
        form.date.reset()
        form.save()
        opened.wait(lambda: opened.bench.corrections[chosen] == Correction())
        opened.wait(lambda: view.details.card.title == "A short history of the harbour")

    def test_a_document_that_is_gone_meanwhile_is_told(
        self, opened: OpenWindow, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def miss(document_id: str, _: Correction) -> None:
            raise KeyError(document_id)

        monkeypatch.setattr(opened.bench, "correct", miss)
        opened.controller.library.correct("gone", Correction("Title"))
        opened.wait(lambda: "not in the library any more" in told(opened))


class TestCollections:
    def test_collections_are_made_filled_renamed_and_removed(self, opened: OpenWindow) -> None:
        library, view = opened.controller.library, view_of(opened)
        library.make_collection("Rivers")
        opened.wait(lambda: view.shelf == RIVERS)
        assert view.empty.title.text() == "This collection is empty."
        chosen = opened.bench.documents[0].id
        library.collect("Rivers", (chosen,))
        opened.wait(lambda: view.count.text() == "1 document")
        library.rename_collection("Rivers", "Streams")
        opened.wait(lambda: view.shelf == Shelf(ShelfKind.COLLECTION, "Streams"))
        assert view.count.text() == "1 document"
        library.uncollect("Streams", (chosen,))
        opened.wait(lambda: view.count.text() == "0 documents")
        view.actions_by_name["remove_collection"].trigger()
        opened.wait(lambda: view.shelf == ALL)
        assert opened.bench.collected == {}
        assert len(opened.bench.documents) == 2

    def test_a_name_that_is_taken_is_refused_with_its_reason(self, opened: OpenWindow) -> None:
        opened.bench.collected = {"Rivers": [], "Lakes": []}
        library = opened.controller.library
        library.refresh()
        view_of(opened).shelves.choose(RIVERS)
        library.rename_collection("Rivers", "Lakes")
        opened.wait(lambda: "There is a collection called Lakes already" in told(opened))
        assert view_of(opened).shelf == RIVERS

    def test_making_a_collection_twice_shows_the_one_that_is_there(self, opened: OpenWindow) -> None:
        opened.bench.collected = {"Rivers": [opened.bench.documents[0].id]}
        opened.controller.library.make_collection("rivers")
        assert view_of(opened).shelf == RIVERS
        assert "already" in told(opened)
        assert opened.bench.collected == {"Rivers": [opened.bench.documents[0].id]}


class TestAddingIntoACollection:
    def drop(self, widget: QWidget, *paths: Path) -> None:
        held = QMimeData()
        held.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
        buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        event = QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, held, buttons, keys)
        widget.dropEvent(event)

    def test_files_dropped_on_a_collection_that_is_shown_go_into_it_and_the_status_line_says_so(
        self, opened: OpenWindow, tmp_path: Path
    ) -> None:
        opened.bench.collected = {"Rivers": []}
        opened.controller.library.refresh()
        view_of(opened).shelves.choose(RIVERS)
        self.drop(view_of(opened), tmp_path / "a.txt", tmp_path / "b.txt")
        opened.wait(lambda: view_of(opened).count.text() == "2 documents")
        activity = opened.window.status_line.activity
        opened.wait(lambda: activity.toolTip() == "2 added · 2 put into the collection “Rivers”")
        assert len(opened.bench.collected["Rivers"]) == 2

    def test_files_dropped_on_a_name_in_the_list_go_into_that_collection(
        self, opened: OpenWindow, tmp_path: Path
    ) -> None:
        opened.bench.collected = {"Lakes": [], "Rivers": []}
        opened.controller.library.refresh()
        shelves, held = view_of(opened).shelves.shelves, QMimeData()
        shelves_at = {one: shelves.index(shelves.place_of(one)) for one in (RIVERS, ALL)}
        held.setUrls([QUrl.fromLocalFile(str(tmp_path / "a.txt"))])
        copying = Qt.DropAction.CopyAction
        assert not shelves.dropMimeData(held, copying, -1, -1, shelves_at[ALL])
        assert shelves.dropMimeData(held, copying, -1, -1, shelves_at[RIVERS])
        opened.wait(lambda: len(opened.bench.collected["Rivers"]) == 1)
        assert opened.bench.collected["Lakes"] == []

    def test_what_is_still_to_come_follows_a_collection_that_is_renamed_and_makes_no_removed_one_anew(
        self, opened: OpenWindow, tmp_path: Path
    ) -> None:
        opened.bench.collected = {"Rivers": []}
        library = opened.controller.library
        opened.bench.file_gate.clear()
        library.add_into("Rivers", (tmp_path / "a.txt",))
        library.add_into("Rivers", (tmp_path / "b.txt",))
        opened.wait(opened.bench.file_gate.is_awaited.is_set)
        library.rename_collection("Rivers", "Streams")
        opened.wait(lambda: not library.is_changing)
        opened.bench.file_gate.set()
        opened.wait(lambda: len(opened.bench.collected["Streams"]) == 2)
        opened.wait(lambda: not opened.controller.indexing.is_busy)
        opened.bench.file_gate.clear()
        library.add_into("Streams", (tmp_path / "c.txt",))
        opened.wait(opened.bench.file_gate.is_awaited.is_set)
        library.remove_collection("Streams")
        opened.wait(lambda: not library.is_changing)
        opened.bench.file_gate.set()
        opened.wait(lambda: len(opened.bench.documents) == 5 and not opened.controller.indexing.is_busy)
        assert opened.bench.collected == {}


class TestWatching:
    def test_a_chosen_folder_is_watched_and_added(self, opened: OpenWindow, tmp_path: Path) -> None:
        folder = tmp_path / "papers"
        folder.mkdir()
        opened.chooser.chosen_folder = folder
        view_of(opened).watch_button.click()
        opened.wait(lambda: (folder,) in opened.bench.added)
        assert opened.bench.watched_folders == {str(folder): ""}
        assert view_of(opened).shelf == Shelf(ShelfKind.FOLDER, str(folder))

    def test_a_folder_that_is_watched_already_is_only_shown(self, opened: OpenWindow, tmp_path: Path) -> None:
        opened.bench.watched_folders = {str(tmp_path): "Rivers"}
        opened.chooser.chosen_folder = tmp_path
        view_of(opened).watch_button.click()
        assert view_of(opened).shelf == Shelf(ShelfKind.FOLDER, str(tmp_path))
        assert opened.bench.watched_folders == {str(tmp_path): "Rivers"}
        assert "watched already" in told(opened)

    def test_stopping_leaves_the_documents(self, opened: OpenWindow) -> None:
        opened.bench.watched_folders = {"/texts": ""}
        opened.controller.library.refresh()
        view_of(opened).shelves.choose(Shelf(ShelfKind.FOLDER, "/texts"))
        assert view_of(opened).count.text() == "2 documents"
        view_of(opened).actions_by_name["unwatch"].trigger()
        opened.wait(lambda: view_of(opened).shelf == ALL)
        assert opened.bench.watched_folders == {}
        assert view_of(opened).count.text() == "2 documents"

    def test_what_comes_from_a_folder_goes_into_the_collection_that_it_feeds(self, opened: OpenWindow) -> None:
        opened.bench.watched_folders = {"/texts": ""}
        opened.controller.library.refresh()
        opened.controller.library.feed_collection("/texts", "Rivers")
        opened.wait(lambda: len(opened.bench.collected.get("Rivers", ())) == 2)
        assert opened.bench.watched_folders == {"/texts": "Rivers"}


class TestOriginals:
    def test_the_original_is_opened_where_it_is_there(self, opened: OpenWindow, tmp_path: Path) -> None:
        file = tmp_path / "paper.pdf"
        file.touch()
        opened.controller.library.files.open_original((str(tmp_path / "gone.pdf"), str(file)))
        assert opened.chooser.opened == [file]

    def test_of_a_file_in_an_archive_the_archive_is_opened(self, opened: OpenWindow, tmp_path: Path) -> None:
        archive = tmp_path / "papers.zip"
        archive.touch()
        opened.controller.library.files.open_original((str(archive / "inside" / "paper.docx"),))
        assert opened.chooser.opened == [archive]

    def test_an_original_that_is_gone_is_told_and_not_opened(self, opened: OpenWindow) -> None:
        select(opened)
        view_of(opened).actions_by_name["original"].trigger()
        assert opened.chooser.opened == []
        assert "/texts/local/bridge.txt" in told(opened)

    def test_a_file_that_no_program_opens_is_told(self, opened: OpenWindow, tmp_path: Path) -> None:
        opened.chooser.opens = False
        (tmp_path / "a.xyz").touch()
        opened.controller.library.files.open_original((str(tmp_path / "a.xyz"),))
        assert "No program opens this file" in told(opened)

    def test_the_nearest_folder_is_shown_where_the_file_is_gone(self, opened: OpenWindow, tmp_path: Path) -> None:
        opened.controller.library.files.show_in_folder((str(tmp_path / "gone" / "a.pdf"),))
        assert opened.chooser.shown == [tmp_path / "a.pdf"]
        assert "not there any more" in told(opened)


class TestTryingAgain:
    def retry(self, opened: OpenWindow, *rows: FileRow) -> None:
        opened.bench.skipped_files = list(rows)
        opened.controller.library.refresh()
        view_of(opened).shelves.choose(UNREAD)
        view_of(opened).unread.selectAll()
        view_of(opened).buttons["retry"].click()

    def test_a_file_that_has_changed_is_read_again(self, opened: OpenWindow, tmp_path: Path) -> None:
        file = tmp_path / "a.pdf"
        file.write_bytes(b"new")
        self.retry(opened, skipped(file))
        opened.wait(lambda: (file,) in opened.bench.added)
        assert told(opened) == ""

    def test_of_a_file_that_is_as_it_was_the_reader_is_told_so(self, opened: OpenWindow, tmp_path: Path) -> None:
        file = tmp_path / "a.pdf"
        file.write_bytes(b"old")
        self.retry(opened, skipped(file, mtime_ns=file.stat().st_mtime_ns))
        assert "a.pdf has not changed since the last try" in told(opened)

    def test_a_file_that_could_not_be_opened_at_all_is_tried_without_a_word(
        self, opened: OpenWindow, tmp_path: Path
    ) -> None:
        file = tmp_path / "a.pdf"
        file.write_bytes(b"old")
        self.retry(opened, skipped(file, mtime_ns=file.stat().st_mtime_ns, sha256=""))
        opened.wait(lambda: (file,) in opened.bench.added)
        assert told(opened) == ""

    def test_a_file_in_an_archive_lets_the_archive_be_read_again(self, opened: OpenWindow, tmp_path: Path) -> None:
        archive = tmp_path / "a.zip"
        archive.write_bytes(b"zip")
        inside = skipped(archive / "one.pdf"), skipped(archive / "two.pdf")
        self.retry(opened, *inside)
        opened.wait(lambda: (archive,) in opened.bench.added)

    def test_a_file_that_is_gone_is_told(self, opened: OpenWindow, tmp_path: Path) -> None:
        self.retry(opened, skipped(tmp_path / "gone.pdf"))
        assert "1 file is not there any more" in told(opened)
        assert opened.bench.added == []

    def test_what_is_gone_and_what_is_as_it_was_are_told_together(self, opened: OpenWindow, tmp_path: Path) -> None:
        file = tmp_path / "a.pdf"
        file.write_bytes(b"old")
        self.retry(opened, skipped(file, mtime_ns=file.stat().st_mtime_ns), skipped(tmp_path / "gone.pdf"))
        assert [title for title, _ in view_of(opened).banner.notices] == [
            "1 file is not there any more; a.pdf has not changed since the last try"
        ]


class TestDismissing:
    def unread(self, opened: OpenWindow, *rows: FileRow) -> None:
        opened.bench.skipped_files = list(rows)
        opened.controller.library.refresh()
        view_of(opened).shelves.choose(UNREAD)

    def listed(self, opened: OpenWindow) -> list[str]:
        return [row.cell(0) for row in view_of(opened).unread.rows.rows]

    def test_a_file_is_dismissed_and_comes_back_with_undo(self, opened: OpenWindow) -> None:
        self.unread(opened, skipped(Path("/x/a.pdf")), skipped(Path("/x/b.pdf")))
        view_of(opened).unread.select(["/x/a.pdf"])
        view_of(opened).buttons["dismiss"].click()
        assert self.listed(opened) == ["b.pdf"]
        view_of(opened).banner._alive()[0].action_button.click()
        assert self.listed(opened) == ["a.pdf", "b.pdf"]

    def test_what_is_dismissed_file_by_file_comes_back_with_one_undo(self, opened: OpenWindow) -> None:
        self.unread(opened, *(skipped(Path(f"/x/{name}.pdf")) for name in "abc"))
        for name in "ab":
            view_of(opened).unread.select([f"/x/{name}.pdf"])
            view_of(opened).buttons["dismiss"].click()
        (strip,) = view_of(opened).banner._alive()
        assert strip.title == "2 files were dismissed"
        strip.action_button.click()
        assert self.listed(opened) == ["a.pdf", "b.pdf", "c.pdf"]

    def test_all_that_a_filter_shows_are_dismissed_at_once(self, opened: OpenWindow) -> None:
        self.unread(opened, skipped(Path("/x/a.pdf")), skipped(Path("/x/b.pdf")), skipped(Path("/x/c.doc")))
        view_of(opened).filter_bar.box.setText("pdf")
        view_of(opened).actions_by_name["dismiss_all"].trigger()
        view_of(opened).filter_bar.clear()
        assert self.listed(opened) == ["c.doc"]
        view_of(opened).actions_by_name["dismiss_all"].trigger()
        assert view_of(opened).count.text() == "0 files"
        assert not view_of(opened).actions_by_name["dismiss_all"].isEnabled()

    def test_a_dismissed_file_is_listed_again_when_it_has_changed(self, opened: OpenWindow) -> None:
        self.unread(opened, skipped(Path("/x/a.pdf")))
        view_of(opened).actions_by_name["dismiss_all"].trigger()
        opened.controller.library.refresh()
        assert self.listed(opened) == []
        self.unread(opened, skipped(Path("/x/a.pdf"), mtime_ns=2))
        assert self.listed(opened) == ["a.pdf"]

    def test_delete_dismisses_files_and_removes_documents(self, opened: OpenWindow) -> None:
        self.unread(opened, skipped(Path("/x/a.pdf")))
        view = view_of(opened)
        view.unread.select(["/x/a.pdf"])
        assert (view.actions_by_name["dismiss"].isEnabled(), view.actions_by_name["remove"].isEnabled()) == (
            True,
            False,
        )
        view.shelves.choose(ALL)
        select(opened)
        assert (view.actions_by_name["dismiss"].isEnabled(), view.actions_by_name["remove"].isEnabled()) == (
            False,
            True,
        )


def test_dismissed_files_stay_dismissed_at_the_next_start(qtbot: QtBot, tmp_path: Path) -> None:
    bench = FakeWorkbench()
    bench.skipped_files = [skipped(Path("/x/a.pdf"))]
    for n_listed in (1, 0):
        with open_window(qtbot, tmp_path, bench) as opened:
            opened.controller.library.show()
            view_of(opened).shelves.choose(UNREAD)
            assert len(view_of(opened).unread.rows.rows) == n_listed
            view_of(opened).actions_by_name["dismiss_all"].trigger()


class TestOcr:
    def read_by_ocr(self, opened: OpenWindow, *rows: FileRow) -> None:
        opened.bench.skipped_files = list(rows)
        opened.controller.library.refresh()
        view_of(opened).shelves.choose(UNREAD)
        view_of(opened).unread.selectAll()
        view_of(opened).actions_by_name["ocr"].trigger()

    def scan(self, path: Path) -> FileRow:
        path.write_bytes(b"scan")
        return replace(skipped(path), state=FileState.NO_TEXT_LAYER)

    def test_only_the_scans_among_the_selected_files_are_read(self, opened: OpenWindow, tmp_path: Path) -> None:
        file = tmp_path / "scan.pdf"
        self.read_by_ocr(opened, self.scan(file), skipped(tmp_path / "broken.pdf"))
        opened.wait(lambda: opened.bench.scanned == [(file,)])
        assert "The pages are being read" in told(opened)

    def test_what_is_no_scan_is_not_offered_to_be_read(self, opened: OpenWindow, tmp_path: Path) -> None:
        self.read_by_ocr(opened, skipped(tmp_path / "broken.pdf"))
        assert not view_of(opened).actions_by_name["ocr"].isEnabled()

    def test_where_ocr_is_not_installed_the_reader_is_told_how_to(self, opened: OpenWindow, tmp_path: Path) -> None:
        opened.bench.has_ocr = False
        self.read_by_ocr(opened, self.scan(tmp_path / "scan.pdf"))
        assert "uv sync --extra ocr" in told(opened)
        assert opened.bench.scanned == []


class TestLargeLibraries:
    @pytest.fixture
    def large(self, opened: OpenWindow) -> OpenWindow:
        """A window over a library that takes too long to be read while the window waits."""
        opened.controller.library.at_once_s = -1.0
        return opened

    def test_it_is_read_beside_the_window_and_shown_when_that_is_done(
        self, large: OpenWindow, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        threads, files = [], large.bench.files
        monkeypatch.setattr(large.bench, "files", lambda: (threads.append(current_thread().name), files())[1])
        large.bench.documents.pop()
        large.controller.library.refresh()
        assert view_of(large).count.text() == "2 documents"
        large.wait(lambda: view_of(large).count.text() == "1 document")
        assert threads == ["errand"]

    def test_it_opens_with_everything_in_it(self, large: OpenWindow) -> None:
        view_of(large).hide()
        large.bench.documents.pop()
        large.controller.library.show()
        large.wait(view_of(large).isVisible)
        assert view_of(large).count.text() == "1 document"

    def test_what_was_changed_while_it_was_read_is_read_again_before_anything_is_shown(
        self, large: OpenWindow, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        gate, sources, seen = Gate(), large.bench.sources, []
        gate.clear()
        monkeypatch.setattr(large.bench, "sources", lambda: (sources(), gate.wait())[0])
        large.controller.library.changed.connect(lambda held: seen.append(len(held)))
        large.controller.library.refresh()
        large.wait(gate.is_awaited.is_set)
        large.bench.documents.pop()
        large.controller.library.refresh()
        gate.set()
        large.wait(lambda: seen)
        assert seen == [1]

    def test_a_new_collection_is_shown_and_a_renamed_one_stays_chosen(self, large: OpenWindow) -> None:
        large.controller.library.make_collection("Rivers")
        large.wait(lambda: view_of(large).shelf == RIVERS)
        large.controller.library.rename_collection("Rivers", "Streams")
        large.wait(lambda: view_of(large).shelves.shelves.place_of(RIVERS) < 0)
        assert view_of(large).shelf == Shelf(ShelfKind.COLLECTION, "Streams")

    def test_a_library_that_cannot_be_read_is_told(self, large: OpenWindow, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse() -> tuple[FileRow, ...]:
            raise StoreUnavailable(path="library.db", reason="the disk is gone.")

        monkeypatch.setattr(large.bench, "files", refuse)
        large.controller.library.refresh()
        large.wait(lambda: "the disk is gone" in told(large))


def test_closing_ends_what_is_under_way(qtbot: QtBot, tmp_path: Path) -> None:
    with open_window(qtbot, tmp_path) as opened:
        opened.controller.library.show()
        opened.controller.library.make_collection("Rivers")
        opened.controller.library.make_collection("Lakes")
    # open_window looks for threads that are left


def test_duplicates_are_no_skipped_files(qtbot: QtBot, tmp_path: Path) -> None:
    with open_window(qtbot, tmp_path) as opened:
        twin = replace(opened.bench.files()[0], path="/copy/b.txt", state=FileState.DUPLICATE)
        opened.bench.skipped_files = [twin]
        opened.controller.library.show()
        view = view_of(opened)
        view.shelves.choose(UNREAD)
        assert view.count.text() == "0 files"
