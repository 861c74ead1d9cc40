"""The line above the library's table: words to find, and narrow choices of kind, language and year.

It filters rows it is handed and keeps none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QPushButton, QWidget

from desktop_app.inert_text import plain_label
from desktop_app.library_rows import DocumentRow, TableRow
from desktop_app.window_style import named

_MOST_CHOICES = 24
_NONE = "None given"


@dataclass(frozen=True, slots=True)
class Filter:
    """What rows are wanted: `words` all of them, and where they are set, of this kind, language and year."""

    words: tuple[str, ...] = ()
    kind: str | None = None
    language: str | None = None
    year: str | None = None

    def found(self, rows: Iterable[TableRow]) -> tuple[TableRow, ...]:
        """The rows that hold every word."""
        if not self.words:
            return tuple(rows)
        return tuple(row for row in rows if all(word in row.haystack for word in self.words))

    def documents(self, rows: Iterable[DocumentRow]) -> tuple[TableRow, ...]:
        """The documents that are wanted."""
        return self.found(
            row
            for row in rows
            if (self.kind is None or row.kind == self.kind)
            and (self.language is None or row.language == self.language)
            and (self.year is None or row.year == self.year)
        )

    @property
    def is_empty(self) -> bool:
        return self == Filter()


class ChoiceButton(QPushButton):
    """A narrow choice: its name while everything is wanted, otherwise what is; the menu counts what there is.

    Signals:
        changed()
    """

    changed = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("filter-choice")
        self.setAutoDefault(False)
        self._name = name
        self._values: Callable[[], Iterable[str]] = tuple
        self.chosen: str | None = None
        self._menu = QMenu(self)
        self._menu.aboutToShow.connect(self._fill)
        self.clicked.connect(self._open)
        self._show_choice()

    def offer(self, values: Callable[[], Iterable[str]]) -> None:
        """Where to ask for the values that there are, each as often as it occurs."""
        self._values = values

    def choose(self, value: str | None) -> None:
        """Want this one only; None wants all."""
        if value == self.chosen:
            return
        self.chosen = value
        self._show_choice()
        self.changed.emit()

    @property
    def choices(self) -> tuple[str, ...]:
        """The menu as it would open now."""
        self._fill()
        return tuple(action.text() for action in self._menu.actions() if action.text())

    @Slot()
    def _open(self) -> None:
        self._menu.popup(self.mapToGlobal(self.rect().bottomLeft()))

    @Slot()
    def _fill(self) -> None:
        self._menu.clear()
        group = QActionGroup(self._menu)
        everything = self._menu.addAction(f"Any {self._name.lower()}")
        everything.triggered.connect(partial(self.choose, None))
        self._menu.addSeparator()
        actions: list[tuple[QAction, str | None]] = [(everything, None)]
        for value, count in _most_wanted(self._values(), is_year=self._name == "Year"):
            action = self._menu.addAction(plain_label(f"{value or _NONE} ({count:,})"))
            action.triggered.connect(partial(self.choose, value))
            actions.append((action, value))
        for action, wanted in actions:
            action.setCheckable(True)
            group.addAction(action)
            action.setChecked(wanted == self.chosen)

    def _show_choice(self) -> None:
        words = self._name if self.chosen is None else self.chosen or f"No {self._name.lower()}"
        self.setText(f"{plain_label(words)} ▾")
        self.setAccessibleName(f"{self._name}: {'any' if self.chosen is None else words}")
        self.setProperty("narrowed", self.chosen is not None)
        self.style().unpolish(self)
        self.style().polish(self)


class FilterBar(QWidget):
    """The filter box and the choices beside it.

    Signals:
        changed(): another Filter holds.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.box = named(QLineEdit(self), "search-box")
        self.box.setPlaceholderText("Filter by title, author, date, file, kind or language")
        self.box.setAccessibleName("Filter documents")
        self.box.setToolTip("Every word must be found (Ctrl+F)")
        self.box.setClearButtonEnabled(True)
        self.kind = ChoiceButton("Kind", self)
        self.language = ChoiceButton("Language", self)
        self.year = ChoiceButton("Year", self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.box, 1)
        self.box.textChanged.connect(self._tell)
        for choice in self._choices:
            layout.addWidget(choice)
            choice.changed.connect(self._tell)

    @property
    def _choices(self) -> tuple[ChoiceButton, ChoiceButton, ChoiceButton]:
        return self.kind, self.language, self.year

    @property
    def filter(self) -> Filter:
        words = tuple(self.box.text().casefold().split())
        return Filter(words, self.kind.chosen, self.language.chosen, self.year.chosen)

    def offer(self, rows: Callable[[], Sequence[DocumentRow]]) -> None:
        """Where to ask for the documents of which a choice is made."""
        self.kind.offer(lambda: (row.kind for row in rows()))
        self.language.offer(lambda: (row.language for row in rows()))
        self.year.offer(lambda: (row.year for row in rows()))

    def set_words_only(self, *, is_words_only: bool) -> None:
        """Whether the choices make no sense where the reader is."""
        for choice in self._choices:
            choice.setVisible(not is_words_only)

    @Slot()
    def clear(self) -> None:
        """Want everything."""
        blocked = self.blockSignals(True)
        self.box.clear()
        for choice in self._choices:
            choice.choose(None)
        self.blockSignals(blocked)
        self.changed.emit()

    @Slot()
    def _tell(self) -> None:
        self.changed.emit()


def _most_wanted(values: Iterable[str], *, is_year: bool) -> list[tuple[str, int]]:
    """The values that occur most, years from the latest on, others by name; what is without comes last."""
    counts = Counter(values)
    common = counts.most_common(len(counts) if is_year else _MOST_CHOICES)
    ordered = sorted(common, key=lambda one: one[0], reverse=is_year)
    return [one for one in ordered if one[0]] + [one for one in ordered if not one[0]]
