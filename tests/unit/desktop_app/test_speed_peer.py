"""A peer is a command that writes its figures; a passage counts where it holds a whole gold span."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import pytest

from desktop_app.speed_peer import PeerFailed, first_holding, run_peer
from rag.types import Hit, Source, Span

_WRITES = "import sys; open(sys.argv[sys.argv.index('--json') + 1], 'w').write('{\"runs\": []}')"


def _command(code: str) -> str:
    return shlex.join([sys.executable, "-c", code])


def _hit(path: Path, start: int, end: int) -> Hit:
    source = Source("id", path.name, str(path), "", None, None, "text/plain", 100)
    return Hit(source, 1, Span(start, end), "", 1.0, None, None)


def test_the_figures_of_a_peer_are_what_it_wrote(tmp_path: Path) -> None:
    assert run_peer(_command(_WRITES), [tmp_path], tmp_path / "q.jsonl", tmp_path, 5) == {"runs": []}


def test_a_peer_that_fails_is_told_by_its_last_words(tmp_path: Path) -> None:
    with pytest.raises(PeerFailed, match="no such model"):
        run_peer(_command("raise SystemExit('no such model')"), [tmp_path], tmp_path, tmp_path, 5)


def test_old_figures_are_not_taken_for_new_ones(tmp_path: Path) -> None:
    (tmp_path / "peer.json").write_text("{}", "utf-8")
    with pytest.raises(PeerFailed, match="gave no figures"):
        run_peer(_command("pass"), [tmp_path], tmp_path, tmp_path, 5)


def test_a_passage_that_cuts_the_span_or_is_of_another_text_does_not_count(tmp_path: Path) -> None:
    gold = [{"doc": "docs/a.txt", "start": 10, "end": 20}]
    own, other = tmp_path / "docs" / "a.txt", tmp_path / "docs" / "b.txt"
    assert first_holding([_hit(own, 0, 19), _hit(other, 0, 50), _hit(own, 10, 20)], gold, tmp_path) == 2
    assert first_holding([_hit(own, 11, 40)], gold, tmp_path) is None
