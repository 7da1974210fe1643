"""Until when the file and the undo data of an import are kept, and what is said when they are gone.

The file's folder also holds the cells, the edits and the plan; `read_out` of an import without it has no rows.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func
from sqlmodel import col

from crm_app.locales import text
from crm_app.models import HALTED, Import, ImportState, Installation
from crm_app.services.errors import Conflict

DRAFTS = (ImportState.READ, ImportState.CHECKED)  # nothing is written yet; somebody may go on
ENDED = (ImportState.DONE, *HALTED, ImportState.UNDO_STOPPED, ImportState.UNDONE)
WITH_FILE = (*ENDED, ImportState.FAILED)  # states in which the file can be given up and the import stays

FILE_GONE = text("The file of this import was deleted; its counts stay. Bring the file in once more to go on.")
UNDO_GONE = text("This import cannot be undone any more: what stood there before it is no longer kept.")


def require_file(found: Import) -> None:
    """Raises Conflict when the import's file was deleted."""
    if found.purged_at is not None:
        raise Conflict(FILE_GONE)


def require_undo_data(found: Import) -> None:
    """Raises Conflict when the values of before the import are forgotten."""
    if found.undo_purged_at is not None:
        raise Conflict(UNDO_GONE)


def file_until(settings: Installation, found: Import) -> datetime | None:
    """When the file is due to be deleted, with a draft the whole import; None = not at all, or gone, or at work."""
    if found.purged_at is not None or found.state not in (*WITH_FILE, *DRAFTS) or not settings.file_days:
        return None
    return _ended(found) + timedelta(days=settings.file_days)


def undo_until(settings: Installation, found: Import) -> datetime | None:
    """When the values of before the import are due to be forgotten; None = not at all, or gone, or at work."""
    if found.undo_purged_at is not None or found.state not in ENDED or not settings.undo_days:
        return None
    return (found.finished_at or found.created_at) + timedelta(days=settings.undo_days)


def ended_at() -> ColumnElement[datetime]:
    """The moment from which the file's time counts: the import's or its undo's end, or the last change before."""
    return func.coalesce(Import.undone_at, Import.finished_at, Import.changed_at, Import.created_at)


def finished_at() -> ColumnElement[datetime]:
    """The moment from which the undo's time counts."""
    return func.coalesce(col(Import.finished_at), col(Import.created_at))


def _ended(found: Import) -> datetime:
    """As `ended_at`, of one import."""
    return found.undone_at or found.finished_at or found.changed_at or found.created_at
