"""Tasks and events as pages show them: finished texts in the reader's language, by the installation's clock."""

from dataclasses import dataclass
from datetime import date, time
from functools import cached_property

from sqlmodel import Session

from crm_app import locales, routes
from crm_app.locales import text
from crm_app.models import Permission, Priority, Repeat
from crm_app.services import events, installation, local_time, tasks
from crm_app.services.actor import Actor
from crm_app.services.tasks import Due
from crm_app.state.formats import clock, exact, planned, short_date

REPEATS = {
    Repeat.NONE: text("not again"),
    Repeat.DAILY: text("every day"),
    Repeat.WEEKLY: text("every week"),
    Repeat.MONTHLY: text("every month"),
    Repeat.YEARLY: text("every year"),
}


@dataclass
class TaskLine:
    """`due` is a member of `tasks.Due`; `is_high` and `is_low` its priority; `repeat` empty for once;
    `assignee` empty for the reader.
    """

    id: int = 0
    title: str = ""
    description: str = ""
    icon: str = ""
    type: str = ""
    due: str = ""
    when: str = ""
    exact: str = ""
    is_high: bool = False
    is_low: bool = False
    repeat: str = ""
    contact: str = ""
    contact_url: str = ""
    assignee: str = ""
    is_done: bool = False


@dataclass
class EventLine:
    id: int = 0
    title: str = ""
    due: str = ""
    when: str = ""
    exact: str = ""
    place: str = ""
    people: str = ""
    contact: str = ""
    contact_url: str = ""
    file_url: str = ""


class Planner:
    """Shows rows of tasks and events to one reader."""

    def __init__(self, session: Session, actor: Actor) -> None:
        self.session, self.actor, self.language = session, actor, actor.language
        self.may_edit = actor.may(Permission.CONTACTS_EDIT)

    @cached_property
    def zone(self) -> str:
        return installation.current(self.session).timezone

    @cached_property
    def today(self) -> date:
        return local_time.today(self.zone)

    def task(self, row: tasks.Row) -> TaskLine:
        task, contact = row.task, row.contact
        done = task.done_at
        return TaskLine(
            id=task.id or 0,
            title=task.title,
            description=task.description,
            icon=row.type.icon if row.type else "circle-check",
            type=row.type.name if row.type else "",
            due=tasks.due(task, self.zone).value,
            when=self.said(task.due_day, task.due_time),
            exact=exact(done, self.language, self.zone) if done else self._exact(task.due_day, task.due_time),
            is_high=task.priority == Priority.HIGH,
            is_low=task.priority == Priority.LOW,
            repeat=locales.render(REPEATS[Repeat(task.repeat)], self.language) if task.repeat != Repeat.NONE else "",
            contact=contact.display_name if contact else "",
            contact_url=routes.contact(contact.number) if contact else "",
            assignee=row.assignee if task.assignee_id != self.actor.user_id else "",
            is_done=done is not None,
        )

    def event(self, row: events.Row) -> EventLine:
        event, contact = row.event, row.contact
        return EventLine(
            id=event.id or 0,
            title=event.title,
            due=self.due(event.starts_on).value,
            when=self.span(row),
            exact=self._exact(event.starts_on, event.starts_at),
            place=event.place,
            people=", ".join(user.name for user in row.people if user.id != self.actor.user_id),
            contact=contact.display_name if contact else "",
            contact_url=routes.contact(contact.number) if contact else "",
            file_url=routes.event_file(event.id or 0),
        )

    def span(self, row: events.Row) -> str:
        """From when to when."""
        event = row.event
        begins = self.said(event.starts_on, event.starts_at)
        if event.starts_on == event.ends_on:
            return f"{begins} – {clock(event.ends_at, self.language)}" if event.ends_at else begins
        return f"{begins} – {self.said(event.ends_on, event.ends_at)}"

    def said(self, day: date, at: time | None) -> str:
        return planned(day, at, self.today, self.language)

    def due(self, day: date) -> Due:
        """Where a day stands, seen from today; what began before and goes on is today's."""
        days = (day - self.today).days
        return Due.TODAY if days <= 0 else Due.WEEK if days <= 7 else Due.LATER

    def _exact(self, day: date, at: time | None) -> str:
        shown = short_date(day, self.language)
        return f"{shown}, {clock(at, self.language)}" if at else shown
