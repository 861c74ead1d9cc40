"""The model's prose as a draft: growing while it is written, then sentence by sentence with the quotes it cites.

A sentence that the quotes do not carry is folded away; where the reader asks for it, it is shown struck out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette, QTextCharFormat
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop_app.buttons import NumberButton, QuietButton
from desktop_app.flow_layout import FlowLayout
from desktop_app.inert_text import Caption, InertText
from desktop_app.marks import StatusMark
from desktop_app.theme import Theme
from desktop_app.wording import count_words, status_words
from rag.types import Claim, ClaimStatus

_NUMBERS_IN_ROW = 4
_NEVER_CHECKED = "broken off before it was checked"
_CITATION = re.compile(r"\[\s*\d+(?:\s*[,;]\s*\d+)*\s*\]")
_AFTER_SENTENCE = re.compile(r"(?:[\s.!?…,;:'\"”’»)]|\[\s*\d+(?:\s*[,;]\s*\d+)*\s*\])*")
_SENTENCE_END = re.compile(r"[.!?…][\"”’»)]*\s")


class ClaimRow(QWidget):
    """One checked sentence: a mark, its words, and the numbers of its quotes.

    Signals:
        quote_activated(int): index of a quote among the answer's, from 0.
    """

    quote_activated = Signal(int)

    def __init__(self, claim: Claim, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._claim = claim
        self._theme = theme
        self._mark = StatusMark(claim.status, theme)
        self._mark.setToolTip(status_words(claim))
        self._words = InertText(claim.text)
        self._words.setAccessibleName(f"{claim.text} ({status_words(claim)})")
        self._note = Caption(_note(claim), colour_role=QPalette.ColorRole.WindowText)
        self._numbers = [self._number_button(index) for index in claim.quotes]
        self._lay_out()
        self.set_theme(theme)

    @property
    def claim(self) -> Claim:
        return self._claim

    @property
    def words(self) -> InertText:
        return self._words

    @property
    def note(self) -> str:
        """Why the sentence is not to be trusted; empty where it is."""
        return self._note.text()

    @property
    def numbers(self) -> list[NumberButton]:
        return list(self._numbers)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._mark.set_theme(theme)
        self._words.setFont(theme.body)
        self._note.setFont(theme.small)
        for button in self._numbers:
            button.setFont(theme.small)
        if self._claim.status is ClaimStatus.UNSUPPORTED:
            self._words.mark_all(struck_out(theme))
            palette = self._note.palette()
            palette.setColor(QPalette.ColorRole.WindowText, theme.warn)
            self._note.setPalette(palette)

    def _number_button(self, index: int) -> NumberButton:
        button = NumberButton(index + 1, f"Open quote {index + 1}")
        button.clicked.connect(lambda: self.quote_activated.emit(index))
        return button

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._words)
        if self._note.text():
            words.addWidget(self._note)
        else:
            self._note.setParent(self)
            self._note.hide()
        row.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        if len(self._numbers) <= _NUMBERS_IN_ROW:
            for button in self._numbers:
                row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        else:
            below = FlowLayout(gap=6)
            for button in self._numbers:
                below.addWidget(button)
            words.addLayout(below)


class ProseView(QWidget):
    """The draft under the quotes. Lives in the GUI thread.

    Signals:
        quote_activated(int): index of a quote among the answer's, from 0.
    """

    quote_activated = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._pending = ""
        self._rows: list[tuple[Claim, ClaimRow]] = []
        self._is_showing_unsupported = False
        self._heading = Caption(most_lines=2)
        self.name_model("")
        self._draft = InertText()
        self._draft.setAccessibleName("Draft being written, not yet checked")
        self._draft.hide()
        self._fold = QuietButton("", is_muted=True)
        self._fold.clicked.connect(self._toggle_unsupported)
        self._fold.hide()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self._claims = QVBoxLayout()
        self._claims.setSpacing(8)
        self._column.addWidget(self._heading)
        self._column.addLayout(self._claims)
        self._column.addWidget(self._draft)
        self._column.addWidget(self._fold, 0, Qt.AlignmentFlag.AlignLeft)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._heading.setFont(theme.strong)
        self._draft.setFont(theme.body)
        palette = self._draft.palette()
        palette.setColor(QPalette.ColorRole.Text, theme.muted)
        self._draft.setPalette(palette)
        self._fold.setFont(theme.small)
        for _claim, row in self._rows:
            row.set_theme(theme)

    @property
    def fold(self) -> QuietButton:
        """The button that shows and hides what the quotes do not carry."""
        return self._fold

    @property
    def draft_text(self) -> str:
        """What is written and not checked yet."""
        return self._pending

    def set_showing_unsupported(self, is_shown: bool) -> None:
        """Show or fold away what the quotes do not carry."""
        self._is_showing_unsupported = is_shown
        self._refold()

    def name_model(self, model: str) -> None:
        """Say which model writes; an empty name stands for one that is not known yet."""
        self._heading.set_text(f"Draft by {model or 'the model'}, checked against the quotes")

    def append_delta(self, text: str) -> None:
        """Show a further piece of the prose as it is written, marks included."""
        self._pending += text
        self._draft.append_text(text)
        self._draft.setVisible(bool(self._pending.strip()))

    def show_checked(self, claim: Claim) -> None:
        """Put a checked sentence in the place of its draft."""
        self._pending = after_sentence(self._pending, claim.text)
        self._draft.set_text(self._pending)
        self._draft.setVisible(bool(self._pending.strip()))
        self._add(claim)
        self._refold()

    def show_claims(self, claims: Sequence[Claim], rest: str = "") -> None:
        """Replace everything by the finished sentences, and by what broke off after them and was never checked."""
        self._pending = rest
        self._draft.set_text(f"{rest} … ({_NEVER_CHECKED})" if rest else "")
        self._draft.setAccessibleName(f"{rest} ({_NEVER_CHECKED})" if rest else "")
        self._draft.setVisible(bool(rest))
        if [claim for claim, _row in self._rows] != list(claims):
            for _claim, row in self._rows:
                self._claims.removeWidget(row)
                row.hide()
                row.deleteLater()
            self._rows = []
            for claim in claims:
                self._add(claim)
        self._refold()

    def _add(self, claim: Claim) -> None:
        row = ClaimRow(claim, self._theme, self)
        row.quote_activated.connect(self.quote_activated)
        self._claims.addWidget(row)
        self._rows.append((claim, row))

    def _refold(self) -> None:
        unsupported = [row for claim, row in self._rows if claim.status is ClaimStatus.UNSUPPORTED]
        # Said for every row, because a layout leaves out what was never told to show itself.
        for claim, row in self._rows:
            row.setVisible(claim.status is not ClaimStatus.UNSUPPORTED or self._is_showing_unsupported)
        self._fold.setVisible(bool(unsupported))
        counted = count_words(len(unsupported), "unsupported sentence", "unsupported sentences")
        is_open = self._is_showing_unsupported
        self._fold.set_words(f"Hide {counted}" if is_open else f"{counted} hidden · Show")

    def _toggle_unsupported(self) -> None:
        self.set_showing_unsupported(not self._is_showing_unsupported)


def _note(claim: Claim) -> str:
    if claim.status is not ClaimStatus.UNSUPPORTED:
        return ""
    return f"{status_words(claim)}: {claim.reason}" if claim.reason else status_words(claim)


def struck_out(theme: Theme) -> QTextCharFormat:
    """How a sentence looks that no quote carries."""
    struck = QTextCharFormat()
    struck.setFontStrikeOut(True)
    struck.setForeground(theme.muted)
    return struck


def after_sentence(written: str, sentence: str) -> str:
    """What was written after `sentence`; marks and spacing may differ between the two."""
    bare = _CITATION.sub(lambda mark: " " * len(mark[0]), written)
    places = [place for place, character in enumerate(bare) if character.isalnum()]
    letters = "".join(bare[place] for place in places)
    wanted = "".join(filter(str.isalnum, sentence))
    found = letters.find(wanted)
    if wanted and found >= 0:
        end = _AFTER_SENTENCE.match(written, places[found + len(wanted) - 1] + 1)
        return written[end.end() :] if end else ""
    ends = list(_SENTENCE_END.finditer(written))
    return written[ends[-1].end() :] if ends else ""
