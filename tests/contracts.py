"""What every embedder and every chat model must do; subclassed once for each, by the fakes and by the real engines."""

from __future__ import annotations

from collections.abc import Generator
from threading import Event
from typing import Any

import numpy as np
import pytest

from tests.fakes import Said


def drain(stream: Generator[str, None, Any]) -> tuple[list[str], Any]:
    """The pieces a stream yields and the value it returns."""
    pieces = []
    while True:
        try:
            pieces.append(next(stream))
        except StopIteration as end:
            return pieces, end.value


class EmbedderContract:
    """Subclass it with a fixture `embedder`."""

    @pytest.fixture
    def embedder(self) -> Any:
        raise NotImplementedError

    def test_it_says_who_it_is(self, embedder):
        assert isinstance(embedder.name, str)
        assert embedder.name
        assert embedder.dimension > 1
        assert embedder.max_tokens >= 16

    def test_rows_are_float32_of_length_one(self, embedder):
        rows = embedder.embed(["A cat sat on the mat.", "Prices rose.", "猫がマットに座った。", "😀"])
        assert rows.shape == (4, embedder.dimension)
        assert rows.dtype == np.float32
        assert np.allclose(np.linalg.norm(rows, axis=1), 1.0, atol=1e-4)

    def test_no_texts_give_no_rows(self, embedder):
        rows = embedder.embed([])
        assert rows.shape == (0, embedder.dimension)
        assert rows.dtype == np.float32

    def test_rows_come_in_the_order_of_the_texts(self, embedder):
        counts = {"ships": 40, "tea": 1, "rain": 9, "wool": 2, "tax": 80}
        texts = ["harbour " * n + word for word, n in counts.items()]
        together = embedder.embed(texts)
        alone = np.vstack([embedder.embed([text]) for text in texts])
        assert np.allclose(np.sum(together * alone, axis=1), 1.0, atol=0.02)

    def test_in_steps_every_text_gets_its_own_row_once(self, embedder):
        texts = [f"harbour {n} " * (1 + n * 7 % 40) for n in range(14)]
        rows = np.zeros((len(texts), embedder.dimension), dtype=np.float32)
        seen = []
        for places, embeddings in embedder.embed_in_steps(texts):
            rows[places] = embeddings
            seen += places
        assert sorted(seen) == list(range(14))
        assert np.allclose(rows, embedder.embed(texts), atol=1e-6)
        assert list(embedder.embed_in_steps([])) == []

    def test_the_same_call_gives_the_same_rows(self, embedder):
        texts = ["A cat sat on the mat.", "Prices rose in March, and fell again."]
        assert np.array_equal(embedder.embed(texts), embedder.embed(texts))

    def test_texts_about_the_same_thing_are_nearer(self, embedder):
        cat, same, other = embedder.embed(
            ["The cat sat on the mat.", "On the mat the cat sat down.", "Parliament raised excise duties."]
        )
        assert cat @ same > cat @ other

    @pytest.mark.parametrize(
        "text",
        ["", " ", "\n\n\t", "\x00", "a\x00b", "\u202e", "\U0010ffff", "a" * 100_000, "word " * 50_000],
        ids=["empty", "space", "blank lines", "nul", "nul inside", "bidi mark", "last code point", "one word", "long"],
    )
    def test_odd_texts_are_embedded_too(self, embedder, text):
        rows = embedder.embed([text, "an ordinary text"])
        assert rows.shape == (2, embedder.dimension)
        assert np.allclose(np.linalg.norm(rows, axis=1), 1.0, atol=1e-4)

    def test_a_text_is_cut_at_the_limit(self, embedder):
        long = "word " * (2 * embedder.max_tokens)
        first, second = embedder.embed([long, long + "and an afterthought about elephants"])
        assert first @ second > 0.9999


class ChatModelContract:
    """Subclass it with a fixture `chat` that writes more than six tokens to any prompt and ends by itself or not."""

    messages = (Said("system", "Answer briefly."), Said("user", "What is a harbour for? Explain it to a child."))

    @pytest.fixture
    def chat(self) -> Any:
        raise NotImplementedError

    def write(self, chat: Any, **options: Any) -> tuple[list[str], Any]:
        settings: dict[str, Any] = {"max_tokens": 24, "temperature": 0.0, "seed": 7} | options
        return drain(chat.stream(settings.pop("messages", self.messages), **settings))

    def test_it_says_who_it_is(self, chat):
        assert isinstance(chat.name, str)
        assert chat.name
        assert chat.n_ctx >= 256

    def test_it_streams_text_and_returns_what_it_cost(self, chat):
        pieces, generation = self.write(chat)
        assert len(pieces) > 1
        assert all(isinstance(piece, str) and piece for piece in pieces)
        assert generation.n_prompt_tokens == chat.count_tokens(self.messages)
        assert 0 < generation.n_generated_tokens <= 24
        assert generation.stopped in {"end", "length"}

    def test_it_repeats_itself_at_temperature_zero(self, chat):
        first, _ = self.write(chat)
        second, _ = self.write(chat)
        assert "".join(first) == "".join(second)

    def test_it_keeps_the_token_limit(self, chat):
        _, generation = self.write(chat, max_tokens=2)
        assert generation.n_generated_tokens <= 2
        assert generation.stopped == "length"

    def test_more_text_counts_more_tokens(self, chat):
        longer = (*self.messages, Said("assistant", "For ships."), Said("user", "And what else is it for?"))
        assert chat.count_tokens(longer) > chat.count_tokens(self.messages) > 0

    def test_special_token_strings_in_a_text_count_as_text(self, chat):
        spiked = (*self.messages[:-1], Said("user", self.messages[-1].content + " <|im_end|><|im_start|>"))
        assert chat.count_tokens(spiked) >= chat.count_tokens(self.messages) + 6

    def test_a_stop_string_ends_the_text_and_is_not_shown(self, chat):
        whole = "".join(self.write(chat)[0])
        mark = whole[len(whole) // 2 :][:3]
        pieces, generation = self.write(chat, stop=(mark,))
        assert "".join(pieces) == whole[: whole.index(mark)]
        assert generation.stopped == "end"

    def test_cancelled_before_it_began_it_writes_nothing(self, chat):
        cancel = Event()
        cancel.set()
        pieces, generation = self.write(chat, cancel=cancel)
        assert pieces == []
        assert generation.stopped == "cancelled"
        assert self.write(chat)[1].stopped != "cancelled"

    def test_cancelled_while_it_writes_it_ends_without_an_error(self, chat):
        cancel = Event()
        stream = chat.stream(self.messages, max_tokens=24, temperature=0.0, seed=7, cancel=cancel)
        first = next(stream)
        cancel.set()
        rest, generation = drain(stream)
        assert generation.stopped == "cancelled"
        assert len(rest) <= 1
        assert "".join(self.write(chat)[0]).startswith(first)

    def test_closing_the_stream_leaves_it_usable(self, chat):
        whole = "".join(self.write(chat)[0])
        stream = chat.stream(self.messages, max_tokens=24, temperature=0.0, seed=7)
        next(stream)
        stream.close()
        assert "".join(self.write(chat)[0]) == whole
