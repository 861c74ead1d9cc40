"""The line at the foot of the window: engines, indexing, the library's size, and that the program is offline.

It shows what it is told; it knows nothing of threads and asks nobody.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QSizePolicy, QWidget

from desktop_app.window_style import named
from desktop_app.workbench import EngineState, EngineStatus, IndexState
from rag.types import IngestProgress

OFFLINE_TOOLTIP = (
    "Nothing leaves this computer: this program opens no network connection. "
    "Your texts, your questions and the models stay where they are."
)
_ENGINES = {"chat": "Language model", "search": "Search", "indexer": "Indexer"}
_FEWEST_FILES_FOR_AN_ESTIMATE = 3
_SHORTEST_RUN_FOR_AN_ESTIMATE_S = 5.0
_SUMMARY_MS = 30_000


class EngineLabel(QWidget):
    """One engine: its state in words, a coloured point, and a button where it needs one.

    Signals:
        restart_requested(engine)
    """

    restart_requested = Signal(str)

    def __init__(self, engine: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._engine = engine
        self._point = named(QLabel("●", self), "engine-point")
        self._label = _plain_label(self)
        self._button = named(QPushButton("Restart", self), "status-button")
        self._button.setAccessibleName(f"Restart: {_ENGINES.get(engine, engine)}")
        self._button.clicked.connect(self._ask_restart)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(5)
        for widget in (self._point, self._label, self._button):
            layout.addWidget(widget)
        self.hide()

    @property
    def text(self) -> str:
        return self._label.text()

    def show_state(self, state: EngineState) -> None:
        """Engines that are ready and not the chat model need no words."""
        self._label.setText(engine_text(state))
        self.setAccessibleName(self._label.text())
        self._point.setProperty("status", state.status.value)
        self._point.style().unpolish(self._point)
        self._point.style().polish(self._point)
        self._button.setVisible(state.status is EngineStatus.GIVEN_UP)
        is_quiet = state.status in (EngineStatus.READY, EngineStatus.ASLEEP) and state.engine != "chat"
        self.setVisible(not is_quiet)

    @Slot()
    def _ask_restart(self) -> None:
        self.restart_requested.emit(self._engine)


class StatusLine(QFrame):
    """Everything that goes on, in one line.

    Signals:
        restart_requested(engine), cancel_requested(), details_requested(), library_requested()
    """

    restart_requested = Signal(str)
    cancel_requested = Signal()
    details_requested = Signal()
    library_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("status-line")
        self._engines: dict[str, EngineLabel] = {}
        self._summary = ""
        self._summary_timer = QTimer(self, singleShot=True, interval=_SUMMARY_MS)
        self._summary_timer.timeout.connect(self._drop_summary)
        self._left = QHBoxLayout()
        self._left.setSpacing(16)
        self.activity = _plain_label(self)
        self.activity.setObjectName("activity")
        self.activity.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.bar = QProgressBar(self, textVisible=False)
        self.bar.setAccessibleName("Progress of indexing")
        self.cancel_button = named(QPushButton("Cancel", self), "status-button")
        self.cancel_button.setAccessibleName("Cancel adding files")
        self.details_button = named(QPushButton("Details", self), "status-button")
        self.library_button = named(QPushButton(self), "status-button")
        self.library_button.setToolTip("Open the library (Ctrl+L)")
        self.offline = _plain_label(self)
        self.offline.setObjectName("offline-badge")
        self.offline.setText("Offline")
        self.offline.setToolTip(OFFLINE_TOOLTIP)
        self.offline.setAccessibleDescription(OFFLINE_TOOLTIP)
        self._lay_out()
        self.cancel_button.clicked.connect(self.cancel_requested)
        self.details_button.clicked.connect(self.details_requested)
        self.library_button.clicked.connect(self.library_requested)
        self.show_library_size(0)
        self.clear_activity()

    def _lay_out(self) -> None:
        self.bar.setFixedSize(140, 6)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 3, 14, 3)
        layout.setSpacing(12)
        layout.addLayout(self._left)
        layout.addSpacing(4)
        layout.addWidget(self.bar)
        layout.addWidget(self.activity, 1)
        for widget in (self.cancel_button, self.details_button, self.library_button, self.offline):
            layout.addWidget(widget)
        for button in (self.cancel_button, self.details_button, self.library_button):
            button.setFlat(True)

    def show_engine(self, state: EngineState) -> None:
        """Show where an engine stands."""
        if state.engine not in self._engines:
            label = EngineLabel(state.engine, self)
            label.restart_requested.connect(self.restart_requested)
            self._engines[state.engine] = label
            self._left.addWidget(label)
        self._engines[state.engine].show_state(state)

    def engine_text(self, engine: str) -> str:
        """What is shown of an engine; empty if it was never heard of."""
        return self._engines[engine].text if engine in self._engines else ""

    def show_library_size(self, n_documents: int) -> None:
        """Show how many documents there are."""
        self.library_button.setText("1 document" if n_documents == 1 else f"{n_documents:,} documents")
        self.library_button.setAccessibleName(f"Library: {self.library_button.text()}")

    def show_progress(self, progress: IngestProgress, elapsed_s: float) -> None:
        """Show the file at hand, its number, and the time left where that can be said."""
        self._summary = ""
        self.bar.setMaximum(max(1, progress.total))
        self.bar.setValue(progress.done)
        at = min(progress.done + 1, progress.total)
        words = [f"Reading {at:,} of {progress.total:,}", progress.name, time_left(progress, elapsed_s)]
        self._show_activity(" · ".join(word for word in words if word), is_busy=True)
        self.cancel_button.setVisible(True)

    def show_cancelling(self) -> None:
        """Say that the wish to cancel was heard."""
        self.cancel_button.setVisible(False)
        self._show_activity("Stopping after this file…", is_busy=True)

    def show_summary(self, text: str, *, has_details: bool) -> None:
        """Show how an ingest ended; what has no details to look at leaves after a while."""
        self._summary = text
        self._show_activity(text, is_busy=False)
        self.details_button.setVisible(has_details)
        if not has_details:
            self._summary_timer.start()

    def show_following(self, state: IndexState) -> None:
        """Show how far the index has come, after the outcome of the last ingest if that stands there."""
        has_details = self.details_button.isVisibleTo(self)
        words = "" if state.is_ready else f"Index {state.n_indexed:,} of {state.n_passages:,}, questions work meanwhile"
        self.bar.setMaximum(max(1, state.n_passages))
        self.bar.setValue(state.n_indexed)
        self._show_activity(" · ".join(part for part in (self._summary, words) if part), is_busy=not state.is_ready)
        self.details_button.setVisible(has_details)
        if state.is_ready and self._summary and not has_details:
            self._summary_timer.start()

    @Slot()
    def clear_activity(self) -> None:
        """Nothing goes on."""
        self._summary = ""
        self._show_activity("", is_busy=False)

    @Slot()
    def _drop_summary(self) -> None:
        if self.activity.text() == self._summary:
            self.clear_activity()

    def _show_activity(self, text: str, *, is_busy: bool) -> None:
        self._summary_timer.stop()
        self.activity.setText(text)
        self.activity.setToolTip(text)
        self.bar.setVisible(is_busy)
        self.cancel_button.setVisible(False)
        self.details_button.setVisible(False)


def engine_text(state: EngineState) -> str:
    """An engine's state in words a reader understands."""
    name = _ENGINES.get(state.engine, state.engine)
    detail = state.detail or name
    match state.status:
        case EngineStatus.LOADING:
            return f"{detail} loading…"
        case EngineStatus.READY:
            return f"{detail} ready"
        case EngineStatus.ASLEEP:
            return f"{detail} starts when needed"
        case EngineStatus.GIVEN_UP:
            return f"{name} stopped"


def time_left(progress: IngestProgress, elapsed_s: float) -> str:
    """About how long it will take yet; empty while nobody can know."""
    left = progress.total - progress.done
    if progress.done < _FEWEST_FILES_FOR_AN_ESTIMATE or elapsed_s < _SHORTEST_RUN_FOR_AN_ESTIMATE_S or left <= 0:
        return ""
    left_s = elapsed_s / progress.done * left
    if left_s < 50:
        return f"about {max(5, round(left_s / 5) * 5)} s left"
    if left_s < 3600:
        return f"about {max(1, round(left_s / 60))} min left"
    return f"about {left_s / 3600:.1f} h left"


def _plain_label(parent: QWidget) -> QLabel:
    label = QLabel(parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label
