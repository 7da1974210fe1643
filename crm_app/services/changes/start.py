"""A change of many contacts, looked at before and started: its audience is settled here, once."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, select

from crm_app.locales import text
from crm_app.models import Contact, Import, ImportKind, ImportState, Job, JobKind, Permission
from crm_app.models.base import now
from crm_app.services import segments
from crm_app.services.actor import Actor
from crm_app.services.changes.actions import Action
from crm_app.services.contacts import audience
from crm_app.services.contacts.filter import ContactFilter
from crm_app.services.errors import Conflict
from crm_app.services.jobs import enqueue

SAMPLES = 5


@dataclass(frozen=True, slots=True)
class Preview:
    """How many contacts are meant, how many of them change, and the names of the first few that do."""

    meant: int
    changing: int
    names: list[str]

    @property
    def unchanged(self) -> int:
        """Contacts that are as wanted already."""
        return self.meant - self.changing


@dataclass(frozen=True, slots=True)
class Order:
    """A change as its row keeps it: who asked for what, to whom, up to which number.

    `everywhere`: in every branch, inactive or not, and in the trash too.
    """

    action: Action
    wanted: ContactFilter
    actor: Actor
    upto: int
    everywhere: bool = False

    @classmethod
    def of(cls, found: Import) -> "Order":
        data: Mapping[str, Any] = found.options
        everywhere = bool(data.get("everywhere"))
        actor = Actor(data["user_id"], "change", timezone=data["timezone"])
        actor = actor.seeing({"branch_ids": [found.branch_id], **data})
        wanted = ContactFilter.from_params(data["filter"])
        return cls(Action.from_json(data["action"]), wanted, actor, data["upto"], everywhere)

    def conditions(self, session: Session) -> list[ColumnElement[bool]]:
        """Conditions on the contacts that are meant and not yet as wanted."""
        meant = [] if self.everywhere else _meant(session, self.actor, self.wanted, self.action)
        return [*meant, self.action.condition(session)]


def preview(session: Session, actor: Actor, wanted: ContactFilter, action: Action) -> Preview:
    """What the change would do now; counts are exact. Raises NotPermitted, and like `audience.conditions`."""
    actor.require(Permission.CONTACTS_BULK)
    meant = _meant(session, actor, wanted, action)
    changing = [*meant, action.condition(session)]
    sample = select(Contact).where(*changing).order_by(col(Contact.number)).limit(SAMPLES)
    return Preview(
        _count(session, meant), _count(session, changing), [one.display_name for one in session.exec(sample).all()]
    )


def start(session: Session, actor: Actor, wanted: ContactFilter, action: Action) -> Job:
    """Starts the change of everybody the filter means now; later contacts are not touched.

    Raises NotPermitted; Conflict when nobody would change; and like `audience.conditions`.
    """
    actor.require(Permission.CONTACTS_BULK)
    wanted = segments.resolved(session, actor, wanted)
    meant = _meant(session, actor, wanted, action)
    job = _started(session, actor, wanted, action, [*meant, action.condition(session)], {})
    if job is None:
        raise Conflict(text("Nobody would change: all of these contacts are so already."))
    return job


def count_everywhere(session: Session, action: Action) -> int:
    """How many contacts the action changes, of all branches, active or not, in the trash too."""
    return _count(session, [action.condition(session)])


def start_everywhere(session: Session, actor: Actor, action: Action, undone_with: Mapping[str, Any]) -> Job | None:
    """Starts the change of all contacts it changes something of, in every branch; None when there is nobody.

    `undone_with` says what of the settings an undo brings back (`services/settings/undoing.py`). Raises NotPermitted.
    """
    actor.require(Permission.SETTINGS)
    actor.require(Permission.CONTACTS_BULK)
    more = {"everywhere": True, "settings": dict(undone_with)}
    return _started(session, actor, ContactFilter(inactive=True), action, [action.condition(session)], more)


def _started(
    session: Session,
    actor: Actor,
    wanted: ContactFilter,
    action: Action,
    conditions: list[ColumnElement[bool]],
    more: dict[str, Any],
) -> Job | None:
    total = _count(session, conditions)
    if not total:
        return None
    upto = session.exec(select(func.max(Contact.number)).where(*conditions)).one()
    order = {"action": action.to_json(), "filter": wanted.to_params(), "upto": upto}
    made = Import(
        folder=secrets.token_hex(16),
        kind=ImportKind.CHANGE,
        name=str(action.words)[:200],  # to be found by; what is shown is `called`
        file_name="",
        state=ImportState.COMMITTING,
        branch_id=actor.branch_id,
        user_id=actor.user_id,
        options=order | {"user_id": actor.user_id, "timezone": actor.timezone} | actor.sight | more,
        rows=total,
        committed_at=now(),
        purged_at=now(),  # there is no file to keep
    )
    session.add(made)
    session.flush()
    assert made.id is not None
    return enqueue(session, actor, JobKind.COMMIT, made.id, total=total)


def _meant(session: Session, actor: Actor, wanted: ContactFilter, action: Action) -> list[ColumnElement[bool]]:
    return audience.conditions(session, actor, wanted, in_trash=action.in_trash)


def _count(session: Session, conditions: list[Any]) -> int:
    return session.exec(select(func.count()).select_from(Contact).where(*conditions)).one()
