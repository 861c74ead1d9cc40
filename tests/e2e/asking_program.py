"""The real window over the real engines, asking one question after another: a program for the kill tests to kill.

It writes `saved TURN` when a question is on the screen, `quoted TURN` when its quotes are, `done TURN` at its end.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

QUESTIONS = (
    "Who is Elizabeth Wishnick?",
    "On what basis was Russia prepared to send weapons?",
    "What did Lavrov warn of?",
)


def main(data: Path) -> None:
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    from desktop_app.composition import LocalWorkbench, prepare_library
    from desktop_app.conversations import Conversations
    from desktop_app.gui import Gui
    from desktop_app.paths import AppPaths
    from desktop_app.settings import Settings

    paths = AppPaths.under(data)
    prepare_library(paths)
    app = QApplication([])
    workbench = LocalWorkbench(paths, Settings())
    gui = Gui(
        app,
        workbench=workbench,
        conversations=Conversations(paths.conversations),
        settings=Settings(),
        settings_path=paths.settings,
        export=lambda *_: None,
    )
    gui.show(examples=())
    said: set[str] = set()
    n_asked = 0

    def say(what: str) -> None:
        if what not in said:
            said.add(what)
            sys.stdout.write(what + "\n")
            sys.stdout.flush()

    def look() -> None:
        nonlocal n_asked
        asker = gui.controller.asker
        turn = asker.running_turn
        if turn is not None:
            say(f"saved {turn.id}")
            if turn.answer is not None and turn.answer.quotes:
                say(f"quoted {turn.id}")
        elif not asker.is_answering:
            for earlier in gui.controller.desk.current.turns:
                say(f"done {earlier.id}")
            gui.window.composer.box.setPlainText(QUESTIONS[n_asked % len(QUESTIONS)])
            gui.window.composer.send_button.click()
            n_asked += 1

    timer = QTimer(interval=20)
    timer.timeout.connect(look)
    timer.start()
    app.exec()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
