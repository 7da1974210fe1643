"""What a search found, as rows: groups with their members, and every pair shown with its reasons."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from sqlalchemy import insert as sql_insert
from sqlmodel import Session, col, select

from crm_app.models import Contact, DuplicateGroup, DuplicateMember, DuplicatePair
from crm_app.services.bulk import among
from crm_app.services.duplicates import scores
from crm_app.services.duplicates.engine import Engine, Judged
from crm_app.services.duplicates.grouping import Pair


@dataclass(slots=True)
class Chunk:
    """Groups with the ids of their members, and pairs."""

    groups: list[tuple[DuplicateGroup, list[int]]] = field(default_factory=list)
    pairs: list[dict[str, Any]] = field(default_factory=list)


def chunks(
    engine: Engine, shown: Mapping[Pair, float], groups: Sequence[list[int]], search_id: int, size: int
) -> Iterator[Chunk]:
    """Chunks of about so many groups, then of so many pairs that are in no group together."""
    loose = dict.fromkeys(shown)
    for at in range(0, len(groups), size):
        some = groups[at : at + size]
        inside = [pair for members in some for pair in combinations(members, 2)]
        judged = dict(engine.judge(inside))
        for pair in inside:
            loose.pop(pair, None)
        made = [_group(engine, members, judged, search_id) for members in some]
        yield Chunk(made, [_pair(engine, pair, one, search_id) for pair, one in judged.items()])
    rest = list(loose)
    for at in range(0, len(rest), 4 * size):
        judged_rest = engine.judge(rest[at : at + 4 * size])
        yield Chunk([], [_pair(engine, pair, one, search_id) for pair, one in judged_rest])


def insert(session: Session, chunk: Chunk) -> None:
    """Writes a chunk. Contacts that went meanwhile are left out with what belongs to them."""
    there = _present(session, {id_ for _, ids in chunk.groups for id_ in ids} | _of_pairs(chunk))
    for group, ids in chunk.groups:
        if there.issuperset(ids):
            session.add(group)
    session.flush()
    members = [
        {"group_id": group.id, "contact_id": id_} for group, ids in chunk.groups if there.issuperset(ids) for id_ in ids
    ]
    pairs = [row for row in chunk.pairs if there.issuperset((row["low_id"], row["high_id"]))]
    for model, rows in ((DuplicateMember, members), (DuplicatePair, pairs)):
        if rows:
            session.execute(sql_insert(model), rows)


def _present(session: Session, ids: set[int]) -> set[int]:
    """Those of these contacts that are still there."""
    found = session.exec(select(Contact.id).where(among(session, col(Contact.id), sorted(ids)))).all()
    return {id_ for id_ in found if id_ is not None}


def _of_pairs(chunk: Chunk) -> set[int]:
    return {row[name] for row in chunk.pairs for name in ("low_id", "high_id")}


def _group(
    engine: Engine, members: list[int], judged: Mapping[Pair, Judged], search_id: int
) -> tuple[DuplicateGroup, list[int]]:
    """A group is as sure as its pairs are in the mean, and certain when every one of them is."""
    pairs = [judged[pair] for pair in combinations(members, 2)]
    mean = sum(pair.weight for pair in pairs) / len(pairs)
    group = DuplicateGroup(
        search_id=search_id,
        branch_id=int(engine.people.branch[members[0]]),
        score=max(scores.SHOWN, scores.score(mean)),
        certain=all(pair.certain for pair in pairs),
    )
    return group, [int(engine.people.ids[place]) for place in members]


def _pair(engine: Engine, pair: Pair, judged: Judged, search_id: int) -> dict[str, Any]:
    low, high = (int(engine.people.ids[place]) for place in pair)
    return {
        "search_id": search_id,
        "low_id": low,
        "high_id": high,
        "weight": judged.weight,
        "certain": judged.certain,
        "reasons": judged.reasons,
    }
