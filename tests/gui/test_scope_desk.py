"""What a question is asked of is chosen in the composer, goes with the turn, and never widens behind one's back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop_app.buttons import CutQuietButton
from desktop_app.scope_popover import ScopePopover
from rag.types import Scope
from tests.gui.open_window import OpenWindow, open_window

pytestmark = [pytest.mark.gui, pytest.mark.qt_log_ignore("This plugin does not support")]

TRIAL = Scope(collection="Trial", since="2024")


@pytest.fixture
def opened(qtbot: QtBot, tmp_path: Path) -> Iterator[OpenWindow]:
    with open_window(qtbot, tmp_path) as opened:
        opened.bench.collect("Trial", [one.id for one in opened.bench.documents])
        opened.bench.collect("Empty", [])
        opened.controller.library.refresh()
        yield opened


def popover(opened: OpenWindow) -> ScopePopover:
    opened.window.composer.scope_button.click()
    found = opened.controller.scopes.popover
    assert found is not None
    assert found.isVisible()
    return found


def asked_of(opened: OpenWindow) -> str:
    return opened.window.composer.scope_button.text()


def test_a_collection_is_asked_with_its_turn_and_stays_for_the_next(opened: OpenWindow) -> None:
    popover(opened).collections.chosen.emit(Scope(collection="Trial"))
    assert asked_of(opened) == "Collection Trial, 2 documents"
    turn = opened.ask("Why?")
    assert turn.scope == opened.bench.asked[0].scope == Scope(collection="Trial")
    opened.controller.keeper.settle()
    assert opened.saved_turns()[-1].scope == Scope(collection="Trial")
    assert opened.window.composer.scope == Scope(collection="Trial")


def test_the_shortcut_opens_the_choice(opened: OpenWindow) -> None:
    opened.window.actions_by_name["scope"].trigger()
    assert opened.controller.scopes.popover is not None
    assert opened.controller.scopes.popover.isVisible()


def test_the_button_says_what_a_scope_holds_and_its_tool_tip_which_documents(opened: OpenWindow) -> None:
    opened.controller.desk.set_scope(TRIAL)
    assert asked_of(opened) == "Collection Trial, since 2024, 1 document"
    tooltip = opened.window.composer.scope_button.toolTip()
    assert "1 of 2 documents" in tooltip
    assert "Bridge over the Lune closed" in tooltip
    assert "1 document without a date left out" in tooltip


def test_a_collection_that_grows_is_counted_anew(opened: OpenWindow) -> None:
    opened.controller.desk.set_scope(Scope(collection="Empty"))
    assert asked_of(opened) == "No document in this scope"
    opened.bench.collect("Empty", [opened.bench.documents[0].id])
    opened.controller.library.refresh()
    assert asked_of(opened) == "Collection Empty, 1 document"


@pytest.mark.parametrize(
    "scope", [Scope(since="2030"), Scope(collection="Empty"), Scope(collection="Trial", until="1900")]
)
def test_a_scope_without_documents_says_so_and_is_not_asked(opened: OpenWindow, scope: Scope) -> None:
    opened.controller.desk.set_scope(scope)
    assert asked_of(opened) == "No document in this scope"
    opened.type_and_send("Why?")
    assert opened.bench.asked == []
    assert opened.window.composer.text == "Why?"
    assert "Your question is kept" in opened.window.composer.hint.text()


def test_a_collection_that_was_renamed_is_told_and_its_dates_alone_are_not_asked(opened: OpenWindow) -> None:
    opened.controller.desk.set_scope(TRIAL)
    opened.bench.rename_collection("Trial", "Trial 2024")
    opened.controller.library.refresh()
    assert asked_of(opened) == "Collection “Trial” is gone"
    opened.type_and_send("Why?")
    assert opened.bench.asked == []
    assert opened.window.banner.notices[0][0] == "The collection “Trial” is not in the library any more."
    opened.window.banner._alive()[0].action_button.click()
    assert opened.controller.scopes.popover is not None
    opened.controller.scopes.popover.collections.chosen.emit(Scope(collection="Trial 2024"))
    opened.window.composer.send_button.click()
    opened.wait(lambda: opened.current.turns)
    assert opened.bench.asked[-1].scope == Scope(collection="Trial 2024", since="2024")
    assert opened.window.banner.notices == ()


def test_scopes_follow_a_collection_that_is_renamed_in_the_window(opened: OpenWindow) -> None:
    opened.controller.desk.set_scope(TRIAL)
    turn, conversation_id = opened.ask("Why?"), opened.current.id
    opened.controller.desk.new()
    opened.controller.desk.set_scope(Scope(collection="Trial"))
    opened.controller.library.rename_collection("Trial", "Trial 2024")
    opened.wait(lambda: asked_of(opened) == "Collection Trial 2024, 2 documents")
    opened.wait(lambda: opened.saved_turns(conversation_id)[-1].scope == Scope(collection="Trial 2024", since="2024"))
    opened.controller.desk.open(conversation_id)
    assert asked_of(opened) == "Collection Trial 2024, since 2024, 1 document"
    opened.controller.ask_again(turn.id)
    opened.wait(lambda: len(opened.bench.asked) == 2)
    assert opened.bench.asked[1].scope == Scope(collection="Trial 2024", since="2024")
    assert opened.window.banner.notices == ()


def test_a_turn_on_the_screen_and_a_running_one_say_the_new_name_of_their_collection(opened: OpenWindow) -> None:
    opened.controller.desk.set_scope(TRIAL)
    first = opened.ask("Why?")
    opened.bench.is_manual = True
    opened.type_and_send("And when?")
    opened.wait(lambda: len(opened.bench.asked) == 2)
    opened.controller.library.rename_collection("Trial", "Trial 2024")
    opened.wait(lambda: asked_of(opened).startswith("Collection Trial 2024"))
    view = opened.gui.conversation_view.turn_view(first.id)
    assert view is not None
    assert "“Trial 2024”" in next(one.text() for one in view.findChildren(CutQuietButton) if one.isVisible())
    opened.bench.asked[1].put(*opened.bench.script("And when?"))
    opened.wait(lambda: not opened.controller.asker.is_answering)
    assert opened.controller.keeper.settle()
    assert [turn.scope.collection for turn in opened.saved_turns()] == ["Trial 2024", "Trial 2024"]


def test_a_collection_that_goes_between_choosing_and_asking_is_told(opened: OpenWindow) -> None:
    opened.controller.desk.set_scope(TRIAL)
    opened.bench.remove_collection("Trial")
    opened.type_and_send("Why?")
    assert opened.bench.asked == []
    assert asked_of(opened) == "Collection “Trial” is gone"


def test_a_turn_says_what_it_was_asked_of_and_a_click_takes_that_over(opened: OpenWindow) -> None:
    opened.controller.desk.set_scope(TRIAL)
    turn = opened.ask("Why?")
    opened.controller.desk.set_scope(Scope())
    view = opened.gui.conversation_view.turn_view(turn.id)
    assert view is not None
    (line,) = (one for one in view.findChildren(CutQuietButton) if one.isVisible())
    assert line.text() == "Asked only of the collection “Trial”, documents since 2024"
    line.click()
    assert opened.window.composer.scope == TRIAL
    assert "asked of the same" in opened.window.composer.hint.text()


def test_a_turn_of_the_whole_library_says_nothing_of_it(opened: OpenWindow) -> None:
    turn = opened.ask("Why?")
    view = opened.gui.conversation_view.turn_view(turn.id)
    assert view is not None
    assert not any(one.isVisible() for one in view.findChildren(CutQuietButton))


def test_asking_again_keeps_the_scope_of_the_turn(opened: OpenWindow) -> None:
    opened.controller.desk.set_scope(TRIAL)
    turn = opened.ask("Why?")
    opened.controller.desk.set_scope(Scope())
    opened.controller.ask_again(turn.id)
    opened.wait(lambda: len(opened.bench.asked) == 2 and not opened.controller.asker.is_answering)
    assert opened.bench.asked[1].scope == TRIAL


def test_choosing_documents_begins_with_those_of_the_collection_and_keeps_the_dates(opened: OpenWindow) -> None:
    begun: list[Scope] = []

    def choose(sources: object, scope: Scope) -> Scope:
        begun.append(scope)
        return scope

    opened.chooser.scope = choose  # type: ignore[method-assign]
    opened.controller.desk.set_scope(TRIAL)
    popover(opened).choices.chosen.emit(None)
    assert set(begun[0].document_ids) == {one.id for one in opened.bench.documents}
    assert (begun[0].collection, begun[0].since) == (None, "2024")
    assert asked_of(opened) == "2 documents, since 2024"


def test_a_long_name_leaves_room_for_the_rest_of_the_line(opened: OpenWindow) -> None:
    opened.bench.collect("word " * 40, [opened.bench.documents[0].id])
    opened.window.resize(900, 600)
    opened.controller.library.refresh()
    opened.controller.desk.set_scope(Scope(collection="word " * 40, since="2024"))
    composer = opened.window.composer
    opened.wait(lambda: composer.scope_button.geometry().right() < composer.send_button.geometry().left())
    assert composer.send_button.geometry().right() < composer.width()
    composer.show_hint("Still answering. Your text is kept; send it when the answer is there, or stop it with Esc.")
    opened.wait(lambda: composer.hint.width() > 0.3 * composer.width())
