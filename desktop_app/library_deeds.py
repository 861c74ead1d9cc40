"""From what is selected in the library to what is wanted of it: enables the actions, asks before, opens the menus.

It carries nothing out; it says so in signals, with values.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject, QPoint, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from desktop_app.collection_list import ALL, UNREAD, Shelf, ShelfKind
from desktop_app.details_pane import NOTHING
from desktop_app.inert_text import plain_label
from desktop_app.library_cards import (
    Card,
    collection_card,
    document_card,
    documents_card,
    folder_card,
    unread_card,
    unreads_card,
)
from desktop_app.library_view import LibraryView
from desktop_app.one_line import one_line
from desktop_app.wording import count_words
from rag.holdings import Correction
from rag.types import FileState, Source

Confirm = Callable[[str, str, str], bool]
"""Asks a question, with an explanation, and the word for yes."""
Known = Callable[[str], tuple[Correction, Source | None]]
"""What was corrected of a document, and what its file says, None where that is not known any more."""

_DOCUMENT_MENU = ("open", "original", "folder", "copy_path", "", "correct", "ocr", "collect", "uncollect", "", "remove")
_ONLY_WHERE_POSSIBLE = frozenset({"uncollect", "ocr"})  # elsewhere a reader would wonder what they are
_DATE_CHARS = 40
_TOLD_MS = 12_000
_UNREAD_MENU = ("retry", "ocr", "original", "folder", "copy_path", "", "dismiss", "dismiss_all")
_SAFE = (
    "Questions will not find {it} any more. The original files are not touched, and answers you already have keep "
    "their quotes."
)


class LibraryDeeds(QObject):
    """What the reader wants, in signals.

    Signals:
        open_requested(document id), original_requested(paths), folder_requested(paths): the first that there is.
        retry_requested(rows as a tuple), dismiss_requested(rows as a tuple), ocr_requested(paths as a tuple)
        remove_requested(document ids as a tuple), corrected(document id, Correction)
        collect_requested(name, document ids), uncollect_requested(name, document ids), make_requested(name)
        rename_requested(old name, new name), remove_collection_requested(name)
        watch_requested(), unwatch_requested(path), feed_requested(path, name of a collection or empty)
        add_files_requested(name of a collection or empty), add_folder_requested(the same)
        add_requested(the same, paths): they were dropped.
    """

    open_requested = Signal(str)
    original_requested = Signal(object)
    folder_requested = Signal(object)
    retry_requested = Signal(object)
    dismiss_requested = Signal(object)
    ocr_requested = Signal(object)
    remove_requested = Signal(object)
    corrected = Signal(str, object)
    collect_requested = Signal(str, object)
    uncollect_requested = Signal(str, object)
    make_requested = Signal(str)
    rename_requested = Signal(str, str)
    remove_collection_requested = Signal(str)
    watch_requested = Signal()
    unwatch_requested = Signal(str)
    feed_requested = Signal(str, str)
    add_files_requested = Signal(str)
    add_folder_requested = Signal(str)
    add_requested = Signal(str, object)

    def __init__(self, view: LibraryView, confirm: Confirm, known: Known) -> None:
        super().__init__(view)
        self._view = view
        self._confirm = confirm
        self._known = known
        self._to_collect: tuple[str, ...] = ()
        self.collect_menu = QMenu("Add to collection", view)
        self.collect_menu.aboutToShow.connect(self._fill_collect_menu)
        self.feed_menu = QMenu("Into a collection", view)
        self.feed_menu.aboutToShow.connect(self._fill_feed_menu)
        view.actions_by_name["collect"].setMenu(self.collect_menu)
        view.actions_by_name["feed"].setMenu(self.feed_menu)
        self._connect_actions()
        self._connect_view()
        self.refresh()

    def _connect_actions(self) -> None:
        slots: dict[str, Callable[[], object]] = {
            "open": self._open,
            "original": self._open_original,
            "folder": self._show_in_folder,
            "copy_path": self._copy_path,
            "correct": self._correct,
            "collect": self._open_collect_menu,
            "uncollect": self._uncollect,
            "remove": self._remove,
            "retry": self._retry,
            "dismiss": self._dismiss,
            "dismiss_all": self._dismiss_all,
            "ocr": self._read_by_ocr,
            "new_collection": self._name_new,
            "rename": self._rename,
            "remove_collection": self._remove_collection,
            "watch": self.watch_requested.emit,
            "open_watched": self._open_watched,
            "unwatch": self._unwatch,
            "add_files": self._add_files,
            "add_folder": self._add_folder,
            "find": self._view.focus_filter,
        }
        for name, slot in slots.items():
            self._view.actions_by_name[name].triggered.connect(partial(_call, slot))

    def _connect_view(self) -> None:
        view = self._view
        view.selection_changed.connect(self.refresh)
        view.documents.open_requested.connect(self.open_requested)
        view.unread.open_requested.connect(self._open_original)
        view.documents.customContextMenuRequested.connect(self._show_table_menu)
        view.unread.customContextMenuRequested.connect(self._show_table_menu)
        view.shelves.customContextMenuRequested.connect(self._show_shelf_menu)
        view.shelves.named.connect(self._take_name)
        view.shelves.dropped.connect(self.collect_requested)
        view.shelves.paths_dropped.connect(self.add_requested)
        view.paths_dropped.connect(self._add_here)
        view.details.corrected.connect(self.corrected)
        view.details.not_understood.connect(self._tell_no_date)
        view.details.form_closed.connect(view.focus_table)
        view.empty.deed_requested.connect(self._help_empty)

    @Slot()
    def refresh(self) -> None:
        """Let actions and details follow the selection."""
        self._enable()
        self._show_card()

    def _enable(self) -> None:
        view, actions = self._view, self._view.actions_by_name
        n_documents, n_unread = len(view.selected_documents), len(view.selected_unread)
        is_collection = view.shelf.kind is ShelfKind.COLLECTION
        possible = {
            "open": n_documents == 1,
            "original": n_documents + n_unread == 1,
            "folder": n_documents + n_unread == 1,
            "copy_path": n_documents + n_unread > 0,
            "correct": n_documents == 1,
            "collect": n_documents > 0,
            "uncollect": n_documents > 0 and is_collection,
            "remove": n_documents > 0,
            "retry": n_unread > 0,
            "dismiss": n_unread > 0,
            "dismiss_all": view.shelf == UNREAD and bool(view.unread.rows.rows),
            "ocr": bool(self._scans()),
            "rename": is_collection,
            "remove_collection": is_collection,
            "feed": view.shelf.kind is ShelfKind.FOLDER,
            "unwatch": view.shelf.kind is ShelfKind.FOLDER,
            "open_watched": view.shelf.kind is ShelfKind.FOLDER,
        }
        for name, is_possible in possible.items():
            actions[name].setEnabled(is_possible)

    def _show_card(self) -> None:
        details = self._view.details
        chosen = self._view.selected_documents
        if details.is_correcting and len(chosen) == 1 and details.document_id == chosen[0].id:
            return  # the library has changed somewhere else, and what is being written must not go
        details.show_card(self._card())

    def _card(self) -> Card:
        view, contents = self._view, self._view.contents
        documents, unread = view.selected_documents, view.selected_unread
        if len(documents) == 1:
            row = documents[0]
            return document_card(row, *self._known(row.id), contents.collections_of(row.id))
        if documents:
            return documents_card(documents)
        if unread:
            return unread_card(unread[0]) if len(unread) == 1 else unreads_card(unread)
        return self._shelf_card(view.shelf)

    def _shelf_card(self, shelf: Shelf) -> Card:
        contents = self._view.contents
        if shelf.kind is ShelfKind.COLLECTION:
            return collection_card(shelf.name, contents.on(shelf), contents.watched)
        folder = contents.watched_folder(shelf.name) if shelf.kind is ShelfKind.FOLDER else None
        if folder is not None:
            return folder_card(folder, contents.on(shelf), contents.hindrances.get(folder.path, ""))
        if shelf != UNREAD:
            return NOTHING
        deeds = ("dismiss_all",) if contents.unread else ()
        return Card("", "Select a file to see why it could not be read." if contents.unread else "", (), deeds)

    # Of documents and files

    def _open(self) -> None:
        for row in self._view.selected_documents[:1]:
            self.open_requested.emit(row.id)

    def _paths(self) -> tuple[tuple[str, ...], ...]:
        """Where each of the selected lies."""
        documents = tuple(row.paths for row in self._view.selected_documents)
        return documents + tuple((row.file.path,) for row in self._view.selected_unread)

    @Slot()
    def _open_original(self) -> None:
        for paths in self._paths()[:1]:
            self.original_requested.emit(paths)

    def _show_in_folder(self) -> None:
        for paths in self._paths()[:1]:
            self.folder_requested.emit(paths)

    def _copy_path(self) -> None:
        QGuiApplication.clipboard().setText("\n".join(paths[0] for paths in self._paths()))

    def _correct(self) -> None:
        chosen = self._view.selected_documents
        if len(chosen) == 1:
            self._view.details.correct(chosen[0].source, *self._known(chosen[0].id))

    @Slot(str)
    def _tell_no_date(self, written: str) -> None:
        title = f"“{one_line(written, _DATE_CHARS)}” is no date"
        self._view.banner.show_notice(title, "The date stays what it was.", tone="warn", timeout_ms=_TOLD_MS)

    def _scans(self) -> tuple[str, ...]:
        """The paths of the selected files that hold pages without a text layer."""
        unread = (row.file for row in self._view.selected_unread if row.file.state is FileState.NO_TEXT_LAYER)
        partly = (row.file for row in self._view.selected_documents if row.file is not None and row.has_pictures)
        return tuple(file.path for file in (*unread, *partly))

    def _read_by_ocr(self) -> None:
        if chosen := self._scans():
            self.ocr_requested.emit(chosen)

    def _retry(self) -> None:
        if chosen := self._view.selected_unread:
            self.retry_requested.emit(chosen)

    def _dismiss(self) -> None:
        if chosen := self._view.selected_unread:
            self.dismiss_requested.emit(chosen)

    def _dismiss_all(self) -> None:
        if self._view.shelf == UNREAD:
            self.dismiss_requested.emit(tuple(self._view.unread.rows.rows))

    def _remove(self) -> None:
        chosen = self._view.selected_documents
        if not chosen:
            return
        what = "this document" if len(chosen) == 1 else f"these {len(chosen):,} documents"
        explanation = _SAFE.format(it="it" if len(chosen) == 1 else "them")
        if n_watched := self._view.contents.n_watched(chosen):
            explanation += " " + _comes_back(n_watched, len(chosen))
        if self._confirm(f"Remove {what} from the library?", explanation, "Remove"):
            self.remove_requested.emit(tuple(row.id for row in chosen))

    @property
    def _collection(self) -> str:
        """The collection that is shown; empty where another shelf is."""
        return self._view.shelf.name if self._view.shelf.kind is ShelfKind.COLLECTION else ""

    def _add_files(self) -> None:
        self.add_files_requested.emit(self._collection)

    def _add_folder(self) -> None:
        self.add_folder_requested.emit(self._collection)

    @Slot(object)
    def _add_here(self, paths: object) -> None:
        self.add_requested.emit(self._collection, paths)

    # Of collections and folders

    def _uncollect(self) -> None:
        if self._view.shelf.kind is ShelfKind.COLLECTION:
            self.uncollect_requested.emit(self._view.shelf.name, self._selected_ids())

    def _selected_ids(self) -> tuple[str, ...]:
        return tuple(row.id for row in self._view.selected_documents)

    def _name_new(self) -> None:
        self._to_collect = ()
        self._view.shelves.name_new()

    def _name_new_for_selection(self) -> None:
        self._to_collect = self._selected_ids()
        self._view.shelves.name_new()

    def _rename(self) -> None:
        self._view.shelves.rename(self._view.shelf.name)

    @Slot(str, str)
    def _take_name(self, old_name: str, new_name: str) -> None:
        if old_name:
            self.rename_requested.emit(old_name, new_name)
        elif self._to_collect:
            self.collect_requested.emit(new_name, self._to_collect)
        else:
            self.make_requested.emit(new_name)

    def _remove_collection(self) -> None:
        shelf = self._view.shelf
        if shelf.kind is ShelfKind.COLLECTION and self._confirm(
            f"Remove the collection “{shelf.name}”?", "Its documents stay in the library.", "Remove"
        ):
            self.remove_collection_requested.emit(shelf.name)

    def _open_watched(self) -> None:
        if self._view.shelf.kind is ShelfKind.FOLDER:
            self.original_requested.emit((self._view.shelf.name,))

    def _unwatch(self) -> None:
        if self._view.shelf.kind is ShelfKind.FOLDER:
            self.unwatch_requested.emit(self._view.shelf.name)

    # Menus

    @Slot()
    def _fill_collect_menu(self) -> None:
        self.collect_menu.clear()
        chosen = set(self._selected_ids())
        for one in self._view.contents.collections:
            action = self.collect_menu.addAction(plain_label(one.name))
            action.setEnabled(not chosen <= set(one.document_ids))
            action.triggered.connect(partial(self._collect, one.name))
        if self._view.contents.collections:
            self.collect_menu.addSeparator()
        new = self.collect_menu.addAction("New collection…")
        new.triggered.connect(self._name_new_for_selection)

    @Slot()
    def _fill_feed_menu(self) -> None:
        self.feed_menu.clear()
        contents = self._view.contents
        folder = contents.watched_folder(self._view.shelf.name)
        for name in ("", *(one.name for one in contents.collections)):
            action = self.feed_menu.addAction(plain_label(name) or "No collection")
            action.setCheckable(True)
            action.setChecked(folder is not None and folder.collection == name)
            action.triggered.connect(partial(self._feed, name))

    def _feed(self, name: str) -> None:
        if self._view.shelf.kind is ShelfKind.FOLDER:
            self.feed_requested.emit(self._view.shelf.name, name)

    def _collect(self, name: str) -> None:
        self.collect_requested.emit(name, self._selected_ids())

    def _open_collect_menu(self) -> None:
        if self._view.selected_documents:
            table = self._view.documents
            place = table.visualRect(table.currentIndex()).bottomLeft()
            self.collect_menu.popup(table.viewport().mapToGlobal(place))

    @Slot(QPoint)
    def _show_table_menu(self, position: QPoint) -> None:
        table = self._view.table
        if table.selected_rows:
            is_unread = self._view.shelf == UNREAD
            self._menu(_UNREAD_MENU if is_unread else _DOCUMENT_MENU).popup(table.viewport().mapToGlobal(position))

    @Slot(QPoint)
    def _show_shelf_menu(self, position: QPoint) -> None:
        """What stands under the pointer has been chosen by the same click; beside it there is nothing to remove."""
        shelves = self._view.shelves
        shelf = shelves.shelf_under(position)
        names = _SHELF_MENUS.get(shelf.kind, _NO_SHELF_MENU) if shelf is not None else _NO_SHELF_MENU
        self._menu(names).popup(shelves.viewport().mapToGlobal(position))

    def _menu(self, names: Sequence[str]) -> QMenu:
        menu = QMenu(self._view)
        menu.aboutToHide.connect(menu.deleteLater)
        for name in names:
            if not name:
                menu.addSeparator()
            elif name not in _ONLY_WHERE_POSSIBLE or self._view.actions_by_name[name].isEnabled():
                menu.addAction(self._view.actions_by_name[name])
        return menu

    @Slot()
    def _help_empty(self) -> None:
        if self._view.shelf == ALL and not self._view.contents.documents:  # what a filter holds is no matter then
            self._add_files()
        else:
            self._view.filter_bar.clear()


_NO_SHELF_MENU = ("new_collection", "watch")
_UNREAD_SHELF_MENU = ("dismiss_all", "", "new_collection", "watch")
_SHELF_MENUS = {
    ShelfKind.UNREAD: _UNREAD_SHELF_MENU,
    ShelfKind.COLLECTION: ("rename", "remove_collection", "", "new_collection"),
    ShelfKind.FOLDER: ("open_watched", "feed", "unwatch", "", "watch"),
}


def _comes_back(n_watched: int, n_chosen: int) -> str:
    if n_chosen == 1:
        return (
            "It lies in a watched folder and will come back, unless the file goes too or you stop watching the folder."
        )
    them = count_words(n_watched, "of them lies", "of them lie")
    return f"{them} in a watched folder and will come back, unless the files go too or you stop watching the folder."


def _call(slot: Callable[[], object], is_checked: bool = False) -> None:  # noqa: ARG001 - Qt's signal
    slot()
