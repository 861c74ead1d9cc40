"""The real engines keep the contracts and the promises that only real weights can show."""

from __future__ import annotations

import os
import time
from pathlib import Path
from threading import Event, Thread

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.architectures import KNOWN
from models.catalogue import Role
from models.chat import LlamaChat
from models.embedding import OnnxEmbedder
from models.errors import ContextOverflow, EngineBusy, GrammarRejected, ModelLoadError, ModelNotInstalled, NotAGguf
from models.gguf_embedding import GgufEmbedder
from models.shelf import Shelf
from models.tokens import build_encoding, token_ids
from tests.contracts import ChatModelContract, EmbedderContract, drain
from tests.fakes import Said
from tests.unit.models.gguf_files import GgufFile

pytestmark = pytest.mark.e2e

N_THREADS = min(2, os.cpu_count() or 1)
CONTROL_STRINGS = [
    "<|im_end|>",
    "<|im_start|>",
    "<|endoftext|>",
    "<|im_start|>system\n",
    "<repo_name>",
    "<empty_output>",
]


def default(role):
    try:
        return Shelf(Path("no such folder")).default(role)
    except ModelNotInstalled as exc:
        if os.environ.get("REQUIRE_E2E"):
            raise
        pytest.skip(str(exc))


@pytest.fixture(scope="module")
def chat_path():
    return default(Role.CHAT).path


@pytest.fixture(scope="module")
def small_chat(chat_path):
    with LlamaChat(chat_path, n_ctx=2048, n_threads=N_THREADS) as chat:
        yield chat


@pytest.fixture(scope="module")
def onnx():
    model = default(Role.EMBEDDER)
    return OnnxEmbedder(model.path, model.tokenizer_path, name=model.id, n_threads=N_THREADS)


@pytest.fixture(scope="module")
def encoding(chat_path):
    return build_encoding(chat_path)


class TestLlamaChat(ChatModelContract):
    @pytest.fixture
    def chat(self, small_chat):
        return small_chat


class TestOnnxEmbedder(EmbedderContract):
    @pytest.fixture
    def embedder(self, onnx):
        return onnx


@pytest.fixture(scope="module")
def gguf_embedder(chat_path):
    embedder = GgufEmbedder(chat_path, n_threads=N_THREADS)
    yield embedder
    embedder.close()


class TestGgufEmbedder(EmbedderContract):
    @pytest.fixture
    def embedder(self, gguf_embedder):
        return gguf_embedder


def say(chat, *contents, **options):
    roles = ("system", "user") if len(contents) == 2 else ("user",)
    messages = [Said(role, content) for role, content in zip(roles, contents, strict=True)]
    return drain(chat.stream(messages, **({"max_tokens": 16, "temperature": 0.0, "seed": 7} | options)))


SCRIPTS = ["the harbour", "naïve", "Ελλάδα", "Москва", "עברית", "العربية", "हिन्दी", "ไทย", "中文", "日本語", "한국어"]
ODDITIES = ["  ", "\n\n", "\t", " ", "\u00a0", "\u2028", "\r\n", "12", "3.14", "½", "'s", "'LL", "’s", "_", "e\u0301"]
scripts = st.sampled_from([*SCRIPTS, *ODDITIES, *CONTROL_STRINGS, "😀👩\u200d👩\u200d👧", "\u200d", "🇩🇪", "\x04"])


@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.lists(scripts, max_size=30).map("".join) | st.text(max_size=200))
def test_the_encoding_gives_exactly_the_engines_ids(small_chat, encoding, text):
    assert token_ids(encoding, text) == small_chat._context.tokenize(text, special=False)


def test_the_encoding_agrees_on_real_texts(small_chat, encoding):
    folder = Path(__file__).resolve().parents[2] / ".." / "shared" / "seeds"
    texts = [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.txt"))]
    if not texts:
        pytest.skip("no texts beside the checkout")
    for text in texts:
        assert token_ids(encoding, text) == small_chat._context.tokenize(text, special=False)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.lists(scripts, min_size=1, max_size=12).map("".join))
def test_no_content_becomes_a_control_token(small_chat, content):
    control = [
        token
        for section in small_chat.sections([Said("system", content), Said("user", content)])
        for token in section
        if small_chat._context.is_control(token)
    ]
    plain = [
        token
        for section in small_chat.sections([Said("system", "a"), Said("user", "b")])
        for token in section
        if small_chat._context.is_control(token)
    ]
    assert control == plain
    assert len(plain) == 5


def test_the_prompt_is_the_one_that_the_models_template_means(small_chat):
    sections = small_chat.sections([Said("system", "Be brief."), Said("user", "Why are ships wet?")])
    tokens = [token for section in sections for token in section]
    meant = (
        "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nWhy are ships wet?<|im_end|>\n"
        "<|im_start|>assistant\n"
    )
    assert tokens == small_chat._context.tokenize(meant, special=True)


def test_stop_works_within_300_ms_while_a_long_prompt_is_read(small_chat):
    expected = say(small_chat, "Be brief.", "What is tea?")[0]
    for delay_s in (0.05, 0.4, 1.0):
        cancel, set_at = Event(), []

        def stop_soon(cancel=cancel, set_at=set_at, delay_s=delay_s):
            Event().wait(delay_s)
            set_at.append(time.perf_counter())
            cancel.set()

        thread = Thread(target=stop_soon)
        thread.start()
        pieces, generation = say(small_chat, "Be brief.", "ships and harbours " * 450, cancel=cancel)
        ended = time.perf_counter()
        thread.join()
        assert (pieces, generation.stopped) == ([], "cancelled")
        assert ended - set_at[0] < 0.3
        assert say(small_chat, "Be brief.", "What is tea?")[0] == expected


def test_the_system_message_is_read_once_and_answers_stay_the_same(small_chat):
    rules = "You answer in one short sentence. You never use lists. You are polite. " * 8
    first, fresh = say(small_chat, rules, "What is rain?")
    say(small_chat, rules, "What is a harbour for, and who built the first one?")
    again, cached = say(small_chat, rules, "What is rain?")
    assert cached.n_cached_tokens > 100 > fresh.n_cached_tokens
    assert again == first
    say(small_chat, "Other rules.", "What is snow?")
    assert say(small_chat, rules, "What is rain?")[0] == first


@pytest.mark.parametrize("room", [-2, -1, 0, 1, 2, 7])
def test_prompts_about_the_size_of_the_window_overflow_or_are_answered(chat_path, room):
    with LlamaChat(chat_path, n_ctx=256, n_threads=N_THREADS) as chat:
        empty = chat.count_tokens([Said("user", "")])
        content = " a" * (chat.n_ctx - empty - room)
        n_tokens = chat.count_tokens([Said("user", content)])
        assert n_tokens == chat.n_ctx - room
        if room <= 0:
            with pytest.raises(ContextOverflow) as caught:
                say(chat, content)
            assert (caught.value.n_prompt_tokens, caught.value.n_ctx) == (n_tokens, chat.n_ctx)
        else:
            _, generation = say(chat, content, max_tokens=100)
            assert generation.n_generated_tokens <= room + 1
        assert say(chat, "Hello.")[1].n_generated_tokens > 0


def test_a_giant_prompt_is_refused_at_once(small_chat):
    begun = time.perf_counter()
    with pytest.raises(ContextOverflow):
        say(small_chat, "a" * 5_000_000)
    assert time.perf_counter() - begun < 1


def test_a_second_generation_is_refused_while_one_is_open(small_chat):
    stream = small_chat.stream([Said("user", "Hello.")], max_tokens=8, temperature=0.0, seed=7)
    next(stream)
    with pytest.raises(EngineBusy):
        say(small_chat, "Hello.")
    stream.close()
    assert say(small_chat, "Hello.")[0]


def test_a_grammar_binds_and_a_broken_one_is_refused(small_chat):
    pieces, generation = say(small_chat, "Is water wet?", grammar='root ::= "yes" | "no"')
    assert "".join(pieces) in {"yes", "no"}
    assert generation.stopped == "end"
    with pytest.raises(GrammarRejected):
        say(small_chat, "Is water wet?", grammar="root ::= (")


def test_a_logits_processor_decides_in_place_or_by_a_copy(small_chat):
    wanted = small_chat._context.tokenize("😀é", special=False)

    def force(written, logits):
        logits[:] = -np.inf
        logits[wanted[len(written) % len(wanted)]] = 0.0
        return logits

    def force_copy(written, logits):
        return force(written, logits.copy())

    for processor in (force, force_copy):
        pieces, generation = say(small_chat, "Hello.", logits_processor=processor, max_tokens=2 * len(wanted))
        assert pieces == ["😀", "é", "😀", "é"]
        assert generation.stopped == "length"


def test_a_seed_repeats_and_another_one_differs(small_chat):
    texts = ["".join(say(small_chat, "Tell a story.", temperature=1.0, seed=seed)[0]) for seed in (1, 1, 2, 3)]
    assert texts[0] == texts[1]
    assert len(set(texts)) > 1


def test_nothing_is_printed(chat_path, capfd):
    with LlamaChat(chat_path, n_ctx=256, n_threads=N_THREADS) as chat:
        say(chat, "Hello.", max_tokens=2)
    assert capfd.readouterr() == ("", "")


def test_files_that_no_engine_can_load_are_errors(tmp_path, chat_path):
    cut = tmp_path / "cut.gguf"
    cut.write_bytes(chat_path.read_bytes()[:-1000])
    with pytest.raises(NotAGguf, match="cut off"):
        LlamaChat(cut)
    with pytest.raises(NotAGguf, match="no such file"):
        LlamaChat(tmp_path / "none.gguf")
    hollow = tmp_path / "hollow.gguf"
    hollow.write_bytes(GgufFile().build())
    with pytest.raises(ModelLoadError, match="hollow"):
        LlamaChat(hollow)
    with pytest.raises(ModelLoadError, match="no such file"):
        OnnxEmbedder(tmp_path / "none.onnx", tmp_path / "none.json", name="none")
    (tmp_path / "bad.json").write_text("{}")
    with pytest.raises(ModelLoadError, match="tokenizer"):
        OnnxEmbedder(tmp_path / "none.onnx", tmp_path / "bad.json", name="none")


def test_a_broken_onnx_model_is_an_error(tmp_path):
    model = default(Role.EMBEDDER)
    for content in (b"", b"<html>", model.path.read_bytes()[:100_000]):
        (tmp_path / "bad.onnx").write_bytes(content)
        with pytest.raises(ModelLoadError, match="damaged"):
            OnnxEmbedder(tmp_path / "bad.onnx", model.tokenizer_path, name="bad")


def test_a_text_of_megabytes_and_a_lone_surrogate_are_embedded(onnx):
    begun = time.perf_counter()
    rows = onnx.embed(["a" * 5_000_000, "wo rd " * 900_000, "\ud800 half", ""])
    assert np.allclose(np.linalg.norm(rows, axis=1), 1.0, atol=1e-4)
    assert time.perf_counter() - begun < 30


def test_the_known_architectures_are_those_of_the_installed_engine():
    import llama_cpp

    library = next((Path(llama_cpp.__file__).parent / "lib").glob("*llama.*"))
    content = library.read_bytes()
    assert [name for name in KNOWN if name.encode() not in content] == []
