"""The fields of a contact, in the order a form shows them, and the one way to parse each of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from dataclasses import field as with_default
from enum import StrEnum
from functools import partial
from typing import Any

from crm_app.locales import Text, text
from crm_app.services.fields import (
    amounts,
    choices,
    consent,
    country,
    dates,
    email,
    gender,
    language,
    links,
    names,
    number,
    phone,
    postal_code,
    tax_number,
    texts,
    vocabulary,
    wholes,
    yes_no,
)
from crm_app.services.fields.verdict import EMPTY, FieldContext, Verdict

Parser = Callable[[str, FieldContext], Verdict]


class FieldKind(StrEnum):
    """What a field holds. It decides the parser, the input of a form and the type of the value."""

    NUMBER = "number"  # int
    TEXT = "text"  # str on one line
    LONG_TEXT = "long_text"  # str with line breaks
    NAME = "name"
    EMAIL = "email"
    PHONE = "phone"
    POSTAL_CODE = "postal_code"
    COUNTRY = "country"  # ISO 3166 alpha-2
    TAX_NUMBER = "tax_number"
    GENDER = "gender"
    DATE = "date"  # datetime.date
    MOMENT = "moment"  # datetime.datetime in UTC
    LANGUAGE = "language"  # BCP 47, such as "de" or "pt-BR"
    LINK = "link"
    LINKS = "links"  # one per line
    LIFECYCLE = "lifecycle"
    REFERENCE = "reference"  # str; the caller finds the status, user or tag it names
    YES_NO = "yes_no"  # bool
    AMOUNT = "amount"  # int or float, of own fields
    CHOICE = "choice"  # str, one of the field's options
    CHOICES = "choices"  # list[str], some of them
    FULL_NAME = "full_name"  # tuple of its parts: WHOLES
    FULL_ADDRESS = "full_address"
    OPT_IN = "opt_in"  # a state of the ledger of consents
    OPT_OUT = "opt_out"


class FieldGroup(StrEnum):
    """The parts of a form and of the mapping list, in this order."""

    NAME = "name"
    REACH = "reach"
    ADDRESS = "address"
    PERSON = "person"
    CRM = "crm"
    OWN = "own"  # those an installation adds: `services.custom_fields`


GROUP_LABELS: dict[FieldGroup, Text] = {
    FieldGroup.NAME: text("Name"),
    FieldGroup.REACH: text("How to reach"),
    FieldGroup.ADDRESS: text("Address"),
    FieldGroup.PERSON: text("Person"),
    FieldGroup.CRM: text("Customer management"),
    FieldGroup.OWN: text("Own fields"),
}


class Shown(StrEnum):
    """Places where a field may be left out."""

    LIST = "list"  # among the columns to choose from
    CARD = "card"
    TEMPLATE = "template"  # the empty file to fill in
    FORM = "form"


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `max_length` counts characters of the value; None = the kind has no text length.

    `options` are those of the kinds CHOICE and CHOICES. What follows them is said of own fields only.
    """

    name: str
    kind: FieldKind
    label: Text
    group: FieldGroup
    max_length: int | None = None
    editable: bool = True  # False: given by the system, never changed by a form or an import
    options: tuple[str, ...] = ()
    former: tuple[tuple[str, str | None], ...] = ()  # options that are none any more, and what stands for them
    shown: frozenset[Shown] = frozenset(Shown)
    help: str = ""
    required: bool = False
    is_unique: bool = False
    is_fast: bool = False
    default: Any = with_default(default=None, compare=False)  # of new contacts, as JSON has it


def _fields() -> tuple[Field, ...]:
    kind, group = FieldKind, FieldGroup
    return (
        Field("number", kind.NUMBER, text("Number"), group.CRM, editable=False),
        Field("external_id", kind.TEXT, text("External ID"), group.CRM, 200),
        Field("salutation", kind.NAME, text("Salutation"), group.NAME, 60),
        Field("first_name", kind.NAME, text("First name"), group.NAME, 200),
        Field("last_name", kind.NAME, text("Last name"), group.NAME, 200),
        Field("company", kind.NAME, text("Company"), group.NAME, 200),
        Field("email", kind.EMAIL, text("E-mail"), group.REACH, 254),
        Field("phone", kind.PHONE, text("Phone"), group.REACH, 60),
        Field("mobile", kind.PHONE, text("Mobile"), group.REACH, 60),
        Field("street", kind.TEXT, text("Street"), group.ADDRESS, 300),
        Field("postal_code", kind.POSTAL_CODE, text("Postal code"), group.ADDRESS, 20),
        Field("city", kind.NAME, text("City"), group.ADDRESS, 200),
        Field("province", kind.NAME, text("Province"), group.ADDRESS, 200),
        Field("country", kind.COUNTRY, text("Country"), group.ADDRESS, 2),
        Field("tax_number", kind.TAX_NUMBER, text("Tax number"), group.PERSON, 60),
        Field("gender", kind.GENDER, text("Gender"), group.PERSON, 10),
        Field("birth_date", kind.DATE, text("Date of birth"), group.PERSON),
        Field("language", kind.LANGUAGE, text("Language"), group.PERSON, 8),
        Field("website", kind.LINK, text("Website"), group.REACH, 500),
        Field("social_links", kind.LINKS, text("Social media"), group.REACH, 2_000),
        Field("lifecycle", kind.LIFECYCLE, text("Lifecycle"), group.CRM, 20),
        Field("status", kind.REFERENCE, text("Status"), group.CRM, 120),
        Field("owner", kind.REFERENCE, text("Responsible"), group.CRM, 254),
        Field("source", kind.TEXT, text("Source"), group.CRM, 120),
        Field("tags", kind.REFERENCE, text("Tags"), group.CRM, 2_000),
        Field("notes", kind.LONG_TEXT, text("Notes"), group.CRM, 20_000),
        Field("acquired_on", kind.DATE, text("Acquired on"), group.CRM),
        Field("registered_at", kind.MOMENT, text("Registered"), group.CRM),
        Field("privacy_accepted", kind.YES_NO, text("Privacy accepted"), group.CRM),
        Field("active", kind.YES_NO, text("Active"), group.CRM),
    )


def _consents() -> tuple[Field, ...]:
    kind, group = FieldKind, FieldGroup.CRM
    return (
        Field("consent_email", kind.OPT_IN, text("E-mail opt-in"), group),
        Field("consent_sms", kind.OPT_IN, text("SMS opt-in"), group),
        Field("consent_phone", kind.OPT_IN, text("Opt-in to calls"), group),
        Field("opt_out_email", kind.OPT_OUT, text("E-mail opt-out"), group),
        Field("opt_out_sms", kind.OPT_OUT, text("SMS opt-out"), group),
        Field("opt_out_phone", kind.OPT_OUT, text("Opt-out of calls"), group),
        Field("consent_date", kind.MOMENT, text("Date of opt-in or opt-out"), group),
    )


def _wholes() -> tuple[Field, ...]:
    kind, group = FieldKind, FieldGroup
    return (
        Field("full_name", kind.FULL_NAME, text("First and last name in one"), group.NAME),
        Field("full_address", kind.FULL_ADDRESS, text("Street, postal code and city in one"), group.ADDRESS),
    )


def _further() -> tuple[Field, ...]:
    kind, group = FieldKind, FieldGroup.REACH
    return (
        Field("other_email", kind.EMAIL, text("Another e-mail"), group, 254),
        Field("other_phone", kind.PHONE, text("Another phone"), group, 60),
        Field("other_link", kind.LINK, text("Another link"), group, 500),
    )


FIELDS: dict[str, Field] = {field.name: field for field in _fields()}
# What a column of a file can say beside the fields of a contact: no attribute, but entries of the ledger of consents.
CONSENT_FIELDS: dict[str, Field] = {field.name: field for field in _consents()}
CONSENT_LABEL = text("Consent")
# Columns that hold several fields in one cell, and which.
WHOLE_FIELDS: dict[str, Field] = {field.name: field for field in _wholes()}
WHOLES: dict[str, tuple[str, ...]] = {
    "full_name": ("first_name", "last_name"),
    "full_address": ("street", "postal_code", "city"),
}
# Columns with further ways to reach a contact, beside the first of each kind.
FURTHER_FIELDS: dict[str, Field] = {field.name: field for field in _further()}
# Where a column goes that names each row's offer, when the file goes into a course: no attribute of the contact.
OFFER = Field("offer", FieldKind.REFERENCE, text("Offer of the course"), FieldGroup.CRM, 120)
# Everything a column can go to.
TARGETS: dict[str, Field] = FIELDS | CONSENT_FIELDS | WHOLE_FIELDS | FURTHER_FIELDS

# Fields an installation may require of its contacts: not those the system gives, that always have a value, or lists.
REQUIRABLE: tuple[str, ...] = tuple(
    name
    for name in FIELDS
    if name not in ("number", "lifecycle", "tags", "notes", "registered_at", "privacy_accepted", "active")
)


def parser_of(field: Field) -> Parser:
    """The one way to judge texts for this field."""
    if field.name == "birth_date":
        return dates.parse_birth_date
    if field.name == "active":
        return vocabulary.parse_active
    length = field.max_length or 0
    by_kind: dict[FieldKind, Parser] = {
        FieldKind.NUMBER: number.parse_number,
        FieldKind.TEXT: partial(texts.parse_line, max_length=length, warn=field.name != "external_id"),
        FieldKind.LONG_TEXT: partial(texts.parse_text, max_length=length),
        FieldKind.REFERENCE: partial(texts.parse_line, max_length=length),
        FieldKind.NAME: partial(names.parse_name, max_length=length),
        FieldKind.EMAIL: email.parse_email,
        FieldKind.PHONE: phone.parse_phone,
        FieldKind.POSTAL_CODE: postal_code.parse_postal_code,
        FieldKind.COUNTRY: country.parse_country,
        FieldKind.TAX_NUMBER: tax_number.parse_tax_number,
        FieldKind.GENDER: gender.parse_gender,
        FieldKind.DATE: dates.parse_date,
        FieldKind.MOMENT: dates.parse_moment,
        FieldKind.LANGUAGE: language.parse_language,
        FieldKind.LINK: links.parse_website,
        FieldKind.LINKS: links.parse_social_links,
        FieldKind.LIFECYCLE: vocabulary.parse_lifecycle,
        FieldKind.YES_NO: yes_no.parse_yes_no,
        FieldKind.AMOUNT: amounts.parse_amount,
        FieldKind.CHOICE: partial(choices.parse_choice, options=field.options),
        FieldKind.CHOICES: partial(choices.parse_choices, options=field.options),
        FieldKind.FULL_NAME: wholes.parse_full_name,
        FieldKind.FULL_ADDRESS: wholes.parse_full_address,
        FieldKind.OPT_IN: consent.parse_opt_in,
        FieldKind.OPT_OUT: consent.parse_opt_out,
    }
    return by_kind[field.kind]


PARSERS: dict[str, Parser] = {field.name: parser_of(field) for field in TARGETS.values()}


def parse(name: str, text: str, context: FieldContext) -> Verdict:
    """The verdict on one text for one field. Never raises on any text; an unknown field name is a KeyError.

    Blank text is `EMPTY`. Parsing the text of a value again gives the same value.
    """
    return PARSERS[name](text, context)


def parse_column(name: str, texts: Sequence[str], context: FieldContext) -> list[Verdict]:
    """One verdict per text; a repeated text is judged once."""
    parser = PARSERS[name]
    known: dict[str, Verdict] = {"": EMPTY}
    verdicts = []
    for cell in texts:
        verdict = known.get(cell)
        if verdict is None:
            verdict = known[cell] = parser(cell, context)
        verdicts.append(verdict)
    return verdicts
