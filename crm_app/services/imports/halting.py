"""What becomes of the rows that are in when a commit is stopped: they wait for the rest, stay, or are taken back.

The wish stands in the commit's job, so that it holds whatever happens to the process that is to carry it out.
"""

from enum import StrEnum

from sqlmodel import Session

from crm_app.models import HALTED, Import, ImportState, Job, JobKind
from crm_app.services.actor import Actor
from crm_app.services.imports import undo_rows


class Then(StrEnum):
    """What is to happen when a commit stops."""

    KEEP = "keep"  # what is in stays, and the import has ended
    PAUSE = "pause"  # it goes on later
    TAKE_BACK = "take_back"  # what is in is undone


def wish(session: Session, actor: Actor, job: Job, then: Then) -> None:
    """Keeps with a commit what is to happen at its end; the last word counts."""
    job.data = {**job.data, "then": then.value, "by": actor.user_id}
    session.add(job)
    session.flush()


def carry_out(session: Session, found: Import, job: Job) -> Job | None:
    """Behind the end of a commit, in its transaction: what was wished for; the undo that begins, if one does.

    A commit that was done before it could stop is taken back all the same, and pausing or keeping it means nothing.
    """
    if job.kind != JobKind.COMMIT or "then" not in job.data:
        return None
    then = Then(job.data["then"])
    if found.state not in HALTED and then is not Then.TAKE_BACK:
        return None
    return settle(session, found, then, job.data.get("by"))


def settle(session: Session, found: Import, then: Then, user_id: int | None) -> Job | None:
    """Puts a stopped commit into the state wished for; the undo that begins, if one does."""
    assert found.id is not None
    session.add(found)
    if then is Then.TAKE_BACK and (total := undo_rows.total(session, found.id)):
        found.state, found.error = ImportState.UNDOING, None
        job = Job(kind=JobKind.UNDO, subject_id=found.id, user_id=user_id, total=total, data={"from": 0})
        session.add(job)
        session.flush()
        return job
    found.state = ImportState.PAUSED if then is Then.PAUSE else ImportState.CANCELLED
    session.flush()
    return None
