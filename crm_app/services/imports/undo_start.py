"""The start of an undo. `steps.undo` is its name outside."""

from sqlalchemy import update
from sqlmodel import Session, col, select

from crm_app.locales import text
from crm_app.models import HALTED, Import, ImportState, Job, JobKind
from crm_app.services import jobs
from crm_app.services.actor import Actor
from crm_app.services.errors import Conflict
from crm_app.services.imports import access, kept, undo_rows
from crm_app.services.settings import undoing

UNDOABLE = (ImportState.DONE, *HALTED, ImportState.UNDO_STOPPED)
STILL_RUNNING = text("This import is still at work. Wait for its end, or stop it first.")
NOTHING = text("This import has written nothing, so there is nothing to undo.")


def undo(session: Session, actor: Actor, import_id: int) -> Job:
    """Starts to take the import back, or goes on with a stopped undo; asked again by the same user, the same job.

    Raises NotFound, NotPermitted; Conflict while the import is at work, when it has written nothing, when the values of
    before are no longer kept, or when somebody else undoes or has undone it (says who).
    """
    found = access.get(session, actor, import_id)
    rows_come_in = select(col(Import.id)).where(
        Import.continues_id == import_id, Import.state == ImportState.COMMITTING
    )
    if session.exec(rows_come_in).first() is not None:
        raise Conflict(STILL_RUNNING)
    claimed = session.execute(
        update(Import)
        .where(col(Import.id) == import_id, col(Import.state).in_(UNDOABLE), col(Import.committed_row) > 0)
        .where(col(Import.undo_purged_at).is_(None))
        .values(state=ImportState.UNDOING, error=None)
        .execution_options(synchronize_session=False)
    )
    session.refresh(found)
    if claimed.rowcount == 1:  # type: ignore[attr-defined]
        undoing.bring_back(session, found)
        total = undo_rows.total(session, import_id)
        if not total:
            raise Conflict(NOTHING)
        done = undo_rows.total(session, import_id, found.undone_row)
        return jobs.enqueue(session, actor, JobKind.UNDO, import_id, total=total, done=done)
    job = jobs.latest(session, import_id, JobKind.UNDO)
    if job is None or found.state not in (ImportState.UNDOING, ImportState.UNDONE):
        require_undoable(found)
        kept.require_undo_data(found)
        raise Conflict(NOTHING)
    if job.user_id != actor.user_id:
        who = access.who_runs(session, job) or "system"
        if found.state == ImportState.UNDONE:
            raise Conflict(text("{who} has already undone this import.", who=who))
        raise Conflict(text("{who} is already undoing this import.", who=who))
    return job


def require_undoable(found: Import) -> None:
    """Raises Conflict while the import is still coming in or when it has written nothing."""
    if found.state == ImportState.COMMITTING:
        raise Conflict(STILL_RUNNING)
    if not found.committed_row or found.state not in (*UNDOABLE, ImportState.UNDOING, ImportState.UNDONE):
        raise Conflict(NOTHING)
