"""Why an answer is as it is: what was searched for, what came near and how near, and what the checks found.

Here the scores are numbers, for readers who want to know; everywhere else they are words.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QFont, QPalette
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from desktop_app.answer_words import certainty_words, likelihood_words, missing_words, quote_words, verdict_words
from desktop_app.buttons import QuietButton
from desktop_app.inert_text import Caption, InertText
from desktop_app.prose_view import struck_out
from desktop_app.quote_card import HitCard
from desktop_app.reason_bars import ReasonBars
from desktop_app.theme import Theme, ThemeSource
from desktop_app.wording import finish_words, status_words, timing_words
from rag.generation import Finish
from rag.prompting import MOST_READ, build_prompt
from rag.types import Answer, ClaimStatus, Hit

_MOST_CANDIDATES = 20
_MOST_PROMPT_CHARS = 8_000


class WhyView(QWidget):
    """The panel "Why this answer". GUI thread only.

    Signals:
        hit_activated(int): index of a candidate among the hits that were given.
        close_requested(): the reader has seen enough.
    """

    hit_activated = Signal(int)
    close_requested = Signal()

    def __init__(self, themes: ThemeSource, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme: Theme = themes.theme
        self._shown: tuple[str, Answer, tuple[Hit, ...]] | None = None
        self._title = Caption("Why this answer")
        self._close = QuietButton("Close", is_muted=True)
        self._close.setAccessibleName("Close the explanation")
        self._close.clicked.connect(self.close_requested)
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._lay_out()
        themes.changed.connect(self._take_theme)
        self._take_theme(themes.theme)
        self.setAccessibleName("Why this answer")

    @property
    def close_button(self) -> QuietButton:
        return self._close

    def show_answer(self, question: str, answer: Answer, hits: Sequence[Hit]) -> None:
        """Explain an answer; `hits` are the passages that retrieval found for it, best first."""
        self._shown = (question, answer, tuple(hits))
        self._fill()

    def clear(self) -> None:
        self._shown = None
        self._scroll.setWidget(QWidget())

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(26, 24, 18, 6)
        head.addWidget(self._title, 1)
        head.addWidget(self._close)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(head)
        column.addWidget(self._scroll, 1)

    @Slot(object)
    def _take_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._title.setFont(theme.question)
        self._close.setFont(theme.small)
        self._fill()

    def _fill(self) -> None:
        if not self._shown:
            return
        question, answer, hits = self._shown
        page = QWidget()
        self._column = QVBoxLayout(page)
        self._column.setContentsMargins(26, 6, 26, 24)
        self._column.setSpacing(6)
        self._tell_search(question, answer)
        self._tell_verdict(answer)
        self._tell_reasons(answer)
        self._tell_quotes(answer)
        self._tell_prompt(answer)
        self._tell_claims(answer)
        self._tell_candidates(hits)
        self._tell_writing(answer)
        self._column.addStretch(1)
        self._scroll.setWidget(page)

    def _tell_search(self, question: str, answer: Answer) -> None:
        self._heading("Searched for")
        self._words(answer.standalone or question)
        if answer.standalone and answer.standalone != question:
            self._note(f"Made from your question “{question}” and the turns before it.")

    def _tell_verdict(self, answer: Answer) -> None:
        self._heading("Verdict")
        self._words(verdict_words(answer))
        certainty = certainty_words(answer) or likelihood_words(answer.confidence)
        self._note(
            f"Confidence {answer.confidence:.2f} of 1: {certainty}. "
            "The program decides from what it has measured; the model has no say in it."
        )
        if answer.missing and missing_words(answer.missing) not in verdict_words(answer):
            self._note(missing_words(answer.missing))

    def _tell_reasons(self, answer: Answer) -> None:
        if answer.reasons:
            self._heading("What moved the verdict")
            self._note("A bar to the right speaks for an answer in your sources, one to the left against it.")
            self._column.addWidget(ReasonBars(answer.reasons, self._theme))

    def _tell_quotes(self, answer: Answer) -> None:
        if answer.quotes:
            self._heading("Quotes")
        for number, quote in enumerate(answer.quotes, 1):
            self._words(f"{quote.score:.2f}   {quote.source.title}, characters {quote.span.start:,}–{quote.span.end:,}")
            self._last.setAccessibleName(f"Score {quote.score:.2f}: {quote_words(quote, number, len(answer.quotes))}")

    def _tell_prompt(self, answer: Answer) -> None:
        """What the model has read, which is no more than this."""
        if not answer.model or not answer.quotes:
            return
        read = answer.quotes[:MOST_READ]
        numbers = ", ".join(str(number) for number in range(1, len(read) + 1))
        self._heading("What the model was given")
        self._note(f"Its instruction, the question and the best quotes, as far as they fitted: {numbers}.")
        for message in build_prompt(answer.standalone, read):
            self._note(message.content[:_MOST_PROMPT_CHARS])

    def _tell_claims(self, answer: Answer) -> None:
        if answer.claims:
            self._heading("Sentences of the draft")
        for claim in answer.claims:
            self._words(claim.text)
            if claim.status is ClaimStatus.UNSUPPORTED:
                self._last.mark_all(struck_out(self._theme))
            cited = ", ".join(str(index + 1) for index in claim.quotes)
            against = f" (checked against {cited})" if cited else " (it cites no quote)"
            self._note(f"{status_words(claim)}{against}" + (f": {claim.reason}" if claim.reason else ""))

    def _tell_candidates(self, hits: Sequence[Hit]) -> None:
        if hits:
            self._heading("Passages that were considered")
            self._note("Fused score, then full-text score (BM25) and similarity of meaning (cosine); – is none.")
        for index, hit in enumerate(hits[:_MOST_CANDIDATES]):
            self._note(_scores(hit))
            card = HitCard(hit, self._theme)
            card.activated.connect(lambda index=index: self.hit_activated.emit(index))
            self._column.addWidget(card)

    def _tell_writing(self, answer: Answer) -> None:
        self._heading("How it was written")
        if answer.model:
            sampling = answer.sampling
            self._note(
                f"{answer.model}, temperature {sampling.temperature:g}, seed {sampling.seed}, "
                f"at most {sampling.max_tokens} tokens."
            )
        elif answer.finish is Finish.INTERRUPTED and answer.prose.strip():
            self._note("A model was writing when the answer broke off; its name is not known.")
        else:
            self._note("No model wrote anything.")
        ending = finish_words(answer.finish)
        self._note(timing_words(answer.timings, None) + (f" · {ending}" if ending else ""))

    def _heading(self, words: str) -> None:
        self._column.addSpacing(12)
        heading = Caption(words)
        heading.setFont(self._theme.strong)
        self._column.addWidget(heading)

    def _words(self, words: str) -> None:
        self._last = self._add(words, self._theme.body)

    def _note(self, words: str) -> None:
        note = self._add(words, self._theme.small)
        palette = note.palette()
        palette.setColor(QPalette.ColorRole.Text, self._theme.muted)
        note.setPalette(palette)

    def _add(self, words: str, font: QFont) -> InertText:
        text = InertText(words)
        text.setFont(font)
        text.setAccessibleName(words)
        self._column.addWidget(text)
        return text


def _scores(hit: Hit) -> str:
    lexical = "–" if hit.lexical is None else f"{hit.lexical:.1f}"
    similarity = "–" if hit.similarity is None else f"{hit.similarity:.2f}"
    return f"{hit.score:.2f}   full text {lexical}   similarity {similarity}"
