"""Colours that can be read, fonts that scale, and a theme that follows the system."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from desktop_app.theme import Appearance, Theme, ThemeSource, contrast

pytestmark = pytest.mark.gui


@pytest.fixture(params=["light", "dark"])
def theme(request, qapp) -> Theme:
    return Theme.light() if request.param == "light" else Theme.dark()


def test_contrast_is_the_published_ratio():
    assert contrast(QColor("#000"), QColor("#fff")) == pytest.approx(21.0)
    assert contrast(QColor("#777777"), QColor("#ffffff")) == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("ink", ["text", "muted", "accent", "ok", "warn", "bad"])
@pytest.mark.parametrize("ground", ["window", "surface", "sunken", "hover"])
def test_every_ink_is_readable_on_every_ground(theme, ink, ground):
    assert contrast(getattr(theme, ink), getattr(theme, ground)) >= 4.5


@pytest.mark.parametrize("ground", ["highlight", "highlight_current", "selection"])
def test_text_is_readable_where_it_is_marked(theme, ground):
    assert contrast(theme.text, getattr(theme, ground)) >= 4.5


def test_text_on_a_filled_button_is_readable(theme):
    assert contrast(theme.accent_text, theme.accent) >= 4.5


def test_the_current_quote_stands_out_from_the_others(theme):
    assert theme.highlight != theme.highlight_current
    assert contrast(theme.highlight, theme.surface) < contrast(theme.highlight_current, theme.surface)


def test_fonts_grow_with_the_scale(qapp):
    for name in ("body", "small", "quote", "question"):
        small, large = getattr(Theme.light(), name), getattr(Theme.light(1.5), name)
        assert large.pointSizeF() == pytest.approx(small.pointSizeF() * 1.5)


def test_a_forced_appearance_does_not_follow_the_system(qapp):
    source = ThemeSource(qapp, Appearance.DARK)
    qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Light)
    assert source.theme.is_dark


def test_the_theme_follows_the_system_while_the_program_runs(qapp, qtbot):
    source = ThemeSource(qapp, "system")
    assert not source.theme.is_dark
    with qtbot.waitSignal(source.changed) as caught:
        qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert caught.args[0].is_dark
    assert QApplication.palette().window().color() == Theme.dark().window


def test_a_widget_within_a_window_takes_the_colours_of_another_appearance(qapp, qtbot):
    source = ThemeSource(qapp, "light")
    window = QWidget()
    qtbot.addWidget(window)
    inner = QWidget(window)
    innermost = QLabel("words", inner)
    window.show()
    for appearance, theme in (("dark", Theme.dark()), ("light", Theme.light())):
        source.set_appearance(appearance)
        assert all(part.palette().text().color() == theme.text for part in (window, inner, innermost))


def test_setting_the_same_appearance_again_announces_nothing(qapp, qtbot):
    source = ThemeSource(qapp, Appearance.LIGHT)
    with qtbot.assertNotEmitted(source.changed):
        source.set_appearance("light")


def test_an_unknown_appearance_is_refused(qapp):
    with pytest.raises(ValueError, match="sepia"):
        Theme.for_app(qapp, "sepia")
