"""Statuses and tags that were removed: what stands for them, what they were called, and how they come back.

Their rows stay. Filters name them by id; one that was merged into another is asked for under the other's name.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from crm_app.models import LeadStatus, Tag

Word = LeadStatus | Tag
Model = type[LeadStatus] | type[Tag]


@dataclass(frozen=True, slots=True)
class Meant:
    """Ids asked for, understood: those that count for each that is there, and the names of those that are gone."""

    groups: list[list[int]]
    gone: list[str]  # "" where the row itself is not there any more

    @property
    def ids(self) -> list[int]:
        return sorted({id_ for group in self.groups for id_ in group})


def meant(session: Session, model: Model, ids: Iterable[int]) -> Meant:
    """What a condition that names these ids asks for now."""
    wanted = list(dict.fromkeys(ids))
    removed = _removed(session, model)
    there = set(session.exec(select(model.id).where(col(model.id).in_(wanted), col(model.removed_at).is_(None))).all())
    groups: dict[int, list[int]] = {}
    gone = []
    for id_ in wanted:
        end = _end(removed, id_)
        if end is not None and end != id_:
            there.update(session.exec(select(model.id).where(model.id == end, col(model.removed_at).is_(None))).all())
        if end is None or end not in there:
            gone.append(removed[id_].name if id_ in removed else "")
        elif end not in groups:
            groups[end] = [end, *(other for other in removed if _end(removed, other) == end)]
    return Meant(list(groups.values()), gone)


def names(session: Session, model: Model) -> dict[str, tuple[str, str]]:
    """Removed ones by id as text: what it was called, and what stands for it now (empty = nothing)."""
    removed = _removed(session, model)
    ends = {id_: _end(removed, id_) for id_ in removed}
    query = select(model.id, model.name).where(col(model.id).in_([end for end in ends.values() if end is not None]))
    known: dict[Any, str] = dict(session.exec(query).all())
    return {str(id_): (one.name, known.get(ends[id_], "")) for id_, one in removed.items()}


def bring_back(session: Session, word: Word) -> None:
    """As if it had never been removed; its contacts are another matter."""
    word.removed_at, word.merged_into_id, word.removed_by_id = None, None, None
    session.add(word)
    session.flush()


def brought_back_by(session: Session, import_id: int) -> list[Word]:
    """What the undo of a change brings back: the statuses and tags that were removed with it."""
    found: list[Word] = []
    found.extend(session.exec(select(LeadStatus).where(LeadStatus.removed_by_id == import_id)).all())
    found.extend(session.exec(select(Tag).where(Tag.removed_by_id == import_id)).all())
    for word in found:
        bring_back(session, word)
    return found


def _removed(session: Session, model: Model) -> dict[int, Any]:
    query: Any = select(model).where(col(model.removed_at).is_not(None))
    return {one.id: one for one in session.exec(query).all()}


def _end(removed: dict[int, Any], id_: int) -> int | None:
    """Where a chain of mergers ends; None for what was removed without one."""
    seen: set[int] = set()
    at: int | None = id_
    while at is not None and at in removed:
        if at in seen:
            return None
        seen.add(at)
        at = removed[at].merged_into_id
    return at
