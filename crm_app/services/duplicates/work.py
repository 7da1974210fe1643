"""What a worker does with a job of duplicates: the search over the base, or the merge of all certain groups."""

from sqlmodel import Session

from crm_app.models import Job, JobKind, Permission
from crm_app.services import database, jobs
from crm_app.services.actor import Actor
from crm_app.services.duplicates import batch, running
from crm_app.services.errands import NO_SUBJECT, Ended, Watch

KINDS = (JobKind.DUPLICATES, JobKind.MERGE)


def start(session: Session, actor: Actor, kind: JobKind) -> Job:
    """Asks for a search, or for the merge of what is certain; the one that waits or works already is the answer.

    Raises NotPermitted.
    """
    actor.require(Permission.CONTACTS_BULK)
    there = latest(session, kind)
    return there if there is not None and not there.is_finished else jobs.enqueue(session, actor, kind, NO_SUBJECT)


def latest(session: Session, kind: JobKind) -> Job | None:
    """The newest job of that kind."""
    return jobs.latest(session, NO_SUBJECT, kind)


def search(actor: Actor, job: Job, watch: Watch) -> Ended:
    outcome = running.run(database.engine(), actor, watch.progress, watch.should_stop)
    return Ended({"groups": outcome.groups, "contacts": outcome.contacts})


def merge(actor: Actor, job: Job, watch: Watch) -> Ended:
    merged = batch.merge_certain(database.engine(), actor, watch.progress, watch.should_stop)
    return Ended({"groups": merged.groups, "fewer": merged.fewer, "failed": merged.failed})
