"""What happened is worked off: each event once, in one transaction with what it leads to and its line in the log.

A killed process leaves the event where it was, with nothing done.
"""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time, timedelta

from sqlalchemy import ColumnElement
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, col, delete, select

from crm_app.locales import Text, text
from crm_app.models import Automation, AutomationEvent, AutomationRun, Contact, RunState
from crm_app.models.base import now
from crm_app.services import crash, database, installation, local_time
from crm_app.services.actor import Actor
from crm_app.services.automations import actions, definitions, happenings, sweeping
from crm_app.services.automations.actions import Outcome
from crm_app.services.contacts import audience
from crm_app.services.contacts.visibility import visible
from crm_app.services.errors import Busy, CRMError

log = logging.getLogger(__name__)

CHUNK, DEEPEST = 200, 3
KEPT = timedelta(days=400)  # of the log: longer than from one birthday to the next

NO_MATCH = text("is not among those it is for")
OFF = text("switched off meanwhile")
GONE = text("in the trash")
LOOP = text("stopped: loop")
TODAY = text("stopped: loop (it was done for this contact today already)")
UNKNOWN_FILTER = text("Whom it is for is not understood any more. Choose it again.")
BROKEN = text("Something went wrong here. It is noted in the log of the server.")


def work_off(*, at: datetime | None = None, should_stop: Callable[[], bool] = lambda: False) -> int:
    """Works off what has happened until nothing is left, the oldest first; how many events. Any number of processes may
    do this at once: who takes the event away carries it out.
    """
    worked = 0
    while not should_stop():
        with database.reading() as session:
            ids = session.exec(select(AutomationEvent.id).order_by(col(AutomationEvent.id)).limit(CHUNK)).all()
        if not ids:
            break
        for id_ in ids:
            if should_stop():
                break
            worked += _one(id_ or 0, at or now())
    return worked


def matching(session: Session, actor: Actor, automation: Automation) -> list[ColumnElement[bool]]:
    """Conditions on `contact`: whom it is for, seen by who said so. Raises CRMError, ValueError."""
    eyes = replace(actor, user_id=automation.created_by_id)
    return audience.conditions(session, eyes, definitions.filter_of(automation))


def purge(*, at: datetime | None = None) -> int:
    """Forgets old lines of the log; how many."""
    with database.transaction() as session:
        old = col(AutomationRun.at) < (at or now()) - KEPT
        return int(session.execute(delete(AutomationRun).where(old)).rowcount)  # type: ignore[attr-defined]


def _one(event_id: int, at: datetime) -> bool:
    try:
        with database.transaction() as session:
            event = _taken(session, event_id)
            if event is None:
                return False
            _log(session, event, at, *_carried_out(session, event, at))
            crash.point("automation:before-commit")
    except (Busy, OperationalError):
        raise
    except Exception as error:  # noqa: BLE001 - one that cannot be carried out must not hold up the others
        log.warning("event %s of an automation failed: %s", event_id, type(error).__name__)
        with database.transaction() as session:
            event = _taken(session, event_id)
            if event is not None:
                _log(session, event, at, RunState.FAILED, BROKEN, [])
    return True


def _taken(session: Session, event_id: int) -> AutomationEvent | None:
    """The event, which is gone then; None when somebody else took it."""
    found = session.get(AutomationEvent, event_id)
    if found is None:
        return None
    session.expunge(found)
    gone = session.execute(delete(AutomationEvent).where(col(AutomationEvent.id) == event_id))
    return found if gone.rowcount == 1 else None  # type: ignore[attr-defined]


def _log(
    session: Session, event: AutomationEvent, at: datetime, state: RunState, why: Text | None, outcomes: list[Outcome]
) -> None:
    session.add(
        AutomationRun(
            automation_id=event.automation_id,
            contact_id=event.contact_id,
            occasion=event.occasion,
            depth=event.depth,
            state=state,
            why=why.to_json() if why else None,
            outcomes=[one.to_json() for one in outcomes],
            at=at,
        )
    )
    session.flush()


def _carried_out(session: Session, event: AutomationEvent, at: datetime) -> tuple[RunState, Text | None, list[Outcome]]:
    automation = session.get_one(Automation, event.automation_id)
    actor = actions.actor_of(session, automation)
    query = select(Contact).where(col(Contact.id) == event.contact_id, *visible(actor)).with_for_update()
    contact = session.exec(query).first()
    if not automation.active:
        return RunState.SKIPPED, OFF, []
    if contact is None:
        return RunState.SKIPPED, GONE, []
    if event.depth > DEEPEST:
        return RunState.STOPPED, LOOP, []
    try:
        conditions = matching(session, actor, automation)
    except (CRMError, ValueError):
        return RunState.FAILED, UNKNOWN_FILTER, []
    if session.exec(select(Contact.id).where(col(Contact.id) == contact.id, *conditions)).first() is None:
        return RunState.SKIPPED, NO_MATCH, []
    if not sweeping.is_once(event.occasion) and _was_done_today(session, event, at):
        return RunState.STOPPED, TODAY, []
    with happenings.caused_by(session, event.depth):
        outcomes = [actions.done(session, actor, contact, one) for one in automation.actions]
        session.flush()
    return _state(outcomes), None, outcomes


def _state(outcomes: list[Outcome]) -> RunState:
    states = {one.state for one in outcomes}
    order = (RunState.FAILED, RunState.DONE)
    return next((state for state in order if state in states), RunState.SKIPPED)


def _was_done_today(session: Session, event: AutomationEvent, at: datetime) -> bool:
    zone = installation.current(session).timezone
    midnight = local_time.moment(local_time.today(zone, at), time(0), zone)
    query = select(AutomationRun.id).where(
        AutomationRun.contact_id == event.contact_id,
        AutomationRun.automation_id == event.automation_id,
        col(AutomationRun.at) >= midnight,
        col(AutomationRun.state).in_((RunState.DONE, RunState.FAILED)),
    )
    return session.exec(query.limit(1)).first() is not None
