"""What contacts can be asked for: the built-in subjects, those of own fields, and those that other rooms register."""

from collections.abc import Callable
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, and_, func
from sqlmodel import Session, col

from crm_app.locales import text
from crm_app.models import Channel, ConsentState, Contact, LeadStatus, Lifecycle, Tag
from crm_app.services import custom_fields
from crm_app.services.consent import groups
from crm_app.services.contacts import own_values, search
from crm_app.services.contacts.derived import PHONES, SEARCHED
from crm_app.services.fields.gender import GENDERS
from crm_app.services.fields.registry import FIELDS, Field, FieldGroup, FieldKind
from crm_app.services.filters import columns, consents, ties
from crm_app.services.filters.operators import Kind
from crm_app.services.filters.questions import ME, Build, Question, Subject
from crm_app.services.folding import fold

KINDS: dict[FieldKind, Kind] = {
    FieldKind.NUMBER: Kind.NUMBER,
    FieldKind.AMOUNT: Kind.NUMBER,
    FieldKind.DATE: Kind.DATE,
    FieldKind.MOMENT: Kind.MOMENT,
    FieldKind.YES_NO: Kind.YES_NO,
    FieldKind.COUNTRY: Kind.ONE,
    FieldKind.LANGUAGE: Kind.ONE,
    FieldKind.GENDER: Kind.ONE,
    FieldKind.LIFECYCLE: Kind.AMONG,
    FieldKind.CHOICE: Kind.ONE,
    FieldKind.CHOICES: Kind.MANY,
}
LIFECYCLES = (
    (Lifecycle.CONTACT.value, text("Contact")),
    (Lifecycle.LEAD.value, text("Lead")),
    (Lifecycle.CUSTOMER.value, text("Customer")),
)
CONSENT_STATES = (
    (ConsentState.NONE.value, text("none")),
    (ConsentState.IMPORTED.value, text("imported")),
    (ConsentState.SENT.value, text("invitation sent")),
    (ConsentState.CONFIRMED.value, text("confirmed")),
    (ConsentState.REVOKED.value, text("revoked")),
)
CHANNELS = (
    (Channel.EMAIL.value, text("by e-mail")),
    (Channel.SMS.value, text("by SMS")),
    (Channel.PHONE.value, text("by phone")),
)
BRANCH = "branch_id"  # only who sees several is offered it
GROUP = "consent_group_"  # before the id of a newsletter group
_BY_KIND: dict[Kind, Callable[[Session, Any, Question], ColumnElement[bool]]] = {
    Kind.TEXT: columns.by_text,
    Kind.NUMBER: columns.by_number,
    Kind.DATE: columns.by_day,
    Kind.MOMENT: columns.by_moment,
    Kind.YES_NO: columns.by_yes_no,
    Kind.ONE: columns.by_choice,
    Kind.AMONG: columns.by_choice,
}

_registered: dict[str, Subject] = {}


def register(subject: Subject) -> Subject:
    """Adds a subject; rooms that come later ask for their own rows so."""
    assert subject.name not in _registered, subject.name
    _registered[subject.name] = subject
    return subject


def known(session: Session) -> dict[str, Subject]:
    """Every subject of this installation by name, in the order of the fields."""
    own = {key: _own(field) for key, field in custom_fields.all_of(session).items()}
    return _registered | {one.name: one for one in map(_group, groups.listing(session))} | own


def _column(field: Field, kind: Kind) -> Build:
    column, build = getattr(Contact, field.name), _BY_KIND[kind]
    return lambda session, asked: build(session, column, asked)


def _searched(field: Field) -> Build:
    """A text that also stands in the search text: its trigrams narrow the look at the texts themselves."""
    column = getattr(Contact, field.name)

    def build(session: Session, asked: Question) -> ColumnElement[bool]:
        found = columns.by_text(session, column, asked)
        if asked.operator not in ("contains", "is", "starts") or not (folded := fold(asked.values[0])):
            return found
        return and_(*search.conditions(session, [folded]), found) if len(folded) >= search.TRIGRAM else found

    return build


def _phone(field: Field) -> Build:
    """Numbers are compared without the marks people group them with."""
    column: Any = getattr(Contact, field.name)
    for mark in " -/().":
        column = func.replace(column, mark, "")

    def build(session: Session, asked: Question) -> ColumnElement[bool]:
        values = tuple("".join(c for c in value if c not in " -/().") or value for value in asked.values)
        return columns.by_text(session, column, Question(asked.operator, values, asked.asker))

    return build


def _status(session: Session, asked: Question) -> ColumnElement[bool]:
    named = asked.operator in ("any", "none")
    ids = ties.standing(session, LeadStatus, asked).ids if named else []
    return columns.by_choice(session, col(Contact.status_id), asked, ids)


def _owner(session: Session, asked: Question) -> ColumnElement[bool]:
    ids = asked.ids
    if ME in asked.values and asked.asker.actor.user_id is not None:
        ids.append(asked.asker.actor.user_id)
    return columns.by_choice(session, col(Contact.owner_id), asked, ids)


def _branch(session: Session, asked: Question) -> ColumnElement[bool]:
    return columns.by_choice(session, col(Contact.branch_id), asked, asked.ids)


def _picked(session: Session, asked: Question) -> ColumnElement[bool]:
    """Contacts by number, one by one."""
    return columns.by_choice(session, col(Contact.number), asked, asked.ids)


def _built_in(field: Field) -> Subject:
    kind = KINDS.get(field.kind, Kind.TEXT)
    if field.name == "status":
        return Subject(field.name, field.label, Kind.ONE, field.group, _status, has_choices=True)
    if field.name == "owner":
        return Subject(field.name, field.label, Kind.ONE, field.group, _owner, has_choices=True)
    if field.name == "tags":
        return Subject(field.name, field.label, Kind.MANY, field.group, ties.by_tags, has_choices=True)
    build = _column(field, kind)
    if field.name in SEARCHED:
        build = _searched(field)
    elif field.name in PHONES:
        build = _phone(field)
    options = {"lifecycle": LIFECYCLES, "gender": GENDERS}.get(field.name, ())
    return Subject(field.name, field.label, kind, field.group, build, options, field.name in ("country", "language"))


def _own(field: Field) -> Subject:
    """An own field: its value stands in the JSON of `custom`."""
    options = tuple((option, text("{label}", label=option)) for option in field.options)
    kind, build = KINDS.get(field.kind, Kind.TEXT), partial(_own_value, field)
    return Subject(field.name, field.label, kind, field.group, build, options, former=field.former)


def _own_value(field: Field, session: Session, asked: Question) -> ColumnElement[bool]:
    kind = KINDS.get(field.kind, Kind.TEXT)
    if kind is Kind.MANY:
        return ties.by_choices(session, field, asked)
    value: Any = own_values.column(session, field)
    if kind is Kind.ONE and asked.operator in ("any", "none"):
        groups = ties.still_options(asked, dict(field.former))
        return columns.by_choice(session, value, asked, [one for group in groups for one in group])
    if kind is Kind.DATE:
        return columns.by_day(session, value, asked, is_text=True)
    return _BY_KIND[kind](session, value, asked)


def _moment(name: str) -> Build:
    return lambda session, asked: columns.by_moment(session, getattr(Contact, name), asked)


def _consent(channel: Channel) -> Build:
    return lambda session, asked: consents.by_consent(session, channel, asked)


def _group(group: Tag) -> Subject:
    """What an e-mail agreed to of a newsletter group."""

    def build(session: Session, asked: Question) -> ColumnElement[bool]:
        return consents.by_consent(session, Channel.EMAIL, asked, group.id)

    label = text("Consent to “{group}”", group=group.name)
    return Subject(f"{GROUP}{group.id}", label, Kind.AMONG, FieldGroup.CRM, build, CONSENT_STATES)


for _field in FIELDS.values():
    register(_built_in(_field))
register(Subject("created_at", text("Added"), Kind.MOMENT, FieldGroup.CRM, _moment("created_at")))
register(Subject("updated_at", text("Last changed"), Kind.MOMENT, FieldGroup.CRM, _moment("updated_at")))
register(Subject("activity", text("Activity"), Kind.ACTIVITY, FieldGroup.CRM, ties.by_activity))
register(
    Subject("import", text("Came in with the import"), Kind.AMONG, FieldGroup.CRM, ties.by_imports, has_choices=True)
)
register(Subject(BRANCH, text("Branch"), Kind.AMONG, FieldGroup.CRM, _branch, has_choices=True))
register(Subject("picked", text("Picked by hand"), Kind.AMONG, FieldGroup.CRM, _picked, is_hidden=True))
for _channel, _label in (
    (Channel.EMAIL, text("Consent to e-mails")),
    (Channel.SMS, text("Consent to SMS")),
    (Channel.PHONE, text("Consent to calls")),
):
    _name = f"consent_{_channel.value}"
    register(Subject(_name, _label, Kind.AMONG, FieldGroup.CRM, _consent(_channel), CONSENT_STATES))
register(Subject("mailable", text("May be written to"), Kind.AMONG, FieldGroup.CRM, consents.by_mailable, CHANNELS))
