"""Another type for an own field: only where every stored value survives, looked at before."""

import json
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from crm_app.locales import Text, ntext, text
from crm_app.models import Contact, CustomField, FieldType, Job
from crm_app.services import audit, custom_fields, installation
from crm_app.services.actor import Actor
from crm_app.services.changes.actions import Action, ActionKind
from crm_app.services.changes.start import start_everywhere
from crm_app.services.contacts import own_values
from crm_app.services.custom_fields import PREFIX, WITH_OPTIONS
from crm_app.services.errors import Conflict
from crm_app.services.fields.conversion import Conversion, as_text
from crm_app.services.folding import fold
from crm_app.services.settings import fields

SHOWN = 10

TOO_MANY = text("More different values stand there than a list of choices can hold.")


@dataclass(frozen=True, slots=True)
class Loss:
    """A value that would not survive, with how many contacts, and why."""

    written: str
    contacts: int
    why: Text


@dataclass(slots=True)
class Preview:
    """What a change of type would do; counts are contacts of all branches. `examples` are values before and after."""

    survive: int = 0
    lost: int = 0
    losses: list[Loss] = field(default_factory=list)
    examples: list[tuple[str, Any]] = field(default_factory=list)
    options: list[str] = field(default_factory=list)
    refused: Text | None = None

    @property
    def is_possible(self) -> bool:
        return self.lost == 0 and self.refused is None


def preview(session: Session, actor: Actor, key: str, kind: FieldType) -> Preview:
    """Looks at every value there is. Raises NotPermitted, NotFound."""
    found = fields.get(session, actor, key)
    values = _counted(session, key)
    seen = Preview(options=_options(found, kind, values))
    if kind in WITH_OPTIONS:
        if not _is_list_of_choices(seen.options):
            seen.refused = TOO_MANY
            seen.lost = sum(count for _, count in values)
            return seen
        if not seen.options:
            seen.refused = text("Nothing stands there that could become a choice. Make a new field instead.")
            return seen
    conversion = _conversion(session, found, kind, seen.options)
    for value, count in values:
        became = conversion.of(value)
        if became.problem is None:
            seen.survive += count
            if len(seen.examples) < SHOWN:
                seen.examples.append((as_text(value), became.value))
        else:
            seen.lost += count
            if len(seen.losses) < SHOWN:
                seen.losses.append(Loss(as_text(value), count, became.problem))
    return seen


def change(session: Session, actor: Actor, key: str, kind: FieldType) -> Job | None:
    """Gives the field its new type at once, and its values in a change that can be undone; None when they stay.

    Raises NotPermitted, NotFound; Conflict when a value would not survive, or while something is at work.
    """
    found = fields.get(session, actor, key)
    if found.type == kind:
        return None
    fields.require_rest(session)
    seen = preview(session, actor, key, kind)
    if seen.refused is not None:
        raise Conflict(seen.refused)
    if not seen.is_possible:
        raise Conflict(
            ntext(
                "One contact has a value that would not survive. Mend it first.",
                "{n} contacts have a value that would not survive. Mend these first.",
                seen.lost,
            )
        )
    conversion = _conversion(session, found, kind, seen.options)
    was = {name: getattr(found, name) for name in ("type", "options", "former", "default", "is_unique", "is_fast")}
    undone_with = {"type": {"key": key, "was": was, "became": kind.value}}
    job = None
    if not conversion.keeps_values:
        job = start_everywhere(session, actor, _action(found, kind, conversion), undone_with)
    became = conversion.of(found.default) if found.default is not None else None
    found.default = None if became is None or became.problem else became.value
    found.type, found.options, found.former = kind, seen.options, {}
    if custom_fields.KINDS[kind][0] in own_values.NEVER_FAST:
        found.is_fast = False
    if kind in (*WITH_OPTIONS, FieldType.YES_NO, FieldType.LONG_TEXT):
        found.is_unique = False
    session.add(found)
    session.flush()
    audit.record(session, actor, "field.type", field=found.id or 0, kind=kind.value, contacts=job.total if job else 0)
    return job


def _action(found: CustomField, kind: FieldType, conversion: Conversion) -> Action:
    said = text("{field} became {type}", field=found.label, type=custom_fields.TYPE_LABELS[kind])
    return Action(ActionKind.CONVERT, said, PREFIX + found.key, conversion.to_json())


def _conversion(session: Session, found: CustomField, kind: FieldType, options: list[str]) -> Conversion:
    return Conversion(FieldType(found.type), kind, tuple(options), installation.current(session).country)


def _counted(session: Session, key: str) -> list[tuple[Any, int]]:
    """The different values and how many contacts have each, the most frequent first."""
    written = own_values.as_json(session, key)
    query = select(written, func.count()).select_from(Contact).where(written.is_not(None)).group_by(written)
    found = session.execute(query.order_by(func.count().desc(), written)).all()
    return [(json.loads(value), count) for value, count in found]


def _options(found: CustomField, kind: FieldType, values: list[tuple[Any, int]]) -> list[str]:
    """The choices the new type has: those of before, else what stands there; each once, however it is written."""
    if kind not in WITH_OPTIONS:
        return []
    if found.type in WITH_OPTIONS:
        return [str(option) for option in found.options]
    different: dict[str, str] = {}
    for value, _ in values:
        different.setdefault(fold(as_text(value)), as_text(value))
    return sorted(different.values(), key=fold)


def _is_list_of_choices(options: list[str]) -> bool:
    fits = all(len(option) <= custom_fields.OPTION_LENGTH and option.isprintable() for option in options)
    return fits and len(options) <= custom_fields.MOST_OPTIONS
