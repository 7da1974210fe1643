"""The own fields: what is asked of their values and where they show, their order, and their end."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, literal_column, update
from sqlmodel import Session, col, delete, select

from crm_app.locales import text
from crm_app.models import Contact, CustomField, FieldType, Import, ImportState, Permission
from crm_app.models.base import now
from crm_app.services import audit, custom_fields, database, installation
from crm_app.services.actor import Actor
from crm_app.services.contacts import own_values
from crm_app.services.errors import Conflict, Invalid, NotFound
from crm_app.services.fields.registry import Field
from crm_app.services.fields.verdict import FieldContext

HELP_LENGTH = 300
KEPT_DAYS = 30  # between a removal and the end of the values
BATCH = 500
SWITCHES = (
    "required", "is_unique", "is_personal", "is_fast",
    "show_in_list", "show_in_card", "show_in_template", "show_in_form",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """An own field and how many contacts of all branches have a value in it."""

    field: CustomField
    filled: int


def get(session: Session, actor: Actor, key: str, *, removed: bool = False) -> CustomField:
    """The field; a removed one only when asked for. Raises NotPermitted, NotFound."""
    actor.require(Permission.SETTINGS)
    found = session.exec(select(CustomField).where(CustomField.key == key)).first()
    if found is None or (found.removed_at is not None) is not removed:
        raise NotFound(text("There is no such field."))
    return found


def listing(session: Session, actor: Actor) -> list[CustomField]:
    """The own fields in their order. Raises NotPermitted."""
    actor.require(Permission.SETTINGS)
    return custom_fields.stored(session)


def filled(session: Session, actor: Actor) -> dict[str, int]:
    """How many contacts have a value, by key: one look at every contact. Raises NotPermitted."""
    actor.require(Permission.SETTINGS)
    if database.is_sqlite(session):
        each: Any = func.json_each(Contact.custom).table_valued("key", "type")
        there = each.c.type != "null"
    else:
        each = func.json_each(Contact.custom).table_valued("key", "value")
        there = func.json_typeof(each.c.value) != "null"
    query = select(each.c.key, func.count()).select_from(Contact).join(each, literal_column("true")).where(there)
    return {str(key): int(count) for key, count in session.execute(query.group_by(each.c.key))}


def removed(session: Session, actor: Actor) -> list[CustomField]:
    """Those that can come back, last removed first. Raises NotPermitted."""
    actor.require(Permission.SETTINGS)
    query = select(CustomField).where(col(CustomField.removed_at).is_not(None))
    return list(session.exec(query.order_by(col(CustomField.removed_at).desc())).all())


def change(
    session: Session, actor: Actor, key: str, *, label: str, help: str, default: str, switches: Mapping[str, bool]
) -> CustomField:
    """What the field is called and asks for; the same again changes nothing. `default` is judged like a form's text.

    Raises NotPermitted, NotFound; Invalid naming the setting.
    """
    found = get(session, actor, key)
    wanted: dict[str, Any] = {name: bool(switches.get(name)) for name in SWITCHES}
    wanted["label"] = custom_fields.checked_label(session, label, but_for=key)
    wanted["help"] = _checked_help(help)
    field = custom_fields.as_field(found)
    wanted["default"] = _checked_default(session, actor, field, default)
    _check_switches(session, found, field, wanted)
    changed = [name for name, value in wanted.items() if getattr(found, name) != value]
    if changed:
        for name, value in wanted.items():
            setattr(found, name, value)
        session.add(found)
        session.flush()
        audit.record(session, actor, "field.change", field=found.id or 0, changed=",".join(changed))
    return found


def move(session: Session, actor: Actor, key: str, by: int) -> None:
    """One place up (-1) or down (1); at the end of the list it stays where it is. Raises NotPermitted, NotFound."""
    found = get(session, actor, key)
    order = custom_fields.stored(session)
    at = order.index(found)
    to = min(max(at + by, 0), len(order) - 1)
    if to == at:
        return
    order.insert(to, order.pop(at))
    for position, field in enumerate(order):
        field.position = position
        session.add(field)
    session.flush()
    audit.record(session, actor, "field.move", field=found.id or 0, to=to)


def remove(session: Session, actor: Actor, key: str) -> CustomField:
    """Nobody sees the field and its values any more; for KEPT_DAYS they can come back.

    Raises NotPermitted, NotFound; Conflict while something at work may write them.
    """
    found = get(session, actor, key)
    require_rest(session)
    found.removed_at = now()
    session.add(found)
    session.flush()
    audit.record(session, actor, "field.remove", field=found.id or 0)
    return found


def bring_back(session: Session, actor: Actor, key: str) -> CustomField:
    """A removed field is there again with its values. Raises NotPermitted, NotFound; Conflict for a label in use."""
    found = get(session, actor, key, removed=True)
    try:
        custom_fields.checked_label(session, found.label, but_for=key)
    except Invalid as error:
        raise Conflict(
            text("There is another field “{name}” by now. Give that one another name first.", name=found.label)
        ) from error
    found.removed_at = None
    if found.is_fast and _fast(session, but_for=key) >= own_values.MOST_FAST:
        found.is_fast = False
    session.add(found)
    session.flush()
    audit.record(session, actor, "field.back", field=found.id or 0)
    return found


def purge(*, at: datetime | None = None, should_stop: Callable[[], bool] = lambda: False) -> int:
    """Deletes the fields that were removed KEPT_DAYS ago, their values first, in chunks; returns how many fields."""
    ended = (at or now()) - timedelta(days=KEPT_DAYS)
    with database.reading() as session:
        over = session.exec(select(CustomField.key).where(col(CustomField.removed_at) < ended)).all()
    done = 0
    for key in over:
        after: int | None = 0
        while after is not None and not should_stop():
            after = _forget(key, ended, after)
        if after is None:
            done += 1
    return done


def require_rest(session: Session) -> None:
    """Raises Conflict while an import, a change of many or an undo is writing contacts."""
    busy = select(Import.id).where(col(Import.state).in_([ImportState.COMMITTING, ImportState.UNDOING]))
    if session.exec(busy.limit(1)).first() is not None:
        raise Conflict(text("An import or a change of many contacts is at work. Wait for its end, then try again."))


def _forget(key: str, ended: datetime, after: int) -> int | None:
    """Takes the values from the next contacts; the last id looked at, None once the field itself is gone."""
    with database.transaction() as session:
        still = select(CustomField).where(CustomField.key == key, col(CustomField.removed_at) < ended)
        if session.exec(still.with_for_update()).first() is None:
            return None
        has = own_values.as_text(session, key).is_not(None)
        query = select(Contact.id, Contact.custom).where(col(Contact.id) > after, has).order_by(col(Contact.id))
        rows = session.exec(query.limit(BATCH)).all()
        for id_, custom in rows:
            kept = {name: value for name, value in custom.items() if name != key}
            session.execute(update(Contact).where(col(Contact.id) == id_).values(custom=kept))
        if rows:
            return rows[-1][0]
        session.execute(delete(CustomField).where(col(CustomField.key) == key))
    return None


def _checked_help(help: str) -> str:
    clean = " ".join(help.split())
    if len(clean) > HELP_LENGTH:
        raise Invalid(text("A help text has at most {most} characters.", most=HELP_LENGTH), "help")
    return clean


def _checked_default(session: Session, actor: Actor, field: Field, written: str) -> Any:
    if not written.strip():
        return None
    context = FieldContext(country=installation.current(session).country, time_zone=actor.timezone)
    verdict = custom_fields.parser(field)(written, context)
    if verdict.value is None or verdict.is_error:
        raise Invalid(verdict.message or text("This value cannot be taken."), "default")
    return verdict.value


def _check_switches(session: Session, found: CustomField, field: Field, wanted: Mapping[str, Any]) -> None:
    if wanted["required"] and not wanted["show_in_form"]:
        raise Invalid(text("Who must fill a field in must see it in the form."), "show_in_form")
    if wanted["is_fast"] and field.kind in own_values.NEVER_FAST:
        raise Invalid(text("Long texts and several choices cannot be made fast."), "is_fast")
    if wanted["is_fast"] and not found.is_fast and _fast(session) >= own_values.MOST_FAST:
        raise Invalid(
            text(
                "{most} fields are fast already, and that is the limit. Take it from another.",
                most=own_values.MOST_FAST,
            ),
            "is_fast",
        )
    if not wanted["is_unique"]:
        return
    if field.kind in own_values.NEVER_FAST or found.type in (FieldType.YES_NO, FieldType.CHOICE):
        raise Invalid(text("Values of this type are shared by nature: the field cannot be a key."), "is_unique")
    if wanted["default"] is not None:
        raise Invalid(text("With a default, every new contact would have the same value."), "default")
    if not found.is_unique and (shared := _shared(session, field)):
        raise Invalid(
            text(
                "“{value}” stands with more than one contact, {n} values do. Mend them first.",
                value=shared[0],
                n=shared[1],
            ),
            "is_unique",
        )


def _fast(session: Session, *, but_for: str = "") -> int:
    return sum(field.is_fast for field in custom_fields.stored(session) if field.key != but_for)


def _shared(session: Session, field: Field) -> tuple[str, int] | None:
    """A value that several contacts of a branch hold, and how many such values there are."""
    value = own_values.as_text(session, field.name)
    query: Any = (
        select(value.label("shared"))
        .select_from(Contact)
        .where(value.is_not(None))
        .group_by(col(Contact.branch_id), value)
    )
    found: Any = query.having(func.count() > 1).subquery()
    first = session.execute(select(found).limit(1)).first()
    if first is None:
        return None
    return str(first[0]), int(session.execute(select(func.count()).select_from(found)).scalar_one())
