"""The task behind every job of an import: claim it, let the services work, and see that nothing waits forever."""

import logging
import threading
from functools import cache
from typing import Any

from crm_app.jobs import queue
from crm_app.models import Job, JobKind, JobState
from crm_app.services import database, jobs
from crm_app.services.errors import Busy
from crm_app.services.imports import work

log = logging.getLogger(__name__)

WAIT_SECONDS = 1.0  # until a commit asks again whether the one before it has ended

stopping = threading.Event()  # set while this process ends: workers put their jobs back


@cache
def tasks() -> Any:
    """The Huey task, registered with the queue in force."""
    return queue.huey().task(name="run_job", retries=0)(run_job)


def run_job(job_id: int) -> None:
    """Does one job if it is free. A commit that must wait for another one comes back in a second."""
    if stopping.is_set():
        return
    try:
        with database.transaction() as session:
            claim = jobs.claim(session, job_id)
            waits = claim is None and _waits(session.get(Job, job_id))
    except Busy:
        queue.push(job_id, delay=WAIT_SECONDS)
        return
    if claim is not None:
        ended = work.run(claim, should_pause=stopping.is_set)
        log.info("job %s ended: %s", job_id, ended or "taken over")
    elif waits and not stopping.is_set():
        queue.push(job_id, delay=WAIT_SECONDS)


def _waits(job: Job | None) -> bool:
    return job is not None and job.kind == JobKind.COMMIT and job.state == JobState.QUEUED
