"""What the settings pages of statuses, tags and own fields have in common."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlmodel import Session

from crm_app import locales, routes
from crm_app.locales import text
from crm_app.models import Import, ImportState, Job
from crm_app.services import gone
from crm_app.services.actor import Actor
from crm_app.services.contacts.filter import ContactFilter
from crm_app.services.filters.tree import Condition, Group
from crm_app.state.formats import day

UNDOABLE = (ImportState.DONE, ImportState.CANCELLED, ImportState.PAUSED, ImportState.UNDO_STOPPED)


@dataclass
class RemovedLine:
    """Something that can come back; `undo_url` leads to where its contacts come back with it."""

    key: str
    name: str
    told: str
    undo_url: str = ""


@dataclass
class Removal:
    """What is about to be removed: `contacts` have it; empty = nothing is."""

    key: str = ""
    name: str = ""
    contacts: int = 0


@dataclass(frozen=True, slots=True)
class Started:
    """A change of contacts that was begun."""

    job_id: int
    import_id: int

    @classmethod
    def of(cls, job: Job | None) -> "Started | None":
        return cls(job.id or 0, job.subject_id) if job is not None else None


def who_has(subject: str, value: str) -> str:
    """The list of the contacts that have a value, inactive ones too."""
    wanted = ContactFilter(inactive=True, where=Group(items=(Condition(subject, "any", (value,)),)))
    return wanted.url(routes.CONTACTS)


def removed_lines(session: Session, actor: Actor, model: gone.Model, words: list[Any]) -> list[RemovedLine]:
    found = []
    known = gone.names(session, model)
    for word in words:
        when = day(word.removed_at, actor.language, actor.timezone)
        _, into = known.get(str(word.id), ("", ""))
        told = text("merged into “{name}”, {day}", name=into, day=when) if into else text("removed, {day}", day=when)
        change = session.get(Import, word.removed_by_id) if word.removed_by_id else None
        is_undoable = change is not None and change.state in UNDOABLE and change.undo_purged_at is None
        url = routes.import_step(change.id or 0, "undo") if change is not None and is_undoable else ""
        found.append(RemovedLine(str(word.id), word.name, locales.render(told, actor.language), url))
    return found


def kept_until(removed_at: Any, days: int, actor: Actor) -> str:
    return day(removed_at + timedelta(days=days), actor.language, actor.timezone)


def id_of(key: str) -> int:
    """A line's key as an id; 0, which nothing has, for anything else."""
    return int(key) if key.isascii() and key.isdigit() and len(key) < 10 else 0
