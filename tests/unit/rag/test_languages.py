"""What telling languages promises: the right one for ordinary text, and none rather than a guess."""

from __future__ import annotations

import pytest

from rag import languages
from rag.languages import LanguageTeller
from rag.types import Span

_TEXTS = {
    "en": "The bridge over the river was closed on Monday because inspectors had found cracks in two piers.",
    "de": "Die Brücke über den Fluss wurde am Montag gesperrt, weil Risse in zwei Pfeilern gefunden wurden.",
    "fr": "Le pont sur la rivière a été fermé lundi parce que des fissures avaient été trouvées dans deux piles.",
    "ru": "Мост через реку закрыли в понедельник, потому что в двух опорах были обнаружены трещины.",
    "zh": "由于检查人员在两个桥墩上发现了裂缝，这座横跨河流的桥梁于星期一关闭。市议会表示，修复需要十一个月的时间。",
    "ar": "أغلق الجسر فوق النهر يوم الاثنين لأن المفتشين عثروا على شقوق في اثنتين من الدعامات.",
}


@pytest.fixture(scope="module")
def teller() -> LanguageTeller:
    return LanguageTeller()


@pytest.mark.parametrize("code", _TEXTS)
def test_ordinary_text_is_recognised(teller: LanguageTeller, code: str) -> None:
    assert teller.language_of(_TEXTS[code]) == code


@pytest.mark.parametrize("text", ["", "12 | 14 | 15", "Maria Holt", "\ud800" * 50])
def test_too_little_text_has_no_language(teller: LanguageTeller, text: str) -> None:
    assert teller.language_of(text) is None


def test_noise_does_not_count(teller: LanguageTeller) -> None:
    menu = _TEXTS["de"] * 5
    assert teller.language_of(menu + _TEXTS["fr"], [Span(0, len(menu))]) == "fr"


def test_the_model_is_loaded_with_the_first_text_that_is_long_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(languages, "_MODEL", "no such model")
    teller = LanguageTeller()
    assert teller.language_of("Maria Holt") is None
    with pytest.raises(FileNotFoundError):
        teller.language_of(_TEXTS["en"])
