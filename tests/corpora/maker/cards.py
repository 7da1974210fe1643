"""vCards as phones and mail programs write them: the same people, each program's habits.

Apple: Contacts on iOS and macOS, 3.0, groups with labels, folded pictures, birthdays without a year. Android: the
Contacts app of 5 to 13, 2.1, quoted-printable wherever a letter is not ASCII. Google: contacts.google.com, 3.0.
"""

import base64
from pathlib import Path
from typing import Any

from tests.corpora.maker.people import ENGLISH, GERMAN, ITALIAN, Person

_PICTURE = base64.b64encode(bytes(range(256)) * 4).decode()


def write_cards(folder: Path) -> dict[str, Any]:
    """Writes the three files; what each should be read as."""
    apple = "".join(_apple(number, person) for number, person in enumerate(GERMAN))
    (folder / "apple.vcf").write_bytes(apple.encode())
    android = "".join(_android(number, person) for number, person in enumerate(GERMAN))
    (folder / "android-21.vcf").write_bytes(android.encode("ascii"))
    people = [*ENGLISH, *ITALIAN]
    google = "".join(map(_google, people))
    (folder / "google.vcf").write_bytes(google.encode())
    return {
        "apple.vcf": _expected(APPLE, _apple_cells(GERMAN[0]), len(GERMAN)),
        "android-21.vcf": _expected(ANDROID, _android_cells(GERMAN[0]), len(GERMAN)),
        "google.vcf": _expected(GOOGLE, _google_cells(people[0]), len(people)),
    }


APPLE = (
    "First name=first_name|Last name=last_name|Company=company|E-mail=email|E-mail 2=|E-mail 2 label=|Phone=phone"
    "|Mobile=mobile|Street=street|Postal code=postal_code|City=city|Province=province|Country=country|Website=website"
    "|Birth date=birth_date|Birthday (incomplete)=|Notes=notes"
)
ANDROID = (
    "First name=first_name|Last name=last_name|Nickname=|Company=company|Job title=|E-mail=email|Phone=phone"
    "|Phone label=|Mobile=mobile|Street=street|Postal code=postal_code|City=city|Province=province|Country=country"
    "|Birth date=birth_date|Notes=notes"
)
GOOGLE = (
    "First name=first_name|Last name=last_name|Company=company|E-mail=email|E-mail 2=|Phone=phone|Mobile=mobile"
    "|Street=street|Postal code=postal_code|City=city|Province=province|Country=country|Website=website"
    "|Birth date=birth_date|Tags=tags|Notes=notes"
)


def _expected(columns: str, cells: list[str], rows: int) -> dict[str, Any]:
    pairs = [column.rpartition("=") for column in columns.split("|")]
    return {
        "format": "vcf",
        "encoding": "utf-8",
        "delimiter": None,
        "sheet": None,
        "header_row": None,
        "rows": rows,
        "columns": [[header, target or None] for header, _, target in pairs],
        "first": cells,
    }


def _card(*lines: str) -> str:
    return "".join(f"{line}\r\n" for line in ("BEGIN:VCARD", *filter(None, lines), "END:VCARD"))


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace(",", "\\,").replace(";", "\\;")


def _folded(line: str) -> str:
    """75 characters a line, continued behind a blank."""
    return "\r\n ".join(line[at : at + 74] for at in range(0, len(line), 74))


def _apple(number: int, person: Person) -> str:
    no_year = f"BDAY;X-APPLE-OMIT-YEAR=1604:1604-{person.birth:%m-%d}"
    street, place = _escaped(person.street), f"{_escaped(person.city)};{person.province};{person.zip};{person.country}"
    return _card(
        "VERSION:3.0",
        "PRODID:-//Apple Inc.//iPhone OS 17.5.1//EN",
        f"N:{person.last};{person.first};;;",
        f"FN:{person.full}",
        f"ORG:{_escaped(person.company)};" if person.company else "",
        f"EMAIL;type=INTERNET;type=HOME;type=pref:{person.mail}",
        f"item1.EMAIL;type=INTERNET:{person.work_mail}" if person.work_mail else "",
        "item1.X-ABLabel:Büro am Markt" if person.work_mail else "",
        f"TEL;type=CELL;type=VOICE:{person.mobile}",
        f"TEL;type=HOME;type=VOICE;type=pref:{person.phone}",
        f"item2.ADR;type=HOME;type=pref:;;{street};{place}",
        "item2.X-ABADR:de",
        f"item3.URL;type=pref:{person.website}" if person.website else "",
        "item3.X-ABLabel:_$!<HomePage>!$_" if person.website else "",
        no_year if number == 1 else f"BDAY:{person.birth:%Y-%m-%d}",
        _folded(f"NOTE:{_escaped(person.note)}") if person.note else "",
        _folded(f"PHOTO;ENCODING=b;TYPE=JPEG:{_PICTURE}") if number % 2 else "",
    )


def _apple_cells(person: Person) -> list[str]:
    return [
        *(person.first, person.last, person.company, person.mail, person.work_mail, "Büro am Markt"),
        *(person.phone, person.mobile, person.street, person.zip, person.city, person.province, person.country),
        *(person.website, person.birth.isoformat(), "", person.note),
    ]


def _quoted(name: str, *parts: str) -> str:
    """A property as Android writes it: quoted-printable with soft line breaks where a letter is not ASCII."""
    if all(part.isascii() and "\n" not in part for part in parts):
        return f"{name}:{';'.join(parts)}"
    encoded = ";".join("".join(f"={byte:02X}" for byte in part.replace("\n", "\r\n").encode()) for part in parts)
    line, lines = f"{name};CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:", []
    while len(line) + len(encoded) > 76:
        room = 75 - len(line)
        room -= next((back for back in (1, 2) if encoded[room - back] == "="), 0)
        lines.append(line + encoded[:room] + "=")
        line, encoded = "", encoded[room:]
    return "\r\n".join([*lines, line + encoded])


def _android(number: int, person: Person) -> str:
    where = ("", "", person.street, person.city, person.province, person.zip, person.country)
    picture = [f" {_PICTURE[at : at + 72]}" for at in range(0, len(_PICTURE), 72)]
    return _card(
        "VERSION:2.1",
        _quoted("N", person.last, person.first, "", "", ""),
        _quoted("FN", person.full),
        f"TEL;CELL:{person.mobile}",
        f"TEL;{'X-Laden' if person.company else 'HOME'};PREF:{person.phone}",
        f"EMAIL;HOME:{person.mail}",
        _quoted("ADR;HOME", *where),
        _quoted("ORG", person.company) if person.company else "",
        _quoted("TITLE", "Geschäftsführung") if person.company else "",
        _quoted("NOTE", person.note) if person.note else "",
        f"BDAY:{person.birth:%Y%m%d}",
        "X-ANDROID-CUSTOM:vnd.android.cursor.item/nickname;Muster;1;;;;;;;;;;;;;" if number == 0 else "",
        "\r\n".join(["PHOTO;ENCODING=BASE64;JPEG:", *picture, ""]) if number == 2 else "",
    )


def _android_cells(person: Person) -> list[str]:
    return [
        *(person.first, person.last, "Muster", person.company, "Geschäftsführung", person.mail, person.phone, "Laden"),
        *(person.mobile, person.street, person.zip, person.city, person.province, person.country),
        *(person.birth.isoformat(), person.note),
    ]


def _google(person: Person) -> str:
    street, place = _escaped(person.street), f"{_escaped(person.city)};{person.province};{person.zip};{person.country}"
    tags = ",".join([*(_escaped(tag) for tag in person.tags.split(";") if tag), "myContacts"])
    return _card(
        "VERSION:3.0",
        f"FN:{person.full}",
        f"N:{person.last};{person.first};;;",
        f"EMAIL;TYPE=INTERNET;TYPE=HOME:{person.mail}",
        f"EMAIL;TYPE=INTERNET;TYPE=WORK:{person.work_mail}" if person.work_mail else "",
        f"TEL;TYPE=HOME:{person.phone}",
        f"TEL;TYPE=CELL:{person.mobile}",
        f"ADR;TYPE=HOME:;;{street};{place}",
        f"ORG:{_escaped(person.company)}" if person.company else "",
        f"BDAY:{person.birth:%Y%m%d}",
        "item1.URL:" + person.website.replace(":", "\\:") if person.website else "",
        "item1.X-ABLabel:" if person.website else "",
        f"NOTE:{_escaped(person.note)}" if person.note else "",
        f"CATEGORIES:{tags}",
    )


def _google_cells(person: Person) -> list[str]:
    return [
        *(person.first, person.last, person.company, person.mail, person.work_mail, person.phone, person.mobile),
        *(person.street, person.zip, person.city, person.province, person.country, person.website),
        *(person.birth.isoformat(), person.tags, person.note),
    ]
