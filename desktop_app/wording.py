"""What endings, checks, dates, times and counts are called on screen; plain functions without Qt."""

from __future__ import annotations

import re

from rag.generation import Finish, Timings
from rag.types import Claim, ClaimStatus

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_LANGUAGES = {
    "ace": "Acehnese", "af": "Afrikaans", "am": "Amharic", "an": "Aragonese", "ar": "Arabic", "ary": "Moroccan Arabic",
    "arz": "Egyptian Arabic", "as": "Assamese", "az": "Azerbaijani", "ba": "Bashkir", "be": "Belarusian",
    "bg": "Bulgarian", "bn": "Bengali", "br": "Breton", "bs": "Bosnian", "ca": "Catalan", "crh": "Crimean Tatar",
    "cs": "Czech", "cy": "Welsh", "da": "Danish", "de": "German", "dz": "Dzongkha", "el": "Greek", "en": "English",
    "eo": "Esperanto", "es": "Spanish", "et": "Estonian", "eu": "Basque", "fa": "Persian", "fi": "Finnish",
    "fo": "Faroese", "fr": "French", "fy": "Western Frisian", "ga": "Irish", "gd": "Scottish Gaelic", "gl": "Galician",
    "gom": "Konkani", "grc": "Ancient Greek", "gu": "Gujarati", "gug": "Guarani", "ha": "Hausa",
    "hbo": "Ancient Hebrew", "he": "Hebrew", "hi": "Hindi", "hr": "Croatian", "ht": "Haitian Creole", "hu": "Hungarian",
    "hy": "Armenian", "id": "Indonesian", "ig": "Igbo", "is": "Icelandic", "it": "Italian", "ja": "Japanese",
    "jv": "Javanese", "ka": "Georgian", "kab": "Kabyle", "kik": "Kikuyu", "kk": "Kazakh", "km": "Khmer",
    "kn": "Kannada", "ko": "Korean", "ku": "Kurdish", "ky": "Kyrgyz", "la": "Latin", "lb": "Luxembourgish",
    "lg": "Ganda", "lij": "Ligurian", "ln": "Lingala", "lo": "Lao", "lt": "Lithuanian", "ltg": "Latgalian",
    "lv": "Latvian", "mg": "Malagasy", "mk": "Macedonian", "ml": "Malayalam", "mn": "Mongolian", "mr": "Marathi",
    "ms": "Malay", "mt": "Maltese", "my": "Burmese", "ne": "Nepali", "nl": "Dutch", "nn": "Norwegian Nynorsk",
    "no": "Norwegian", "nso": "Northern Sotho", "oc": "Occitan", "om": "Oromo", "or": "Odia", "pa": "Punjabi",
    "pcm": "Nigerian Pidgin", "pl": "Polish", "ps": "Pashto", "pt": "Portuguese", "qu": "Quechua", "ro": "Romanian",
    "ru": "Russian", "rw": "Kinyarwanda", "sa": "Sanskrit", "sdh": "Southern Kurdish", "se": "Northern Sami",
    "si": "Sinhala", "sk": "Slovak", "sl": "Slovenian", "sn": "Shona", "so": "Somali", "sq": "Albanian",
    "sr": "Serbian", "st": "Southern Sotho", "sv": "Swedish", "sw": "Swahili", "ta": "Tamil", "te": "Telugu",
    "tg": "Tajik", "th": "Thai", "tk": "Turkmen", "tl": "Filipino", "tr": "Turkish", "tt": "Tatar", "ug": "Uyghur",
    "uk": "Ukrainian", "ur": "Urdu", "uz": "Uzbek", "vec": "Venetian", "vi": "Vietnamese", "vo": "Volapük",
    "wa": "Walloon", "wuu": "Wu Chinese", "xh": "Xhosa", "yo": "Yoruba", "yue": "Cantonese", "zh": "Chinese",
    "zu": "Zulu",
}  # fmt: skip
_ISO_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ].*)?)?)?$")


def finish_words(finish: Finish) -> str:
    """How the writing ended; empty where it simply ended."""
    return {
        Finish.COMPLETE: "",
        Finish.CUT: "Cut at the length limit",
        Finish.STOPPED: "Stopped",
        Finish.INTERRUPTED: "Broken off while it was being written",
    }[finish]


def status_words(claim: Claim) -> str:
    """What the check of a sentence found."""
    return {
        ClaimStatus.QUOTED: "word for word in a quote",
        ClaimStatus.SUPPORTED: "supported by the quotes",
        ClaimStatus.UNSUPPORTED: "not in the quotes",
    }[claim.status]


def timing_words(timings: Timings, model: str | None) -> str:
    """For example: First quote 0.14 s · answer 2.1 s · SmolLM2-135M."""
    parts = []
    if timings.first_quote_ms is not None:
        parts.append(f"first quote {seconds_words(timings.first_quote_ms)}")
    parts.append(f"answer {seconds_words(timings.total_ms)}")
    words = " · ".join([*parts, *([model] if model else [])])
    return words[0].upper() + words[1:]


def seconds_words(elapsed_ms: float) -> str:
    """Seconds with two figures that mean something."""
    seconds = elapsed_ms / 1000
    return f"{seconds:.2f} s" if seconds < 1 else f"{seconds:.1f} s"


def date_words(iso: str | None) -> str:
    """An ISO 8601 date, perhaps only a year or a month, as people write it; anything else as it stands."""
    match = _ISO_DATE.match(iso or "")
    if not match or not 1 <= int(match[2] or 1) <= 12:
        return iso or ""
    year, month, day = match.groups()
    words = [str(int(day))] if day else []
    return " ".join([*words, *([_MONTHS[int(month) - 1]] if month else []), year])


def language_words(code: str | None) -> str:
    """The language of an ISO 639 code; a code without words of its own as it stands, empty for None."""
    return _LANGUAGES.get(code or "", code or "")


def count_words(count: int, one: str, many: str) -> str:
    """For example: 1 quote, 5 quotes."""
    return f"{count:,} {one if count == 1 else many}"
