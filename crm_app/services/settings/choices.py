"""The choices of an own field: ordered, renamed, merged, removed. Contacts follow in a change that can be undone."""

from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from crm_app.locales import text
from crm_app.models import CustomField, Job
from crm_app.services import audit, custom_fields
from crm_app.services.actor import Actor
from crm_app.services.changes.actions import Action, ActionKind, replaced
from crm_app.services.changes.start import count_everywhere, start_everywhere
from crm_app.services.custom_fields import PREFIX
from crm_app.services.errors import Conflict, Invalid, NotFound
from crm_app.services.folding import fold
from crm_app.services.settings import fields


@dataclass(frozen=True, slots=True)
class Entry:
    """A choice and how many contacts have it."""

    option: str
    contacts: int


def listing(session: Session, actor: Actor, key: str) -> list[Entry]:
    """The choices in their order; none for fields without. Raises NotPermitted, NotFound."""
    found = fields.get(session, actor, key)
    return [Entry(option, count_everywhere(session, _action(found, option, None))) for option in found.options]


def rename(session: Session, actor: Actor, key: str, option: str, name: str) -> Job | None:
    """Another spelling; contacts and filters follow. Returns the change, None when nobody had the choice.

    Raises NotPermitted, NotFound; Invalid ("name") for one that is empty, too long or there already.
    """
    found, at = _at(session, actor, key, option)
    clean = " ".join(name.split())
    if clean == option:
        return None
    if any(fold(other) == fold(clean) for other in found.options if other != option):
        raise Invalid(text("“{name}” is there already. Choose another name, or merge the two.", name=clean), "name")
    options = custom_fields.checked_options([*found.options[:at], clean, *found.options[at + 1 :]])
    if len(options) < len(found.options):
        raise Invalid(text("A name has 1 to {most} characters.", most=custom_fields.OPTION_LENGTH), "name")
    return _gone(session, actor, found, option, clean, options)


def remove(session: Session, actor: Actor, key: str, option: str, into: str | None = None) -> Job | None:
    """Takes the choice away; its contacts get `into`, or nothing. Returns the change, None when nobody had it.

    Raises NotPermitted, NotFound; Conflict for the last choice.
    """
    found, at = _at(session, actor, key, option)
    if into is not None and (into == option or into not in found.options):
        raise Conflict(text("Choose another one: it cannot take its own place."))
    options = [*found.options[:at], *found.options[at + 1 :]]
    if not options:
        raise Conflict(text("A field with choices keeps at least one. Remove the field instead."))
    return _gone(session, actor, found, option, into, options)


def move(session: Session, actor: Actor, key: str, option: str, by: int) -> None:
    """One place up (-1) or down (1). Raises NotPermitted, NotFound."""
    found, at = _at(session, actor, key, option)
    to = min(max(at + by, 0), len(found.options) - 1)
    if to == at:
        return
    rest = [*found.options[:at], *found.options[at + 1 :]]
    found.options = [*rest[:to], option, *rest[to:]]
    session.add(found)
    session.flush()
    audit.record(session, actor, "field.options", field=found.id or 0, options=len(found.options))


def _at(session: Session, actor: Actor, key: str, option: str) -> tuple[CustomField, int]:
    found = fields.get(session, actor, key)
    if option not in found.options:
        raise NotFound(text("There is no such entry any more. Load the page again."))
    return found, found.options.index(option)


def _gone(
    session: Session, actor: Actor, found: CustomField, option: str, into: str | None, options: list[str]
) -> Job | None:
    place = {"key": found.key, "option": option, "position": found.options.index(option)}
    job = start_everywhere(session, actor, _action(found, option, into), {"choice": place})
    found.options = options
    found.former = {old: new for old, new in found.former.items() if old not in options} | {option: into}
    found.default = replaced(found.default, option, into)
    session.add(found)
    session.flush()
    counts: dict[str, Any] = {"options": len(options), "contacts": job.total if job else 0}
    audit.record(session, actor, "field.options", field=found.id or 0, **counts)
    return job


def _action(found: CustomField, option: str, into: str | None) -> Action:
    said = text("{field}: “{name}” removed", field=found.label, name=option)
    if into is not None:
        said = text("{field}: “{name}” became “{other}”", field=found.label, name=option, other=into)
    return Action(ActionKind.REPLACE, said, PREFIX + found.key, [option, into])
