"""Several fields written in one cell: full names and whole addresses, taken apart when somebody asks for it.

The value is a tuple with one text (or None) per part. What cannot be told apart is kept whole in one part, and somebody
should look.
"""

import re
from collections.abc import Sequence

from crm_app.locales import text
from crm_app.services.fields.characters import one_line, unusable
from crm_app.services.fields.names import parse_name, too_long
from crm_app.services.fields.verdict import EMPTY, FieldContext, Verdict, doubtful, refused

LONGEST = 300
# Words that begin a last name, where a first name stands before them.
_PARTICLES = frozenset(
    "von van vom vor zu zum zur der den ten ter de del della dello dei degli di da dal dalla do dos das du des la le"
    " lo el al bin ibn ben af av y".split()
)
_LAST_NAME_FIRST = frozenset({"HU", "CN", "JP", "KR", "VN"})
_TWO_LAST_NAMES = frozenset({"ES", "MX", "AR", "CL", "CO", "PE"})
_COMPANY = re.compile(
    r"\b(?:gmbh|ug|ag|kg|ohg|gbr|e\.?\s?v\.?|ltd|llc|inc|s\.?r\.?l\.?|s\.?p\.?a\.?|sp\.? z ?o\.?o\.?|s\.?a\.?)(?:\W|$)",
    re.IGNORECASE,
)
_POSTAL = r"(?:[A-Z]{1,3}-)?(?P<code>\d{4} ?[A-Z]{2}\b|\d{3} \d{2}|\d{2}-\d{3}|\d{4,5})"
_STREET_FIRST = re.compile(rf"(?P<street>.+?)\s*[,;\n]\s*{_POSTAL}\s+(?P<city>[^\d,;\n][^,;\n]*)")
_CITY_FIRST = re.compile(rf"{_POSTAL}\s+(?P<city>[^\d,;\n][^,;\n]*?)\s*[,;\n]\s*(?P<street>.+)", re.DOTALL)


def parse_full_name(cell: str, context: FieldContext) -> Verdict:
    """(first name, last name). "Last, First" is understood, particles belong to the last name."""
    verdict = parse_name(cell, context, LONGEST)
    if verdict.value is None:
        return verdict
    name = str(verdict.value)
    if _COMPANY.search(name):
        return doubtful((None, name), None, text("This looks like a company, so it was not taken apart."))
    first, last = _name(name, context.country)
    if max(len(first or ""), len(last or "")) > 200:
        return refused(too_long(len(name), 200))
    return Verdict((first, last), None, verdict.level, verdict.message)


def _name(name: str, country: str) -> tuple[str | None, str | None]:
    before, comma, behind = (part.strip() for part in name.partition(","))
    if comma and before and behind and "," not in behind:
        return behind, before
    words = name.replace(",", " ").split()
    if len(words) == 1:
        return None, words[0]
    if country in _LAST_NAME_FIRST:
        return " ".join(words[1:]), words[0]
    for place, word in enumerate(words[1:-1], 1):
        if word.lower() in _PARTICLES and (word.islower() or words[place + 1].lower() in _PARTICLES):
            return _joined(words[:place], words[place:])
    lasts = 2 if country in _TWO_LAST_NAMES and len(words) > 2 else 1
    return _joined(words[:-lasts], words[-lasts:])


def _joined(first: Sequence[str], last: Sequence[str]) -> tuple[str, str]:
    return " ".join(first), " ".join(last)


def parse_full_address(cell: str, context: FieldContext) -> Verdict:
    """(street, postal code, city), from "Street 12, 12345 City" or "12345 City, Street 12"."""
    if message := unusable(cell):
        return refused(message)
    lines = [one_line(line) for line in cell.strip().splitlines() if line.strip()]
    if not lines:
        return EMPTY
    address = "\n".join(lines)
    if len(address) > LONGEST:
        return refused(too_long(len(address), LONGEST))
    found = _STREET_FIRST.fullmatch(address) or _CITY_FIRST.fullmatch(address)
    if found is None:
        whole = ", ".join(lines)
        return doubtful((whole, None, None), None, text("Street, postal code and city cannot be told apart here."))
    street = ", ".join(part.strip() for part in found["street"].splitlines())
    return Verdict((street, found["code"], found["city"].strip()))
