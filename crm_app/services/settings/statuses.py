"""The statuses of leads: added, renamed, coloured, ordered, merged and removed by whoever may change settings."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import func
from sqlmodel import Session, col, select

from crm_app.locales import text
from crm_app.models import Contact, Job, LeadStatus, Permission
from crm_app.services import audit, choosable, gone
from crm_app.services.actor import Actor
from crm_app.services.changes.actions import Action, ActionKind
from crm_app.services.contacts import asked_by_status
from crm_app.services.errors import Conflict, Invalid
from crm_app.services.folding import fold
from crm_app.services.settings import words

NAME_LENGTH, MOST = 80, 50
# Names of scales of the theme; a test keeps the two alike.
COLOURS = ("blue", "amber", "violet", "green", "red", "orange", "gray")


class Meaning(StrEnum):
    """What a status says of a lead's end."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Entry:
    """A status and how many contacts have it, of all branches, active or not."""

    status: LeadStatus
    contacts: int

    @property
    def meaning(self) -> Meaning:
        return meaning_of(self.status)


def meaning_of(status: LeadStatus) -> Meaning:
    if status.is_won:
        return Meaning.WON
    return Meaning.LOST if status.is_lost else Meaning.OPEN


def listing(session: Session, actor: Actor) -> list[Entry]:
    """The statuses in their order. Raises NotPermitted."""
    actor.require(Permission.SETTINGS)
    query = select(Contact.status_id, func.count()).where(col(Contact.status_id).is_not(None))
    counted = dict(session.exec(query.group_by(col(Contact.status_id))).all())
    return [Entry(status, counted.get(status.id, 0)) for status in choosable.statuses(session)]


def removed(session: Session, actor: Actor) -> list[LeadStatus]:
    """Those that can come back, last removed first. Raises NotPermitted."""
    actor.require(Permission.SETTINGS)
    return words.removed(session, LeadStatus)


def add(session: Session, actor: Actor, name: str, colour: str = "gray") -> LeadStatus:
    """A status behind the others; a removed one of that name comes back.

    Raises NotPermitted; Invalid ("name", "colour").
    """
    actor.require(Permission.SETTINGS)
    clean = words.checked_name(session, LeadStatus, name, NAME_LENGTH)
    there = choosable.statuses(session)
    if len(there) >= MOST:
        raise Invalid(text("There are {most} statuses, and that is the limit.", most=MOST), "name")
    made = words.taken_over(session, LeadStatus, clean) or LeadStatus(name=clean, folded=fold(clean))
    made.colour = _checked_colour(colour)
    made.position = max((status.position for status in there), default=-1) + 1
    session.add(made)
    session.flush()
    audit.record(session, actor, "status.add", status=made.id or 0)
    return made


def change(
    session: Session,
    actor: Actor,
    status_id: int,
    *,
    name: str,
    colour: str,
    meaning: Meaning,
    is_default: bool,
    required: Sequence[str] | None = None,
) -> LeadStatus:
    """How the status is called, looks and counts, and which fields it asks for (None = as before); the same again
    changes nothing. At most one is the default.

    Raises NotPermitted, NotFound; Invalid ("name", "colour", "required").
    """
    actor.require(Permission.SETTINGS)
    found: LeadStatus = words.one(session, LeadStatus, status_id)
    clean = words.checked_name(session, LeadStatus, name, NAME_LENGTH, but_for=status_id)
    wanted = {
        "name": clean,
        "folded": fold(clean),
        "colour": _checked_colour(colour),
        "is_won": meaning is Meaning.WON,
        "is_lost": meaning is Meaning.LOST,
        "is_default": is_default,
        "required_fields": found.required_fields if required is None else _checked_fields(session, required),
    }
    changed = [key for key, value in wanted.items() if getattr(found, key) != value]
    if not changed:
        return found
    if is_default:
        for other in choosable.statuses(session):
            other.is_default = False
            session.add(other)
    for key, value in wanted.items():
        setattr(found, key, value)
    session.add(found)
    session.flush()
    audit.record(session, actor, "status.change", status=status_id, changed=",".join(changed))
    return found


def move(session: Session, actor: Actor, status_id: int, by: int) -> None:
    """One place up (-1) or down (1); at the end of the list it stays where it is. Raises NotPermitted, NotFound."""
    actor.require(Permission.SETTINGS)
    found: LeadStatus = words.one(session, LeadStatus, status_id)
    order = choosable.statuses(session)
    at = order.index(found)
    to = min(max(at + by, 0), len(order) - 1)
    if to == at:
        return
    order.insert(to, order.pop(at))
    for position, status in enumerate(order):
        status.position = position
        session.add(status)
    session.flush()
    audit.record(session, actor, "status.move", status=status_id, to=to)


def remove(session: Session, actor: Actor, status_id: int, into: int | None = None) -> Job | None:
    """Takes the status away; its contacts get the status `into`, or none. With `into`, filters ask for that one.

    Returns the change of the contacts, None when nobody had it; its undo brings the status back. Raises NotPermitted,
    NotFound; Conflict for itself as `into`.
    """
    actor.require(Permission.SETTINGS)
    found: LeadStatus = words.one(session, LeadStatus, status_id)
    other: LeadStatus | None = words.one(session, LeadStatus, into) if into is not None else None
    said = text("Status “{name}” removed", name=found.name)
    if other is not None:
        said = text("Status “{name}” became “{other}”", name=found.name, other=other.name)
    action = Action(ActionKind.REPLACE, said, "status_id", [status_id, into])
    job = words.take_away(session, actor, found, other, action, {"status": status_id})
    audit.record(session, actor, "status.remove", status=status_id, into=into or 0, contacts=job.total if job else 0)
    return job


def bring_back(session: Session, actor: Actor, status_id: int) -> LeadStatus:
    """A removed status is there again, without its contacts: those come back by undoing the change.

    Raises NotPermitted, NotFound; Conflict while the change that took it away is at work.
    """
    actor.require(Permission.SETTINGS)
    found: LeadStatus = words.one(session, LeadStatus, status_id, removed=True)
    if len(choosable.statuses(session)) >= MOST:
        raise Conflict(text("There are {most} statuses, and that is the limit.", most=MOST))
    gone.bring_back(session, found)
    audit.record(session, actor, "status.back", status=status_id)
    return found


def _checked_fields(session: Session, names: Sequence[str]) -> list[str]:
    known = asked_by_status.askable(session)
    if set(names) - set(known):
        raise Invalid(text("A status cannot ask for this field."), "required")
    return [name for name in known if name in names]


def _checked_colour(colour: str) -> str:
    if colour not in COLOURS:
        raise Invalid(text("Choose a colour of the list."), "colour")
    return colour
