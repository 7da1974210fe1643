"""One ODS cell as text: its value, and what was shown where only that tells more (zero padding, decimals)."""

import re

from crm_app.services.imports.reading.cell_text import boolean_text, iso_text, number_text, percent_text, with_decimals

_ERROR = re.compile(r"(#[A-Z0-9/]+[!?]?|Err:\d+)")
_DURATION = re.compile(r"(-?)P(?:(\d+)D)?T?(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:[.,](\d+))?S)?")
_NO_DIGIT = re.compile(r"\D")
_MASK = re.compile(r"\d[-/()]+\s?\d")
_DECIMALS = re.compile(r"[.,](\d+)\D*$")


def shown(attributes: dict[str, str], text: str) -> tuple[str, str]:
    """The text of a cell and its trouble: '', `error` or `no_value` (a formula never calculated)."""
    kind = attributes.get("office:value-type", "")
    if attributes.get("calcext:value-type") == "error" or (
        "table:formula" in attributes and kind != "string" and _ERROR.fullmatch(text)
    ):
        return text, "error"
    if not kind:
        return text, "no_value" if "table:formula" in attributes and not text else ""
    if kind == "string":
        return text or attributes.get("office:string-value", ""), ""
    if kind == "date":
        moment = iso_text(attributes.get("office:date-value", text))
        return (moment if ":" in text or not text else moment[:10]), ""
    if kind == "time":
        return _time(attributes.get("office:time-value", ""), text), ""
    if kind == "boolean":
        return boolean_text(attributes.get("office:boolean-value", text)), ""
    value = attributes.get("office:value", "")
    if not value:
        return text, ""
    return (_percentage(value, text) if kind == "percentage" else _number(value, text)), ""


def _time(value: str, text: str) -> str:
    found = _DURATION.fullmatch(value)
    if found is None:
        return text
    sign, days, hours, minutes, seconds, _ = found.groups()
    return f"{sign}{int(days or 0) * 24 + int(hours or 0):02d}:{int(minutes or 0):02d}:{int(seconds or 0):02d}"


def _percentage(value: str, text: str) -> str:
    decimals = _DECIMALS.search(text)
    return percent_text(value, len(decimals[1]) if decimals else 0)


def _number(value: str, text: str) -> str:
    """The stored number, with the zeros in front and behind that were shown, or as a mask wrote its digits."""
    plain = number_text(value)
    if plain in {"0", "1"} and text.isalpha():
        return boolean_text(plain)
    digits = _NO_DIGIT.sub("", text)
    if digits.lstrip("0") == plain.lstrip("-0") and len(digits) > 1 and (digits[0] == "0" or _MASK.search(text)):
        return text
    if (found := _DECIMALS.search(text)) and digits == _NO_DIGIT.sub("", with_decimals(plain, len(found[1]))):
        return with_decimals(plain, len(found[1]))
    return plain
