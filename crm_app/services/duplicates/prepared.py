"""Contacts as they are compared: columns of codes, one per value, each value prepared once.

A column is an array of small integers and the list of the texts they stand for, so that a million contacts with a few
thousand last names hold each name once, and whatever is derived from a name is derived once per name. Code -1 = empty.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import numpy as np

from crm_app.services.duplicates import spelling

Codes = np.ndarray[Any, np.dtype[np.int32]]
SLOTS = 3  # e-mails and phones of a contact that are compared

TEXTS = ("first", "last", "company", "street", "postal_code", "city", "tax", "gender")


class Raw(NamedTuple):
    """One contact as it is read. Dates are dates or None, texts are as stored, `emails` and `phones` normalised."""

    id: int
    branch: int
    first_name: str | None = None
    last_name: str | None = None
    company: str | None = None
    street: str | None = None
    postal_code: str | None = None
    city: str | None = None
    tax_number: str | None = None
    gender: str | None = None
    birth_date: date | None = None
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()


@dataclass(slots=True)
class Column:
    """Codes per contact, and what each code means."""

    codes: Codes
    values: list[str]

    def counts(self) -> np.ndarray[Any, Any]:
        """How many contacts hold each value."""
        used = self.codes[self.codes >= 0].ravel()
        return np.bincount(used, minlength=max(len(self.values), 1))

    def derived(self, of: Callable[[str], str]) -> "Column":
        """The column of what follows from each value; an empty text is no value."""
        known: dict[str, int] = {}
        table = np.full(len(self.values) + 1, -1, np.int32)
        for code, value in enumerate(self.values):
            if made := of(value):
                table[code] = known.setdefault(made, len(known))
        return Column(table[self.codes], list(known))


@dataclass(slots=True)
class People:
    """All contacts to be compared with each other, in the order of their ids."""

    ids: np.ndarray[Any, np.dtype[np.int64]]
    branch: Codes
    columns: dict[str, Column]
    email: Column  # codes have SLOTS columns
    phone: Column
    day: np.ndarray[Any, np.dtype[np.int32]]  # birth date as yyyymmdd, 0 = unknown

    def __len__(self) -> int:
        return len(self.ids)


class _Coder:
    def __init__(self, prepare: Callable[[str], str]) -> None:
        self.prepare, self.by_raw, self.known = prepare, dict[str, int](), dict[str, int]()

    def __call__(self, text: str | None) -> int:
        if not text:
            return -1
        found = self.by_raw.get(text)
        if found is None:
            made = self.prepare(text)
            found = self.by_raw[text] = self.known.setdefault(made, len(self.known)) if made else -1
        return found

    def column(self, codes: list[Any]) -> Column:
        return Column(np.array(codes, np.int32), list(self.known))

    def slots(self, codes: list[list[int]]) -> Column:
        return Column(np.array(codes, np.int32).reshape(-1, SLOTS), list(self.known))


_TITLES = frozenset(
    "herr frau dr prof mr mrs ms miss sir lady lord dame rev capt sig signora signor dott pan pani".split()
)


def _name(text: str) -> str:
    return " ".join(word for word in spelling.plain(text).split() if word not in _TITLES)


def _number(text: str) -> str:
    return spelling.plain(text).replace(" ", "")


def people(rows: Iterable[Raw]) -> People:
    """Prepares contacts for comparison."""
    coders = {
        "first": _Coder(_name), "last": _Coder(_name), "company": _Coder(spelling.company),
        "street": _Coder(spelling.street), "postal_code": _Coder(_number), "city": _Coder(spelling.plain),
        "tax": _Coder(_number), "gender": _Coder(str),
    }  # fmt: skip
    email, phone = _Coder(str), _Coder(str)
    codes: dict[str, list[int]] = {name: [] for name in TEXTS}
    ids, branches, days, emails, phones = [], [], [], [], []
    for row in rows:
        ids.append(row.id)
        branches.append(row.branch)
        first, last = row.first_name, row.last_name
        if not first and not last and not row.company and row.emails:
            first, last = named_by(row.emails[0])
        codes["first"].append(coders["first"](first))
        codes["last"].append(coders["last"](last))
        codes["company"].append(coders["company"](row.company))
        codes["street"].append(coders["street"](row.street))
        codes["postal_code"].append(coders["postal_code"](row.postal_code))
        codes["city"].append(coders["city"](row.city))
        codes["tax"].append(coders["tax"](row.tax_number))
        codes["gender"].append(coders["gender"](row.gender))
        day = row.birth_date
        days.append(0 if day is None else day.year * 10_000 + day.month * 100 + day.day)
        emails.append(_slots(email, row.emails))
        phones.append(_slots(phone, row.phones))
    return People(
        ids=np.array(ids, np.int64),
        branch=np.array(branches, np.int32),
        columns={name: coders[name].column(codes[name]) for name in TEXTS},
        email=email.slots(emails),
        phone=phone.slots(phones),
        day=np.array(days, np.int32),
    )


def named_by(email: str) -> tuple[str | None, str | None]:
    """First and last name that an address tells: anna.mueller@… ; nothing where it does not have two words."""
    words = spelling.plain(email.partition("@")[0].partition("+")[0]).split()
    if len(words) == 2 and all(word.isalpha() for word in words) and len(words[1]) > 2:
        return words[0], words[1]
    return None, None


def _slots(coder: _Coder, norms: tuple[str, ...]) -> list[int]:
    found = [coder(norm) for norm in norms[:SLOTS]]
    return found + [-1] * (SLOTS - len(found))
