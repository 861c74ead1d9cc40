"""A speaker is named where the text names one, in the text's own characters, and nobody where it is not sure."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.speakers import speaker_of, speaker_span
from rag.types import Span

_PIECES = st.sampled_from(
    (
        "“We want peace,”",
        " Zamir Kabulov said.",
        "\n",
        " he added.",
        "“",
        "”",
        '"',
        " said ",
        "According to Reuters,",
        ". ",
    )
)


def said_by(text: str, said: str) -> str | None:
    start = text.index(said)
    return speaker_of(text, Span(start, start + len(said)))


@pytest.mark.parametrize(
    ("text", "said", "speaker"),
    [
        ("“We want peace,” Zamir Kabulov said.", "We want peace", "Zamir Kabulov"),
        ("“We want peace,” Zamir Kabulov said.", "“We want peace,” Zamir Kabulov said.", "Zamir Kabulov"),
        ("“We want peace,” said Zamir Kabulov, the envoy.", "We want peace", "Zamir Kabulov"),
        ("“We want peace,” Kabulov, the Kremlin's envoy, said on Monday.", "We want peace", "Kabulov"),
        ("“We want peace!” Kabulov added.", "We want peace", "Kabulov"),
        ("“Yes, I guarantee it,” a Russian source told us, “soon.”", "I guarantee it", "a Russian source"),
        ("“It is dangerous,” said another regional expert.", "It is dangerous", "another regional expert"),
        ("“It works,” said Dr. J. R. Smith in London.", "It works", "Dr. J. R. Smith"),
        ("“It works,” the study's authors wrote in the report.", "It works", "the study's authors"),
        ('"It works," Cue said.', "It works", "Cue"),
        ("„Es geht,” said Angela Merkel.", "Es geht", "Angela Merkel"),
        ("«It works,» said Angela Merkel.", "It works", "Angela Merkel"),
        ("“It works,” according to Angela Merkel.", "It works", "Angela Merkel"),
        ("Kabulov said: “We want peace.”", "We want peace", "Kabulov"),
        ("Kabulov told Interfax: “We want peace.”", "We want peace", "Kabulov"),
        ("Kabulov said that “peace is near”.", "peace is near", "Kabulov"),
        ("According to Reuters, “peace is near”.", "peace is near", "Reuters"),
        ("Kabulov said:\n\n“We are ready to send arms.”", "We are ready to send arms", "Kabulov"),
        ("“A first thing,” Dubnov said. “A second thing is risky.”", "A second thing is risky", "Dubnov"),
        ("“A first thing is,” Dubnov said, “a second thing.”", "a second thing", "Dubnov"),
        ("According to Reuters, the talks failed.", "the talks failed", "Reuters"),
        ("The talks failed, according to the ministry.", "The talks failed", "the ministry"),
        ("The ministry said the talks failed.", "the talks failed", "The ministry"),
        ("Russia’s foreign ministry said the talks failed.", "the talks failed", "Russia’s foreign ministry"),
        ("The talks failed, officials said.", "The talks failed", "officials"),
        ("The talks failed, Dubnov added.", "The talks failed", "Dubnov"),
        ("The talks failed, said Dmitry Trenin, head of the centre.", "The talks failed", "Dmitry Trenin"),
        ("A senior Taliban official told Reuters that ties began.", "ties began", "A senior Taliban official"),
        ("But Arkady Dubnov, a scientist, said it was risky.", "it was risky", "Arkady Dubnov"),
        ("In an interview, Putin said it was risky.", "it was risky", "Putin"),
        ("Gen. John Nicholson said it was risky.", "it was risky", "Gen. John Nicholson"),
        ("The U.S. said it would leave.", "it would leave", "The U.S."),
        ("Smith and Jones said they would leave.", "they would leave", "Smith and Jones"),
        ("Putin’s envoy to Kabul, Zamir Kabulov, said it works.", "it works", "Zamir Kabulov"),
        ("The envoy Zamir Kabulov met reporters. “We want peace,” he said.", "We want peace", "Zamir Kabulov"),
        ("“It works,” Zamir Kabulov said. “It will do,” he added. Later Kabulov left.", "It will do", "Zamir Kabulov"),
    ],
)  # fmt: skip
def test_the_text_names_who_says_it(text: str, said: str, speaker: str) -> None:
    assert said_by(text, said) == speaker


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("The talks failed.", "The talks failed."),
        ("“We want peace,” he said.", "We want peace"),
        ("The envoy Zamir Kabulov met General John Nicholson. “We want peace,” he said.", "We want peace"),
        ("New York was cold. She said the talks failed.", "She said the talks failed."),
        ("The envoy Zamir Kabulov left.\n“We want peace,” he said.", "We want peace"),
        ("“The talks failed.” Smith left the room.", "The talks failed"),
        ("“The talks failed.” Smith said the room was empty.", "The talks failed"),
        ("“The talks failed,” nobody said.", "The talks failed"),
        ("Nobody said the talks failed.", "the talks failed"),
        ("It is said that the talks failed.", "the talks failed"),
        ("They said the talks failed.", "the talks failed"),
        ("What she said was false.", "What she said was false."),
        ("Smith, who Jones said was ill, left.", "left"),
        ("Smith said that, according to Reuters, the talks failed.", "the talks failed"),
        ("Smith believes the talks failed.", "the talks failed"),
        ("Smith was told to leave.", "to leave"),
        ("Smith has been told that the talks failed.", "the talks failed"),
        ("When Raghavan testified, the deal was known.", "the deal was known"),
        ("Before the game, the team added some green paint.", "the team added some green paint"),
        ("The company’s “secret” channel was known.", "channel was known"),
        ("The sign said no entry.", "no entry"),
        ("Yesterday said nothing.", "nothing"),
        ("Smith said it works. Jones said it does not.", "Smith said it works. Jones said it does not."),
    ],
)
def test_nobody_is_named_where_the_text_is_not_clear(text: str, said: str) -> None:
    assert said_by(text, said) is None


@given(st.lists(st.one_of(_PIECES, st.text(max_size=10)), min_size=1, max_size=12).map("".join), st.data())
def test_a_speaker_is_cut_from_the_text(text: str, drawn: st.DataObject) -> None:
    if not text:
        return
    start = drawn.draw(st.integers(0, len(text) - 1))
    span = Span(start, drawn.draw(st.integers(start + 1, len(text))))
    who = speaker_span(text, span)
    assert speaker_of(text, span) == (who.cut(text) if who else None)
    assert who is None or who.cut(text).strip() == who.cut(text) != ""


def test_a_paragraph_without_end_is_read_only_near_the_span() -> None:
    text = "“Well,” he said. " * 20_000
    assert speaker_of(text, Span(170_001, 170_010)) is None
