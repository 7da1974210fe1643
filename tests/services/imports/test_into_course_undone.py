"""The undo of a course import, and both ways killed in the middle."""

from collections.abc import Callable

import pytest
from sqlmodel import Session, col, func, select

from crm_app.models import (
    Charge,
    Course,
    Enrolment,
    EnrolmentEntry,
    EnrolmentStatus,
    EntryKind,
    ImportState,
    JobState,
    Message,
    MessageState,
    UndoOutcome,
)
from crm_app.services import crash, database, jobs
from crm_app.services.actor import Actor
from crm_app.services.courses import enrolling, payments
from crm_app.services.courses.payments import Given
from crm_app.services.imports import course_plan, pace, steps, undo
from tests.services.imports.conftest import Flow, add_contact, contacts
from tests.services.imports.courses import PEOPLE, count, enrolment_of, into, members, undone


def test_untouched_enrolments_go_with_charges_history_and_unsent_notices(
    flow: Flow, session: Session, course: Course, template: int
) -> None:
    add_contact(first_name="Cleo", email="cleo@example.org")
    id_ = flow.checked(PEOPLE + "cleo@example.org,Cleo,,\n", course=into(course, template=template))
    assert flow.commit(id_) == {"create": 2, "unchanged": 1}
    plan = undone(flow, session, id_)
    assert (plan.reversed, plan.members.enrolments, plan.members.notices) == (3, 3, 3)
    for table in (Enrolment, Charge, EnrolmentEntry, Message):
        assert count(session, table) == 0
    assert [one.first_name for one in contacts(session)] == ["Cleo"]


def test_who_paid_stays_enrolled_and_so_does_their_contact(
    flow: Flow, session: Session, course: Course, alice: Actor
) -> None:
    id_ = flow.checked(PEOPLE, course=into(course))
    flow.commit(id_)
    with database.transaction() as writing:
        ada = enrolment_of(session, "Ada").id or 0
        payments.record(writing, alice, ada, Given(120_00))
    session.rollback()
    row = undo.page(session, flow.actor, id_, outcome=UndoOutcome.KEPT).rows[0]
    (shown,) = row.fields
    assert (row.name, shown.written, shown.current) == ("Ada", "Violin · Once", "Has access")
    assert shown.edit is not None and shown.edit.who == "Alice"
    assert str(row.reason) == "Money was paid for the enrolment since, so it stays."
    plan = undone(flow, session, id_)
    assert (plan.reversed, plan.kept) == (1, 1)
    assert (plan.members.enrolments, plan.members.enrolments_kept) == (1, 1)
    assert members(session) == [("Ada", "active", "Once")]


def test_an_enrolment_that_somebody_changed_stays(flow: Flow, session: Session, course: Course) -> None:
    id_ = flow.checked(PEOPLE, course=into(course))
    flow.commit(id_)
    with database.transaction() as writing:
        enrolling.set_status(writing, flow.actor, enrolment_of(session, "Ben").id or 0, EnrolmentStatus.PAUSED)
    assert undone(flow, session, id_).kept == 1
    assert members(session) == [("Ben", "paused", "Three parts")]


def test_a_notice_that_was_sent_cannot_be_called_back(
    flow: Flow, session: Session, course: Course, template: int
) -> None:
    add_contact(first_name="Ada", email="ada@example.org", city="Rome", language="de")
    text = PEOPLE.replace("offer\n", "offer,city\n").replace("once\n", "once,Paris\n").replace("parts\n", "parts,\n")
    id_ = flow.checked(text, course=into(course, template=template))
    assert flow.commit(id_) == {"update": 1, "create": 1}
    with database.transaction() as writing:
        for message in writing.exec(select(Message)).all():
            message.state = MessageState.SENT
    page = undo.page(session, flow.actor, id_, outcome=UndoOutcome.IMPOSSIBLE)
    assert ["cannot be called back" in str(row.reason) for row in page.rows] == [True, True]
    plan = undone(flow, session, id_)
    assert (plan.impossible, plan.members.notices_sent, plan.members.enrolments) == (2, 2, 2)
    assert members(session) == []
    assert [(one.first_name, one.city) for one in contacts(session)] == [("Ada", "Rome"), ("Ben", None)]
    assert count(session, Message) == 2, "they are the proof of what went out"


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FIRST", "SMALLEST", "LARGEST", "OF_MEMBERS"):
        monkeypatch.setattr(pace, name, 10)


@pytest.fixture
def kill(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, int], None]:
    """Ends the work at the n-th passage of a point, as a power cut would: nothing is tidied up."""

    def at(wanted: str, passage: int) -> None:
        seen = {"n": 0}

        def point(name: str) -> None:
            seen["n"] += name == wanted
            if name == wanted and seen["n"] == passage:
                raise KeyboardInterrupt

        monkeypatch.setattr(crash, "point", point)

    return at


@pytest.mark.parametrize("point", ["commit:before-chunk", "commit:inside-chunk", "commit:after-chunk"])
@pytest.mark.usefixtures("small")
def test_a_commit_killed_at_any_border_goes_on_without_doubles(
    flow: Flow, session: Session, course: Course, template: int, kill: Callable[..., None], point: str
) -> None:
    id_ = flow.checked(_many(35), course=into(course, template=template))
    kill(point, 2)
    with pytest.raises(KeyboardInterrupt):
        flow.work(steps.commit, id_)
    assert count(session, Enrolment) == count(session, Message) == len(contacts(session)) < 35
    kill("never", 1)
    _take_up(flow, id_)
    assert flow.state(id_) is ImportState.DONE
    assert len(members(session)) == count(session, Message) == len(contacts(session)) == 35
    assert count(session, EnrolmentEntry, EnrolmentEntry.kind == EntryKind.ENROLLED) == 35
    assert course_plan.counts(flow.folder(id_))["enrolled"] == 35


@pytest.mark.usefixtures("small")
def test_an_undo_killed_inside_a_chunk_goes_on(
    flow: Flow, session: Session, course: Course, template: int, kill: Callable[..., None]
) -> None:
    id_ = flow.checked(_many(35), course=into(course, template=template))
    flow.commit(id_)
    kill("undo:inside-chunk", 2)
    with pytest.raises(KeyboardInterrupt):
        flow.work(steps.undo, id_)
    assert 0 < count(session, Enrolment) < 35
    kill("never", 1)
    _take_up(flow, id_)
    assert flow.get(id_).undo_counts["enrolments"] == flow.get(id_).undo_counts["notices"] == 35
    assert (count(session, Enrolment), count(session, Message), len(contacts(session))) == (0, 0, 0)


def _take_up(flow: Flow, id_: int) -> None:
    """What the server does after its start with a job whose worker is dead."""
    from crm_app.services.imports import work

    with database.transaction() as session:
        job = jobs.latest(session, id_)
        assert job is not None
        job.state, job.claim = JobState.QUEUED, None
        session.add(job)
        session.flush()
        claim = jobs.claim(session, job.id or 0)
    assert claim is not None
    assert work.run(claim) is JobState.DONE


def _many(rows: int) -> str:
    names = ("Once", "three parts", "MONTHLY", "")
    lines = [f"p{n}@example.org,Person {n},{('de', 'en')[n % 2]},{names[n % 4]}" for n in range(rows)]
    return "email,first_name,language,offer\n" + "\n".join(lines) + "\n"


def test_five_thousand_rows_with_offers_and_notices_in_two_languages_are_taken_back(
    flow: Flow, session: Session, course: Course, template: int
) -> None:
    """The acceptance line of the course import."""
    rows = 5_000
    id_ = flow.checked(_many(rows), course=into(course, template=template))
    assert course_plan.counts(flow.folder(id_))["enrolled"] == rows
    assert flow.commit(id_) == {"create": rows}
    by_offer = session.exec(select(Enrolment.offer_id, func.count()).group_by(col(Enrolment.offer_id))).all()
    assert [number for _, number in by_offer] == [rows // 4] * 4
    assert count(session, Charge) == rows // 4 * (1 + 3 + 1)
    spoken = session.exec(select(Message.language, func.count()).group_by(col(Message.language))).all()
    assert sorted(spoken) == [("de", rows // 2), ("en", rows // 2)]
    assert count(session, Message, Message.state == MessageState.QUEUED, col(Message.campaign_id).is_(None)) == rows
    with database.transaction() as writing:
        for message in writing.exec(select(Message).order_by(col(Message.id)).limit(2)).all():
            message.state = MessageState.SENT
    plan = undone(flow, session, id_)
    assert (plan.reversed, plan.kept, plan.impossible) == (rows - 2, 0, 2)
    assert (plan.members.enrolments, plan.members.notices, plan.members.notices_sent) == (rows, rows - 2, 2)
    assert [count(session, table) for table in (Enrolment, Charge, EnrolmentEntry)] == [0, 0, 0]
    assert count(session, Message) == len(contacts(session)) == 2
