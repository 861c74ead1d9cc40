"""What the window remembers beside the library, the conversations and the settings, each in a small file of its own.

It decides nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from desktop_app.dismissals import Dismissals
from desktop_app.told_folders import ToldFolders
from desktop_app.wishes import Wishes


@dataclass(frozen=True, slots=True)
class Memory:
    """What is still to be added, which unread files were dismissed, and what was told of watched folders."""

    wishes: Wishes
    dismissals: Dismissals
    told_folders: ToldFolders

    @classmethod
    def of(cls, data_folder: Path) -> Self:
        """What earlier sessions left in the data folder."""
        return cls(
            Wishes(data_folder / "wishes.json"),
            Dismissals(data_folder / "dismissed.json"),
            ToldFolders(data_folder / "told_folders.json"),
        )
