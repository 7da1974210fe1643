"""The undo at work: takes the rows of one import back in chunks, from where it last stood.

Per chunk, in one transaction: the claim and the high-water mark by compare-and-set, the rows judged against the
contacts as they are now, contacts, points, tags, timeline, marks, counts and progress. A killed process goes on behind
the last chunk that is in; no row is taken back twice.
"""

import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, update
from sqlmodel import Session, col

from crm_app.locales import text
from crm_app.models import Import, ImportState, UndoOutcome
from crm_app.models.base import now
from crm_app.services import crash, installation, jobs
from crm_app.services.fields.verdict import FieldContext
from crm_app.services.imports import undo_plan, undo_rows
from crm_app.services.imports.collecting import held_back
from crm_app.services.imports.pace import Pace
from crm_app.services.imports.undo_writing import Undoing, take_back
from crm_app.services.imports.writing_engine import CHECKPOINT_CHUNKS, checkpoint, locked
from crm_app.services.jobs import Claim, Lost

Progress = Callable[[int, int], None]


class Undo:
    """One run over one import's rows. `run` answers how it ended."""

    def __init__(self, engine: Engine, found: Import, claim: Claim, user_id: int | None) -> None:
        assert found.id is not None
        self._engine, self._found, self._claim = engine, found, claim
        self._id, self._user_id = found.id, user_id
        self._at_row, self._counts = found.undone_row, Counter(found.undo_counts)
        self._pace = Pace()

    def run(self, *, should_pause: Callable[[], bool], on_progress: Progress | None = None) -> ImportState:
        """UNDONE, UNDO_STOPPED when somebody asked for it, or UNDOING when `should_pause` said so.

        Raises Lost when another worker took over.
        """
        with self._engine.connect() as connection:
            connection = connection.execution_options(begin="IMMEDIATE")
            with Session(connection) as session:
                self._prepare(session)
            chunks = 0
            while True:
                if should_pause():
                    return ImportState.UNDOING
                crash.point("undo:before-chunk")
                with held_back():
                    ended = self._chunk(connection)
                if ended is not None:
                    return ended
                crash.point("undo:after-chunk")
                chunks += 1
                if chunks % CHECKPOINT_CHUNKS == 0:
                    checkpoint(connection)
                if on_progress:
                    on_progress(self._done, self._total)

    @property
    def counts(self) -> dict[str, int]:
        """Rows by what became of them so far; then enrolments and notices, where there are any."""
        rows = {outcome.value: self._counts[outcome.value] for outcome in UndoOutcome}
        return rows | {name: count for name, count in self._counts.items() if name not in rows and count}

    @property
    def longest_chunk(self) -> float:
        """Seconds the longest chunk of this run held the write lock."""
        return self._pace.longest

    def _prepare(self, session: Session) -> None:
        found = self._found
        self._total = undo_rows.total(session, self._id)
        self._done = undo_rows.total(session, self._id, self._at_row)
        self._begun = undo_rows.since(session, found)
        self._context = FieldContext(country=installation.current(session).country)

    def _chunk(self, connection: Any) -> ImportState | None:
        """Takes the next rows back; answers when there are none left, or somebody asked to stop."""
        with locked(connection) as session:
            started = time.perf_counter()
            if jobs.should_stop(session, self._claim):
                jobs.beat(session, self._claim)  # raises Lost when it is not ours any more
                return ImportState.UNDO_STOPPED
            rows = undo_rows.proofs(session, self._id, after=self._at_row, limit=self._pace.size)
            if not rows:
                return ImportState.UNDONE
            fates = undo_plan.judge(session, self._found, rows, self._begun, locks=True)
            take_back(session, self._undoing(), fates)
            crash.point("undo:inside-chunk")
            counts = self._counts + undo_plan.counted(fates)
            self._advance(session, rows[-1].row, dict(counts))
            jobs.beat(session, self._claim, {"done": self._done + len(rows), "total": self._total})
            session.commit()
        self._pace.measured(time.perf_counter() - started, len(rows))
        self._at_row, self._counts = rows[-1].row, counts
        self._done += len(rows)
        return None

    def _undoing(self) -> Undoing:
        found = self._found
        return Undoing(
            import_id=self._id,
            user_id=self._user_id,
            begun=self._begun,
            ended=found.finished_at,
            newest_tag=found.newest_tag,
            context=self._context,
            at=now(),
        )

    def _advance(self, session: Session, last: int, counts: dict[str, int]) -> None:
        found = session.execute(
            update(Import)
            .where(
                col(Import.id) == self._id,
                col(Import.undone_row) == self._at_row,
                col(Import.state) == ImportState.UNDOING,
            )
            .values(undone_row=last, undo_counts=counts)
            .execution_options(synchronize_session=False)
        )
        if found.rowcount != 1:  # type: ignore[attr-defined]
            raise Lost(text("Another worker took this import over."))
