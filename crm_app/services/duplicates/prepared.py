"""Contacts as they are compared: columns of codes, one per value, each value prepared once.

A column is an array of small integers and the list of the texts they stand for, so that a million contacts with a few
thousand last names hold each name once, and whatever is derived from a name is derived once per name. Code -1 = empty.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any, NamedTuple

import numpy as np

from crm_app.services.duplicates import spelling

Codes = np.ndarray[Any, np.dtype[np.int32]]
SLOTS = 3  # e-mails and phones of a contact that are compared
AT_ONCE = 20_000  # contacts prepared at once

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
    """One column in the making. It takes many texts at once: a call for each would take a fifth of a search."""

    def __init__(self, prepare: Callable[[str], str], slots: int = 0) -> None:
        self._prepare, self._slots = prepare, slots
        self._by_raw: dict[str | None, int] = {None: -1, "": -1}
        self._known: dict[str, int] = {}
        self._parts: list[Codes] = []

    def take(self, texts: Sequence[str | None]) -> None:
        """Texts of further contacts."""
        self._parts.append(self._codes(texts))

    def take_slots(self, norms: Sequence[tuple[str, ...]]) -> None:
        """Several texts of each of further contacts."""
        slots = range(self._slots)
        codes = [self._codes([each[n] if len(each) > n else None for each in norms]) for n in slots]
        self._parts.append(np.stack(codes, axis=1))

    def column(self) -> Column:
        none = np.empty((0, self._slots) if self._slots else 0, np.int32)
        return Column(np.concatenate([none, *self._parts]), list(self._known))

    def _codes(self, texts: Sequence[str | None]) -> Codes:
        by_raw, known = self._by_raw, self._known
        for text in dict.fromkeys(texts):
            if text and text not in by_raw:
                made = self._prepare(text)
                by_raw[text] = known.setdefault(made, len(known)) if made else -1
        return np.fromiter(map(by_raw.__getitem__, texts), np.int32, len(texts))


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
    email, phone = _Coder(str, SLOTS), _Coder(str, SLOTS)
    ids: list[int] = []
    branches: list[int] = []
    days: list[int] = []
    more = iter(rows)
    while some := list(islice(more, AT_ONCE)):
        given: dict[str, Any] = dict(zip(Raw._fields, zip(*some, strict=True), strict=True))
        _name_by_emails(given)
        ids.extend(given["id"])
        branches.extend(given["branch"])
        days.extend(0 if day is None else day.year * 10_000 + day.month * 100 + day.day for day in given["birth_date"])
        for name, coder in coders.items():
            coder.take(given[_SOURCES.get(name, name)])
        email.take_slots(given["emails"])
        phone.take_slots(given["phones"])
    return People(
        ids=np.array(ids, np.int64),
        branch=np.array(branches, np.int32),
        columns={name: coders[name].column() for name in TEXTS},
        email=email.column(),
        phone=phone.column(),
        day=np.array(days, np.int32),
    )


_SOURCES = {"first": "first_name", "last": "last_name", "tax": "tax_number"}


def _name_by_emails(given: dict[str, Any]) -> None:
    """Names for those who have neither name nor company, but an address that tells one."""
    named = zip(given["first_name"], given["last_name"], given["company"], given["emails"], strict=True)
    nameless = [
        place for place, (first, last, company, mails) in enumerate(named) if mails and not (first or last or company)
    ]
    if not nameless:
        return
    firsts, lasts = list(given["first_name"]), list(given["last_name"])
    for place in nameless:
        firsts[place], lasts[place] = named_by(given["emails"][place][0])
    given["first_name"], given["last_name"] = firsts, lasts


def named_by(email: str) -> tuple[str | None, str | None]:
    """First and last name that an address tells: anna.mueller@… ; nothing where it does not have two words."""
    words = spelling.plain(email.partition("@")[0].partition("+")[0]).split()
    if len(words) == 2 and all(word.isalpha() for word in words) and len(words[1]) > 2:
        return words[0], words[1]
    return None, None
