"""Characters arrive whole, and no part of a stop string is ever let out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.outlet import Outlet


def pour(text_bytes, stop, cuts):
    outlet, pieces, last = Outlet(stop), [], 0
    for cut in [*sorted(cuts), len(text_bytes)]:
        pieces.append(outlet.put(text_bytes[last:cut]))
        last = max(last, cut)
    return outlet, pieces, outlet.finish()


@given(
    text=st.text(alphabet="ab\n😀é#"), cuts=st.lists(st.integers(0, 60)), stop=st.lists(st.text("ab\n😀#"), max_size=3)
)
def test_what_comes_out_is_the_text_before_the_first_stop_string(text, cuts, stop):
    content = text.encode()
    outlet, pieces, rest = pour(content, stop, [min(cut, len(content)) for cut in cuts])
    shown = "".join(pieces) + rest
    places = [text.find(mark) for mark in stop if mark and mark in text]
    if places:
        assert text.startswith(shown)
        assert not any(mark in shown for mark in stop if mark)
        assert outlet.is_stopped
        assert len(shown) >= min(places) or not any(text[: len(shown) + 1].endswith(mark[:1]) for mark in stop if mark)
    else:
        assert shown == text


@given(text=st.text(min_size=1))
def test_byte_by_byte_each_character_arrives_whole(text):
    outlet = Outlet(())
    pieces = [outlet.put(bytes([byte])) for byte in text.encode()]
    assert "".join(pieces) == text
    assert all(len(piece) <= 1 for piece in pieces)


def test_the_beginning_of_a_stop_string_waits_and_is_released_when_it_was_none():
    outlet = Outlet(["\n\nQuestion"])
    assert outlet.put(b"Yes.\n\nQue") == "Yes."
    assert outlet.put(b"en") == "\n\nQueen"


def test_held_back_text_comes_out_at_the_end():
    outlet = Outlet(["###"])
    assert outlet.put(b"a ##") == "a "
    assert outlet.finish() == "##"


def test_half_a_character_at_the_end_is_dropped():
    outlet = Outlet(())
    assert outlet.put("é😀".encode()[:4]) == "é"
    assert outlet.finish() == ""


@pytest.mark.parametrize("cut", range(1, 8))
def test_after_a_stop_string_nothing_more_comes_out(cut):
    outlet = Outlet(["stop"])
    content = b"go stop on"
    text = outlet.put(content[:cut]) + outlet.put(content[cut:])
    assert text == "go "
    assert outlet.is_stopped
    assert outlet.put(b"more") == outlet.finish() == ""
