"""Every page has its place before it is drawn, whatever sizes a file gives."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from desktop_app.page_strip import GAP_PX, PageStrip
from rag.page_images import PageSize

SIZES = st.lists(
    st.builds(PageSize, st.floats(-10, 30_000) | st.just(float("nan")), st.floats(-10, 30_000)), min_size=1, max_size=30
)


@given(SIZES, st.integers(-5, 2_000), st.floats(0.4, 5.0))
def test_pages_hang_below_one_another_and_are_found_again(sizes, room_px, zoom):
    strip = PageStrip(sizes, room_px, zoom)
    pages = [strip.page(number) for number in range(1, len(sizes) + 1)]
    assert all(above.bottom + GAP_PX == below.top for above, below in pairwise(pages))
    assert pages[-1].bottom + GAP_PX == strip.height
    for page in pages:
        assert page.width >= 1
        assert page.height >= 1
        assert 0 <= page.left <= page.left + page.width <= strip.width
        assert strip.at(page.top) == strip.at(page.bottom - 1) == page.number


@given(SIZES, st.integers(0, 20_000), st.integers(1, 2_000))
def test_what_lies_between_two_heights_is_every_page_that_touches_it(sizes, top, height):
    strip = PageStrip(sizes, 500)
    touching = [
        number
        for number in range(1, len(sizes) + 1)
        if strip.page(number).top < top + height and strip.page(number).bottom > top
    ]
    found = list(strip.between(top, top + height))
    assert found[: len(touching)] == touching
    assert len(found) <= len(touching) + 1  # the first page, where what is seen is the room above it


def test_pages_of_any_shape_are_as_wide_as_the_room():
    strip = PageStrip([PageSize(612, 792), PageSize(792, 612), PageSize(1_920, 1_080)], 500)
    assert [strip.page(number).width for number in (1, 2, 3)] == [500, 500, 500]


def test_a_small_page_is_not_blown_up():
    page = PageStrip([PageSize(63, 22)], 900).page(1)
    assert page.width < 200
    assert page.left > 300


def test_twice_the_zoom_is_twice_the_width():
    sizes = [PageSize(612, 792)]
    assert PageStrip(sizes, 500, 2.0).page(1).width == 2 * PageStrip(sizes, 500).page(1).width


def test_no_pages_are_nowhere():
    strip = PageStrip()
    assert len(strip) == 0
    assert strip.at(100) == 0
    assert list(strip.between(0, 100)) == []
