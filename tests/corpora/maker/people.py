"""Invented people. Addresses end in example.org or example.com; phones come from ranges kept free for films and manuals
(Germany: Bundesnetzagentur; Britain: Ofcom; North America: 555-01xx) or begin with a block nobody was given."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Person:
    first: str
    last: str
    gender: str  # f or m
    birth: dt.date
    street: str
    zip: str
    city: str
    province: str
    country: str
    phone: str
    mobile: str
    company: str = ""
    tags: str = ""
    note: str = ""

    @property
    def mail(self) -> str:
        plain = (self.first + "." + self.last).lower().translate(_PLAIN)
        return "".join(sign for sign in plain if sign.isalnum() or sign == ".") + "@example.org"

    @property
    def work_mail(self) -> str:
        return self.mail.replace("@example.org", "@office.example.com") if self.company else ""

    @property
    def full(self) -> str:
        return f"{self.first} {self.last}"

    @property
    def website(self) -> str:
        return (
            f"https://www.example.com/{self.last.lower().translate(_PLAIN).replace(' ', '-')}" if self.company else ""
        )


_PLAIN = str.maketrans({
    "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "à": "a", "è": "e", "é": "e", "ì": "i", "ò": "o", "ù": "u", "ą": "a",
    "ć": "c", "ę": "e", "ł": "l", "ń": "n", "ó": "o", "ś": "s", "ź": "z", "ż": "z", "ô": "o", "î": "i", "ø": "o",
    "å": "a", "ç": "c", "ñ": "n", "ë": "e", "'": "", "’": "",
})  # fmt: skip


def _people(country: str) -> list[Person]:
    """Those below the country's heading in people.txt."""
    people: list[Person] = []
    heading = ""
    for line in Path(__file__).with_name("people.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            heading = line[1:].strip()
        elif heading == country:
            cells = [cell.strip() for cell in line.split("|")]
            first, last, gender, birth, street, postal, city, province, phone, mobile = cells[:10]
            company, tags, note = [*cells[10:], "", "", ""][:3]
            born = dt.date.fromisoformat(birth)
            place = (street, postal, city, province, country)
            more = (phone, mobile, company, tags, note.replace("\\n", "\n"))
            people.append(Person(first, last, gender, born, *place, *more))
    return people


GERMAN = _people("Deutschland")
ENGLISH = _people("United Kingdom")
ITALIAN = _people("Italia")
POLISH = _people("Polska")
