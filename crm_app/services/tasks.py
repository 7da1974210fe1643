"""Tasks: given, changed, done, put off. One's own, those of contacts one sees, and with a right those of colleagues."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select, update

from crm_app import routes
from crm_app.locales import text
from crm_app.models import Contact, NoticeKind, Permission, Priority, Repeat, Task, TaskType, User
from crm_app.models.base import now
from crm_app.services import choosable, installation, local_time, notices, planned_input, reminders, task_series
from crm_app.services.actor import Actor
from crm_app.services.automations import happenings
from crm_app.services.contacts.visibility import of_branches, visible
from crm_app.services.errors import Invalid, NotFound
from crm_app.services.planned_input import Texts

SHOWN = 300
MANY = 500
MOST = 20_000  # of a calendar: nobody has so many


class Due(StrEnum):
    """When a task is due, seen from now."""

    OVERDUE = "overdue"
    TODAY = "today"
    WEEK = "week"  # within the next seven days
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Row:
    """A task as lists show it; `contact` only where the actor sees it."""

    task: Task
    type: TaskType | None
    assignee: str
    contact: Contact | None


def add(session: Session, actor: Actor, texts: Texts, *, notify: bool = False) -> Task:
    """A new task from what was typed: title, day, and what of the others there is (`_values`).

    `notify` tells the assignee at once, unless it is the actor. Raises NotPermitted, Invalid(field).
    """
    actor.require(Permission.CONTACTS_EDIT)
    made = Task(created_by_id=actor.user_id, depth=happenings.depth(session), **_values(session, actor, texts))
    _save(session, made)
    if notify:
        _tell(session, actor, made)
    return made


def change(session: Session, actor: Actor, task_id: int, texts: Texts, *, notify: bool = False) -> Task:
    """The task as it is typed now. `notify` tells a new assignee. Raises NotFound, NotPermitted, Invalid(field)."""
    found = get(session, actor, task_id, to_change=True)
    was = found.assignee_id
    values = _values(session, actor, texts, found)
    for name, value in values.items():
        setattr(found, name, value)
    _save(session, found)
    if notify and found.assignee_id != was:
        _tell(session, actor, found)
    return found


def done(session: Session, actor: Actor, task_id: int, *, at: datetime | None = None) -> Task:
    """Finishes it; a repeated one comes again. Doing it twice, or at once with a colleague, does it once.

    Raises NotFound, NotPermitted.
    """
    found, at = get(session, actor, task_id, to_change=True), at or now()
    mine = update(Task).where(col(Task.id) == found.id, col(Task.done_at).is_(None))
    marked = session.execute(mine.values(done_at=at, done_by_id=actor.user_id))
    session.refresh(found)
    if marked.rowcount == 1:  # type: ignore[attr-defined]
        reminders.plan_task(session, found)
        if found.repeat != Repeat.NONE:
            _repeat(session, found, at)
    return found


def reopen(session: Session, actor: Actor, task_id: int) -> Task:
    """As if it had not been done; what came after it goes, unless somebody changed that. Raises like `done`."""
    found = get(session, actor, task_id, to_change=True)
    if found.done_at is None:
        return found
    after = session.get(Task, found.next_id) if found.next_id is not None else None
    day = _next_day(session, found, found.done_at) if found.repeat != Repeat.NONE else None
    found.done_at, found.done_by_id = None, None
    if after is not None and after.is_open and after.due_day == day and _is_copy(found, after):
        found.next_id, after.removed_at = None, now()
        _save(session, after)
    _save(session, found)
    return found


def reschedule(session: Session, actor: Actor, task_ids: Sequence[int], day: date) -> dict[int, date]:
    """Puts them off to another day, at the same time of it. Returns the day each had before.

    Raises NotFound when one of them is not there for the actor, NotPermitted; Invalid ("day").
    """
    actor.require(Permission.CONTACTS_EDIT)
    if not planned_input.FIRST <= day <= planned_input.LAST:
        raise Invalid(text("This day is too far away."), "day")
    before = {}
    for task_id in list(dict.fromkeys(task_ids))[:MANY]:
        found = get(session, actor, task_id, to_change=True)
        if found.due_day == day or not found.is_open:
            continue
        before[task_id] = found.due_day
        found.due_day = day
        _save(session, found)
    return before


def remove(session: Session, actor: Actor, task_id: int) -> Task:
    """Takes the task away; `restore` brings it back. Raises NotFound, NotPermitted."""
    found = get(session, actor, task_id, to_change=True)
    found.removed_at = now()
    _save(session, found)
    return found


def restore(session: Session, actor: Actor, task_id: int) -> Task:
    """A removed task is there again; doing it again changes nothing. Raises NotFound, NotPermitted."""
    found = get(session, actor, task_id, to_change=True, removed=True)
    found.removed_at = None
    _save(session, found)
    return found


def get(session: Session, actor: Actor, task_id: int, *, to_change: bool = False, removed: bool = False) -> Task:
    """The task. Raises NotFound when it is not there for the actor; NotPermitted."""
    actor.require(Permission.CONTACTS_EDIT if to_change else Permission.CONTACTS_READ)
    query = select(Task).where(Task.id == task_id, visible_tasks(actor))
    found = session.exec(query if removed else query.where(col(Task.removed_at).is_(None))).first()
    if found is None:
        raise NotFound(text("There is no such task."))
    return found


def row(session: Session, actor: Actor, task_id: int) -> Row:
    """The same with what lists show of it."""
    get(session, actor, task_id)
    return _rows(session, actor, [col(Task.id) == task_id], 1)[0]


def mine(session: Session, actor: Actor) -> list[Row]:
    """The actor's open tasks, the next one first."""
    actor.require(Permission.CONTACTS_READ)
    return _rows(session, actor, [col(Task.assignee_id) == actor.user_id, _is_open()], SHOWN)


def of_colleagues(session: Session, actor: Actor, user_id: int | None = None) -> list[Row]:
    """Open tasks of others, or of one of them. Raises NotPermitted."""
    actor.require(Permission.TASKS_ALL)
    theirs = col(Task.assignee_id) == user_id if user_id else col(Task.assignee_id) != actor.user_id
    return _rows(session, actor, [theirs, visible_tasks(actor), _is_open()], SHOWN)


def done_lately(session: Session, actor: Actor, *, colleagues: bool = False, limit: int = 50) -> list[Row]:
    """Finished tasks, the last one first: the actor's own, or those of colleagues. Raises NotPermitted."""
    actor.require(Permission.TASKS_ALL if colleagues else Permission.CONTACTS_READ)
    own = col(Task.assignee_id) == actor.user_id
    which = [~own if colleagues else own, visible_tasks(actor), col(Task.done_at).is_not(None)]
    found = _rows(session, actor, [*which, col(Task.removed_at).is_(None)], limit, newest_done=True)
    return sorted(found, key=lambda one: one.task.done_at or now(), reverse=True)


def of_contact(session: Session, actor: Actor, contact: Contact) -> list[Row]:
    """Open tasks of a contact that was fetched through `cards.get`, whoever has them."""
    actor.require(Permission.CONTACTS_READ)
    return _rows(session, actor, [col(Task.contact_id) == contact.id, _is_open()], SHOWN)


def between(session: Session, actor: Actor, first: date, last: date, *, colleagues: bool = False) -> list[Row]:
    """Open tasks due on these days: the actor's own, with `colleagues` all the actor may see."""
    actor.require(Permission.TASKS_ALL if colleagues else Permission.CONTACTS_READ)
    whose = visible_tasks(actor) if colleagues else col(Task.assignee_id) == actor.user_id
    days = [col(Task.due_day) >= first, col(Task.due_day) <= last]
    return _rows(session, actor, [whose, _is_open(), *days], MOST)


def due(task: Task, zone: str, at: datetime | None = None) -> Due:
    """Where the task stands in time."""
    today = local_time.today(zone, at)
    is_past = task.due_time is not None and local_time.moment(task.due_day, task.due_time, zone) < (at or now())
    if task.due_day < today or (task.due_day == today and is_past):
        return Due.OVERDUE
    if task.due_day == today:
        return Due.TODAY
    return Due.WEEK if (task.due_day - today).days <= 7 else Due.LATER


def visible_tasks(actor: Actor) -> ColumnElement[bool]:
    """What keeps a query to the tasks the actor may see."""
    found: list[ColumnElement[bool]] = [of_visible_contact(actor, col(Task.contact_id))]
    if actor.user_id is not None:
        found += [col(Task.assignee_id) == actor.user_id, col(Task.created_by_id) == actor.user_id]
    if actor.may(Permission.TASKS_ALL):
        found.append(among_colleagues(actor, col(Task.assignee_id), col(Task.contact_id)))
    return or_(*found)


def of_visible_contact(actor: Actor, contact_id: Any) -> ColumnElement[bool]:
    """It is about a contact the actor sees."""
    return exists().where(col(Contact.id) == contact_id, *visible(actor)).correlate_except(Contact)


def among_colleagues(actor: Actor, user: Any, contact_id: Any) -> ColumnElement[bool]:
    """The user belongs to the actor's branches. Who sees only some owners' contacts sees of these users what is about
    no contact."""
    theirs: ColumnElement[bool] = user.in_(select(User.id).where(*of_branches(actor, col(User.branch_id))))
    if actor.owner_ids is None:
        return theirs
    return and_(theirs, user.in_(sorted(actor.owner_ids)), contact_id.is_(None))


def _is_open() -> ColumnElement[bool]:
    return and_(col(Task.done_at).is_(None), col(Task.removed_at).is_(None))


def _rows(
    session: Session,
    actor: Actor,
    conditions: Collection[ColumnElement[bool]],
    limit: int,
    *,
    newest_done: bool = False,
) -> list[Row]:
    assignee = aliased(User)
    query = (
        select(Task, TaskType, assignee.name, Contact)
        .join(TaskType, col(TaskType.id) == col(Task.type_id), isouter=True)
        .join(assignee, assignee.id == col(Task.assignee_id), isouter=True)  # type: ignore[arg-type]
        .join(Contact, and_(col(Contact.id) == col(Task.contact_id), *visible(actor)), isouter=True)
        .where(*conditions)
        .limit(limit)
    )
    order = (col(Task.done_at).desc(), col(Task.id)) if newest_done else (col(Task.due_day), col(Task.id))
    found = [Row(task, kind, name or "", contact) for task, kind, name, contact in session.exec(query.order_by(*order))]
    return sorted(found, key=_order)


def _order(row: Row) -> tuple[Any, ...]:
    clock = row.task.due_time
    return row.task.due_day, clock is None, clock.isoformat() if clock else "", -row.task.priority, row.task.id


def _values(session: Session, actor: Actor, texts: Texts, was: Task | None = None) -> dict[str, Any]:
    """Columns from title, day, time, type, description, priority, repeat, remind, contact and assignee.

    Without an assignee it is the actor's own; of a task that is there, its own and its contact stay where the actor
    may not choose them.
    """
    repeat = texts.get("repeat") or Repeat.NONE
    priority = texts.get("priority") or str(Priority.NORMAL.value)
    if repeat not in set(Repeat) or priority not in {str(one.value) for one in Priority}:
        raise Invalid(text("Choose from the list."), "repeat" if repeat not in set(Repeat) else "priority")
    day = planned_input.day(texts, "day")
    goes_on = was is not None and was.due_day == day and was.repeat == repeat
    found = {
        "title": planned_input.line(texts, "title", required=True),
        "due_day": day,
        "due_time": planned_input.clock(texts, "time"),
        "description": planned_input.lines(texts, "description"),
        "priority": int(priority),
        "repeat": str(repeat),
        "repeat_from": None if repeat == Repeat.NONE else was.repeat_from if goes_on and was else day,
        "remind_before": planned_input.remind_before(texts),
        "type_id": _type_id(session, texts.get("type", ""), was),
    }
    kept = was is not None and texts.get("assignee", "") in ("", str(was.assignee_id))
    if not kept:
        chosen = texts.get("assignee") or str(actor.user_id or "")
        found["assignee_id"] = planned_input.user_id(session, actor, chosen, "assignee")
    if "contact" in texts or was is None:
        found["contact_id"] = planned_input.contact_id(session, actor, texts)
    return found


def _type_id(session: Session, typed: str, was: Task | None) -> int | None:
    """A type there is; a removed one stays only where it was. Raises Invalid("type")."""
    if not typed:
        return None
    if was is not None and typed == str(was.type_id):
        return was.type_id
    found = {str(one.id): one.id for one in choosable.task_types(session)}
    if typed not in found:
        raise Invalid(text("Choose a type from the list."), "type")
    return found[typed]


def _save(session: Session, task: Task) -> None:
    session.add(task)
    session.flush()
    reminders.plan_task(session, task)


def _repeat(session: Session, task: Task, at: datetime) -> None:
    after = session.get(Task, task.next_id) if task.next_id is not None else None
    if after is not None and after.removed_at is None:
        return
    day = _next_day(session, task, at)
    kept = ("assignee_id", "created_by_id", "type_id", "contact_id", "title", "description", "due_time", "priority")
    copied = {name: getattr(task, name) for name in (*kept, "repeat", "repeat_from", "remind_before", "depth")}
    made = Task(due_day=day, **copied)
    _save(session, made)
    task.next_id = made.id
    session.add(task)
    session.flush()


def _next_day(session: Session, task: Task, at: datetime) -> date:
    """When a repeated task comes again that is finished at this moment."""
    yesterday = date.fromordinal(local_time.today(installation.current(session).timezone, at).toordinal() - 1)
    first = task.repeat_from or task.due_day
    return task_series.next_day(Repeat(task.repeat), first, max(task.due_day, yesterday))


def _is_copy(task: Task, after: Task) -> bool:
    """Nobody changed what finishing the task made."""
    same = ("assignee_id", "type_id", "contact_id", "title", "description", "due_time", "priority", "remind_before")
    return all(getattr(task, name) == getattr(after, name) for name in (*same, "repeat", "repeat_from"))


def _tell(session: Session, actor: Actor, task: Task) -> None:
    if task.assignee_id is None or task.assignee_id == actor.user_id:
        return
    told = reminders.said(task.title, task.due_day, task.due_time)
    notices.add(
        session,
        user_id=task.assignee_id,
        kind=NoticeKind.TASK_ASSIGNED,
        link=routes.task(task.id or 0),
        contact_id=task.contact_id,
        who=actor.name,
        **told,
    )
