"""A contact's values from texts, judged by the fields' parsers: what a form and the API send."""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import Session, col, select

from crm_app.locales import Text, text
from crm_app.models import LeadStatus, User
from crm_app.services import custom_fields, installation
from crm_app.services.errors import Invalid
from crm_app.services.fields.registry import FIELDS, parse
from crm_app.services.fields.verdict import FieldContext
from crm_app.services.folding import fold

REQUIRED = text("This field is required here.")
ONE_OF = ("first_name", "last_name", "company", "email", "phone", "mobile")


_ATTRIBUTES = {"status": "status_id", "owner": "owner_id"}


class InvalidFields(Invalid):
    """Several fields cannot be taken; `fields` says why, by field name ('' = the whole contact)."""

    def __init__(self, fields: dict[str, Text]) -> None:
        super().__init__(next(iter(fields.values())), next(iter(fields)))
        self.fields = fields


@dataclass(slots=True)
class Values:
    """Typed values by attribute of Contact, own fields by key, normalised forms by field, and what somebody should
    look at."""

    values: dict[str, Any] = field(default_factory=dict)
    custom: dict[str, Any] = field(default_factory=dict)
    norms: dict[str, str] = field(default_factory=dict)
    warnings: dict[str, Text] = field(default_factory=dict)


def validate(
    session: Session, texts: Mapping[str, str], *, requires: Container[str] = (), is_new: bool = False
) -> Values:
    """Judges every text; of the required fields, those in `requires` must be there. A new contact gets the defaults of
    own fields of which nothing is said, and must have the required ones.

    Raises InvalidFields with all that is wrong, KeyError for a field that does not exist.
    """
    found, errors = Values(), dict[str, Text]()
    settings = installation.current(session)
    context = FieldContext(country=settings.country)
    own = custom_fields.all_of(session) if is_new or not texts.keys() <= FIELDS.keys() else {}
    for name, raw in texts.items():
        if name in own:
            verdict = custom_fields.parser(own[name])(raw, context)
            if verdict.message is not None:
                (errors if verdict.is_error else found.warnings)[name] = verdict.message
            found.custom[name] = verdict.value
            continue
        if not FIELDS[name].editable:
            errors[name] = text("This field is given by the system and cannot be changed.")
            continue
        verdict = parse(name, raw, context)
        if verdict.message is not None:
            (errors if verdict.is_error else found.warnings)[name] = verdict.message
        if verdict.is_error:
            continue
        try:
            attribute, value = _resolve(session, name, verdict.value)
        except Invalid as error:
            errors[name] = error.message
            continue
        found.values[attribute] = value
        if verdict.norm:
            found.norms[name] = verdict.norm
    for name in installation.required(settings):
        if name in requires and name not in errors and found.values.get(_ATTRIBUTES.get(name, name)) is None:
            errors[name] = REQUIRED
    for name, one in own.items():
        if is_new and name not in texts and one.default is not None:
            found.custom[name] = one.default
        if one.required and (is_new or name in texts) and name not in errors and found.custom.get(name) is None:
            errors[name] = REQUIRED
    if errors:
        raise InvalidFields(errors)
    return found


def require_identity(values: Mapping[str, Any]) -> None:
    """Raises InvalidFields unless the contact has a name, a company, an e-mail or a phone."""
    if not any(values.get(name) for name in ONE_OF):
        raise InvalidFields({"": text("Give at least a name, a company, an e-mail address or a phone number.")})


def _resolve(session: Session, name: str, value: Any) -> tuple[str, Any]:
    """References by name become ids; everything else stays."""
    if name == "status":
        return "status_id", _status_id(session, value) if value else None
    if name == "owner":
        return "owner_id", _owner_id(session, value) if value else None
    return name, value


def _status_id(session: Session, name: str) -> int:
    query = select(LeadStatus.id).where(LeadStatus.folded == fold(name), col(LeadStatus.removed_at).is_(None))
    found = session.exec(query).first()
    if found is None:
        raise Invalid(text("There is no status “{value}”. Choose one of the list.", value=name))
    return found


def _owner_id(session: Session, name: str) -> int:
    by_address = session.exec(select(User.id).where(User.email == name.strip().lower())).first()
    if by_address is not None:
        return by_address
    matches = [user for user in session.exec(select(User).where(col(User.active))) if fold(user.name) == fold(name)]
    if len(matches) != 1 or matches[0].id is None:
        raise Invalid(text("There is no colleague “{value}”. Give the e-mail address of a user.", value=name))
    return matches[0].id
