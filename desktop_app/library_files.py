"""What is done with the files behind the library: opened, shown in their folders, read again, read by OCR.

It changes none of them, and says honestly what will not come of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Slot

from desktop_app.adding_desk import AddingDesk
from desktop_app.choosing import Chooser
from desktop_app.library_rows import UnreadRow
from desktop_app.original_file import has_changed, nearest_folder, on_disk, original
from desktop_app.wording import count_words
from desktop_app.workbench import Workbench

_NO_OCR = "It comes as an extra: where Seedbook was set up, run “uv sync --extra ocr” and start it again."
_UNCHANGED = "Only a change of the file, or a newer Seedbook, would let it be read. What to change stands under “Why”."


class LibraryFiles(QObject):
    """Looks for the files; `tell` shows a title and a message to the reader."""

    def __init__(
        self, workbench: Workbench, chooser: Chooser, adding: AddingDesk, tell: Callable[[str, str], object]
    ) -> None:
        super().__init__()
        self._workbench = workbench
        self._chooser = chooser
        self._adding = adding
        self._tell = tell

    @Slot(object)
    def retry(self, rows: tuple[UnreadRow, ...]) -> None:
        """Read files again that could not be read, and say honestly which of them will not be."""
        there = {row: found for row in rows if (found := on_disk(row.file.path)) is not None}
        unchanged = [row for row in there if not has_changed(row.file)]
        titles, messages = [], []
        if len(there) < len(rows):
            titles.append(f"{count_words(len(rows) - len(there), 'file is', 'files are')} not there any more")
            messages.append("Look for what was moved.")
        if unchanged:
            is_one = len(unchanged) == 1
            names = unchanged[0].cell(0) if is_one else f"{len(unchanged):,} files"
            titles.append(f"{names} {'has' if is_one else 'have'} not changed since the last try")
            messages.append(_UNCHANGED)
        if titles:
            self._tell("; ".join(titles), " ".join(messages))
        self._adding.add(tuple(dict.fromkeys(there.values())))

    @Slot(object)
    def read_by_ocr(self, paths: tuple[str, ...]) -> None:
        """Recognise the words on the pages of PDFs that are pictures, in the background."""
        if not self._workbench.has_ocr:
            self._tell("OCR is not installed", _NO_OCR)
            return
        there = tuple(found for path in paths if (found := on_disk(path)) is not None)
        if not there:
            self._tell("The file is not there any more", f"It was {paths[0]}.")
            return
        self._adding.add(there, by_ocr=True)
        self._tell("The pages are being read", "That takes some seconds a page. Questions come first.")

    @Slot(object)
    def open_original(self, paths: Sequence[str]) -> None:
        """Open a file in the program it belongs to."""
        found = original(paths)
        if found is None:
            self._tell("The original file is not there any more", f"It was {paths[0]}. Its text is still here.")
        elif not self._chooser.open_file(found):
            self._tell("No program opens this file", f"{found} is there. Show it in its folder and open it from there.")

    @Slot(object)
    def show_in_folder(self, paths: Sequence[str]) -> None:
        """Show where a file lies."""
        found = original(paths)
        folder = nearest_folder(paths[0])
        if found is not None:
            self._chooser.show_in_folder(found)
        elif folder is not None:
            self._tell("The file is not there any more", f"This is the nearest folder that is: {folder}.")
            self._chooser.show_in_folder(folder / Path(paths[0]).name)
        else:
            self._tell("The file is not there any more", f"It was {paths[0]}.")
