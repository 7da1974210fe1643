"""The page "My tasks and events"."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlencode

import reflex as rx

from crm_app import routes
from crm_app.models import Permission
from crm_app.services import database, events, tasks
from crm_app.services.actor import Actor
from crm_app.services.tasks import Due
from crm_app.state.choice import Choice
from crm_app.state.contact_view import key_of
from crm_app.state.guard import action
from crm_app.state.planned_form import colleague_choices
from crm_app.state.planned_view import EventLine, Planner, TaskLine
from crm_app.state.session import current_actor
from crm_app.state.task_acts import TaskActState

EVENTS_AHEAD = timedelta(days=60)


@dataclass
class TaskGroup:
    """Tasks of one part of time, a member of `tasks.Due`, or "done"."""

    key: str
    lines: list[TaskLine] = field(default_factory=list)


@dataclass
class EventGroup:
    key: str
    lines: list[EventLine] = field(default_factory=list)


@dataclass
class Overview:
    tasks: list[TaskGroup] = field(default_factory=list)
    events: list[EventGroup] = field(default_factory=list)
    colleagues: list[Choice] = field(default_factory=list)


class TasksState(rx.State):
    """The address says whose (`whose=colleagues`, `user`), which (`show=done`), and on phones which part (`part`)."""

    overview: Overview = Overview()
    loaded: bool = False
    whose: str = "mine"
    user: str = ""
    show: str = "open"
    part: str = "tasks"
    may_edit: bool = False
    may_see_all: bool = False
    mine_url: str = routes.TASKS
    colleagues_url: str = ""
    open_url: str = ""
    done_url: str = ""
    tasks_url: str = ""
    events_url: str = ""

    @action(permission=Permission.CONTACTS_READ)
    async def load(self):
        actor, asked = await current_actor(self), self.router.url.query_parameters
        self.may_edit, self.may_see_all = actor.may(Permission.CONTACTS_EDIT), actor.may(Permission.TASKS_ALL)
        self.whose = "colleagues" if asked.get("whose") == "colleagues" and self.may_see_all else "mine"
        self.user = asked.get("user", "") if self.whose == "colleagues" else ""
        self.show = "done" if asked.get("show") == "done" else "open"
        self.part = "events" if asked.get("part") == "events" else "tasks"
        self.mine_url, self.colleagues_url = self._url(whose="mine", user=""), self._url(whose="colleagues")
        self.open_url, self.done_url = self._url(show="open"), self._url(show="done")
        self.tasks_url, self.events_url = self._url(part="tasks"), self._url(part="events")
        self.overview = await asyncio.to_thread(_fetch, actor, self.whose, self.show, key_of(self.user))
        self.loaded = True
        acts = await self.get_state(TaskActState)
        acts.ticked = [one for one in acts.ticked if one in self._shown()]

    def _shown(self) -> set[int]:
        return {line.id for group in self.overview.tasks for line in group.lines}

    @action(permission=Permission.TASKS_ALL)
    async def choose_user(self, user: str):
        """The tasks of one colleague, or of all."""
        return rx.redirect(self._url(user=user))

    def _url(self, **changed: str) -> str:
        kept = {"whose": self.whose, "user": self.user, "show": self.show, "part": self.part, **changed}
        plain = {"whose": "mine", "user": "", "show": "open", "part": "tasks"}
        params = urlencode({name: value for name, value in kept.items() if value != plain[name]})
        return routes.TASKS + ("?" + params if params else "")


def _fetch(actor: Actor, whose: str, show: str, user_id: int) -> Overview:
    with database.reading() as session:
        planner, is_others = Planner(session, actor), whose == "colleagues"
        found = Overview()
        if show == "done":
            lines = [planner.task(row) for row in tasks.done_lately(session, actor, colleagues=is_others)]
            found.tasks = [TaskGroup("done", lines)] if lines else []
        else:
            rows = tasks.of_colleagues(session, actor, user_id or None) if is_others else tasks.mine(session, actor)
            lines = [planner.task(row) for row in rows]
            groups = [TaskGroup(due.value, [one for one in lines if one.due == due]) for due in Due]
            found.tasks = [group for group in groups if group.lines]
        until = planner.today + EVENTS_AHEAD
        coming = events.between(session, actor, planner.today, until, colleagues=is_others)
        if is_others:
            coming = [row for row in coming if _is_of(row, actor, user_id)]
        shown = [planner.event(row) for row in coming]
        parts = [EventGroup(due.value, [one for one in shown if one.due == due]) for due in Due]
        found.events = [part for part in parts if part.lines]
        if is_others:
            found.colleagues = [one for one in colleague_choices(session, actor) if one.value != str(actor.user_id)]
        return found


def _is_of(row: events.Row, actor: Actor, user_id: int) -> bool:
    people = {user.id for user in row.people}
    return user_id in people if user_id else people != {actor.user_id}
