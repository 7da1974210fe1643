"""The task behind every job: claim it, let the services work, and see that nothing waits forever."""

import logging
import threading
from functools import cache
from typing import Any

from crm_app.jobs import queue
from crm_app.models import Job, JobKind, JobState
from crm_app.services import database, errands, export_jobs, jobs
from crm_app.services.contacts import trash
from crm_app.services.duplicates import work as duplicates
from crm_app.services.errors import Busy
from crm_app.services.imports import work
from crm_app.services.jobs import Claim
from crm_app.services.messages import campaigns
from crm_app.services.privacy import erasing

log = logging.getLogger(__name__)

AGAIN_SECONDS = 1.0  # until a job is tried again whose claim met a locked database

ERRANDS: dict[JobKind, errands.Work] = {
    JobKind.DUPLICATES: duplicates.search,
    JobKind.MERGE: duplicates.merge,
    JobKind.EXPORT: export_jobs.work,
    JobKind.EMPTY_TRASH: trash.work,
    JobKind.CAMPAIGN: campaigns.work,
    JobKind.ERASE: erasing.work,
}

stopping = threading.Event()  # set while this process ends: workers put their jobs back


@cache
def tasks() -> Any:
    """The Huey task, registered with the queue in force."""
    return queue.huey().task(name="run_job", retries=0)(run_job)


def run_job(job_id: int) -> None:
    """Does one job if it is free. A commit that must wait is pushed again by the one that ends, or by the patrol."""
    if stopping.is_set():
        return
    try:
        with database.transaction() as session:
            claim = jobs.claim(session, job_id)
    except Busy:
        queue.push(job_id, delay=AGAIN_SECONDS)
        return
    if claim is None:
        return
    ended = _work(claim)
    log.info("job %s ended: %s", job_id, ended or "taken over")
    if not stopping.is_set():
        _push_next(job_id)


def _work(claim: Claim) -> JobState | None:
    with database.reading() as session:
        kind = JobKind(session.get_one(Job, claim.job_id).kind)
    if kind in ERRANDS:
        return errands.run(claim, ERRANDS, should_pause=stopping.is_set)
    return work.run(claim, should_pause=stopping.is_set)


def _push_next(job_id: int) -> None:
    """What this job's import goes on with, and the commit or undo that waited for this one's end."""
    with database.reading() as session:
        waiting = {jobs.following(session, job_id), jobs.waiting_commit(session)}
    for each in waiting:
        if each is not None:
            queue.push(each)
