"""What the reader has set about the window, applied at once and saved: what it shows, and where it stood.

It changes no other setting: what someone else has saved meanwhile, on the command line for one, stays as it is.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Slot

from desktop_app.atomic import FileNotWritten
from desktop_app.problems import explain
from desktop_app.settings import Settings, load, save
from desktop_app.theme import Appearance, ThemeSource
from desktop_app.window import Frame, Window

_OWN = (
    "appearance",
    "font_scale",
    "is_unsupported_shown",
    "is_noise_hidden",
    "pauses_on_battery",
    "window_geometry",
    "window_state",
)
_STEP = 1.1
_SMALLEST, _LARGEST = 0.7, 2.5


class Preferences(QObject):
    """Keeps the settings that the window changes; `settings` are those that hold now."""

    def __init__(self, settings: Settings, path: Path, themes: ThemeSource, window: Window) -> None:
        super().__init__()
        self.settings = settings
        self._path = path
        self._themes = themes
        self._window = window
        window.restore(Frame(settings.window_geometry, _sizes_px(settings.window_state)))
        actions = window.actions_by_name
        actions.appearances[Appearance(settings.appearance)].setChecked(True)
        actions.appearances[Appearance.SYSTEM].triggered.connect(self._follow_system)
        actions.appearances[Appearance.LIGHT].triggered.connect(self._be_light)
        actions.appearances[Appearance.DARK].triggered.connect(self._be_dark)
        actions["unsupported"].setChecked(settings.is_unsupported_shown)
        actions["unsupported"].toggled.connect(self._show_unsupported)
        actions["battery"].setChecked(settings.pauses_on_battery)
        actions["battery"].toggled.connect(self._pause_on_battery)
        actions["hide_noise"].setChecked(settings.is_noise_hidden)
        actions["hide_noise"].toggled.connect(self._hide_noise)
        actions["larger"].triggered.connect(self.enlarge)
        actions["smaller"].triggered.connect(self.reduce)
        actions["normal_size"].triggered.connect(self.use_normal_size)

    def keep_frame(self) -> None:
        """Save where the window stands, for it is about to close."""
        frame = self._window.frame_state
        sizes = " ".join(str(size_px) for size_px in frame.sizes_px)
        self.settings = replace(self.settings, window_geometry=frame.geometry, window_state=sizes)
        try:
            self._save()
        except FileNotWritten:
            # The window is gone already, and its place on the screen is not worth a message nobody would see.
            return

    def chosen_model(self) -> str:
        """The id of the model that writes from the next start on; empty where none was chosen."""
        return self._saved().chat_model or ""

    @Slot(str, str)
    def choose_model(self, model_id: str, name: str) -> None:
        """Let a model write from the next start on, and say so; an empty id stands for the one delivered."""
        try:
            self._save(chat_model=model_id or None)
        except FileNotWritten as exc:
            self._window.show_problem(explain(exc))
            return
        self._window.banner.show_notice(
            f"Language model: {name}", "It writes from the next start of Seedbook on. Until then nothing changes."
        )

    @Slot()
    def enlarge(self) -> None:
        """Make the text larger."""
        self._set_scale(self.settings.font_scale * _STEP)

    @Slot()
    def reduce(self) -> None:
        """Make the text smaller."""
        self._set_scale(self.settings.font_scale / _STEP)

    @Slot()
    def use_normal_size(self) -> None:
        """Give the text the system's size."""
        self._set_scale(1.0)

    def _set_scale(self, scale: float) -> None:
        scale = round(min(max(scale, _SMALLEST), _LARGEST), 3)
        self._themes.set_scale(scale)
        self._change(replace(self.settings, font_scale=scale))

    @Slot(bool)
    def _show_unsupported(self, is_shown: bool) -> None:
        self._change(replace(self.settings, is_unsupported_shown=is_shown))

    @Slot(bool)
    def _pause_on_battery(self, is_wanted: bool) -> None:
        self._change(replace(self.settings, pauses_on_battery=is_wanted))

    @Slot(bool)
    def _hide_noise(self, is_hidden: bool) -> None:
        self._change(replace(self.settings, is_noise_hidden=is_hidden))

    @Slot()
    def _follow_system(self) -> None:
        self._set_appearance(Appearance.SYSTEM)

    @Slot()
    def _be_light(self) -> None:
        self._set_appearance(Appearance.LIGHT)

    @Slot()
    def _be_dark(self) -> None:
        self._set_appearance(Appearance.DARK)

    def _set_appearance(self, appearance: Appearance) -> None:
        self._themes.set_appearance(appearance)
        self._change(replace(self.settings, appearance=appearance.value))

    def _change(self, settings: Settings) -> None:
        self.settings = settings
        try:
            self._save()
        except FileNotWritten as exc:
            self._window.show_problem(explain(exc))

    def _saved(self) -> Settings:
        """What is in the file now; what holds where nothing can be read there."""
        saved, notice = load(self._path) if self._path.exists() else (self.settings, None)
        return self.settings if notice else saved

    def _save(self, **chosen: str | None) -> None:
        """Put the window's own settings, and what was `chosen`, among those that are in the file now."""
        changes: dict[str, Any] = {name: getattr(self.settings, name) for name in _OWN} | chosen
        self.settings = replace(self._saved(), **changes)
        save(self.settings, self._path)


def _sizes_px(text: str) -> tuple[int, int, int]:
    """The widths of the three panes as they were saved; the usual ones where they make no sense."""
    words = text.split()
    if len(words) != 3 or not all(word.isascii() and word.isdigit() and 0 < int(word[:6]) < 20_000 for word in words):
        return Frame().sizes_px
    left, middle, right = (int(word) for word in words)
    return left, middle, right
