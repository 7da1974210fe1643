"""The groups of the shown search after somebody worked on them: a member gone, a pair ruled out."""

from collections.abc import Sequence

import numpy as np
from sqlalchemy import delete
from sqlmodel import Session, col, select

from crm_app.models import DuplicateGroup, DuplicateMember, DuplicatePair
from crm_app.services.bulk import among
from crm_app.services.duplicates import grouping, scores
from crm_app.services.duplicates.blocking import Array
from crm_app.services.duplicates.grouping import LIGHTEST, Pair


def regroup(session: Session, contact_ids: Sequence[int], apart: set[Pair]) -> None:
    """Groups with one of these contacts are made anew from their pairs; pairs `apart` are forgotten."""
    mine = select(DuplicateMember.group_id).where(among(session, col(DuplicateMember.contact_id), contact_ids))
    for group_id in sorted(set(session.exec(mine).all())):
        _regroup(session, session.get_one(DuplicateGroup, group_id), apart)


def without(session: Session, contact_ids: Sequence[int]) -> None:
    """These contacts are about to go, or have become others: out of their groups, and their pairs with them."""
    gone = list(contact_ids)
    mine = select(DuplicateMember.group_id).where(among(session, col(DuplicateMember.contact_id), gone))
    groups = sorted(set(session.exec(mine).all()))
    session.execute(delete(DuplicateMember).where(among(session, col(DuplicateMember.contact_id), gone)))
    either = among(session, col(DuplicatePair.low_id), gone) | among(session, col(DuplicatePair.high_id), gone)
    session.execute(delete(DuplicatePair).where(either))
    session.expire_all()
    for group_id in groups:
        _regroup(session, session.get_one(DuplicateGroup, group_id), set())


def _regroup(session: Session, group: DuplicateGroup, apart: set[Pair]) -> None:
    members = session.exec(select(DuplicateMember.contact_id).where(DuplicateMember.group_id == group.id)).all()
    rows = session.exec(
        select(DuplicatePair).where(
            DuplicatePair.search_id == group.search_id,
            among(session, col(DuplicatePair.low_id), list(members)),
            among(session, col(DuplicatePair.high_id), list(members)),
        )
    ).all()
    pairs = {(row.low_id, row.high_id): row for row in rows if (row.low_id, row.high_id) not in apart}
    weights = {pair: row.weight for pair, row in pairs.items()}

    def rate(left: Array, right: Array) -> Array:
        return np.array([weights.get((int(a), int(b)), LIGHTEST) for a, b in zip(left, right, strict=True)])

    shown = {pair: weight for pair, weight in weights.items() if weight >= scores.SHOWN_BITS}
    found = grouping.groups(shown, rate, scores.SHOWN_BITS, lambda pair: pair in apart)
    if found == [sorted(members)]:
        return
    session.execute(delete(DuplicateMember).where(col(DuplicateMember.group_id) == group.id))
    session.delete(group)
    session.flush()
    for ids in found:
        inside = [pairs[pair] for pair in pairs if pair[0] in ids and pair[1] in ids]
        mean = sum(row.weight for row in inside) / len(inside)
        made = DuplicateGroup(
            search_id=group.search_id,
            branch_id=group.branch_id,
            score=max(scores.SHOWN, scores.score(mean)),
            certain=all(row.certain for row in inside),
        )
        session.add(made)
        session.flush()
        session.add_all(DuplicateMember(group_id=made.id or 0, contact_id=id_) for id_ in ids)
    session.flush()
