"""A claim is quoted, supported or unsupported, and says why."""
# ruff: noqa: E501 - sentences stand on one line

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.checking import check, split_marks
from rag.types import ClaimStatus
from tests.unit.rag.made import quote

ENVOY = quote("President Vladimir Putin’s envoy to Afghanistan, Zamir Kabulov, spoke in an interview on 31 March 2020.")
TROOPS = quote("The U.S. will pull out 9,800 troops within 14 months. Russia did not supply weapons.")


@pytest.mark.parametrize(
    ("sentence", "status"),
    [
        ("Zamir Kabulov spoke in an interview [1].", ClaimStatus.QUOTED),
        ("Putin’s envoy Zamir Kabulov spoke in an interview [1].", ClaimStatus.SUPPORTED),
        ("In an interview, Putin’s envoy Zamir Kabulov spoke [1].", ClaimStatus.UNSUPPORTED),
        ("The envoy is Ivan Petrov [1].", ClaimStatus.UNSUPPORTED),
        ("He spoke in an interview on 30 March 2020 [1].", ClaimStatus.UNSUPPORTED),
        ("The U.S. will pull out 9,900 troops [2].", ClaimStatus.UNSUPPORTED),
        ("The U.S. will not pull out 9800 troops within 14 months [2].", ClaimStatus.UNSUPPORTED),
        ("Weapons were supplied by Russia [2].", ClaimStatus.UNSUPPORTED),
        ("Indeed [1].", ClaimStatus.UNSUPPORTED),
    ],
)
def test_the_status_follows_words_names_numbers_and_negation(sentence: str, status: ClaimStatus) -> None:
    claim = check(sentence, (ENVOY, TROOPS))
    assert claim.status is status, claim.reason


def test_a_wrong_citation_is_put_right_when_another_quote_holds_the_sentence() -> None:
    claim = check("Zamir Kabulov spoke in an interview [2].", (ENVOY, TROOPS))
    assert (claim.status, claim.quotes) == (ClaimStatus.QUOTED, (0,))


def test_a_sentence_without_citation_gets_the_quote_it_rests_on() -> None:
    assert check("Kabulov is Putin’s envoy to Afghanistan.", (TROOPS, ENVOY)).quotes == (1,)


def test_a_sentence_may_rest_on_two_quotes_together() -> None:
    claim = check("Kabulov spoke and the U.S. will pull out troops [1][2].", (ENVOY, TROOPS))
    assert (claim.status, claim.quotes) == (ClaimStatus.SUPPORTED, (0, 1))


def test_the_reason_names_what_is_not_there() -> None:
    assert "Petrov" in check("The envoy is Ivan Petrov [1].", (ENVOY,)).reason
    assert "9,900" in check("The U.S. will pull out 9,900 troops [1].", (TROOPS,)).reason


def test_a_number_in_brackets_that_no_quote_has_is_no_mark() -> None:
    assert split_marks("Russia paid [500] dollars [1].", 2) == ("Russia paid [500] dollars.", (0,))


@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=200), st.text(max_size=60))
def test_any_sentence_gets_a_status_and_cites_only_quotes_that_exist(text: str, sentence: str) -> None:
    quotes = (quote(text),) if text else ()
    claim = check(sentence, quotes)
    assert all(0 <= i < len(quotes) for i in claim.quotes)
    assert claim.quotes or claim.status is ClaimStatus.UNSUPPORTED


@pytest.mark.parametrize(
    ("sentence", "texts"),
    [
        ("Israel attacked Iran on Monday.", ["Iran attacked Israel on Monday."]),
        ("The minister resigned.", ["The spokesman rejected reports that the minister resigned."]),
        ("The talks were a success.", ["It is false to say that the talks were a success."]),
        ("The government will raise taxes.", ["The government may raise taxes only if the vote fails, said Smith."]),
        ("Smith killed Jones.", ["Smith was killed by Jones."]),
        (
            "The company earned 12 million in 2023 and 15 million in 2022.",
            ["The company earned 12 million in 2022 and 15 million in 2023."],
        ),
        ("Prices rose by 5 percent.", ["Prices fell by 5 percent after wages rose."]),
        ("Prices rose 5 percent.", ["Prices fell 5 percent, sources close to the committee confirmed on record."]),
        ("More than 300 people died.", ["Fewer than 300 people died."]),
        ("Before the war, exports were banned.", ["After the war, exports were banned."]),
        ("The temperature was 5 degrees.", ["The temperature was -5 degrees."]),
        ("It cost 5 million dollars.", ["It cost 5 billion dollars, half a million more than planned."]),
        ("Anna Petrov met John Miller in Rome.", ["Anna Miller met John Petrov in Rome."]),
        ("All members agreed to the deal.", ["Some members agreed to the deal."]),
        ("He said he was guilty.", ["He said he was innocent, the court found him guilty."]),
        ("The army lost the battle.", ["The army won the battle but lost the general."]),
        ("Moscow did not refuse to negotiate.", ["Moscow did refuse to negotiate."]),
        ("The vaccine is unsafe.", ["The vaccine is safe."]),
        ("The vaccine is safe and effective.", ["The vaccine is neither safe nor effective."]),
        ("The law was passed.", ["The law failed to be passed."]),
        ("Paris is the capital of Germany.", ["Paris is the capital of France. Berlin is the capital of Germany."]),
        ("Paris is the capital of Germany.", ["Paris is the capital of France.", "Berlin is the capital of Germany."]),
        ("The attack was in March 2020.", ["The attack was in 2020. He left in March."]),
        ("The attack happened on 3 May 2021.", ["The attack happened on 5 May 2021, at 3 in the morning."]),
        ("The witness identified the attacker.", ["The witness could not say she identified the attacker."]),
        ("The plan was approved.", ["Nobody believes the plan was approved."]),
        ("Twelve people died.", ["Three people died. Twelve were hurt."]),
        (
            "Two people died in the fire in Lisbon harbour last night.",
            ["Three people died in the fire in Lisbon harbour last night."],
        ),
        ("He was born in Paris.", ["He was born in London."]),
        (
            "The president supports the strike.",
            ["The president opposes the strike, although his party supports the union."],
        ),
        ("The bank lost US$ 3.5 million.", ["The bank lost EUR 3.5 million in the US."]),
        ("Iran Israel signed.", ["He went to Iran. Israel signed."]),
        ("He denied taking the money.", ["He did not take the money."]),
        ("The rebels never took the city.", ["The rebels took the city. They never left."]),
        ("The rebels didn't take the city.", ["The rebels took the city. They didn’t leave."]),
        (
            "The rebels cannot take the city without not losing men.",
            ["The rebels cannot take the city without losing men."],
        ),
        ("Profits were 1,5 million.", ["Profits were 15 million."]),
        ("Quebec voted for independence.", ["Quebec voted against independence."]),
        ("Exports to China stopped.", ["Exports from China stopped."]),
        ("It happened 10 years ago.", ["It happened 10 days ago, after years of work."]),
        ("Russia armed the Taliban.", ["US generals alleged that Russia armed the Taliban."]),
        ("Russia armed the Taliban.", ["If Russia armed the Taliban, it would be a breach."]),
        ("Russia has ties with the Taliban.", ["Kabulov denies that Russia has ties with the Taliban."]),
        ("Russia has ties with the Taliban.", ["No evidence shows that Russia has ties with the Taliban."]),
        ("Russia paid [500] dollars.", ["Russia paid dollars."]),
        (
            "Lavrov said the tactic was shortsighted.",
            ["Kabulov said the tactic was shortsighted and Lavrov disagreed."],
        ),
        (
            "Putin is the envoy of Zamir Kabulov.",
            ["President Vladimir Putin’s envoy to Afghanistan, Zamir Kabulov, spoke."],
        ),
        ("Ivan Petrov is the envoy.", ["The envoy met the general, and Ivan Petrov left."]),
    ],
)
def test_a_sentence_that_says_something_else_is_unsupported(sentence: str, texts: list[str]) -> None:
    claim = check(sentence, [quote(text) for text in texts])
    assert claim.status is ClaimStatus.UNSUPPORTED, claim.reason


@pytest.mark.parametrize(
    ("sentence", "texts"),
    [
        (
            "Zamir Kabulov spoke in an interview.",
            ["President Vladimir Putin’s envoy to Afghanistan, Zamir Kabulov, spoke in an interview on 31 March 2020."],
        ),
        (
            "The U.S. will pull out troops within 14 months.",
            ["The U.S. will pull out 9,800 troops within 14 months. Russia did not supply weapons."],
        ),
        (
            'Kabulov said that Russia would send the weapons carefully and "mainly on a commercial basis."',
            ['Kabulov said that Russia would send the weapons carefully and "mainly on a commercial basis".'],
        ),
        (
            "Elizabeth Wishnick is a Professor of Political Science at Montclair State University.",
            [
                "(PONARS – Nov. 1, 2021) Elizabeth Wishnick is Professor of Political Science at Montclair State University."
            ],
        ),
        (
            "Kunduz briefly fell to the Taliban.",
            [
                "Kunduz briefly fell to the Taliban earlier this year, and Afghan officials claimed to have confiscated arms."
            ],
        ),
        (
            "Zamir Kabulov is the special representative of President Vladimir Putin for Afghanistan.",
            [
                "Zamir Kabulov, the special representative of President Vladimir Putin for Afghanistan, announced it in an interview with Interfax."
            ],
        ),
        (
            "Moscow moved tanks to the border and Russia hosted a delegation.",
            ["Moscow moved tanks to the border for exercises.", "Russia hosted a delegation in 2018."],
        ),
        (
            "Dostum visited Moscow and Grozny.",
            ["Dostum visited Moscow and Grozny this month and launched an offensive just last week."],
        ),
        (
            "Zamir Kabulov is President Vladimir Putin’s envoy to Afghanistan.",
            ["President Vladimir Putin’s envoy to Afghanistan, Zamir Kabulov, spoke in an interview."],
        ),
    ],
)
def test_a_sentence_that_keeps_to_its_quote_is_held(sentence: str, texts: list[str]) -> None:
    claim = check(sentence, [quote(text) for text in texts])
    assert claim.status is not ClaimStatus.UNSUPPORTED, claim.reason
