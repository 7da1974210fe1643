"""The workers, as threads of the server. Only the server starts them; signals are the server's own business."""

import logging
import threading
import time
from typing import Any

from huey.consumer import Consumer

from crm_app.jobs import imports, queue
from crm_app.models.base import now
from crm_app.services import (
    api_replies,
    attachments,
    database,
    export_jobs,
    jobs,
    notices,
    reminders,
    webhook_sending,
    webhooks,
)
from crm_app.services.automations import sweeping, working
from crm_app.services.contacts import trash
from crm_app.services.imports import retention, uploads
from crm_app.services.imports.reading import pool
from crm_app.services.messages import bounces, outbox, sending
from crm_app.services.settings import fields

log = logging.getLogger(__name__)

WORKERS = 3  # a commit, and others' reading and checking beside it
PATROL_SECONDS = 10.0
REMIND_SECONDS = 5.0
SEND_SECONDS = 2.0  # between two looks into the outbox
DOWN_SECONDS = 60.0  # until a mail server is tried again that could not be reached
LOOK_SECONDS = 300.0  # between two looks for mails that came back; sooner where the last one did not see all
TELL_SECONDS = 3.0
AUTOMATE_SECONDS = 2.0
OVERDUE_SECONDS, BIRTHDAY_SECONDS = 60.0, 3600.0
PURGE_SECONDS = 3600.0  # between two looks for imports whose time is over; the first is at the start
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
        self._is_alone = False

    def start(self) -> None:
        """Takes up what the last process left undone, then waits for work. Needs a migrated database."""
        if self._consumer is not None:
            return
        imports.stopping.clear()
        self._ended.clear()
        imports.tasks()
        self._is_alone = database.engine().dialect.name == "sqlite"  # no other process works on this database
        self._take_up(is_first_start=self._is_alone)
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
        self._threads = [
            threading.Thread(target=self._patrolling, name="jobs-patrol", daemon=True),
            threading.Thread(target=self._reminding, name="reminders", daemon=True),
            threading.Thread(target=self._sending, name="messages", daemon=True),
            threading.Thread(target=self._looking, name="bounces", daemon=True),
            threading.Thread(target=self._telling, name="webhooks", daemon=True),
            threading.Thread(target=self._automating, name="automations", daemon=True),
            threading.Thread(target=self._purging, name="imports-purge", daemon=True),
        ]
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

    def _reminding(self) -> None:
        """At once after the start: what came due while nothing ran is told then."""
        while True:
            try:
                if told := reminders.send_due(should_stop=self._ended.is_set):
                    log.info("reminders told: %s", told)
            except Exception as error:  # noqa: BLE001 - as above
                log.warning("reminders put off: %s", type(error).__name__)
            if self._ended.wait(REMIND_SECONDS):
                return

    def _sending(self) -> None:
        while True:
            seconds = SEND_SECONDS
            try:
                if lost := outbox.take_up(is_first_start=self._is_alone):
                    log.warning("messages of which nobody knows whether they left: %s", lost)
                self._is_alone = False
                report = sending.send_due(should_stop=self._ended.is_set)
                if report.sent:
                    log.info("messages sent: %s", report.sent)
                if report.is_down:
                    seconds = DOWN_SECONDS
            except Exception as error:  # noqa: BLE001 - as above
                log.warning("messages put off: %s", type(error).__name__)
            if self._ended.wait(seconds):
                return

    def _looking(self) -> None:
        """A thread of its own: mailboxes take their time."""
        while True:
            seconds = LOOK_SECONDS
            try:
                look = bounces.poll(should_stop=self._ended.is_set)
                if look.is_more and look.problem is None:
                    seconds = SEND_SECONDS
            except Exception as error:  # noqa: BLE001 - as above
                log.warning("returned mails put off: %s", type(error).__name__)
            if self._ended.wait(seconds):
                return

    def _telling(self) -> None:
        """Other systems, a thread of its own: they may take their time."""
        while not self._ended.wait(TELL_SECONDS):
            try:
                webhook_sending.send_due(should_stop=self._ended.is_set)
            except Exception as error:  # noqa: BLE001 - as above
                log.warning("webhooks put off: %s", type(error).__name__)

    def _automating(self) -> None:
        overdue_at = birthdays_at = 0.0
        while True:
            try:
                if time.monotonic() >= overdue_at:
                    sweeping.overdue()
                    overdue_at = time.monotonic() + OVERDUE_SECONDS
                if time.monotonic() >= birthdays_at:
                    sweeping.birthdays()
                    birthdays_at = time.monotonic() + BIRTHDAY_SECONDS
                if worked := working.work_off(should_stop=self._ended.is_set):
                    log.info("events of automations worked off: %s", worked)
            except Exception as error:  # noqa: BLE001 - as above
                log.warning("automations put off: %s", type(error).__name__)
            if self._ended.wait(AUTOMATE_SECONDS):
                return

    def _purging(self) -> None:
        while True:
            try:
                done = retention.purge(should_stop=self._ended.is_set)
                stop = self._ended.is_set
                gone = {
                    "trash": trash.purge(should_stop=stop),
                    "exports": export_jobs.purge(),
                    "notices": notices.purge(),
                    "fields": fields.purge(should_stop=stop),
                    "attachments": attachments.clean(),
                    "doors": _purge_doors(),
                    "messages": outbox.purge(),
                    "automations": working.purge(),
                }
                done |= {name: count for name, count in gone.items() if count}
            except Exception as error:  # noqa: BLE001 - as above
                log.warning("purge put off: %s", type(error).__name__)
            else:
                if done:
                    log.info("purged: %s", done)
            if self._ended.wait(PURGE_SECONDS):
                return

    def _take_up(self, *, is_first_start: bool = False) -> None:
        with database.transaction() as session:
            found = jobs.abandoned(session, now(), is_first_start=is_first_start)
            uploads.clean(session, older_than=uploads.LEFTOVER_SECONDS if is_first_start else 600.0)
        for job_id in found:
            log.info("job %s is taken up again", job_id)
            queue.push(job_id)


def _purge_doors() -> int:
    """What programs were answered, and what other systems were told."""
    with database.transaction() as session:
        return api_replies.purge(session) + webhooks.purge(session)


_workers = Workers()


def start() -> None:
    """Starts this process's workers; a second call does nothing."""
    _workers.start()


def stop() -> None:
    """Stops this process's workers; unfinished jobs go on at the next start."""
    _workers.stop()
