"""Which column a detail of a vCard belongs to.

The preferred one of several e-mails, phones or addresses comes first; more than MOST of a kind share the last column.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date

from crm_app.services.imports.reading.vcard_headers import (
    ADDRESS,
    INCOMPLETE,
    MOST,
    NAMES,
    address_header,
    label_header,
    numbered,
)
from crm_app.services.imports.reading.vcard_lines import Property
from crm_app.services.imports.reading.vcard_values import Decoder

_N = ("Last name", "First name", "Middle name", "Salutation", "Name suffix")
# Properties about the card, not the person: nobody misses them.
_TECHNICAL = frozenset(
    "BEGIN END VERSION PRODID REV PROFILE SOURCE NAME CLASS MAILER SORT-STRING CLIENTPIDMAP XML TZ GEO CREATED KIND"
    " PHOTO LOGO SOUND KEY IMAGE X-PHOTO X-MS-CARDPICTURE X-WAB-PHOTO X-IMAGETYPE X-IMAGEHASH X-IMAGEBACKGROUNDCOLORS"
    " X-ABCROP-RECTANGLE X-ABLABEL X-ABADR X-ABUID X-ABSHOWAS X-ABORDER X-ADDRESSING-GRAMMAR X-PHONETIC-FIRST-NAME"
    " X-PHONETIC-MIDDLE-NAME X-PHONETIC-LAST-NAME X-PHONETIC-ORG X-SHARED-PHOTO-DISPLAY-PREF X-EVOLUTION-FILE-AS"
    " X-EVOLUTION-WEBDAV-ETAG X-WEBDAV-ETAG X-RADICALE-NAME X-APPLE-SUBLOCALITY X-APPLE-SUBADMINISTRATIVEAREA"
    " X-ADDRESSBOOKSERVER-KIND X-TIMES_CONTACTED X-LAST_TIME_CONTACTED".split()
)
_STANDARD_LABEL = re.compile(r"_\$!<(.*)>!\$_")
_DAY = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)(?:[T ].*)?")
_INCOMPLETE_DAY = re.compile(r"--.*|\d{4}(?:-\d\d)?")
_RELATED = {"X-SPOUSE": "Spouse", "X-MANAGER": "Manager", "X-ASSISTANT": "Assistant"}
_EVOLUTION = "X-EVOLUTION-"
_MESSENGERS = frozenset(
    "X-SKYPE X-SKYPE-USERNAME X-AIM X-ICQ X-JABBER X-MSN X-YAHOO X-QQ X-GOOGLE-TALK X-GTALK X-TWITTER".split()
)
_GROUPS_OF_GOOGLE = frozenset(("myContacts",))

Cells = dict[str, str]


def is_group(properties: Sequence[Property]) -> bool:
    """Whether the card stands for a list of people (RFC 6350, 6.1.4), not for somebody."""
    return any(
        item.name in ("KIND", "X-ADDRESSBOOKSERVER-KIND") and item.value.strip().lower() == "group"
        for item in properties
    )


def cells_of(properties: Sequence[Property], decoder: Decoder) -> tuple[Cells, list[str]]:
    """The filled cells of a card by header, and the names of properties that have no column."""
    card = _Card(properties, decoder)
    unknown = [name for name in card.by_name if name not in _READ and name not in _TECHNICAL]
    return card.cells(), unknown


class _Card:
    def __init__(self, properties: Sequence[Property], decoder: Decoder) -> None:
        self.decoder = decoder
        self.by_name: dict[str, list[Property]] = defaultdict(list)
        self.labels: dict[str, str] = {}
        for item in properties:
            name = item.name
            if name.startswith(_EVOLUTION) and name not in _TECHNICAL:
                name = "X-" + name.removeprefix(_EVOLUTION)
            self.by_name[name].append(item)
            if item.name == "X-ABLABEL" and item.group:
                self.labels[item.group] = decoder.text(item)

    def cells(self) -> Cells:
        cells: Cells = {}
        for take in _TAKERS:
            take(self, cells)
        _name_of_last_resort(self, cells)
        return {header: cell for header, cell in cells.items() if cell}

    def items(self, *names: str) -> list[Property]:
        """Properties of these names, preferred ones first."""
        found = [item for name in names for item in self.by_name.get(name, ())]
        return sorted(found, key=_preference) if len(found) > 1 else found

    def first(self, *names: str) -> str:
        return next((text for item in self.items(*names) if (text := self.decoder.text(item))), "")

    def label(self, item: Property) -> str:
        """The label somebody invented for this value, '' for usual ones."""
        if (label := self.labels.get(item.group, "")) and not _STANDARD_LABEL.fullmatch(label):
            return label
        own = [word for word in _types(item) if word.startswith("x-") and word.isascii() and "(" not in word]
        written = next((value for key, value in item.params if key == "TYPE" and value.lower() in own), "")
        return written[2:]


def _types(item: Property) -> set[str]:
    return {word.strip().lower() for key, value in item.params if key == "TYPE" for word in value.split(",")}


def _preference(item: Property) -> int:
    """1 for the preferred of several values, 101 for the others (RFC 6350, 5.3; a type `pref` before)."""
    number = item.param("PREF")
    if number.isdecimal() and number.isascii() and len(number) < 4:
        return int(number)
    return 1 if "pref" in _types(item) else 101


def _take_names(card: _Card, cells: Cells) -> None:
    for item in card.items("N"):
        parts = dict(zip(_N, card.decoder.named_parts(item), strict=False))
        if any(parts.values()):
            cells.update(parts)
            break
    cells["Nickname"] = ", ".join(word for item in card.items("NICKNAME") for word in card.decoder.words(item))
    for item in card.items("ORG"):
        company, *units = card.decoder.parts(item)
        if company or units:
            cells["Company"], cells["Department"] = company, ", ".join(filter(None, units))
            break
    cells["Job title"], cells["Role"] = card.first("TITLE"), card.first("ROLE")
    cells["External ID"] = card.first("UID").removeprefix("urn:uuid:")


def _name_of_last_resort(card: _Card, cells: Cells) -> None:
    """The formatted name, where the card has no other, or says more than the others."""
    formatted = card.first("FN")
    if not formatted or formatted in (
        cells.get("Company"),
        cells.get("E-mail"),
        cells.get("Phone"),
        cells.get("Mobile"),
    ):
        return
    if any(cells.get(header) for header in ("First name", "Last name", "Middle name")):
        told = " ".join(cells.get(header, "") for header in (*NAMES, "Nickname", "Company"))
        if set(_words(formatted)) - set(_words(told)):
            cells["Full name"] = formatted
    elif any(item.value.strip().lower() == "org" for item in card.by_name.get("KIND", ())) and not cells.get("Company"):
        cells["Company"] = formatted
    else:
        cells["Last name"] = formatted


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _take_points(card: _Card, cells: Cells) -> None:
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for item in card.items("EMAIL"):
        found["E-mail"].append((_without_scheme(card.decoder.text(item), "mailto:"), card.label(item)))
    for item in card.items("TEL"):
        number = _without_scheme(card.decoder.text(item), "tel:").replace(";ext=", " ext. ").partition(";")[0]
        found[_kind_of_phone(item)].append((number, card.label(item)))
    for item in card.items("URL"):
        found["Website"].append((card.decoder.text(item), card.label(item)))
    for header, values in found.items():
        _number(cells, header, values)


def _kind_of_phone(item: Property) -> str:
    types = _types(item)
    if "fax" in types:
        return "Fax"
    if types & {"cell", "mobile", "iphone"}:
        return "Mobile"
    return "Pager" if "pager" in types else "Phone"


def _number(cells: Cells, header: str, values: list[tuple[str, str]]) -> None:
    different: dict[str, str] = {}
    for value, label in values:
        if value:
            different.setdefault(value, label)
    names = iter(numbered(header))
    name = header
    for at, (value, label) in enumerate(different.items()):
        if at >= MOST:
            cells[name] += f"; {value}"
            continue
        name = next(names)
        cells[name] = value
        if label:
            cells[label_header(name)] = label


def _take_addresses(card: _Card, cells: Cells) -> None:
    number = 0
    for item in card.items("ADR"):
        parts = [*card.decoder.named_parts(item), *[""] * 7][:7]
        box, more, street, city, province, code, country = (", ".join(part.splitlines()) for part in parts)
        values = (", ".join(filter(None, (street, more))), box, code, city, province, country)
        if not any(values):
            continue
        number += 1
        if number > MOST:
            cells[address_header(MOST, "Street")] += "; " + ", ".join(filter(None, values))
            continue
        for part, value in zip(ADDRESS, values, strict=True):
            cells[address_header(number, part)] = value
        cells[label_header("Address" if number == 1 else f"Address {number}")] = card.label(item)


def _take_dates(card: _Card, cells: Cells) -> None:
    for item in card.items("BDAY"):
        if day := _day(card.decoder.text(item), item):
            is_whole = not _INCOMPLETE_DAY.fullmatch(day) and item.param("VALUE").lower() != "text"
            cells["Birth date" if is_whole else INCOMPLETE] = day
            break
    for item in card.items("ANNIVERSARY", "X-ANNIVERSARY"):
        cells["Anniversary"] = _day(card.decoder.text(item), item)
    for item in card.items("X-ABDATE"):
        if card.labels.get(item.group, "") == "_$!<Anniversary>!$_":
            cells["Anniversary"] = _day(card.decoder.text(item), item)


def _day(text: str, item: Property) -> str:
    """A day in ISO form without time, `--MM-DD` where the year is a stopgap; anything else as it is written."""
    found = _DAY.fullmatch(text)
    if found is None:
        return text
    if item.param("X-APPLE-OMIT-YEAR") == found[1]:
        return f"--{found[2]}-{found[3]}"
    try:
        return date(int(found[1]), int(found[2]), int(found[3])).isoformat()
    except ValueError:
        return text


def _take_person(card: _Card, cells: Cells) -> None:
    gender = card.decoder.parts(card.by_name["GENDER"][0])[0].upper() if "GENDER" in card.by_name else ""
    known = {"M": "male", "F": "female", "O": "other", "N": "", "U": ""}  # RFC 6350, 6.2.7
    cells["Gender"] = known.get(gender, gender) or card.first("X-GENDER")
    cells["Language"] = card.first("LANG")
    related = []
    for item in card.items("RELATED", "X-ABRELATEDNAMES", *_RELATED):
        label = card.labels.get(item.group, "") or _RELATED.get(item.name.replace(_EVOLUTION, "X-"), "")
        label = _STANDARD_LABEL.sub(r"\1", label) or ", ".join(sorted(filter(str.isascii, _types(item) - {"pref"})))
        if name := card.decoder.text(item):
            related.append(f"{name} ({label})" if label else name)
    cells["Related people"] = "; ".join(related)


def _take_accounts(card: _Card, cells: Cells) -> None:
    links: list[str] = []
    accounts: list[str] = []
    for item in card.items("X-SOCIALPROFILE", "SOCIALPROFILE"):
        text = card.decoder.text(item)
        (links if text.lower().startswith(("http://", "https://")) else accounts).append(text)
    accounts += [card.decoder.text(item) for item in card.items("IMPP")]
    for name in sorted(_MESSENGERS & card.by_name.keys()):
        service = name.removeprefix("X-").removesuffix("-USERNAME").lower()
        accounts += [f"{service}: {text}" for item in card.items(name) if (text := card.decoder.text(item))]
    cells["Social media"] = "\n".join(filter(None, links))
    cells["Messenger"] = "; ".join(filter(None, accounts))


def _take_words(card: _Card, cells: Cells) -> None:
    tags = dict.fromkeys(word for item in card.items("CATEGORIES") for word in card.decoder.words(item))
    cells["Tags"] = ";".join(tag for tag in tags if tag not in _GROUPS_OF_GOOGLE)
    cells["Notes"] = "\n\n".join(filter(None, map(card.decoder.text, card.items("NOTE"))))


def _take_androids_own(card: _Card, cells: Cells) -> None:
    """Android writes what vCard 2.1 has no property for as `X-ANDROID-CUSTOM:vnd.android.cursor.item/nickname;…`."""
    for item in card.items("X-ANDROID-CUSTOM"):
        kind, value, *_ = [*card.decoder.parts(item), ""]
        if kind.endswith("/nickname"):
            cells["Nickname"] = cells.get("Nickname") or value
        elif kind.endswith("/relation"):
            cells["Related people"] = "; ".join(filter(None, (cells.get("Related people"), value)))


def _without_scheme(text: str, scheme: str) -> str:
    return text[len(scheme) :].strip() if text[: len(scheme)].lower() == scheme else text


_TAKERS: tuple[Callable[[_Card, Cells], None], ...] = (
    _take_names,
    _take_points,
    _take_addresses,
    _take_dates,
    _take_person,
    _take_accounts,
    _take_words,
    _take_androids_own,
)
_READ = frozenset(
    "N FN NICKNAME ORG TITLE ROLE UID EMAIL TEL URL ADR BDAY ANNIVERSARY X-ANNIVERSARY X-ABDATE GENDER X-GENDER LANG"
    " NOTE RELATED X-ABRELATEDNAMES X-SOCIALPROFILE SOCIALPROFILE IMPP CATEGORIES X-ANDROID-CUSTOM".split()
).union(_MESSENGERS, _RELATED)
