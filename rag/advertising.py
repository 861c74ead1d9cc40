"""Finds advertising that has slipped into a text: sentences about other things than the text, and about buying.

A text about medicines, gambling or loans speaks of them throughout, or uses the other words of that trade; there
nothing is found. Found is what breaks in: names of goods, with prices, links, or words that fit no sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import Final

from rag.noise_phrases import Index, among, indexed, listed
from rag.types import Span

MAX_SHARE = 0.25
"""Of the text; what is more is no slip, it is what the text is about."""
_MIN_SCORE = 3
_LOOKED_UP_CHARS = 3


@dataclass(frozen=True, slots=True)
class _Trade:
    """Goods by the names that spam has for them, and the words in which an honest text would speak of them."""

    goods: Index
    topic: re.Pattern[str]


def _topic(words: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(words.split())})", re.IGNORECASE)


_TRADES: Final = (
    _Trade(
        indexed(
            listed(
                "viagra | cialis | levitra | sildenafil | tadalafil | vardenafil | kamagra | xanax | tramadol |"
                "ambien | phentermine | modafinil | clomid | propecia | finasteride | accutane | oxycontin |"
                "hydrocodone | ivermectin | zithromax | online pharmacy | online pharmacies | without prescription |"
                "male enhancement | weight loss pills | diet pills | cbd oil | cbd gummies | testosterone booster |"
                "online apotheke | rezeptfrei | sans ordonnance | pharmacie en ligne | sin receta | farmacia online |"
                "senza ricetta"
            )
        ),
        _topic(
            "pharma drug medic patient dose dosage clinic doctor physician prescri therap treat(?:ment|ed) disease "
            "symptom erectile impoten health placebo pfizer fda hospital arznei medikament patient médic maladie enferm"
        ),
    ),
    _Trade(
        indexed(
            listed(
                "online casino | online casinos | casino online | casino bonus | free spins | slot machines online |"
                "online slots | sports betting | betting site | betting sites | poker online | online poker | togel |"
                "situs slot | slot gacor | judi online | 1xbet | casino en ligne | casino en línea"
            )
        ),
        _topic("gambl casino betting lotter wager jackpot bookmak poker slots spielbank glücksspiel paris apuestas"),
    ),
    _Trade(
        indexed(
            listed(
                "payday loan | payday loans | cash advance | bad credit loans | instant loan | quick loans |"
                "essay writing service | essay writing services | write my essay | buy essay | buy essays |"
                "paper writing service | custom essays | essay help | term papers for sale | replica watches |"
                "replica rolex | replica handbags | fake rolex | louis vuitton outlet | jordan shoes | cheap nfl |"
                "cheap jerseys | ugg boots | seo services | buy backlinks | buy followers | buy instagram |"
                "escort service | escorts in | call girls | dating site for | web hosting coupon"
            )
        ),
        _topic("loan lender borrow student universit plagiar counterfeit fashion luxur market(?:ing|er) brand escort"),
    ),
)
_BUYING: Final = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        r"\b(?:buy|buying|order|purchase|acheter|kaufen|bestellen|comprar|acquista)\b",
        (
            r"\b(?:cheap(?:est)?|discount(?:ed)?|low(?:est)? price[sd]?|best price|price|prices|billig|preiswert|"
            r"pas cher|barato)\b"
        ),
        r"\b(?:for sale|online|shop|store|pharmacy|apotheke|pharmacie|farmacia|free shipping|overnight|delivery)\b",
        r"\b(?:without|no|senza|ohne|sans|sin)(?: a)? (?:prescription|rx|rezept|ordonnance|receta|ricetta)\b",
        r"\b\d+ ?mg\b|\b(?:generic|brand|pills?|tablets?|coupon|promo code|bonus|sign-?up|deposit)\b",
        r"https?://|www\.|\b\w+\.(?:com|net|org|biz|info|ru)/",
        (
            r"\b(?:click here|visit (?:our|this|the) (?:site|website|page|store)|loved this|check this|"
            r"read this post here)\b"
        ),
        r"[$€£] ?\d|\b\d+ ?(?:usd|eur|dollars)\b|\b\d{1,2} ?% (?:off|discount)",
    )
)
_OFFERS: Final = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        r"\b\d{1,2} ?% (?:off|discount|rabatt|de réduction|de descuento)",
        r"\b(?:promo|coupon|discount|voucher) codes?\b|\bgutscheincode\b|\bcode promo\b|\bcódigo de descuento\b",
        r"\b(?:free shipping|free delivery|kostenloser versand|livraison gratuite|envío gratis)\b",
        (
            r"\b(?:(?:order|buy|shop|call|book) (?:now|today)|jetzt (?:kaufen|bestellen)|achetez maintenant|"
            r"compra ahora)\b"
        ),
        r"\b(?:limited[- ]time offer|while (?:stocks|supplies) last|money[- ]back guarantee|best price guarantee)\b",
        r"https?://|www\.|\bclick here\b",
    )
)
_CODES: Final = indexed(("promo code", "coupon code", "discount code", "voucher code", "gutscheincode", "code promo"))
_SENTENCE = re.compile(r"[^\s](?:[^.!?\n]|[.!?](?![\"”’)\]]*(?:\s|$)))*(?:[.!?]+[\"”’)\]]*(?=\s|$)|$)", re.MULTILINE)
_WORD = re.compile(r"[^\W\d_]{5,}")
_MAX_PARAGRAPH_CHARS = 20_000


@dataclass(frozen=True, slots=True)
class _Sentence:
    span: Span
    score: int


def slipped_in(text: str, lowered: str, words: frozenset[str]) -> tuple[Span, ...]:
    """The advertising sentences of a text that is about something else, in order.

    `lowered` is the text in lower case, of the same length, and `words` are the words of that.
    """
    spans = sorted({*_of_trades(text, lowered, words), *_offers(text, lowered, words)})
    if sum(len(span) for span in spans) > MAX_SHARE * len(text):
        return ()
    return tuple(spans)


def _of_trades(text: str, lowered: str, words: frozenset[str]) -> Iterator[Span]:
    for trade in _TRADES:
        named = [goods for goods in among(trade.goods, words) if _can_hold(words, goods) and goods in lowered]
        if not named:
            continue
        goods = re.compile(rf"\b(?:{'|'.join(map(re.escape, named))})\b", re.IGNORECASE)
        places = sorted(place for one in named for place in occurrences(lowered, one))
        clusters = [_cluster(text, paragraph, goods) for paragraph in _paragraphs_of(text, places)]
        selling = [cluster for cluster in clusters if sum(sentence.score for sentence in cluster) >= _MIN_SCORE]
        if selling and not _is_about(text, trade, [sentence.span for cluster in clusters for sentence in cluster]):
            yield from (sentence.span for cluster in selling for sentence in cluster)


def _can_hold(words: frozenset[str], goods: str) -> bool:
    return all(word in words for word in goods.split() if len(word) >= _LOOKED_UP_CHARS)


def occurrences(lowered: str, phrase: str) -> Iterator[int]:
    place = lowered.find(phrase)
    while place >= 0:
        yield place
        place = lowered.find(phrase, place + len(phrase))


def _is_about(text: str, trade: _Trade, spans: Sequence[Span]) -> bool:
    """Whether the rest of the text speaks of the trade as well."""
    elsewhere = (
        match
        for match in trade.topic.finditer(text)
        if not any(span.start <= match.start() < span.end for span in spans)
    )
    n_slips = 1 + len(text) // 5_000
    return next(islice(elsewhere, n_slips, None), None) is not None


def _paragraphs_of(text: str, places: Sequence[int]) -> Iterator[Span]:
    end = -1
    for place in places:
        if place < end:
            continue
        start = max(text.rfind("\n", 0, place) + 1, place - _MAX_PARAGRAPH_CHARS)
        end = text.find("\n", place)
        end = min(end if end >= 0 else len(text), place + _MAX_PARAGRAPH_CHARS)
        yield Span(start, end)


def _cluster(text: str, paragraph: Span, goods: re.Pattern[str]) -> list[_Sentence]:
    """The sentences that name goods, and those shut in between two of them that fit nowhere else in the text."""
    spans = [Span(*match.span()) for match in _SENTENCE.finditer(text, paragraph.start, paragraph.end)]
    naming = [place for place, span in enumerate(spans) if goods.search(text, span.start, span.end)]
    taken = set(naming)
    for first, second in pairwise(naming):
        if second - first == 2 and _is_foreign(text, spans[first + 1]):
            taken.add(first + 1)
    return [_Sentence(spans[place], _score(text, spans[place], goods)) for place in sorted(taken)]


def _is_foreign(text: str, span: Span) -> bool:
    words = {word.lower() for word in _WORD.findall(text, span.start, span.end)}
    rest = text[: span.start].lower() + text[span.end :].lower()
    return sum(word in rest for word in words) <= len(words) // 4


def _score(text: str, span: Span, goods: re.Pattern[str]) -> int:
    """One for each sign of buying or of words that were put in afterwards."""
    sentence = span.cut(text)
    score = sum(form.search(sentence) is not None for form in _BUYING)
    score += len({match.group().lower() for match in goods.finditer(sentence)}) > 1
    named = goods.search(sentence)
    # Goods in lower case where the sentence begins, or right before a capital: words put in by a program.
    if named and (re.match(r"[a-z]", sentence) or re.match(r"(?: \d+ ?mg)?\s+[A-Z][a-z]", sentence[named.end() :])):
        score += 1
    return score


def _offers(text: str, lowered: str, words: frozenset[str]) -> Iterator[Span]:
    """Sentences that press to buy, three ways at once."""
    places = [place for code in among(_CODES, words) if (place := lowered.find(code)) >= 0]
    for paragraph in _paragraphs_of(text, sorted(places)):
        for sentence in _SENTENCE.finditer(text, paragraph.start, paragraph.end):
            if sum(form.search(sentence.group()) is not None for form in _OFFERS) >= 3:
                yield Span(*sentence.span())
