"""A transcript as one HTML file to read, send and print: no script, nothing fetched, every character escaped.

It is for people; verifying reads the JSON and Markdown exports. It opens no file.
"""

from __future__ import annotations

import html
import re

from desktop_app import export_words as words
from desktop_app.transcript import Exhibit, ExhibitKind, Transcript, exhibits_of
from rag.types import Answer, Claim, ClaimStatus, Turn, Verdict

_CSP = "default-src 'none'; style-src 'unsafe-inline'"
# HTML reads a raw carriage return as a line feed, so it is written as a reference; NUL it cannot hold at all.
_UNSAFE = re.compile("[\r\0]")

_STYLE = """
:root {
  color-scheme: light dark;
  --paper: #fbfaf7; --card: #ffffff; --ink: #22242a; --soft: #62656e; --line: #e2dfd6;
  --accent: #2d5d54; --tint: #eef4f1; --warn: #9a4a12; --warn-tint: #fdf3ea;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #17181b; --card: #1f2125; --ink: #e4e2dc; --soft: #a2a4ab; --line: #34363c;
    --accent: #8cc4b6; --tint: #1d2a27; --warn: #f0a873; --warn-tint: #2d231b;
  }
}
* { box-sizing: border-box; }
html { background: var(--paper); color: var(--ink); -webkit-text-size-adjust: 100%; }
body {
  margin: 0 auto; max-width: 44rem; padding: 3.5rem 1.5rem 4rem; overflow-wrap: anywhere;
  font: 1.0625rem/1.62 ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
}
h1, h2 { font-weight: 620; line-height: 1.28; letter-spacing: -0.011em; margin: 0; text-wrap: balance; }
h1 { font-size: 1.85rem; }
h2 { font-size: 1.3rem; }
h3 { font-size: 0.8rem; font-weight: 650; letter-spacing: 0.04em; color: var(--soft); margin: 2rem 0 0.75rem; }
p { margin: 0.6rem 0; }
a { color: var(--accent); text-underline-offset: 0.15em; }
header { padding-bottom: 1.5rem; }
article { border-top: 1px solid var(--line); padding: 2.25rem 0 1.5rem; }
.soft, .setting, footer, figcaption { color: var(--soft); font-size: 0.875rem; line-height: 1.5; }
.asked { white-space: pre-wrap; }
.number { color: var(--soft); font-weight: 400; }
.verdict {
  display: inline-block; margin: 0.9rem 0 0.2rem; padding: 0.2rem 0.75rem; border-radius: 1rem;
  background: var(--tint); color: var(--accent); font-size: 0.9rem; font-weight: 600;
}
.verdict.silent { background: none; color: var(--ink); box-shadow: inset 0 0 0 1px var(--soft); }
.note { border-left: 3px solid var(--warn); background: var(--warn-tint); padding: 0.55rem 0.9rem; font-size: 0.95rem; }
figure { margin: 0 0 1.5rem; }
blockquote {
  margin: 0;
  font-family: ui-serif, "Iowan Old Style", Charter, Georgia, "Noto Serif", "DejaVu Serif", serif;
  font-size: 1.09rem; line-height: 1.6;
}
blockquote bdi {
  display: block; white-space: pre-wrap; text-align: start;
  padding-block: 0.15rem; padding-inline-start: 1.1rem; border-inline-start: 3px solid var(--accent);
}
figure.passage blockquote bdi { border-inline-start-style: dotted; border-inline-start-color: var(--soft); }
figure.answer blockquote, figure.position blockquote { font-size: 1.45rem; font-weight: 600; line-height: 1.35; }
.positions { display: grid; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); column-gap: 1.5rem; }
.surveyed { margin: 0.4rem 0; padding-left: 1.3rem; font-size: 0.95rem; }
figcaption { padding: 0.5rem 0 0 1.25rem; }
figcaption .title { color: var(--ink); font-weight: 600; }
figcaption .mark { color: var(--accent); font-weight: 650; margin-inline-end: 0.3rem; }
figcaption code { font: 0.78rem/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
figure:target blockquote, figure:target figcaption { background: var(--tint); }
sup { line-height: 0; font-size: 0.72em; font-weight: 600; }
sup a { text-decoration: none; padding: 0 0.1em; }
.status { color: var(--soft); font-size: 0.78rem; white-space: nowrap; }
.unsupported { background: var(--warn-tint); }
.unsupported .said { color: var(--soft); text-decoration: line-through; }
.unsupported .status { color: var(--warn); font-weight: 600; white-space: normal; }
.unchecked { white-space: pre-wrap; }
footer { border-top: 1px solid var(--line); padding-top: 1.5rem; }
@media print {
  :root {
    --paper: #fff; --card: #fff; --ink: #000; --soft: #444; --line: #bbb;
    --accent: #1d4a42; --tint: #fff; --warn: #7a3608; --warn-tint: #fff;
  }
  @page { margin: 20mm 18mm; }
  body { max-width: none; padding: 0; font-size: 10.5pt; }
  h2, h3, figcaption { break-after: avoid; }
  blockquote { break-after: avoid; }
  figure { break-inside: avoid; }
  .verdict, .verdict.silent { padding: 0; background: none; box-shadow: none; }
  p { orphans: 3; widows: 3; }
  a { color: inherit; text-decoration: none; }
}
"""

_LETTERS = {ExhibitKind.ANSWER: "a", ExhibitKind.POSITION: "d", ExhibitKind.QUOTE: "q", ExhibitKind.PASSAGE: "p"}


def to_html(transcript: Transcript) -> str:
    """The transcript as a whole HTML document, UTF-8."""
    title = _text(words.title_of(transcript))
    turns = "".join(_turn(turn, number) for number, turn in enumerate(transcript.conversation.turns, start=1))
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_text(_CSP)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n<meta name="referrer" content="no-referrer">\n'
        f'<meta name="generator" content="Seedbook {_text(transcript.program_version)}">\n'
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f'<header>\n<h1><bdi>{title}</bdi></h1>\n<p class="soft">{_origin(transcript)}</p>\n</header>\n'
        f"<main>\n{turns}</main>\n"
        f"<footer>\n<p>{_text(words.promise_words())}</p>\n{_paragraph('', words.ocr_words(transcript))}"
        f"<p>{_text(words.totals_words(transcript))}. To check the quotes, export the conversation as Markdown or JSON "
        "and run <code>seedbook verify</code> on that file.</p>\n</footer>\n</body>\n</html>\n"
    )


def _text(text: str) -> str:
    """Any text as HTML text or as a quoted attribute."""
    return _UNSAFE.sub(lambda match: "&#13;" if match[0] == "\r" else "\ufffd", html.escape(text, quote=True))


def _bdi(text: str) -> str:
    return f"<bdi>{_text(text)}</bdi>"


def _paragraph(css_class: str, text: str) -> str:
    return f'<p class="{css_class}">{_bdi(text)}</p>\n' if text else ""


def _origin(transcript: Transcript) -> str:
    origin = f"Exported from Seedbook {transcript.program_version} on {words.when(transcript.exported_at)}"
    return f"{_text(origin)} · {_text(words.totals_words(transcript))}"


def _turn(turn: Turn, number: int) -> str:
    heading = words.heading_of(turn)
    whole = f'<p class="asked">{_bdi(turn.question)}</p>\n' if heading != turn.question.strip() else ""
    standalone = words.standalone_of(turn)
    searched = f'<p class="soft">Searched for: {_bdi(standalone)}</p>\n' if standalone else ""
    asked = " ".join(part for part in (f"Asked {words.when(turn.asked_at)}.", words.scope_words(turn)) if part)
    problem = f'<p class="note"><strong>Problem.</strong> {_bdi(turn.problem)}</p>\n' if turn.problem else ""
    answer = (
        _answer(turn.answer, number) if turn.answer is not None else _paragraph("soft", words.no_answer_words(turn))
    )
    return (
        f'<article id="t{number}">\n<h2><span class="number">{number}.</span> {_bdi(heading)}</h2>\n'
        f"{whole}{_paragraph('soft', asked)}{searched}{problem}{answer}</article>\n"
    )


def _answer(answer: Answer, turn: int) -> str:
    css_class = "verdict silent" if answer.verdict is Verdict.NOT_IN_SOURCES else "verdict"
    exhibits = exhibits_of(answer, turn)
    return (
        f"{_paragraph(css_class, words.verdict_words(answer))}"
        f"{_paragraph('soft', words.missing_words(answer))}{_paragraph('note', words.finish_words(answer))}"
        + "".join(_paragraph("soft", line) for line in words.context_lines(answer))
        + _surveyed(answer)
        + "".join(
            _section(kind, [exhibit for exhibit in exhibits if exhibit.kind is kind], answer) for kind in words.HEADINGS
        )
        + _prose(answer, turn)
        + _paragraph("setting", words.writer_words(answer))
    )


def _surveyed(answer: Answer) -> str:
    lines = "".join(f"<li>{_bdi(line)}</li>\n" for line in words.surveyed_lines(answer))
    return f'<ul class="surveyed">\n{lines}</ul>\n' if lines else ""


def _section(kind: ExhibitKind, exhibits: list[Exhibit], answer: Answer) -> str:
    if not exhibits:
        return ""
    figures = "".join(_figure(exhibit, answer) for exhibit in exhibits)
    if kind is ExhibitKind.POSITION:
        figures = f'<div class="positions">\n{figures}</div>\n'
    return f"<h3>{_text(words.HEADINGS[kind])}</h3>\n{figures}"


def _anchor(kind: ExhibitKind, turn: int, number: int) -> str:
    """`q1` for the first turn's first quote; the later turns carry their number in front."""
    letter = _LETTERS[kind]
    return f"{letter}{number}" if turn == 1 else f"t{turn}{letter}{number}"


def _figure(exhibit: Exhibit, answer: Answer) -> str:
    source = exhibit.source
    said = f" · by {_bdi(source.author)}" if source.author else ""
    said += f" · said by {_bdi(exhibit.speaker)}" if exhibit.speaker else ""
    path = f"<br>{_bdi(source.path)}" if source.path else ""
    is_position = exhibit.kind is ExhibitKind.POSITION
    cited = words.position_words(answer, exhibit.number) if is_position else ""
    cited = f"<br>{_text(cited)}" if cited else ""
    place = f"{_bdi(exhibit.place)} · " if exhibit.place else ""
    reading = "".join(f" · {_text(line)}" for line in words.reading_words(exhibit))
    copies = f"{_bdi(words.copies_line(exhibit))}<br>" if exhibit.also_in else ""
    return (
        f'<figure class="{exhibit.kind}" id="{_anchor(exhibit.kind, exhibit.turn, exhibit.number)}">\n'
        f"<blockquote><bdi>{_text(exhibit.text)}</bdi></blockquote>\n"
        f'<figcaption><span class="mark">{_text(words.label_words(exhibit))}</span> '
        f'<span class="title">{_bdi(source.title or source.name)}</span>{said} · {_bdi(source.date or "no date")}'
        f"{cited}<br>"
        f"{_bdi(source.name)} · {place}{_text(words.span_words(exhibit))}{reading}{path}<br>{copies}"
        f"<code>sha256 {_text(source.id)}</code></figcaption>\n</figure>\n"
    )


def _prose(answer: Answer, turn: int) -> str:
    sentences = " ".join(_claim(claim, answer, turn) for claim in answer.claims)
    checked = f"<p>{sentences}</p>\n" if sentences else ""
    rest = words.unchecked_prose(answer)
    unchecked = f'<p class="unchecked"><strong>{words.UNCHECKED}</strong> {_bdi(rest)}</p>\n' if rest else ""
    return f"<h3>In the model’s words</h3>\n{checked}{unchecked}" if checked or unchecked else ""


def _claim(claim: Claim, answer: Answer, turn: int) -> str:
    """A sentence with links to its quotes; one without support is struck out, tinted, and named in words."""
    marks = ", ".join(
        f'<a href="#{_anchor(ExhibitKind.QUOTE, turn, number)}">{number}</a>'
        for number in words.cited_numbers(claim, answer)
    )
    cited = f"<sup>{marks}</sup>" if marks else ""
    reason = f": {_bdi(claim.reason)}" if claim.reason and claim.status is ClaimStatus.UNSUPPORTED else ""
    return (
        f'<span class="claim {claim.status}" title="{_text(claim.reason)}"><span class="said">{_bdi(claim.text)}</span>'
        f'{cited} <span class="status">[{_text(words.claim_words(claim))}{reason}]</span></span>'
    )
