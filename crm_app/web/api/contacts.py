"""Contacts by the API: the list with the filter of the pages, one, a new one, a changed one, one that may be known."""

from typing import Any

from sqlalchemy.exc import DataError
from sqlmodel import Session, col, select

from crm_app.locales import render
from crm_app.models import Contact, Outcome, User
from crm_app.services import intake
from crm_app.services.actor import Actor
from crm_app.services.contacts import around, cards, listing
from crm_app.services.contacts.filter import ContactFilter
from crm_app.services.fields.conversion import as_text
from crm_app.services.fields.registry import FIELDS
from crm_app.services.intake import KEYS, Arrival, Taken
from crm_app.web.api import schemas
from crm_app.web.api.endpoints import Answer, Call
from crm_app.web.api.problems import Refusal

_OUTCOMES = {Outcome.CREATE: "created", Outcome.UPDATE: "updated", Outcome.UNCHANGED: "unchanged"}


def page(call: Call) -> Answer:
    """GET /contacts"""
    asked: schemas.ListQuery = call.query
    params = asked.model_dump(by_alias=True, exclude={"after", "limit"}, exclude_none=True)
    try:
        wanted = ContactFilter.from_params({key: str(value) for key, value in params.items()})
        found = listing.page(call.session, call.actor, wanted, after=asked.after, limit=asked.limit)
    except (ValueError, DataError):  # PostgreSQL refuses an id that its column could not hold
        raise Refusal(422, "The filter is not understood.", field="where") from None
    shown = _shown(call.session, call.actor, found.contacts)
    return Answer(schemas.ContactPage(contacts=shown, after=found.after, total=found.total))


def one(call: Call) -> Answer:
    """GET /contacts/{number}"""
    contact = cards.get(call.session, call.actor, call.path["number"])
    return Answer(_shown(call.session, call.actor, [contact])[0], headers={"ETag": f'"{contact.version}"'})


def create(call: Call) -> Answer:
    """POST /contacts"""
    body: schemas.ContactNew = call.body
    arrival = Arrival(texts_of(body), _source(call, body), tags=body.tags, match=())
    return _written(intake.take(call.session, call.actor, arrival))


def upsert(call: Call) -> Answer:
    """POST /contacts/upsert"""
    body: schemas.ContactArrival = call.body
    texts = texts_of(body) | ({"number": str(body.number)} if body.number is not None else {})
    match = KEYS if body.match is None else tuple(body.match)
    return _written(intake.take(call.session, call.actor, Arrival(texts, _source(call, body), body.tags, match)))


def change(call: Call) -> Answer:
    """PATCH /contacts/{number}"""
    body: schemas.ContactChange = call.body
    contact = cards.get(call.session, call.actor, call.path["number"], for_change=True)
    require_version(call, contact)
    given = {name: as_text(getattr(body, name)) for name in body.model_fields_set if name in FIELDS}
    own = {name: as_text(value) for name, value in body.custom.items()}
    try:
        changes = cards.change(call.session, call.actor, contact, given | own)
    except KeyError as error:
        raise Refusal(422, "There is no such field.", field=str(error.args[0])) from None
    outcome = Outcome.UPDATE if changes else Outcome.UNCHANGED
    return _written(Taken(outcome, contact, changes))


def require_version(call: Call, contact: Contact) -> None:
    """Raises Refusal when the request names another version of the contact than there is."""
    if call.if_match and call.if_match.strip().removeprefix("W/").strip('"') not in ("*", str(contact.version)):
        raise Refusal(412, f"The contact changed meanwhile: it is at version {contact.version}.")


def numbered(call: Call, number: int | None) -> int | None:
    """The number, when it is that of a contact the token may see. Raises NotFound."""
    return cards.get(call.session, call.actor, number).number if number is not None else None


def texts_of(body: schemas.ContactNew) -> dict[str, str]:
    """What a body says of somebody, as a form would send it; blanks say nothing."""
    built_in = {name: as_text(getattr(body, name)) for name in body.model_fields_set if name in FIELDS}
    texts = built_in | {name: as_text(value) for name, value in body.custom.items()}
    for name in ("number", "tags"):  # they have places of their own
        texts.pop(name, None)
    return {name: value for name, value in texts.items() if value.strip()}


def _source(call: Call, body: schemas.ContactNew) -> str:
    given: str | None = getattr(body, "source", None)
    return (given or "").strip()[:120] or call.token.name


def _written(taken: Taken) -> Answer:
    contact = taken.contact
    written = schemas.Written(
        outcome=_OUTCOMES[taken.outcome],
        number=contact.number,
        version=contact.version,
        changed=sorted(taken.changes),
        warnings={name: render(words, "en") for name, words in taken.warnings.items()},
    )
    return Answer(written, 201 if taken.outcome is Outcome.CREATE else 200, contact_id=contact.id)


def _shown(session: Session, actor: Actor, contacts: list[Contact]) -> list[schemas.Contact]:
    beside = around.of(session, actor, contacts)
    owners = _owner_addresses(session, contacts)
    found = []
    for contact in contacts:
        values: dict[str, Any] = {name: getattr(contact, name, None) for name in schemas.Contact.model_fields}
        status = beside.statuses.get(contact.status_id or 0)
        values["status"] = status.name if status else None
        values["owner"] = owners.get(contact.owner_id or 0)
        values["tags"] = [tag.name for tag in beside.tags.get(contact.id or 0, [])]
        found.append(schemas.Contact.model_validate(values))
    return found


def _owner_addresses(session: Session, contacts: list[Contact]) -> dict[int, str]:
    ids = {contact.owner_id for contact in contacts if contact.owner_id}
    query = select(User.id, User.email).where(col(User.id).in_(ids))
    return {id_: email for id_, email in session.exec(query) if id_ is not None} if ids else {}
