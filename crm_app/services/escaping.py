"""Cells that a spreadsheet would run as a formula: marked on the way out, unmarked on the way in (T19)."""

import re

_DANGEROUS = "=+-@\t\r＝＋－＠'"
_HARMLESS = re.compile(r"[+-]?\d[\d ().,/-]*")  # numbers and phones stay as they are
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def escape(value: str) -> str:
    """`value` with an apostrophe in front when a spreadsheet could take it for a formula."""
    if value[:1] and value[0] in _DANGEROUS and not _HARMLESS.fullmatch(value):
        return "'" + value
    return value


def unescape(value: str) -> str:
    """Takes back exactly what `escape` added."""
    if len(value) > 1 and value[0] == "'" and escape(value[1:]) == value:
        return value[1:]
    return value


def kept(value: str) -> str:
    """`value` for a cell that is a text anyway: marked only where `unescape` would take something from it."""
    return escape(value) if unescape(value) != value else value


def writable(value: str) -> tuple[str, int]:
    """`value` without the characters no workbook can hold, and how many were replaced."""
    return _UNWRITABLE.subn("\ufffd", value)
