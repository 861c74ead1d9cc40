"""A transcript as a PDF on A4: real, selectable text, page numbers, an outline, and the transcript itself attached.

Text from documents only ever enters as plain characters, never as HTML or Markdown. Printing is meant for a child
process: this module imports Qt only once a printer is made. A character for which the machine has no font cannot be
painted; the attached `transcript.json` holds every quote to the character all the same.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from desktop_app import export_words as words
from desktop_app.disk import why
from desktop_app.exporting import PdfNotPrinted
from desktop_app.one_line import one_line
from desktop_app.pdf_outline import OutlineEntry, add_outline
from desktop_app.transcript import Exhibit, ExhibitKind, Transcript, exhibits_of, from_json
from rag.types import Answer, Claim, ClaimStatus, Turn

if TYPE_CHECKING:
    from PySide6.QtCore import QRectF
    from PySide6.QtGui import QGuiApplication, QPainter, QPdfWriter, QTextBlock, QTextBlockFormat, QTextCharFormat

_DOTS_PER_INCH = 300
_MARGIN_MM = 21.0
_FOOTER_PT = 26.0
_PAGE_HEIGHT_PT = 841.9
_POINTS_PER_MM = 72 / 25.4
_SANS = ["Segoe UI", "Helvetica Neue", "Noto Sans", "DejaVu Sans", "Sans Serif"]
_SERIF = ["Charter", "Georgia", "Noto Serif", "DejaVu Serif", "Serif"]
_INK, _SOFT, _ACCENT, _WARN = "#1d1f24", "#5d6068", "#1f5248", "#8a3f0c"
_ATTACHED = (
    "The file transcript.json, attached to this PDF, holds every quote to the character. "
    "Save it and run “seedbook verify” on it to check them."
)
# Places in Qt's range for properties of our own.
_STAYS_WITH_NEXT, _IS_QUOTE, _BOOKMARK = 0x100001, 0x100002, 0x100003


class PdfPrinter:
    """Prints transcripts; made once in a child process, in its main thread, where it starts Qt without a window."""

    def __init__(self) -> None:
        from PySide6.QtGui import QGuiApplication  # noqa: PLC0415 - Qt stays out of whoever only imports this module

        self._application: QGuiApplication | None = None
        if QGuiApplication.instance() is None:
            # Without a display Linux has no other platform; elsewhere only the native one finds the fonts.
            if sys.platform.startswith("linux"):
                os.environ["QT_QPA_PLATFORM"] = "offscreen"
            self._application = QGuiApplication(["seedbook-pdf"])

    def write(self, transcript_json: bytes, path: str) -> None:
        """Print a transcript, given as its canonical JSON, to `path`; an existing file there is written over.

        Raises:
            TranscriptError: the JSON is not a transcript.
            PdfNotPrinted: the file could not be written.
        """
        _print(from_json(transcript_json), transcript_json, path)


def _print(transcript: Transcript, transcript_json: bytes, path: str) -> None:
    from PySide6.QtGui import QPainter  # noqa: PLC0415

    try:
        # Qt would say nothing of why it cannot write.
        Path(path).write_bytes(b"")
        writer = _writer(transcript, transcript_json, path)
        painter = QPainter()
        if not painter.begin(writer):
            raise PdfNotPrinted(path, "Qt could not begin the file.")
        try:
            pages = _Pages(writer)
            pages.write(transcript)
            entries = pages.paint(painter, words.title_of(transcript))
        finally:
            painter.end()
        add_outline(path, entries)
    except OSError as exc:
        raise PdfNotPrinted(path, why(exc, Path(path))) from exc
    if not Path(path).read_bytes().rstrip().endswith(b"%%EOF"):
        raise PdfNotPrinted(path, "The disk may be full. Make room and try again.")


def _writer(transcript: Transcript, transcript_json: bytes, path: str) -> QPdfWriter:
    from PySide6.QtCore import QMarginsF  # noqa: PLC0415
    from PySide6.QtGui import QPageLayout, QPageSize, QPdfWriter  # noqa: PLC0415

    writer = QPdfWriter(path)
    writer.setResolution(_DOTS_PER_INCH)
    margins = QMarginsF(_MARGIN_MM, _MARGIN_MM, _MARGIN_MM, _MARGIN_MM)
    a4 = QPageSize(QPageSize.PageSizeId.A4)
    writer.setPageLayout(QPageLayout(a4, QPageLayout.Orientation.Portrait, margins, QPageLayout.Unit.Millimeter))
    writer.setTitle(words.title_of(transcript))
    writer.setCreator(f"Seedbook {transcript.program_version}")
    writer.addFileAttachment("transcript.json", transcript_json, "application/json")
    return writer


class _Pages:
    """A text document laid out on pages, and the painting of it."""

    def __init__(self, writer: QPdfWriter) -> None:
        from PySide6.QtCore import QSizeF  # noqa: PLC0415
        from PySide6.QtGui import QTextCursor, QTextDocument  # noqa: PLC0415

        self._writer = writer
        self._dots_per_pt = _DOTS_PER_INCH / 72
        self._document = QTextDocument()
        self._document.setUndoRedoEnabled(False)
        self._document.documentLayout().setPaintDevice(writer)
        self._document.setDocumentMargin(0)
        self._body = QSizeF(writer.width(), writer.height() - _FOOTER_PT * self._dots_per_pt)
        self._document.setPageSize(self._body)
        self._cursor = QTextCursor(self._document)
        self._is_first = True

    def write(self, transcript: Transcript) -> None:
        """Put the whole transcript into the document."""
        self._block(0, 2)
        self._add(words.title_of(transcript), 19, bold=True)
        self._block(0, 6)
        origin = f"Exported from Seedbook {transcript.program_version} on {words.when(transcript.exported_at)}"
        self._add(f"{origin} · {words.totals_words(transcript)}", 9, _SOFT)
        for number, turn in enumerate(transcript.conversation.turns, start=1):
            self._turn(turn, number)
        self._line(words.promise_words(), 8.5, _SOFT, before_pt=26)
        for line in (words.ocr_words(transcript), _ATTACHED):
            if line:
                self._line(line, 8.5, _SOFT)

    def paint(self, painter: QPainter, title: str) -> list[OutlineEntry]:
        """Paint every page with its number; returns the bookmarks."""
        self._keep_together()
        n_pages = self._document.pageCount()
        for page in range(n_pages):
            if page:
                self._writer.newPage()
            self._paint_page(painter, page, n_pages, title)
        return [self._entry(block) for block in self._blocks() if block.blockFormat().hasProperty(_BOOKMARK)]

    def _turn(self, turn: Turn, number: int) -> None:
        heading = words.heading_of(turn)
        self._block(18, 3, stays=True, bookmark=f"{number}. {heading}")
        self._add(f"{number}.  ", 13.5, _SOFT)
        self._add(heading, 13.5, bold=True)
        if heading != turn.question.strip():
            self._line(turn.question)
        self._line(f"Asked {words.when(turn.asked_at)}. {words.scope_words(turn)}".rstrip(), 9, _SOFT, stays=True)
        standalone = words.standalone_of(turn)
        if standalone is not None:
            self._line(f"Searched for: {standalone}", 9, _SOFT, stays=True)
        if turn.problem:
            self._line(f"Problem. {turn.problem}", 10, _WARN)
        if turn.answer is not None:
            self._answer(turn.answer, number)
        elif words.no_answer_words(turn):
            self._line(words.no_answer_words(turn), 10, _SOFT)

    def _answer(self, answer: Answer, turn: int) -> None:
        self._block(7, 2, stays=True)
        self._add(words.verdict_words(answer), 10.5, _ACCENT, bold=True)
        if words.missing_words(answer):
            self._line(words.missing_words(answer), 9, _SOFT, stays=True)
        if words.finish_words(answer):
            self._line(words.finish_words(answer), 10, _WARN, stays=True)
        for line in words.context_lines(answer):
            self._line(line, 9, _SOFT)
        for line in words.surveyed_lines(answer):
            self._line(f"•  \u2068{line}\u2069", 9.5, indent_pt=12)
        exhibits = exhibits_of(answer, turn)
        for kind, heading in words.HEADINGS.items():
            chosen = [exhibit for exhibit in exhibits if exhibit.kind is kind]
            if chosen:
                self._small_heading(heading)
            for exhibit in chosen:
                self._exhibit(exhibit, answer)
        self._prose(answer)
        self._line(words.writer_words(answer), 8.5, _SOFT, before_pt=6)

    def _exhibit(self, exhibit: Exhibit, answer: Answer) -> None:
        is_value = exhibit.kind in (ExhibitKind.ANSWER, ExhibitKind.POSITION)
        self._block(4, 3, stays=True, is_quote=True)
        # A line separator breaks the line and keeps the quote one paragraph, which keeps it on one page.
        self._add(exhibit.text.replace("\n", "\u2028"), 15 if is_value else 11, serif=True, bold=is_value)
        source = exhibit.source
        self._block(0, 0, indent_pt=12, stays=True)
        self._add(f"{words.label_words(exhibit)}  ", 8.5, _ACCENT, bold=True)
        self._add(f"\u2068{source.title or source.name}\u2069", 8.5, bold=True)
        author = f" · by \u2068{source.author}\u2069" if source.author else ""
        said = f" · said by \u2068{exhibit.speaker}\u2069" if exhibit.speaker else ""
        cited = words.position_words(answer, exhibit.number) if exhibit.kind is ExhibitKind.POSITION else ""
        self._add(f"{author}{said} · {source.date or 'no date'}{f' · {cited}' if cited else ''}", 8.5, _SOFT)
        place = [f"\u2068{exhibit.place}\u2069"] if exhibit.place else []
        parts = [f"\u2068{source.name}\u2069", *place, words.span_words(exhibit), *words.reading_words(exhibit)]
        self._line(" · ".join(parts), 8.5, _SOFT, indent_pt=12, stays=True)
        if source.path:
            self._line(source.path, 8.5, _SOFT, indent_pt=12, stays=True)
        if exhibit.also_in:
            self._line(words.copies_line(exhibit), 8.5, _SOFT, indent_pt=12, stays=True)
        self._line(f"sha256 {source.id}", 7.5, _SOFT, indent_pt=12, after_pt=9)

    def _prose(self, answer: Answer) -> None:
        unchecked = words.unchecked_prose(answer)
        if answer.claims or unchecked:
            self._small_heading("In the model’s words")
        if answer.claims:
            self._block(0, 3)
        for claim in answer.claims:
            self._claim(claim, answer)
        if unchecked:
            self._line(f"{words.UNCHECKED} {unchecked}", 10, _SOFT)

    def _claim(self, claim: Claim, answer: Answer) -> None:
        is_unsupported = claim.status is ClaimStatus.UNSUPPORTED
        self._add(claim.text, 10.5, struck_out=is_unsupported)
        cited = ", ".join(str(number) for number in words.cited_numbers(claim, answer))
        if cited:
            self._add(f" [{cited}]", 8.5, _ACCENT, bold=True)
        reason = f": {claim.reason}" if is_unsupported and claim.reason else ""
        self._add(f" ({words.claim_words(claim)}{reason}) ", 8, _WARN if is_unsupported else _SOFT, bold=is_unsupported)

    def _small_heading(self, text: str) -> None:
        self._line(text, 8.5, _SOFT, before_pt=10, after_pt=4, stays=True, bold=True)

    def _line(
        self,
        text: str,
        size_pt: float = 10.5,
        colour: str = _INK,
        *,
        before_pt: float = 0,
        after_pt: float = 1,
        indent_pt: float = 0,
        stays: bool = False,
        bold: bool = False,
    ) -> None:
        self._block(before_pt, after_pt, indent_pt=indent_pt, stays=stays)
        self._add(text.replace("\n", "\u2028"), size_pt, colour, bold=bold)

    def _block(
        self,
        before_pt: float,
        after_pt: float,
        *,
        indent_pt: float = 0,
        stays: bool = False,
        is_quote: bool = False,
        bookmark: str = "",
    ) -> None:
        """Begin a paragraph; `stays` keeps it on the page of the next one where that is possible."""
        from PySide6.QtGui import QTextBlockFormat  # noqa: PLC0415

        block = QTextBlockFormat()
        block.setTopMargin(before_pt * self._dots_per_pt)
        block.setBottomMargin(after_pt * self._dots_per_pt)
        inset = (12 if is_quote else indent_pt) * self._dots_per_pt
        block.setLeftMargin(inset)
        block.setRightMargin(inset if is_quote else 0)
        block.setLineHeight(128, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        block.setProperty(_STAYS_WITH_NEXT, stays)
        block.setProperty(_IS_QUOTE, is_quote)
        if bookmark:
            block.setProperty(_BOOKMARK, bookmark)
        self._begin(block)

    def _begin(self, block: QTextBlockFormat) -> None:
        if self._is_first:
            self._cursor.setBlockFormat(block)
            self._is_first = False
        else:
            self._cursor.insertBlock(block)

    def _add(
        self,
        text: str,
        size_pt: float,
        colour: str = _INK,
        *,
        bold: bool = False,
        serif: bool = False,
        struck_out: bool = False,
    ) -> None:
        self._cursor.insertText(text, self._format(size_pt, colour, bold, serif, struck_out))

    def _format(self, size_pt: float, colour: str, bold: bool, serif: bool, struck_out: bool) -> QTextCharFormat:
        from PySide6.QtGui import QColor, QFont, QTextCharFormat  # noqa: PLC0415

        font = QFont(_SERIF if serif else _SANS)
        font.setPointSizeF(size_pt)
        font.setBold(bold)
        # A ligature is one glyph for several letters; without it, text that is copied or searched has its letters.
        font.setFeature(QFont.Tag("liga"), 0)
        letters = QTextCharFormat()
        letters.setFont(font)
        letters.setForeground(QColor(colour))
        letters.setFontStrikeOut(struck_out)
        return letters

    def _blocks(self) -> list[QTextBlock]:
        blocks = []
        block = self._document.begin()
        while block.isValid():
            blocks.append(block)
            block = block.next()
        return blocks

    def _page_of(self, block: QTextBlock) -> int:
        return int(self._document.documentLayout().blockBoundingRect(block).top() // self._body.height())

    def _keep_together(self) -> None:
        """Move what must not end a page (headings, a quote without its source) to the next one."""
        from PySide6.QtGui import QTextCursor, QTextFormat  # noqa: PLC0415

        chain: list[QTextBlock] = []
        for block in self._blocks():
            chain.append(block)
            if block.blockFormat().boolProperty(_STAYS_WITH_NEXT):
                continue
            end = self._document.documentLayout().blockBoundingRect(block).bottom() - 1
            if int(end // self._body.height()) == self._page_of(chain[0]) + 1 and self._fits(chain):
                moved = chain[0].blockFormat()
                moved.setPageBreakPolicy(QTextFormat.PageBreakFlag.PageBreak_AlwaysBefore)
                QTextCursor(chain[0]).setBlockFormat(moved)
            chain = []

    def _fits(self, chain: list[QTextBlock]) -> bool:
        """Whether the blocks are short enough to be moved: a gap of more than half a page is worse than a break."""
        layout = self._document.documentLayout()
        height = layout.blockBoundingRect(chain[-1]).bottom() - layout.blockBoundingRect(chain[0]).top()
        return bool(height < self._body.height() / 2)

    def _paint_page(self, painter: QPainter, page: int, n_pages: int, title: str) -> None:
        from PySide6.QtCore import QRectF, Qt  # noqa: PLC0415
        from PySide6.QtGui import QColor  # noqa: PLC0415

        shown = QRectF(0, page * self._body.height(), self._body.width(), self._body.height())
        painter.save()
        painter.translate(0, -shown.top())
        self._document.drawContents(painter, shown)
        painter.setClipRect(shown)
        for block in self._blocks():
            rect = self._document.documentLayout().blockBoundingRect(block)
            if block.blockFormat().boolProperty(_IS_QUOTE) and rect.intersects(shown):
                self._paint_rule(painter, block, rect)
        painter.restore()
        painter.setFont(self._format(8, _SOFT, False, False, False).font())
        painter.setPen(QColor(_SOFT))
        foot = QRectF(0, self._body.height(), self._body.width(), self._writer.height() - self._body.height())
        bottom = Qt.AlignmentFlag.AlignBottom | Qt.TextFlag.TextSingleLine
        painter.drawText(foot, bottom | Qt.AlignmentFlag.AlignLeft, one_line(title, 70))
        painter.drawText(foot, bottom | Qt.AlignmentFlag.AlignRight, f"{page + 1} / {n_pages}")

    def _paint_rule(self, painter: QPainter, block: QTextBlock, rect: QRectF) -> None:
        """The line beside a quote, on the side where its text begins."""
        from PySide6.QtCore import QRectF, Qt  # noqa: PLC0415
        from PySide6.QtGui import QColor  # noqa: PLC0415

        width = 1.6 * self._dots_per_pt
        is_from_right = block.textDirection() == Qt.LayoutDirection.RightToLeft
        left = self._body.width() - width if is_from_right else 0
        painter.fillRect(QRectF(left, rect.top(), width, rect.height()), QColor(_ACCENT))

    def _entry(self, block: QTextBlock) -> OutlineEntry:
        page = self._page_of(block)
        top = self._document.documentLayout().blockBoundingRect(block).top() - page * self._body.height()
        from_top_pt = _MARGIN_MM * _POINTS_PER_MM + top / self._dots_per_pt
        return OutlineEntry(str(block.blockFormat().stringProperty(_BOOKMARK)), page, _PAGE_HEIGHT_PT - from_top_pt + 6)
