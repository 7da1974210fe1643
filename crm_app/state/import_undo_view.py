"""The undo of an import row by row, as finished text."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from crm_app import locales, routes
from crm_app.locales import Text, ntext, text
from crm_app.models import Outcome, UndoOutcome
from crm_app.services.actor import Actor
from crm_app.services.fields.registry import Field
from crm_app.services.imports.undo import ENROLMENT, NOTICE, UndoField, UndoRow
from crm_app.services.imports.undo_edits import Edit
from crm_app.state.contact_view import label_of
from crm_app.state.formats import exact, spoken

SHOWN_LETTERS = 200
OF_COURSE = (ENROLMENT, NOTICE)


@dataclass
class UndoValue:
    """One value: before the import, as it wrote it, now. `note` says why it stays, or who changed it when."""

    label: str
    before: str
    written: str
    now: str
    outcome: str
    note: str
    exact: str


@dataclass
class UndoLine:
    """One row of the file. `edits` are what colleagues changed of a new contact, `wrote` the values of an update."""

    row: int
    outcome: str
    number: int
    name: str
    url: str
    reason: str
    wrote: list[UndoValue] = field(default_factory=list)
    edits: list[UndoValue] = field(default_factory=list)


def line(row: UndoRow, actor: Actor, fields: Mapping[str, Field]) -> UndoLine:
    """`fields` are those contacts have here."""
    shown = [(_value(one, actor, fields), one) for one in row.fields]
    is_new = row.made is Outcome.CREATE
    return UndoLine(
        row=row.row,
        outcome=row.outcome.value,
        number=row.number or 0,
        name=row.name,
        url=routes.contact(row.number) if row.number is not None else "",
        reason=" ".join(locales.render(said, actor.language) for said in _reasons(row)),
        wrote=[value for value, one in shown if not is_new or one.name in OF_COURSE],
        edits=[value for value, one in shown if is_new and one.name not in OF_COURSE],
    )


def _reasons(row: UndoRow) -> list[Text]:
    values = [one for one in row.fields if one.name not in OF_COURSE]
    comes_back = any(one.outcome is UndoOutcome.REVERSED and one.current != one.old for one in values)
    if row.outcome is UndoOutcome.REVERSED or not comes_back:
        return [_reason(row)]
    return [_reason(row), text("Its other values come back.")]


def _reason(row: UndoRow) -> Text:
    """What happens to the row as a whole; one that was taken back already has no contact or no values to show."""
    if row.reason is not None:
        return row.reason
    if row.outcome is UndoOutcome.IMPOSSIBLE:
        return text("There is no way back for this row.")
    if row.outcome is UndoOutcome.KEPT:
        stays = sum(one.outcome is UndoOutcome.KEPT for one in row.fields)
        return ntext(
            "{n} value stays, because somebody changed it since.",
            "{n} values stay, because somebody changed them since.",
            max(stays, 1),
        )
    if row.made is Outcome.CREATE:
        is_gone = row.number is None
        return text("The new contact was deleted.") if is_gone else text("The new contact is deleted.")
    if row.made is Outcome.UNCHANGED:
        return text("The enrolment is taken back.") if row.fields else text("The enrolment was taken back.")
    if not row.fields:
        return text("The former values came back.")
    return text("The values become what they were before.")


def _value(one: UndoField, actor: Actor, fields: Mapping[str, Field]) -> UndoValue:
    return UndoValue(
        label=label_of(one.name, actor.language, fields),
        before=_short(one.old),
        written=_short(one.written),
        now=_short(one.current),
        outcome=one.outcome.value,
        note=_note(one, actor),
        exact=exact(one.edit.at, actor.language, actor.timezone) if one.edit else "",
    )


def _note(one: UndoField, actor: Actor) -> str:
    if one.reason is not None:
        return locales.render(one.reason, actor.language)
    return _edited(one.edit, actor) if one.edit is not None else ""


def _edited(edit: Edit, actor: Actor) -> str:
    when = spoken(edit.at, actor.language, actor.timezone)
    if edit.import_name:
        said = text("Changed {when} by the import “{name}”", when=when, name=edit.import_name)
    elif edit.who:
        said = text("Changed by {who}, {when}", who=edit.who, when=when)
    else:
        said = text("Changed {when}", when=when)
    return locales.render(said, actor.language)


def _short(value: str) -> str:
    words = " ".join(value.split())
    return words if len(words) <= SHOWN_LETTERS else words[:SHOWN_LETTERS] + "…"
