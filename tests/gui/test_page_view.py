"""Pages are asked for when they are seen, kept within bounds, and carry the marks of quotes at their place."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QWheelEvent
from PySide6.QtWidgets import QApplication

from desktop_app.page_strip import GAP_PX
from desktop_app.page_view import MOST_PICTURES, PageOrder, PageView
from desktop_app.pages import PageBox
from desktop_app.theme import Theme
from rag.page_images import PageSize

pytestmark = [pytest.mark.gui, pytest.mark.qt_log_ignore("This plugin does not support")]

LETTER = PageSize(612.0, 792.0)


@pytest.fixture
def view(qapp) -> Iterator[PageView]:
    view = PageView(Theme.light())
    view.resize(480, 640)
    view.show()
    view.activateWindow()
    yield view
    view.close()
    view.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def blank(order: PageOrder, colour: str = "#ffffff") -> QImage:
    image = QImage(round(LETTER.width * order.scale), round(LETTER.height * order.scale), QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    return image


def orders_after(view: PageView, qtbot, deed) -> list[PageOrder]:
    with qtbot.waitSignal(view.orders_changed) as caught:
        deed()
    return caught.args[0]


def serve(view: PageView, orders: list[PageOrder], colour: str = "#ffffff") -> None:
    for order in orders:
        view.take_picture(order.number, order.scale, blank(order, colour))


def colour_at(view: PageView, page: int, x_pt: float, y_pt: float) -> QColor:
    placed = view.strip.page(page)
    x = placed.left + round(x_pt * placed.scale) - view.horizontalScrollBar().value()
    y = placed.top + round(y_pt * placed.scale) - view.verticalScrollBar().value()
    return view.viewport().grab().toImage().pixelColor(x, y)


def test_what_is_in_sight_is_asked_for_first_and_its_neighbours_after(view, qtbot):
    orders = orders_after(view, qtbot, lambda: view.show_pages([LETTER] * 500))
    assert [order.number for order in orders] == [1, 2, 3, 4]
    orders = orders_after(view, qtbot, lambda: view.go_to(250))
    assert [order.number for order in orders] == [250, 251, 252, 249, 253]
    orders = orders_after(view, qtbot, lambda: view.go_to(500))
    assert all(1 <= order.number <= 500 for order in orders)


def test_a_page_is_ordered_in_the_pixels_of_the_screen(view, qtbot):
    orders = orders_after(view, qtbot, lambda: view.show_pages([LETTER]))
    assert orders[0].scale == pytest.approx(view.strip.page(1).scale * view.devicePixelRatioF())


def test_a_page_that_is_there_is_not_asked_for_again(view, qtbot):
    orders = orders_after(view, qtbot, lambda: view.show_pages([LETTER] * 2))
    serve(view, orders)
    assert orders_after(view, qtbot, lambda: view.go_to(2)) == []


def test_a_long_document_has_its_full_height_at_once_and_keeps_few_pictures(view, qtbot):
    view.show_pages([LETTER] * 2_000)
    assert view.verticalScrollBar().maximum() > 2_000 * 500
    for number in range(1, 200, 7):
        serve(view, orders_after(view, qtbot, lambda number=number: view.go_to(number)))
    assert len(view.pictured) <= MOST_PICTURES
    assert {197} <= view.pictured


def test_words_of_quotes_are_marked_and_the_current_one_more_strongly(view, qtbot):
    serve(view, orders_after(view, qtbot, lambda: view.show_pages([LETTER])))
    view.mark_quotes([[PageBox(1, 100, 100, 300, 120)], [PageBox(1, 100, 200, 300, 220)]], 0)
    view.verticalScrollBar().setValue(0)
    current, other, plain = (colour_at(view, 1, 200, y) for y in (110, 210, 160))
    assert plain == QColor("#ffffff")
    assert current.blue() < other.blue() < 250
    view.mark_quotes([[PageBox(1, 100, 100, 300, 120)], [PageBox(1, 100, 200, 300, 220)]], 1)
    assert colour_at(view, 1, 200, 210) == current


def test_dark_words_stay_dark_under_a_mark(view, qtbot):
    serve(view, orders_after(view, qtbot, lambda: view.show_pages([LETTER])), "#101010")
    view.mark_quotes([[PageBox(1, 100, 100, 300, 120)]], 0)
    assert colour_at(view, 1, 200, 110).lightness() <= 0x10


def test_a_page_is_softened_in_the_dark_and_its_marks_still_tell(view, qtbot):
    serve(view, orders_after(view, qtbot, lambda: view.show_pages([LETTER])))
    view.set_theme(Theme.dark())
    view.mark_quotes([[PageBox(1, 100, 100, 300, 120)]], 0)
    paper, mark = colour_at(view, 1, 200, 160), colour_at(view, 1, 200, 110)
    assert 150 < paper.lightness() < 230
    assert mark.blue() < paper.blue() - 60


def test_a_quote_is_brought_to_the_upper_quarter_wherever_it_stands(view):
    view.show_pages([LETTER] * 300)
    view.mark_quotes([[PageBox(212, 100, 500, 300, 512)], [PageBox(3, 100, 30, 300, 42)]], 0)
    for index, number in ((0, 212), (1, 3)):
        view.set_current(index)
        placed, box = view.strip.page(number), view.boxes_of(index)[0]
        y = placed.top + box.top * placed.scale - view.verticalScrollBar().value()
        assert abs(y - view.viewport().height() / 4) <= 2
        assert view.is_in_sight(index)
    assert view.page in (2, 3)


def test_the_page_that_is_read_is_told(view, qtbot):
    view.show_pages([LETTER] * 30)
    with qtbot.waitSignal(view.page_changed) as caught:
        view.go_to(7)
    assert caught.args == [7]
    assert view.accessibleDescription() == "Page 7 of 30"


def test_keys_scroll_and_zoom(view, qtbot):
    view.show_pages([LETTER] * 9)
    view.setFocus()
    qtbot.waitUntil(view.hasFocus)
    down = view.verticalScrollBar()
    qtbot.keyClick(view, Qt.Key.Key_PageDown)
    assert down.value() > 0
    qtbot.keyClick(view, Qt.Key.Key_End)
    assert down.value() == down.maximum()
    qtbot.keyClick(view, Qt.Key.Key_Home)
    assert down.value() == 0
    qtbot.keyClick(view, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    assert view.zoom == pytest.approx(1.2)
    assert view.horizontalScrollBar().maximum() > 0
    qtbot.keyClick(view, Qt.Key.Key_Minus, Qt.KeyboardModifier.ControlModifier)
    assert view.zoom == 1.0
    qtbot.keyClick(view, Qt.Key.Key_Minus, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(view, Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
    assert view.zoom == 1.0


def test_the_wheel_zooms_under_the_pointer(view):
    view.show_pages([LETTER] * 9)
    view.go_to(4)
    at = QPointF(200, 300)
    before = view.strip.at(view.verticalScrollBar().value() + 300)
    for _ in range(4):
        event = QWheelEvent(
            at, view.viewport().mapToGlobal(at), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.ControlModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(view.viewport(), event)
    assert view.zoom == pytest.approx(1.2**4)
    assert view.strip.at(view.verticalScrollBar().value() + 300) == before


def test_a_page_can_be_dragged(view, qtbot):
    view.show_pages([LETTER] * 9)
    qtbot.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(100, 400))
    qtbot.mouseMove(view.viewport(), QPoint(100, 150))
    qtbot.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(100, 150))
    assert view.verticalScrollBar().value() == 250


def test_zooming_asks_for_sharper_pages_and_shows_the_old_ones_meanwhile(view, qtbot):
    orders = orders_after(view, qtbot, lambda: view.show_pages([LETTER]))
    serve(view, orders, "#cc0000")
    sharper = orders_after(view, qtbot, lambda: view.set_zoom(1.2))
    assert sharper[0].scale == pytest.approx(1.2 * orders[0].scale, rel=0.01)
    assert colour_at(view, 1, 100, 100) == QColor("#cc0000")


def test_a_resized_view_keeps_its_page(view):
    view.show_pages([LETTER] * 50)
    view.go_to(20)
    view.resize(900, 500)
    QApplication.processEvents()
    assert view.page == 20
    assert view.strip.page(1).width + 2 * GAP_PX == view.viewport().width()


def test_a_page_that_cannot_be_drawn_is_paper_of_its_size_and_not_asked_for_again(view, qtbot):
    orders = orders_after(view, qtbot, lambda: view.show_pages([LETTER]))
    view.take_picture(1, orders[0].scale, QImage())
    assert colour_at(view, 1, 30, 30) == QColor("#ffffff")
    assert orders_after(view, qtbot, lambda: view.set_zoom(1.2)) == []


def test_pages_of_absurd_sizes_are_shown_without_harm(view, qtbot):
    sizes = [PageSize(0.0, 0.0), PageSize(float("nan"), 1e9), PageSize(-4.0, 14_400.0), LETTER]
    orders = orders_after(view, qtbot, lambda: view.show_pages(sizes))
    assert all(0 < order.scale <= 6 for order in orders)
    view.go_to(4)
    view.viewport().grab()
    assert view.n_pages == 4


def test_boxes_of_pages_that_are_not_there_are_left_alone(view):
    view.show_pages([LETTER])
    view.mark_quotes([[PageBox(9, 1, 1, 2, 2)], []], 0)
    view.set_current(0)
    view.set_current(1)
    assert not view.is_in_sight(0)
    view.viewport().grab()
