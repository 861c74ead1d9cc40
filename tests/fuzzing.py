"""Damages a sound file of every format at random and reads what comes out, in a child with the program's own limits.

`python -m tests.fuzzing -n 2000` reads so many a format; `--seed` repeats a run. Whatever is not read must be refused
with a sentence; a reader that dies or hangs is told with the file, which is kept in `--keep`.
"""

from __future__ import annotations

import argparse
import io
import random
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from desktop_app.hosted_reader import DIED, TOO_SLOW, HostedReader
from rag.errors import SourceError
from rag.types import FileState
from tests.samples import samples

_TOKENS = (
    b"<",
    b">",
    b"&",
    b"\0",
    b"\xff" * 4,
    b"9" * 20,
    b"%PDF-",
    b"PK\x03\x04",
    b"\n\n",
    b"{",
    b"]]>",
    b"..",
    b"-1",
    b"obj",
)
_MOST_HITS = 12


@dataclass(slots=True)
class Outcome:
    """How many files ended in which state, and those that ended as none should."""

    states: Counter[FileState] = field(default_factory=Counter)
    bad: list[tuple[str, str]] = field(default_factory=list)


def damaged(ending: str, n: int, seed: int) -> Iterator[bytes]:
    """`n` damaged files of a format; the same ones for the same seed."""
    sound = samples()[ending]
    for number in range(n):
        chance = random.Random(f"{seed} {ending} {number}")
        is_packed = sound.startswith(b"PK") and number % 2
        yield _repacked(sound, chance) if is_packed else _hit(sound, chance)


def read_all(ending: str, n: int, seed: int, reader: HostedReader, folder: Path) -> Outcome:
    """Read them one after the other; the file at hand lies in `folder`."""
    outcome = Outcome()
    for number, content in enumerate(damaged(ending, n, seed)):
        path = folder / f"{number}{ending}"
        path.write_bytes(content)
        try:
            reading = reader.read(path)
        except SourceError as error:
            outcome.states[error.state] += 1
            if error.reason in {DIED, TOO_SLOW} or not error.reason.endswith("."):
                outcome.bad.append((path.name, error.reason))
                continue
        else:
            outcome.states[FileState.INDEXED] += 1
            ends = [span.end for span in (*(p.span for p in reading.parts), *(m.span for m in reading.marks))]
            if max(ends, default=0) > len(reading.text) or not reading.text.strip():
                outcome.bad.append((path.name, "its parts or marks lie outside its text"))
                continue
        path.unlink()
    return outcome


def _repacked(sound: bytes, chance: random.Random) -> bytes:
    """The archive with one member damaged and its checksums right."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(sound)) as whole, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        names = whole.namelist()
        hit = chance.choice(names)
        for name in names:
            content = whole.read(name)
            archive.writestr(name, _hit(content, chance) if name == hit else content)
    return packed.getvalue()


def _hit(sound: bytes, chance: random.Random) -> bytes:
    content = bytearray(sound)
    for _ in range(chance.randint(1, _MOST_HITS)):
        place = chance.randrange(len(content)) if content else 0
        length = chance.randint(1, 40)
        match chance.randrange(6):
            case 0 if content:
                content[place] ^= 1 << chance.randrange(8)
            case 1:
                del content[place : place + length]
            case 2:
                content[place:place] = content[place : place + length] * chance.randint(1, 50)
            case 3:
                content[place:place] = chance.choice(_TOKENS)
            case 4:
                content[place : place + length] = bytes(chance.randrange(256) for _ in range(length))
            case _:
                if chance.random() < 0.2:
                    del content[place:]
    return bytes(content)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", type=int, default=2000, help="files a format (2000)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="*", metavar="ENDING", help="these formats alone, as .pdf")
    parser.add_argument("--keep", type=Path, help="where files stay whose reader died; a new folder else")
    options = parser.parse_args(arguments)
    keep = options.keep or Path(tempfile.mkdtemp(prefix="fuzzed-"))
    n_bad = 0
    with closing(HostedReader(keep / "readers.log")) as reader:
        for ending in options.only or samples():
            outcome = read_all(ending, options.n, options.seed, reader, keep)
            n_bad += len(outcome.bad)
            states = ", ".join(f"{n} {state.value}" for state, n in outcome.states.most_common())
            sys.stdout.write(f"{ending:<6} {states}\n" + "".join(f"   {name}: {why}\n" for name, why in outcome.bad))
            sys.stdout.flush()
    sys.stdout.write(f"{n_bad} files ended as none should.\n")
    return 1 if n_bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
