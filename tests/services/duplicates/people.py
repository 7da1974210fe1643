"""People invented with the mistakes real ones have, and who is who: for accuracy, and for the bench."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from itertools import accumulate
from typing import Any

from crm_app.services.duplicates.prepared import Raw

_SYLLABLES = (
    "an be ca do el fa gi ho in jo ka la mi no or pe qui ro sa te ur va wi xa yo ze bra cle dri fro gle her kin lor "
    "mar nel ost pra ster thom ves wal"
).split()
_FIRST = (
    "Anna Robert Maria Thomas Katharina Johannes Giuseppe Francesca Piotr Agnieszka William Elizabeth Michael Susanne "
    "Stefan Julia Andreas Barbara Jan Magdalena Peter Claudia Daniel Sofia Martin Laura Paul Emilia Markus Elena"
).split()
_SHORT = {
    "Robert": "Bob", "Thomas": "Tom", "Katharina": "Kathi", "Johannes": "Hans", "Giuseppe": "Beppe", "William": "Bill",
    "Elizabeth": "Liz", "Michael": "Mike", "Susanne": "Susi", "Magdalena": "Magda", "Barbara": "Basia",
}  # fmt: skip
_DOMAINS = "gmail.com gmx.de web.de wp.pl libero.it outlook.com".split()
_FORMS = ["GmbH", "AG", "S.r.l.", "Sp. z o.o.", "Ltd", "Inc."]
_LETTERS = "abcdefghijklmnoprstuwz"


class Invented:
    """`rows` are contacts, `truth` says for each which person it is."""

    def __init__(self, persons: int, *, seed: int = 1, doubles: float = 0.1, mistakes: int = 3) -> None:
        self._random = random.Random(seed)
        self.rows: list[Raw] = []
        self.truth: list[int] = []
        self._mistakes = mistakes
        self._last = self._often(self._words(max(200, persons // 6)))
        self._towns = self._often([(word, f"{10_000 + n * 7}") for n, word in enumerate(self._words(600))])
        self._ways = self._words(800)
        self._firms = [(f"{word} {self._random.choice(_FORMS)}", f"info@{word}.de".lower(), f"+4930{200_000 + n}")
                       for n, word in enumerate(self._words(max(3, persons // 40)))]  # fmt: skip
        self._addresses: set[str] = set()
        family: Raw | None = None
        for person in range(persons):
            one = self._person(family if self._random.random() < 0.08 else None)
            family = one
            self._add(one, person)
            if self._random.random() < doubles:
                self._add(self._double(one), person)

    def _add(self, row: Raw, person: int) -> None:
        self.rows.append(row._replace(id=len(self.rows) + 1))
        self.truth.append(person)

    def _person(self, family: Raw | None) -> Raw:
        pick, chance = self._random.choice, self._random.random
        first, last, (city, code) = pick(_FIRST), self._last(), self._towns()
        street, phone = f"{pick(self._ways)}straße {self._random.randrange(1, 120)}", self._phone()
        company, email = None, self._email(first, last)
        if family is not None and family.last_name:
            last, city, code = family.last_name, family.city or city, family.postal_code or code
            street = family.street or street
            phone = family.phones[0] if family.phones and chance() < 0.6 else phone
            email = family.emails[0] if family.emails and chance() < 0.3 else email
        elif chance() < 0.12:
            company, office, switchboard = pick(self._firms)
            phone = switchboard if chance() < 0.7 else phone
            email = office if chance() < 0.3 else email
        return Raw(
            0, 1, first, last, company,
            street=street if chance() < 0.6 else None,
            postal_code=code if chance() < 0.8 else None,
            city=city,
            birth_date=date(1945, 1, 1) + timedelta(self._random.randrange(25_000)) if chance() < 0.5 else None,
            emails=(email,) if chance() < 0.9 else (),
            phones=(phone,) if chance() < 0.6 else (),
        )  # fmt: skip

    def _double(self, one: Raw) -> Raw:
        """The same person, entered once more with one to so many mistakes."""
        chance = self._random.random
        first, last = one.first_name or "", one.last_name or ""
        for _ in range(self._random.randint(1, self._mistakes)):
            kind = self._random.randrange(9)
            if kind == 0:
                one = one._replace(first_name=self._misspelt(first))
            elif kind == 1:
                one = one._replace(last_name=self._misspelt(last))
            elif kind == 2:
                one = one._replace(first_name=_SHORT.get(first, first[0] + "."))
            elif kind == 3:
                one = one._replace(first_name=last, last_name=first)
            elif kind == 4:
                one = one._replace(emails=(self._email(last, ""),) if chance() < 0.5 else ())
            elif kind == 5:
                one = one._replace(phones=(self._phone(),) if chance() < 0.5 else ())
            elif kind == 6:
                one = one._replace(
                    street=one.street.replace("straße", "str.") if one.street and chance() < 0.5 else None
                )
            elif kind == 7:
                one = one._replace(birth_date=None)
            else:
                city, code = self._towns()
                one = one._replace(city=city, postal_code=code)
        return one

    def _misspelt(self, word: str) -> str:
        at, kind = self._random.randrange(max(1, len(word) - 1)), self._random.randrange(4)
        letter = self._random.choice(_LETTERS)
        if kind == 0:
            return word[:at] + word[at + 1 :] or word
        if kind == 1:
            return word[:at] + letter + word[at:]
        if kind == 2:
            return word[:at] + letter + word[at + 1 :]
        return word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :]

    def _email(self, first: str, last: str) -> str:
        while True:
            number = self._random.choice(["", "", str(self._random.randrange(999))])
            made = f"{first}.{last}{number}@{self._random.choice(_DOMAINS)}".lower().replace(".@", "@")
            if made not in self._addresses:
                self._addresses.add(made)
                return made
            first += self._random.choice(_LETTERS)

    def _phone(self) -> str:
        return f"+4917{self._random.randrange(10**8, 10**9)}"

    def _words(self, count: int) -> list[str]:
        found: dict[str, None] = {}
        while len(found) < count:
            found["".join(self._random.choice(_SYLLABLES) for _ in range(self._random.choice((2, 3)))).title()] = None
        return list(found)

    def _often(self, words: list[Any]) -> Callable[[], Any]:
        """Picks the first words far more often than the last, as names are held."""
        shares = list(accumulate(1 / (place + 3) ** 0.85 for place in range(len(words))))
        return lambda: self._random.choices(words, cum_weights=shares)[0]


def accuracy(groups: list[list[int]], truth: list[int]) -> tuple[float, float, float]:
    """Precision, recall and F1 of the pairs in groups of positions."""

    def pairs(sizes: list[int]) -> int:
        return sum(size * (size - 1) // 2 for size in sizes)

    said = pairs([len(group) for group in groups])
    right = pairs([size for group in groups for size in Counter(truth[at] for at in group).values()])
    there = pairs(list(Counter(truth).values()))
    precision, recall = right / max(1, said), right / max(1, there)
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)
