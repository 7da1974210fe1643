"""Excel's number formats, as far as they change what a cell says: dates, percentages, zero padding, masks.

Source: ECMA-376 part 1, 18.8.30 and 18.8.31. Colours, grouping and currency signs are left out on purpose: a field's
parser wants `1234.50`, not `1.234,50 €`. A format never takes digits away: 12.7 shown as `0` stays `12.7`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial

from crm_app.services.imports.reading.cell_text import number_text, percent_text, serial_text, with_decimals

Renderer = Callable[[str], str]

BUILT_IN: dict[int, str] = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 5: "#,##0", 6: "#,##0", 7: "#,##0.00", 8: "#,##0.00",
    9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??", 14: "dd/mm/yyyy", 15: "d-mmm-yy",
    16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss",
    22: "m/d/yy h:mm", 37: "#,##0", 38: "#,##0", 39: "#,##0.00", 40: "#,##0.00", 45: "mm:ss", 46: "[h]:mm:ss",
    47: "mm:ss.0", 48: "##0.0E+0", 49: "@",
    **dict.fromkeys((27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58), "yyyy-mm-dd"),
    **dict.fromkeys((32, 33, 34, 35, 55, 56), "h:mm:ss"),
}  # fmt: skip

_TOKEN = re.compile(
    r'(?P<literal>"[^"]*"?|\\.|_.|\*.)'
    r"|(?P<currency>\[\$[^\]]*\])"
    r"|(?P<elapsed>\[(?:h+|m+|s+)\])"
    r"|(?P<condition>\[(?P<sign><=|>=|<>|<|>|=)(?P<limit>-?\d+(?:\.\d+)?)\])"
    r"|(?P<bracket>\[[^\]]*\])"
    r"|(?P<general>General|Standard)"
    r"|(?P<ampm>AM/PM|A/P)"
    r"|(?P<exponent>E[+-]0+)"
    r"|(?P<date>[yd]+|e+|g+|b+)"
    r"|(?P<time>[hs]+)"
    r"|(?P<month>m+)"
    r"|(?P<digit>[0#?])"
    r"|(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
}
_CURRENCY = set("€$£¥₺₽₴₹₪")


@dataclass(frozen=True, slots=True)
class _Section:
    kind: str  # general, date, datetime, time, duration, percent, decimals, mask
    decimals: int = 0
    mask: tuple[tuple[str, str], ...] = ()  # ("digit", "0") and ("text", "-") in order
    condition: tuple[str, float] | None = None


@cache
def renderer(code: str, is_1904: bool = False) -> Renderer | None:
    """How a number with this format is written; None where it is written plainly."""
    sections = [_section(part) for part in _split(code)]
    first = sections[0]
    if first.kind in {"date", "datetime", "time", "duration"}:
        return lambda raw: serial_text(raw, first.kind, is_1904=is_1904)
    if first.kind == "percent":
        return lambda raw: percent_text(raw, first.decimals)
    if first.kind == "decimals":
        return (lambda raw: with_decimals(raw, first.decimals)) if first.decimals else None
    if len(sections) == 1 and first.kind == "mask" and set(first.mask) == {("digit", "0")}:
        return partial(_padded, width=len(first.mask))
    if any(section.kind == "mask" for section in sections):
        return lambda raw: _masked(raw, sections)
    return None


def _split(code: str) -> list[str]:
    """The up to four sections of a format: positive; negative; zero; text."""
    parts, current = [], ""
    for found in _TOKEN.finditer(code):
        if found.group() == ";":
            parts.append(current)
            current = ""
        else:
            current += found.group()
    return [*parts, current]


def _section(code: str) -> _Section:
    tokens = [(found.lastgroup or "other", found.group()) for found in _TOKEN.finditer(code)]
    kinds = {kind for kind, _ in tokens}
    if "general" in kinds:
        return _Section("general")
    if "elapsed" in kinds:
        return _Section("duration")
    if temporal := _temporal(kinds, code):
        return _Section(temporal)
    text = "".join(value for kind, value in tokens if kind in {"digit", "other"})
    fraction = re.match(r"[0#?]*", text.partition(".")[2])
    decimals = sum(sign != "#" for sign in fraction.group()) if fraction else 0
    if "%" in text:
        return _Section("percent", decimals)
    if "digit" not in kinds or "exponent" in kinds or "/" in text:
        return _Section("general")
    if "." in text or "," in text:
        return _Section("decimals", decimals)
    return _mask(tokens)


def _temporal(kinds: set[str], code: str) -> str:
    """`date`, `time`, `datetime` or '' for a section; a lone `m` is a month."""
    has_time = bool(kinds & {"time", "ampm"})
    has_date = "date" in kinds or ("month" in kinds and not has_time)
    if has_date and has_time:
        return "datetime"
    return "date" if has_date else "time" if has_time else ""


def _mask(tokens: list[tuple[str, str]]) -> _Section:
    """Zero padding (`00000`) and digit groups (`000-00-0000`, `"KD-"0000`); anything plainer is a plain number."""
    parts: list[tuple[str, str]] = []
    condition: tuple[str, float] | None = None
    for kind, value in tokens:
        if kind == "digit":
            parts.append(("digit", value))
        elif kind == "condition" and (found := _TOKEN.match(value)):
            condition = (found["sign"], float(found["limit"]))
        elif kind == "literal":
            shown = value.strip('"') if value[0] == '"' else value[1:] if value[0] == "\\" else ""
            parts.append(("text", "" if set(shown.strip()) & _CURRENCY else shown))
        elif kind == "other" and value not in _CURRENCY:
            parts.append(("text", value))
    digits = [position for position, part in enumerate(parts) if part[0] == "digit"]
    zeros = sum(part == ("digit", "0") for part in parts)
    inner = any(parts[i] != ("text", "") and parts[i][0] == "text" for i in range(digits[0], digits[-1]))
    if zeros < 2 and not inner:
        return _Section("general", condition=condition)
    return _Section("mask", mask=tuple(parts), condition=condition)


def _padded(raw: str, width: int) -> str:
    shown = number_text(raw)
    return shown.zfill(width + shown.startswith("-")) if shown.lstrip("-").isdigit() else shown


def _masked(raw: str, sections: list[_Section]) -> str:
    shown = number_text(raw)
    negative, digits = shown.startswith("-"), shown.lstrip("-")
    section = _applying(float(raw), sections) if digits.isdigit() else None
    if section is None or section.kind != "mask":
        return shown
    out: list[str] = []
    rest = list(digits)
    last = len(section.mask) - 1 - [kind for kind, _ in section.mask][::-1].index("digit")
    first = [kind for kind, _ in section.mask].index("digit")
    for position in range(len(section.mask) - 1, -1, -1):
        kind, sign = section.mask[position]
        if kind == "digit":
            out.append(rest.pop() if rest else "0" if sign == "0" else "")
            if position == first:
                out.append("".join(rest))
        elif position > last or position < first or rest or ("digit", "0") in section.mask[:position]:
            out.append(sign)
    return ("-" if negative else "") + "".join(reversed(out)).strip()


def _applying(value: float, sections: list[_Section]) -> _Section:
    """The section for a value: by condition where there are any, else by sign."""
    if any(section.condition for section in sections):
        for section in sections:
            if section.condition is None or _COMPARE[section.condition[0]](value, section.condition[1]):
                return section
    return sections[0]
