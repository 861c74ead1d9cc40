"""The picture of the quality benchmark as SVG: a lane for each goal, with its marks and where we stand.

It has a background of its own, so that it can be read in light and in dark viewers, and needs nothing from elsewhere.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from desktop_app.quality_goals import ALL, GOALS, Goal
from desktop_app.quality_intervals import Figure
from desktop_app.quality_outcome import Outcome
from desktop_app.quality_report import written

_WIDTH: Final = 1120
_LEFT: Final = 388
_RIGHT: Final = 924
_LANE: Final = 38
_MARGIN: Final = 36

_PAPER, _INK, _QUIET, _FAINT = "#fcfbf8", "#23262b", "#6c6f75", "#e4e1da"
_TRACK, _GOOD, _BETTER = "#efece5", "#cfe6d8", "#9fcfb4"
_MET, _UNMET = "#14734a", "#b8501f"

_STYLE: Final = f"""\
text {{ font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif }}
text {{ fill: {_INK} }}
.title {{ font-size: 23px; font-weight: 650 }} .panel {{ font-size: 14px; font-weight: 650 }}
.words {{ font-size: 14px }} .value {{ font-size: 15px; font-weight: 650 }}
.small {{ font-size: 11.5px; fill: {_QUIET} }}"""


@dataclass(frozen=True, slots=True)
class _Scale:
    """Turns a value into a place between the left and the right end of the lanes."""

    top: float

    def x(self, value: float) -> float:
        return _LEFT + (_RIGHT - _LEFT) * min(1.0, max(0.0, value / self.top))


@dataclass(frozen=True, slots=True)
class _Lane:
    """A goal, what was measured now and before, and the scale it is drawn on."""

    goal: Goal
    now: Figure | None
    before: Figure | None
    scale: _Scale


@dataclass(frozen=True, slots=True)
class _Panel:
    """Lanes under a heading; `ticks` are values at which thin lines cross all of them."""

    heading: str
    lanes: tuple[_Lane, ...]
    ticks: tuple[float, ...]

    @property
    def height(self) -> int:
        return 40 + _LANE * len(self.lanes) + (20 if self.ticks else 6)


def picture(outcome: Outcome, previous: Outcome | None) -> str:
    """The whole SVG."""
    panels = _panels(outcome, previous)
    parts, y = [*_head(outcome)], 128
    for panel in panels:
        parts += _panel(panel, y)
        y += panel.height + 18
    height = y + 6
    size = f'width="{_WIDTH}" height="{height}"'
    opening = f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {_WIDTH} {height}" role="img">'
    title = "<title>Every measure of quality beside its baseline and its goals</title>"
    paper = f'<rect {size} rx="14" fill="{_PAPER}" stroke="{_FAINT}"/>'
    return "\n".join([opening, title, f"<style>\n{_STYLE}\n</style>", paper, *parts, "</svg>\n"])


def _panels(outcome: Outcome, previous: Outcome | None) -> list[_Panel]:
    shares = [goal for goal in GOALS if not goal.unit and not goal.is_less_better]
    errors = [goal for goal in GOALS if not goal.unit and goal.is_less_better]
    others = [goal for goal in GOALS if goal.unit]

    def lanes(goals: Sequence[Goal], scale: Callable[[Goal], _Scale]) -> tuple[_Lane, ...]:
        return tuple(
            _Lane(goal, outcome.figure(goal), previous.figure(goal) if previous else None, scale(goal))
            for goal in goals
        )

    highest = max([0.2, *(figure.high for goal in errors if (figure := outcome.figure(goal)))])
    top = math.ceil(highest * 20) / 20
    ticks = tuple(i / 20 for i in range(round(top * 20) + 1)) if top <= 0.5 else (0.0, 0.25, 0.5, 0.75, 1.0)
    return [
        _Panel("Shares: further right is better", lanes(shares, lambda _: _Scale(1.0)), (0.0, 0.25, 0.5, 0.75, 1.0)),
        _Panel("Faults: further left is better", lanes(errors, lambda _: _Scale(top)), ticks),
        _Panel("Length and time: further left is better", lanes(others, lambda goal: _own_scale(goal, outcome)), ()),
    ]


def _own_scale(goal: Goal, outcome: Outcome) -> _Scale:
    figure = outcome.figure(goal)
    return _Scale(max(1.6 * goal.goal, 1.05 * figure.high if figure else 0.0))


# The head


def _head(outcome: Outcome) -> Iterator[str]:
    yield _text(_MARGIN, 48, "Where Seedbook’s quotes stand", "title")
    yield _text(_MARGIN, 72, " · ".join(_particulars(outcome)), "small")
    yield from _legend(102)


def _particulars(outcome: Outcome) -> Iterator[str]:
    yield "development sets, bundled models, " + ("with prose" if outcome.with_prose else "quotes and verdicts only")
    if outcome.checkout.commit:
        yield f"commit {outcome.checkout.commit[:10]}{' with changes' if outcome.checkout.has_changes else ''}"
    yield outcome.made_at[:10]
    if not outcome.is_whole:
        yield "A SAMPLE ONLY"


def _legend(y: int) -> Iterator[str]:
    x = _MARGIN + 7
    yield _dot(x, y, _MET, is_full=True)
    yield _text(x + 14, y + 4, "goal reached", "small")
    yield _dot(x + 112, y, _UNMET, is_full=False)
    yield _text(x + 126, y + 4, "not yet", "small")
    yield _interval(x + 186, x + 210, y, _QUIET)
    yield _text(x + 218, y + 4, "95 % interval", "small")
    yield _box(_LEFT, y - 6, 22, 12, _GOOD)
    yield _text(_LEFT + 29, y + 4, "goal", "small")
    yield _box(_LEFT + 68, y - 6, 22, 12, _BETTER)
    yield _text(_LEFT + 97, y + 4, "beyond", "small")
    yield _baseline(_LEFT + 158, y)
    yield _text(_LEFT + 167, y + 4, "baseline", "small")
    yield _earlier(_LEFT + 232, y)
    yield _text(_LEFT + 243, y + 4, "previous run", "small")


# Panels and lanes


def _panel(panel: _Panel, y: int) -> Iterator[str]:
    yield _text(_MARGIN, y + 20, panel.heading, "panel")
    first, last = y + 36, y + 36 + _LANE * len(panel.lanes)
    for tick in panel.ticks:
        x = panel.lanes[0].scale.x(tick)
        yield f'<line x1="{x:.1f}" y1="{first}" x2="{x:.1f}" y2="{last}" stroke="{_FAINT}"/>'
        yield _text(x, last + 15, f"{tick:g}", "small", anchor="middle")
    for i, lane in enumerate(panel.lanes):
        yield from _lane(lane, first + _LANE * i + _LANE // 2)


def _lane(lane: _Lane, y: int) -> Iterator[str]:
    goal, now = lane.goal, lane.now
    yield _text(_MARGIN, y - 1, goal.words, "words")
    yield _text(_MARGIN, y + 13, "all sets" if goal.set_name == ALL else goal.set_name, "small")
    yield from _zones(lane, y)
    if goal.baseline is not None:
        yield _baseline(lane.scale.x(goal.baseline), y)
    if lane.before is not None:
        yield _earlier(lane.scale.x(lane.before.value), y)
    sign = "≤ " if goal.is_less_better else ""
    wanted = f"goal {sign}{written(goal.goal, goal.unit)}"
    if now is None:
        yield _text(_RIGHT + 22, y + 4, f"not run, {wanted}", "small")
        return
    colour, is_met = (_MET, True) if goal.is_met(now.value) else (_UNMET, False)
    yield _interval(lane.scale.x(now.low), lane.scale.x(now.high), y, colour)
    yield _dot(lane.scale.x(now.value), y, colour, is_full=is_met)
    yield _text(_RIGHT + 22, y + 5, written(now.value, goal.unit), "value", colour=colour)
    yield _text(_RIGHT + 78, y + 4, f"{wanted} {goal.unit.replace('characters', 'chars')}", "small")


def _zones(lane: _Lane, y: int) -> Iterator[str]:
    """The lane itself, and on it what the goal and what lies beyond it take up."""
    goal, at = lane.goal, lane.scale.x
    yield _box(_LEFT, y - 6, _RIGHT - _LEFT, 12, _TRACK)
    if goal.is_less_better:
        yield _box(_LEFT, y - 6, at(goal.goal) - _LEFT, 12, _GOOD)
        yield _box(_LEFT, y - 6, max(3.0, at(goal.beyond) - _LEFT), 12, _BETTER)
    else:
        yield _box(min(at(goal.goal), _RIGHT - 3), y - 6, max(3.0, _RIGHT - at(goal.goal)), 12, _GOOD)
        yield _box(min(at(goal.beyond), _RIGHT - 3), y - 6, max(3.0, _RIGHT - at(goal.beyond)), 12, _BETTER)


# Marks


def _text(x: float, y: float, words: str, kind: str, *, anchor: str = "start", colour: str = "") -> str:
    style = f' style="fill: {colour}"' if colour else ""
    return f'<text x="{x:.1f}" y="{y}" class="{kind}" text-anchor="{anchor}"{style}>{escape(words)}</text>'


def _box(x: float, y: float, width: float, height: float, colour: str) -> str:
    return f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="{height}" rx="2.5" fill="{colour}"/>'


def _dot(x: float, y: float, colour: str, *, is_full: bool) -> str:
    fill = colour if is_full else _PAPER
    return f'<circle cx="{x:.1f}" cy="{y}" r="6" fill="{fill}" stroke="{colour}" stroke-width="2.5"/>'


def _interval(start: float, end: float, y: float, colour: str) -> str:
    ends = f'x1="{start:.1f}" y1="{y}" x2="{end:.1f}" y2="{y}"'
    return f'<line {ends} stroke="{colour}" stroke-width="2.5" stroke-linecap="round"/>'


def _baseline(x: float, y: float) -> str:
    return f'<line x1="{x:.1f}" y1="{y - 9}" x2="{x:.1f}" y2="{y + 9}" stroke="{_INK}" stroke-width="2"/>'


def _earlier(x: float, y: float) -> str:
    return f'<circle cx="{x:.1f}" cy="{y}" r="4" fill="none" stroke="{_QUIET}" stroke-width="1.5"/>'
