"""One chunk of a commit: planned rows become inserts and updates, inside one transaction that the caller owns."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Any

from sqlmodel import Session

from crm_app.models import Outcome, PointKind
from crm_app.models.base import now
from crm_app.services import bulk
from crm_app.services import tags as tag_service
from crm_app.services.contacts import derived
from crm_app.services.folding import fold
from crm_app.services.imports import creating, further_points, updating
from crm_app.services.imports.layout import Layout
from crm_app.services.imports.matching import Candidate, Decision

ROW_COLUMNS = ("import_id", "row", "outcome", "contact_id", "version", "changes", "through")
_SEARCHED_KINDS = (str(PointKind.EMAIL), str(PointKind.PHONE))


@dataclass(slots=True)
class Prepared:
    """A row whose derived values are computed before the write lock is taken."""

    candidate: Candidate
    values: dict[str, Any]
    norms: dict[str, str | None]
    search_text: str = ""  # without the number, which is given under the lock
    sort_name: str = ""
    points: Sequence[derived.PointRow] = ()


@dataclass(slots=True)
class Batch:
    """What the rows of a chunk have in common, and what they leave to be written at its end."""

    session: Session
    import_id: int
    branch_id: int
    layout: Layout
    of_new_contacts: dict[str, Any]  # values by field that new contacts take where their row has none
    own_defaults: dict[str, Any] = field(default_factory=dict)  # the same of own fields
    through: int | None = None  # the import that brings the rows back to `import_id`
    at: datetime = field(default_factory=now)
    tags: dict[str, int] = field(default_factory=dict)  # name → id, of every tag the chunk gives
    given: list[tuple[int, int]] = field(default_factory=list)  # contact, tag
    proofs: list[tuple[Any, ...]] = field(default_factory=list)  # rows of import_row

    @property
    def moment(self) -> str:
        return bulk.moment(self.at)

    def give(self, contact_id: int, names: Sequence[str]) -> list[int]:
        """Tags the contact; returns the tags' ids, each once."""
        if not names:
            return []
        ids = list(dict.fromkeys([self.tags[name] for name in names]))
        self.given.extend([(contact_id, tag) for tag in ids])
        return ids

    def prove(self, row: int, outcome: Outcome, contact_id: int, version: int, changes: str | None = None) -> None:
        self.proofs.append((self.import_id, row, outcome.value, contact_id, version, changes, self.through))


def prepare(layout: Layout, candidate: Candidate, *, is_new: bool) -> Prepared:
    """What a row will write, as far as it does not depend on the database."""
    values = dict(zip(layout.targets, candidate.values, strict=True))
    prepared = Prepared(candidate, values, dict(zip(layout.points, candidate.norms, strict=True)))
    if is_new:
        complete(prepared)
    return prepared


def complete(prepared: Prepared) -> None:
    """Adds what only new contacts need."""
    prepared.points = derived.points(prepared.values, prepared.norms)
    if prepared.candidate.further:
        first = {(str(point.kind), point.norm) for point in prepared.points}
        more = further_points.different(prepared.candidate.further, first)
        prepared.points = [*prepared.points, *further_points.rows(more)]
    reached = [point.norm for point in prepared.points if point.kind in _SEARCHED_KINDS]
    prepared.search_text = derived.search_text(prepared.values, reached)
    prepared.sort_name = derived.sort_name(prepared.values)


def write(batch: Batch, rows: Sequence[tuple[Prepared, Decision]]) -> None:
    """Carries out the decisions; the rows' contacts stand in the database afterwards, their proofs with `prove`."""
    batch.tags = _tag_ids(batch.session, rows)
    creating.create(batch, [p for p, d in rows if d.outcome is Outcome.CREATE])
    updating.update(batch, [(p, d) for p, d in rows if d.outcome is Outcome.UPDATE])
    for prepared, decision in rows:
        if decision.outcome is Outcome.UNCHANGED:
            assert decision.contact_id is not None and decision.version is not None
            batch.prove(prepared.candidate.row, Outcome.UNCHANGED, decision.contact_id, decision.version)
    bulk.insert(batch.session, "contact_tag", ("contact_id", "tag_id"), batch.given)


def prove(batch: Batch) -> None:
    """Writes the proofs of everything the chunk did."""
    bulk.insert(batch.session, "import_row", ROW_COLUMNS, batch.proofs)


def _tag_ids(session: Session, rows: Sequence[tuple[Prepared, Decision]]) -> dict[str, int]:
    """Ids by name of every tag the rows give; tags that are new are made."""
    lists: list[Sequence[str]] = []
    for prepared, decision in rows:
        if decision.outcome is Outcome.CREATE:
            lists.append(prepared.candidate.tags)
        elif decision.changes and "tags" in decision.changes:
            lists.append(decision.changes["tags"][1])
    wanted = dict.fromkeys(chain.from_iterable(lists))
    if not wanted:
        return {}
    found = tag_service.ensure(session, wanted)
    return {name: found[fold(name)] for name in wanted}
