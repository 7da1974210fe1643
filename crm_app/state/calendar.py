"""The calendar: a month or a week as a grid, or what comes as a list; the address carries view and day."""

import asyncio
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal
from urllib.parse import urlencode

import reflex as rx
from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_interval, format_skeleton

from crm_app import routes
from crm_app.models import Permission
from crm_app.services import database, events, installation, tasks
from crm_app.services.actor import Actor
from crm_app.state.event_form import EventFormState
from crm_app.state.formats import clock
from crm_app.state.guard import action
from crm_app.state.planned_view import EventLine, Planner, TaskLine
from crm_app.state.session import current_actor
from crm_app.state.task_form import TaskFormState

VIEWS = ("month", "week", "agenda")
AGENDA_DAYS = 30
FIRST, LAST = date(2000, 1, 1), date(2199, 1, 1)


@dataclass
class CalendarItem:
    """A task or an event on one day. `hint` says it in full; `mark` is a CSS class."""

    kind: str
    id: int
    title: str
    time: str
    hint: str
    mark: str


@dataclass
class CalendarDay:
    iso: str
    number: str
    name: str  # in full
    weekday: str
    is_today: bool
    is_outside: bool
    items: list[CalendarItem] = field(default_factory=list)


@dataclass
class AgendaDay:
    iso: str
    name: str
    is_today: bool
    tasks: list[TaskLine] = field(default_factory=list)
    events: list[EventLine] = field(default_factory=list)


@dataclass
class Shown:
    title: str = ""
    agenda_title: str = ""
    weekdays: list[str] = field(default_factory=list)
    days: list[CalendarDay] = field(default_factory=list)
    agenda: list[AgendaDay] = field(default_factory=list)
    previous: str = ""
    next: str = ""


class CalendarState(rx.State):
    """`view` is empty where the address names none: a month on desktops, the list on phones."""

    view: str = ""
    day: str = ""
    shown: Shown = Shown()
    seen: int = 0  # another number: the days are the truth again
    loaded: bool = False
    everybody: bool = False
    may_edit: bool = False
    may_see_all: bool = False
    previous_url: str = ""
    next_url: str = ""
    today_url: str = ""
    month_url: str = ""
    week_url: str = ""
    agenda_url: str = ""
    agenda_day_url: str = ""  # before a day
    mine_url: str = ""
    everybody_url: str = ""

    @action(permission=Permission.CONTACTS_READ)
    async def load(self):
        actor, asked = await current_actor(self), self.router.url.query_parameters
        self.may_edit, self.may_see_all = actor.may(Permission.CONTACTS_EDIT), actor.may(Permission.TASKS_ALL)
        self.view = asked.get("view", "") if asked.get("view") in VIEWS else ""
        self.day = asked.get("day", "") if _day(asked.get("day", "")) else ""
        self.everybody = asked.get("whose") == "everybody" and self.may_see_all
        self.shown = await asyncio.to_thread(_fetch, actor, self.view, _day(self.day), self.everybody)
        self.previous_url, self.next_url = self._url(day=self.shown.previous), self._url(day=self.shown.next)
        self.today_url = self._url(day="")
        self.month_url, self.week_url = self._url(view="month"), self._url(view="week")
        self.agenda_url, self.agenda_day_url = self._url(view="agenda"), self._url(view="agenda", day="") + "&day="
        self.mine_url, self.everybody_url = self._url(whose="mine"), self._url(whose="everybody")
        self.loaded, self.seen = True, self.seen + 1

    @action(permission=Permission.CONTACTS_READ)
    async def open(self, kind: Literal["task", "event"], id: int):
        """Opens what was clicked in the grid."""
        return TaskFormState.edit(id) if kind == "task" else EventFormState.edit(id)

    @action(permission=Permission.CONTACTS_EDIT)
    async def add(self, day: str):
        """A new event on that day."""
        return EventFormState.new(0, day)

    def _url(self, **changed: str) -> str:
        kept = {"view": self.view, "day": self.day, "whose": "everybody" if self.everybody else "mine", **changed}
        params = urlencode({name: value for name, value in kept.items() if value not in ("", "mine")})
        return routes.CALENDAR + ("?" + params if params else "")


def _day(typed: str) -> date | None:
    try:
        found = date.fromisoformat(typed)
    except ValueError:
        return None
    return found if FIRST <= found <= LAST else None


def _fetch(actor: Actor, view: str, day: date | None, everybody: bool) -> Shown:
    with database.reading() as session:
        planner = Planner(session, actor)
        around = day or planner.today
        country = installation.current(session).country
        found = Shown()
        if view != "agenda":
            _fill_grid(found, planner, view or "month", around, country, everybody)
        if view in ("", "agenda"):
            _fill_agenda(found, planner, around, everybody)
        if view == "agenda":
            found.title = found.agenda_title
            found.previous = (around - timedelta(days=AGENDA_DAYS)).isoformat()
            found.next = (around + timedelta(days=AGENDA_DAYS)).isoformat()
        return found


def _fill_grid(found: Shown, planner: Planner, view: str, around: date, country: str, everybody: bool) -> None:
    first, last = span(view, around, country)
    language, items = planner.language, _items(planner, first, last, everybody)
    found.days = [
        CalendarDay(
            iso=day.isoformat(),
            number=str(day.day),
            name=format_date(day, "full", locale=language),
            weekday=format_date(day, "EEE", locale=language),
            is_today=day == planner.today,
            is_outside=view == "month" and day.month != around.month,
            items=items.get(day, []),
        )
        for day in (first + timedelta(days=n) for n in range((last - first).days + 1))
    ]
    found.weekdays = [one.weekday for one in found.days[:7]]
    if view == "month":
        found.title = format_skeleton("yMMMM", around, locale=language)
        begin = around.replace(day=1)
        found.previous = (begin - timedelta(days=1)).replace(day=1).isoformat()
        found.next = (begin + timedelta(days=31)).replace(day=1).isoformat()
    else:
        found.title = format_interval(first, last, "yMMMd", locale=language)
        found.previous = (around - timedelta(days=7)).isoformat()
        found.next = (around + timedelta(days=7)).isoformat()


def span(view: str, around: date, country: str) -> tuple[date, date]:
    """First and last day of the grid: whole weeks, as they begin in the country."""
    begins = _week_begins(country)
    first, last = around, around
    if view == "month":
        first = around.replace(day=1)
        last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    first -= timedelta(days=(first.weekday() - begins) % 7)
    last += timedelta(days=(begins + 6 - last.weekday()) % 7)
    return first, last


def _week_begins(country: str) -> int:
    """0 = Monday, where the country is not known as well."""
    try:
        return int(Locale.parse(f"und_{country}").first_week_day)
    except (UnknownLocaleError, ValueError):
        return 0


def _items(planner: Planner, first: date, last: date, everybody: bool) -> dict[date, list[CalendarItem]]:
    """By day; whole days first, then by time."""
    session, actor, language = planner.session, planner.actor, planner.language
    found: dict[date, list[tuple[str, CalendarItem]]] = {}
    for row in events.between(session, actor, first, last, colleagues=everybody):
        event, line = row.event, planner.event(row)
        hint = " · ".join(part for part in (line.when, line.title, line.contact, line.place) if part)
        day = max(event.starts_on, first)
        while day <= min(event.ends_on, last):
            begins = day == event.starts_on
            shown = clock(event.starts_at, language) if begins else ""
            key = str(event.starts_at) if begins and event.starts_at else ""
            item = CalendarItem("event", line.id, line.title, shown, hint, "is-event" if begins else "is-event goes-on")
            found.setdefault(day, []).append((key, item))
            day += timedelta(days=1)
    for one in tasks.between(session, actor, first, last, colleagues=everybody):
        line, at = planner.task(one), one.task.due_time
        hint = " · ".join(part for part in (line.when, line.type, line.title, line.contact) if part)
        mark = "is-task overdue" if line.due == "overdue" else "is-task"
        item = CalendarItem("task", line.id, line.title, clock(at, language), hint, mark)
        found.setdefault(one.task.due_day, []).append((str(at) if at else "~", item))
    return {day: [item for _, item in sorted(items, key=lambda pair: pair[0])] for day, items in found.items()}


def _fill_agenda(found: Shown, planner: Planner, first: date, everybody: bool) -> None:
    """Only days that have something."""
    session, actor, language = planner.session, planner.actor, planner.language
    last = first + timedelta(days=AGENDA_DAYS - 1)
    days: dict[date, AgendaDay] = {}

    def on(day: date) -> AgendaDay:
        name = format_date(day, "full", locale=language)
        return days.setdefault(day, AgendaDay(day.isoformat(), name, day == planner.today))

    for row in events.between(session, actor, first, last, colleagues=everybody):
        on(max(row.event.starts_on, first)).events.append(planner.event(row))
    for one in tasks.between(session, actor, first, last, colleagues=everybody):
        on(one.task.due_day).tasks.append(planner.task(one))
    found.agenda = [days[day] for day in sorted(days)]
    found.agenda_title = format_interval(first, last, "yMMMd", locale=language)
