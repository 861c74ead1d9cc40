"""The menu in which the reader chooses the language model: what is installed, with a mark at what is chosen.

It loads no model; a choice holds from the next start on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu

from desktop_app.telling import telling

#: Ids and names of the installed models that can write.
Models = Callable[[], Sequence[tuple[str, str]]]
_DEFAULT = "As delivered"


class ModelMenu(QObject):
    """Fills a menu each time it is opened, for models come and go by the command line.

    Signals:
        chosen(str, str): id and name; the id is empty for the model that is used where none was chosen.
        failed(exception): the installed models could not be listed.
    """

    chosen = Signal(str, str)
    failed = Signal(object)

    def __init__(self, menu: QMenu, models: Models, current: Callable[[], str]) -> None:
        super().__init__()
        self._menu = menu
        self._models = models
        self._current = current
        self._group: QActionGroup | None = None
        menu.menuAction().setVisible(True)
        menu.aboutToShow.connect(self._fill)

    @Slot()
    def _fill(self) -> None:
        self._menu.clear()
        if self._group is not None:
            self._group.deleteLater()
        self._group = QActionGroup(self)
        self._group.triggered.connect(self._choose)
        current_id = self._current()
        with telling(self.failed.emit):
            for model_id, name in [("", _DEFAULT), *self._models()]:
                action = self._menu.addAction(name.replace("&", "&&"))
                action.setCheckable(True)
                action.setChecked(model_id == current_id)
                action.setData((model_id, name))
                self._group.addAction(action)

    @Slot(QAction)
    def _choose(self, action: QAction) -> None:
        model_id, name = action.data()
        if model_id != self._current():
            self.chosen.emit(model_id, name)
