"""New contacts of a chunk, with their points, sources and numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from crm_app.models import Outcome
from crm_app.services import bulk
from crm_app.services.contacts import numbers, search
from crm_app.services.imports import writing
from crm_app.services.imports.layout import MOMENTS
from crm_app.services.imports.plan_file import encode

if TYPE_CHECKING:
    from crm_app.services.imports.chunk import Batch, Prepared
    from crm_app.services.imports.layout import Layout

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
    ids = list(writing.next_contact_ids(session, len(rows)))
    first = numbers.take(session, len(rows))
    columns = Columns(batch.layout, batch.of_new_contacts, batch.own_defaults)
    source = batch.of_new_contacts.get("source", IMPORTED)
    contacts = []
    for id_, number, row in zip(ids, range(first, first + len(rows)), rows, strict=True):
        searched = _with_number(row.search_text, str(number))
        system = (id_, number, batch.branch_id, columns.custom(row.values), searched, row.sort_name, 1, moment, moment)
        contacts.append(system + columns.of(row.values))
    made = list(zip(ids, rows, strict=True))
    sources = [(id_, r.values.get("source") or source, r.values.get("external_id"), moment) for id_, r in made]
    bulk.insert(session, "contact", (*_SYSTEM, *columns.names), contacts)
    bulk.insert(session, "contact_point", POINT_COLUMNS, [(id_, *point) for id_, r in made for point in r.points])
    bulk.insert(session, "contact_source", SOURCE_COLUMNS, sources)
    search.fill(session, before)
    for id_, row in made:
        batch.prove(row.candidate.row, Outcome.CREATE, id_, 1)
        batch.give(id_, row.candidate.tags)


class Columns:
    """The columns of `contact` that a file's rows fill, and what stands in those that a row leaves empty."""

    def __init__(self, layout: Layout, defaults: Mapping[str, Any], of_own: Mapping[str, Any]) -> None:
        self._instead = {name: value for name, value in defaults.items() if name in layout.targets}
        self._moments = [target for target in layout.targets if target in MOMENTS]
        self._always = tuple(value for name, value in defaults.items() if name not in self._instead)
        self._custom, self._own_defaults = layout.custom, dict(of_own)
        left_out = [name for name in defaults if name not in self._instead]
        own = [target for target in layout.targets if target not in layout.custom]
        self.names = tuple(map(layout.attribute, (*own, *left_out)))

    def of(self, values: Mapping[str, Any]) -> tuple[Any, ...]:
        """A row's values as they are written, in the order of `names`. `values` holds the targets in their order."""
        if not self._instead and not self._moments and not self._custom:
            return (*values.values(), *self._always)
        written = dict(values)
        for name in self._custom:
            del written[name]
        for name in self._moments:
            written[name] = writing.storable(name, values[name])
        for name, other in self._instead.items():
            if written[name] is None:
                written[name] = other
        return (*written.values(), *self._always)

    def custom(self, values: Mapping[str, Any]) -> str:
        """The own fields of a row, as JSON."""
        filled = self._own_defaults | {name: values[name] for name in self._custom if values[name] is not None}
        return encode(filled) if filled else "{}"


def _with_number(text: str, number: str) -> str:
    """The search text with the number behind it, as `derived.search_text` puts it: each word once."""
    if not text:
        return number
    return text if f" {number} " in f" {text} " else f"{text} {number}"
