"""Tasks and events as iCalendar (RFC 5545), with the rules of the time zone: "10:00" stays 10:00 on its clock.

Calendar programs show no to-dos of an address they subscribe to, so a task is an event of half an hour, or of the day,
that leaves its time free.
"""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

from crm_app import routes
from crm_app.models import Contact
from crm_app.services import events, links, local_time, tasks, zone_rules

TASK_LASTS = timedelta(minutes=30)
PRODUCT = "-//CRM//Tasks and events//EN"


def calendar(name: str, zone: str, task_rows: Iterable[tasks.Row] = (), event_rows: Iterable[events.Row] = ()) -> bytes:
    """One file of them all; `name` is what programs call it."""
    made = Calendar()
    made.add("prodid", PRODUCT)
    made.add("version", "2.0")
    made.add("x-wr-calname", name)
    entries = [*(_task(row, zone) for row in task_rows), *(_event(row, zone) for row in event_rows)]
    days = [moment for entry in entries for moment in (entry.start, entry.end)]
    timed = [moment.date() for moment in days if isinstance(moment, datetime)]
    if timed and zone != "UTC":
        made.add_component(zone_rules.timezone(zone, min(timed), max(timed)))
    for entry in entries:
        made.add_component(entry)
    return bytes(made.to_ical())


def _task(row: tasks.Row, zone: str) -> Event:
    task = row.task
    made = _entry(
        f"task-{task.id}", task.title, task.created_at, task.description, row.contact, routes.task(task.id or 0)
    )
    if row.type is not None:
        made.add("categories", [row.type.name])
    made.add("transp", "TRANSPARENT")
    _span(made, zone, task.due_day, task.due_time, task.due_day, None)
    return made


def _event(row: events.Row, zone: str) -> Event:
    event = row.event
    link = routes.event(event.id or 0)
    made = _entry(f"event-{event.id}", event.title, event.created_at, event.description, row.contact, link)
    if event.place:
        made.add("location", event.place)
    _span(made, zone, event.starts_on, event.starts_at, event.ends_on, event.ends_at)
    return made


def _entry(key: str, title: str, made_at: datetime, description: str, contact: Contact | None, link: str) -> Event:
    made, base = Event(), links.base_url()
    made.add("uid", f"{key}@{base.partition('://')[2]}")
    made.add("dtstamp", made_at)
    made.add("summary", f"{title} – {contact.display_name}" if contact is not None else title)
    if description:
        made.add("description", description)
    made.add("url", base + link)
    return made


def _span(made: Event, zone: str, day: date, begin: time | None, end_day: date, end: time | None) -> None:
    """A day's end is the day behind it. What the clock jumps over stands where it means (`local_time`)."""
    if begin is None:
        made.add("dtstart", day)
        made.add("dtend", end_day + timedelta(days=1))
        return
    starts = local_time.moment(day, begin, zone)
    ends = local_time.moment(end_day, end, zone) if end is not None else starts + TASK_LASTS
    made.add("dtstart", starts.astimezone(ZoneInfo(zone)))
    made.add("dtend", max(starts, ends).astimezone(ZoneInfo(zone)))
