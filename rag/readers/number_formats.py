"""Shows the numbers of an Excel file as the file's own formats show them: `12%`, `1,204.50`, `$3`.

Formats of fractions, powers of ten, dates and colours by condition are not worked out: such numbers stay plain.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from rag.readers.cells import plain_number
from rag.readers.open_xml import whole_number
from rag.readers.packages import Element

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_BUILT_IN = {1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 37: "#,##0", 38: "#,##0"} | {
    39: "#,##0.00",
    40: "#,##0.00",
}
_CURRENCY = re.compile(r"\[\$([^\]-]*)(?:-[^\]]*)?\]")
_PIECE = re.compile(r'"([^"]*)"|\\(.)|[_*].|\[[^\]]*\]|([#0?,.]+|%)|([-+ $€£¥()/:])|(.)')
_DIGITS = re.compile(r"([#0?,]*)(?:\.([#0?]*))?")
_MAX_DECIMALS = 15
_MOST_SHOWN = 1e15


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """What stands before and after the digits, and which of them are shown."""

    before: str
    after: str
    least_decimals: int
    most_decimals: int
    has_groups: bool
    is_percent: bool

    def shown(self, value: float) -> str:
        """The number in this format; plain where it is too large for that."""
        if not abs(value) < _MOST_SHOWN:
            return plain_number(value)
        amount = abs(Decimal(repr(value))) * (100 if self.is_percent else 1)
        digits = f"{amount.quantize(Decimal(1).scaleb(-self.most_decimals), ROUND_HALF_UP):{',' * self.has_groups}f}"
        whole, _, decimals = digits.partition(".")
        decimals = decimals[: self.least_decimals] + decimals[self.least_decimals :].rstrip("0")
        sign = "-" if value < 0 and re.search("[1-9]", digits) else ""
        return f"{sign}{self.before}{whole}{'.' * bool(decimals)}{decimals}{self.after}"


class NumberFormats:
    """The formats of a workbook by the style numbers of its cells."""

    def __init__(self, styles: Element | None) -> None:
        own: dict[int, str] = {}
        styled: list[int] = []
        if styles is not None:
            own = {
                whole_number(one.get("numFmtId")): one.get("formatCode", "") for one in styles.iter(f"{_MAIN}numFmt")
            }
            styled = [whole_number(one.get("numFmtId")) for one in styles.iterfind(f"{_MAIN}cellXfs/{_MAIN}xf")]
        codes = (own.get(one) or _BUILT_IN.get(one, "") for one in styled)
        self._by_style = {style: found for style, code in enumerate(codes) if (found := number_format(code))}

    def __bool__(self) -> bool:
        return bool(self._by_style)

    def get(self, style: int) -> NumberFormat | None:
        return self._by_style.get(style)


@lru_cache(maxsize=1024)
def number_format(code: str) -> NumberFormat | None:
    """A format code such as `#,##0.00 [$€-407]`, of which the first section counts; None where it is not simple."""
    before, digits, after = "", "", ""
    for quoted, escaped, placeholder, literal, other in _PIECE.findall(_CURRENCY.sub(r'"\1"', _first_section(code))):
        if other:
            return None
        if placeholder and placeholder != "%" and not digits:
            digits = placeholder
        elif placeholder and placeholder != "%":
            return None
        elif digits:
            after += quoted or escaped or literal or placeholder
        else:
            before += quoted or escaped or literal or placeholder
    return _of_pieces(before.replace("(", ""), digits, after.replace(")", ""))


def _first_section(code: str) -> str:
    return re.split(r';(?=(?:[^"]*"[^"]*")*[^"]*$)', code, maxsplit=1)[0]


def _of_pieces(before: str, digits: str, after: str) -> NumberFormat | None:
    form = _DIGITS.fullmatch(digits)
    if not digits or form is None or form.group(1).endswith(",") or "/" in before + after or ":" in before + after:
        return None
    decimals = form.group(2) or ""
    return NumberFormat(
        before=before.lstrip(),
        after=after.rstrip(),
        least_decimals=min(decimals.count("0"), _MAX_DECIMALS),
        most_decimals=min(len(decimals), _MAX_DECIMALS),
        has_groups="," in form.group(1),
        is_percent="%" in before + after,
    )
