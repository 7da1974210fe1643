"""Numbers with decimals: prices, counts, sizes, however a country writes them."""

import re
from functools import cache

from babel import Locale, UnknownLocaleError

from crm_app.locales import text
from crm_app.services.fields.characters import one_line
from crm_app.services.fields.verdict import EMPTY, FieldContext, Verdict, doubtful, refused

MOST_DIGITS = 15  # what every database, spreadsheet and browser holds without rounding
_NUMBER = re.compile(r"[0-9][0-9.,'’ ]*|[.,][0-9]+")
_CURRENCY = re.compile(r"^(?:[€$£¥]|zł|kč|ft|kr\.?|chf|eur|usd|gbp|pln|czk|huf|sek|nok|dkk|ron|try)\s*", re.IGNORECASE)
_CURRENCY_BEHIND = re.compile(
    r"\s*(?:[€$£¥]|zł|kč|ft|kr\.?|,-|chf|eur|usd|gbp|pln|czk|huf|sek|nok|dkk|ron|try)$", re.IGNORECASE
)
_GROUPED = re.compile(r"[0-9]{1,3}(?:([.,'’ ])[0-9]{3})(?:\1[0-9]{3})*")


def parse_amount(cell: str, context: FieldContext) -> Verdict:
    """A number as JSON has it (int or float), `norm` its shortest decimal form. At most 15 digits.

    Thousands may be grouped. Where one dot or comma stands before exactly three digits, the country says what it
    means, and somebody should look.
    """
    written = one_line(cell).replace("\u00a0", " ").replace("\u202f", " ").replace("−", "-")
    if not written:
        return EMPTY
    sign = "-" if written.startswith("-") else ""
    bare = _CURRENCY.sub("", written[1:].strip() if written[0] in "+-" else written)
    if bare.startswith("-") and not sign:  # "€ -12,50"
        sign, bare = "-", bare[1:].strip()
    bare = _CURRENCY_BEHIND.sub("", bare)
    plain, is_doubtful = _plain(bare, context.country) if _NUMBER.fullmatch(bare) else (None, False)
    if plain is None:
        return refused(text("This is not a number. Write it like 1234.50."))
    if len(plain.replace(".", "").lstrip("0")) > MOST_DIGITS:
        return refused(text("A number has at most {most} digits here.", most=MOST_DIGITS))
    number = float(sign + plain)
    value: int | float = int(number) if number.is_integer() else number
    norm = str(value)
    if is_doubtful:
        return doubtful(value, norm, text("“{value}” is read as {number}.", value=written, number=norm))
    return Verdict(value, norm)


def _plain(number: str, country: str) -> tuple[str | None, bool]:
    """The number with a decimal point and without groups, None when it is none; whether it is doubtful."""
    compact = number.strip()
    signs = [sign for sign in compact if sign in ".,"]
    if len(set(signs)) == 2:  # both: the last one is the decimal sign
        decimal = signs[-1]
        whole, _, fraction = compact.rpartition(decimal)
        return (None, False) if signs.count(decimal) > 1 else (_joined(whole, fraction), False)
    if len(signs) > 1 or (not signs and not compact.isdigit()):
        return (re.sub(r"[.,'’ ]", "", compact) if _GROUPED.fullmatch(compact) else None), False
    if not signs:
        return compact, False
    whole, _, fraction = compact.partition(signs[0])
    if len(fraction) == 3 and whole.strip("0") and len(whole) <= 3 and whole.isdigit():
        is_decimal = signs[0] == decimal_sign(country)
        return (f"{whole}.{fraction}" if is_decimal else whole + fraction), True
    return _joined(whole, fraction), False


def _joined(whole: str, fraction: str) -> str | None:
    """Both sides of a decimal sign; None when the groups before it are none."""
    if fraction and not fraction.isdigit():
        return None
    if whole and not whole.isdigit():
        if not _GROUPED.fullmatch(whole):
            return None
        whole = re.sub(r"[.,'’ ]", "", whole)
    return f"{whole or '0'}.{fraction or '0'}"


@cache
def decimal_sign(country: str) -> str:
    """What stands before decimals where people of that country write (CLDR); a dot in doubt."""
    try:
        return str(Locale.parse(f"und_{country}").number_symbols["latn"]["decimal"])
    except (UnknownLocaleError, ValueError, KeyError):
        return "."


def amount_text(value: int | float) -> str:
    """The number so that `parse_amount` reads it back in every country: never a point before exactly three digits."""
    return unmistakable(format(value, "f").rstrip("0").rstrip(".") if "e" in str(value) else str(value))


def unmistakable(number: str) -> str:
    """A number written with a decimal point, with one more zero where the point could be taken for one of thousands."""
    whole, point, fraction = number.partition(".")
    return number + "0" if point and len(fraction) == 3 and len(whole.lstrip("-")) <= 3 else number
