"""Changed contacts of a chunk: exactly the planned fields, their points, and what is derived from them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlmodel import col, select

from crm_app.models import ContactPoint, Outcome, PointKind
from crm_app.services import bulk
from crm_app.services.bulk import among
from crm_app.services.contacts import derived
from crm_app.services.imports import further_points, writing
from crm_app.services.imports.creating import POINT_COLUMNS, SOURCE_COLUMNS
from crm_app.services.imports.matching import Decision
from crm_app.services.imports.plan_file import encode

if TYPE_CHECKING:
    from crm_app.services.imports.chunk import Batch, Prepared

_LINKS = (PointKind.LINK.value, "social")
_NO_COLUMN = ("tags", further_points.CHANGE)
_NAMES = (*derived.SEARCHED, *derived.PHONES)


def update(batch: Batch, rows: Sequence[tuple[Prepared, Decision]]) -> None:
    """Updates one contact per row. Old values were compared under the same lock, so nothing is overwritten unseen."""
    if not rows:
        return
    _write_points(batch, rows)
    reached = _reached(batch, rows)
    by_columns: dict[tuple[str, ...], list[tuple[Any, ...]]] = {}
    for prepared, decision in rows:
        assert decision.contact_id is not None and decision.version is not None and decision.changes is not None
        id_, version, changes = decision.contact_id, decision.version + 1, dict(decision.changes)
        if "tags" in changes:
            changes["tags"] = [[], batch.give(id_, changes["tags"][1])]
        new = _new(decision)
        written = writing.as_columns(new, decision.stored)
        if _is_searched(decision):
            written |= _derived(decision.stored, new, reached.get(id_, ()))
        by_columns.setdefault(tuple(written), []).append((*written.values(), version, batch.moment, id_))
        batch.prove(prepared.candidate.row, Outcome.UPDATE, id_, version, encode(changes))
    for columns, values in by_columns.items():
        assignments = ", ".join(f'"{name}" = ?' for name in (*columns, "version", "updated_at"))
        bulk.update(batch.session, "contact", assignments, "id = ?", values)


def _new(decision: Decision) -> dict[str, Any]:
    return {name: values[1] for name, values in (decision.changes or {}).items() if name not in _NO_COLUMN}


def _further(decision: Decision) -> Sequence[further_points.Point]:
    added: Sequence[further_points.Point] = (decision.changes or {}).get(further_points.CHANGE, [[], []])[1]
    return added


def _is_searched(decision: Decision) -> bool:
    """Whether something changes that search text and sort key are made of."""
    return bool(_further(decision)) or not _new(decision).keys().isdisjoint(_NAMES)


def _write_points(batch: Batch, rows: Sequence[tuple[Prepared, Decision]]) -> None:
    gone: list[tuple[Any, ...]] = []
    points: list[tuple[Any, ...]] = []
    sources: list[tuple[Any, ...]] = []
    for prepared, decision in rows:
        new, id_ = _new(decision), decision.contact_id
        changed = {name: new[name] for name in (*derived.POINT_FIELDS, "social_links") if name in new}
        for name in changed:
            kind, label = derived.POINT_FIELDS.get(name, _LINKS)
            gone.append((id_, str(kind), label, name in derived.POINT_FIELDS))
        points.extend((id_, *point) for point in derived.points(changed, prepared.norms))
        points.extend((id_, *point) for point in further_points.rows(_further(decision)))
        if source := new.get("source"):
            sources.append((id_, source, prepared.values.get("external_id"), batch.moment))
    remove = 'DELETE FROM contact_point WHERE contact_id = ? AND kind = ? AND label = ? AND "primary" = ?'
    bulk.run(batch.session, remove, gone)
    bulk.insert(batch.session, "contact_point", POINT_COLUMNS, points)
    bulk.insert(batch.session, "contact_source", SOURCE_COLUMNS, sources)


def _reached(batch: Batch, rows: Sequence[tuple[Prepared, Decision]]) -> dict[int, list[str]]:
    """Normalised e-mails and phones of the contacts whose search text changes."""
    ids = sorted({d.contact_id for _, d in rows if d.contact_id and _is_searched(d)})
    found: dict[int, list[str]] = {}
    if ids:
        query = (
            select(col(ContactPoint.contact_id), col(ContactPoint.norm))
            .where(
                among(batch.session, col(ContactPoint.contact_id), ids),
                col(ContactPoint.kind).in_([PointKind.EMAIL, PointKind.PHONE]),
            )
            .order_by(col(ContactPoint.id))
        )
        for id_, norm in batch.session.execute(query):
            found.setdefault(id_, []).append(norm)
    return found


def _derived(stored: Any, new: dict[str, Any], reached: Sequence[str]) -> dict[str, Any]:
    """Search text and sort key."""
    values = {name: new.get(name, getattr(stored, name)) for name in _NAMES}
    values["number"] = stored.number
    return {"search_text": derived.search_text(values, reached), "sort_name": derived.sort_name(values)}
