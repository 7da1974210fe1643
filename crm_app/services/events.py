"""Events of the calendar: one's own, those of contacts one sees, and with a right those of colleagues."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_
from sqlmodel import Session, col, delete, select

from crm_app.locales import text
from crm_app.models import CalendarEvent, CalendarEventPerson, Contact, Permission, User
from crm_app.models.base import now
from crm_app.services import planned_input, reminders
from crm_app.services.actor import Actor
from crm_app.services.contacts.visibility import visible
from crm_app.services.errors import Invalid, NotFound
from crm_app.services.planned_input import Texts
from crm_app.services.tasks import among_colleagues, of_visible_contact

MOST = 20_000  # of a calendar: nobody has so many


@dataclass(frozen=True, slots=True)
class Row:
    """An event as calendars show it; `contact` only where the actor sees it."""

    event: CalendarEvent
    people: tuple[User, ...]
    contact: Contact | None


def add(session: Session, actor: Actor, texts: Texts) -> CalendarEvent:
    """A new event from what was typed (`_values`); without people it is the actor's. Raises NotPermitted, Invalid."""
    actor.require(Permission.CONTACTS_EDIT)
    made = CalendarEvent(created_by_id=actor.user_id, **_values(session, actor, texts))
    return _save(session, made, _people(session, actor, texts, ()))


def change(session: Session, actor: Actor, event_id: int, texts: Texts) -> CalendarEvent:
    """The event as it is typed now. Raises NotFound, NotPermitted, Invalid(field)."""
    found = get(session, actor, event_id, to_change=True)
    for name, value in _values(session, actor, texts, found).items():
        setattr(found, name, value)
    return _save(session, found, _people(session, actor, texts, people(session, [event_id]).get(event_id, ())))


def move(session: Session, actor: Actor, event_id: int, day: date) -> date:
    """To begin on another day, as long and at the same time. Returns the day before. Raises like `change`."""
    found = get(session, actor, event_id, to_change=True)
    before, length = found.starts_on, found.ends_on - found.starts_on
    if not planned_input.FIRST <= day <= planned_input.LAST - length:
        raise Invalid(text("This day is too far away."), "day")
    found.starts_on, found.ends_on = day, day + length
    _save(session, found, None)
    return before


def remove(session: Session, actor: Actor, event_id: int) -> CalendarEvent:
    """Takes the event away; `restore` brings it back. Raises NotFound, NotPermitted."""
    found = get(session, actor, event_id, to_change=True)
    found.removed_at = now()
    return _save(session, found, None)


def restore(session: Session, actor: Actor, event_id: int) -> CalendarEvent:
    """A removed event is there again; doing it again changes nothing. Raises NotFound, NotPermitted."""
    found = get(session, actor, event_id, to_change=True, removed=True)
    found.removed_at = None
    return _save(session, found, None)


def get(
    session: Session, actor: Actor, event_id: int, *, to_change: bool = False, removed: bool = False
) -> CalendarEvent:
    """The event. Raises NotFound when it is not there for the actor; NotPermitted."""
    actor.require(Permission.CONTACTS_EDIT if to_change else Permission.CONTACTS_READ)
    query = select(CalendarEvent).where(CalendarEvent.id == event_id, visible_events(actor))
    found = session.exec(query if removed else query.where(col(CalendarEvent.removed_at).is_(None))).first()
    if found is None:
        raise NotFound(text("There is no such event."))
    return found


def row(session: Session, actor: Actor, event_id: int) -> Row:
    """The same with what calendars show of it."""
    get(session, actor, event_id)
    return _rows(session, actor, [col(CalendarEvent.id) == event_id])[0]


def between(session: Session, actor: Actor, first: date, last: date, *, colleagues: bool = False) -> list[Row]:
    """What touches these days: where the actor takes part, with `colleagues` all the actor may see."""
    actor.require(Permission.TASKS_ALL if colleagues else Permission.CONTACTS_READ)
    whose = visible_events(actor) if colleagues else _takes_part(actor)
    days = [col(CalendarEvent.starts_on) <= last, col(CalendarEvent.ends_on) >= first]
    return _rows(session, actor, [whose, *days])


def coming_of_contact(session: Session, actor: Actor, contact: Contact, today: date) -> list[Row]:
    """Events from today on with a contact that was fetched through `cards.get`, whoever takes part."""
    actor.require(Permission.CONTACTS_READ)
    return _rows(session, actor, [col(CalendarEvent.contact_id) == contact.id, col(CalendarEvent.ends_on) >= today])


def people(session: Session, event_ids: Collection[int]) -> dict[int, tuple[User, ...]]:
    """Who takes part, by event, in the order of names."""
    query = select(CalendarEventPerson.event_id, User).join(User, col(User.id) == col(CalendarEventPerson.user_id))
    found: dict[int, tuple[User, ...]] = {}
    wanted = query.where(col(CalendarEventPerson.event_id).in_(event_ids)).order_by(User.name)
    for event_id, user in session.exec(wanted).all():
        found[event_id] = (*found.get(event_id, ()), user)
    return found


def visible_events(actor: Actor) -> ColumnElement[bool]:
    """What keeps a query to the events the actor may see."""
    found: list[ColumnElement[bool]] = [of_visible_contact(actor, col(CalendarEvent.contact_id))]
    if actor.user_id is not None:
        found += [_takes_part(actor), col(CalendarEvent.created_by_id) == actor.user_id]
    if actor.may(Permission.TASKS_ALL):
        person = col(CalendarEventPerson.user_id)
        found.append(_has(among_colleagues(actor, person, col(CalendarEvent.contact_id))))
    return or_(*found)


def _takes_part(actor: Actor) -> ColumnElement[bool]:
    return _has(col(CalendarEventPerson.user_id) == actor.user_id)


def _has(person: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(col(CalendarEventPerson.event_id) == col(CalendarEvent.id), person)


def _rows(session: Session, actor: Actor, conditions: Collection[ColumnElement[bool]]) -> list[Row]:
    query = (
        select(CalendarEvent, Contact)
        .join(Contact, and_(col(Contact.id) == col(CalendarEvent.contact_id), *visible(actor)), isouter=True)
        .where(*conditions, col(CalendarEvent.removed_at).is_(None))
        .order_by(col(CalendarEvent.starts_on), col(CalendarEvent.id))
        .limit(MOST)
    )
    found = session.exec(query).all()
    who = people(session, [event.id or 0 for event, _ in found])
    rows = [Row(event, who.get(event.id or 0, ()), contact) for event, contact in found]
    return sorted(rows, key=lambda one: (one.event.starts_on, str(one.event.starts_at or ""), one.event.id))


def _values(session: Session, actor: Actor, texts: Texts, was: CalendarEvent | None = None) -> dict[str, Any]:
    """Columns from title, day, time, end_day, end_time, all_day, place, description, remind and contact.

    Without an end it takes an hour, or the day. Raises Invalid(field).
    """
    day, is_all_day = planned_input.day(texts, "day"), bool(texts.get("all_day"))
    begin = None if is_all_day else planned_input.clock(texts, "time")
    if begin is None and not is_all_day:
        raise Invalid(text("Give the time it begins, or tick “all day”."), "time")
    end_day = planned_input.day(texts, "end_day") if texts.get("end_day", "").strip() else day
    end = None if begin is None else planned_input.clock(texts, "end_time")
    if begin is not None and end is None:
        later = datetime.combine(day, begin) + timedelta(hours=1)
        end_day, end = max(end_day, later.date()), later.time()
    if end_day < day or (end_day == day and begin is not None and end is not None and end < begin):
        raise Invalid(text("It cannot end before it begins."), "end_time" if end_day == day else "end_day")
    found = {
        "title": planned_input.line(texts, "title", required=True),
        "starts_on": day,
        "starts_at": begin,
        "ends_on": end_day,
        "ends_at": end,
        "place": planned_input.line(texts, "place"),
        "description": planned_input.lines(texts, "description"),
        "remind_before": planned_input.remind_before(texts),
    }
    if "contact" in texts or was is None:
        found["contact_id"] = planned_input.contact_id(session, actor, texts)
    return found


def _people(session: Session, actor: Actor, texts: Texts, was: Collection[User]) -> list[int]:
    """Ids from `people`, divided by commas. Who is there already and whom the actor cannot choose stays."""
    typed = [part for part in texts.get("people", "").split(",") if part.strip()]
    there = {str(user.id): user.id or 0 for user in was}
    chosen = [
        there[part.strip()] if part.strip() in there else planned_input.user_id(session, actor, part, "people")
        for part in typed
    ]
    if not chosen and was:
        return [user.id or 0 for user in was]
    if not chosen and actor.user_id is not None:
        return [actor.user_id]
    return list(dict.fromkeys(chosen))


def _save(session: Session, event: CalendarEvent, user_ids: Collection[int] | None) -> CalendarEvent:
    """None leaves the people as they are."""
    session.add(event)
    session.flush()
    if user_ids is not None:
        session.execute(delete(CalendarEventPerson).where(col(CalendarEventPerson.event_id) == event.id))
        session.add_all(CalendarEventPerson(event_id=event.id or 0, user_id=user_id) for user_id in user_ids)
        session.flush()
    reminders.plan_event(session, event)
    return event
