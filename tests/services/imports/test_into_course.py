"""A file that goes into a course: each row is enrolled as the preview said, and told where that is wanted."""

import pytest
from sqlmodel import Session, col, select

from crm_app.models import (
    Channel,
    Charge,
    Course,
    Enrolment,
    EnrolmentStatus,
    ImportState,
    JobState,
    LeftOut,
    Message,
    MessageState,
    Offer,
)
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.contacts import cards
from crm_app.services.courses import catalogue, enrolling, offers
from crm_app.services.errors import Conflict, Invalid, NotFound, NotPermitted
from crm_app.services.imports import course_plan, edits, into_course, presets, steps
from crm_app.services.messages import templates
from tests.services.imports.conftest import Flow, add_contact
from tests.services.imports.courses import PEOPLE, count, enrolment_of, into, made, members, places, undone


def test_rows_are_enrolled_with_the_offer_they_name(flow: Flow, session: Session, course: Course) -> None:
    id_ = flow.checked(PEOPLE, course=into(course))
    assert places(flow, id_) == [("enrolled", "Once"), ("enrolled", "Three parts")]
    assert flow.commit(id_) == {"create": 2}
    assert members(session) == [("Ada", "active", "Once"), ("Ben", "active", "Three parts")]
    assert session.exec(select(Enrolment.import_id, Enrolment.source).distinct()).all() == [(id_, "people.csv")]
    assert course_plan.counts(flow.folder(id_)) == {"enrolled": 2, "waiting": 0, "back": 0, "there": 0}


def test_rows_that_name_none_have_the_offer_for_all(flow: Flow, session: Session, course: Course) -> None:
    with database.reading() as reading:
        monthly = reading.exec(select(Offer.id).where(Offer.folded == "monthly")).one()
    flow.done(PEOPLE + "cleo@example.org,Cleo,,\n", course=into(course, offer=monthly))
    assert members(session)[2] == ("Cleo", "active", "Monthly")


def test_access_begins_on_the_day_that_was_chosen(flow: Flow, session: Session, course: Course) -> None:
    flow.done(PEOPLE, course=into(course, from_on="2027-03-01", status="invited"))
    found = enrolment_of(session, "Ada")
    assert (str(found.from_on), found.status) == ("2027-03-01", EnrolmentStatus.INVITED)
    due = session.exec(select(Charge.due_on).where(Charge.enrolment_id == found.id)).all()
    assert [str(day) for day in due] == ["2027-03-15"]


def test_a_contact_that_stays_as_it_is_is_enrolled_too(flow: Flow, session: Session, course: Course) -> None:
    add_contact(first_name="Ada", email="ada@example.org", language="de")
    id_ = flow.checked(PEOPLE, course=into(course))
    assert flow.outcomes(id_) == ["unchanged", "create"]
    assert places(flow, id_)[0] == ("enrolled", "Once")
    flow.commit(id_)
    assert members(session)[0] == ("Ada", "active", "Once")


def test_the_same_file_again_enrols_and_tells_nobody_twice(
    flow: Flow, session: Session, course: Course, template: int
) -> None:
    wanted = into(course, template=template)
    flow.done(PEOPLE, course=wanted)
    id_ = flow.checked(PEOPLE, course=wanted)
    assert flow.outcomes(id_) == ["unchanged", "unchanged"]
    assert [place for place, _ in filter(None, places(flow, id_))] == ["there", "there"]
    assert flow.commit(id_) == {"unchanged": 2}
    assert (len(members(session)), count(session, Message), count(session, Charge)) == (2, 2, 4)


def test_who_finds_no_place_waits_and_the_preview_says_so(
    flow: Flow, session: Session, alice: Actor, template: int
) -> None:
    course = made(alice, "Small", capacity="1")
    id_ = flow.checked(PEOPLE, course=into(course, template=template))
    assert places(flow, id_) == [("enrolled", "Once"), ("waiting", "Three parts")]
    flow.commit(id_)
    assert [status for _, status, _ in members(session)] == ["active", "waiting"]
    assert count(session, Message) == 1, "who waits is not told that they have access"


def test_a_place_that_was_taken_since_the_check_is_not_given_twice(
    flow: Flow, session: Session, alice: Actor, bob: Actor
) -> None:
    course = made(alice, "Small", capacity="1")
    id_ = flow.checked(PEOPLE, course=into(course))
    with database.transaction() as writing:
        other = cards.create(writing, bob, {"first_name": "Zoe"})
        enrolling.enrol(writing, bob, course.id or 0, other, None, enrolling.Terms())
    flow.commit(id_)
    assert [status for _, status, _ in members(session)] == ["waiting", "waiting", "active"]
    assert [place for place, _ in filter(None, places(flow, id_))] == ["waiting", "waiting"]


def test_who_had_left_comes_back_and_leaves_again_when_it_is_undone(
    flow: Flow, session: Session, course: Course
) -> None:
    flow.done(PEOPLE, course=into(course))
    with database.transaction() as writing:
        ada = enrolment_of(session, "Ada").id or 0
        enrolling.set_status(writing, flow.actor, ada, EnrolmentStatus.CANCELLED)
    id_ = flow.checked(PEOPLE, course=into(course))
    assert [place for place, _ in filter(None, places(flow, id_))] == ["back", "there"]
    flow.commit(id_)
    assert members(session)[0][1] == "active"
    assert undone(flow, session, id_).reversed == 1
    assert members(session)[0][1] == "cancelled" and len(members(session)) == 2


def test_a_text_that_is_no_offer_is_a_problem_of_its_row(flow: Flow, session: Session, course: Course) -> None:
    id_ = flow.checked(PEOPLE.replace("three parts", "Gold"), course=into(course))
    row = flow.rows(id_)[1]
    (problem,) = row.problems
    assert (row.outcome, problem.index, problem.value) == ("invalid", 3, "Gold")
    assert str(problem.message) == "The course has no offer “Gold”. Say what it means, or change the cell."
    with database.transaction() as writing:
        edits.change(writing, flow.actor, id_, 3, 3, "Monthly")
    assert places(flow, id_) == [("enrolled", "Once"), ("enrolled", "Monthly")]
    assert flow.commit(id_) == {"create": 2}


def test_without_its_bad_cell_a_row_has_the_offer_for_all(flow: Flow, session: Session, course: Course) -> None:
    flow.done(PEOPLE.replace("three parts", "Gold"), course=into(course), take_rows_without_bad_cells=True)
    assert members(session)[1] == ("Ben", "active", "")


def test_an_offer_removed_since_the_check_stops_its_rows_only(
    flow: Flow, session: Session, alice: Actor, course: Course
) -> None:
    id_ = flow.checked(PEOPLE, course=into(course))
    with database.transaction() as writing:
        once = writing.exec(select(Offer.id).where(Offer.folded == "once")).one()
        offers.remove(writing, alice, once or 0)
    assert flow.commit(id_) == {"create": 1, "invalid": 1}
    assert members(session) == [("Ben", "active", "Three parts")]
    assert course_plan.counts(flow.folder(id_))["enrolled"] == 1


def test_rows_put_together_take_the_offer_of_a_later_one(flow: Flow, session: Session, course: Course) -> None:
    from crm_app.services.imports.columns import InFile

    text = "email,first_name,offer\nada@example.org,Ada,\nada@example.org,,Monthly\n"
    flow.done(text, course=into(course), in_file=InFile.MERGE)
    assert members(session) == [("Ada", "active", "Monthly")]


def test_a_column_of_offers_needs_amade(flow: Flow) -> None:
    with pytest.raises(Invalid, match="names an offer"):
        flow.map(flow.bring(PEOPLE))


def test_a_preset_keeps_no_course_and_leaves_the_one_that_is_chosen(flow: Flow, course: Course) -> None:
    id_ = flow.checked(PEOPLE, course=into(course))
    with database.transaction() as session:
        kept = presets.save(session, flow.actor, id_, "Ours", False)
        assert kept.options["course"] is None
        presets.apply(session, flow.actor, id_, kept.id or 0)
    found = flow.get(id_)
    assert found.options["course"]["id"] == course.id and found.columns[3]["target"] == "offer"


def test_a_course_of_another_branch_is_no_choice(flow: Flow, charlie: Actor, alice: Actor) -> None:
    from dataclasses import replace

    foreign = made(replace(alice, branch_ids=frozenset({2}), branch_id=2), "Elsewhere")
    with database.reading() as session:
        assert into_course.courses(session, flow.actor, 1) == []
    with pytest.raises(NotFound):
        flow.checked(PEOPLE, course=into(foreign))


def test_who_may_not_change_contacts_enrols_nobody(flow: Flow, bob: Actor, course: Course) -> None:
    from dataclasses import replace

    from crm_app.models import Permission

    flow.actor = replace(bob, permissions=bob.permissions - {Permission.CONTACTS_EDIT})
    with pytest.raises(NotPermitted):
        flow.checked(PEOPLE, course=into(course))
    with database.reading() as session:
        assert into_course.courses(session, flow.actor, 1) == []


def test_it_is_asked_again_at_the_commit(flow: Flow, alice: Actor, course: Course) -> None:
    id_ = flow.checked(PEOPLE, course=into(course))
    with database.transaction() as session:
        catalogue.change(session, alice, course.id or 0, {"name": "Violin", "status": "finished"})
    with pytest.raises(Conflict, match="over"):
        flow.work(steps.commit, id_)
    assert flow.state(id_) is ImportState.CHECKED


def test_an_import_begins_from_amade(flow: Flow, course: Course) -> None:
    id_ = flow.bring(PEOPLE)
    with database.transaction() as session:
        into_course.begin(session, flow.actor, flow.get(id_), course.id or 0)
    assert flow.work(steps.read, id_) is JobState.DONE
    assert flow.get(id_).options["course"]["id"] == course.id, "the reading leaves it"


def test_who_cannot_be_written_to_is_left_out_and_stands_there(
    flow: Flow, session: Session, course: Course, template: int
) -> None:
    from crm_app.models import SuppressionReason
    from crm_app.models.base import now
    from crm_app.services.consent import suppression

    with database.transaction() as writing:
        suppression.add(writing, [(Channel.EMAIL, "ben@example.org")], SuppressionReason.BOUNCED, now())
    flow.done(PEOPLE + ",Cleo,,once\n", course=into(course, template=template))
    found = session.exec(select(Message.state, Message.reason).order_by(col(Message.id))).all()
    assert found == [
        (MessageState.QUEUED, ""),
        (MessageState.LEFT_OUT, LeftOut.SUPPRESSED),
        (MessageState.LEFT_OUT, LeftOut.NO_ADDRESS),
    ]
    assert len(members(session)) == 3


def test_one_language_for_all_can_be_chosen(flow: Flow, session: Session, course: Course, template: int) -> None:
    flow.done(PEOPLE, course=into(course, template=template, language="de"))
    assert session.exec(select(Message.language)).all() == ["de", "de"]
    with pytest.raises(Invalid, match="no words in that language"):
        flow.checked(PEOPLE, course=into(course, template=template, language="pl"))


def test_a_newsletter_is_no_notice(flow: Flow, alice: Actor, course: Course) -> None:
    with database.transaction() as session:
        news = templates.add(session, alice, "News", Channel.EMAIL, is_newsletter=True)
    with pytest.raises(Invalid, match="service"):
        flow.checked(PEOPLE, course=into(course, template=news.id))


def test_nothing_is_sent_unless_it_was_chosen(flow: Flow, session: Session, course: Course) -> None:
    flow.done(PEOPLE, course=into(course))
    assert count(session, Message) == 0


def test_the_timeline_does_not_take_an_enrolment_for_a_changed_value(flow: Flow, course: Course) -> None:
    from crm_app.services.contacts import timeline

    add_contact(first_name="Ada", email="ada@example.org")
    flow.done(PEOPLE, course=into(course))
    with database.reading() as session:
        entries = timeline.page(session, cards.get(session, flow.actor, 1)).entries
    (imported,) = [one for one in entries if one.kind == "imported"]
    assert imported.data["changes"] == {"language": [None, "de"]}
