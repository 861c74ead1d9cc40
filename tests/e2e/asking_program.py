"""The real window over the real engines, asking one question after another: a program for the kill tests to kill.

It writes `saved TURN` when a question is on the screen, `quoted TURN` when its quotes are and have been kept, and at
its end `done TURN`, or `failed TURN` where it has no answer. It opens what it stands on as the program does: with the
lock on the data directory, and with the built-in texts added quietly beside the questions.
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
    from desktop_app.instance import take
    from desktop_app.opening import prepared
    from desktop_app.paths import AppPaths

    paths = AppPaths.under(data)
    paths.ensure()
    instance = take(paths)
    assert instance is not None, "the killed program before this one still holds the data directory"
    with instance, prepared(paths) as ready:
        ask_for_ever(paths, ready)


def ask_for_ever(paths, ready) -> None:
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    from desktop_app.gui import Gui
    from desktop_app.memory import Memory

    app = QApplication([])
    gui = Gui(
        app,
        workbench=ready.workbench,
        conversations=ready.conversations,
        settings=ready.settings,
        settings_path=paths.settings,
        memory=Memory.of(paths.data),
        export=lambda *_: None,
    )
    gui.show(notices=ready.notices, first_paths=ready.first_paths, examples=())
    said: set[str] = set()
    n_asked = 0

    def say(what: str) -> None:
        if what not in said:
            said.add(what)
            sys.stdout.write(what + "\n")
            sys.stdout.flush()

    def is_kept() -> bool:
        return gui.controller.keeper.settle()

    def look() -> None:
        nonlocal n_asked
        asker = gui.controller.asker
        turn = asker.running_turn
        if turn is not None:
            say(f"saved {turn.id}")
            if f"quoted {turn.id}" not in said and turn.answer is not None and turn.answer.quotes and is_kept():
                say(f"quoted {turn.id}")
        elif not asker.is_answering and is_kept():
            for earlier in gui.controller.desk.current.turns:
                if earlier.id in {line.split()[1] for line in said}:
                    is_answered = earlier.answer is not None and earlier.problem is None
                    say(f"{'done' if is_answered else 'failed'} {earlier.id}")
            gui.window.composer.box.setPlainText(QUESTIONS[n_asked % len(QUESTIONS)])
            gui.window.composer.send_button.click()
            n_asked += 1

    timer = QTimer(interval=20)
    timer.timeout.connect(look)
    timer.start()
    app.exec()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
