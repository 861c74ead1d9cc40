"""The line at the foot of the window: engines, indexing, the library's size, and that the program is offline.

It shows what it is told; it knows nothing of threads and asks nobody.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QSizePolicy, QWidget

from desktop_app.window_style import named
from desktop_app.workbench import EngineState, EngineStatus, IndexState
from rag.types import IngestProgress, Stage

OFFLINE_TOOLTIP = (
    "Nothing leaves this computer: this program opens no network connection. "
    "Your texts, your questions and the models stay where they are."
)
_ENGINES = {"chat": "Language model", "search": "Search", "indexer": "Indexer"}
_WORDS_ALREADY = "words can be searched already"
_SUMMARY_MS = 30_000
PAUSE, RESUME = "Pause", "Resume"


class EngineLabel(QWidget):
    """One engine: its state in words, a coloured point, and a button where it needs one.

    Signals:
        restart_requested(engine)
    """

    restart_requested = Signal(str)

    def __init__(self, engine: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._engine = engine
        self._is_ready = self._is_brief = False
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
        self._is_ready = state.status is EngineStatus.READY
        is_quiet = state.status in (EngineStatus.READY, EngineStatus.ASLEEP) and state.engine != "chat"
        self.setVisible(not is_quiet)
        self.set_brief(self._is_brief)

    def set_brief(self, is_brief: bool) -> None:
        """Leave the words of an engine that is ready to the tooltip of its point, for something else needs the room."""
        self._is_brief = is_brief
        self._label.setVisible(not (is_brief and self._is_ready))
        self.setToolTip(self._label.text())

    @Slot()
    def _ask_restart(self) -> None:
        self.restart_requested.emit(self._engine)


class FittingLabel(QLabel):
    """A line in several lengths, of which the longest that fits is shown; the tooltip has it whole.

    Where not even the shortest fits, that is cut at its end.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._choices: tuple[str, ...] = ("",)

    def show_one_of(self, choices: Sequence[str], tooltip: str = "") -> None:
        """Show the first of these that fits; they say less and less."""
        self._choices = tuple(choices)
        self.setToolTip(tooltip or self._choices[0])
        self.setAccessibleName(self._choices[0])
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        metrics, room_px = self.fontMetrics(), self.contentsRect().width()
        fitting = (words for words in self._choices if metrics.horizontalAdvance(words) <= room_px)
        shortest = metrics.elidedText(self._choices[-1], Qt.TextElideMode.ElideRight, room_px)
        self.setText(next(fitting, shortest))


class StatusLine(QFrame):
    """Everything that goes on, in one line.

    Signals:
        restart_requested(engine), pause_requested(), cancel_requested(), details_requested(), library_requested();
        pause_requested also stands for the opposite, whichever the button offers.
    """

    restart_requested = Signal(str)
    pause_requested = Signal()
    cancel_requested = Signal()
    details_requested = Signal()
    library_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("status-line")
        self._engines: dict[str, EngineLabel] = {}
        self._summary = ""
        self._has_details = False
        self._n_unlearnt = 0
        self._summary_timer = QTimer(self, singleShot=True, interval=_SUMMARY_MS)
        self._summary_timer.timeout.connect(self._drop_summary)
        self._left = QHBoxLayout()
        self._left.setSpacing(16)
        self.activity = named(FittingLabel(self), "activity")
        self.bar = QProgressBar(self, textVisible=False)
        self.bar.setAccessibleName("Progress of indexing")
        self.pause_button = named(QPushButton(PAUSE, self), "status-button")
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
        self.pause_button.clicked.connect(self.pause_requested)
        self.cancel_button.clicked.connect(self.cancel_requested)
        self.details_button.clicked.connect(self.details_requested)
        self.library_button.clicked.connect(self.library_requested)
        self.show_library_size(0)
        self.clear_activity()

    def _lay_out(self) -> None:
        self.bar.setFixedSize(110, 6)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 3, 14, 3)
        layout.setSpacing(12)
        layout.addLayout(self._left)
        layout.addSpacing(4)
        layout.addWidget(self.bar)
        layout.addWidget(self.activity, 1)
        buttons = (self.details_button, self.pause_button, self.cancel_button, self.library_button)
        for button in buttons:
            button.setFlat(True)
            layout.addWidget(button)
        layout.addWidget(self.offline)

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

    def show_progress(self, progress: IngestProgress, time_left: str) -> None:
        """Show how far the reading or the learning is; the outcome of a reading stands before the latter."""
        if progress.stage is Stage.READING:
            self._forget_summary()
        self._show_bar(progress.done, progress.total)
        how_far = _how_far(progress)
        words = " · ".join(part for part in (how_far, time_left) if part)
        if progress.stage is Stage.READING:
            self._show_activity([words, how_far], tooltip=progress.name)
        else:
            reassured = f"{words} · {_WORDS_ALREADY}"
            self._show_activity([self._after_summary(reassured), reassured, words])
        self._offer(PAUSE, "Pause reading and learning (Ctrl+Shift+P)", may_cancel=True)

    def show_held(self, progress: IngestProgress | None, why: str, button: str) -> None:
        """Show that nothing goes on, why, how far it was, and how it can go on."""
        where = _how_far_held(progress) if progress is not None else ""
        words = " · ".join(part for part in (why, where) if part)
        more = _WORDS_ALREADY if progress is not None and progress.stage is Stage.EMBEDDING else ""
        if progress is not None:
            self._show_bar(progress.done, progress.total)
        self._show_activity([" · ".join(part for part in (words, more) if part), words, why])
        self.bar.setVisible(progress is not None)
        self._offer(button, f"{button} (Ctrl+Shift+P)", may_cancel=True)

    def show_looking(self) -> None:
        """Say that files are looked for, which may take a while in a large folder."""
        self._forget_summary()
        self._show_activity(["Looking for files…"])
        self._offer("", "", may_cancel=True)

    def show_cancelling(self) -> None:
        """Say that the wish to cancel was heard."""
        self._show_activity(["Stopping…"])
        self._offer("", "", may_cancel=False)

    def show_summary(self, text: str, *, has_details: bool) -> None:
        """Show how a reading ended; what has no details to look at leaves after a while."""
        self._summary, self._has_details = text, has_details
        self._show_outcome()
        if not has_details:
            self._summary_timer.start()

    def show_unlearnt(self, count: int) -> None:
        """Show how many passages lack their vectors, quietly and for as long as that is so."""
        self._n_unlearnt = count
        self._show_outcome()

    def show_following(self, state: IndexState) -> None:
        """Show how far the index has come, after the outcome of the last reading if that stands there."""
        if state.is_ready:
            self._show_outcome()
            return
        words = f"Index {state.n_indexed:,} of {state.n_passages:,}, questions work meanwhile"
        self._show_bar(state.n_indexed, state.n_passages)
        self._show_activity([self._after_summary(words), words])
        self._offer("", "", may_cancel=False)

    @Slot()
    def clear_activity(self) -> None:
        """Nothing goes on, and nothing of the past is worth a word."""
        self._forget_summary()
        self._show_outcome()

    def _forget_summary(self) -> None:
        self._summary_timer.stop()
        self._summary, self._has_details = "", False

    @Slot()
    def _drop_summary(self) -> None:
        self._forget_summary()
        if self._is_quiet:
            self._show_outcome()

    @property
    def _is_quiet(self) -> bool:
        """Whether nothing is shown but what was."""
        return not self.bar.isVisibleTo(self) and not self.cancel_button.isVisibleTo(self)

    def _after_summary(self, words: str) -> str:
        return f"{self._summary} · {words}" if self._summary else words

    def _show_outcome(self) -> None:
        """Nothing goes on; what was, and what is still to do."""
        unlearnt = _unlearnt(self._n_unlearnt)
        words = " · ".join(part for part in (self._summary, unlearnt) if part)
        self._show_activity([words, unlearnt or self._summary])
        for label in self._engines.values():
            label.set_brief(False)
        self.bar.setVisible(False)
        self._offer(RESUME if self._n_unlearnt else "", "Learn their meaning now (Ctrl+Shift+P)", may_cancel=False)

    def _show_bar(self, done: int, total: int) -> None:
        self.bar.setMaximum(max(1, total))
        self.bar.setValue(done)

    def _show_activity(self, choices: Sequence[str], tooltip: str = "") -> None:
        for label in self._engines.values():
            label.set_brief(True)
        self.activity.show_one_of(choices, tooltip)
        self.bar.setVisible(True)
        self.details_button.setVisible(self._has_details)
        self.details_button.setToolTip(self._summary)

    def _offer(self, pause: str, tooltip: str, *, may_cancel: bool) -> None:
        """The button that pauses, or goes on; none where `pause` is empty."""
        self.pause_button.setText(pause)
        self.pause_button.setToolTip(tooltip)
        self.pause_button.setAccessibleName(tooltip.partition(" (")[0])
        self.pause_button.setVisible(bool(pause))
        self.cancel_button.setVisible(may_cancel)


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


def _how_far(progress: IngestProgress) -> str:
    if progress.stage is Stage.EMBEDDING:
        return f"Learning the meaning of {progress.done:,} of {progress.total:,} passages"
    return f"Reading {min(progress.done + 1, progress.total):,} of {progress.total:,}"


def _how_far_held(progress: IngestProgress) -> str:
    if progress.stage is Stage.EMBEDDING:
        return f"the meaning of {progress.done:,} of {progress.total:,} passages is learnt"
    return f"{progress.done:,} of {progress.total:,} read"


def _unlearnt(count: int) -> str:
    if not count:
        return ""
    found = "1 passage is" if count == 1 else f"{count:,} passages are"
    return f"{found} found by words, not yet by meaning"


def _plain_label(parent: QWidget) -> QLabel:
    label = QLabel(parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label
