"""The context window is what model, wish, ceiling and memory allow; too little memory is refused in figures."""

from __future__ import annotations

import pickle

import pytest

from models.errors import NotEnoughMemory
from models.gguf import read_header
from models.memory import MAX_N_CTX, MIN_N_CTX, available_bytes, plan_memory
from tests.unit.models.gguf_files import U32, GgufFile, chat_metadata

PLENTY = 1 << 40


def header(tmp_path, **changes):
    path = tmp_path / "model.gguf"
    path.write_bytes(GgufFile(metadata=chat_metadata(**changes)).build())
    return read_header(path)


def context(n_tokens):
    return {"context": ("llama.context_length", U32, n_tokens)}


def test_with_plenty_of_memory_the_model_decides_up_to_the_ceiling(tmp_path):
    assert plan_memory(header(tmp_path), available=PLENTY).n_ctx == 2048
    assert plan_memory(header(tmp_path, **context(2_000_000_000)), available=PLENTY).n_ctx == MAX_N_CTX


def test_a_wish_is_granted_up_to_the_models_window(tmp_path):
    assert plan_memory(header(tmp_path), available=PLENTY, wanted_n_ctx=1500).n_ctx == 1500
    assert plan_memory(header(tmp_path), available=PLENTY, wanted_n_ctx=2_000_000_000).n_ctx == 2048


def test_what_is_planned_stays_within_four_fifths_of_the_memory(tmp_path):
    model = header(tmp_path, **context(1_000_000), layers=("llama.block_count", U32, 200))
    for available in range(200 << 20, 1200 << 20, 37 << 20):
        plan = plan_memory(model, available=available)
        assert plan.needed_bytes <= available * 0.8
        assert MIN_N_CTX <= plan.n_ctx <= MAX_N_CTX
    assert plan_memory(model, available=400 << 20).n_ctx < plan_memory(model, available=800 << 20).n_ctx


def test_too_little_memory_is_refused_with_figures(tmp_path):
    with pytest.raises(NotEnoughMemory, match="MiB") as caught:
        plan_memory(header(tmp_path), available=10 << 20)
    assert caught.value.needed_bytes > caught.value.available_bytes == int((10 << 20) * 0.8)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_this_machine_has_memory():
    assert available_bytes() > 1 << 20
