"""The search over the base as durable work: read, compare, write what was found, and let it take the place of the last.

Nothing is shown before all of it is in: every row carries its search, and the newest finished search counts. A killed
run leaves rows of an unfinished search, which the next run sweeps; it then begins anew, because comparing a million
contacts takes minutes and writing the pairs seconds. No transaction holds the write lock for longer than a chunk.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import numpy as np
from sqlalchemy import Engine as Database
from sqlalchemy import delete, func
from sqlmodel import Session, col, select

from crm_app.models import Contact, DuplicateGroup, DuplicateMember, DuplicatePair, DuplicateSearch, Permission
from crm_app.models.base import now
from crm_app.services import audit, crash
from crm_app.services.actor import Actor
from crm_app.services.bulk import among
from crm_app.services.contacts.visibility import in_use
from crm_app.services.duplicates import loading, regrouping, ruled_out, writing
from crm_app.services.duplicates.engine import Engine, Stopped
from crm_app.services.duplicates.grouping import Pair
from crm_app.services.duplicates.prepared import People, people
from crm_app.services.duplicates.weights import Parameters

CHUNK = 1_000
OVERLAP = timedelta(minutes=10)  # transactions that were open when a search began may be older than it
LEARN_AGAIN = 0.2  # share of changed or new contacts from which on everything is compared, or learned, anew
_READ, _COMPARED, _WRITTEN = 10, 85, 100  # how far in percent

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run came to; `search_id` is None when it was stopped."""

    search_id: int | None
    contacts: int = 0
    compared: int = 0
    groups: int = 0


def run(
    database: Database,
    actor: Actor,
    on_progress: Progress = lambda done, total: None,
    should_stop: Callable[[], bool] = lambda: False,
    *,
    everything: bool = False,
) -> Outcome:
    """Searches the whole base, every branch by itself, and keeps what it finds; progress counts to 100.

    What changed since the last search is compared with everybody, unless `everything` or much of the base changed: then
    all is compared. Parameters are learned again when the base has grown or shrunk. Stopped, the last search stays.
    Raises NotPermitted.
    """
    actor.require(Permission.CONTACTS_BULK)
    _sweep(database)
    with _writing(database) as session:
        search = DuplicateSearch(user_id=actor.user_id)
        session.add(search)
        session.flush()
        search_id = search.id or 0
    try:
        return _searched(database, actor, search_id, on_progress, should_stop, everything)
    except Stopped:
        _sweep(database)
        return Outcome(None)


def latest(session: Session) -> DuplicateSearch | None:
    """The search whose findings are shown; None before the first."""
    query = select(DuplicateSearch).where(col(DuplicateSearch.finished_at).is_not(None))
    return session.exec(query.order_by(col(DuplicateSearch.id).desc()).limit(1)).first()


def changed_since(session: Session, search: DuplicateSearch | None) -> int:
    """How many contacts are new or changed since the search: whether another one is worth its while."""
    query = select(func.count()).select_from(Contact).where(in_use())
    if search is not None:
        query = query.where(col(Contact.updated_at) >= search.started_at)
    return int(session.execute(query).scalar_one())


def _searched(
    database: Database,
    actor: Actor,
    search_id: int,
    on_progress: Progress,
    should_stop: Callable[[], bool],
    everything: bool,
) -> Outcome:
    with Session(database) as session:
        last = latest(session)
        all_ = people(loading.everybody(session, [in_use()]))
        fresh = None if everything or last is None else _changed(session, all_, last)
        known = {} if fresh is None else _known(session, last, all_, fresh)
        apart = ruled_out.among_ids(session)
    on_progress(_READ, _WRITTEN)
    crash.point("duplicates:read")
    reused = _parameters(last, len(all_))
    engine = Engine(all_, reused, stop=should_stop)
    found = engine.search(fresh, lambda share: on_progress(_READ + round(share * (_COMPARED - _READ)), _WRITTEN))
    shown = {pair: weight for pair, weight in (known | found.weights).items() if _ids(all_, pair) not in apart}
    groups = engine.groups(shown, lambda pair: _ids(all_, pair) in apart)
    crash.point("duplicates:compared")
    total = max(1, len(groups))
    for at, chunk in enumerate(writing.chunks(engine, shown, groups, search_id, CHUNK)):
        if should_stop():
            raise Stopped
        with _writing(database) as session:
            writing.insert(session, chunk)
        on_progress(min(_WRITTEN - 1, _COMPARED + at * CHUNK * 15 // total), _WRITTEN)
        crash.point("duplicates:written")
    with _writing(database) as session:
        search = session.get_one(DuplicateSearch, search_id)
        search.contacts, search.compared, search.finished_at = len(all_), found.compared, now()
        learned_from = last.parameters["learned_from"] if last is not None and reused is not None else len(all_)
        search.parameters = engine.parameters.to_json() | {"common": engine.common(), "learned_from": learned_from}
        session.add(search)
        session.flush()
        if late := ruled_out.among_ids(session) - apart:  # said while the search went on
            regrouping.regroup(session, sorted({id_ for pair in late for id_ in pair}), late)
        audit.record(session, actor, "duplicates.search", contacts=len(all_), groups=len(groups))
    _sweep(database)
    on_progress(_WRITTEN, _WRITTEN)
    return Outcome(search_id, len(all_), found.compared, len(groups))


def _parameters(last: DuplicateSearch | None, size: int) -> Parameters | None:
    """Those of the last search, so that nothing flickers between two of them, unless the base is another one now."""
    if last is None:
        return None
    known = Parameters.from_json(last.parameters)
    return replace(known, size=size) if abs(size - last.parameters["learned_from"]) <= LEARN_AGAIN * size else None


def _ids(all_: People, pair: Pair) -> Pair:
    return int(all_.ids[pair[0]]), int(all_.ids[pair[1]])


def _changed(session: Session, all_: People, last: DuplicateSearch) -> Any:
    """Who is to be compared: a mask of those new or changed since the last search; None = everybody."""
    query = select(Contact.id).where(col(Contact.updated_at) >= last.started_at - OVERLAP)
    fresh = np.isin(all_.ids, np.fromiter((id_ for id_ in session.exec(query) if id_), np.int64))
    return None if fresh.sum() > LEARN_AGAIN * max(len(all_), 1) else fresh


def _known(session: Session, last: DuplicateSearch | None, all_: People, fresh: Any) -> dict[Pair, float]:
    """The pairs of the last search between contacts that did not change since."""
    places = {int(id_): place for place, id_ in enumerate(all_.ids) if not fresh[place]}
    columns = [getattr(DuplicatePair, name) for name in ("low_id", "high_id", "weight")]
    rows = session.execute(select(*columns).where(col(DuplicatePair.search_id) == (last.id if last else 0)))
    return {(places[low], places[high]): weight for low, high, weight in rows if low in places and high in places}


def _sweep(database: Database) -> None:
    """Removes every search but the shown one, its pairs and groups first and a chunk at a time."""
    with Session(database) as session:
        shown = latest(session)
        gone = session.exec(
            select(DuplicateSearch.id).where(col(DuplicateSearch.id) != (shown.id if shown else 0))
        ).all()
    for search_id in gone:
        while _swept(database, search_id):
            pass
        with _writing(database) as session:
            session.execute(delete(DuplicateSearch).where(col(DuplicateSearch.id) == search_id))


def _swept(database: Database, search_id: int | None) -> bool:
    """Whether there was anything left."""
    with _writing(database) as session:
        groups = session.exec(
            select(DuplicateGroup.id).where(DuplicateGroup.search_id == search_id).limit(10 * CHUNK)
        ).all()
        ids = [id_ for id_ in groups if id_ is not None]
        for model, column in ((DuplicateMember, DuplicateMember.group_id), (DuplicateGroup, DuplicateGroup.id)):
            session.execute(delete(model).where(among(session, col(column), ids)))
        query = select(DuplicatePair.low_id).where(DuplicatePair.search_id == search_id)
        until = session.exec(query.order_by(col(DuplicatePair.low_id)).offset(10 * CHUNK).limit(1)).first()
        statement = delete(DuplicatePair).where(col(DuplicatePair.search_id) == search_id)
        if until is not None:
            statement = statement.where(col(DuplicatePair.low_id) <= until)
        gone = session.execute(statement).rowcount  # type: ignore[attr-defined]
        return bool(ids or gone)


@contextmanager
def _writing(database: Database) -> Iterator[Session]:
    """One short writing transaction."""
    with database.connect().execution_options(begin="IMMEDIATE") as connection, Session(connection) as session:
        yield session
        session.commit()
