"""The main window: where its panes stand, how they share the room, and what can be dropped on it.

It answers nothing and saves nothing; the controller fills the panes and listens to their signals.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QByteArray, QEvent, QMimeData, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QGuiApplication,
    QKeyEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop_app.actions import Actions
from desktop_app.composer import Composer
from desktop_app.conversation_list import ConversationList
from desktop_app.notice_banner import NoticeBanner, NoticeStrip
from desktop_app.problems import Problem
from desktop_app.status_line import StatusLine
from desktop_app.theme import Theme, ThemeSource
from desktop_app.window_style import named, window_style

SMALLEST_WIDTH_PX, SMALLEST_HEIGHT_PX = 900, 600
NARROW_BELOW_PX = 1180
_MARGIN_PX = 28
_LIST_PX, _LIST_MARGIN_PX = 190, 12
_SCROLL_BAR_PX = 12
_DEFAULT_SIZES_PX = (250, 620, 430)


@dataclass(frozen=True, slots=True)
class Frame:
    """How the reader left the window: Qt's own geometry, base64, and the widths of the three panes in pixels."""

    geometry: str = ""
    sizes_px: tuple[int, int, int] = _DEFAULT_SIZES_PX


class Window(QMainWindow):
    """The panes and the commands of the program.

    Signals:
        painted(): once, when the window has been drawn for the first time.
        closing(): the reader closes the window; it is already hidden.
        paths_near(): files or folders are held over it, or about to be chosen.
        paths_dropped(paths): files or folders were dropped on it.
    """

    painted = Signal()
    closing = Signal()
    paths_near = Signal()
    paths_dropped = Signal(object)

    def __init__(
        self, themes: ThemeSource, conversation_view: QWidget, source_view: QWidget, why_view: QWidget
    ) -> None:
        super().__init__()
        self.setWindowTitle("Seedbook")
        self.setObjectName("window")
        self.setMinimumSize(SMALLEST_WIDTH_PX, SMALLEST_HEIGHT_PX)
        self.resize(1280, 800)
        self.setAcceptDrops(True)
        self._themes = themes
        self._has_painted = False
        self._sizes_px = list(_DEFAULT_SIZES_PX)
        self.actions_by_name = Actions(self)
        self.conversation_list = ConversationList(themes.theme, self)
        self.conversation_view = conversation_view
        self.banner = NoticeBanner(self)
        self.composer = Composer(self)
        self.source_view = source_view
        self.source_pane = SourcePane(source_view, why_view, self)
        self.status_line = StatusLine(self)
        self.splitter = QSplitter(Qt.Orientation.Horizontal, self)
        self._veil = _veil(self)
        self._lay_out()
        self._set_tab_order()
        self._connect()
        self._take_theme(themes.theme)

    def _lay_out(self) -> None:
        self.source_pane.setMinimumWidth(300)
        middle = self._middle()
        middle.setMinimumWidth(380)
        for pane in (self.conversation_list, middle, self.source_pane):
            self.splitter.addWidget(pane)
        self.splitter.setHandleWidth(1)
        self.splitter.setChildrenCollapsible(False)
        for index, stretch in enumerate((0, 3, 2)):
            self.splitter.setStretchFactor(index, stretch)
        self.splitter.setSizes(self._sizes_px)
        self._central = named(QWidget(self), "central")
        layout = QVBoxLayout(self._central)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.splitter, 1)
        layout.addWidget(self.status_line)
        self.setCentralWidget(self._central)
        self.source_pane.hide()

    def _middle(self) -> QWidget:
        middle = named(QWidget(self), "middle")
        layout = QVBoxLayout(middle)
        layout.setContentsMargins(0, 0, 0, 12)
        layout.setSpacing(0)
        layout.addWidget(_in_column(self.banner))
        layout.addWidget(self.conversation_view, 1)
        layout.addWidget(_in_column(self.composer, top_px=8))
        return middle

    def _set_tab_order(self) -> None:
        composer, conversations = self.composer, self.conversation_list
        order = (
            composer.box,
            composer.scope_button,
            composer.send_button,
            self.source_pane.close_button,
            self.status_line.library_button,
            conversations.new_button,
            conversations.search,
            conversations.view,
        )
        for first, second in itertools.pairwise(order):
            QWidget.setTabOrder(first, second)

    def _connect(self) -> None:
        self._themes.changed.connect(self._take_theme)
        self.splitter.splitterMoved.connect(self._remember_sizes)
        self.source_pane.close_button.clicked.connect(self.hide_source)
        for name in ("add_files", "add_folder"):
            self.actions_by_name[name].triggered.connect(self.paths_near)
        self.actions_by_name["show_source"].toggled.connect(self._toggle_source)
        self.actions_by_name["show_conversations"].toggled.connect(self._toggle_conversations)
        self.actions_by_name["show_conversations"].setChecked(True)

    @property
    def frame_state(self) -> Frame:
        """How the window stands, to be given to `restore` at the next start."""
        geometry = bytes(self.saveGeometry().toBase64().data()).decode("ascii")
        left, middle, right = self._sizes_px
        return Frame(geometry, (left, middle, right))

    def restore(self, frame: Frame) -> None:
        """Stand as at the last end; what makes no sense any more is ignored."""
        if frame.geometry:
            self.restoreGeometry(QByteArray.fromBase64(QByteArray(frame.geometry.encode("ascii"))))
        if len(frame.sizes_px) == 3 and all(size_px > 0 for size_px in frame.sizes_px):
            self._sizes_px = list(frame.sizes_px)
            self.splitter.setSizes(self._sizes_px)

    def show_source(self) -> None:
        """Show the source at the right; in a narrow window the list at the left makes room for it."""
        self.source_pane.turn_to_source()
        self.actions_by_name["show_source"].setChecked(True)

    def show_why(self) -> None:
        """Show the explanation of an answer at the right, in the place of the source."""
        self.source_pane.turn_to_why()
        self.actions_by_name["show_source"].setChecked(True)

    @Slot()
    def hide_source(self) -> None:
        """Close the pane at the right."""
        self.actions_by_name["show_source"].setChecked(False)

    def come_to_front(self) -> None:
        """Show the window above others, whatever state it is in."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_panes()
        self._veil.setGeometry(self._central.geometry().adjusted(12, 12, -12, -12))

    def event(self, event: QEvent) -> bool:
        accepted = super().event(event)
        if event.type() == QEvent.Type.Paint and not self._has_painted:
            self._has_painted = True
            QTimer.singleShot(0, self, self._tell_painted)
        return accepted

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() != Qt.Key.Key_Escape or not self.source_pane.isVisible():
            super().keyPressEvent(event)
            return
        had_focus = self.source_pane.isAncestorOf(self.focusWidget() or self)
        self.hide_source()
        if had_focus:
            self.composer.box.setFocus()

    @Slot()
    def _tell_painted(self) -> None:
        self.painted.emit()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.hide()
        event.accept()
        self.closing.emit()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if local_paths(event.mimeData()):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self._veil.show()
            self._veil.raise_()
            self.paths_near.emit()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._veil.hide()
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        self._veil.hide()
        paths = local_paths(event.mimeData())
        if paths:
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self.paths_dropped.emit(paths)

    @property
    def _is_narrow(self) -> bool:
        return self.width() < NARROW_BELOW_PX

    def _fit_panes(self) -> None:
        """In a narrow window the list and the source do not stand beside each other."""
        wants_list = self.actions_by_name["show_conversations"].isChecked()
        has_source = self.actions_by_name["show_source"].isChecked()
        shows_list = wants_list and not (has_source and self._is_narrow)
        self.source_pane.setVisible(has_source)
        self.conversation_list.setVisible(shows_list)
        self.splitter.setSizes(self._sizes_px)

    @Slot(bool)
    def _toggle_source(self, is_shown: bool) -> None:  # noqa: ARG002 - Qt's signal
        self._fit_panes()

    @Slot(bool)
    def _toggle_conversations(self, is_shown: bool) -> None:
        if is_shown and self._is_narrow and self.actions_by_name["show_source"].isChecked():
            self.hide_source()
        self._fit_panes()

    @Slot(int, int)
    def _remember_sizes(self, position_px: int, index: int) -> None:  # noqa: ARG002 - Qt's signal
        for pane, size_px in enumerate(self.splitter.sizes()):
            if size_px > 0:
                self._sizes_px[pane] = size_px

    def show_problem(self, problem: Problem) -> NoticeStrip:
        """Say what went wrong without getting in the way; what is the program's own fault can be copied."""
        return self.banner.show_notice(
            problem.title,
            problem.message,
            tone="bad",
            action="Copy details" if problem.details else "",
            on_action=partial(_copy, problem.details) if problem.details else None,
        )

    def dress(self, widget: QWidget) -> None:
        """Give a part of the frame, or a dialog, the style of the frame; the views style themselves."""
        widget.setStyleSheet(window_style(self._themes.theme))

    @Slot(object)
    def _take_theme(self, theme: Theme) -> None:
        self.conversation_list.set_theme(theme)
        self.banner.setMaximumWidth(theme.column_px)
        self.composer.setMaximumWidth(theme.column_px)
        parts = (self.menuBar(), self.conversation_list, self.banner, self.composer, self.source_pane.head, self._veil)
        for part in (*parts, self.status_line, *self.findChildren(QDialog)):
            self.dress(part)
        button = self.conversation_list.new_button
        button.ensurePolished()
        self.conversation_list.setMinimumWidth(max(_LIST_PX, button.sizeHint().width() + 2 * _LIST_MARGIN_PX))


class SourcePane(QFrame):
    """The source view with a head to close it by, or the explanation of an answer, which has its own."""

    def __init__(self, source_view: QWidget, why_view: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("source-pane")
        self.setAccessibleName("Source")
        self.head = named(QFrame(self), "source-head")
        title = QLabel("Source", self.head)
        title.setTextFormat(Qt.TextFormat.PlainText)
        self.close_button = named(QPushButton("✕", self.head), "source-close")
        self.close_button.setAccessibleName("Close the source")
        self.close_button.setToolTip("Close the source (Ctrl+Shift+B)")
        row = QHBoxLayout(self.head)
        row.setContentsMargins(14, 4, 6, 4)
        row.addWidget(title, 1)
        row.addWidget(self.close_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.head)
        self._pages = QStackedWidget(self)
        self._pages.addWidget(source_view)
        self._pages.addWidget(why_view)
        layout.addWidget(self._pages, 1)

    def turn_to_source(self) -> None:
        """Show the source view."""
        self.head.show()
        self._pages.setCurrentIndex(0)

    def turn_to_why(self) -> None:
        """Show the explanation."""
        self.head.hide()
        self._pages.setCurrentIndex(1)


def local_paths(dropped: QMimeData) -> tuple[Path, ...]:
    """The files and folders of this computer among what is dropped."""
    return tuple(Path(url.toLocalFile()) for url in dropped.urls() if url.isLocalFile())


def _copy(text: str) -> None:
    QGuiApplication.clipboard().setText(text)


def _in_column(widget: QWidget, top_px: int = 0) -> QWidget:
    """A widget centred below or above the text column, and as far from the scroll bar."""
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(_MARGIN_PX, top_px, _MARGIN_PX + _SCROLL_BAR_PX, 0)
    row.addStretch(1)
    row.addWidget(widget, 1000)
    row.addStretch(1)
    return holder


def _veil(parent: QWidget) -> QLabel:
    veil = named(QLabel("Drop files or folders to add them to the library", parent), "drop-veil")
    veil.setAlignment(Qt.AlignmentFlag.AlignCenter)
    veil.setTextFormat(Qt.TextFormat.PlainText)
    veil.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    veil.hide()
    return veil
