"""How Seedbook looks: named colours and fonts, light and dark, and who announces a change of them.

It draws nothing and knows no view; views ask a `ThemeSource` for the theme and listen to its `changed`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetricsF, QPalette
from PySide6.QtWidgets import QApplication

_SERIFS = (
    "Charter",
    "Iowan Old Style",
    "Source Serif 4",
    "Source Serif Pro",
    "Georgia",
    "Cambria",
    "Noto Serif",
    "Liberation Serif",
    "DejaVu Serif",
)
_SMALLEST_BODY_PT = 10.0
_COLUMN_PX, _COLUMN_CHARS = 720, 82

# text, muted, accent, ok, warn and bad reach 4.5:1 on window, surface, sunken and hover; the tests compute it.
_LIGHT = {
    "window": "#faf9f6",
    "surface": "#ffffff",
    "sunken": "#f3f1ec",
    "hover": "#efece5",
    "text": "#1f1e1b",
    "muted": "#636058",
    "rule": "#e2ded5",
    "accent": "#2b6549",
    "accent_text": "#ffffff",
    "quote_rule": "#8fb09d",
    "highlight": "#fff2c4",
    "highlight_current": "#ffdc6b",
    "selection": "#c6dfd0",
    "ok": "#2b6549",
    "warn": "#7f5200",
    "bad": "#a3332a",
}
_DARK = {
    "window": "#1b1c1a",
    "surface": "#242523",
    "sunken": "#151614",
    "hover": "#2d2e2b",
    "text": "#e9e7e1",
    "muted": "#aba89d",
    "rule": "#3a3b37",
    "accent": "#8fcaa9",
    "accent_text": "#10201a",
    "quote_rule": "#557f68",
    "highlight": "#453d1c",
    "highlight_current": "#6b5a16",
    "selection": "#2f5543",
    "ok": "#8fcaa9",
    "warn": "#e2b661",
    "bad": "#f29d92",
}

# The few things that a palette cannot say. It names roles and no colours, so that it is only set again when the colours
# change: setting a style sheet costs a third of a millisecond for every widget there is.
_STYLE_SHEET = """
    QScrollBar:vertical { background: transparent; width: 12px; margin: 0; }
    QScrollBar:horizontal { background: transparent; height: 12px; margin: 0; }
    QScrollBar::handle { background: palette(mid); border-radius: 4px; margin: 2px; }
    QScrollBar::handle:vertical { min-height: 32px; }
    QScrollBar::handle:horizontal { min-width: 32px; }
    QScrollBar::handle:hover { background: palette(placeholder-text); }
    QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
    QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
    QToolTip { color: palette(tool-tip-text); background: palette(tool-tip-base); border: 1px solid palette(mid);
               padding: 4px; }
    QMenu { background: palette(base); border: 1px solid palette(mid); padding: 4px; }
    QMenu::item { padding: 5px 24px 5px 12px; border-radius: 4px; }
    QMenu::item:selected { background: palette(midlight); }
    QMenu::item:disabled { color: palette(placeholder-text); }
    QMenu::separator { height: 1px; background: palette(mid); margin: 4px 8px; }
    QSplitter::handle { background: palette(mid); }
"""


class Appearance(StrEnum):
    """Which theme the reader wants; SYSTEM follows the desktop, also while the program runs."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True)
class Theme:
    """Every colour and font of the window by its purpose.

    Colours: `sunken` lies behind side panes, `surface` behind cards and pages; `selection` is selected text.
    Fonts: `small` is for captions, `quote` for words cut out of a source, `answer` for those
    among them that answer, `question` for what the reader asked.
    """

    is_dark: bool
    window: QColor
    surface: QColor
    sunken: QColor
    hover: QColor
    text: QColor
    muted: QColor
    rule: QColor
    accent: QColor
    accent_text: QColor
    quote_rule: QColor
    highlight: QColor
    highlight_current: QColor
    selection: QColor
    ok: QColor
    warn: QColor
    bad: QColor
    body: QFont
    small: QFont
    strong: QFont
    quote: QFont
    answer: QFont
    question: QFont
    title: QFont

    @classmethod
    def light(cls, scale: float = 1.0) -> Theme:
        """The light theme. Needs a QApplication: the fonts are the system's, `scale` times as large."""
        return _made(False, scale)

    @classmethod
    def dark(cls, scale: float = 1.0) -> Theme:
        """The dark theme; see `light`."""
        return _made(True, scale)

    @classmethod
    def for_app(cls, app: QApplication, appearance: Appearance | str, scale: float = 1.0) -> Theme:
        """The theme that the reader asked for, or the desktop's own under SYSTEM."""
        wanted = Appearance(appearance)
        scheme_is_dark = app.styleHints().colorScheme() is Qt.ColorScheme.Dark
        return _made(wanted is Appearance.DARK or (wanted is Appearance.SYSTEM and scheme_is_dark), scale)

    @property
    def column_px(self) -> int:
        """How wide a column of text may be and still be read with ease."""
        return max(_COLUMN_PX, int(QFontMetricsF(self.body).averageCharWidth() * _COLUMN_CHARS))

    def palette(self) -> QPalette:
        """The theme as Qt's standard widgets understand it."""
        palette = QPalette()
        for role, colour in self._roles().items():
            palette.setColor(role, colour)
        for role in (QPalette.ColorRole.Text, QPalette.ColorRole.WindowText, QPalette.ColorRole.ButtonText):
            palette.setColor(QPalette.ColorGroup.Disabled, role, self.muted)
        return palette

    def _roles(self) -> dict[QPalette.ColorRole, QColor]:
        role = QPalette.ColorRole
        return {
            role.Window: self.window,
            role.WindowText: self.text,
            role.Base: self.surface,
            role.AlternateBase: self.sunken,
            role.Text: self.text,
            role.PlaceholderText: self.muted,
            role.Button: self.surface,
            role.ButtonText: self.text,
            role.BrightText: self.bad,
            role.Highlight: self.selection,
            role.HighlightedText: self.text,
            role.Accent: self.accent,
            role.Link: self.accent,
            role.LinkVisited: self.accent,
            role.ToolTipBase: self.surface,
            role.ToolTipText: self.text,
            role.Light: self.surface,
            role.Midlight: self.hover,
            role.Mid: self.rule,
            role.Dark: self.rule,
            role.Shadow: self.rule,
        }

    def apply(self, app: QApplication) -> None:
        """Give the application this theme's palette, font and style sheet."""
        if app.style().objectName().lower() != "fusion":
            app.setStyle("Fusion")
        has_other_colours = app.palette() != self.palette()
        app.setPalette(self.palette())
        app.setFont(self.body)
        if has_other_colours or app.styleSheet() != _STYLE_SHEET:
            # Under a style sheet every widget keeps the colours it was polished with, so it is taken off and put on.
            app.setStyleSheet("")
            app.setStyleSheet(_STYLE_SHEET)


class ThemeSource(QObject):
    """Keeps the application in its theme and tells the views when it changes. Lives in the GUI thread.

    Signals:
        changed(Theme): the theme is another one now; the application already has it.
    """

    changed = Signal(object)

    def __init__(
        self,
        app: QApplication,
        appearance: Appearance | str = Appearance.SYSTEM,
        scale: float = 1.0,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._app = app
        self._appearance = Appearance(appearance)
        self._scale = scale
        self._theme = Theme.for_app(app, self._appearance, scale)
        self._tell_platform()
        self._theme.apply(app)
        app.styleHints().colorSchemeChanged.connect(self._follow_system)

    @property
    def theme(self) -> Theme:
        return self._theme

    @property
    def appearance(self) -> Appearance:
        return self._appearance

    @property
    def scale(self) -> float:
        return self._scale

    def set_appearance(self, appearance: Appearance | str) -> None:
        """Light, dark, or as the system has it."""
        self._appearance = Appearance(appearance)
        self._tell_platform()
        self._take(Theme.for_app(self._app, self._appearance, self._scale))

    def set_scale(self, scale: float) -> None:
        """Make every font `scale` times the system's size, 0.5 to 3."""
        self._scale = min(max(scale, 0.5), 3.0)
        self._take(_made(self._theme.is_dark, self._scale))

    def _take(self, theme: Theme) -> None:
        if theme == self._theme:
            return
        self._theme = theme
        theme.apply(self._app)
        self.changed.emit(theme)

    def _tell_platform(self) -> None:
        """Let title bars and native dialogs follow a forced appearance."""
        hints = self._app.styleHints()
        if self._appearance is Appearance.SYSTEM:
            hints.unsetColorScheme()
        else:
            dark = self._appearance is Appearance.DARK
            hints.setColorScheme(Qt.ColorScheme.Dark if dark else Qt.ColorScheme.Light)

    @Slot(Qt.ColorScheme)
    def _follow_system(self, scheme: Qt.ColorScheme) -> None:
        if self._appearance is Appearance.SYSTEM:
            self._take(_made(scheme is Qt.ColorScheme.Dark, self._scale))


def contrast(one: QColor, other: QColor) -> float:
    """Contrast ratio of two opaque colours, 1..21, by the formula of WCAG 2.2 (relative luminance)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: QColor) -> float:
    def linear(channel: float) -> float:
        return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)

    red, green, blue = linear(colour.redF()), linear(colour.greenF()), linear(colour.blueF())
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _made(is_dark: bool, scale: float) -> Theme:
    fields: dict[str, Any] = {name: QColor(value) for name, value in (_DARK if is_dark else _LIGHT).items()}
    fields |= _fonts(scale)
    return Theme(is_dark=is_dark, **fields)


def _fonts(scale: float) -> dict[str, QFont]:
    system = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    body_pt = max(system.pointSizeF(), _SMALLEST_BODY_PT) * scale
    serif = QFont(system)
    serif.setFamilies([*_installed_serifs(), *system.families()])
    serif.setStyleHint(QFont.StyleHint.Serif)
    return {
        "body": _sized(system, body_pt),
        "small": _sized(system, body_pt * 0.88),
        "strong": _sized(system, body_pt, QFont.Weight.DemiBold),
        "quote": _sized(serif, body_pt * 1.12),
        "answer": _sized(serif, body_pt * 1.5, QFont.Weight.DemiBold),
        "question": _sized(system, body_pt * 1.4, QFont.Weight.DemiBold),
        "title": _sized(system, body_pt * 1.15, QFont.Weight.DemiBold),
    }


def _installed_serifs() -> list[str]:
    """Only families that exist: asking for a missing one makes Qt search, slowly and with a warning."""
    installed = set(QFontDatabase.families())
    return [family for family in _SERIFS if family in installed][:1]


def _sized(font: QFont, size_pt: float, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    sized = QFont(font)
    sized.setPointSizeF(size_pt)
    sized.setWeight(weight)
    return sized
