"""The form of a task: a new one, or one that is there."""

import asyncio
from dataclasses import dataclass
from datetime import date
from typing import Any

import reflex as rx
from sqlmodel import Session

from crm_app.locales import text
from crm_app.models import Permission, Priority, Repeat
from crm_app.services import choosable, database, installation, local_time, tasks
from crm_app.services.actor import Actor
from crm_app.services.contacts import cards
from crm_app.services.errors import CRMError, NotFound
from crm_app.state.choice import Choice
from crm_app.state.contact_view import key_of
from crm_app.state.guard import action
from crm_app.state.messages import say
from crm_app.state.planned_form import PlannedForm, colleague_choices, laid_over
from crm_app.state.session import current_actor

FIELDS = ("title", "day", "time", "type", "description", "priority", "repeat", "remind", "contact", "assignee")


@dataclass
class TaskDraft:
    """What the form begins with, as it is typed."""

    title: str = ""
    day: str = ""
    time: str = ""
    type: str = ""
    description: str = ""
    priority: str = str(Priority.NORMAL.value)
    repeat: str = Repeat.NONE.value
    remind: str = ""
    assignee: str = ""
    is_done: bool = False


class TaskFormState(PlannedForm, rx.State):
    draft: TaskDraft = TaskDraft()
    types: list[Choice] = []
    is_mine: bool = True  # as chosen in the form: others can be told at once

    @action(permission=Permission.CONTACTS_READ)
    async def load(self):
        """Opens the task that the address names; without one, closes what another page left open."""
        actor, asked = await current_actor(self), self.router.url.query_parameters.get("task", "")
        if not asked:
            self.is_open = False
            return
        try:
            found = await asyncio.to_thread(_fetch, actor, key_of(asked))
        except NotFound as error:
            await say(self, error.message, "error")
            return
        self._show(actor, key_of(asked), *found)

    @action(permission=Permission.CONTACTS_EDIT)
    async def new(self, contact: int = 0, day: str = ""):
        """An empty form; about a contact, for a day."""
        actor = await current_actor(self)
        found = await asyncio.to_thread(_empty, actor, contact, day)
        self._show(actor, 0, *found)

    @action(permission=Permission.CONTACTS_READ)
    async def edit(self, task_id: int):
        actor = await current_actor(self)
        try:
            found = await asyncio.to_thread(_fetch, actor, task_id)
        except CRMError as error:
            await say(self, error.message, "error")
            return
        self._show(actor, task_id, *found)

    @action(permission=Permission.CONTACTS_READ)
    async def close(self):
        return self._closed("task", changed=False)

    @action(permission=Permission.CONTACTS_EDIT)
    async def assign(self, assignee: str):
        """Whoever is chosen; of others it is asked whether to tell them."""
        self.is_mine = assignee == str((await current_actor(self)).user_id)

    @action(permission=Permission.CONTACTS_EDIT)
    async def save(self, form: dict[str, Any]):
        """What was refused stays in the form, with the reason."""
        texts = {name: str(form.get(name) or "") for name in FIELDS}
        if (title := await self._tried(_save, self.id, texts, bool(form.get("notify")), self._seen)) is None:
            return None
        await say(self, text("The task “{title}” is saved.", title=title))
        return self._closed("task", changed=True)

    @action(permission=Permission.CONTACTS_EDIT)
    async def remove(self):
        """Deletes the open task; its message brings it back."""
        if (title := await self._tried(_remove, self.id)) is None:
            return None
        await self._offer_undo(text("The task “{title}” is deleted.", title=title), self.id)
        return self._closed("task", changed=True)

    @action(permission=Permission.CONTACTS_EDIT)
    async def take_back(self, message: int):
        """The deletion a message told of."""
        return await self._restored(_restore, message)

    def _show(self, actor: Actor, id: int, draft: TaskDraft, contact: Choice, types: Any, colleagues: Any) -> None:
        self.draft, self.types, self.colleagues = draft, types, colleagues
        self.is_mine = draft.assignee == str(actor.user_id)
        self._seen = _texts(draft, contact)
        self._begin(id, contact.value, contact.label)


def _choices(session: Session, actor: Actor, draft: TaskDraft) -> tuple[list[Choice], list[Choice]]:
    types = [Choice(str(one.id), one.name) for one in choosable.task_types(session)]
    return types, colleague_choices(session, actor)


def _empty(actor: Actor, number: int, day: str) -> tuple[TaskDraft, Choice, list[Choice], list[Choice]]:
    with database.reading() as session:
        try:
            wanted = date.fromisoformat(day)
        except ValueError:
            wanted = local_time.today(installation.current(session).timezone)
        draft = TaskDraft(day=wanted.isoformat(), assignee=str(actor.user_id))
        types, colleagues = _choices(session, actor, draft)
        draft.type = types[0].value if types else ""
        contact = cards.get(session, actor, number) if number else None
        about = Choice(str(contact.number), contact.display_name) if contact else Choice("", "")
        return draft, about, types, colleagues


def _fetch(actor: Actor, task_id: int) -> tuple[TaskDraft, Choice, list[Choice], list[Choice]]:
    with database.reading() as session:
        row = tasks.row(session, actor, task_id)
        draft, about = _drafted(row)
        types, colleagues = _choices(session, actor, draft)
        if row.type is not None and draft.type not in {one.value for one in types}:
            types = [*types, Choice(draft.type, row.type.name)]
        if draft.assignee and draft.assignee not in {one.value for one in colleagues}:
            colleagues = [*colleagues, Choice(draft.assignee, row.assignee)]
        return draft, about, types, colleagues


def _drafted(row: tasks.Row) -> tuple[TaskDraft, Choice]:
    task = row.task
    draft = TaskDraft(
        title=task.title,
        day=task.due_day.isoformat(),
        time=task.due_time.isoformat("minutes") if task.due_time else "",
        type=str(task.type_id or ""),
        description=task.description,
        priority=str(task.priority),
        repeat=task.repeat,
        remind="" if task.remind_before is None else str(task.remind_before),
        assignee=str(task.assignee_id or ""),
        is_done=task.done_at is not None,
    )
    return draft, Choice(str(row.contact.number), row.contact.display_name) if row.contact else Choice("", "")


def _texts(draft: TaskDraft, about: Choice) -> dict[str, str]:
    return {name: str(getattr(draft, name, about.value)) for name in FIELDS}


def _save(actor: Actor, id_: int, texts: dict[str, str], notify: bool, seen: dict[str, str]) -> str:
    with database.transaction() as session:
        if id_:
            row = tasks.row(session, actor, id_)
            texts = laid_over(texts, seen, _texts(*_drafted(row)))
            if not texts["contact"] and row.contact is None:
                del texts["contact"]  # one the actor does not see stays
            return tasks.change(session, actor, id_, texts, notify=notify).title
        return tasks.add(session, actor, texts, notify=notify).title


def _remove(actor: Actor, id_: int) -> str:
    with database.transaction() as session:
        return tasks.remove(session, actor, id_).title


def _restore(actor: Actor, id_: int) -> None:
    with database.transaction() as session:
        tasks.restore(session, actor, id_)
