"""What stands above the quotes: the verdict, the words that answer, the values that differ, what a survey gave."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop_app.answer_line import AnswerLine
from desktop_app.answer_words import (
    certainty_words,
    holding_quote,
    is_counted,
    period_words,
    speaker_of,
    survey_words,
    verdict_words,
)
from desktop_app.inert_text import Caption, InertText
from desktop_app.marks import VerdictMark
from desktop_app.positions_view import PositionsView
from desktop_app.survey_view import SurveyView
from desktop_app.theme import Theme
from rag.types import Answer, Verdict

_Part = AnswerLine | PositionsView | SurveyView


class AnswerHead(QWidget):
    """The verdict in plain words, and under it whatever of the answer can be said in the sources' own words.

    Signals:
        span_activated(): the place of the words that answer is to be opened.
        quote_activated(int): index of a quote among the answer's.
        document_activated(str): id of a document that is to be opened.
    """

    span_activated = Signal()
    quote_activated = Signal(int)
    document_activated = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._shown: tuple[object, ...] = ()
        self._parts: list[_Part] = []
        self._verdict = _VerdictLine(theme)
        self._counted = InertText()
        self._counted.hide()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(10)
        for part in (self._verdict, self._counted):
            self._column.addWidget(part)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._counted.setFont(theme.body)
        self._verdict.set_theme(theme)
        for part in self._parts:
            part.set_theme(theme)

    def show_answer(self, answer: Answer) -> None:
        """Show what an answer says; parts that are the same are kept, so that nothing jumps."""
        self._verdict.show_answer(answer)
        counted = survey_words(answer.survey) if answer.survey and not is_counted(answer) else ""
        self._counted.set_text(counted)
        self._counted.setVisible(bool(counted))
        wanted = (answer.span, answer.positions, answer.survey, answer.quotes)
        if wanted != self._shown:
            self._shown = wanted
            self._replace_parts(answer)

    def _replace_parts(self, answer: Answer) -> None:
        for part in self._parts:
            self._column.removeWidget(part)
            part.hide()
            part.deleteLater()
        self._parts = self._made_parts(answer)
        for part in self._parts:
            self._column.addWidget(part)
            part.show()  # a layout leaves out what was never told to show itself

    def _made_parts(self, answer: Answer) -> list[_Part]:
        parts: list[_Part] = []
        if answer.span is not None:
            index = holding_quote(answer, answer.span)
            number = None if index is None else index + 1
            line = AnswerLine(answer.span, speaker_of(answer, answer.span), number, self._theme, self)
            line.activated.connect(self.span_activated)
            parts.append(line)
        if answer.positions:
            positions = PositionsView(answer.positions, answer.quotes, self._theme, self)
            positions.quote_activated.connect(self.quote_activated)
            parts.append(positions)
        if answer.survey is not None and answer.survey.holding:
            survey = SurveyView(answer.survey.holding, self._theme, self)
            survey.document_activated.connect(self.document_activated)
            parts.append(survey)
        return parts


class _VerdictLine(QWidget):
    """The verdict with its mark, how sure it is, and below it the time that the question asked about."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._mark = VerdictMark(Verdict.ANSWERED, theme)
        self._words = InertText()
        self._period = Caption(colour_role=QPalette.ColorRole.PlaceholderText)
        self._period.hide()
        self._certainty = Caption(colour_role=QPalette.ColorRole.PlaceholderText)
        column = QVBoxLayout()
        column.setSpacing(1)
        column.addWidget(self._words)
        column.addWidget(self._period)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(column, 1)
        row.addWidget(self._certainty, 0, Qt.AlignmentFlag.AlignTop)

    def set_theme(self, theme: Theme) -> None:
        self._mark.set_theme(theme)
        self._words.setFont(theme.body)
        self._period.setFont(theme.small)
        self._certainty.setFont(theme.small)

    def show_answer(self, answer: Answer) -> None:
        words = verdict_words(answer)
        self._mark.show_verdict(Verdict.ANSWERED if is_counted(answer) else answer.verdict)
        self._words.set_text(words)
        self._words.setAccessibleName(words)
        period = period_words(answer.period)
        self._period.set_text(period)
        self._period.setVisible(bool(period))
        self._certainty.set_text(certainty_words(answer))
