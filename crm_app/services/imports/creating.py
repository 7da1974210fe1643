"""New contacts of a chunk, with their points, sources and numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from crm_app.models import Lifecycle, Outcome
from crm_app.services.contacts import numbers, search
from crm_app.services.imports import writing

if TYPE_CHECKING:
    from crm_app.services.imports.chunk import Batch, Prepared

IMPORTED = "import"  # source of contacts whose row names none

_SYSTEM = ("id", "number", "branch_id", "custom", "search_text", "sort_name", "version", "created_at", "updated_at")
POINT_COLUMNS = ("contact_id", "kind", "label", "value", "norm", "primary")
SOURCE_COLUMNS = ("contact_id", "source", "external_id", "first_seen")


def create(batch: Batch, rows: Sequence[Prepared]) -> None:
    """Inserts one contact per row; numbers and ids follow the order of the rows."""
    if not rows:
        return
    session, moment = batch.session, batch.moment
    before = search.last_id(session)
    ids = writing.next_contact_ids(session, len(rows))
    number = numbers.take(session, len(rows))
    defaults: dict[str, Any] = {"active": True, "lifecycle": batch.lifecycle or Lifecycle.CONTACT.value}
    targets = [target for target in batch.layout.targets if target not in defaults]
    contacts: list[tuple[Any, ...]] = []
    points: list[tuple[Any, ...]] = []
    sources: list[tuple[Any, ...]] = []
    for id_, prepared in zip(ids, rows, strict=True):
        values = prepared.values
        searched = _with_number(prepared.search_text, str(number))
        system = (id_, number, batch.branch_id, "{}", searched, prepared.sort_name, 1, moment, moment)
        defaulted = tuple(other if values.get(name) is None else values[name] for name, other in defaults.items())
        own = tuple(writing.storable(target, values[target]) for target in targets)
        contacts.append(system + defaulted + own)
        points.extend((id_, *point) for point in prepared.points)
        sources.append((id_, values.get("source") or IMPORTED, values.get("external_id"), moment))
        batch.prove(prepared.candidate.row, Outcome.CREATE, id_, 1)
        if prepared.candidate.tags:
            batch.give(id_, prepared.candidate.tags)
        number += 1
    attributes = [batch.layout.attribute(target) for target in targets]
    writing.insert(session, "contact", (*_SYSTEM, *defaults, *attributes), contacts)
    writing.insert(session, "contact_point", POINT_COLUMNS, points)
    writing.insert(session, "contact_source", SOURCE_COLUMNS, sources)
    search.fill(session, before)


def _with_number(text: str, number: str) -> str:
    """The search text with the number behind it, as `derived.search_text` puts it: each word once."""
    if not text:
        return number
    return text if f" {number} " in f" {text} " else f"{text} {number}"
