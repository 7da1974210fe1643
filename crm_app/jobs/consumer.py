"""The workers, as threads of the server. Only the server starts them; signals are the server's own business."""

import logging
import threading
from typing import Any

from huey.consumer import Consumer

from crm_app.jobs import imports, queue, rounds
from crm_app.models.base import now
from crm_app.services import database, jobs
from crm_app.services.imports import uploads
from crm_app.services.imports.reading import pool

log = logging.getLogger(__name__)

WORKERS = 3  # a commit, and others' reading and checking beside it
PATROL_SECONDS = 10.0
STOP_SECONDS = 8.0


class _Quiet(Consumer):
    def _set_signal_handlers(self) -> None:
        """The HTTP server owns the signals."""


class Workers:
    """Starts and stops the threads of one process."""

    def __init__(self) -> None:
        self._consumer: Any = None
        self._threads: list[threading.Thread] = []
        self._ended = threading.Event()

    def start(self) -> None:
        """Takes up what the last process left undone, then waits for work. Needs a migrated database."""
        if self._consumer is not None:
            return
        imports.stopping.clear()
        self._ended.clear()
        imports.tasks()
        is_alone = database.engine().dialect.name == "sqlite"  # no other process works on this database
        self._take_up(is_first_start=is_alone)
        self._consumer = _Quiet(
            queue.huey(),
            workers=WORKERS,
            periodic=False,
            initial_delay=0.05,
            backoff=1.1,
            max_delay=0.5,
            check_worker_health=False,
            shutdown_timeout=STOP_SECONDS,
        )
        self._consumer.start()
        self._threads = [threading.Thread(target=self._patrolling, name="jobs-patrol", daemon=True)]
        for name, work in rounds.all_of(is_alone=is_alone).items():
            ended = (self._ended.is_set, self._ended.wait)
            self._threads.append(threading.Thread(target=rounds.run, args=(name, work, *ended), name=name, daemon=True))
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Lets every job stop at its next safe point and go back to the queue; at most ten seconds."""
        if self._consumer is None:
            return
        imports.stopping.set()
        self._ended.set()
        self._consumer.stop(graceful=True)
        self._consumer = None
        pool.tidy(older_than=0)
        for thread in self._threads:
            thread.join(1)

    def _patrolling(self) -> None:
        while not self._ended.wait(PATROL_SECONDS):
            pool.tidy()
            try:
                self._take_up()
            except Exception as error:  # noqa: BLE001 - what fails now may go well the next time; the thread stays
                log.warning("patrol put off: %s", type(error).__name__)

    def _take_up(self, *, is_first_start: bool = False) -> None:
        with database.transaction() as session:
            found = jobs.abandoned(session, now(), is_first_start=is_first_start)
            uploads.clean(session, older_than=uploads.LEFTOVER_SECONDS if is_first_start else 600.0)
        for job_id in found:
            log.info("job %s is taken up again", job_id)
            queue.push(job_id)


_workers = Workers()


def start() -> None:
    """Starts this process's workers; a second call does nothing."""
    _workers.start()


def stop() -> None:
    """Stops this process's workers; unfinished jobs go on at the next start."""
    _workers.stop()
