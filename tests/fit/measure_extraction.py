"""Measures what is left of web pages after marking, beside bare trafilatura, and what noise marking costs in prose.

`python -m tests.fit.measure_extraction pages ../shared/eval` reads the pages of `extraction`; `prose ../shared/eval`
marks the texts of the question sets and counts the gold spans that a mark touches; `speed ../shared/eval` times both.

The shingle figures follow the article extraction benchmark: 4-grams of words as a multiset, precision and recall a
page, their means over the pages, F1 of the means. `traf` is (must found + must-not absent) / all. Pages fall into two
halves by the sha256 of their id.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import trafilatura

from rag.noise import marks_for, marks_in
from rag.readers.html import HtmlReader
from rag.types import Mark

_WORD = re.compile(r"\w+")
_SETS = ("squad_rag", "squad_swap", "clapnq", "multihop", "longdoc", "xquad_multi")


def pages(folder: Path, name: str) -> Iterator[tuple[dict[str, Any], bytes]]:
    """The records of a set of pages, each with the page itself."""
    for line in (folder / "extraction" / f"{name}_dev.jsonl").read_text("utf-8").splitlines():
        record = json.loads(line)
        yield record, gzip.decompress((folder / "extraction" / record["html"]).read_bytes())


def bare(page: bytes) -> str:
    """What trafilatura alone gives."""
    return trafilatura.extract(page, include_comments=False, include_tables=True) or ""


def unmarked(page: bytes) -> str:
    """The text of the page without what is marked, as a document is stored."""
    reading = HtmlReader().read(page, Path("page.html"))
    return without(reading.text, marks_for(reading))


def without(text: str, marks: Sequence[Mark]) -> str:
    """The text outside the marks, stretches parted by a line end."""
    starts = [0, *(mark.span.end for mark in marks)]
    ends = [*(mark.span.start for mark in marks), len(text)]
    return "\n".join(
        text[start:end].strip() for start, end in zip(starts, ends, strict=True) if text[start:end].strip()
    )


def precision_and_recall(gold: str, found: str, length: int) -> tuple[float, float]:
    """Of the runs of `length` words, counted as often as they occur."""
    expected, got = _shingles(gold, length), _shingles(found, length)
    n_right = (expected & got).total()
    if not expected and not got:
        return 1.0, 1.0
    return n_right / got.total() if got else 0.0, n_right / expected.total() if expected else 0.0


def _shingles(text: str, length: int) -> Counter[tuple[str, ...]]:
    words = _WORD.findall(text)
    return Counter(tuple(words[at : at + length]) for at in range(max(1, len(words) - length + 1)) if words)


def f1(rows: Sequence[tuple[float, float]]) -> tuple[float, float, float]:
    """Mean precision, mean recall, and F1 of the two."""
    precision = sum(row[0] for row in rows) / len(rows)
    recall = sum(row[1] for row in rows) / len(rows)
    return precision, recall, 2 * precision * recall / (precision + recall)


def half_of(page_id: str) -> int:
    return int(hashlib.sha256(page_id.encode()).hexdigest(), 16) % 2


def measure_pages(folder: Path) -> None:
    """Print the figures of both sets for both extractions, by halves and together."""
    print("| extraction | pages | 4-gram P | R | F1 | word F1 | traf must | must not | accuracy |")
    print("|---|---|---|---|---|---|---|---|---|")
    for name, extract in (("trafilatura", bare), ("Seedbook", unmarked)):
        articles = {record["id"]: (record, extract(page)) for record, page in pages(folder, "aeb")}
        snippets = {record["id"]: (record, extract(page)) for record, page in pages(folder, "traf")}
        for half in (0, 1, None):
            print(f"| {name} | {'all' if half is None else f'half {half}'} |", _row(articles, snippets, half))


def _row(articles: dict[str, Any], snippets: dict[str, Any], half: int | None) -> str:
    own = [made for key, made in articles.items() if half is None or half_of(key) == half]
    precision, recall, four = f1([precision_and_recall(record["gold_text"], text, 4) for record, text in own])
    words = f1([precision_and_recall(record["gold_text"], text, 1) for record, text in own])[2]
    checked = [made for key, made in snippets.items() if half is None or half_of(key) == half]
    must = [snippet in text for record, text in checked for snippet in record["must_contain"]]
    must_not = [snippet not in text for record, text in checked for snippet in record["must_not_contain"]]
    accuracy = (sum(must) + sum(must_not)) / (len(must) + len(must_not))
    counts = f"{sum(must)}/{len(must)} | {sum(must_not)}/{len(must_not)}"
    return f"{precision:.4f} | {recall:.4f} | {four:.4f} | {words:.4f} | {counts} | {accuracy:.4f} |"


def texts_of(folder: Path) -> Iterator[tuple[str, str, str]]:
    """Set, document as the questions name it, text; of every question set that is prose."""
    for name in _SETS:
        for path in sorted((folder / name).rglob("*.txt")):
            yield name, path.relative_to(folder / name).as_posix(), path.read_text("utf-8")
    for line in (folder / "hop_paragraphs" / "corpus.jsonl").read_text("utf-8").splitlines():
        record = json.loads(line)
        yield "hop_paragraphs", record["doc"], record["text"]
    for path in sorted((folder.parent / "seeds").glob("*.txt")):
        yield "seeds", path.name, path.read_text("utf-8")


def gold_of(folder: Path, name: str) -> Iterator[dict[str, Any]]:
    """The gold spans of a set's questions."""
    for path in sorted((folder / name).glob("*_dev*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            yield from json.loads(line).get("gold") or ()


def measure_prose(folder: Path) -> None:
    """Print the share of marked characters for each set, the gold spans that a mark touches, and the kinds."""
    texts: dict[str, dict[str, str]] = defaultdict(dict)
    for name, document, text in texts_of(folder):
        texts[name][document] = text
    kinds: Counter[tuple[str, str]] = Counter()
    print("| set | documents | characters | marked | gold spans | touched by a mark |")
    print("|---|---|---|---|---|---|")
    for name, documents in texts.items():
        marks = {document: marks_in(text) for document, text in documents.items()}
        kinds.update((name, mark.kind.value) for made in marks.values() for mark in made)
        n_chars = sum(map(len, documents.values()))
        n_marked = sum(len(mark.span) for made in marks.values() for mark in made)
        gold = [span for span in gold_of(folder, name) if _named(span["doc"], documents)]
        touched = [span for span in gold if _is_touched(span, marks[_named(span["doc"], documents)])]
        print(f"| {name} | {len(documents)} | {n_chars:,} | {n_marked / n_chars:.3%} | {len(gold)} | {len(touched)} |")
    print(dict(kinds))


def _named(document: str, documents: dict[str, str]) -> str:
    candidates = (document, document.partition("/")[2], f"docs/{document}", f"docs_dev/{document}")
    return next((one for one in (*candidates, f"docs_distractors/{document}") if one in documents), "")


def _is_touched(gold: dict[str, Any], marks: Sequence[Mark]) -> bool:
    return any(mark.span.start < gold["end"] and gold["start"] < mark.span.end for mark in marks)


def measure_speed(folder: Path) -> None:
    """Print processor seconds for every fourth page, read in turn by each, and megabytes of text marked in a second."""
    held = [page for name in ("aeb", "traf") for _, page in pages(folder, name)][::4]
    took: dict[str, float] = defaultdict(float)
    for page in held:
        for name, work in (("text alone", bare), ("text and metadata", _with_metadata), ("HtmlReader", _read)):
            took[name] += _seconds(work, [page])
    print(f"{len(held)} pages:", ", ".join(f"{name} {seconds:.1f} s" for name, seconds in took.items()))
    texts = [text for _, _, text in texts_of(folder)][::2]
    megabytes = sum(len(text.encode()) for text in texts) / 10**6
    print(f"{megabytes:.1f} MB in {len(texts)} texts marked at {megabytes / _seconds(marks_in, texts):.1f} MB/s")
    joined = ["\n\n".join(texts[at : at + 500]) for at in range(0, len(texts), 500)]
    print(f"the same in {len(joined)} texts at {megabytes / _seconds(marks_in, joined):.1f} MB/s")


def _with_metadata(page: bytes) -> object:
    return trafilatura.bare_extraction(page, include_comments=False, include_tables=True, with_metadata=True)


def _read(page: bytes) -> object:
    return HtmlReader().read(page, Path("page.html"))


def _seconds(work: Callable[[Any], object], items: Sequence[Any]) -> float:
    """Processor time of the fastest of three rounds."""
    rounds = []
    for _ in range(3):
        began = time.process_time()
        for item in items:
            work(item)
        rounds.append(time.process_time() - began)
    return min(rounds)


def main() -> None:
    """Run one measurement."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("pages", "prose", "speed"))
    parser.add_argument("folder", type=Path)
    arguments = parser.parse_args()
    {"pages": measure_pages, "prose": measure_prose, "speed": measure_speed}[arguments.what](arguments.folder)


if __name__ == "__main__":
    main()
