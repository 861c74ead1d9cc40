"""The style sheet of the window's frame: panes, composer, status line, notices.

The application's own palette and style sheet come from the theme; the conversation and the source style themselves.
"""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from desktop_app.theme import Theme

_Widget = TypeVar("_Widget", bound=QWidget)


def named(widget: _Widget, name: str) -> _Widget:
    """The widget, under the object name by which the style sheet knows it."""
    widget.setObjectName(name)
    return widget


def window_style(theme: Theme) -> str:
    """A style sheet for everything inside the main window and its dialogs, by object names."""
    makers = (_panes, _buttons, _fields, _scopes, _library, _status, _notices)
    return "\n".join(make(theme) for make in makers)


def _panes(theme: Theme) -> str:
    return f"""
        #conversation-list {{ background: {_css(theme.sunken)}; border: none; }}
        #conversation-list QListView {{ background: {_css(theme.sunken)}; border: none; outline: none; }}
        #middle, #central {{ background: {_css(theme.window)}; }}
        #source-pane {{ background: {_css(theme.surface)}; border: none; }}
        #source-head {{ background: {_css(theme.sunken)}; border: none; }}
        #source-head QLabel {{ color: {_css(theme.muted)}; font-weight: 600; }}
        #composer {{ background: {_css(theme.surface)}; border: 1px solid {_css(theme.rule)}; border-radius: 12px; }}
        #composer[focused="true"] {{ border: 1px solid {_css(theme.accent)}; }}
        #question-box {{ background: transparent; color: {_css(theme.text)}; border: none; }}
        #composer-hint, #muted, #list-empty {{ color: {_css(theme.muted)}; font-size: {theme.small.pointSizeF()}pt; }}
        #list-empty {{ padding: 24px 18px; }}
        #drop-veil {{ background: {_css(theme.window, 235)}; border: 2px dashed {_css(theme.accent)};
                      border-radius: 12px; color: {_css(theme.text)}; font-size: {theme.title.pointSizeF()}pt; }}
        QMenuBar {{ background: {_css(theme.sunken)}; color: {_css(theme.text)}; padding: 2px 6px; }}
        QMenuBar::item {{ background: transparent; padding: 4px 9px; border-radius: 4px; }}
        QMenuBar::item:selected {{ background: {_css(theme.hover)}; }}
        QDialog {{ background: {_css(theme.window)}; }}
        QTableView {{ background: {_css(theme.surface)}; border: 1px solid {_css(theme.rule)}; border-radius: 6px;
                      outline: none; selection-background-color: {_css(theme.selection)};
                      selection-color: {_css(theme.text)}; }}
        QTableView::item {{ padding: 2px 8px; }}
        QTableView::indicator {{ width: 12px; height: 12px; border-radius: 3px;
                                border: 1px solid {_css(theme.muted)}; }}
        QTableView::indicator:checked {{ background: {_css(theme.accent)}; border: 1px solid {_css(theme.accent)}; }}
        #about-title {{ font-size: {theme.title.pointSizeF()}pt; font-weight: 600; }}
        #shortcut-keys {{ font-weight: 600; }}
        QHeaderView {{ background: {_css(theme.surface)}; }}
        QHeaderView::section {{ background: {_css(theme.surface)}; color: {_css(theme.muted)}; border: none;
                                border-bottom: 1px solid {_css(theme.rule)}; padding: 6px 8px; }}
    """


def _buttons(theme: Theme) -> str:
    small = f"font-size: {theme.small.pointSizeF()}pt;"
    return f"""
        QPushButton {{ background: {_css(theme.surface)}; color: {_css(theme.text)}; border-radius: 6px;
                       border: 1px solid {_css(theme.rule)}; padding: 5px 14px; }}
        QPushButton:hover {{ background: {_css(theme.hover)}; }}
        QPushButton:focus {{ border: 1px solid {_css(theme.accent)}; }}
        QPushButton:disabled {{ color: {_css(theme.muted)}; }}
        #new-button {{ text-align: left; padding: 7px 12px; }}
        #send-button {{ background: {_css(theme.accent)}; color: {_css(theme.accent_text)}; border: 1px solid
                        {_css(theme.accent)}; border-radius: 8px; padding: 6px 20px; font-weight: 600; }}
        #send-button:hover {{ background: {_css(theme.accent, 225)}; }}
        #send-button:focus {{ border: 1px solid {_css(theme.text)}; }}
        #send-button:disabled {{ background: {_css(theme.hover)}; color: {_css(theme.muted)};
                                 border: 1px solid {_css(theme.hover)}; }}
        #send-button[stops="true"] {{ background: {_css(theme.surface)}; color: {_css(theme.text)};
                                      border: 1px solid {_css(theme.muted)}; }}
        #scope-button {{ background: transparent; color: {_css(theme.muted)}; border: 1px solid {_css(theme.rule)};
                         border-radius: 11px; padding: 3px 12px; {small} }}
        #scope-button:hover {{ background: {_css(theme.hover)}; color: {_css(theme.text)}; }}
        #scope-button:focus {{ border: 1px solid {_css(theme.accent)}; }}
        #scope-button[narrowed="true"] {{ color: {_css(theme.accent)}; border: 1px solid {_css(theme.accent)}; }}
        #scope-button[holds_nothing="true"] {{ color: {_css(theme.warn)}; border: 1px solid {_css(theme.warn)}; }}
        #status-button, #notice-dismiss, #source-close {{ background: transparent; border: 1px solid transparent;
                         padding: 2px 8px; border-radius: 5px; {small} color: {_css(theme.muted)}; }}
        #status-button:hover, #notice-dismiss:hover, #source-close:hover {{ background: {_css(theme.hover)};
                         color: {_css(theme.text)}; }}
        #status-button:focus, #notice-dismiss:focus, #source-close:focus {{ border: 1px solid {_css(theme.accent)}; }}
    """


def _fields(theme: Theme) -> str:
    return f"""
        QLineEdit {{ background: {_css(theme.surface)}; color: {_css(theme.text)}; border: 1px solid {_css(theme.rule)};
                     border-radius: 6px; padding: 5px 8px; selection-background-color: {_css(theme.selection)};
                     selection-color: {_css(theme.text)}; }}
        QLineEdit:focus {{ border: 1px solid {_css(theme.accent)}; }}
    """


def _scopes(theme: Theme) -> str:
    small = f"font-size: {theme.small.pointSizeF()}pt;"
    return f"""
        #scope-popover {{ background: {_css(theme.surface)}; border: 1px solid {_css(theme.quote_rule)}; }}
        #scope-choices {{ background: {_css(theme.surface)}; color: {_css(theme.text)}; outline: none; border: none; }}
        #scope-choices::item {{ border-radius: 5px; border: 1px solid transparent; }}
        #scope-choices::item:hover {{ background: {_css(theme.hover)}; }}
        #scope-choices::item:selected {{ background: {_css(theme.hover)}; border: 1px solid {_css(theme.rule)}; }}
        #scope-rule {{ background: {_css(theme.rule)}; border: none; }}
        #scope-message {{ color: {_css(theme.muted)}; {small} }}
        #scope-message[warns="true"] {{ color: {_css(theme.warn)}; }}
    """


def _library(theme: Theme) -> str:
    small = f"font-size: {theme.small.pointSizeF()}pt;"
    return f"""
        #library QHeaderView::section {{ padding: 6px 11px; }}
        #library-side, #library-side QListView {{ background: {_css(theme.sunken)}; border: none; outline: none; }}
        #shelf-editor {{ padding: 2px 6px; }}
        #details-title {{ background: transparent; color: {_css(theme.text)}; font-weight: 600;
                          font-size: {theme.title.pointSizeF()}pt; }}
        #details-note {{ background: transparent; color: {_css(theme.muted)}; }}
        #field-hint {{ color: {_css(theme.muted)}; {small} }}
        #field-hint[warns="true"] {{ color: {_css(theme.warn)}; }}
        #empty-title {{ color: {_css(theme.text)}; font-size: {theme.title.pointSizeF()}pt; }}
        #filter-choice {{ color: {_css(theme.muted)}; padding: 5px 10px; }}
        #filter-choice[narrowed="true"] {{ color: {_css(theme.accent)}; border: 1px solid {_css(theme.accent)}; }}
        QPushButton:checked {{ background: {_css(theme.hover)}; }}
    """


def _status(theme: Theme) -> str:
    return f"""
        #status-line {{ background: {_css(theme.sunken)}; border: none; border-top: 1px solid {_css(theme.rule)}; }}
        #status-line QLabel {{ color: {_css(theme.muted)}; font-size: {theme.small.pointSizeF()}pt; }}
        #status-line #offline-badge {{ color: {_css(theme.ok)}; border: 1px solid {_css(theme.ok)}; border-radius: 8px;
                          padding: 1px 9px; font-weight: 600; }}
        #status-line #engine-point[status="ready"] {{ color: {_css(theme.ok)}; }}
        #status-line #engine-point[status="loading"] {{ color: {_css(theme.warn)}; }}
        #status-line #engine-point[status="given_up"] {{ color: {_css(theme.bad)}; }}
        #status-line QProgressBar {{ background: {_css(theme.rule)}; border: none; border-radius: 3px; }}
        #status-line QProgressBar::chunk {{ background: {_css(theme.accent)}; border-radius: 3px; }}
    """


def _notices(theme: Theme) -> str:
    tones = {"info": theme.accent, "warn": theme.warn, "bad": theme.bad}
    rules = "\n".join(
        f'#notice[tone="{tone}"] {{ border-left: 4px solid {_css(colour)};'
        " border-top-left-radius: 0; border-bottom-left-radius: 0; }"
        for tone, colour in tones.items()
    )
    return f"""
        #notice {{ background: {_css(theme.surface)}; border: 1px solid {_css(theme.rule)}; border-radius: 6px; }}
        {rules}
        #notice-title {{ font-weight: 600; color: {_css(theme.text)}; }}
        #notice-message {{ color: {_css(theme.text)}; }}
    """


def _css(colour: QColor, alpha: int = 255) -> str:
    return f"rgba({colour.red()}, {colour.green()}, {colour.blue()}, {alpha})"
