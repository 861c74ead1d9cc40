"""What of a text is marked as noise, and above all what is not."""

from __future__ import annotations

import json
import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag import noise_phrases
from rag.noise import marks_for, marks_in, merged
from rag.types import Mark, NoiseKind, Reading, Span

_EVAL = Path(__file__).resolve().parents[3] / ".." / "shared" / "eval"
_ARTICLE = "\n\n".join(
    f"The delegation of day {number} met the minister, who said that {number * 3} prisoners had been released by noon."
    for number in range(1, 9)
)


def _marked(text: str) -> list[tuple[str, str]]:
    return [(mark.kind.value, mark.span.cut(text)) for mark in marks_in(text)]


def _reading(text: str, marks: tuple[Mark, ...] = (), media_type: str = "text/plain") -> Reading:
    return Reading(text, "Title", None, None, media_type, marks=marks)


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("Read more", "teaser"),
        ("» Read more", "teaser"),
        ("You may also like…", "teaser"),
        ("READ MORE: The envoy returns to Doha", "teaser"),
        ("Related: What the accord says", "teaser"),
        ("Sign up for our daily newsletter", "teaser"),
        ("Weiterlesen", "teaser"),
        ("Lire la suite", "teaser"),
        ("Leer más »", "teaser"),
        ("Share this article", "sharing"),
        ("Like it? Share with your friends!", "sharing"),
        ("What's Your Reaction?", "sharing"),
        ("Click to share on Facebook (Opens in new window)", "sharing"),
        ("Auf Facebook teilen", "sharing"),
        ("Partager sur Facebook", "sharing"),
        ("Compartir en Facebook", "sharing"),
        ("We use cookies to improve your experience on this site. Accept or read our policy.", "cookies"),
        ("Diese Website verwendet Cookies. Mit der Nutzung stimmen Sie dem zu.", "cookies"),
        ("Ce site utilise des cookies pour améliorer votre visite.", "cookies"),
        ("Utilizamos cookies propias y de terceros.", "cookies"),
        ("Your email address will not be published. Required fields are marked *", "boilerplate"),
        ("Votre adresse e-mail ne sera pas publiée.", "boilerplate"),
        ("Leave a Reply", "boilerplate"),
        ("Copyright © 2021 The Site. All rights reserved.", "boilerplate"),
        ("© 2021 The Site", "boilerplate"),
        ("© Somebody / Agency", "boilerplate"),
        ("Skip to content", "menu"),
        ("Home | News | Sport | Contact | Login", "menu"),
        ("Advertisement", "advertising"),
        ("Story continues below advertisement", "advertising"),
    ],
)
def test_a_line_that_is_no_text_is_marked_in_an_article(line: str, kind: str) -> None:
    text = f"{_ARTICLE}\n\n{line}\n\n{_ARTICLE}"
    assert _marked(text) == [(kind, line)]


@pytest.mark.parametrize(
    "prose",
    [
        "She asked him to read more of the letters before the hearing.",
        "The company uses cookies baked in Ohio.",
        "He wanted to share this with his brother, who lived in Lyon.",
        "Pfizer sells Viagra in 120 countries, the annual report says.",
        "Support for the accord grew in the north.",
        "Copyright law was changed in 1976 by Congress.",
        "Home ownership fell to a low of forty years.",
        "Advertisement in newspapers began in the 17th century.",
        "The bank offers a discount of 20 % off the price for students.",
        "Donations from private persons paid for the bridge.",
        "Facebook and Twitter were blocked on the day of the vote.",
        "Comments by the envoy were printed in full.",
        "The treaty, which nobody had read in full, […]",
    ],
)
def test_prose_in_the_same_words_is_left_alone(prose: str) -> None:
    assert _marked(f"{_ARTICLE}\n\n{prose}\n\n{_ARTICLE}") == []


def test_a_link_glued_to_a_teaser_is_marked_alone_and_the_cut_off_text_stays() -> None:
    text = "The envoy has been in no haste to sign […]\n» Read moreMoscow hosted the talks last week […]\n» Read more"
    assert _marked(text) == [("teaser", "» Read more"), ("teaser", "» Read more")]


def test_a_link_at_the_end_of_a_teaser_is_marked_alone() -> None:
    assert _marked(f"{_ARTICLE}\nThe envoy left in haste … [Read more…]") == [("teaser", "[Read more…]")]
    assert _marked(f"{_ARTICLE}\nDer Gesandte reiste ab […] Weiterlesen") == [("teaser", "Weiterlesen")]


def test_advertising_that_slipped_into_a_paragraph_is_marked_to_the_sentence() -> None:
    spam = (
        "Many men could resume their buy viagra online http://pills.example/?id=24 normal life. "
        "cialis 20 mg It acts on the same way. This has to do levitra without prescription with habits."
    )
    text = f"{_ARTICLE}\n\n{spam} According to the agency, “the talks were frank.” They end today.\n\n{_ARTICLE}"
    assert _marked(text) == [("advertising", spam)]


def test_an_offer_that_slipped_in_is_marked_to_the_sentence() -> None:
    offer = "Order now at www.shop.example and get 20% off with promo code SAVE20."
    assert _marked(f"{_ARTICLE} {offer} The minister left.\n\n{_ARTICLE}") == [("advertising", offer)]


@pytest.mark.parametrize(
    "sentence",
    [
        "Patients were given sildenafil 50 mg or placebo, and the price of a dose was $3.",
        "Buying Viagra online without prescription is a risk, doctors and the FDA say, for many pills are fake.",
    ],
)
def test_a_text_about_medicines_is_no_advertising(sentence: str) -> None:
    study = "The clinical trial enrolled patients whose symptoms had been treated with a drug by their physician."
    assert _marked("\n\n".join([study, sentence, study, study])) == []


def test_an_appeal_for_money_is_marked_with_its_heading_and_its_button() -> None:
    appeal = (
        "Support Us\n\nIf our texts are useful to you, please support our work. Donations keep us going.\n\nSupport"
    )
    assert _marked(f"{_ARTICLE}\n\n{appeal}\n\n{_ARTICLE}") == [("teaser", appeal)]


def test_a_letter_that_asks_for_donations_throughout_is_a_text() -> None:
    letter = "\n\n".join(
        f"Dear friend, please support our mission with a donation of {number} euros." for number in range(9)
    )
    assert marks_in(letter) == ()


def test_a_reaction_widget_is_marked_with_its_faces() -> None:
    widget = "What's Your Reaction?\n\nhate hate\nlove love\nlol lol\nwin win"
    assert _marked(f"{_ARTICLE}\n\n{widget}") == [("sharing", widget)]


def test_a_menu_down_the_page_is_marked_and_a_list_of_names_is_not() -> None:
    assert _marked(f"Home\nNews\nSport\nObituaries\nContact\nLogin\n\n{_ARTICLE}")[0] == (
        "menu",
        "Home\nNews\nSport\nObituaries\nContact\nLogin",
    )
    assert _marked(f"{_ARTICLE}\n\nAnn Hathaway\nWilliam Shakespeare\nJohn Donne\nBen Jonson\nHome\n") == []


def test_lines_repeated_at_the_edges_of_pages_are_marked() -> None:
    pages = [f"The annual report\n{_ARTICLE}\nPage {number} of 5" for number in range(1, 6)]
    text = "\f".join(pages)
    found = _marked(text)
    assert len(found) == 6
    assert {kind for kind, _ in found} == {"running_head"}
    assert marks_in("\n\n".join(f"Verse {number}\n\nAnd so it goes on" for number in range(9))) == ()


def test_a_text_about_cookies_is_no_banner() -> None:
    policy = "\n\n".join(
        f"We use cookies of kind {number} to keep you signed in to the service." for number in range(9)
    )
    assert marks_in(policy) == ()


def test_a_page_that_is_a_list_of_links_keeps_its_text() -> None:
    text = "Home\nNews\nSport\nContact\nLogin\nSearch"
    assert marks_in(text)
    assert marks_for(_reading(text)) == ()


def test_tables_and_structured_files_are_not_judged() -> None:
    text = f"{_ARTICLE}\nShare\nRead more\nSubscribe now"
    assert marks_for(_reading(text, media_type="text/csv")) == ()
    assert marks_for(_reading(text))


def test_the_marks_of_the_reader_hold_and_those_of_the_words_fill_the_gaps() -> None:
    text = f"Share this\nHidden words\nRead more\n\n{_ARTICLE}"
    hidden = Mark(NoiseKind.HIDDEN, Span(text.index("Hidden"), text.index("more")))
    kinds = [(mark.kind.value, mark.span.cut(text)) for mark in marks_for(_reading(text, (hidden,)))]
    assert kinds == [("sharing", "Share this"), ("hidden", "Hidden words\nRead "), ("teaser", "more")]


_LINES = st.sampled_from(
    "Read more|Home|Share|» Read moreThe envoy|We use cookies on this site.|© 2020 X|Prose that says a thing.|"
    "cialis 40 mg It buys http://x.example now.|What's Your Reaction?|love love|Donate|\f|İstanbul’da|Search".split("|")
)


@given(lines=st.lists(st.one_of(_LINES, st.text(max_size=30)), max_size=30), glue=st.sampled_from(["\n", "\n\n", " "]))
def test_marks_are_in_order_inside_the_text_and_apart(lines: list[str], glue: str) -> None:
    text = glue.join(lines)
    found = marks_in(text)
    assert all(first.span.end <= second.span.start for first, second in pairwise(found))
    assert all(mark.span.end <= len(text) and mark.span.cut(text).strip() for mark in found)
    assert marks_in(text) == found


_SPANS = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 20)), max_size=8)


@given(first=_SPANS, second=_SPANS)
def test_merging_keeps_the_first_and_fills_with_the_second(
    first: list[tuple[int, int]], second: list[tuple[int, int]]
) -> None:
    text = "x" * 100
    apart: list[Mark] = []
    for start, length in sorted(first):
        if not apart or start >= apart[-1].span.end:
            apart.append(Mark(NoiseKind.HIDDEN, Span(start, start + length)))
    others = [Mark(NoiseKind.MENU, Span(start, start + length)) for start, length in sorted(second)]
    both = merged(text, apart, others)

    def covered(marks: list[Mark] | tuple[Mark, ...], kind: NoiseKind) -> set[int]:
        return {place for mark in marks if mark.kind is kind for place in range(mark.span.start, mark.span.end)}

    assert all(one.span.end <= two.span.start for one, two in pairwise(both))
    assert covered(both, NoiseKind.HIDDEN) == covered(apart, NoiseKind.HIDDEN)
    assert covered(both, NoiseKind.MENU) == covered(others, NoiseKind.MENU) - covered(apart, NoiseKind.HIDDEN)


def test_long_and_hostile_texts_end_soon() -> None:
    began = time.process_time()
    for text in (
        "a" * 1_000_000,
        "Read more " * 100_000,
        "» " * 300_000,
        "viagra " * 100_000,
        "Home\n" * 100_000,
        "cookie\n" * 50_000,
        "please donate to support us " * 10_000,
        "promo code " * 50_000,
        "\f" * 200_000,
        "x\n\n" * 200_000,
    ):
        marks_in(text)
    assert time.process_time() - began < 60


@pytest.mark.parametrize("name", ["squad_rag", "clapnq", "multihop", "longdoc", "seeds"])
def test_no_answer_of_the_question_sets_lies_in_a_mark(name: str) -> None:
    questions = _EVAL / name / f"{name}_dev.jsonl"
    if not questions.exists():
        pytest.skip("the question sets lie in ../shared, beside the checkout")
    folder = _EVAL.parent / "seeds" if name == "seeds" else _EVAL / name
    marks: dict[str, tuple[Mark, ...]] = {}
    n_spans = 0
    for line in questions.read_text("utf-8").splitlines():
        for gold in json.loads(line)["gold"]:
            document = gold["doc"]
            if document not in marks:
                marks[document] = marks_in((folder / document).read_text("utf-8"))
            span = Span(gold["start"], gold["end"])
            assert not any(mark.span.overlaps(span) for mark in marks[document]), (document, gold["text"])
            n_spans += 1
    assert n_spans > 10


def test_marks_of_a_reader_that_overlap_are_parted() -> None:
    text = f"Secret words.\n\n{_ARTICLE}"
    given_marks = (Mark(NoiseKind.HIDDEN, Span(0, 13)), Mark(NoiseKind.MENU, Span(0, 6)))
    assert [mark.span for mark in marks_for(_reading(text, given_marks))] == [Span(0, 6), Span(7, 13)]


def test_the_words_of_a_text_are_the_same_in_whatever_pieces_they_are_gathered(monkeypatch: pytest.MonkeyPatch) -> None:
    text = f"{_ARTICLE}\n» Read more\n\u3000unspaced…words\xa0and-more " * 3
    whole = noise_phrases.words_of(text)
    assert {"read", "more", "unspaced", "words", "and"} <= {word.lower() for word in whole}
    for n_chars in (1, 7, 100):
        monkeypatch.setattr(noise_phrases, "_PIECE_CHARS", n_chars)
        assert noise_phrases.words_of(text) == whole
