"""What follows from a contact's values: search text, sort key and points. Pure functions, shared by form and import."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from crm_app.models import PointKind
from crm_app.services.folding import digits, fold, fold_umlauts

SEARCHED = ("first_name", "last_name", "company", "email", "city", "external_id")
PHONES = ("phone", "mobile")
SORT_LENGTH = 400
# SQL for a stored tax number as imports compare it (`fields.tax_number`'s norm); there is an index on exactly this.
TAX_NORM = "upper(replace(replace(replace(replace(contact.tax_number, '.', ''), '/', ''), '_', ''), '-', ''))"

# Which contact fields are points, of what kind, under which label.
POINT_FIELDS = {
    "email": (PointKind.EMAIL, "email"),
    "phone": (PointKind.PHONE, "phone"),
    "mobile": (PointKind.PHONE, "mobile"),
    "website": (PointKind.LINK, "website"),
}


class PointRow(NamedTuple):
    """One point to be written: everything of ContactPoint but the ids."""

    kind: str
    label: str
    value: str
    norm: str
    primary: bool


_ORDER = {(str(kind), label): place for place, (kind, label) in enumerate(POINT_FIELDS.values())}
# Plain texts: the drivers take a member of an enumeration the long way round.
_FIELDS = [(name, str(kind), label) for name, (kind, label) in POINT_FIELDS.items()]
_SOCIAL = (str(PointKind.LINK), "social")


def place_of(kind: str, label: str, primary: bool) -> int:
    """Where a point stands among those of a contact in its search text: primary ones in the order of the form first."""
    return _ORDER.get((kind, label), len(_ORDER)) if primary else len(_ORDER)


def search_text(values: Mapping[str, Any], norms: Iterable[str] = ()) -> str:
    """Folded text that the search looks in: names, company, e-mail, city, number, phone digits.

    `norms` are the normalised e-mails and phones of all points. Words with umlauts stand in both spellings
    ("muller mueller"), so that either finds the contact.
    """
    parts: list[str] = []
    for name in SEARCHED:
        if value := values.get(name):
            parts.append(fold(value))
            if not value.isascii():
                parts.append(fold_umlauts(value))
    reached = [fold(norm) if "@" in norm else digits(norm) for norm in norms]
    parts += reached
    numbers = " ".join(reached)  # no digits run over from one to the next
    for name in PHONES:
        if value := values.get(name):
            number = digits(value)
            if number.lstrip("0") not in numbers:
                parts.append(number)
    if given := values.get("number"):
        parts.append(str(given))
    return " ".join(filter(None, dict.fromkeys(parts)))


def sort_name(values: Mapping[str, Any]) -> str:
    """Key of the list's name order: last name, first name, else company, else e-mail; nameless ones come last."""
    name = " ".join(part for part in (values.get("last_name"), values.get("first_name")) if part)
    key = fold(name or values.get("company") or values.get("email") or "")
    return (key or "\U0010ffff")[:SORT_LENGTH]


def points(values: Mapping[str, Any], norms: Mapping[str, str | None]) -> list[PointRow]:
    """The points of a contact's primary fields; `norms` holds the normalised form per field, the value in doubt."""
    found = []
    for name, kind, label in _FIELDS:
        if value := values.get(name):
            found.append(PointRow(kind, label, value, norms.get(name) or value, True))
    if links := values.get("social_links"):
        lines = filter(None, map(str.strip, links.splitlines()))
        found += [PointRow(*_SOCIAL, link, link.lower(), False) for link in lines]
    return found
