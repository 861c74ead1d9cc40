"""What the tag, the role and the class names of an element say about what stands in it; they are hints, no verdicts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Final

from rag.types import NoiseKind

_BY_TAG: Final = {
    "nav": NoiseKind.MENU,
    "menu": NoiseKind.MENU,
    "footer": NoiseKind.BOILERPLATE,
    "aside": NoiseKind.TEASER,
    "form": NoiseKind.BOILERPLATE,
}
_BY_ROLE: Final = {
    "navigation": NoiseKind.MENU,
    "menu": NoiseKind.MENU,
    "menubar": NoiseKind.MENU,
    "search": NoiseKind.MENU,
    "contentinfo": NoiseKind.BOILERPLATE,
    "complementary": NoiseKind.TEASER,
    "dialog": NoiseKind.BOILERPLATE,
    "alertdialog": NoiseKind.BOILERPLATE,
}
_NAMES: Final = {
    NoiseKind.COOKIES: "cookie cookies gdpr consent cookieconsent onetrust didomi usercentrics",
    NoiseKind.SHARING: """share sharing sharebar sharebox sharebutton sharebuttons sharelinks sharetools social socials
        socialbar socialicons sociallinks socialmedia socialshare addthis addtoany sharedaddy sharethis followus
        reactions""",
    NoiseKind.ADVERTISING: """ad ads advert adverts advertising advertisement advertisements adsense adsbygoogle adslot
        adunit adbox sponsor sponsored outbrain taboola werbung anzeige publicite publicidad""",
    NoiseKind.TEASER: """related relatedpost relatedposts recommend recommended recommendation recommendations readmore
        teaser teasers promo trending mostread popular latest yarpp newsletter subscribe signup paywall upsell donate
        donation""",
    NoiseKind.MENU: """nav navs navbar navigation navi menu menus submenu breadcrumb breadcrumbs pagination pager
        skiplink skiplinks toolbar topbar sitemap""",
    NoiseKind.BOILERPLATE: """footer copyright disclaimer imprint comment comments commentlist respond disqus sidebar
        widget""",
}
_KINDS: Final = {word: kind for kind, words in reversed(_NAMES.items()) for word in words.split()}
_RANKS: Final = {kind: rank for rank, kind in enumerate(_NAMES)}
"""A share button in a footer is a share button: the first of `_NAMES` holds."""
_WHOLE: Final = frozenset({"html", "body", "main", "article"})
"""Elements whose names tell of the page (`menu-open`), not of what stands in them."""
_BETWEEN_WORDS = re.compile(r"[\s_-]+|(?<=[a-z])(?=[A-Z])")
_MAX_NAME_CHARS = 300


def hint_of(tag: str, attributes: Mapping[str, str]) -> NoiseKind | None:
    """The kind of noise that an element names itself to be, None where it does not."""
    if tag in _WHOLE:
        return None
    by_role = _BY_ROLE.get(attributes.get("role", ""))
    if by_role is not None:
        return by_role
    names = f"{attributes.get('id', '')} {attributes.get('class', '')}"
    return (_named(names[:_MAX_NAME_CHARS]) if len(names) > 1 else None) or _BY_TAG.get(tag)


def _named(names: str) -> NoiseKind | None:
    words = [word.lower() for word in _BETWEEN_WORDS.split(names)]
    found = [kind for word in (*words, *map("".join, pairwise(words))) if (kind := _KINDS.get(word)) is not None]
    return min(found, key=_RANKS.__getitem__) if found else None
