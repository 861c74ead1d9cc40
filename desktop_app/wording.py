"""What endings, checks, dates, times and counts are called on screen; plain functions without Qt."""

from __future__ import annotations

import re

from rag.types import Claim, ClaimStatus, Finish, Timings

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
    "ar": "Arabic", "bg": "Bulgarian", "bn": "Bengali", "ca": "Catalan", "cs": "Czech", "da": "Danish", "de": "German",
    "el": "Greek", "en": "English", "es": "Spanish", "et": "Estonian", "eu": "Basque", "fa": "Persian", "fi": "Finnish",
    "fr": "French", "ga": "Irish", "gl": "Galician", "he": "Hebrew", "hi": "Hindi", "hr": "Croatian", "hu": "Hungarian",
    "id": "Indonesian", "is": "Icelandic", "it": "Italian", "ja": "Japanese", "ko": "Korean", "lt": "Lithuanian",
    "lv": "Latvian", "nl": "Dutch", "no": "Norwegian", "pl": "Polish", "ps": "Pashto", "pt": "Portuguese",
    "ro": "Romanian", "ru": "Russian", "sk": "Slovak", "sl": "Slovenian", "sq": "Albanian", "sr": "Serbian",
    "sv": "Swedish", "sw": "Swahili", "ta": "Tamil", "th": "Thai", "tr": "Turkish", "uk": "Ukrainian", "ur": "Urdu",
    "vi": "Vietnamese", "zh": "Chinese",
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
    """The language of an ISO 639-1 code; a code without words of its own as it stands."""
    return _LANGUAGES.get(code or "", code or "")


def count_words(count: int, one: str, many: str) -> str:
    """For example: 1 quote, 5 quotes."""
    return f"{count:,} {one if count == 1 else many}"
