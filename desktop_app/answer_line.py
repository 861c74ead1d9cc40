"""The very words that answer, cut out of a quote: large, above the quotes, with where they stand and who says them."""

from __future__ import annotations

from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop_app.answer_words import attribution_words, where_words
from desktop_app.inert_text import Caption, InertText
from desktop_app.pressable import Pressable
from desktop_app.theme import Theme
from rag.types import Quote


class AnswerLine(Pressable):
    """An answer in the words of a source. `number` is that of the quote which holds them, None where none does."""

    def __init__(
        self, span: Quote, speaker: str | None, number: int | None, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, parent)
        self._words = InertText(span.text, line_height_percent=120)
        self._words.clicked.connect(self.activated)
        said = f"{speaker} says, in " if speaker else ""
        cited = f" · quote {number}" if number is not None else ""
        self._where = Caption(
            f"{said}{where_words(span)}{cited}",
            colour_role=QPalette.ColorRole.PlaceholderText,
            most_lines=2,
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 10, 14, 11)
        column.setSpacing(4)
        column.addWidget(self._words)
        column.addWidget(self._where)
        name = f"The answer, {attribution_words(span, speaker)}: {span.text}"
        self.setAccessibleName(name)
        self._words.setAccessibleName(name)
        self.setAccessibleDescription("Press Enter to open the source at these words")
        self.set_theme(theme)

    @property
    def words(self) -> InertText:
        """The widget with the words; they can be selected and copied."""
        return self._words

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._words.setFont(theme.answer)
        self._where.setFont(theme.small)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        ground = self._theme.hover if self._is_under_pointer else self._theme.sunken
        self.paint_ground(QPainter(self), ground, None)
