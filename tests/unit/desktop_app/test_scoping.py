from __future__ import annotations

from desktop_app.scoping import left_of, without
from rag.types import Scope


def test_a_choice_of_which_nothing_is_left_is_not_the_whole_library() -> None:
    assert left_of(Scope(("a", "b")), {"c"}) is None
    assert left_of(Scope(("a", "b")), {"b", "c"}) == Scope(("b",))
    assert left_of(Scope(), {"c"}) == left_of(Scope(), ()) == Scope()


def test_removed_documents_leave_a_choice_unless_it_would_be_empty_then() -> None:
    assert without(Scope(("a", "b")), ("a",)) == Scope(("b",))
    assert without(Scope(("a",)), ("a",)) == Scope(("a",))
    assert without(Scope(), ("a",)) == Scope()
