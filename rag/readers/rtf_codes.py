"""The vocabulary of RTF: which words open what, which stand for characters, and the code pages of character sets."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from typing import Final

TOKEN: Final = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?[0-9]{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|([\r\n]+)|([^\\{}\r\n]+)|(\\)",
    re.DOTALL,
)
"""Word and number, byte in hexadecimal, symbol, brace, line ends (without meaning), text, a stray backslash."""

CHARACTERS: Final[Mapping[str, str]] = {
    "tab": "\t",
    "line": "\n",
    "emdash": "—",
    "endash": "–",
    "emspace": "\u2003",
    "enspace": "\u2002",
    "qmspace": "\u2005",
    "bullet": "•",
    "lquote": "‘",
    "rquote": "’",
    "ldblquote": "“",
    "rdblquote": "”",
    "nestcell": " | ",
    "zwj": "\u200d",
    "zwnj": "\u200c",
    "~": "\u00a0",
    "_": "\u2011",
    "{": "{",
    "}": "}",
    "\\": "\\",
}

HEADS: Final = frozenset({"header", "headerl", "headerr", "headerf", "footer", "footerl", "footerr", "footerf"})
MARKERS: Final = frozenset({"listtext", "pntext"})
TRANSPARENT: Final = frozenset(
    {"shp", "shpinst", "shpgrp", "do", "dptxbxtext", "result", "fldrslt", "field", "mmath", "moMath"}
)
"""Groups whose text counts though programs that do not know them may leave it out."""

LEFT_OUT: Final = frozenset(
    (
        "fonttbl colortbl stylesheet listtable listoverridetable revtbl rsidtbl filetbl pict objdata objclass objname "
        "fldinst datafield formfield bkmkstart bkmkend xe tc rxe txe sp sn sv shprslt nonesttables nesttableprops "
        "generator template private themedata colorschememapping latentstyles datastore xmlnstbl wgrffmtfilter "
        "userprops docvar background pn pnseclvl atnid atnref atrfstart atrfend atntime atndate atnicn atnparent "
        "ftnsep ftnsepc ftncn aftnsep aftnsepc aftncn operator manager company keywords comment doccomm subject "
        "category hlinkbase printim buptim objalias objsect mmathPr mmathPict ud"
    ).split()
)

_BY_CHARSET: Final[Mapping[int, str]] = {
    77: "mac_roman",
    128: "cp932",
    129: "cp949",
    130: "johab",
    134: "cp936",
    136: "cp950",
    161: "cp1253",
    162: "cp1254",
    163: "cp1258",
    177: "cp1255",
    178: "cp1256",
    186: "cp1257",
    204: "cp1251",
    222: "cp874",
    238: "cp1250",
    255: "cp437",
}


def codec_of_charset(charset: int) -> str | None:
    """The codec of a font's character set; None where it is that of the document."""
    return _BY_CHARSET.get(charset)


def codec_of_page(page: int) -> str:
    """The codec of a code page; that of Western Windows where there is none."""
    name = {65001: "utf-8", 10000: "mac_roman", 708: "cp1256", 709: "cp1256"}.get(page, f"cp{page}")
    try:
        return codecs.lookup(name).name
    except LookupError:
        return "cp1252"
