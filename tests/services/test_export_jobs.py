"""Exports in the background: whole or not at all, the actor's own, fetched for a while, and remembered."""

import csv
import os
import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlmodel import select

from crm_app import settings
from crm_app.jobs import imports as runner
from crm_app.models import AuditEntry, Job, JobState, Permission
from crm_app.models.base import now
from crm_app.services import database, errands, export_jobs, installation, jobs
from crm_app.services.actor import Actor
from crm_app.services.contacts import cards, trash
from crm_app.services.contacts.filter import ContactFilter
from crm_app.services.errors import Conflict, Invalid, NotFound, NotPermitted
from crm_app.services.filters.tree import Condition, Group

EVERYBODY = ContactFilter(inactive=True)


def never() -> bool:
    return False


@pytest.fixture
def people(alice: Actor) -> Actor:
    with database.transaction() as session:
        for n in range(5):
            city = "Rom" if n % 2 else "Ulm"
            cards.create(session, alice, {"first_name": f"P{n}", "city": city})
        first = cards.deactivate(session, alice, cards.get(session, alice, 1))
        first.notes = "a\x01b"  # as no form would take it
        session.add(first)
    return alice


def asked(
    actor: Actor, wanted: ContactFilter = EVERYBODY, fields: tuple[str, ...] = ("number",), kind: str = "csv"
) -> int:
    with database.transaction() as session:
        return export_jobs.start(session, actor, wanted, fields, kind).id or 0


def done(job_id: int, should_pause: Callable[[], bool] = never) -> Job:
    with database.transaction() as session:
        claim = jobs.claim(session, job_id)
    assert claim is not None
    errands.run(claim, runner.ERRANDS, should_pause=should_pause)
    with database.reading() as session:
        return session.get_one(Job, job_id)


def files() -> list[str]:
    place = settings.get().exports_dir
    return sorted(path.name for path in place.iterdir()) if place.is_dir() else []


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        (EVERYBODY, ["1", "2", "3", "4", "5"]),
        (ContactFilter(), ["2", "3", "4", "5"]),
        (ContactFilter(where=Group(items=(Condition("city", "is", ("Rom",)),))), ["2", "4"]),
        (ContactFilter(inactive=True, where=Group(items=(Condition("picked", "any", ("1", "4")),))), ["1", "4"]),
    ],
)
def test_the_list_or_the_ticked_ones_are_written(people: Actor, wanted: ContactFilter, numbers: list[str]) -> None:
    job = done(asked(people, wanted, ("city", "number")))
    assert (job.state, job.done <= job.total, job.data["contacts"]) == (JobState.DONE, True, len(numbers))
    with database.reading() as session:
        path = export_jobs.file_of(session, people, job.id or 0)
        entry = session.exec(select(AuditEntry).where(AuditEntry.action == "export")).one()
    rows = list(csv.reader(path.open(encoding="utf-8-sig", newline="")))
    assert rows[0] == ["city", "number"]
    assert [row[1] for row in rows[1:]] == numbers
    assert entry.data == {"contacts": len(numbers), "format": "csv", "export": job.id}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 and stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_workbook_is_written_too_and_what_no_file_holds_is_counted(people: Actor) -> None:
    job = done(asked(people, fields=("number", "notes"), kind="xlsx"))
    with database.reading() as session:
        sheet = load_workbook(export_jobs.file_of(session, people, job.id or 0)).active
    assert sheet.max_row == 6
    assert (job.data["replaced"], sheet["B2"].value) == (1, "a\ufffdb")


def test_the_next_one_begins_as_the_last_one_was(people: Actor, cast: dict[str, Actor]) -> None:
    with database.reading() as session:
        first = export_jobs.remembered(session, people)
        assert first.kind == "xlsx" and len(first.fields) > 10
    asked(people, fields=("city", "number"), kind="csv")
    with database.reading() as session:
        assert export_jobs.remembered(session, people) == export_jobs.Choice(["city", "number"], "csv")


@pytest.mark.parametrize(
    ("fields", "kind", "wanted", "error"),
    [
        ((), "csv", EVERYBODY, Invalid),
        (("shoe",), "csv", EVERYBODY, Invalid),
        (("number",), "pdf", EVERYBODY, Invalid),
        (("number",), "../csv", EVERYBODY, Invalid),
        (("number",), "csv", ContactFilter(query="nobody"), Conflict),
        (("number",), "csv", ContactFilter(segment_id=9), NotFound),
    ],
)
def test_what_is_not_understood_is_refused(
    people: Actor, fields: tuple[str, ...], kind: str, wanted: ContactFilter, error: type[Exception]
) -> None:
    with pytest.raises(error):
        asked(people, wanted, fields, kind)
    with database.reading() as session:
        assert not session.exec(select(Job)).all()


def test_it_takes_the_right_and_is_nobody_elses(people: Actor, bob: Actor) -> None:
    with pytest.raises(NotPermitted):
        asked(bob)
    job = done(asked(people))
    other = Actor(bob.user_id, "Bob", bob.permissions | {Permission.EXPORT}, bob.branch_ids)
    with database.reading() as session:
        for actor, id_ in ((other, job.id or 0), (people, 999)):
            with pytest.raises(NotFound, match="no such export"):
                export_jobs.get(session, actor, id_)
        assert export_jobs.listing(session, other) == []
        assert [one.id for one in export_jobs.listing(session, people)] == [job.id]


def test_a_stopped_one_leaves_nothing(people: Actor) -> None:
    id_ = asked(people)
    with database.transaction() as session:
        claim = jobs.claim(session, id_)
        export_jobs.stop(session, people, id_)
    assert claim is not None
    assert errands.run(claim, runner.ERRANDS, should_pause=never) is JobState.CANCELLED
    assert files() == []
    with database.reading() as session, pytest.raises(Conflict):
        export_jobs.file_of(session, people, id_)


def test_a_server_that_ends_gives_it_back_and_the_next_one_writes_it(people: Actor) -> None:
    id_ = asked(people)
    assert done(id_, lambda: True).state == JobState.QUEUED
    assert files() == []
    assert done(id_).state == JobState.DONE
    assert files() == [f"export-{id_}.csv"]


def test_a_file_is_deleted_after_the_days_of_the_settings(people: Actor) -> None:
    job = done(asked(people))
    assert export_jobs.purge(now() + timedelta(days=6)) == 0
    with database.transaction() as session:
        installation.change(session, people, export_days="0")
    assert export_jobs.purge(now() + timedelta(days=999)) == 0
    with database.transaction() as session:
        installation.change(session, people, export_days="7")
    half = settings.get().exports_dir / "part-server-x.csv"
    half.touch()
    os.utime(half, (0, 0))
    assert export_jobs.purge(now() + timedelta(days=8)) == 1
    assert files() == []
    assert export_jobs.purge(now() + timedelta(days=8)) == 0
    with database.reading() as session, pytest.raises(Conflict, match="was deleted"):
        export_jobs.file_of(session, people, job.id or 0)


def test_what_is_in_the_trash_is_not_in_it(people: Actor) -> None:
    with database.transaction() as session:
        trash.put(session, people, cards.get(session, people, 2))
    assert done(asked(people)).data["contacts"] == 4


def test_a_ticket_is_good_for_five_minutes_in_its_own_session() -> None:
    at = now()
    given = export_jobs.ticket("token", 7, at=at)
    assert export_jobs.is_valid(given, "token", 7, at=at + timedelta(seconds=299))
    assert not export_jobs.is_valid(given, "token", 7, at=at + timedelta(seconds=301))
    assert not export_jobs.is_valid(given, "other", 7, at=at)
    assert not export_jobs.is_valid(given, "token", 8, at=at)
    assert not export_jobs.is_valid(given, "", 7, at=at)
    for forged in ("", "-", "x-y", f"{int(at.timestamp()) + 9999}-{given.partition('-')[2]}", "²-x", "9" * 40 + "-x"):
        assert not export_jobs.is_valid(forged, "token", 7, at=at)
    assert Path(given).name == given
