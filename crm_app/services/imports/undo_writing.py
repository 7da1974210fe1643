"""Taking rows back: new contacts go, changed values, points and tags return. In a transaction the caller owns.

Everything that belongs to a deleted contact is removed by name: the connection of a commit or undo does not enforce
foreign keys. That nothing else refers to it was asked under the same lock (`undo_ties`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, update
from sqlmodel import Session, col, select

from crm_app.models import (
    ActivityKind,
    Contact,
    ContactPoint,
    ContactTag,
    ImportRow,
    Outcome,
    PointKind,
    Segment,
    Tag,
    UndoOutcome,
)
from crm_app.models.base import now
from crm_app.services import bulk
from crm_app.services.bulk import among
from crm_app.services.contacts import derived
from crm_app.services.fields.registry import parse
from crm_app.services.fields.verdict import FieldContext
from crm_app.services.imports import undo_courses, writing
from crm_app.services.imports.further_points import CHANGE
from crm_app.services.imports.plan_file import encode
from crm_app.services.imports.undo_plan import FieldFate, RowFate
from crm_app.services.imports.undo_ties import BELONGING, SEGMENTS, SOURCE, referring

_NAMES = (*derived.SEARCHED, *derived.PHONES)
_SEARCHED = (*_NAMES, CHANGE)
_POINT_COLUMNS = ("contact_id", *derived.PointRow._fields)
_LINKED = {"tags": ("contact_tag", "tag_id"), SEGMENTS: ("segment_contact", "segment_id")}
_LINKS = (PointKind.LINK.value, "social", False)


@dataclass(slots=True)
class Undoing:
    """What the rows of one undo have in common."""

    import_id: int
    user_id: int | None
    begun: datetime  # of the import's commit
    ended: datetime | None
    newest_tag: int | None  # tags behind it came in with the import; None = not known
    context: FieldContext
    at: datetime = field(default_factory=now)


def take_back(session: Session, undo: Undoing, fates: Sequence[RowFate]) -> None:
    """Writes what was judged, and on every row what became of it."""
    members = [(fate.member, fate.stored.number) for fate in fates if fate.member and fate.stored is not None]
    undo_courses.take_back(session, members)
    changed = [fate for fate in fates if fate.made is Outcome.UPDATE and fate.restored]
    gone = [fate.contact_id for fate in fates if fate.made is Outcome.CREATE and fate.outcome is UndoOutcome.REVERSED]
    tags = {tag for fate in changed for tag in _linked(fate, "tags").gone}
    tags |= _delete(session, [id_ for id_ in gone if id_ is not None])
    _restore(session, undo, changed)
    _forget_tags(session, undo, tags)
    marks = [(fate.outcome.value, undo.import_id, fate.row) for fate in fates]
    bulk.update(session, "import_row", "undone = ?", "import_id = ? AND row = ?", marks)


def _delete(session: Session, ids: Sequence[int]) -> set[int]:
    """Deletes contacts nothing else refers to; returns the tags they had."""
    if not ids:
        return set()
    had = select(ContactTag.tag_id).where(among(session, col(ContactTag.contact_id), ids)).distinct()
    tags = set(session.exec(had))
    for column in referring("contact"):  # by hand: foreign keys are off while an import writes
        if column.table.name in BELONGING and column.table.name != "import_row":
            _run(session, delete(column.table).where(among(session, column, ids)))
    _run(session, update(ImportRow).where(among(session, col(ImportRow.contact_id), ids)).values(contact_id=None))
    _run(session, delete(Contact).where(among(session, col(Contact.id), ids)))
    return tags


def _restore(session: Session, undo: Undoing, fates: Sequence[RowFate]) -> None:
    if not fates:
        return
    _restore_points(session, undo, fates)
    _take_tags_and_sources(session, undo, fates)
    reached = _reached(session, [fate for fate in fates if not fate.restored.keys().isdisjoint(_SEARCHED)])
    by_columns: dict[tuple[str, ...], list[tuple[Any, ...]]] = {}
    for fate in fates:
        assert fate.stored is not None and fate.contact_id is not None
        old = {name: one.old for name, one in fate.restored.items() if name not in ("tags", SEGMENTS, CHANGE)}
        written = writing.as_columns(old, fate.stored)
        if not fate.restored.keys().isdisjoint(_SEARCHED):
            values = {name: old.get(name, getattr(fate.stored, name)) for name in _NAMES}
            values["number"] = fate.stored.number
            written["search_text"] = derived.search_text(values, reached.get(fate.contact_id, ()))
            written["sort_name"] = derived.sort_name(values)
        row = (*written.values(), fate.stored.version + 1, bulk.moment(undo.at), fate.contact_id)
        by_columns.setdefault(tuple(written), []).append(row)
    for columns, rows in by_columns.items():
        assignments = ", ".join(f'"{name}" = ?' for name in (*columns, "version", "updated_at"))
        bulk.update(session, "contact", assignments, "id = ?", rows)
    _note(session, undo, fates)


def _restore_points(session: Session, undo: Undoing, fates: Sequence[RowFate]) -> None:
    """The point of each restored field gives way to the one of before; further points of the contact stay."""
    gone: list[tuple[Any, ...]] = []
    points: list[tuple[Any, ...]] = []
    added: list[tuple[Any, ...]] = []
    for fate in fates:
        old = {name: one.old for name, one in fate.restored.items() if name in (*derived.POINT_FIELDS, "social_links")}
        if CHANGE in fate.restored:
            added.extend((fate.contact_id, kind, label, norm) for kind, label, _, norm in fate.restored[CHANGE].current)
        for name in old:
            kind, label, primary = (*derived.POINT_FIELDS[name], True) if name in derived.POINT_FIELDS else _LINKS
            gone.append((fate.contact_id, str(kind), label, primary))
        norms = {name: parse(name, value, undo.context).norm or value for name, value in old.items() if value}
        points.extend((fate.contact_id, *point) for point in derived.points(old, norms))
    remove = 'DELETE FROM contact_point WHERE contact_id = ? AND kind = ? AND label = ? AND "primary" = ?'
    bulk.run(session, remove, gone)
    further = 'DELETE FROM contact_point WHERE contact_id = ? AND kind = ? AND label = ? AND norm = ? AND NOT "primary"'
    bulk.run(session, further, added)
    bulk.insert(session, "contact_point", _POINT_COLUMNS, points)


def _take_tags_and_sources(session: Session, undo: Undoing, fates: Sequence[RowFate]) -> None:
    for name, (table, column) in _LINKED.items():
        gone = [(fate.contact_id, id_) for fate in fates for id_ in _linked(fate, name).gone]
        back = [(fate.contact_id, id_) for fate in fates for id_ in _linked(fate, name).back]
        bulk.run(session, f"DELETE FROM {table} WHERE contact_id = ? AND {column} = ?", gone)  # noqa: S608  (our names)
        bulk.insert(session, table, ("contact_id", column), back)
    until = undo.ended or undo.at
    sources = [
        (fate.contact_id, fate.restored["source"].written, bulk.moment(undo.begun), bulk.moment(until))
        for fate in fates
        if "source" in fate.restored
    ]
    remove = "DELETE FROM contact_source WHERE contact_id = ? AND source = ? AND first_seen BETWEEN ? AND ?"
    bulk.run(session, remove, sources)


def _reached(session: Session, fates: Sequence[RowFate]) -> dict[int, list[str]]:
    """Normalised e-mails and phones for the search text, in the order in which a form writes them."""
    ids = [fate.contact_id for fate in fates if fate.contact_id is not None]
    if not ids:
        return {}
    query = select(ContactPoint).where(
        among(session, col(ContactPoint.contact_id), ids),
        col(ContactPoint.kind).in_([PointKind.EMAIL, PointKind.PHONE]),
    )
    points = sorted(
        session.exec(query),
        key=lambda one: (derived.place_of(one.kind, one.label, one.primary), one.id or 0),
    )
    found: dict[int, list[str]] = {}
    for point in points:
        found.setdefault(point.contact_id, []).append(point.norm)
    return found


def _note(session: Session, undo: Undoing, fates: Sequence[RowFate]) -> None:
    """One timeline entry a contact: what it has again, tags by name."""
    names = {name: _names(session, fates, name, table) for name, table in (("tags", Tag), (SEGMENTS, Segment))}
    rows = []
    for fate in fates:
        changes = {
            name: [[names[name][id_] for id_ in one.gone], [names[name][id_] for id_ in one.back]]
            if name in names
            else [one.current, one.old]
            for name, one in fate.restored.items()
        }
        data = encode({"import": undo.import_id, "changes": changes})
        source = f"{SOURCE}{undo.import_id}"
        rows.append((fate.contact_id, ActivityKind.CHANGED.value, bulk.moment(undo.at), undo.user_id, source, data))
    bulk.insert(session, "activity", ("contact_id", "kind", "at", "user_id", "source", "data"), rows)


def _linked(fate: RowFate, name: str) -> FieldFate:
    """What becomes of the row's tags, or segments; nothing when it wrote none."""
    nothing = FieldFate(name, [], [], [], UndoOutcome.REVERSED)
    return next((one for one in fate.fields if one.attribute == name), nothing)


def _names(session: Session, fates: Sequence[RowFate], name: str, table: type[Any]) -> dict[int, str]:
    wanted = {id_ for fate in fates for one in [_linked(fate, name)] for id_ in (*one.gone, *one.back)}
    query = select(table.id, table.name).where(among(session, table.id, sorted(wanted)))
    return dict(session.exec(query).all()) if wanted else {}


def _forget_tags(session: Session, undo: Undoing, tags: Iterable[int]) -> None:
    """Removes tags that came in with the import and that nothing uses any more."""
    candidates = [] if undo.newest_tag is None else sorted(tag for tag in tags if tag > undo.newest_tag)
    if candidates:
        unused = [~exists().where(column == col(Tag.id)) for column in referring("tag")]
        ours = among(session, col(Tag.id), candidates)
        _run(session, delete(Tag).where(ours, col(Tag.is_franchise).is_(False), *unused))


def _run(session: Session, statement: Any) -> None:
    session.execute(statement.execution_options(synchronize_session=False))
