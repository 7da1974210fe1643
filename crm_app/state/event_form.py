"""The form of an event: a new one, or one that is there."""

import asyncio
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import reflex as rx

from crm_app import routes
from crm_app.locales import text
from crm_app.models import Permission
from crm_app.models.base import now
from crm_app.services import database, events, installation
from crm_app.services.actor import Actor
from crm_app.services.contacts import cards
from crm_app.services.errors import CRMError
from crm_app.state.choice import Choice
from crm_app.state.contact_view import key_of
from crm_app.state.guard import action
from crm_app.state.messages import say
from crm_app.state.planned_form import PlannedForm, colleague_choices, laid_over
from crm_app.state.session import current_actor

FIELDS = ("title", "day", "time", "end_day", "end_time", "all_day", "place", "description", "remind", "contact")


@dataclass
class EventDraft:
    """What the form begins with, as it is typed. `people` are the ids of those who take part."""

    title: str = ""
    day: str = ""
    time: str = ""
    end_day: str = ""
    end_time: str = ""
    place: str = ""
    description: str = ""
    remind: str = ""
    file_url: str = ""
    people: list[str] = field(default_factory=list)


class EventFormState(PlannedForm, rx.State):
    draft: EventDraft = EventDraft()
    all_day: bool = False

    @action(permission=Permission.CONTACTS_READ)
    async def load(self):
        """Opens the event that the address names; without one, closes what another page left open."""
        actor, asked = await current_actor(self), self.router.url.query_parameters.get("event", "")
        self.is_open = False
        if asked:
            await self._open(actor, key_of(asked))

    @action(permission=Permission.CONTACTS_EDIT)
    async def new(self, contact: int = 0, day: str = ""):
        """An empty form; about a contact, on a day."""
        actor = await current_actor(self)
        self._show(0, *await asyncio.to_thread(_empty, actor, contact, day))

    @action(permission=Permission.CONTACTS_READ)
    async def edit(self, event_id: int):
        await self._open(await current_actor(self), event_id)

    @action(permission=Permission.CONTACTS_READ)
    async def close(self):
        return self._closed("event", changed=False)

    @action(permission=Permission.CONTACTS_EDIT)
    async def set_all_day(self, wanted: bool):
        self.all_day = wanted

    @action(permission=Permission.CONTACTS_EDIT)
    async def save(self, form: dict[str, Any]):
        """What was refused stays in the form, with the reason."""
        texts = {name: str(form.get(name) or "") for name in FIELDS}
        texts["all_day"] = "1" if self.all_day else ""
        texts["people"] = ",".join(one.value for one in self.colleagues if form.get(f"person-{one.value}"))
        if (title := await self._tried(_save, self.id, texts, self._seen)) is None:
            return None
        await say(self, text("The event “{title}” is saved.", title=title))
        return self._closed("event", changed=True)

    @action(permission=Permission.CONTACTS_EDIT)
    async def remove(self):
        """Deletes the open event; its message brings it back."""
        if (title := await self._tried(_remove, self.id)) is None:
            return None
        await self._offer_undo(text("The event “{title}” is deleted.", title=title), self.id)
        return self._closed("event", changed=True)

    @action(permission=Permission.CONTACTS_EDIT)
    async def take_back(self, message: int):
        """The deletion a message told of."""
        return await self._restored(_restore, message)

    async def _open(self, actor: Actor, event_id: int) -> None:
        try:
            found = await asyncio.to_thread(_fetch, actor, event_id)
        except CRMError as error:
            await say(self, error.message, "error")
            return
        self._show(event_id, *found)

    def _show(self, id: int, draft: EventDraft, contact: Choice, colleagues: list[Choice]) -> None:
        self.draft, self.colleagues, self.all_day = draft, colleagues, bool(draft.day) and not draft.time
        self._seen = _texts(draft, contact)
        self._begin(id, contact.value, contact.label)


def _empty(actor: Actor, number: int, day: str) -> tuple[EventDraft, Choice, list[Choice]]:
    """For an hour, from the next full one on; on another day from ten."""
    with database.reading() as session:
        here = now().astimezone(ZoneInfo(installation.current(session).timezone))
        begin = (here + timedelta(hours=1)).replace(minute=0)
        try:
            wanted = date.fromisoformat(day)
        except ValueError:
            wanted = begin.date()
        if wanted != begin.date():
            begin = datetime.combine(wanted, time(10))
        end = begin + timedelta(hours=1)
        draft = EventDraft(
            day=wanted.isoformat(),
            time=f"{begin:%H:%M}",
            end_day=end.date().isoformat(),
            end_time=f"{end:%H:%M}",
            people=[str(actor.user_id)],
        )
        contact = cards.get(session, actor, number) if number else None
        about = Choice(str(contact.number), contact.display_name) if contact else Choice("", "")
        return draft, about, colleague_choices(session, actor)


def _fetch(actor: Actor, event_id: int) -> tuple[EventDraft, Choice, list[Choice]]:
    with database.reading() as session:
        row = events.row(session, actor, event_id)
        draft, about = _drafted(row)
        known = colleague_choices(session, actor)
        there = {one.value for one in known}
        known += [Choice(str(user.id), user.name) for user in row.people if str(user.id) not in there]
        return draft, about, known


def _drafted(row: events.Row) -> tuple[EventDraft, Choice]:
    event = row.event
    draft = EventDraft(
        title=event.title,
        day=event.starts_on.isoformat(),
        time=event.starts_at.isoformat("minutes") if event.starts_at else "",
        end_day=event.ends_on.isoformat(),
        end_time=event.ends_at.isoformat("minutes") if event.ends_at else "",
        place=event.place,
        description=event.description,
        remind="" if event.remind_before is None else str(event.remind_before),
        file_url=routes.event_file(event.id or 0),
        people=[str(user.id) for user in row.people],
    )
    return draft, Choice(str(row.contact.number), row.contact.display_name) if row.contact else Choice("", "")


def _texts(draft: EventDraft, about: Choice) -> dict[str, str]:
    found = {name: str(getattr(draft, name, "")) for name in FIELDS}
    return found | {"contact": about.value, "all_day": "" if draft.time else "1", "people": ",".join(draft.people)}


def _taking_part(typed: str, seen: str, stored: str) -> str:
    """Whom a colleague added stays, and whom one took out is gone."""
    wanted, before, here = (set(filter(None, ids.split(","))) for ids in (typed, seen, stored))
    return ",".join(sorted((here | (wanted - before)) - (before - wanted), key=int))


def _save(actor: Actor, id_: int, texts: dict[str, str], seen: dict[str, str]) -> str:
    with database.transaction() as session:
        if id_:
            row = events.row(session, actor, id_)
            stored = _texts(*_drafted(row))
            people = _taking_part(texts["people"], seen["people"], stored["people"])
            texts = laid_over({**texts, "people": ""}, seen | {"people": ""}, stored | {"people": ""})
            texts["people"] = people
            if not texts["contact"] and row.contact is None:
                del texts["contact"]  # one the actor does not see stays
            return events.change(session, actor, id_, texts).title
        return events.add(session, actor, texts).title


def _remove(actor: Actor, id_: int) -> str:
    with database.transaction() as session:
        return events.remove(session, actor, id_).title


def _restore(actor: Actor, id_: int) -> None:
    with database.transaction() as session:
        events.restore(session, actor, id_)
