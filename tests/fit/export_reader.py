"""Turn a trained reader into the int8 file that is shipped, once it has been compared with what it was made from.

`python -m tests.fit.export_reader WORK/reader.pt models/reader/reader.onnx --records ../shared/train` in an environment
with the group `fit`. The file is put in place only if its answers are as exact as the trained model's, give or take a
point; figures.json beside it says how both did, and the catalogue learns the shipped file's size and checksum.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime
import torch
from tokenizers import Tokenizer

from tests.fit.reader_examples import Example, ExampleMaker, read_records
from tests.fit.reader_graph import build
from tests.fit.reader_model import ReaderModel
from tests.fit.train_reader import SEED, starting_weights

MOST_LOST = 0.01
MOST_ANSWER_TOKENS = 30
_ROOT = Path(__file__).resolve().parents[2]
_SHIPPED = _ROOT / "models" / "reader" / "reader.onnx"
_CATALOGUE = _ROOT / "models" / "catalogue.json"

#: Logits of one example: (n_tokens, 3) and one number.
Logits = tuple[npt.NDArray[np.float32], float]


@dataclass(frozen=True, slots=True)
class Measured:
    """How one model did: the share of exact spans, and the area under the curve of what can be answered."""

    exact: float
    auroc: float


def trained_logits(model: ReaderModel, examples: Sequence[Example]) -> list[Logits]:
    """What PyTorch says, in float32."""
    said = []
    with torch.no_grad():
        for e in examples:
            ids, types = torch.tensor([e.ids]), torch.tensor([e.types])
            tokens, whole = model(ids, torch.ones_like(ids), types)
            said.append((tokens[0].numpy(), float(whole[0])))
    return said


def quantised_logits(path: Path, examples: Sequence[Example]) -> tuple[list[Logits], float]:
    """What ONNX Runtime says on one thread, and the milliseconds of processor time for 1,000 tokens."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    feeds = [{"input_ids": np.array([e.ids]), "token_type_ids": np.array([e.types])} for e in examples]
    begun_s = time.process_time()
    given = [session.run(["tokens", "whole"], feed) for feed in feeds]
    spent_s = time.process_time() - begun_s
    n_tokens = sum(len(e.ids) for e in examples)
    return [(tokens[0], float(whole[0])) for tokens, whole in given], spent_s * 1e6 / n_tokens


def measure(examples: Sequence[Example], said: Sequence[Logits]) -> Measured:
    beside = list(zip(examples, said, strict=True))
    exact = [_best_span(e, tokens) == (e.start, e.end) for e, (tokens, _) in beside if e.start > 0]
    yes = np.array([whole for e, (_, whole) in beside if e.is_answerable])
    no = np.array([whole for e, (_, whole) in beside if not e.is_answerable])
    return Measured(exact=sum(exact) / len(exact), auroc=float((yes[:, None] > no[None, :]).mean()))


def _best_span(e: Example, tokens: npt.NDArray[np.float32]) -> tuple[int, int]:
    inside = tokens[e.first : e.first + len(e.evidence)]
    pairs = inside[:, 0, None] + inside[None, :, 1]
    n = len(inside)
    allowed = np.triu(np.ones((n, n), dtype=bool)) & np.tril(np.ones((n, n), dtype=bool), MOST_ANSWER_TOKENS - 1)
    start, end = np.unravel_index(np.argmax(np.where(allowed, pairs, -np.inf)), pairs.shape)
    return int(start) + e.first, int(end) + e.first


def held_out(records: Path, tokenizer: Tokenizer, n_examples: int) -> list[Example]:
    """Examples of the development fold, the same at every call."""
    checked = read_records(records, "dev")
    random.Random(SEED).shuffle(checked)
    maker = ExampleMaker(tokenizer, checked, SEED)
    return list(islice((e for record in checked for e in maker.of(record)), n_examples))


def compare(model: ReaderModel, path: Path, examples: Sequence[Example]) -> dict[str, Any]:
    """The figures of both models on the same examples, and how far their logits lie apart."""
    trained = trained_logits(model, examples)
    quantised, ms_per_1000_tokens = quantised_logits(path, examples)
    apart = np.concatenate([np.abs(t - q).ravel() for (t, _), (q, _) in zip(trained, quantised, strict=True)])
    agreeing = [
        _best_span(e, t) == _best_span(e, q) for e, (t, _), (q, _) in zip(examples, trained, quantised, strict=True)
    ]
    return {
        "n_examples": len(examples),
        "n_spans": sum(e.start > 0 for e in examples),
        "trained": asdict(measure(examples, trained)),
        "shipped": asdict(measure(examples, quantised)),
        "same_span": sum(agreeing) / len(agreeing),
        "mean_logit_difference": float(apart.mean()),
        "cpu_ms_per_1000_tokens": ms_per_1000_tokens,
    }


def training_notes(work: Path) -> dict[str, Any]:
    """What training wrote down of itself: records for each file, examples seen, seconds, whether it had finished."""
    log = work / "log.jsonl"
    notes = [json.loads(line) for line in log.read_text("utf-8").splitlines()] if log.is_file() else []
    told: dict[str, Any] = {"seed": SEED, "finished": any(note.get("finished") for note in notes)}
    for name in ("records", "torch", "threads", "seen", "seconds"):
        said = [note[name] for note in notes if name in note]
        told |= {name: said[-1]} if said else {}
    return told


def enter_in_catalogue(content: bytes, catalogue: Path = _CATALOGUE) -> None:
    """Write the file's size and checksum into the reader's card."""
    tree = json.loads(catalogue.read_text("utf-8"))
    card = next(entry for entry in tree["models"] if entry["role"] == "reader")
    card["file"] |= {"n_bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    catalogue.write_text(json.dumps(tree, indent=2, ensure_ascii=False) + "\n", "utf-8")


def export(checkpoint: Path, target: Path, records: Path, n_examples: int) -> None:
    """Build, compare, and put in place.

    Raises:
        SystemExit: the int8 file gives fewer exact answers than it may; the target is as it was.
    """
    weights = starting_weights()
    model = ReaderModel(weights).eval()
    model.load_state_dict(torch.load(checkpoint, map_location="cpu", weights_only=True))
    config = model.encoder.config
    state = {name: tensor.float().numpy() for name, tensor in model.state_dict().items()}
    graph = build(state, n_layers=config.num_hidden_layers, n_heads=config.num_attention_heads)
    tokenizer = Tokenizer.from_file(str(weights / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    made = target.with_suffix(".new")
    made.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(graph, made)
    figures = compare(model, made, held_out(records, tokenizer, n_examples))
    print(json.dumps(figures, indent=2))
    if figures["shipped"]["exact"] < figures["trained"]["exact"] - MOST_LOST:
        made.unlink()
        raise SystemExit(f"The int8 file loses more than {MOST_LOST:.0%} of the exact answers; {target} is as it was.")
    made.replace(target)
    content = target.read_bytes()
    figures |= {"n_bytes": len(content), "training": training_notes(checkpoint.parent)}
    target.with_name("figures.json").write_text(json.dumps(figures, indent=2) + "\n", "utf-8")
    if target.resolve() == _SHIPPED:
        enter_in_catalogue(content)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--records", type=Path, default=Path("../shared/train"))
    parser.add_argument("--examples", type=int, default=300)
    arguments = parser.parse_args()
    export(arguments.checkpoint, arguments.target, arguments.records, arguments.examples)
