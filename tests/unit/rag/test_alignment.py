"""Which words of a text are found in a text made from it by leaving words out."""

from __future__ import annotations

import random
import time

from hypothesis import given
from hypothesis import strategies as st

from rag.alignment import kept_words

_WORDS = st.lists(st.sampled_from("the a envoy met minister who said that talks frank were and".split()), max_size=60)


@given(whole=_WORDS, part=_WORDS)
def test_what_is_kept_stands_in_the_part_in_the_same_order(whole: list[str], part: list[str]) -> None:
    kept = [word for word, is_kept in zip(whole, kept_words(whole, part), strict=True) if is_kept]
    rest = iter(part)
    assert all(word in rest for word in kept)


@given(words=_WORDS)
def test_a_text_is_kept_whole_in_itself_and_not_at_all_in_nothing(words: list[str]) -> None:
    assert all(kept_words(words, words))
    assert not any(kept_words(words, []))


@given(seed=st.integers(0, 10**6))
def test_paragraphs_left_out_are_found_out(seed: int) -> None:
    chance = random.Random(seed)
    paragraphs = [[f"{chance.randrange(400)}" for _ in range(25)] for _ in range(8)]
    is_left = [chance.random() < 0.6 for _ in paragraphs]
    whole = [word for paragraph in paragraphs for word in paragraph]
    part = [word for paragraph, left in zip(paragraphs, is_left, strict=True) if left for word in paragraph]
    kept = kept_words(whole, part)
    for place, left in enumerate(is_left):
        n_kept = sum(kept[place * 25 : place * 25 + 25])
        assert n_kept >= 20 if left else n_kept <= 12


def test_texts_made_to_take_long_end_soon() -> None:
    began = time.process_time()
    kept_words(["word"] * 200_000, ["word", "other"] * 100_000)
    kept_words([str(number) for number in range(100_000)], [str(number) for number in reversed(range(100_000))])
    assert time.process_time() - began < 30
