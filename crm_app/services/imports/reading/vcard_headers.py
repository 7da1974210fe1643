"""The headers of the columns that vCards become, ours so that `mapping` knows each of them, and their order.

Several e-mails, phones and addresses stand in numbered columns; a label somebody invented ("Ferienhaus") stands in a
column beside its value.
"""

from functools import cache

MOST = 20  # numbered columns of a kind
INCOMPLETE = "Birthday (incomplete)"  # no year, only a year, or words: nothing a date field could take
NAMES = ("Salutation", "First name", "Middle name", "Last name", "Name suffix")
ADDRESS = ("Street", "PO box", "Postal code", "City", "Province", "Country")
POINTS = ("E-mail", "Phone", "Mobile", "Fax", "Pager")


@cache
def numbered(header: str) -> tuple[str, ...]:
    """`E-mail`, `E-mail 2`, `E-mail 3` and so on."""
    return (header, *(f"{header} {n}" for n in range(2, MOST + 1)))


def address_header(number: int, part: str) -> str:
    """`City` of the first address, `Address 2 city` of the second."""
    if number == 1:
        return part
    return f"Address {number} {part if part == 'PO box' else part.lower()}"


def label_header(header: str) -> str:
    return f"{header} label"


def _labelled(header: str) -> list[str]:
    return [each for name in numbered(header) for each in (name, label_header(name))]


def _addresses() -> list[str]:
    found = []
    for number, name in enumerate(numbered("Address"), start=1):
        found += [*(address_header(number, part) for part in ADDRESS), label_header(name)]
    return found


# Every header there is, in the order in which columns stand.
HEADERS: tuple[str, ...] = (
    *("External ID", *NAMES, "Full name", "Nickname", "Company", "Department", "Job title", "Role"),
    *(name for header in POINTS for name in _labelled(header)),
    *_addresses(),
    *_labelled("Website"),
    *("Social media", "Messenger", "Birth date", INCOMPLETE, "Anniversary", "Gender", "Language"),
    *("Related people", "Tags", "Notes"),
)
