"""The automations: listed, made, changed, switched on and off, deleted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, delete, func, select

from crm_app.locales import text
from crm_app.models import (
    Automation,
    AutomationEvent,
    AutomationRun,
    Contact,
    LeadStatus,
    Permission,
    RunState,
    Tag,
    TaskType,
    Trigger,
)
from crm_app.models.base import now
from crm_app.services import audit
from crm_app.services.actor import Actor
from crm_app.services.automations import actions
from crm_app.services.contacts import audience
from crm_app.services.contacts.filter import ContactFilter
from crm_app.services.contacts.visibility import visible
from crm_app.services.errors import Invalid, NotFound

NAME_LENGTH, MOST = 120, 100
SHOWN = 50
VALUES: dict[Trigger, type[Any]] = {Trigger.STATUS: LeadStatus, Trigger.TAG: Tag, Trigger.TASK_OVERDUE: TaskType}
_NEEDED = {Trigger.STATUS: text("Please choose a status."), Trigger.TAG: text("Please choose a tag.")}


@dataclass(frozen=True, slots=True)
class Entry:
    """An automation, when it last did something, and how often which state came out."""

    automation: Automation
    last: datetime | None = None
    counts: dict[RunState, int] = field(default_factory=dict)


def listing(session: Session, actor: Actor) -> list[Entry]:
    """Those of the actor's branches, the newest first. Raises NotPermitted."""
    _require(actor)
    query = select(Automation).where(*_visible(actor)).order_by(col(Automation.id).desc())
    return [_entry(session, one) for one in session.exec(query).all()]


def get(session: Session, actor: Actor, automation_id: int) -> Automation:
    """Raises NotPermitted; NotFound for a missing one and one of another branch alike."""
    _require(actor)
    found = session.exec(select(Automation).where(Automation.id == automation_id, *_visible(actor))).first()
    if found is None:
        raise NotFound(text("There is no such automation."))
    return found


def make(session: Session, actor: Actor, name: str) -> Automation:
    """One that is switched off and does nothing yet. Raises NotPermitted, Invalid("name")."""
    _require(actor)
    if len(listing(session, actor)) >= MOST:
        raise Invalid(text("There are {most} automations, and that is the limit.", most=MOST), "name")
    made = Automation(name=_name(name), branch_id=actor.branch_id, created_by_id=actor.user_id)
    session.add(made)
    session.flush()
    audit.record(session, actor, "automation.made", automation=made.id or 0)
    return made


def change(
    session: Session,
    actor: Actor,
    automation_id: int,
    *,
    name: str,
    trigger: str,
    value_id: int | None,
    wanted: ContactFilter,
    given: Sequence[Mapping[str, Any]],
) -> Automation:
    """What sets it off, for whom, and what is done. Whoever changes whom it is for lends it their eyes.

    Raises NotPermitted; NotFound, also for a segment or template that is not there; Invalid ("name", "trigger",
    "value", "actions").
    """
    found = get(session, actor, automation_id)
    if trigger not in set(Trigger):
        raise Invalid(text("Choose from the list."), "trigger")
    params = wanted.to_params()
    if params != found.params:
        audience.conditions(session, actor, wanted)
        found.created_by_id = actor.user_id
    found.name, found.params = _name(name), params
    found.trigger, found.value_id = trigger, _value(session, Trigger(trigger), value_id)
    found.actions = actions.checked(session, actor, given)
    if found.active:
        _require_whole(found)
    session.add(found)
    session.flush()
    audit.record(session, actor, "automation.changed", automation=automation_id)
    return found


def switch(session: Session, actor: Actor, automation_id: int, *, on: bool) -> Automation:
    """On or off; doing it again changes nothing. What waits when it is switched off is not done.

    Raises NotPermitted, NotFound; Invalid for one that does nothing or waits for nothing.
    """
    found = get(session, actor, automation_id)
    if found.active == on:
        return found
    if on:
        _require_whole(found)
    found.active, found.active_since = on, now() if on else None
    session.add(found)
    session.flush()
    audit.record(session, actor, "automation.on" if on else "automation.off", automation=automation_id)
    return found


def remove(session: Session, actor: Actor, automation_id: int) -> None:
    """Deletes it with its log; what it did stays. Raises NotPermitted, NotFound."""
    found = get(session, actor, automation_id)
    for model in (AutomationEvent, AutomationRun):
        session.execute(delete(model).where(col(model.automation_id) == automation_id))
    session.delete(found)
    session.flush()
    audit.record(session, actor, "automation.removed", automation=automation_id)


def log(
    session: Session, actor: Actor, automation_id: int, *, before: int = 0, limit: int = SHOWN
) -> list[tuple[AutomationRun, Contact]]:
    """What came of it, the newest first, behind the run with that id. Raises NotPermitted, NotFound."""
    get(session, actor, automation_id)
    query = (
        select(AutomationRun, Contact)
        .join(Contact, col(Contact.id) == col(AutomationRun.contact_id))
        .where(AutomationRun.automation_id == automation_id, *visible(actor))
    )
    if before:
        query = query.where(col(AutomationRun.id) < before)
    return list(session.exec(query.order_by(col(AutomationRun.id).desc()).limit(limit)).all())


def filter_of(automation: Automation) -> ContactFilter:
    """Whom it is for. Raises ValueError for what a newer release wrote."""
    return ContactFilter.from_params(automation.params)


def _entry(session: Session, automation: Automation) -> Entry:
    query = (
        select(AutomationRun.state, func.count(), func.max(AutomationRun.at))
        .where(AutomationRun.automation_id == automation.id)
        .group_by(col(AutomationRun.state))
    )
    found = {RunState(state): (count, at) for state, count, at in session.exec(query).all()}
    last = max((found[state][1] for state in (RunState.DONE, RunState.FAILED) if state in found), default=None)
    return Entry(automation, last, {state: count for state, (count, _) in found.items()})


def _require(actor: Actor) -> None:
    """Whoever lets contacts be changed by themselves must be allowed to change them."""
    actor.require(Permission.MESSAGES)
    actor.require(Permission.CONTACTS_EDIT)


def _require_whole(automation: Automation) -> None:
    """Raises Invalid ("value", "actions")."""
    if automation.trigger in _NEEDED and automation.value_id is None:
        raise Invalid(_NEEDED[Trigger(automation.trigger)], "value")
    if not automation.actions:
        raise Invalid(text("Say first what is to be done."), "actions")


def _value(session: Session, trigger: Trigger, value_id: int | None) -> int | None:
    """Raises Invalid("value")."""
    if trigger not in VALUES or value_id is None:
        return None
    if session.get(VALUES[trigger], value_id) is None:
        raise Invalid(text("Choose from the list."), "value")
    return value_id


def _name(name: str) -> str:
    cleaned = " ".join(name.split())
    if not cleaned or len(cleaned) > NAME_LENGTH:
        raise Invalid(text("Please give it a name of at most {most} characters.", most=NAME_LENGTH), "name")
    return cleaned


def _visible(actor: Actor) -> list[ColumnElement[bool]]:
    return [] if actor.branch_ids is None else [col(Automation.branch_id).in_(actor.branch_ids)]
