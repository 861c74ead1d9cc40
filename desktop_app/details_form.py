"""Corrects a document's title, author and date by hand; each field tells what the file itself says.

It saves nothing: it hands out a Correction.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from desktop_app.buttons import QuietButton
from desktop_app.inert_text import Caption
from desktop_app.one_line import on_one_line
from desktop_app.typed_dates import typed_date
from desktop_app.window_style import named
from desktop_app.wording import date_words
from rag.holdings import Correction
from rag.types import Source

_NO_DATE = "That is no date. Write 2024-03-05, March 2024, or 2024."
_AS_IN_FILE = "as the file says"


class CorrectedField(QWidget):
    """A field with what the file says below it, and a button that goes back to that."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._said: str | None = ""
        self._given_before: str | None = None
        self._text_before = ""
        self._is_reset = False
        self.caption = named(QLabel(name, self), "muted")
        self.box = QLineEdit(self)
        self.box.setAccessibleName(name)
        self.box.setMaxLength(1000)
        self.caption.setBuddy(self.box)
        self.hint = named(Caption("", self, most_lines=3), "field-hint")
        self.reset_button = QuietButton("Use the file’s", self)
        self.reset_button.setAutoDefault(False)
        self.reset_button.setAccessibleName(f"Use the file’s {name.lower()}")
        self.box.textEdited.connect(self._edit)
        self.reset_button.clicked.connect(self.reset)
        self._lay_out()

    def _lay_out(self) -> None:
        above = QHBoxLayout()
        above.addWidget(self.caption, 1)
        above.addWidget(self.reset_button)
        above.addStrut(self.reset_button.sizeHint().height())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 4)
        layout.setSpacing(3)
        layout.addLayout(above)
        layout.addWidget(self.box)
        layout.addWidget(self.hint)

    def begin(self, value: str, said: str | None, given: str | None) -> None:
        """Show what holds now.

        `said` is what the file says, None where that is not known any more; `given` what a person said before, None
        where nobody did.
        """
        self._said = None if said is None else on_one_line(said)
        self._given_before, self._is_reset = given, False
        self.box.setPlaceholderText("")
        self.box.setText(value)
        self._text_before = self.text
        self.box.setCursorPosition(0)
        self._refresh()

    @property
    def text(self) -> str:
        return on_one_line(self.box.text())

    @property
    def is_untouched(self) -> bool:
        """Whether it says what it said at first: what the box shows in another way, or cut, is no correction."""
        return not self._is_reset and self.text == self._text_before

    @property
    def given(self) -> str | None:
        """What a person says: None where it is what the file says, empty where it is taken away."""
        if self.is_untouched:
            return self._given_before
        return None if self._is_reset or self._written == self._said else self._written

    @property
    def _written(self) -> str | None:
        return self.text

    @Slot()
    def reset(self) -> None:
        """Go back to what the file says."""
        self._is_reset = True
        self.box.setText(self._said or "")
        if self._said is None:
            self.box.setPlaceholderText(_AS_IN_FILE)
        self._refresh()
        self.box.setFocus()

    @Slot()
    def _edit(self) -> None:
        self._is_reset = False
        self._refresh()

    def _refresh(self) -> None:
        self.hint.set_text(self._hint())
        self.hint.setVisible(bool(self._hint()))
        self.reset_button.setVisible(self.given is not None)

    def _hint(self) -> str:
        if self.given is None:
            return ""
        if self._said is None:
            return "Corrected earlier"
        return f"The file says: {self._said}" if self._said else "The file does not say."


class DateField(CorrectedField):
    """A date as people write it, understood while it is written."""

    @property
    def iso(self) -> str | None:
        """The date in ISO 8601, empty where there is none; None where it is not understood."""
        return typed_date(self.text) if self.text else ""

    @property
    def is_understood(self) -> bool:
        return self.is_untouched or self._is_reset or self.iso is not None

    @property
    def _written(self) -> str | None:
        return self.iso

    def _refresh(self) -> None:
        super()._refresh()
        self.hint.setProperty("warns", not self.is_understood)
        self.hint.style().unpolish(self.hint)
        self.hint.style().polish(self.hint)
        self.reset_button.setVisible(self.given is not None or not self.is_understood)

    def _hint(self) -> str:
        if not self.is_understood:
            return _NO_DATE
        said = self._said if self._said is None else date_words(self._said)
        words = f"The file says: {said}" if said else "The file does not say." if said == "" else "Corrected earlier"
        understood = date_words(self.iso) if self.text and self.text != self.iso else ""
        return " · ".join(filter(None, (understood, words if self.given is not None else "")))


class DetailsForm(QWidget):
    """The three fields; what is written in one of them is handed out when that is left, at the latest with Save.

    Signals:
        changed(Correction): another one than before; once more the first one where the reader cancels.
        closed(): the reader has done with it.
    """

    changed = Signal(object)
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._before = self._kept = Correction()
        self.title = CorrectedField("Title", self)
        self.author = CorrectedField("Author", self)
        self.date = DateField("Date", self)
        self.date.box.setPlaceholderText("2024-03-05, March 2024, or 2024")
        self.save_button = QPushButton("Save", self)
        self.cancel_button = QPushButton("Cancel", self)
        for button in (self.save_button, self.cancel_button):
            button.setAutoDefault(False)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click on Cancel must not save what is left by it
        self.save_button.clicked.connect(self.save)
        self.cancel_button.clicked.connect(self.cancel)
        for field in (self.title, self.author, self.date):
            field.box.editingFinished.connect(self.keep)
            field.box.returnPressed.connect(self.save)
            field.box.textChanged.connect(self._refresh)
        self._lay_out()

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        buttons.addWidget(self.cancel_button)
        buttons.addWidget(self.save_button)
        note = named(QLabel("The file itself is not changed.", self), "muted")
        note.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 14)
        layout.setSpacing(6)
        for field in (self.title, self.author, self.date):
            layout.addWidget(field)
        layout.addWidget(note)
        layout.addLayout(buttons)
        layout.addStretch(1)

    def begin(self, source: Source, correction: Correction, said: Source | None) -> None:
        """Show what holds of a document; `said` is what its file says, None where that is not known any more."""
        for field, value, given, own in (
            (self.title, source.title, correction.title, said.title if said else None),
            (self.author, source.author or "", correction.author, (said.author or "") if said else None),
            (self.date, source.date or "", correction.date, (said.date or "") if said else None),
        ):
            field.begin(value, value if given is None else own, given)
        self._before = self._kept = correction
        self.title.box.setFocus()
        self.title.box.selectAll()

    @property
    def correction(self) -> Correction:
        """What the fields say; a title cannot be taken away, and what is no date says nothing."""
        date = self.date.given if self.date.is_understood else self._kept.date
        return Correction(self.title.given or None, date, self.author.given)

    @Slot()
    def keep(self) -> None:
        """Hand out the correction where it is another one than before."""
        self._hand_out(self.correction)

    @Slot()
    def save(self) -> None:
        """Keep it and be done, unless the date is none."""
        if self.date.is_understood:
            self.keep()
            self.closed.emit()
        else:
            self.date.box.setFocus()
            self.date.box.selectAll()

    @Slot()
    def cancel(self) -> None:
        """Be done, with everything as it was when the form was opened."""
        self._hand_out(self._before)
        self.closed.emit()

    def _hand_out(self, correction: Correction) -> None:
        if correction != self._kept:
            self._kept = correction
            self.changed.emit(correction)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.cancel()
        else:
            super().keyPressEvent(event)

    @Slot()
    def _refresh(self) -> None:
        self.save_button.setEnabled(self.date.is_understood)
