"""Reminders: planned as rows with their moment, turned into notices by the server's workers, each exactly once."""

from collections.abc import Callable
from datetime import date, datetime, time

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, delete, select, update

from crm_app import routes
from crm_app.models import CalendarEvent, CalendarEventPerson, NoticeKind, Reminder, Task
from crm_app.models.base import now
from crm_app.services import database, installation, local_time, notices

CHUNK = 200
# Minutes before that can be chosen: whole days go by the calendar.
OFFSETS = (0, 5, 15, 30, 60, 120, 1440, 2880, 10080)


def plan_task(session: Session, task: Task, *, at: datetime | None = None) -> None:
    """Puts the task's reminder where it belongs now. One whose moment has passed already is not planned."""
    _forget(session, col(Reminder.task_id) == task.id, at)
    if task.is_open and task.assignee_id is not None and task.remind_before is not None:
        zone = installation.current(session).timezone
        _plan(session, task.assignee_id, _of_task(task, zone), zone, at, task_id=task.id)


def plan_event(session: Session, event: CalendarEvent, *, at: datetime | None = None) -> None:
    """The same for everybody who takes part in an event."""
    _forget(session, col(Reminder.event_id) == event.id, at)
    if event.removed_at is None and event.remind_before is not None:
        zone = installation.current(session).timezone
        people = select(CalendarEventPerson.user_id).where(CalendarEventPerson.event_id == event.id)
        for user_id in session.exec(people).all():
            _plan(session, user_id, _of_event(event, zone), zone, at, event_id=event.id)


def send_due(*, at: datetime | None = None, should_stop: Callable[[], bool] = lambda: False) -> int:
    """Turns every reminder that is due into a notice, in small transactions; what lay due while nothing ran as well.

    Any number of processes may do this at once: who marks the row writes the notice. Returns how many were written.
    """
    _follow_zone()
    written = 0
    while not should_stop():
        with database.reading() as session:
            due = select(Reminder.id).where(col(Reminder.sent_at).is_(None), Reminder.remind_at <= (at or now()))
            ids = session.exec(due.order_by(col(Reminder.remind_at)).limit(CHUNK)).all()
        if not ids:
            break
        with database.transaction() as session:
            written += sum(_send(session, id_ or 0) for id_ in ids)
    return written


def _send(session: Session, reminder_id: int) -> bool:
    marked = session.execute(
        update(Reminder).where(col(Reminder.id) == reminder_id, col(Reminder.sent_at).is_(None)).values(sent_at=now())
    )
    if marked.rowcount != 1:  # type: ignore[attr-defined]
        return False
    found = session.get_one(Reminder, reminder_id)
    task = session.get(Task, found.task_id) if found.task_id is not None else None
    event = session.get(CalendarEvent, found.event_id) if found.event_id is not None else None
    if task is not None and task.is_open:
        kind, link, contact_id = NoticeKind.TASK_REMINDER, routes.task(task.id or 0), task.contact_id
        told = said(task.title, task.due_day, task.due_time)
    elif event is not None and event.removed_at is None:
        kind, link, contact_id = NoticeKind.EVENT_REMINDER, routes.event(event.id or 0), event.contact_id
        told = said(event.title, event.starts_on, event.starts_at)
    else:
        return False
    notices.add(session, user_id=found.user_id, kind=kind, link=link, contact_id=contact_id, **told)
    return True


def said(title: str, day: date, clock: time | None) -> dict[str, str]:
    """What notices say of a task or an event."""
    return {"title": title, "day": day.isoformat(), "time": clock.isoformat("minutes") if clock else ""}


def _forget(session: Session, whose: ColumnElement[bool], at: datetime | None) -> None:
    """What is to come. One that is due stays, and is told in a moment."""
    to_come = col(Reminder.remind_at) > (at or now())
    session.execute(delete(Reminder).where(whose, col(Reminder.sent_at).is_(None), to_come))


def _plan(
    session: Session,
    user_id: int,
    moment: datetime,
    zone: str,
    at: datetime | None,
    *,
    task_id: int | None = None,
    event_id: int | None = None,
) -> None:
    if moment > (at or now()):
        session.add(Reminder(user_id=user_id, task_id=task_id, event_id=event_id, remind_at=moment, zone=zone))
        session.flush()


def _of_task(task: Task, zone: str) -> datetime:
    return local_time.before(task.due_day, task.due_time, task.remind_before or 0, zone)


def _of_event(event: CalendarEvent, zone: str) -> datetime:
    return local_time.before(event.starts_on, event.starts_at, event.remind_before or 0, zone)


def _follow_zone() -> None:
    """After the installation moved to another time zone, "10:00" is another moment: works out those to come again."""
    with database.reading() as session:
        zone = installation.current(session).timezone
        others = select(Reminder.id).where(col(Reminder.sent_at).is_(None), Reminder.zone != zone).limit(1)
        if session.exec(others).first() is None:
            return
    with database.transaction() as session:
        stale = select(Reminder).where(col(Reminder.sent_at).is_(None), Reminder.zone != zone)
        for found in session.exec(stale).all():
            task = session.get(Task, found.task_id) if found.task_id is not None else None
            event = session.get(CalendarEvent, found.event_id) if found.event_id is not None else None
            if task is not None:
                found.remind_at = _of_task(task, zone)
            elif event is not None:
                found.remind_at = _of_event(event, zone)
            found.zone = zone
            session.add(found)
