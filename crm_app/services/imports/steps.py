"""The steps of an import: read, map, check, commit, undo, cancel. Each changes the state and leaves a job to be run.

States: READING → READ → CHECKING → CHECKED → COMMITTING → DONE; PAUSED and CANCELLED can be committed again and go on
where they stopped; FAILED can be read again. DONE, PAUSED and CANCELLED → UNDOING → UNDONE; UNDO_STOPPED goes on the
same way. The caller hands a returned job to the queue (`jobs.queue.push`) after its transaction, or runs it itself
(`work.run`).
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

from sqlalchemy import func, select, update
from sqlmodel import Session, col

from crm_app.locales import text
from crm_app.models import HALTED, Import, ImportKind, ImportState, Job, JobKind, JobState, Tag
from crm_app.models.base import now
from crm_app.services import branches, custom_fields, jobs
from crm_app.services.actor import Actor
from crm_app.services.contacts import owning
from crm_app.services.errors import Conflict
from crm_app.services.imports import columns as mappings
from crm_app.services.imports import (
    halting,
    into_course,
    kept,
    own_types,
    returning,
    shipped_presets,
    uploads,
    whole_files,
)
from crm_app.services.imports.access import get, who_runs
from crm_app.services.imports.carrying import as_suggested
from crm_app.services.imports.columns import ColumnMapping, Options
from crm_app.services.imports.halting import Then as Then
from crm_app.services.imports.reading.types import ReadSettings
from crm_app.services.imports.undo_start import undo as undo

STOPPED = text("Reading was stopped. Read the file again to go on.")
_BEFORE_COMMIT = (ImportState.READING, ImportState.READ, ImportState.CHECKING, ImportState.CHECKED, ImportState.FAILED)
_UNDO = (ImportState.UNDOING, ImportState.UNDO_STOPPED, ImportState.UNDONE)
_MAPPABLE = (ImportState.READ, ImportState.CHECKING, ImportState.CHECKED)


def read(session: Session, actor: Actor, import_id: int, settings: ReadSettings | None = None) -> Job:
    """Reads the file (again), with what somebody chose; a running reading or check gives way. Rows that were to
    continue another import are a file of their own then.

    Raises NotFound, NotPermitted; Conflict once rows were committed.
    """
    found = _in_state(session, actor, import_id, _BEFORE_COMMIT)
    _give_way(session, found)
    if found.continues_id is not None:
        found.continues_id, found.branch_id = None, actor.branch_id
    found.read_settings = (settings or ReadSettings()).to_json()
    found.state, found.error = ImportState.READING, None
    return _start(session, actor, found, JobKind.READ)


def map_columns(
    session: Session,
    actor: Actor,
    import_id: int,
    columns: Sequence[ColumnMapping],
    options: Options,
    *,
    name: str | None = None,
    branch_id: int | None = None,
) -> Import:
    """Keeps which column goes where and how rows are taken, and for which branch; a plan made before no longer counts.

    Raises NotFound, also for a branch the actor does not see; NotPermitted; Invalid naming the column; Conflict in
    other states than READ and CHECKED.
    """
    found = _in_state(session, actor, import_id, _MAPPABLE)
    mappings.validate(columns, options, len(found.read_out.get("headers", [])), custom_fields.targets(session))
    options = replace(options, owner=owning.of_new(actor, options.owner))
    if found.continues_id is not None and [column.to_json() for column in columns] != found.columns:
        raise Conflict(text("These rows are taken with the columns of the import they belong to."))
    if branch_id is not None and found.continues_id is None:
        found.branch_id = branches.chosen(session, actor, branch_id)
    if options.course is not None:
        into_course.require(session, actor, found.branch_id, options.course)
    _give_way(session, found)
    found.columns = [column.to_json() for column in columns]
    found.options = options.to_json()
    if name is not None:
        found.name = name.strip()[:200]
    found.state, found.counts, found.error = ImportState.READ, {}, None
    session.add(found)
    session.flush()
    return found


def rename(session: Session, actor: Actor, import_id: int, name: str) -> Import:
    """Gives the import a name, in any state. Raises NotFound, NotPermitted."""
    found = get(session, actor, import_id)
    found.name = name.strip()[:200]
    session.add(found)
    session.flush()
    return found


def check(session: Session, actor: Actor, import_id: int) -> Job:
    """Makes the plan (again). Raises NotFound, NotPermitted, Conflict; Invalid when nothing is mapped."""
    found = _in_state(session, actor, import_id, _MAPPABLE)
    chosen = mappings.from_json(found.columns)
    width, fields = len(found.read_out.get("headers", [])), custom_fields.targets(session)
    mappings.validate(chosen, Options.from_json(found.options), width, fields)
    _give_way(session, found)
    found.state, found.error = ImportState.CHECKING, None
    return _start(session, actor, found, JobKind.CHECK, total=found.rows)


def commit(session: Session, actor: Actor, import_id: int) -> Job:
    """Starts to carry out the plan, or goes on with a cancelled one; asked again by the same user, the same job.

    Raises NotFound, NotPermitted; Conflict when there is no plan (any more), when somebody else started it (says who),
    or when files only come in as a whole here and a row cannot be taken.
    """
    found = get(session, actor, import_id)
    if found.state in (ImportState.CHECKED, *HALTED):
        returning.require_open(session, found.continues_id)
    if found.state == ImportState.CHECKED:
        own_types.require_same(session, uploads.place_of(found))
    if found.kind == ImportKind.FILE and found.state in (ImportState.CHECKED, *HALTED):
        into_course.require_still(session, actor, found)
    newest_tag = select(func.coalesce(func.max(Tag.id), 0)).scalar_subquery()
    claimed = session.execute(
        update(Import)
        .where(col(Import.id) == import_id, col(Import.state).in_([ImportState.CHECKED, *HALTED]))
        .where(col(Import.purged_at).is_(None) | (col(Import.kind) == ImportKind.CHANGE))
        .values(state=ImportState.COMMITTING, error=None, finished_at=None, committed_at=now())
        .values(newest_tag=func.coalesce(Import.newest_tag, newest_tag))
        .execution_options(synchronize_session=False)
    )
    session.refresh(found)
    job = jobs.latest(session, import_id, JobKind.COMMIT)
    if claimed.rowcount == 1:  # type: ignore[attr-defined]
        if rows := whole_files.in_the_way(session, found.counts, has_begun=found.committed_row > 0):
            raise Conflict(whole_files.refusal(rows))
        done = job.done if job is not None and found.committed_row else 0
        return _start(session, actor, found, JobKind.COMMIT, done=done)
    if found.state in _UNDO:
        raise Conflict(text("This import was undone. Bring its file in once more to import it again."))
    kept.require_file(found)
    if job is None or found.state not in (ImportState.COMMITTING, ImportState.DONE):
        raise Conflict(text("This import has no finished check yet, so there is nothing to take over."))
    if job.user_id != actor.user_id:
        who = who_runs(session, job) or "system"
        if found.state == ImportState.DONE:
            raise Conflict(text("{who} has already taken this import over.", who=who))
        raise Conflict(text("{who} is already taking this import over.", who=who))
    return job


def cancel(session: Session, actor: Actor, import_id: int, then: Then = Then.KEEP) -> Job | None:
    """Stops the running job: what it has written or taken back stays so, and it can go on later. Of a commit, `then`
    says what becomes of the rows that are in; of a paused one too. Without a job: nothing.

    Returns the undo that begins at once; a commit at work starts it behind its last chunk. Raises NotFound,
    NotPermitted; Conflict for taking back rows that belong to another import.
    """
    found = get(session, actor, import_id)
    if then is Then.TAKE_BACK and found.continues_id is not None:
        raise Conflict(text("These rows belong to another import. Undo that one as a whole."))
    job = jobs.latest(session, import_id)
    if job is not None and not job.is_finished:
        if job.kind == JobKind.COMMIT:
            halting.wish(session, actor, job, then)
        if jobs.cancel(session, job):
            stopped(found)
            session.add(found)
            session.flush()
            return halting.carry_out(session, found, job)
    elif found.state in HALTED and then is not Then.PAUSE:
        return halting.settle(session, found, then, actor.user_id)
    return None


def pause(session: Session, actor: Actor, import_id: int) -> None:
    """Stops a commit behind its next chunk; `commit` goes on. Raises NotFound, NotPermitted."""
    cancel(session, actor, import_id, Then.PAUSE)


def was_read(found: Import, result: dict[str, Any]) -> None:
    """Keeps what a reading found, and suggests the mapping unless there is one for the same columns."""
    headers, before = result["headers"], found.read_out.get("headers")
    found.read_out, found.rows = result["read_out"], result["rows"]
    found.state, found.counts = ImportState.READ, {}
    if before == headers and found.columns:
        return
    columns = as_suggested(headers, found.read_out["suggestions"])
    found.columns = [column.to_json() for column in columns]
    options = Options.from_json(found.options) if found.options else Options()
    found.options = replace(options, match_key=_first_key(found.read_out, [one.target for one in columns])).to_json()


def _first_key(read_out: dict[str, Any], targets: Sequence[str | None]) -> str | None:
    """The match key without a choice: as in the import before, as the program that wrote the file has it, or ours."""
    chosen = read_out.get("match_key")
    if "match_key" in read_out and (chosen is None or mappings.key_fits(chosen, targets)):
        return cast("str | None", read_out["match_key"])
    return shipped_presets.match_key(read_out.get("product"), targets) or mappings.suggested_key(targets)


def stopped(found: Import) -> None:
    """Puts an import whose job was cancelled into the state from which somebody can go on."""
    if found.state == ImportState.READING:
        found.state, found.error = ImportState.FAILED, STOPPED.to_json()
    elif found.state == ImportState.CHECKING:
        found.state = ImportState.READ
    elif found.state == ImportState.COMMITTING:
        found.state, found.finished_at = ImportState.CANCELLED, now()
    elif found.state == ImportState.UNDOING:
        found.state = ImportState.UNDO_STOPPED


def _in_state(session: Session, actor: Actor, import_id: int, states: Sequence[ImportState]) -> Import:
    found = get(session, actor, import_id)
    session.refresh(found, with_for_update=True)  # until the end of the transaction its file is not given up
    kept.require_file(found)
    if found.state not in states:
        raise Conflict(text("This is not possible any more: the import has gone on meanwhile."))
    return found


def _give_way(session: Session, found: Import) -> None:
    """Ends a job at work on this import; its worker notices at its next write and leaves no trace."""
    assert found.id is not None
    job = jobs.latest(session, found.id)
    if job is not None and not job.is_finished:
        job.state, job.claim, job.finished_at = JobState.CANCELLED, None, now()
        session.add(job)


def _start(session: Session, actor: Actor, found: Import, kind: JobKind, *, total: int = 0, done: int = 0) -> Job:
    session.add(found)
    session.flush()
    assert found.id is not None
    return jobs.enqueue(session, actor, kind, found.id, total=total, done=done)
