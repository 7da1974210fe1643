"""The commit: carries out the plan in chunks that hold the write lock shortly, from where it last stood.

Per chunk, in one transaction: the claim and the high-water mark by compare-and-set, the rows decided once more
against the contacts as they are now, contacts, points, tags, proofs, counts and progress. A killed process goes on
behind the last chunk that is in; no row is carried out twice.
"""

import time
from collections.abc import Callable
from pathlib import Path
from sqlite3 import Connection as PlanConnection
from typing import Any

from sqlalchemy import Engine, update
from sqlmodel import Session, col, select

from crm_app.locales import text
from crm_app.models import Import, ImportRow, ImportState, Job, LeadStatus, Outcome, User
from crm_app.services import crash, jobs
from crm_app.services.automations import happenings
from crm_app.services.imports import course_rows, plan_file, planned, returning
from crm_app.services.imports.chunk import Batch, Prepared, complete, prepare, prove, write
from crm_app.services.imports.collecting import held_back
from crm_app.services.imports.consent_guard import ConsentGuard
from crm_app.services.imports.consent_writing import write_consents
from crm_app.services.imports.continued import first_rows, matcher
from crm_app.services.imports.matching import Decision
from crm_app.services.imports.own_keys import OwnKeys
from crm_app.services.imports.pace import Pace
from crm_app.services.imports.planned import PlannedRow
from crm_app.services.imports.suppressed_rows import ERASED, screened
from crm_app.services.imports.writing_engine import CHECKPOINT_CHUNKS, checkpoint, locked
from crm_app.services.jobs import Claim, Lost

WRITTEN = (Outcome.CREATE, Outcome.UPDATE, Outcome.UNCHANGED)

Progress = Callable[[int, int], None]

_TOUCHED = text("The same contact as in row {row}; the first row counts.")
IS_IN = Decision(Outcome.SKIP, reason=text("This row has come in already."))
_REFERENCE_GONE = text("The status or responsible user of this row was removed since the check.")


class Commit:
    """One run over one import's plan. `run` answers how it ended."""

    def __init__(self, engine: Engine, folder: Path, found: Import, claim: Claim, *, pause: float = 0.0) -> None:
        assert found.id is not None
        self._engine, self._folder, self._claim, self._pause = engine, folder, claim, pause
        self._id, self._branch_id, self._file_name = found.id, found.branch_id, found.file_name
        self._continues = found.continues_id
        self._rows_of = found.continues_id or found.id  # the import whose rows these are
        self._at_row, self._counts = found.committed_row, dict(found.counts)
        self._members = course_rows.of(found)
        self._pace = Pace(makes_members=self._members is not None)

    def run(self, *, should_pause: Callable[[], bool], on_progress: Progress | None = None) -> ImportState:
        """DONE, CANCELLED when somebody asked for it, or COMMITTING when `should_pause` said so.

        Raises Lost when another worker took over.
        """
        with plan_file.writing(self._folder) as plan, self._engine.connect() as connection:
            self._plan = plan
            self._facts = planned.facts(plan)
            facts, actor = self._facts, self._facts.actor
            self._matcher = matcher(self._continues, facts.layout, actor, facts.context, facts.required)
            self._consents = ConsentGuard(facts.layout, facts.context)
            self._keys = OwnKeys(facts.layout, actor)
            connection = connection.execution_options(begin="IMMEDIATE")
            self._total = planned.total(plan)
            self._done = _done(plan, self._at_row)
            chunks = 0
            while rows := planned.next_rows(plan, self._at_row, self._pace.size):
                if should_pause():
                    return ImportState.COMMITTING
                crash.point("commit:before-chunk")
                with held_back():
                    goes_on = self._chunk(connection, rows)
                if not goes_on:
                    return ImportState.CANCELLED
                crash.point("commit:after-chunk")
                chunks += 1
                if chunks % CHECKPOINT_CHUNKS == 0:
                    checkpoint(connection)
                if on_progress:
                    on_progress(self._done, self._total)
                time.sleep(self._pause)
        return ImportState.DONE

    @property
    def longest_chunk(self) -> float:
        """Seconds the longest chunk of this run held the write lock."""
        return self._pace.longest

    def _chunk(self, connection: Any, rows: list[PlannedRow]) -> bool:
        """Carries out the rows; False when somebody asked to stop."""
        layout, done = self._facts.layout, len(rows)
        prepared = [prepare(layout, row.candidate, is_new=row.outcome is Outcome.CREATE) for row in rows]
        last, counts = rows[-1].candidate.row, dict(self._counts)
        with locked(connection) as session:
            started = time.perf_counter()
            if jobs.should_stop(session, self._claim):
                jobs.beat(session, self._claim)  # raises Lost when it is not ours any more
                return False
            if self._members is not None:
                self._members.lock(session)
            returning.require_open(session, self._continues)
            if there := self._there(session, rows):
                prepared = [row for row in prepared if row.candidate.row not in there]
                rows = self._without(rows, there, counts)
            decisions = self._decide(session, rows)
            again = [(row, d) for row, d in zip(rows, decisions, strict=True) if not row.fits(d)]
            if again:
                self._plan_again(again, counts)
            batch = Batch(session, self._rows_of, self._branch_id, layout, self._of_new_contacts(session))
            batch.through = self._id if self._continues else None
            batch.own_defaults = self._facts.own_defaults
            written = _writable(prepared, decisions)
            write(batch, written)
            if self._members is not None:
                self._members.enrol(batch, self._plan, self._members.actor(session, self._claim.job_id))
            prove(batch)
            happenings.note_chunk(session, self._branch_id, batch.proofs, batch.given)
            if any(decision.entries for _, decision in written):
                user_id = session.get_one(Job, self._claim.job_id).user_id
                write_consents(batch, written, self._file_name, user_id)
            crash.point("commit:inside-chunk")
            self._advance(session, last, counts, len(again))
            jobs.beat(session, self._claim, {"done": self._done + done, "total": self._total})
            session.commit()
        self._pace.measured(time.perf_counter() - started, done)
        self._at_row, self._counts = last, counts
        self._done += done
        return True

    def _there(self, session: Session, rows: list[PlannedRow]) -> set[int]:
        """Rows of this import that another file of it brought in since the check."""
        query = select(ImportRow.row).where(
            ImportRow.import_id == self._rows_of,
            col(ImportRow.row).between(rows[0].candidate.row, rows[-1].candidate.row),
        )
        return {row.candidate.row for row in rows}.intersection(session.exec(query).all())

    def _without(self, rows: list[PlannedRow], there: set[int], counts: dict[str, int]) -> list[PlannedRow]:
        """The rows without those that are in; in the import itself their outcome is the one they came in with."""
        if self._continues:
            self._plan_again([(row, IS_IN) for row in rows if row.candidate.row in there], counts)
        return [row for row in rows if row.candidate.row not in there]

    def _decide(self, session: Session, rows: list[PlannedRow]) -> list[Decision]:
        decisions = self._matcher.decide(session, [row.candidate for row in rows])
        for place in screened(session, self._facts.layout, [row.candidate.norms for row in rows]).erased:
            decisions[place] = Decision(Outcome.SKIP, reason=ERASED)
        self._refuse_gone_references(session, rows, decisions)
        other = {d.contact_id for row, d in zip(rows, decisions, strict=True) if d.contact_id and not row.meets(d)}
        if other:
            self._refuse_touched(session, rows, decisions, {id_ for id_ in other if id_ is not None})
        if self._members is not None:
            self._members.refuse_gone_offers(session, self._plan, [row.candidate.row for row in rows], decisions)
        self._keys.refuse(session, [row.candidate for row in rows], decisions, range(len(rows)))
        self._consents.decide(session, [(row.candidate, d) for row, d in zip(rows, decisions, strict=True)])
        return decisions

    def _refuse_touched(
        self, session: Session, rows: list[PlannedRow], decisions: list[Decision], ids: set[int]
    ) -> None:
        """Rows that now mean a contact which an earlier row of this import meant are skipped."""
        first = first_rows(session, self._rows_of, ids)
        for place, decision in enumerate(decisions):
            if decision.contact_id in ids:
                row = first.setdefault(decision.contact_id, rows[place].candidate.row)
                if row != rows[place].candidate.row:
                    decisions[place] = Decision(Outcome.SKIP, reason=text(_TOUCHED.msgid, row=row))

    def _refuse_gone_references(self, session: Session, rows: list[PlannedRow], decisions: list[Decision]) -> None:
        """A status or user deleted since the check would break the whole chunk: those rows wait instead."""
        there = {"status": select(LeadStatus.id).where(col(LeadStatus.removed_at).is_(None)), "owner": select(User.id)}
        for target, query in there.items():
            if target not in self._facts.layout.targets:
                continue
            place = self._facts.layout.targets.index(target)
            valid = set(session.exec(query).all()) | {None}
            for number, row in enumerate(rows):
                if row.candidate.values[place] not in valid:
                    decisions[number] = Decision(Outcome.INVALID, reason=_REFERENCE_GONE)

    def _of_new_contacts(self, session: Session) -> dict[str, Any]:
        """What new contacts take where their row has none; a status or user deleted since the check is left out."""
        found = dict(self._facts.of_new_contacts)
        for name, model in (("status", LeadStatus), ("owner", User)):
            one = session.get(model, found[name]) if name in found else None
            if name in found and (one is None or getattr(one, "removed_at", None) is not None):
                del found[name]
        return found

    def _plan_again(self, again: list[tuple[PlannedRow, Decision]], counts: dict[str, int]) -> None:
        planned.replan(self._plan, again)
        for row, decision in again:
            counts[row.outcome] -= 1
            counts[decision.outcome] = counts.get(decision.outcome, 0) + 1

    def _advance(self, session: Session, last: int, counts: dict[str, int], replanned: int) -> None:
        found = session.execute(
            update(Import)
            .where(
                col(Import.id) == self._id,
                col(Import.committed_row) == self._at_row,
                col(Import.state) == ImportState.COMMITTING,
            )
            .values(committed_row=last, counts=counts, replanned=col(Import.replanned) + replanned)
            .execution_options(synchronize_session=False)
        )
        if found.rowcount != 1:  # type: ignore[attr-defined]
            raise Lost(text("Another worker took this import over."))


def _writable(prepared: list[Prepared], decisions: list[Decision]) -> list[tuple[Prepared, Decision]]:
    found = []
    for row, decision in zip(prepared, decisions, strict=True):
        if decision.outcome in WRITTEN:
            if decision.outcome is Outcome.CREATE and not row.sort_name:
                complete(row)
            found.append((row, decision))
    return found


def _done(plan: PlanConnection, at_row: int) -> int:
    query = "SELECT count(*) FROM plan WHERE row <= ? AND coalesce(planned, outcome) IN ('create','update','unchanged')"
    return int(plan.execute(query, (at_row,)).fetchone()[0])
