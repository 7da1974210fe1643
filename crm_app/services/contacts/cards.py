"""One contact: fetching, creating, changing, deactivating. Every change writes its activity in the same transaction."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import Session, col, delete, select

from crm_app.locales import text
from crm_app.models import (
    Activity,
    ActivityKind,
    Contact,
    ContactPoint,
    ContactSource,
    ContactTag,
    Lifecycle,
    Permission,
    PointKind,
    Tag,
    Trigger,
    WebhookEvent,
)
from crm_app.models.base import now
from crm_app.services import choosable, webhooks
from crm_app.services.actor import Actor
from crm_app.services.automations import happenings
from crm_app.services.contacts import asked_by_status, derived, numbers, own_keys, owning, search
from crm_app.services.contacts.validating import Values, require_identity, validate
from crm_app.services.contacts.visibility import visible
from crm_app.services.custom_fields import PREFIX
from crm_app.services.errors import NotFound
from crm_app.services.fields.registry import FIELDS
from crm_app.services.fields.vocabulary import split_tags
from crm_app.services.tags import ensure


def get(session: Session, actor: Actor, number: int, *, for_change: bool = False) -> Contact:
    """The contact with that number. Raises NotFound when it is missing or belongs to another branch.

    `for_change` lets other writers of the contact wait until the transaction ends.
    """
    actor.require(Permission.CONTACTS_READ)
    query = select(Contact).where(col(Contact.number) == number, *visible(actor))
    if for_change:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = session.exec(query).first()
    if found is None:
        raise NotFound(text("There is no contact with the number {number}.", number=number))
    return found


def create(
    session: Session,
    actor: Actor,
    texts: Mapping[str, str],
    *,
    source: str = "manual",
    tags: Sequence[str] | None = None,
) -> Contact:
    """Makes a contact from what was typed; `tags` are names in place of a typed list. Raises InvalidFields,
    NotPermitted.
    """
    actor.require(Permission.CONTACTS_EDIT)
    names = _tag_names(texts.get("tags", "")) if tags is None else list(tags)
    typed = {name: value for name, value in texts.items() if name != "tags"}
    made = validate(session, typed, requires=FIELDS, is_new=True)
    require_identity(made.values)
    values = {key: value for key, value in made.values.items() if value is not None}
    values["custom"] = {key: value for key, value in made.custom.items() if value is not None}
    if (owner := owning.of_new(actor, values.get("owner_id"))) is not None:
        values["owner_id"] = owner
    if values.get("lifecycle") == Lifecycle.LEAD and "status" not in texts:
        values["status_id"] = status.id if (status := choosable.default_status(session)) else None
    asked_by_status.require(session, values.get("status_id") if "status" in texts else None, values, values["custom"])
    own_keys.require_free(session, actor, actor.branch_id, values["custom"])
    before = search.last_id(session)
    contact = Contact(number=numbers.take(session), branch_id=actor.branch_id, **values)
    session.add(contact)
    session.flush()
    search.fill(session, before)  # still empty: the text follows by trigger once the points are known
    _write_points(session, contact, made.norms)
    _derive(session, contact)
    _write_tags(session, contact, names)
    session.add(ContactSource(contact_id=id_of(contact), source=source, external_id=contact.external_id))
    _note(session, actor, contact, ActivityKind.CREATED, source=source)
    if not actor.via:
        happenings.note(session, contact, Trigger.CREATED_BY_HAND)
    session.flush()
    return contact


def change(
    session: Session, actor: Actor, contact: Contact, texts: Mapping[str, str], *, tags: Sequence[str] | None = None
) -> dict[str, list[Any]]:
    """Writes what differs and returns it as {field: [old, new]}; writing the same again changes nothing.

    `tags` are names in place of a typed list. A required field may be missing in an old contact, but nobody can send
    it empty. Raises InvalidFields, NotPermitted.
    """
    actor.require(Permission.CONTACTS_EDIT)
    names = list(tags) if tags is not None else _tag_names(texts["tags"]) if "tags" in texts else None
    made = validate(session, {name: value for name, value in texts.items() if name != "tags"}, requires=texts)
    require_identity({**contact.model_dump(), **made.values})
    if made.values.get("status_id") != contact.status_id:
        after = contact.model_dump() | made.values
        asked_by_status.require(session, made.values.get("status_id"), after, contact.custom | made.custom)
    changing = {key: value for key, value in made.custom.items() if contact.custom.get(key) != value}
    own_keys.require_free(session, actor, contact.branch_id, changing, except_id=contact.id)
    changes = _apply(contact, made)
    if names is not None and (tag_change := _write_tags(session, contact, names)):
        changes["tags"] = tag_change
    if changes:
        if any(name in changes for name in (*derived.POINT_FIELDS, "social_links")):
            _rewrite_points(session, contact, changes, made.norms)
        _derive(session, contact)
        changed(session, actor, contact, changes)
        if contact.status_id is not None and "status_id" in changes:
            happenings.note(session, contact, Trigger.STATUS, [contact.status_id])
        session.flush()
    return changes


def changed(session: Session, actor: Actor, contact: Contact, changes: Mapping[str, list[Any]]) -> None:
    """Notes what was just written, {attribute: [old, new]}: another version, an entry, and who is told outside."""
    contact.version += 1
    contact.updated_at = now()
    session.add(contact)
    _note(session, actor, contact, ActivityKind.CHANGED, changes={k: _plain(v) for k, v in changes.items()})
    session.flush()


def deactivate(session: Session, actor: Actor, contact: Contact) -> Contact:
    """Takes the contact out of the list and of every mailing; doing it again changes nothing."""
    return _set_active(session, actor, contact, False)


def reactivate(session: Session, actor: Actor, contact: Contact) -> Contact:
    """Brings an inactive contact back; doing it again changes nothing."""
    return _set_active(session, actor, contact, True)


def tags_of(session: Session, contact: Contact) -> list[Tag]:
    """The contact's tags by name."""
    query = select(Tag).where(col(ContactTag.tag_id) == Tag.id, col(ContactTag.contact_id) == contact.id)
    return list(session.exec(query.order_by(Tag.folded)).all())


def further_points(session: Session, contact: Contact) -> list[ContactPoint]:
    """Ways to reach the contact beside its fields, in the order they came in."""
    query = select(ContactPoint).where(
        ContactPoint.contact_id == contact.id, col(ContactPoint.primary).is_(False), ContactPoint.label != "social"
    )
    return list(session.exec(query.order_by(col(ContactPoint.id))).all())


def known_elsewhere(
    session: Session, actor: Actor, texts: Mapping[str, str], *, except_number: int | None = None
) -> list[Contact]:
    """Visible contacts that already have one of these e-mails or phones, at most five: a warning, never a ban."""
    made = validate(session, {name: texts[name] for name in ("email", "phone", "mobile") if texts.get(name)})
    norms = [norm for norm in made.norms.values() if norm]
    if not norms:
        return []
    holders = select(ContactPoint.contact_id).where(
        col(ContactPoint.kind).in_((PointKind.EMAIL, PointKind.PHONE)), col(ContactPoint.norm).in_(norms)
    )
    query = select(Contact).where(col(Contact.id).in_(holders), *visible(actor)).order_by(col(Contact.id)).limit(6)
    return [contact for contact in session.exec(query).all() if contact.number != except_number][:5]


def id_of(contact: Contact) -> int:
    """The key of a contact that stands in the database."""
    assert contact.id is not None
    return contact.id


def _tag_names(typed: str) -> list[str]:
    """People write commas or semicolons between tags."""
    return split_tags(typed.replace(";", ","))


def _set_active(session: Session, actor: Actor, contact: Contact, active: bool) -> Contact:
    actor.require(Permission.CONTACTS_EDIT)
    if contact.active != active:
        contact.active = active
        contact.version += 1
        contact.updated_at = now()
        session.add(contact)
        _note(session, actor, contact, ActivityKind.REACTIVATED if active else ActivityKind.DEACTIVATED)
        session.flush()
    return contact


def _apply(contact: Contact, made: Values) -> dict[str, list[Any]]:
    changes: dict[str, list[Any]] = {}
    for name, value in made.values.items():
        old = getattr(contact, name)
        if value is None and name in ("lifecycle", "active"):
            continue
        if (old or None) != (value or None) or (old is False) != (value is False):
            changes[name] = [old, value]
            setattr(contact, name, value)
    for key, value in made.custom.items():
        if (old := contact.custom.get(key)) != value:
            changes[PREFIX + key] = [old, value]
            kept = {name: other for name, other in contact.custom.items() if name != key}
            contact.custom = kept if value is None else {**kept, key: value}
    return changes


def _derive(session: Session, contact: Contact) -> None:
    """Brings search text and sort key up to the values and points just written."""
    session.flush()
    norms = session.exec(
        select(ContactPoint.norm).where(ContactPoint.contact_id == contact.id, col(ContactPoint.kind) != PointKind.LINK)
    ).all()
    values = contact.model_dump()
    contact.search_text = derived.search_text(values, norms)
    contact.sort_name = derived.sort_name(values)


def _write_points(session: Session, contact: Contact, norms: Mapping[str, str]) -> None:
    for row in derived.points(contact.model_dump(), norms):
        session.add(ContactPoint(contact_id=id_of(contact), **row._asdict()))


def _rewrite_points(session: Session, contact: Contact, changes: Mapping[str, Any], norms: Mapping[str, str]) -> None:
    """Replaces the primary points of the changed fields; further points of the contact stay."""
    for row in derived.points(contact.model_dump(), norms):
        if row.label not in changes and not (row.label == "social" and "social_links" in changes):
            continue
        session.add(ContactPoint(contact_id=id_of(contact), **row._asdict()))
    labels = [label for name, (_, label) in derived.POINT_FIELDS.items() if name in changes]
    if "social_links" in changes:
        labels.append("social")
    stale = delete(ContactPoint).where(
        col(ContactPoint.contact_id) == contact.id,
        col(ContactPoint.label).in_(labels),
        col(ContactPoint.primary).is_(True) | (col(ContactPoint.label) == "social"),
    )
    with session.no_autoflush:
        session.execute(stale)


def _write_tags(session: Session, contact: Contact, names: list[str]) -> list[Any] | None:
    """Makes the contact's tags exactly these; returns [old names, new names] when that changed anything."""
    old = tags_of(session, contact)
    wanted = ensure(session, names)
    if {tag.id for tag in old} == set(wanted.values()):
        return None
    session.execute(delete(ContactTag).where(col(ContactTag.contact_id) == contact.id))
    session.add_all(ContactTag(contact_id=id_of(contact), tag_id=id_) for id_ in wanted.values())
    session.flush()
    if given := sorted(set(wanted.values()) - {tag.id for tag in old}):
        happenings.note(session, contact, Trigger.TAG, given)
    return [[tag.name for tag in old], [tag.name for tag in tags_of(session, contact)]]


def _note(
    session: Session, actor: Actor, contact: Contact, kind: ActivityKind, *, source: str = "", **data: Any
) -> None:
    """The entry of the timeline; of an integration or form it names which."""
    if actor.via:
        data["via"] = actor.via
    session.add(Activity(contact_id=id_of(contact), kind=kind, user_id=actor.user_id, source=source[:60], data=data))
    if kind is ActivityKind.CREATED:
        webhooks.emit(session, contact.branch_id, WebhookEvent.CONTACT_CREATED, contact.number)
    else:
        changed = sorted(data.get("changes", ("active",)))
        webhooks.emit(session, contact.branch_id, WebhookEvent.CONTACT_CHANGED, contact.number, changed=changed)


def _plain(change: list[Any]) -> list[Any]:
    """Values as JSON takes them: dates in ISO."""
    return [value.isoformat() if hasattr(value, "isoformat") else value for value in change]
