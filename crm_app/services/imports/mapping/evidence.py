"""What the cells of a column hold, as shares of its filled cells."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice, pairwise
from pathlib import Path

from stdnum.de import idnr
from stdnum.it import iva
from stdnum.pl import nip, pesel

from crm_app.services.fields import consent, country, gender, language, links, vocabulary, yes_no
from crm_app.services.fields.characters import folded, words
from crm_app.services.fields.date_formats import format_of, shape_of
from crm_app.services.fields.registry import CONSENT_FIELDS
from crm_app.services.fields.verdict import FieldContext

SAMPLE = 200  # filled cells looked at
ENOUGH = 3  # filled cells from which on cells may contradict a header
UNLIKE = 0.25  # a column with a smaller share of cells that look like the field is not that field

LATEST_BIRTH = 2018  # a column of later dates is no column of birthdays

_CONTEXT = FieldContext()
_EMAIL = re.compile(r"[^@\s<]*<?[^@\s<>;,]+@[^@\s<>;,]+\.[^@\s<>;,]{2,}>?(?:\s*[;,].*)?")
_PHONE = re.compile(r"'?\+?[\d\s()/.\-–]{5,}(?:\s?(?:ext|x|dw)\.?\s?\d+)?", re.IGNORECASE)
_DIALLED = re.compile(r"'?(?:\+|0|\()|.*\d[\s/-]\d")  # what tells a phone number from any other number
_WHOLE_NUMBER = re.compile(r"\d+(?:\.0)?")
_POSTAL_CODE = re.compile(
    r"(?:[A-Z]{1,2}-)?\d{4,5}|\d{2}-\d{3}|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|\d{3} ?\d{2}|\d{5}-\d{4}"
)
_CODICE_FISCALE = re.compile(r"[A-Z]{6}\d{2}[A-Z]\d{2}[A-Z]\d{3}[A-Z]", re.IGNORECASE)
_LINK = re.compile(r"(?:https?://|www\.)\S+|[\w-]+(?:\.[\w-]+)*\.[a-z]{2,12}(?:/\S*)?", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+(?:[-'’ ][^\W\d_]+)*\.?")
_BETWEEN_WORDS = re.compile(r"[\s,]+")
_STREET = re.compile(r"(?=.*[^\W\d_]{3}).*\s\d{1,4}\s?[a-zA-Z]?(?:[/-]\d+)?(?:\s?,.*)?|\d{1,5}\s[^\W\d_].*")
_COMPANY = re.compile(
    r"(?:.*\s)?(?:gmbh|mbh|ag|kg|ohg|ug|gbr|e\.?\s?v|s\.?r\.?l\.?s?|s\.?p\.?a|s\.?n\.?c|s\.?a\.?s|sp\. ?z ?o\.? ?o|s\.a"
    r"|ltd|llc|inc|corp|plc|s\.?c|stiftung|verein|coop|onlus)\.?(?:\s.*)?",
    re.IGNORECASE,
)
_SALUTATIONS = words(
    "herr frau mr mrs ms miss dr prof herrn fraulein sig sigra sigr signor signora signore dott dottssa pan pani"
    " panna mme m monsieur madame sr sra sehr geehrter geehrte liebe lieber dear egr gent"
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """`filled` of `seen` cells hold anything; `shares`: kind of content → share of the filled cells, 0 to 1."""

    seen: int = 0
    filled: int = 0
    shares: dict[str, float] | None = None

    @property
    def fill(self) -> float:
        """The share of filled cells; 1 when no cells were given."""
        return self.filled / self.seen if self.seen else 1.0

    def with_fill(self, fill: float) -> "Evidence":
        """The same cells out of a column of which `fill` is filled; the samples may have left the blanks out."""
        if fill <= 0:
            return Evidence(seen=1)
        return replace(self, seen=max(self.filled, round(self.filled / fill)))

    def share(self, kind: str) -> float:
        return self.shares.get(kind, 0.0) if self.shares else 0.0


def evidence_of(cells: Sequence[str]) -> Evidence:
    """What up to 200 filled cells of a column hold."""
    filled = [cell.strip() for cell in cells if cell and not cell.isspace()]
    sample = list(islice(filled, SAMPLE))
    if not sample:
        return Evidence(len(cells))
    shares = {kind: sum(map(holds, sample)) / len(sample) for kind, holds in _TESTS.items()}
    if format_of(sample) == "excel":
        shares["date"] = 1.0
    shares["running"] = _running(sample)
    return Evidence(len(cells), len(filled), shares)


def fit(target: str, evidence: Evidence) -> float | None:
    """The share of cells that look like the field, 0 to 1; None when cells cannot tell."""
    if evidence.filled < ENOUGH:
        return None
    kinds = _EXPECTED.get(target)
    if kinds is not None:
        return min(1.0, max(evidence.share(kind) for kind in kinds))
    if target in _WORDS:
        return 1.0 - max(evidence.share(kind) for kind in ("email", "dialled", "date", "url", "whole_number"))
    return None


def contradicts(target: str | None, evidence: Evidence) -> bool:
    """Whether the cells leave no doubt that the column is not this field, whatever its header says."""
    share = fit(target, evidence) if target else None
    return share is not None and share < UNLIKE


def _running(sample: Sequence[str]) -> float:
    """The share of cells that are numbers above the one before: 1 in a column of running numbers."""
    numbers = [int(cell) for cell in sample if cell.isdecimal() and len(cell) < 19]
    higher = sum(later > earlier for earlier, later in pairwise(numbers))
    return higher / (len(sample) - 1) if len(sample) > 1 else 0.0


def _is_phone(cell: str) -> bool:
    return bool(_PHONE.fullmatch(cell)) and 5 <= sum(char.isdigit() for char in cell) <= 17


def _is_dialled(cell: str) -> bool:
    return _is_phone(cell) and bool(_DIALLED.match(cell)) and shape_of(cell) is None


def _is_past_date(cell: str) -> bool:
    shape = shape_of(cell)
    return shape is not None and 1920 <= max(shape.first, shape.third) <= LATEST_BIRTH


def _is_tax_number(cell: str) -> bool:
    """Only numbers with check digits count: an Italian, German or Polish person's, an Italian or Polish company's."""
    if _CODICE_FISCALE.fullmatch(cell):
        return True
    digits = cell.replace(" ", "").replace("-", "")
    if not digits.isdecimal() or not digits.isascii():
        return False
    if len(digits) == 10:
        return nip.is_valid(digits)
    return len(digits) == 11 and (idnr.is_valid(digits) or iva.is_valid(digits) or pesel.is_valid(digits))


def _is_link(cell: str) -> bool:
    return "@" not in cell and bool(_LINK.fullmatch(cell)) and not links.parse_website(cell, _CONTEXT).is_error


def _taken(parse: Callable[[str, FieldContext], object]) -> Callable[[str], bool]:
    return lambda cell: not getattr(parse(cell, _CONTEXT), "is_error", True)


def _is_first_name(cell: str) -> bool:
    return re.split(r"[\s-]", folded(cell), maxsplit=1)[0] in first_names()


@cache
def first_names() -> frozenset[str]:
    """Common first names of Germany, Italy, Poland and English-speaking countries, folded."""
    return words((Path(__file__).parent / "first_names.txt").read_text(encoding="ascii"))


_TESTS: dict[str, Callable[[str], bool]] = {
    "email": lambda cell: bool(_EMAIL.fullmatch(cell)),
    "phone": _is_phone,
    "dialled": _is_dialled,
    "date": lambda cell: shape_of(cell) is not None,
    "past_date": _is_past_date,
    "gender": _taken(gender.parse_gender),
    "yes_no": _taken(yes_no.parse_yes_no),
    "active": _taken(vocabulary.parse_active),
    "lifecycle": _taken(vocabulary.parse_lifecycle),
    "consent": _taken(consent.parse_opt_in),
    "postal_code": lambda cell: bool(_POSTAL_CODE.fullmatch(cell.upper())),
    "long_postal_code": lambda cell: len(cell) >= 5 and bool(_POSTAL_CODE.fullmatch(cell.upper())),
    "digits": lambda cell: any(char.isdigit() for char in cell) and len(cell) <= 30,
    "tax_number": _is_tax_number,
    "url": _is_link,
    "country": _taken(country.parse_country),
    "language": _taken(language.parse_language),
    "whole_number": lambda cell: bool(_WHOLE_NUMBER.fullmatch(cell)),
    "salutation": lambda cell: folded(cell).replace(".", " ").split(" ")[0] in _SALUTATIONS,
    "first_name": _is_first_name,
    "word": lambda cell: bool(_WORD.fullmatch(cell)) and len(cell) > 1,
    "single_word": lambda cell: bool(_WORD.fullmatch(cell)) and " " not in cell and len(cell) > 1,
    "several_words": lambda cell: sum(part[:1].isalpha() for part in _BETWEEN_WORDS.split(cell)) > 1,
    "company": lambda cell: bool(_COMPANY.fullmatch(cell)),
    "street": lambda cell: bool(_STREET.fullmatch(cell)),
}
_EXPECTED: dict[str, tuple[str, ...]] = {
    "email": ("email",),
    "phone": ("phone",),
    "mobile": ("phone",),
    "birth_date": ("date",),
    "acquired_on": ("date",),
    "registered_at": ("date",),
    "gender": ("gender",),
    "privacy_accepted": ("yes_no",),
    "active": ("active",),
    "lifecycle": ("lifecycle",),
    "website": ("url",),
    "country": ("country",),
    "language": ("language",),
    "postal_code": ("postal_code", "digits"),
    "tax_number": ("digits",),
    "number": ("whole_number",),
    **{name: ("consent",) for name in CONSENT_FIELDS if name != "consent_date"},
    "consent_date": ("date",),
}
_WORDS = words("salutation first_name last_name company city province")
