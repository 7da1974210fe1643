"""Money on the card, event by event: nothing counts twice, and a plan is saved as it was shown."""

from typing import Any

import pytest
from sqlmodel import col, select

from crm_app.models import Channel, Course, Enrolment, EnrolmentStatus, Message
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.contacts import cards
from crm_app.services.courses import balance, catalogue, enrolling, offers, payments
from crm_app.services.courses.balance import Account
from crm_app.services.courses.enrolling import Terms
from crm_app.services.courses.payments import Given
from crm_app.services.filters import tree
from crm_app.services.filters.tree import Condition, Group
from crm_app.services.messages import templates
from crm_app.state.bulk import BulkState
from crm_app.state.contact_columns import ContactColumnsState
from crm_app.state.contact_filter import ContactFilterState
from crm_app.state.contact_payment import ContactPaymentState
from crm_app.state.contact_plan import ContactPlanState
from crm_app.state.contacts import ContactListState
from crm_app.state.course_enrol import asked_in, enrol
from crm_app.state.course_members import CourseMembersState
from crm_app.state.courses import CourseListState
from crm_app.state.enrolment import EnrolmentState
from crm_app.state.messages import MessageState
from tests.state.events import Tab, app
from tests.state.sample import cookie_of

PARTS = {"name": "Parts", "kind": "instalments", "amount": "100", "parts": "4", "first_days": "0", "currency": "EUR"}


@pytest.fixture
def enrolment(alice: Actor) -> Enrolment:
    """Ada's, of 100 in four parts."""
    with database.transaction() as session:
        course = catalogue.add(session, alice, {"name": "Violin", "status": "open"})
        offer = offers.add(session, alice, course.id or 0, PARTS)
        ada = cards.create(session, alice, {"first_name": "Ada"})
        return enrolling.enrol(session, alice, course.id or 0, ada, offer, Terms()).made[0]


def account(actor: Actor, enrolment: Enrolment) -> Account:
    with database.reading() as session:
        return balance.of_enrolment(session, actor, enrolling.get(session, actor, enrolment.id or 0))


async def undo(tab: Tab, state: Any) -> None:
    await tab.fire(state.take_back, message=(await tab.state(MessageState)).n)


async def test_two_clicks_on_paid_are_one_payment_and_its_message_takes_it_back(
    bob: Actor, enrolment: Enrolment
) -> None:
    first = account(bob, enrolment).charges[0].id
    async with Tab(app, cookie_of(bob)) as tab:
        await tab.fire(ContactPaymentState.settle, charge_id=first, seen=0)
        told = (await tab.state(MessageState)).n
        await tab.fire(ContactPaymentState.settle, charge_id=first, seen=0)
        assert account(bob, enrolment).sums.paid == 25_00
        await tab.fire(ContactPaymentState.take_back, message=told)
        await tab.fire(ContactPaymentState.take_back, message=told)
    found = account(bob, enrolment)
    assert (found.sums.paid, len(found.payments)) == (0, 2)


async def test_a_form_that_is_sent_twice_records_one_payment(bob: Actor, enrolment: Enrolment) -> None:
    async with Tab(app, cookie_of(bob)) as tab:
        answer = await tab.fire(ContactPaymentState.open_form, kind="payment", enrolment_id=enrolment.id)
        assert answer.value(ContactPaymentState, "amount") == "100.00"
        form = {"amount": "30,50", "on": "", "method": "cash", "note": ""}
        await tab.fire(ContactPaymentState.save, form=form)
        await tab.fire(ContactPaymentState.save, form=form)
    assert account(bob, enrolment).sums.paid == 30_50


async def test_money_that_came_while_the_form_was_open_is_told(bob: Actor, enrolment: Enrolment) -> None:
    async with Tab(app, cookie_of(bob)) as tab:
        await tab.fire(ContactPaymentState.open_form, kind="payment", enrolment_id=enrolment.id)
        with database.transaction() as session:
            payments.record(session, bob, enrolment.id or 0, Given(100_00))
        answer = await tab.fire(ContactPaymentState.save, form={"amount": "100"})
        assert "meanwhile" in answer.value(ContactPaymentState, "errors")[""]
    assert account(bob, enrolment).sums.paid == 100_00


async def test_a_plan_is_saved_only_as_it_was_shown(bob: Actor, enrolment: Enrolment) -> None:
    async with Tab(app, cookie_of(bob)) as tab:
        await tab.fire(ContactPlanState.open_form, enrolment_id=enrolment.id)
        await tab.fire(ContactPlanState.type_amount, value="80")
        draft = (await tab.state(ContactPlanState)).draft
        form = {name: getattr(draft, name) for name in ("offer", "amount", "parts", "every_months", "first")}
        await tab.fire(ContactPlanState.save, form=form | {"parts": "2"})
        assert account(bob, enrolment).sums.price == 100_00, "what was typed since is shown first"
        await tab.fire(ContactPlanState.save, form=form | {"parts": "2"})
        await tab.fire(ContactPlanState.save, form=form | {"parts": "2"})
    assert [one.amount for one in account(bob, enrolment).charges] == [40_00, 40_00]


async def test_a_plan_whose_money_changed_is_shown_again(bob: Actor, enrolment: Enrolment) -> None:
    async with Tab(app, cookie_of(bob)) as tab:
        await tab.fire(ContactPlanState.open_form, enrolment_id=enrolment.id)
        with database.transaction() as session:
            payments.record(session, bob, enrolment.id or 0, Given(10_00))
        answer = await tab.fire(ContactPlanState.save, form={})
        assert "meanwhile" in answer.value(ContactPlanState, "errors")[""]
        assert (await tab.state(ContactPlanState)).view.paid == "€10.00"
    assert len(account(bob, enrolment).charges) == 4


async def test_leaving_a_course_is_asked_about_and_a_pause_is_taken_back(bob: Actor, enrolment: Enrolment) -> None:
    def status() -> str:
        return account(bob, enrolment).enrolment.status

    async with Tab(app, cookie_of(bob)) as tab:
        await tab.fire(EnrolmentState.set_status, enrolment_id=enrolment.id, status="paused")
        assert status() == EnrolmentStatus.PAUSED
        await undo(tab, EnrolmentState)
        assert status() == EnrolmentStatus.ACTIVE
        await tab.fire(EnrolmentState.set_status, enrolment_id=enrolment.id, status="cancelled")
        assert status() == EnrolmentStatus.ACTIVE
        await tab.fire(EnrolmentState.confirm)
    assert status() == EnrolmentStatus.CANCELLED


async def test_a_foreign_enrolment_is_not_there(charlie: Actor, bob: Actor, enrolment: Enrolment) -> None:
    first = account(bob, enrolment).charges[0].id
    async with Tab(app, cookie_of(charlie)) as tab:
        await tab.fire(ContactPaymentState.settle, charge_id=first, seen=0)
        await tab.fire(ContactPaymentState.open_form, kind="payment", enrolment_id=enrolment.id)
        await tab.fire(ContactPlanState.open_form, enrolment_id=enrolment.id)
        await tab.fire(EnrolmentState.edit_days, enrolment_id=enrolment.id)
        assert (await tab.state(ContactPaymentState)).kind == ""
        assert not (await tab.state(ContactPlanState)).is_open
        assert (await tab.state(EnrolmentState)).form == ""
    assert account(bob, enrolment).sums.paid == 0


async def test_a_course_is_made_once_and_its_removal_is_taken_back(alice: Actor) -> None:
    async with Tab(app, cookie_of(alice)) as tab:
        await tab.fire(CourseListState.ask)
        answer = await tab.fire(CourseListState.make, form={"name": "Choir", "capacity": "none"})
        assert set(answer.value(CourseListState, "errors")) == {"capacity"}
        answer = await tab.fire(CourseListState.make, form={"name": "Choir"})
        await tab.fire(CourseListState.make, form={"name": "Choir"})
        await tab.fire(CourseListState.load)
        (line,) = (await tab.state(CourseListState)).lines
        assert answer.redirects == [line.url + "?tab=offers"]
        await tab.fire(CourseListState.remove, course_id=line.id)
        assert (await tab.state(CourseListState)).lines == []
        await undo(tab, CourseListState)
    with database.reading() as session:
        assert session.get_one(Course, line.id).removed_at is None


def test_who_is_enrolled_by_hand_gets_the_notice_that_was_chosen_or_it_is_said_why_not(
    bob: Actor, alice: Actor
) -> None:
    with database.transaction() as session:
        course = catalogue.add(session, alice, {"name": "Choir", "status": "open"}).id or 0
        template = templates.add(session, alice, "Welcome", Channel.EMAIL, is_newsletter=False).id or 0
        templates.write(session, alice, template, "en", subject="Welcome", body="See you soon.")
        cards.create(session, bob, {"first_name": "Ada", "email": "ada@example.org"})
        cards.create(session, bob, {"first_name": "Ben"})
        asked = asked_in({"notice": str(template), "status": "active"}, course)
        said = [str(enrol(session, bob, number, asked)) for number in (1, 2, 1)]
    assert said[0] == "Ada is enrolled in “Choir”." and said[1] == "Ben is enrolled, but gets no notice: no address"
    with database.reading() as session:
        written = session.exec(select(Message).order_by(col(Message.id))).all()
        assert [(one.state, one.address) for one in written] == [("queued", "ada@example.org"), ("left_out", "")]


async def test_the_members_are_filtered_chosen_and_changed_like_contacts(alice: Actor, enrolment: Enrolment) -> None:
    where = tree.dumps(Group(items=(Condition("first_name", "starts", ("B",)),)))
    with database.transaction() as session:
        for name in ("Ben", "Bea", "Cem"):
            ben = cards.create(session, alice, {"first_name": name, "city": "Bern"})
            enrolling.enrol(session, alice, enrolment.course_id, ben, None, Terms())
        cards.create(session, alice, {"first_name": "Bob"})
    path = f"/courses/{enrolment.course_id}"
    async with Tab(app, cookie_of(alice), path=path, query={"where": where}) as tab:
        await tab.fire(CourseMembersState.load)
        await tab.fire(ContactColumnsState.tick, name="city")
        shown = await tab.state(CourseMembersState)
        assert [(line.name, line.cells) for line in shown.rows] == [("Bea", [["Bern"]]), ("Ben", [["Bern"]])]
        assert [chip.words for chip in shown.conditions] == ["First name starts with “B”"]
        assert shown.conditions[0].off_url == path and shown.narrowed and shown.total == 2
        assert shown.contacts_url.startswith("/contacts?") and f"course={enrolment.course_id}" in shown.contacts_url
        await tab.fire(BulkState.choose_everybody)
        await tab.fire(BulkState.toggle)
        await tab.fire(BulkState.choose_kind, kind="tag")
        answer = await tab.fire(BulkState.set_value, value="strings")
        assert answer.value(BulkState, "changing") == 2, "who takes part, and no namesake"
        await tab.fire(ContactFilterState.toggle)
        assert (await tab.state(ContactFilterState)).total == 2


async def test_a_link_to_members_that_is_not_understood_shows_nobody(bob: Actor, enrolment: Enrolment) -> None:
    path = f"/courses/{enrolment.course_id}"
    async with Tab(app, cookie_of(bob), path=path, query={"status": "gone"}) as tab:
        await tab.fire(CourseMembersState.load)
        shown = await tab.state(CourseMembersState)
        assert shown.loaded and shown.rows == [] and "not known" in shown.error


async def test_the_filter_opens_with_what_narrows_the_members_already(alice: Actor, enrolment: Enrolment) -> None:
    where = tree.dumps(Group(items=(Condition("first_name", "is", ("Ada",)),)))
    path, query = f"/courses/{enrolment.course_id}", {"status": "active", "q": "ada", "where": where}
    async with Tab(app, cookie_of(alice), path=path, query=query) as tab:
        await tab.fire(ContactFilterState.toggle)
        shown = await tab.state(ContactFilterState)
        assert [line.subject for line in shown.lines if line.subject] == ["first_name"] and shown.total == 1
        answer = await tab.fire(ContactFilterState.apply, form={})
        assert "status=active" in answer.redirects[0] and "q=ada" in answer.redirects[0]


async def test_no_offer_of_a_foreign_course_is_named(charlie: Actor, enrolment: Enrolment) -> None:
    query = {"course": str(enrolment.course_id), "offer": str(enrolment.offer_id)}
    async with Tab(app, cookie_of(charlie), path="/contacts", query=query) as tab:
        answer = await tab.fire(ContactListState.load)
        assert answer.value(ContactListState, "course_name") == "Members of “?” · ?"
        assert "Parts" not in answer.shown()
