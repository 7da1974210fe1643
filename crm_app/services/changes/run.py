"""The change at work: in chunks that hold the write lock shortly, from where it last stood.

Per chunk, in one transaction: the claim and the high-water mark by compare-and-set, the contacts that are still meant,
their new values, what undoes them (`ImportRow`), counts and progress. A killed process goes on behind the last chunk.
"""

import time
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, Row, update
from sqlmodel import Session, col, select

from crm_app.locales import text
from crm_app.models import Contact, Import, ImportState, Outcome
from crm_app.models.base import now
from crm_app.services import bulk, crash, database, jobs, picked
from crm_app.services.automations import happenings
from crm_app.services.changes import enrolling
from crm_app.services.changes.actions import ActionKind
from crm_app.services.changes.start import Order
from crm_app.services.contacts import derived
from crm_app.services.courses.enrolling import lock as enrol_lock
from crm_app.services.duplicates import regrouping
from crm_app.services.imports import updating
from crm_app.services.imports.chunk import ROW_COLUMNS, Batch, Prepared
from crm_app.services.imports.collecting import held_back
from crm_app.services.imports.commit import Progress
from crm_app.services.imports.layout import Layout
from crm_app.services.imports.matching import Candidate, Decision
from crm_app.services.imports.pace import Pace
from crm_app.services.imports.plan_file import encode
from crm_app.services.imports.undo_ties import SEGMENTS, tags_of
from crm_app.services.imports.writing_engine import CHECKPOINT_CHUNKS, checkpoint, locked
from crm_app.services.jobs import Claim, Lost

_ALWAYS = ("id", "number", "version", "branch_id", *derived.SEARCHED, *derived.PHONES)
_NO_LAYOUT = Layout((), (), None, has_tags=False, tags=())


class Change:
    """One run over the contacts of one change. `run` answers how it ended."""

    def __init__(self, engine: Engine, folder: Path, found: Import, claim: Claim) -> None:
        assert found.id is not None
        self._engine, self._claim, self._found = engine, claim, found
        self._id, self._at, self._done = found.id, found.committed_row, sum(found.counts.values())
        self._order = Order.of(found)
        self._pace = Pace(makes_members=self._order.action.course is not None)

    @property
    def longest_chunk(self) -> float:
        """Seconds the longest chunk of this run held the write lock."""
        return self._pace.longest

    def run(self, *, should_pause: Any, on_progress: Progress | None = None) -> ImportState:
        """DONE, CANCELLED when somebody asked for it, or COMMITTING when `should_pause` said so.

        Raises Lost when another worker took over.
        """
        with self._engine.connect() as connection:
            connection = connection.execution_options(begin="IMMEDIATE")
            chunks = 0
            while True:
                if should_pause():
                    return ImportState.COMMITTING
                crash.point("change:before-chunk")
                with held_back():
                    ended = self._chunk(connection)
                if ended is not None:
                    return ended
                crash.point("change:after-chunk")
                chunks += 1
                if chunks % CHECKPOINT_CHUNKS == 0:
                    checkpoint(connection)
                if on_progress:
                    on_progress(self._done, self._found.rows)

    def _chunk(self, connection: Any) -> ImportState | None:
        """Changes the next contacts; answers when there are none left, or somebody asked to stop."""
        with locked(connection) as session:
            started = time.perf_counter()
            if jobs.should_stop(session, self._claim):
                jobs.beat(session, self._claim)  # raises Lost when it is not ours any more
                return ImportState.CANCELLED
            if (course := self._order.action.course) is not None:
                enrol_lock(session, course.id)
            contacts = self._next(session)
            if not contacts:
                return ImportState.DONE
            done = self._done + self._write(session, contacts)
            crash.point("change:inside-chunk")
            self._advance(session, contacts[-1].number, done)
            jobs.beat(session, self._claim, {"done": done})
            session.commit()
        self._pace.measured(time.perf_counter() - started, len(contacts))
        self._at, self._done = contacts[-1].number, done
        return None

    def _next(self, session: Session) -> list[Row[Any]]:
        """The next contacts that are meant and not yet as wanted, locked."""
        order = self._order
        columns = [getattr(Contact, name) for name in dict.fromkeys([*_ALWAYS, *order.action.columns])]
        query = (
            select(*columns)
            .where(*order.conditions(session))
            .where(col(Contact.number) > self._at, col(Contact.number) <= order.upto)
            .order_by(col(Contact.number))
            .limit(self._pace.size)
        )
        if not database.is_sqlite(session):
            query = query.with_for_update()
        return list(session.execute(query).all())

    def _write(self, session: Session, contacts: list[Row[Any]]) -> int:
        """Returns how many changed."""
        action = self._order.action
        batch = Batch(session, self._id, self._found.branch_id, _NO_LAYOUT, {})
        if (course := action.course) is not None:
            done = enrolling.enrol(batch, self._claim.job_id, course, contacts)
            bulk.insert(session, "import_row", ROW_COLUMNS, batch.proofs)
            return done
        tags = tags_of(session, [contact.id for contact in contacts]) if action.needs_tags else {}
        changing = [(one, changes) for one in contacts if (changes := action.changes(one, tags.get(one.id, set())))]
        if action.needs_tags or action.segment:
            (_write_tags if action.needs_tags else _write_members)(batch, changing)
            _touch(batch, changing)
        else:
            updating.update(batch, [_row(contact, changes) for contact, changes in changing])
        if action.kind in (ActionKind.TRASH, ActionKind.HAND_OVER):
            regrouping.without(session, [contact.id for contact, _ in changing])
        bulk.insert(session, "import_row", ROW_COLUMNS, batch.proofs)
        given = _given(changing) if action.needs_tags else []
        branches = {contact.id: contact.branch_id for contact, _ in changing}
        for branch in set(branches.values()):
            proofs = [proof for proof in batch.proofs if branches[proof[3]] == branch]
            happenings.note_chunk(session, branch, proofs, [pair for pair in given if branches[pair[0]] == branch])
        return len(changing)

    def _advance(self, session: Session, last: int, done: int) -> None:
        found = session.execute(
            update(Import)
            .where(
                col(Import.id) == self._id,
                col(Import.committed_row) == self._at,
                col(Import.state) == ImportState.COMMITTING,
            )
            .values(committed_row=last, counts={Outcome.UPDATE.value: done})
            .execution_options(synchronize_session=False)
        )
        if found.rowcount != 1:  # type: ignore[attr-defined]
            raise Lost(text("Another worker took this change over."))


def _row(contact: Row[Any], changes: dict[str, Any]) -> tuple[Prepared, Decision]:
    candidate = Candidate(contact.number, None, [], (), [])
    decision = Decision(Outcome.UPDATE, contact.id, contact.version, changes, stored=contact)
    return Prepared(candidate, {}, {}), decision


def _write_tags(batch: Batch, changing: list[tuple[Row[Any], dict[str, Any]]]) -> None:
    taken = [(contact.id, tag) for contact, changes in changing for tag in changes["tags"][0]]
    bulk.run(batch.session, "DELETE FROM contact_tag WHERE contact_id = ? AND tag_id = ?", taken)
    bulk.insert(batch.session, "contact_tag", ("contact_id", "tag_id"), _given(changing))


def _given(changing: list[tuple[Row[Any], dict[str, Any]]]) -> list[tuple[int, int]]:
    return [(contact.id, tag) for contact, changes in changing for tag in changes["tags"][1]]


def _write_members(batch: Batch, changing: list[tuple[Row[Any], dict[str, Any]]]) -> None:
    """Somebody may put one of them in by hand meanwhile."""
    taken = [(contact.id, segment) for contact, changes in changing for segment in changes[SEGMENTS][0]]
    given = [(contact.id, segment) for contact, changes in changing for segment in changes[SEGMENTS][1]]
    picked.take(batch.session, taken)
    picked.give(batch.session, given)


def _touch(batch: Batch, changing: list[tuple[Row[Any], dict[str, Any]]]) -> None:
    rows = [(contact.version + 1, bulk.moment(now()), contact.id) for contact, _ in changing]
    bulk.update(batch.session, "contact", '"version" = ?, "updated_at" = ?', "id = ?", rows)
    for contact, changes in changing:
        batch.prove(contact.number, Outcome.UPDATE, contact.id, contact.version + 1, encode(changes))
