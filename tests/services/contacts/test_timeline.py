from datetime import timedelta

import pytest

from crm_app.models import (
    Activity,
    ActivityKind,
    Channel,
    Comment,
    Consent,
    ConsentState,
    Course,
    Enrolment,
    EnrolmentEntry,
    EntryKind,
    Import,
    ImportRow,
    Interaction,
    InteractionKind,
    Message,
    MessageKind,
    MessageState,
    Task,
)
from crm_app.models.base import now
from crm_app.services import comments, database
from crm_app.services.actor import Actor
from crm_app.services.contacts import cards, timeline


@pytest.fixture
def number(bob: Actor) -> int:
    """A contact with entries of every table, many of them of one moment."""
    at = now() - timedelta(days=3)
    with database.transaction() as session:
        contact = cards.create(session, bob, {"first_name": "Ada"})
        id_ = contact.id or 0
        course = Course(name="Violin", folded="violin")
        session.add(course)
        session.flush()
        enrolment = Enrolment(contact_id=id_, course_id=course.id or 0)
        session.add(enrolment)
        session.flush()
        for n in range(7):
            moment = at + timedelta(hours=n // 3)
            session.add(Activity(contact_id=id_, kind=ActivityKind.CHANGED, at=moment, user_id=bob.user_id))
            session.add(Activity(contact_id=id_, kind=ActivityKind.FORM_FILLED, at=moment, source="Trial lesson"))
            session.add(Interaction(contact_id=id_, kind=InteractionKind.VISIT, source="till", at=moment))
            entry = {"enrolment_id": enrolment.id or 0, "at": moment}
            session.add(EnrolmentEntry(kind=EntryKind.PAID, paid=5_00, **entry))
            session.add(EnrolmentEntry(kind=EntryKind.CHARGED, owed=5_00, **entry))  # stands in the account
            session.add(Comment(contact_id=id_, user_id=bob.user_id, text=f"Comment {n}", at=moment))
            session.add(Task(contact_id=id_, title=f"Call {n}", due_day=moment.date(), done_at=moment))
            for kind in (MessageKind.SINGLE, MessageKind.NOTICE):  # a notice is a colleague's
                session.add(
                    Message(kind=kind, channel=Channel.EMAIL, state=MessageState.SENT, contact_id=id_, ended_at=moment)
                )
            consent = {"channel": Channel.EMAIL, "address": "ada@example.org", "norm": "ada@example.org"}
            session.add(
                Consent(
                    contact_number=contact.number, state=ConsentState.IMPORTED, source="import", at=moment, **consent
                )
            )
            file = Import(folder=f"f{n}", file_name="people.csv", finished_at=moment)
            session.add(file)
            session.flush()
            session.add_all(
                ImportRow(import_id=file.id or 0, row=row, outcome="update", contact_id=id_) for row in (2, 3)
            )
        return contact.number


@pytest.mark.parametrize("size", [1, 2, 5, 7, 40])
@pytest.mark.parametrize("group", ["", *timeline.GROUPS])
def test_pages_show_each_entry_once_in_the_order_of_one_whole_page(
    group: str, size: int, number: int, bob: Actor
) -> None:
    with database.reading() as session:
        contact = cards.get(session, bob, number)
        whole = timeline.page(session, contact, reader=bob.user_id, group=group, limit=200)
        met, after = [], None
        while True:
            page = timeline.page(session, contact, reader=bob.user_id, group=group, after=after, limit=size)
            met += page.entries
            after = page.after
            if after is None:
                break
    assert met == whole.entries and whole.after is None
    assert [entry.at for entry in met] == sorted((entry.at for entry in met), reverse=True)
    counts = {"comments": 7, "tasks": 7, "changes": 8, "imports": 14, "consent": 7, "merges": 0, "files": 0,
              "interactions": 7, "forms": 7, "messages": 7, "courses": 7}  # fmt: skip
    counts[""] = sum(counts.values())
    assert len(met) == counts[group]


def test_a_group_that_nobody_knows_means_all(number: int, bob: Actor) -> None:
    with database.reading() as session:
        assert len(timeline.page(session, cards.get(session, bob, number), group="nothing", limit=99).entries) == 71


def test_a_deleted_comment_is_on_no_page_of_a_colleague(number: int, bob: Actor, alice: Actor) -> None:
    with database.transaction() as session:
        contact = cards.get(session, bob, number)
        made = comments.add(session, bob, contact, "Mistake")
        comments.delete(session, bob, contact, made.id or 0)
    with database.reading() as session:
        contact = cards.get(session, bob, number)
        found = [
            len(timeline.page(session, contact, reader=who.user_id, group="comments").entries) for who in (bob, alice)
        ]
    assert found == [8, 7]
