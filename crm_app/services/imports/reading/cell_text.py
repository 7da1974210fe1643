"""Values of workbook cells as text: what somebody sees in the cell, without ever losing a digit of it.

Dates are ISO 8601, booleans `TRUE` and `FALSE`, numbers have no `.0`, no grouping and at most 15 significant digits,
as in Excel (0.1 + 0.2 is 0.3). Serial dates count days from 1899-12-30 or, in the 1904 system, from 1904-01-01.
"""

import datetime as dt
import re
from decimal import Decimal

from crm_app.services.fields.amounts import unmistakable

_EPOCH_1900 = dt.date(1899, 12, 30)
_EPOCH_1904 = dt.date(1904, 1, 1)
_EXACT = 2**53  # whole numbers below it are exact in a double
_LAST_SERIAL = 2_958_465  # 9999-12-31, the last day Excel knows
_DAY = 86_400
_LIKE_THOUSANDS = re.compile(r"-?\d{1,3}[.,]\d{3}")


def number_text(raw: str) -> str:
    """A number as written in the file (`1234`, `1.5`, `1.2E+3`); whole numbers keep all their digits."""
    if raw.isascii() and (raw.isdigit() or (raw[:1] == "-" and raw[1:].isdigit())):
        return "0" if raw == "-0" else raw
    try:
        return float_text(float(raw))
    except (ValueError, OverflowError):
        return raw


def float_text(value: float) -> str:
    """Fifteen significant digits, no exponent: 12.0 → `12`, 0.1 + 0.2 → `0.3`, 1e-7 → `0.0000001`."""
    if -_EXACT < value < _EXACT and value == int(value):
        return str(int(value))
    short = f"{value:.15g}"
    if "e" in short:
        exponent = int(short.partition("e")[2])
        short = format(Decimal(short), "f") if -30 < exponent < 30 else short.upper()
    return "0" if short == "-0" else short


def with_decimals(raw: str, decimals: int) -> str:
    """A number with at least so many decimals, as its format shows it; more where it has more."""
    shown = number_text(raw)
    if decimals and "E" not in shown.upper():
        whole, _, fraction = shown.partition(".")
        shown = f"{whole}.{fraction.ljust(decimals, '0')}"
    return shown


def percent_text(raw: str, decimals: int) -> str:
    """0.12 → `12%`; at least `decimals` decimals."""
    try:
        hundredfold = Decimal(f"{float(raw):.15g}") * 100
    except (ValueError, ArithmeticError):
        return raw
    if not hundredfold.is_finite():
        return raw
    shown = format(hundredfold, "f")
    if "." in shown:
        shown = shown.rstrip("0").rstrip(".")
    return with_decimals(shown, decimals) + "%"


def exact_number(raw: str, shown: str) -> str | None:
    """A number as every country reads it, where its cell shows what half of them take for thousands, such as 1.234."""
    return unmistakable(number_text(raw)) if _LIKE_THOUSANDS.fullmatch(shown) else None


def boolean_text(raw: str) -> str:
    return "TRUE" if raw.strip() in {"1", "true", "TRUE"} else "FALSE"


def serial_text(raw: str, kind: str, *, is_1904: bool = False) -> str:
    """A serial number as `date`, `datetime`, `time` or `duration`; the bare number where no such day exists."""
    try:
        serial = float(raw)
    except ValueError:
        return raw
    if kind == "duration":
        return duration_text(dt.timedelta(seconds=round(serial * _DAY))) if abs(serial) < _LAST_SERIAL else raw
    if not 0 <= serial < _LAST_SERIAL + 1:
        return number_text(raw)
    seconds = round(serial * _DAY)
    days, rest = divmod(seconds, _DAY)
    if kind == "time":
        return _clock(rest)
    if days == 0 and not is_1904:  # Excel's "1900-01-00"
        return _clock(rest) if rest and kind == "datetime" else number_text(raw)
    if days == 60 and not is_1904:
        day = "1900-02-29"  # a day that never was; Excel has it
    elif is_1904:
        day = (_EPOCH_1904 + dt.timedelta(days=days)).isoformat() if days <= _LAST_SERIAL - 1462 else raw
    else:
        day = (_EPOCH_1900 + dt.timedelta(days=days + (days < 60))).isoformat()
    return f"{day} {_clock(rest)}" if kind == "datetime" else day


def duration_text(value: dt.timedelta) -> str:
    """`HH:MM:SS`, hours beyond 24 going on."""
    seconds = round(value.total_seconds())
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    return sign + _clock(seconds)


def iso_text(raw: str) -> str:
    """An ISO date as the strict file formats store it: `2024-05-01T10:00:00Z` → `2024-05-01 10:00:00`."""
    try:
        moment = dt.datetime.fromisoformat(raw)
    except ValueError:
        return raw
    if "T" not in raw and " " not in raw:
        return moment.date().isoformat()
    return moment.replace(tzinfo=None, microsecond=0).isoformat(sep=" ")


def python_text(value: object) -> str:
    """What python-calamine hands over, as text."""
    kind = type(value)
    if kind is str:
        return value  # type: ignore[return-value]
    if kind is float:
        return float_text(value)  # type: ignore[arg-type]
    if kind is bool:
        return "TRUE" if value else "FALSE"
    if isinstance(value, dt.datetime):
        return (value + dt.timedelta(microseconds=500_000)).replace(microsecond=0).isoformat(sep=" ")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, dt.time):
        return _clock(round(value.hour * 3600 + value.minute * 60 + value.second + value.microsecond / 1e6))
    if isinstance(value, dt.timedelta):
        return duration_text(value)
    return "" if value is None else str(value)


def _clock(seconds: int) -> str:
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour:02d}:{minute:02d}:{second:02d}"
