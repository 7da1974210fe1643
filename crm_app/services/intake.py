"""One contact comes in from outside, by the rules of the import: from the API, a form, a signed hook.

The same parsers, the same match keys, blanks keep what is stored, who was erased stays away, and where several
contacts could be meant nobody guesses.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import Session, col, select

from crm_app.locales import Text, text
from crm_app.models import Channel, Contact, Outcome, Permission, SuppressionReason, Trigger
from crm_app.services import custom_fields, database, installation, interactions
from crm_app.services.actor import Actor
from crm_app.services.automations import happenings
from crm_app.services.consent import suppression
from crm_app.services.consent.suppression import Address
from crm_app.services.contacts import cards
from crm_app.services.contacts.validating import InvalidFields, validate
from crm_app.services.errors import Conflict, Invalid, NotFound
from crm_app.services.fields.registry import FIELDS, parse
from crm_app.services.fields.verdict import FieldContext
from crm_app.services.fields.vocabulary import split_tags
from crm_app.services.imports import finding
from crm_app.services.imports.suppressed_rows import ERASED

KEYS = ("number", "external_id", "email", "phone")  # in the order in which they are asked
_REACHED = ("email", "phone", "mobile")
_CHANNELS = {"email": (Channel.EMAIL,), "phone": (Channel.PHONE, Channel.SMS), "mobile": (Channel.PHONE, Channel.SMS)}
_SHOWN = 5


class Ambiguous(Conflict):
    """Several contacts could be meant; `numbers` are theirs. Nothing was written."""

    def __init__(self, key: str, numbers: Sequence[int]) -> None:
        shown = ", ".join(map(str, numbers[:_SHOWN])) + (" …" if len(numbers) > _SHOWN else "")
        super().__init__(
            text("{count} contacts match (numbers {numbers}). Give another key.", count=len(numbers), numbers=shown)
        )
        self.key, self.numbers = key, list(numbers)


class Erased(Conflict):
    """Somebody of this address was erased on request: only they themselves come back, by a form."""

    def __init__(self) -> None:
        super().__init__(ERASED)


@dataclass(frozen=True, slots=True)
class Arrival:
    """What is said of somebody: `texts` by field, own ones by key, blank = nothing; `tags` by name.

    `match`: by which keys a stored contact is looked for, the first that meets one counts; empty = none, a new contact.
    `fills_only`: what is stored already stays, so that a stranger changes nobody's data. `is_own`: the person wrote it.
    """

    texts: Mapping[str, str]
    source: str
    tags: Sequence[str] = ()
    match: Sequence[str] = KEYS
    fills_only: bool = False
    is_own: bool = False
    of_new: Mapping[str, str] = field(default_factory=dict)  # what a new contact gets where nothing is said


@dataclass(frozen=True, slots=True)
class Taken:
    """CREATE, UPDATE or UNCHANGED, with {field: [old, new]} of an update and what somebody should look at."""

    outcome: Outcome
    contact: Contact
    changes: dict[str, list[Any]] = field(default_factory=dict)
    warnings: dict[str, Text] = field(default_factory=dict)


def take(session: Session, actor: Actor, arrival: Arrival) -> Taken:
    """Brings the contact in: a new one, or more of one that is here.

    Raises NotPermitted; InvalidFields with all that is wrong; NotFound for a number nobody has; Ambiguous; Erased;
    Conflict without the right secret key.
    """
    actor.require(Permission.CONTACTS_EDIT)
    database.one_at_a_time(session, f"intake {actor.branch_id}")  # nobody comes in twice
    texts = {name: value for name, value in arrival.texts.items() if value.strip()}
    number = texts.pop("number", "")
    _require_known(session, texts)
    tags = list(arrival.tags) + split_tags(texts.pop("tags", "").replace(";", ","))
    judged = validate(session, texts)
    _refuse_erased(session, judged.norms, is_own=arrival.is_own)
    contact = _known(session, actor, arrival.match, {**judged.norms, **_plain_keys(number, judged.values)})
    if contact is None:
        values = {**{name: value for name, value in arrival.of_new.items() if value}, **texts}
        made = cards.create(session, actor, values, source=arrival.source, tags=_each_once(tags))
        happenings.note(session, made, Trigger.CREATED_BY_FORM if arrival.is_own else Trigger.CREATED_BY_API)
        return Taken(Outcome.CREATE, made, warnings=judged.warnings)
    wanted = _wanted(session, contact, texts, judged.norms, fills_only=arrival.fills_only)
    have = [tag.name for tag in cards.tags_of(session, contact)]
    given = _each_once([*have, *tags])
    more = given if len(given) > len(have) else None
    changes = cards.change(session, actor, contact, wanted, tags=more) if wanted or more else {}
    interactions.note_source(session, contact, arrival.source)
    session.flush()
    return Taken(Outcome.UPDATE if changes else Outcome.UNCHANGED, contact, changes, judged.warnings)


def _require_known(session: Session, texts: Mapping[str, str]) -> None:
    """Raises InvalidFields for fields there are not."""
    own = {} if texts.keys() <= FIELDS.keys() else custom_fields.all_of(session)
    if unknown := [name for name in texts if name not in FIELDS and name not in own]:
        raise InvalidFields({name: text("There is no such field.") for name in unknown})


def _plain_keys(number: str, values: Mapping[str, Any]) -> dict[str, str]:
    found = {"number": number.strip()} if number else {}
    if external_id := values.get("external_id"):
        found["external_id"] = external_id
    return found


def _known(session: Session, actor: Actor, match: Sequence[str], given: Mapping[str, str]) -> Contact | None:
    """The contact that is meant. A phone counts only where nothing better is given: families share one.

    A contact found by its address that has another external id is somebody else.
    """
    better = any(given.get(key) for key in ("number", "external_id", "email"))
    for key in match:
        if key not in KEYS:
            raise Invalid(text("Contacts cannot be matched by this."), "match")
        wanted = [given[name] for name in (("phone", "mobile") if key == "phone" else (key,)) if given.get(name)]
        if not wanted or (key == "phone" and better and tuple(match) == KEYS):
            continue
        if key == "number" and not (wanted[0].isascii() and wanted[0].isdigit() and len(wanted[0]) < 19):
            raise Invalid(text("This is no number of a contact."), "number")
        found = finding.find(session, actor, key, wanted)
        ids = sorted({id_ for some in found.values() for id_ in some})
        if not ids:
            if key == "number":
                raise NotFound(text("There is no contact with the number {number}.", number=wanted[0]))
            continue
        met = list(session.exec(select(Contact).where(col(Contact.id).in_(ids)).with_for_update()))
        if key in ("email", "phone") and (own := given.get("external_id")):
            met = [one for one in met if one.external_id in (None, "", own)]
        if len(met) > 1:
            raise Ambiguous(key, sorted(one.number for one in met))
        if met:
            return met[0]
    return None


def _wanted(
    session: Session, contact: Contact, texts: Mapping[str, str], norms: Mapping[str, str], *, fills_only: bool
) -> dict[str, str]:
    """What is to be written: not what is stored already in another spelling, nor what somebody else's word is for."""
    context = FieldContext(country=installation.current(session).country)
    wanted = {}
    for name, value in texts.items():
        stored = _stored(contact, name)
        if stored not in (None, "", []):
            if fills_only or name == "source":  # the first door stays; the others stand among the sources
                continue
            if name in _REACHED and parse(name, str(stored), context).norm == norms.get(name):
                continue
        elif fills_only and name in ("lifecycle", "active"):
            continue
        wanted[name] = value
    return wanted


def _stored(contact: Contact, name: str) -> Any:
    attribute = {"status": "status_id", "owner": "owner_id"}.get(name, name)
    return getattr(contact, attribute) if name in FIELDS else contact.custom.get(name)


def _refuse_erased(session: Session, norms: Mapping[str, str], *, is_own: bool) -> None:
    """Raises Erased. The person's own word brings them back; that nothing is sent to them stays until they confirm."""
    if is_own:
        return
    asked: list[Address] = [
        (channel, norms[name]) for name in _REACHED if norms.get(name) for channel in _CHANNELS[name]
    ]
    found = suppression.reasons(session, asked)
    if any(SuppressionReason.ERASED in reasons for reasons in found.values()):
        raise Erased


def _each_once(names: Sequence[str]) -> list[str]:
    return list({name.strip().casefold(): name.strip() for name in reversed(names) if name.strip()}.values())[::-1]
