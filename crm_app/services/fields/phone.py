"""Phone numbers: kept as typed, compared as E.164 with the installation's country."""

import re
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat

from crm_app.locales import text
from crm_app.services.fields.characters import one_line, unusable
from crm_app.services.fields.verdict import EMPTY, FieldContext, Verdict, doubtful, refused

MAX_LENGTH = 60
_SCIENTIFIC = re.compile(r"\+?\d(?:[.,]\d+)?[eE]\+?\d{1,2}")
_NOT_DIGITS = re.compile(r"\D+")
_PLAIN = re.compile(r"[+0-9(][0-9 ()/.-]+")
_BETWEEN_DIGITS = str.maketrans("", "", "+ ()/.-")
_SEVERAL = re.compile(r"\s*(?:[;,|\n]|\s/\s|\s(?:or|oder|o|lub|und|and|e|i)\s)\s*")
_EXTENSION = re.compile(r"\s*(?:durchwahl|dw|wew(?:n)?\.?|interno)\.?:?\s*(\d{1,6})\Z", re.IGNORECASE)


def parse_phone(cell: str, context: FieldContext) -> Verdict:
    """One number. The value is the trimmed text; `norm` is E.164, with `;ext=` where there is an extension.

    A number that cannot be dialled is taken with a warning and its digits as `norm`. Excel's `4,9E+11` is an error:
    its last digits are lost.
    """
    number = cell.strip()
    if (norm := _assembled(number, context.country)) is not None:
        return Verdict(number, norm)
    if number.isascii() and number.isprintable():
        number = number.lstrip("' ")
    else:
        if message := unusable(cell):
            return refused(message)
        number = one_line(cell).lstrip("'’ ")
    if not number:
        return EMPTY
    if len(number) > MAX_LENGTH:
        return refused(text("This is too long for one phone number; keep one number here."))
    if _SCIENTIFIC.fullmatch(number):
        return refused(text("A spreadsheet rounded this phone number; copy it again with the cell formatted as text."))
    digits = _NOT_DIGITS.sub("", number)
    if len(digits) < 3:
        return refused(text("This is not a phone number; write its digits or leave it empty."))
    return _judged(number, digits, context.country)


def _judged(number: str, digits: str, country: str) -> Verdict:
    if number.endswith(".0") and number[:-2].isdigit():  # a number cell of a spreadsheet
        number, digits = number[:-2], digits[:-1]
    norm, plausible = e164(number, country)
    if plausible:
        return Verdict(number, norm)
    parts = [part for part in _SEVERAL.split(number) if len(_NOT_DIGITS.sub("", part)) >= 6]
    if len(parts) > 1:
        first, _ = e164(parts[0], country)
        norm = first or _NOT_DIGITS.sub("", parts[0])
        return doubtful(number, norm, text("There are several phone numbers in this cell; only the first is compared."))
    return doubtful(number, norm or digits, text("This phone number cannot be dialled as written; check its digits."))


def e164(number: str, country: str) -> tuple[str | None, bool]:
    """E.164 of `number` dialled from `country` and whether its numbering plan knows it; (None, False) if it is none."""
    simple = _assembled(number, country)
    return (simple, True) if simple is not None else _looked_up(number, country)


@lru_cache(maxsize=50_000)
def _looked_up(number: str, country: str) -> tuple[str | None, bool]:
    """`e164` by `phonenumbers`, which takes its time."""
    dialled = "+" + number[2:] if number.startswith("00") else number
    if found := _EXTENSION.search(dialled):
        dialled = f"{dialled[: found.start()]} ext. {found.group(1)}"
    parsed = _parsed(dialled, country)
    if parsed is None:
        return None, False
    valid = phonenumbers.is_valid_number(parsed)
    if not valid and not phonenumbers.is_possible_number(parsed):
        return None, False
    norm = phonenumbers.format_number(parsed, PhoneNumberFormat.E164)
    if parsed.extension:
        norm = f"{norm};ext={parsed.extension}"
    return norm, valid


def _parsed(dialled: str, country: str) -> PhoneNumber | None:
    try:
        if dialled[0] in "123456789" and dialled.startswith(_plan(country).calling_code):
            # A spreadsheet ate the plus: 4917012345678 is no German number without it.
            whole = phonenumbers.parse("+" + dialled, None)
            if phonenumbers.is_valid_number(whole):
                return whole
        return phonenumbers.parse(dialled, country)
    except NumberParseException:
        return None


def _assembled(number: str, country: str) -> str | None:
    """E.164 of plainly written valid numbers in a fraction of the time of `phonenumbers.parse`; None = ask it."""
    if not _PLAIN.fullmatch(number) or "(0)" in number or number.endswith(".0") or len(number) > MAX_LENGTH:
        return None
    digits = number.translate(_BETWEEN_DIGITS)
    plan = _plan(country)
    if number[0] == "+" or number.startswith("00"):
        digits = digits if number[0] == "+" else digits[2:]
        plan = next((_plan(region) for region in _regions(digits)), _NO_PLAN)
        significant = digits[len(plan.calling_code) :]
    elif plan.prefix:
        significant = digits[1:] if digits[:1] == plan.prefix == "0" else ""
    else:
        significant = "" if digits.startswith(plan.calling_code) else digits
    if not plan.simple or not 5 <= len(significant) <= 15 or significant[0] == "0" or not plan.knows(significant):
        return None
    return f"+{plan.calling_code}{significant}"


@dataclass(frozen=True, slots=True)
class _Plan:
    """How a country dials. `simple`: a national number is what follows the calling code or the prefix, no more."""

    calling_code: str = ""
    prefix: str = ""
    simple: bool = False
    kinds: tuple[tuple[frozenset[int], re.Pattern[str]], ...] = ()  # landlines and mobiles: their lengths and pattern
    whole: re.Pattern[str] | None = None  # what every number of the country must match too

    def knows(self, significant: str) -> bool:
        """Whether it is a landline or a mobile of this country. The rarer kinds are for `phonenumbers` to judge."""
        for lengths, kind in self.kinds:
            if len(significant) in lengths and kind.fullmatch(significant):
                return self.whole is not None and self.whole.fullmatch(significant) is not None
        return False


_NO_PLAN = _Plan()


@lru_cache(maxsize=300)
def _plan(country: str) -> _Plan:
    data = phonenumbers.PhoneMetadata.metadata_for_region(country)
    if data is None or data.country_code is None:
        return _NO_PLAN
    prefix = data.national_prefix or ""
    simple = data.national_prefix_transform_rule is None and (data.national_prefix_for_parsing or "") == prefix
    if phonenumbers.COUNTRY_CODE_TO_REGION_CODE[data.country_code][0] != country or data.leading_digits is not None:
        return _Plan(str(data.country_code), prefix, simple)  # shares its code: which country is meant takes more
    general = data.general_desc
    assert general is not None and general.national_number_pattern is not None
    kinds = tuple(
        (frozenset(kind.possible_length or general.possible_length), re.compile(kind.national_number_pattern))
        for kind in (data.fixed_line, data.mobile)
        if kind is not None and kind.national_number_pattern
    )
    return _Plan(str(data.country_code), prefix, simple, kinds, re.compile(general.national_number_pattern))


def _regions(digits: str) -> tuple[str, ...]:
    """The country to which the leading calling code belongs; none where several share it."""
    if digits[:1] == "0":
        return ()  # no calling code begins so; read as a number, its zero would be lost
    for length in (1, 2, 3):
        if regions := phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(int(digits[:length] or 0)):
            return tuple(regions) if len(regions) == 1 or regions[0] in ("IT", "GB", "NO", "FI") else ()
    return ()
