"""What happens by time alone: a task becomes overdue, somebody has a birthday. Each is found once.

Both go by the clock of the installation's zone. A birthday counts from the hour at which days begin here, and those of
29 February are on the 28th in other years.
"""

from calendar import isleap
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, String, and_, cast, exists, extract, literal, or_
from sqlmodel import Session, col, select

from crm_app.models import Automation, AutomationEvent, AutomationRun, Contact, Task, Trigger
from crm_app.models.base import now
from crm_app.services import bulk, database, installation, local_time

LOOKED_BACK = timedelta(days=30)  # a task that was overdue for longer, while nothing ran, is an old story
_TASK, _BIRTHDAY = "task:", "birthday:"
_COLUMNS = ("automation_id", "contact_id", "occasion", "depth", "at")


def is_once(occasion: str) -> bool:
    """Whether the occasion itself comes once only, so that it needs no guard against loops."""
    return occasion.startswith((_TASK, _BIRTHDAY))


def overdue(*, at: datetime | None = None) -> int:
    """Puts down the tasks that became overdue since their automation was switched on; how many."""
    return _swept(Trigger.TASK_OVERDUE, at or now())


def birthdays(*, at: datetime | None = None) -> int:
    """Puts down the birthdays of today; how many."""
    return _swept(Trigger.BIRTHDAY, at or now())


def _swept(trigger: Trigger, at: datetime) -> int:
    waiting = select(Automation).where(col(Automation.active), Automation.trigger == trigger)
    with database.reading() as session:
        found = session.exec(waiting).all()
        if not any(_rows(session, one, at) for one in found):
            return 0
    with database.transaction() as session:
        database.one_at_a_time(session, "automations")
        rows = [row for one in session.exec(waiting).all() for row in _rows(session, one, at)]
        bulk.insert(session, "automation_event", _COLUMNS, rows)
        return len(rows)


def _rows(session: Session, automation: Automation, at: datetime) -> list[tuple[int, int, str, int, str]]:
    zone = installation.current(session).timezone
    found = _overdue if automation.trigger == Trigger.TASK_OVERDUE else _birthdays
    moment = bulk.moment(at)
    return [
        (automation.id or 0, contact_id, occasion, depth, moment)
        for contact_id, occasion, depth in found(session, automation, zone, at)
    ]


def _overdue(session: Session, automation: Automation, zone: str, at: datetime) -> list[tuple[int, str, int]]:
    since = max(automation.active_since or at, at - LOOKED_BACK)
    first, today = local_time.today(zone, since) - timedelta(days=1), local_time.today(zone, at)
    occasion = literal(_TASK) + cast(col(Task.id), String)
    query = (
        select(Task)
        .join(Contact, col(Contact.id) == col(Task.contact_id))
        .where(
            col(Task.done_at).is_(None),
            col(Task.removed_at).is_(None),
            col(Task.due_day).between(first, today),
            col(Contact.branch_id) == automation.branch_id,
            col(Contact.trashed_at).is_(None),
            ~exists().where(*_of(AutomationEvent, automation), col(AutomationEvent.occasion) == occasion),
            ~exists().where(*_of(AutomationRun, automation), col(AutomationRun.occasion) == occasion),
        )
    )
    if automation.value_id is not None:
        query = query.where(Task.type_id == automation.value_id)
    return [
        (task.contact_id or 0, f"{_TASK}{task.id}", task.depth)
        for task in session.exec(query).all()
        if since <= _overdue_from(task, zone) <= at
    ]


def _overdue_from(task: Task, zone: str) -> datetime:
    """A task without a time is overdue when its day is over."""
    if task.due_time is not None:
        return local_time.moment(task.due_day, task.due_time, zone)
    return local_time.moment(task.due_day + timedelta(days=1), time(0), zone)


def _birthdays(session: Session, automation: Automation, zone: str, at: datetime) -> list[tuple[int, str, int]]:
    today = local_time.today(zone, at)
    if at < local_time.moment(today, None, zone):
        return []
    prefix = f"{_BIRTHDAY}{today.year}:"
    query = select(Contact.id).where(
        col(Contact.birth_date).is_not(None),
        or_(*(_born_on(month, day) for month, day in _days(today))),
        col(Contact.birth_date) < today,
        col(Contact.branch_id) == automation.branch_id,
        col(Contact.trashed_at).is_(None),
        *(
            ~exists().where(
                *_of(model, automation),
                col(model.contact_id) == col(Contact.id),
                col(model.occasion).startswith(prefix),
            )
            for model in (AutomationEvent, AutomationRun)
        ),
    )
    return [(id_ or 0, f"{prefix}{id_}", 0) for id_ in session.exec(query).all()]


def _days(today: date) -> list[tuple[int, int]]:
    found = [(today.month, today.day)]
    return [*found, (2, 29)] if found == [(2, 28)] and not isleap(today.year) else found


def _born_on(month: int, day: int) -> ColumnElement[bool]:
    born = col(Contact.birth_date)
    return and_(extract("month", born) == month, extract("day", born) == day)


def _of(model: type[AutomationEvent] | type[AutomationRun], automation: Automation) -> list[ColumnElement[bool]]:
    return [col(model.automation_id) == automation.id]
