"""What the tag, the role and the class names of an element say about what stands in it; they are hints, no verdicts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
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
_NAMES: Final = (
    (NoiseKind.COOKIES, r"cookies?|gdpr|(?:cookie|gdpr|tracking)?consent|cmp|cc-window|onetrust|didomi|usercentrics"),
    (
        NoiseKind.SHARING,
        (
            r"shar(?:e|ing)|share(?:bar|box|buttons?|links?|tools?)|social|socials?(?:bar|icons?|links?|media|share)|"
            r"addthis|addtoany|sharedaddy|sharethis|followus|reactions?"
        ),
    ),
    (
        NoiseKind.ADVERTISING,
        (
            r"ads?|advert|adverts?|advertis(?:ing|ement|ements)|adsense|adsbygoogle|adslot|adunit|adbox|banner-?ads?|"
            r"sponsor|sponsored|outbrain|taboola|werbung|anzeige|publicite|publicidad"
        ),
    ),
    (
        NoiseKind.TEASER,
        (
            r"related|relatedposts?|recommend(?:ed|ations?)|readmore|read-more|teasers?|promo|trending|mostread|most-read|"
            r"popular|latest|jp-relatedposts|yarpp|newsletter|subscribe|signup|paywall|upsell|donate|donation"
        ),
    ),
    (
        NoiseKind.MENU,
        (
            r"nav|navs|navbar|navigation|navi|menu|menus|submenu|breadcrumbs?|pagination|pager|skip-?links?|toolbar|toc-nav|"
            r"topbar|sitemap"
        ),
    ),
    (NoiseKind.BOILERPLATE, r"footer|copyright|disclaimer|imprint|comments?|commentlist|respond|disqus|sidebar|widget"),
)
_WHOLE: Final = frozenset({"html", "body", "main", "article"})
"""Elements whose names tell of the page (`menu-open`), not of what stands in them."""
_HINTS: Final = tuple(
    (kind, re.compile(rf"(?:^|[\s_-])(?:{names})(?=$|[\s_-])", re.IGNORECASE)) for kind, names in _NAMES
)
_HUMPS = re.compile(r"(?<=[a-z])(?=[A-Z])")
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


@lru_cache(maxsize=4096)
def _named(names: str) -> NoiseKind | None:
    words = _HUMPS.sub("-", names)
    return next((kind for kind, form in _HINTS if form.search(words)), None)
