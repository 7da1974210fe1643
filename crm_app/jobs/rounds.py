"""What the server does again and again beside its jobs, each by a thread of its own. A round returns the seconds until
the next one; whatever it meets, the next one comes.
"""

import logging
import time
from collections.abc import Callable

from crm_app.services import (
    api_replies,
    attachments,
    database,
    export_jobs,
    notices,
    reminders,
    webhook_sending,
    webhooks,
)
from crm_app.services.automations import sweeping, working
from crm_app.services.contacts import trash
from crm_app.services.courses import billing
from crm_app.services.imports import retention
from crm_app.services.messages import bounces, outbox, sending
from crm_app.services.settings import fields

log = logging.getLogger(__name__)

Stop = Callable[[], bool]
Round = Callable[[Stop], float]

REMIND_SECONDS = 5.0
SEND_SECONDS = 2.0  # between two looks into the outbox
DOWN_SECONDS = 60.0  # until a mail server is tried again that could not be reached
LOOK_SECONDS = 300.0  # between two looks for mails that came back; sooner where the last one did not see all
TELL_SECONDS = 3.0
AUTOMATE_SECONDS = 2.0
OVERDUE_SECONDS, BIRTHDAY_SECONDS = 60.0, 3600.0
BILL_SECONDS, PURGE_SECONDS = 3600.0, 3600.0
AGAIN_SECONDS = 5.0  # where the first round failed; later ones wait as long as the last that went well


def all_of(*, is_alone: bool) -> dict[str, Round]:
    """The rounds by the name of their thread. `is_alone`: no other process works on this database."""
    return {
        "reminders": remind,
        "messages": Sending(is_alone=is_alone),
        "bounces": look_for_bounces,
        "webhooks": tell,
        "automations": Automating(),
        "billing": bill,
        "purge": purge,
    }


def run(name: str, work: Round, stop: Stop, wait: Callable[[float], bool]) -> None:
    """Rounds until `wait` says that the process ends; the first at once, for what came due while nothing ran."""
    seconds = AGAIN_SECONDS
    while True:
        try:
            seconds = work(stop)
        except Exception as error:  # noqa: BLE001 - what fails now may go well the next time; the thread stays
            log.warning("%s put off: %s", name, type(error).__name__)
        if wait(seconds):
            return


def remind(stop: Stop) -> float:
    if told := reminders.send_due(should_stop=stop):
        log.info("reminders told: %s", told)
    return REMIND_SECONDS


class Sending:
    """Messages that a dead process was sending are looked at before any other leaves."""

    def __init__(self, *, is_alone: bool) -> None:
        self._is_alone = is_alone

    def __call__(self, stop: Stop) -> float:
        if lost := outbox.take_up(is_first_start=self._is_alone):
            log.warning("messages of which nobody knows whether they left: %s", lost)
        self._is_alone = False
        report = sending.send_due(should_stop=stop)
        if report.sent:
            log.info("messages sent: %s", report.sent)
        return DOWN_SECONDS if report.is_down else SEND_SECONDS


def look_for_bounces(stop: Stop) -> float:
    look = bounces.poll(should_stop=stop)
    return SEND_SECONDS if look.is_more and look.problem is None else LOOK_SECONDS


def tell(stop: Stop) -> float:
    webhook_sending.send_due(should_stop=stop)
    return TELL_SECONDS


class Automating:
    """What happened is worked off often; what comes with time is looked for now and then."""

    def __init__(self) -> None:
        self._overdue_at = self._birthdays_at = 0.0

    def __call__(self, stop: Stop) -> float:
        if time.monotonic() >= self._overdue_at:
            sweeping.overdue()
            self._overdue_at = time.monotonic() + OVERDUE_SECONDS
        if time.monotonic() >= self._birthdays_at:
            sweeping.birthdays()
            self._birthdays_at = time.monotonic() + BIRTHDAY_SECONDS
        if worked := working.work_off(should_stop=stop):
            log.info("events of automations worked off: %s", worked)
        return AUTOMATE_SECONDS


def bill(stop: Stop) -> float:
    """Periods of subscriptions that are due soon."""
    if written := billing.next_periods(should_stop=stop):
        log.info("periods of subscriptions written down: %s", written)
    return BILL_SECONDS


def purge(stop: Stop) -> float:
    """What is kept for a time only. One that fails keeps none of the others."""
    done: dict[str, int] = {}
    for name, work in _PURGES.items():
        try:
            done[name] = work(stop)
        except Exception as error:  # noqa: BLE001 - it may go well in an hour
            log.warning("purge of %s put off: %s", name, type(error).__name__)
    if gone := {name: count for name, count in done.items() if count}:
        log.info("purged: %s", gone)
    return PURGE_SECONDS


def _purge_doors() -> int:
    """What programs were answered, and what other systems were told."""
    with database.transaction() as session:
        return api_replies.purge(session) + webhooks.purge(session)


_PURGES: dict[str, Callable[[Stop], int]] = {
    "imports": lambda stop: sum(retention.purge(should_stop=stop).values()),
    "trash": lambda stop: trash.purge(should_stop=stop),
    "exports": lambda _: export_jobs.purge(),
    "notices": lambda _: notices.purge(),
    "fields": lambda stop: fields.purge(should_stop=stop),
    "attachments": lambda _: attachments.clean(),
    "doors": lambda _: _purge_doors(),
    "messages": lambda _: outbox.purge(),
    "automations": lambda _: working.purge(),
}
