"""Which imports an actor may see: those of its own branches, with the permission to import."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, select

from crm_app.locales import text
from crm_app.models import HALTED, Import, ImportKind, ImportRow, ImportState, Job, Outcome, Permission, User
from crm_app.services import jobs
from crm_app.services.actor import Actor
from crm_app.services.contacts.visibility import of_branches
from crm_app.services.errors import NotFound

LEFT_OUT = (Outcome.SKIP, Outcome.INVALID, Outcome.CONFLICT)


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One import with who started it and its newest job."""

    found: Import
    who: str
    job: Job | None


def visible_imports(actor: Actor) -> list[ColumnElement[bool]]:
    """Conditions that keep a query to the imports of the actor's branches; to its own where it does not see all of
    their contacts."""
    found = of_branches(actor, col(Import.branch_id))
    return found if actor.owner_ids is None else [*found, col(Import.user_id) == actor.user_id]


def get(session: Session, actor: Actor, import_id: int) -> Import:
    """The import. Raises NotPermitted without the right to import, NotFound for a foreign or missing id."""
    actor.require(Permission.IMPORT)
    query = select(Import).where(Import.id == import_id, *visible_imports(actor))
    found = session.exec(query.execution_options(populate_existing=True)).first()
    if found is None or (found.options.get("everywhere") and not actor.may(Permission.SETTINGS)):
        raise NotFound(text("There is no such import."))
    return found


def progress(session: Session, actor: Actor, import_id: int) -> tuple[Import, Job | None]:
    """The import and its newest job; `jobs.progress(job)` gives rate and time left."""
    return get(session, actor, import_id), jobs.latest(session, import_id)


def history(
    session: Session,
    actor: Actor,
    *,
    query: str = "",
    kind: ImportKind | None = None,
    before: int | None = None,
    limit: int = 50,
) -> tuple[list[HistoryEntry], int]:
    """Imports, and changes of many or only one `kind` of them, newest first, and how many there are in all. `before` is
    the id of the last one shown.
    """
    actor.require(Permission.IMPORT)
    # Rows that came back mended are rows of the import they belong to.
    conditions = [*visible_imports(actor), col(Import.continues_id).is_(None) | (col(Import.state) != ImportState.DONE)]
    if kind is not None:
        conditions.append(col(Import.kind) == kind)
    if word := query.strip():
        pattern = "%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        conditions.append(
            col(Import.name).ilike(pattern, escape="\\") | col(Import.file_name).ilike(pattern, escape="\\")
        )
    total = session.exec(select(func.count()).select_from(Import).where(*conditions)).one()
    paged = [*conditions, col(Import.id) < before] if before is not None else conditions
    found = session.exec(
        select(Import, User.name)
        .join(User, col(Import.user_id) == col(User.id), isouter=True)
        .where(*paged)
        .order_by(col(Import.id).desc())
        .limit(limit)
    ).all()
    newest = _newest_jobs(session, [entry.id for entry, _ in found if entry.id is not None])
    return [HistoryEntry(entry, name or "", newest.get(entry.id or 0)) for entry, name in found], int(total)


def _newest_jobs(session: Session, ids: Sequence[int]) -> dict[int, Job]:
    found = session.exec(select(Job).where(col(Job.subject_id).in_(ids)).order_by(col(Job.id))).all()
    return {job.subject_id: job for job in found}


def same_file(session: Session, actor: Actor, found: Import) -> list[Import]:
    """Earlier imports of the same content that wrote contacts and were not undone, newest first."""
    query = (
        select(Import)
        .where(Import.sha256 == found.sha256, Import.id != found.id, col(Import.committed_row) > 0)
        .where(*visible_imports(actor))
        .where(Import.state != ImportState.UNDONE, col(Import.continues_id).is_(None))
        .order_by(col(Import.id).desc())
    )
    return list(session.exec(query).all())


def written(session: Session, found: Import) -> dict[str, int]:
    """Rows per outcome that are in the database by now; of a cancelled import fewer than planned."""
    query = select(ImportRow.outcome, func.count()).group_by(col(ImportRow.outcome))
    if found.continues_id is None:
        query = query.where(ImportRow.import_id == found.id)
    else:
        query = query.where(ImportRow.import_id == found.continues_id, ImportRow.through == found.id)
    return {outcome: int(count) for outcome, count in session.exec(query).all()}


def came_in(session: Session, found: Import) -> dict[str, int]:
    """Rows per outcome: what an import did, also when it was undone later; of a stopped one what is in by now, of one
    before its commit nothing.
    """
    if not found.committed_row or found.state == ImportState.DONE:
        return dict(found.counts) if found.committed_row else {}
    rows = written(session, found)
    if found.state in HALTED:
        return rows
    return {outcome: found.counts.get(outcome, 0) for outcome in LEFT_OUT} | rows


def who_runs(session: Session, job: Job) -> str:
    """Name of the user who started a job; empty for the system."""
    user = session.get(User, job.user_id) if job.user_id is not None else None
    return user.name if user is not None else ""
