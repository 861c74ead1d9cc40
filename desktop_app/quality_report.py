"""The report of the quality benchmark as Markdown: goals first, then every figure of every set, then how it counts."""

from __future__ import annotations

from collections.abc import Sequence

from desktop_app.quality_goals import ALL, GOALS, Goal
from desktop_app.quality_intervals import Figure
from desktop_app.quality_measures import in_words
from desktop_app.quality_outcome import Outcome, SetOutcome, sets_run
from desktop_app.quality_sets import SETS

_COUNTED = """\
## How it is counted

Each question goes through the program's own pipeline, over a library that its own indexer made of the set's texts.
Search is exact, so the same code and models find the same every time. Times are of the machine at hand, whatever else
it was doing.

- **Gold span inside the quotes**: the characters that people marked lie within the quotes, those that touch taken as
  one. Where spans are alternatives (squad_rag, squad_swap, xquad_multi, longdoc) one is enough; elsewhere *all* means
  every one. An answer that abstains holds none.
- **Answer line**: exact match and F1 after the normalisation of SQuAD, the best over the right answers; over
  characters in Chinese.
- **Quote precision**: the share of a question's quotes that touch the passage it is about, over answered questions.
- **Exact**: the library, read again, holds the quote's characters at the quote's place.
- **Passages**: the gold span lies within one of the first passages. **nDCG@10**: documents in the order of their best
  passage.
- **From memory**: the answer is the one that the text held before it was changed, and not the one it holds.
- **95 %**: Wilson's interval for shares, a bootstrap with a fixed seed for the others.
"""


def report(outcome: Outcome, previous: Outcome | None) -> str:
    """The whole text; `previous` is the run that the report before this one was of."""
    parts = [_head(outcome, previous), _goals(outcome, previous), _models(outcome)]
    parts += [_set(name, outcome.sets[name], previous) for name in sets_run(outcome)]
    return "\n".join([*parts, _COUNTED])


def written(value: float, unit: str = "") -> str:
    """A share with three decimals; characters and milliseconds whole."""
    return f"{value:,.0f}" if unit else f"{value:.3f}"


def _head(outcome: Outcome, previous: Outcome | None) -> str:
    lines = [
        "# Quality: the right sentence, or an honest “your sources do not say”",
        "",
        "![Every measure beside its baseline and its goals](quality.svg)",
        "",
        f"Made by `seedbook bench quality` on {_when(outcome.made_at)}, {_commit(outcome)}. "
        + (
            "The language model wrote about the quotes."
            if outcome.with_prose
            else "Quotes and verdicts, without prose."
        ),
    ]
    if not outcome.is_whole:
        lines += ["", "**A sample only**: of each set a part was asked, so these figures stand for no more than that."]
    left_out = [name for name in SETS if name not in outcome.sets]
    if left_out:
        lines += ["", f"**Not run**: {', '.join(left_out)}."]
    if previous is not None:
        sample = "" if previous.is_whole else ", a sample only"
        lines += ["", f"Previous run: {_when(previous.made_at)}, {_commit(previous)}{sample}."]
    return "\n".join([*lines, ""])


def _when(made_at: str) -> str:
    return f"{made_at[:10]} {made_at[11:16]} UTC"


def _commit(outcome: Outcome) -> str:
    if not outcome.checkout.commit:
        return "from no checkout"
    changed = " with changes not committed" if outcome.checkout.has_changes else ""
    return f"commit `{outcome.checkout.commit[:10]}`{changed}"


def _goals(outcome: Outcome, previous: Outcome | None) -> str:
    rows = [_goal(goal, outcome.figure(goal), previous.figure(goal) if previous else None) for goal in GOALS]
    met = [goal.is_met(figure.value) for goal in GOALS if (figure := outcome.figure(goal)) is not None]
    return "\n".join(
        [
            "## Against the goals",
            "",
            f"{sum(met)} of {len(met)} measured goals are reached; {len(GOALS) - len(met)} were not measured.",
            "",
            "| measure | set | n | baseline | previous | now | 95 % | goal | beyond | stands |",
            "|---|---|--:|--:|--:|--:|--:|--:|--:|---|",
            *rows,
            "",
            "Baselines: " + "; ".join(f"{mark} {note}" for note, mark in _notes().items()) + ".",
            "",
        ]
    )


def _goal(goal: Goal, now: Figure | None, before: Figure | None) -> str:
    sign, unit = ("≤ " if goal.is_less_better else ""), goal.unit
    cells = [
        goal.words + (f", {unit}" if unit == "characters" else ""),
        "all sets" if goal.set_name == ALL else goal.set_name,
        f"{now.n:,}" if now else "",
        written(goal.baseline, unit) + _notes().get(goal.note, "") if goal.baseline is not None else "",
        written(before.value, unit) if before else "",
        f"**{written(now.value, unit)}**" if now else "",
        _interval(now, unit) if now else "",
        sign + written(goal.goal, unit),
        sign + written(goal.beyond, unit),
        standing(goal, now),
    ]
    return _row(cells)


def standing(goal: Goal, now: Figure | None) -> str:
    """Where a figure stands, in two words."""
    if now is None:
        return "not run"
    if goal.is_surpassed(now):
        return "beyond"
    return "reached" if goal.is_met(now.value) else "not yet"


def _notes() -> dict[str, str]:
    """A mark for each note on where a baseline comes from."""
    return {note: f"<sup>{i}</sup>" for i, note in enumerate(dict.fromkeys(g.note for g in GOALS if g.note), 1)}


def _models(outcome: Outcome) -> str:
    rows = [_row([f"`{model.id}`", model.role, f"`{model.sha256[:12]}`"]) for model in outcome.models]
    return "\n".join(["## Models", "", "| model | part | sha256 |", "|---|---|---|", *rows, ""])


def _set(name: str, one: SetOutcome, previous: Outcome | None) -> str:
    before = previous.sets[name].figures if previous and name in previous.sets else {}
    asked = f"{one.n_asked}" if one.n_asked == one.n_questions else f"{one.n_asked} of {one.n_questions}"
    whole = {key: figure for key, figure in one.figures.items() if "/" not in key}
    lines = [
        f"## {name}",
        "",
        f"{asked} questions over {one.n_documents:,} documents, {one.n_passages:,} passages.",
        "",
        "| measure | n | previous | now | 95 % |",
        "|---|--:|--:|--:|--:|",
        *(_measured(key, figure, before.get(key)) for key, figure in whole.items()),
        "",
    ]
    return "\n".join([*lines, *_groups(one)])


def _measured(key: str, now: Figure, before: Figure | None) -> str:
    unit = _unit(key)
    earlier = written(before.value, unit) if before else ""
    return _row([in_words(key), f"{now.n:,}", earlier, f"**{written(now.value, unit)}**", _interval(now, unit)])


def _groups(one: SetOutcome) -> list[str]:
    """A table with a column for each group, where there are groups; each cell with the half width of its interval."""
    keys = [key.partition("/") for key in one.figures if "/" in key]
    groups, measures = list(dict.fromkeys(group for *_, group in keys)), list(dict.fromkeys(key for key, *_ in keys))
    if not groups:
        return []
    head = [_row(["measure", *groups]), _row(["---", *["--:"] * len(groups)])]
    return [*head, *(_row([in_words(key), *(_cell(one.figures.get(f"{key}/{group}")) for group in groups)])
                     for key in measures), ""]  # fmt: skip


def _cell(figure: Figure | None) -> str:
    return "" if figure is None else f"{figure.value:.2f} ± {(figure.high - figure.low) / 2:.2f}"


def _interval(figure: Figure, unit: str) -> str:
    return f"{written(figure.low, unit)} to {written(figure.high, unit)}"


def _unit(key: str) -> str:
    return "characters" if key.startswith("quote_chars") else "ms" if key.startswith("first_quote_ms") else ""


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
