"""The tags as a whole: renamed, merged and removed. Those of the franchise belong to the head office."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, select

from crm_app.locales import text
from crm_app.models import ContactTag, Job, Permission, Tag
from crm_app.services import audit, changing, gone
from crm_app.services.actor import Actor
from crm_app.services.changes.actions import Action, ActionKind
from crm_app.services.errors import NotPermitted
from crm_app.services.folding import fold
from crm_app.services.settings import words

NAME_LENGTH = 100
PAGE = 200


@dataclass(frozen=True, slots=True)
class Entry:
    """A tag, how many contacts have it, of all branches, active or not, and whether the actor may change it."""

    tag: Tag
    contacts: int
    is_changeable: bool


def listing(session: Session, actor: Actor, *, query: str = "", limit: int = PAGE) -> tuple[list[Entry], int]:
    """Tags by name whose name holds `query`, and how many there are of them. Raises NotPermitted."""
    actor.require(Permission.SETTINGS)
    conditions: list[ColumnElement[bool]] = [col(Tag.removed_at).is_(None)]
    if word := fold(query):
        conditions.append(col(Tag.folded).contains(word, autoescape=True))
    found = session.exec(select(Tag).where(*conditions).order_by(Tag.folded).limit(limit)).all()
    ids = [tag.id for tag in found]
    counting = select(ContactTag.tag_id, func.count()).where(col(ContactTag.tag_id).in_(ids))
    counted = dict(session.exec(counting.group_by(col(ContactTag.tag_id))).all())
    total = session.exec(select(func.count()).select_from(Tag).where(*conditions)).one()
    return [Entry(tag, counted.get(tag.id or 0, 0), may_change(actor, tag)) for tag in found], total


def removed(session: Session, actor: Actor) -> list[Tag]:
    """Those that can come back, last removed first. Raises NotPermitted."""
    actor.require(Permission.SETTINGS)
    return words.removed(session, Tag)


def may_change(actor: Actor, tag: Tag) -> bool:
    return actor.may(Permission.SETTINGS) and (not tag.is_franchise or actor.is_head_office)


def add(session: Session, actor: Actor, name: str, *, is_franchise: bool = False, is_group: bool = False) -> Tag:
    """A new tag; a removed one of that name comes back. Raises NotPermitted; Invalid ("name")."""
    actor.require(Permission.SETTINGS)
    clean = words.checked_name(session, Tag, name, NAME_LENGTH)
    made = words.taken_over(session, Tag, clean) or Tag(name=clean, folded=fold(clean))
    _require_own(actor, made, is_franchise)
    made.is_franchise, made.is_group = is_franchise, is_group
    session.add(made)
    session.flush()
    audit.record(session, actor, "tag.add", tag=made.id or 0)
    return made


def change(
    session: Session, actor: Actor, tag_id: int, *, name: str, is_franchise: bool, is_group: bool | None = None
) -> Tag:
    """What the tag is called, whose it is and whether it is a newsletter group; the same again changes nothing.

    A tag that is no group any more keeps what people agreed to in the ledger, and is one again with it.

    Raises NotPermitted, NotFound; Invalid ("name").
    """
    actor.require(Permission.SETTINGS)
    found: Tag = words.one(session, Tag, tag_id)
    _require_own(actor, found, is_franchise)
    clean = words.checked_name(session, Tag, name, NAME_LENGTH, but_for=tag_id)
    wanted: dict[str, str | bool] = {"name": clean, "folded": fold(clean), "is_franchise": is_franchise}
    if is_group is not None:
        wanted["is_group"] = is_group
    if changed := changing.apply(session, found, wanted):
        audit.record(session, actor, "tag.change", tag=tag_id, changed=",".join(changed))
    return found


def remove(session: Session, actor: Actor, tag_id: int, into: int | None = None) -> Job | None:
    """Takes the tag from all contacts; with `into` they get that one, and filters ask for it instead.

    Returns the change of the contacts, None when nobody had it; its undo brings the tag back. Raises NotPermitted,
    NotFound; Conflict for itself as `into`.
    """
    actor.require(Permission.SETTINGS)
    found: Tag = words.one(session, Tag, tag_id)
    _require_own(actor, found, False)
    other: Tag | None = words.one(session, Tag, into) if into is not None else None
    said = text("Tag “{name}” removed", name=found.name)
    if other is not None:
        said = text("Tag “{name}” became “{other}”", name=found.name, other=other.name)
    action = Action(ActionKind.REPLACE, said, "tags", [tag_id, into])
    job = words.take_away(session, actor, found, other, action, {"tag": tag_id})
    audit.record(session, actor, "tag.remove", tag=tag_id, into=into or 0, contacts=job.total if job else 0)
    return job


def bring_back(session: Session, actor: Actor, tag_id: int) -> Tag:
    """A removed tag is there again, without its contacts. Raises NotPermitted, NotFound."""
    actor.require(Permission.SETTINGS)
    found: Tag = words.one(session, Tag, tag_id, removed=True)
    _require_own(actor, found, False)
    gone.bring_back(session, found)
    audit.record(session, actor, "tag.back", tag=tag_id)
    return found


def _require_own(actor: Actor, tag: Tag, is_franchise: bool) -> None:
    if (tag.is_franchise or is_franchise) and not actor.is_head_office:
        raise NotPermitted(text("Tags of the franchise are changed by the head office."))
