"""What stands in a cell of a layout, for one person."""

import datetime as dt

from tests.corpora.maker.layouts import Layout
from tests.corpora.maker.people import Person

_STATUS = ("New", "Open", "In progress", "Connected")
_STATO = ("Nuovo", "Contattato", "In trattativa", "Iscritto")


def value(layout: Layout, person: Person, number: int, what: str) -> str:
    """The text of one cell. `number` counts the people of the file from 0."""
    if not what:
        return ""
    if what.startswith("="):
        return what[1:]
    if what == "birth":
        return person.birth.strftime(layout.dates)
    if what == "acquired":
        return (dt.date(2024, 9, 2) + dt.timedelta(days=11 * number)).strftime(layout.dates)
    if what in _MADE:
        return _MADE[what](person, number)
    found: str = getattr(person, "mail" if what == "mail" else "work_mail" if what == "work_mail" else what)
    return found.replace(";", ", ") if what == "tags" else found


def _gender(female: str, male: str):  # type: ignore[no-untyped-def]
    return lambda person, _: female if person.gender == "f" else male


def _tags(person: Person) -> list[str]:
    return [tag for tag in person.tags.split(";") if tag]


_MADE = {
    "id": lambda person, number: str(20010 + 7 * number),
    "euid": lambda person, number: f"{number + 17:010x}",
    "year": lambda person, _: str(person.birth.year),
    "month": lambda person, _: str(person.birth.month),
    "day": lambda person, _: str(person.birth.day),
    "month_day": lambda person, _: person.birth.strftime("%m/%d"),
    "stamp": lambda person, number: f"2024-0{1 + number % 9}-1{number % 10} 09:{10 + number}:00",
    "google_groups": lambda person, _: " ::: ".join([*_tags(person), "* myContacts"]),
    "quoted_tags": lambda person, _: ",".join(f'"{tag}"' for tag in _tags(person)),
    "work_type": lambda person, _: "Work" if person.work_mail else "",
    "website_type": lambda person, _: "Profile" if person.website else "",
    "formatted": lambda person, _: f"{person.street}\n{person.zip} {person.city}\n{person.country}",
    "mailchimp_address": lambda person, _: f"{person.street}  {person.city}  {person.province}  {person.zip}  GB",
    "display_mail": lambda person, _: f"{person.full} ({person.mail})",
    "bare_mobile": lambda person, _: "39" + person.mobile.replace(" ", ""),
    "label": lambda person, number: ("Hot lead", "", "Customer")[number % 3],
    "facebook": lambda person, _: f"https://www.facebook.com/example.{person.birth.year}.{person.birth.day}",
    "codice": lambda person, number: f"XXXYYY{person.birth:%y}A{person.birth:%d}Z{number:03d}X",
    "lead_status": lambda person, number: _STATUS[number % 4],
    "stato": lambda person, number: _STATO[number % 4],
    "yes": lambda person, number: "Ja" if number % 2 else "Nein",
    "no": lambda person, number: "Nein" if number % 3 else "Ja",
    "title_en": _gender("Ms", "Mr"),
    "salutation_de": _gender("Frau", "Herr"),
    "titolo_it": _gender("Sig.ra", "Sig."),
    "title_pl": _gender("Pani", "Pan"),
    "gender_it": _gender("F", "M"),
    "outlook_gender_en": _gender("Female", "Male"),
    "outlook_gender_de": _gender("Weiblich", "Männlich"),
    "outlook_gender_it": _gender("Femmina", "Maschio"),
    "outlook_gender_pl": _gender("Kobieta", "Mężczyzna"),
}
