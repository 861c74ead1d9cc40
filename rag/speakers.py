"""Who says a sentence, where the text itself states it: cut out of the text, and nobody where that is not sure.

The author of a document is no speaker, and a thought that is told of somebody (“believes”, “hopes”) is no speech.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from rag.terms import STOPWORDS, names
from rag.types import Span

_BODIES = frozenset(
    """ministry minister ministers spokesman spokeswoman spokesperson spokespeople official officials government source
    sources company companies president diplomat diplomats police court agency ambassador envoy expert experts analyst
    analysts researcher researchers author authors scientist scientists lawyer lawyers prosecutor prosecutors commander
    commanders leader leaders group director secretary department committee commission report study statement survey
    newspaper magazine website senator senators judge critics witness witnesses resident residents militants chairman
    representative representatives prosecution defence defense jury army military bank union institute team coach
    manager chief ceo editor professor doctor teacher mayor governor chancellor king queen pope bishop founder owner
    head economist historian head biologist philosopher member mother father brother sister wife husband daughter son
    """.split()
)
_NO_NAMES = STOPWORDS | frozenset(
    """yesterday today tomorrow meanwhile however later earlier last first monday tuesday wednesday thursday friday
    saturday sunday one many some several most another others people everybody everyone nobody critics
    reports""".split()
)
_ORGANISED = re.compile(
    r"\b(?:Ministry|University|Times|Post|Reuters|Agency|Office|Department|Company|Inc|Corp|Bank|Council|Party|Committee|"
    r"Association|News|Court|Institute|Center|Centre|Group|House|States|Union|Government)\b"
)
_PRONOUNS = frozenset({"he", "she"})
_PERSONS_TITLE = re.compile(
    r"\b(?:Mr|Mrs|Ms|Dr|Prof|Gen|Sen|Sir|Dame|President|Minister|Chancellor|Senator|General|Professor|Judge|King|Queen|"
    r"minister|envoy|ambassador|spokesman|spokeswoman|secretary|director|president|leader|commander)\.?\s+\Z"
)
_JOINING = frozenset("of de da van von der den bin al el la le for and the a an".split())
_HELPED = r"(?:(?:has|have|had|also|later|then|recently|previously|reportedly)\s+){0,2}"
_SURE = (
    r"said|says|told|tells|announced|warned|warns|insisted|insists|stated|argued|argues|claimed|testified|declared|"
    r"admitted|acknowledged|explained|explains|wrote|writes|concluded|confirmed|noted|revealed|asserted|stressed|"
    r"emphasi[sz]ed|predicted|replied|denied|denies|tweeted|commented|remarked"
)
_BESIDE_QUOTATION = (
    rf"{_SURE}|added|adds|notes|claims|continued|recalled|suggested|suggests|reported|reports|reveals|observed|joked"
)
_VERB = re.compile(rf"\b{_HELPED}(?:{_BESIDE_QUOTATION})\b")
_SURE_VERB = re.compile(rf"\b{_HELPED}(?:{_SURE})\b")
_ACCORDING = re.compile(r"\b[Aa]ccording to\s+")
_CLOSING_VERB = re.compile(rf"(?<=[^\W_])\s(?:{_BESIDE_QUOTATION})(?=[.!]?\s*\Z)")
_NOT_SPOKEN = re.compile(r"\s*(?:been|to be)\b|\s+(?:for|with)\b")
_CURLY = re.compile(r"[“„]([^“”„\n]+)(?:”|(?=[“„])|$)|«([^«»\n]+)»", re.MULTILINE)
_STRAIGHT = re.compile(r'"([^"\n]+)"')
_SENTENCE_END = re.compile(r"(?:[.!?]|(?<=\S)…)[”’»\"')\]]*\s+(?=[“‘„«\"'(\[]*[^\W\d_a-zß-öø-ÿ])")
_ABBREVIATION = re.compile(
    r"\b(?:Mr|Mrs|Ms|Dr|Prof|Gen|Sen|Rep|Gov|Lt|Col|Sgt|Capt|St|Jr|Sr|No|vs|[^\W\d_])\Z|\.[^\W\d_]\Z"
)
_END_OF_WHO = re.compile(
    r"[,;:“”\"\n()]|\.(?:\s|\Z)|\s(?:in|on|at|during|after|before|when|while|as|who|by|to|about|last|this|yesterday|today|"
    r"from|with|that|told|has|is|was|were|are)\s|\s(?:[Mm]on|[Tt]ues|[Ww]ednes|[Tt]hurs|[Ff]ri|[Ss]atur|[Ss]un)day\b"
)
_OPENERS = re.compile(r"(?:(?:and|but|as|while|then|meanwhile|however|later|still|yet),?\s+)+", re.IGNORECASE)
_FEW_WORDS = 4
_WHO_WORDS = 10
_AROUND_CHARS = 4000
_OF_NOBODY = frozenset("that which who he she it they was is were are what in on to after before during when".split())
_DETERMINERS = frozenset("the a an some another other most many his her its their our my".split())


def speaker_of(text: str, span: Span) -> str | None:
    """Who says the characters in `span`, as the text names them; None where it does not, or not surely."""
    who = speaker_span(text, span)
    return who.cut(text) if who else None


def speaker_span(text: str, span: Span) -> Span | None:
    """Where the text names who says the characters in `span`.

    A sentence inside quotation marks is said by whoever is named right after or before them; another sentence by the
    one whom it names (`X said`, `said X`, `according to X`, `X, the minister, told Y`). `he said` is the one person
    whom the sentence before names, in the same paragraph. Several sentences need one speaker for all of them.
    """
    paragraph = _paragraph(text, span)
    held_in = next((q for q in paragraph.quotations if q.contains(_core(text, span))), None)
    if held_in:
        return paragraph.speaker_of_quotation(held_in)
    found = [paragraph.speaker_of_sentence(s) for s in paragraph.sentences if s.overlaps(span)]
    named = {who.cut(text) if who else None for who in found}
    return found[0] if len(named) == 1 else None


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """A paragraph of a text with what stands between quotation marks in it, without the marks, and its sentences."""

    text: str
    span: Span
    quotations: tuple[Span, ...]
    sentences: tuple[Span, ...]
    has_pronouns_resolved: bool = True

    def speaker_of_quotation(self, quotation: Span) -> Span | None:
        place = self.quotations.index(quotation)
        before = self.quotations[place - 1].end + 1 if place else self.span.start
        after = self.quotations[place + 1].start - 1 if place + 1 < len(self.quotations) else self.span.end
        return (
            self._after(quotation, after)
            or self._before(before, quotation.start - 1)
            or (self._after(self.quotations[place - 1], quotation.start - 1) if place else None)
            or self._announced(quotation)
        )

    def speaker_of_sentence(self, sentence: Span) -> Span | None:
        """The one who is named as saying it; None where two are named."""
        inside = [q for q in self.quotations if sentence.contains(q)]
        found = [self.speaker_of_quotation(q) for q in inside if len(q.cut(self.text).split()) >= _FEW_WORDS]
        named = {who.cut(self.text): who for who in (*found, *self._outside_quotations(sentence)) if who}
        return next(iter(named.values())) if len(named) == 1 else None

    def _after(self, quotation: Span, limit: int) -> Span | None:
        """`…,” X said` and `…,” said X`: the sentence must go on behind the closing mark."""
        start = quotation.end + 1
        end = min(limit, next((s.end for s in self.sentences if self.text[start : s.end].strip()), limit))
        behind = self.text[start:end]
        if not behind or (self.text[quotation.end - 1] in ".…" and not re.match(r"\s*(?:,|[a-z])", behind)):
            return None
        according = re.match(r"[\s,]*according to\s+", behind)
        if according:
            return _who_follows(self.text, start + according.end(), end)
        verb = _VERB.search(behind)
        if verb is None:
            return None
        if behind[: verb.start()].strip(" ,–—-"):
            return self._subject(start, start + verb.start())
        pronoun = re.match(r"\s+(?:he|she)\b", behind[verb.end() :])
        place = start + verb.end()
        return self._only_person_before(place) if pronoun else _who_follows(self.text, place, end)

    def _before(self, start: int, end: int) -> Span | None:
        """`X said: “…` and `X told Y that “…`: the last sentence before the opening mark, up to its verb."""
        start = max([start, *(s.start for s in self.sentences if s.start < end)])
        lead = self.text[start : max(start, end)]
        according = _ACCORDING.search(lead)
        if according and lead.rstrip().endswith(","):
            return _who_follows(self.text, start + according.end(), end)
        verb = _VERB.search(lead)
        if verb is None or re.search(r"[.;!?]\s*\Z", lead[verb.end() :].rstrip(" :")):
            return None
        return self._subject(start, start + verb.start())

    def _announced(self, quotation: Span) -> Span | None:
        """A paragraph before that ends `X said:`, where the quotation opens its own."""
        lead = self.text[: self.span.start].rstrip()
        if self.text[self.span.start : quotation.start].strip(' “„«"') or not lead.endswith(":"):
            return None
        above = _paragraph(self.text, Span(len(lead) - 1, len(lead)))
        return above._before(above.span.start, len(lead))  # noqa: SLF001 - of the same class

    def _outside_quotations(self, sentence: Span) -> Iterator[Span | None]:
        def is_quoted(place: int) -> bool:
            return any(q.start <= place < q.end for q in self.quotations)

        for match in _ACCORDING.finditer(self.text, sentence.start, sentence.end):
            if not is_quoted(match.start()):
                yield _who_follows(self.text, match.end(), sentence.end)
        for verb in _SURE_VERB.finditer(self.text, sentence.start, sentence.end):
            if is_quoted(verb.start()) or _NOT_SPOKEN.match(self.text, verb.end()):
                continue
            yield self._subject(sentence.start, verb.start())
            if self.text[sentence.start : verb.start()].rstrip().endswith(","):
                yield _who_follows(self.text, verb.end(), sentence.end)
        cut = sentence.cut(self.text)
        closing = _CLOSING_VERB.search(cut)
        if closing and "," in cut and not is_quoted(sentence.start + closing.end() - 1):
            yield self._who(
                sentence.start + cut.rindex(",", 0, closing.start() + 1) + 1, sentence.start + closing.start()
            )

    def _subject(self, start: int, end: int) -> Span | None:
        """Who stands between `start` and a verb: all of it, what an aside follows or names, or what a comma ends."""
        clause = self.text[start:end]
        head, comma, aside = clause.partition(",")
        if comma and not head.strip(' ”’"»'):
            return self._subject(start + len(head) + 1, end)
        if comma and not aside.rstrip().endswith(","):
            is_relative = re.match(r"\s*(?:who|which)\b", aside) is not None
            return None if is_relative else self._who(start + clause.rindex(",") + 1, end)
        named = aside.strip(" ,")
        if named and _is_described(head) and _is_plain_name(named):
            first = start + len(head) + 1 + aside.index(named)
            return Span(first, first + len(named))
        return self._who(start, start + len(head))

    def _who(self, start: int, end: int) -> Span | None:
        clause = self.text[start:end]
        trimmed = clause.lstrip(' \t,–—-”’"»)')
        opener = _OPENERS.match(trimmed)
        bare = trimmed[opener.end() if opener else 0 :].rstrip(" ,–—-")
        if not bare:
            return None
        first = start + clause.index(bare)
        if bare.lower() in _PRONOUNS:
            return self._only_person_before(first)
        return Span(first, first + len(bare)) if _names_someone(bare) else None

    def _only_person_before(self, place: int) -> Span | None:
        """Who speaks in the sentence before the one at `place`, or else the one person whom it names."""
        at = next((i for i, sentence in enumerate(self.sentences) if sentence.start <= place < sentence.end), 0)
        if not at or not self.has_pronouns_resolved:
            return None
        previous = self.sentences[at - 1]
        speaker = replace(self, has_pronouns_resolved=False).speaker_of_sentence(previous)
        if speaker:
            return speaker if _is_person(speaker, self.text) else None
        named = [span for span in _spans_of_names(self.text, previous) if " " in span.cut(self.text)]
        possible = [span for span in named if not _ORGANISED.search(span.cut(self.text))]
        return possible[0] if len(possible) == 1 and _is_person(possible[0], self.text) else None


def _paragraph(text: str, span: Span) -> _Paragraph:
    """The lines that the span touches, at most 4,000 characters to either side."""
    start = max(text.rfind("\n", 0, span.start) + 1, span.start - _AROUND_CHARS)
    line_end = text.find("\n", span.end - 1)
    end = min(len(text) if line_end < 0 else max(line_end, span.end), span.end + _AROUND_CHARS)
    whole = Span(start, end)
    return _Paragraph(text, whole, _quotations(text, whole), tuple(_sentences(text, whole)))


def _core(text: str, span: Span) -> Span:
    """The span without the quotation marks and spaces at its ends."""
    cut = span.cut(text)
    inner = cut.strip(" \n\t“”„«»\"'‘’")
    if not inner:
        return span
    start = span.start + cut.index(inner)
    return Span(start, start + len(inner))


def _quotations(text: str, paragraph: Span) -> tuple[Span, ...]:
    """What stands between quotation marks; straight marks count only where they come in pairs."""
    cut = paragraph.cut(text)
    found = list(_CURLY.finditer(cut)) or (list(_STRAIGHT.finditer(cut)) if cut.count('"') % 2 == 0 else [])
    spans = (match.span(1) if match.start(1) >= 0 else match.span(2) for match in found)
    return tuple(Span(paragraph.start + start, paragraph.start + end) for start, end in spans)


def _sentences(text: str, paragraph: Span) -> Iterator[Span]:
    start = paragraph.start
    for match in _SENTENCE_END.finditer(text, paragraph.start, paragraph.end):
        before = text[max(start, match.start() - 6) : match.start()]
        if match.group()[0] != "." or not _ABBREVIATION.search(before):
            yield Span(start, match.end())
            start = match.end()
    if start < paragraph.end:
        yield Span(start, paragraph.end)


def _spans_of_names(text: str, sentence: Span) -> Iterator[Span]:
    for name in names(sentence.cut(text)):
        start = text.index(name, sentence.start)
        yield Span(start, start + len(name))


def _who_follows(text: str, start: int, limit: int) -> Span | None:
    """The one named from `start` on, up to whatever ends a name."""
    start += len(text[start:limit]) - len(text[start:limit].lstrip())
    for stop in _END_OF_WHO.finditer(text, start, limit):
        if stop.group().startswith(".") and _ABBREVIATION.search(text[start : stop.start()]):
            continue
        limit = stop.start()
        break
    bare = text[start:limit].rstrip(" .!?")
    return Span(start, start + len(bare)) if bare and _names_someone(bare) else None


def _names_someone(words: str) -> bool:
    """Whether this is a name, a title with a name, or a description of somebody who can speak, and nothing more."""
    parts = words.split()
    if len(parts) > _WHO_WORDS or any(not (part[0].isalnum() or part[0] in "“'‘") for part in parts):
        return False
    lower = [p.lower().removesuffix("'s").removesuffix("’s") for p in parts if p[0].islower()]
    first = parts[0].lower()
    if _OF_NOBODY.intersection(lower) or (first in STOPWORDS and first not in _DETERMINERS and words != words.upper()):
        return False
    spoken = [p for p in lower if p not in _JOINING]
    has_body = any(p.strip(".").lower() in _BODIES for p in parts)
    if spoken or not any(p[0].isupper() for p in parts[first in {"the", "a", "an"} :]):
        return has_body and (parts[-1].lower() in _BODIES or parts[-1][0].isupper())
    return has_body or first in {"the", "a", "an"} or first not in _NO_NAMES


def _is_described(words: str) -> bool:
    return any(part.lower() in _BODIES for part in words.split() if part[0].islower())


def _is_plain_name(words: str) -> bool:
    parts = words.split()
    return len(parts) <= 5 and all(p[0].isupper() or p in _JOINING for p in parts) and parts[-1][0].isupper()


def _is_person(who: Span, text: str) -> bool:
    """A name with a title, or one whose last part stands elsewhere in the text with or without the first."""
    name = who.cut(text)
    if _ORGANISED.search(name) or not name[0].isupper():
        return False
    first, _, last = name.rpartition(" ")
    if first and _PERSONS_TITLE.search(f"{first} "):
        return True
    if _PERSONS_TITLE.search(text[max(0, who.start - 24) : who.start]):
        return True
    if not first:
        fuller = re.finditer(rf"([^\W\d_a-z][\w’'-]*[a-z])\s{re.escape(name)}\b", text)
        return any(match.group(1).lower() not in STOPWORDS for match in fuller)
    return re.search(rf"(?<!{re.escape(first)} )\b{re.escape(last)}\b", text) is not None
