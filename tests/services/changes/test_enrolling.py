"""Any result of a filter is enrolled in a course and an offer, with a notice where it is chosen, and taken back."""

import pytest
from sqlmodel import Session, col, select

from crm_app.models import Charge, Enrolment, Message, Offer
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.changes import actions
from crm_app.services.changes.actions import Action
from crm_app.services.contacts import cards
from crm_app.services.contacts.filter import ContactFilter
from crm_app.services.courses import catalogue, offers, payments
from crm_app.services.errors import Conflict, NotFound, NotPermitted
from crm_app.services.filters.tree import Condition, Group
from crm_app.services.imports.columns import IntoCourse
from crm_app.services.messages import templates
from crm_app.services.tags import ensure
from tests.services.changes.test_changes import carried_out, looked, undone


@pytest.fixture
def tagged(alice: Actor) -> ContactFilter:
    """Five people, three of them with the tag “Trial”."""
    with database.transaction() as session:
        for n in range(5):
            values = {"first_name": f"P{n}", "email": f"p{n}@example.org", "tags": "Trial" if n < 3 else ""}
            cards.create(session, alice, values)
        tag = next(iter(ensure(session, ["Trial"]).values()))
    return ContactFilter(where=Group(items=(Condition("tags", "any", (str(tag),)),)))


@pytest.fixture
def course(alice: Actor) -> tuple[int, Offer]:
    with database.transaction() as session:
        made = catalogue.add(session, alice, {"name": "Violin", "status": "open", "capacity": "3"})
        three = {"name": "Three", "kind": "instalments", "amount": "90", "parts": "3"}
        return made.id or 0, offers.add(session, alice, made.id or 0, three)


def into(actor: Actor, course: tuple[int, Offer], **more: object):  # type: ignore[no-untyped-def]
    def make(session: Session) -> Action:
        return actions.enrol(session, actor, IntoCourse(course[0], course[1].id, **more))

    return make


def enrolments() -> list[Enrolment]:
    with database.reading() as session:
        return list(session.exec(select(Enrolment).order_by(col(Enrolment.id))))


def test_those_with_a_tag_get_access_and_owe_what_the_offer_asks(
    alice: Actor, tagged: ContactFilter, course: tuple[int, Offer]
) -> None:
    shown = looked(alice, tagged, into(alice, course))
    assert (shown.meant, shown.changing, shown.names) == (3, 3, ["P0", "P1", "P2"])
    import_id = carried_out(alice, tagged, into(alice, course))
    assert [(one.status, one.import_id, one.created_by_id) for one in enrolments()] == [
        ("active", import_id, alice.user_id)
    ] * 3
    with database.reading() as session:
        assert len(session.exec(select(Charge.id)).all()) == 9
    shown = looked(alice, tagged, into(alice, course))
    assert (shown.meant, shown.changing) == (3, 0), "nobody is enrolled twice"
    counts = undone(alice, import_id)
    assert counts["reversed"] == 3 and enrolments() == []
    with database.reading() as session:
        assert session.exec(select(Charge.id)).all() == []


def test_where_places_run_out_the_rest_waits_and_only_members_are_told(
    alice: Actor, course: tuple[int, Offer], tagged: ContactFilter
) -> None:
    with database.transaction() as session:
        template = templates.add(session, alice, "Welcome", templates.CHANNELS[0], is_newsletter=False).id
        templates.write(session, alice, template or 0, "en", subject="Welcome", body="See you soon.")
    import_id = carried_out(alice, ContactFilter(), into(alice, course, template=template))
    assert [one.status for one in enrolments()] == ["active"] * 3 + ["waiting"] * 2
    with database.reading() as session:
        assert len(session.exec(select(Message.id)).all()) == 3
    undone(alice, import_id)
    assert enrolments() == []
    with database.reading() as session:
        assert session.exec(select(Message.id)).all() == []


def test_who_paid_since_stays(alice: Actor, tagged: ContactFilter, course: tuple[int, Offer]) -> None:
    import_id = carried_out(alice, tagged, into(alice, course))
    with database.transaction() as session:
        payments.record(session, alice, enrolments()[0].id or 0, payments.Given(5_00))
    counts = undone(alice, import_id)
    assert (counts["reversed"], counts["kept"]) == (2, 1) and len(enrolments()) == 1


def test_it_takes_the_right_and_a_course_of_the_own_branch(
    alice: Actor, bob: Actor, charlie: Actor, tagged: ContactFilter, course: tuple[int, Offer]
) -> None:
    with pytest.raises(NotPermitted):
        looked(bob, tagged, into(bob, course))
    with database.transaction() as session:
        with pytest.raises(NotFound):
            actions.enrol(session, charlie, IntoCourse(course[0]))
        catalogue.change(session, alice, course[0], {"name": "Violin", "status": "finished"})
        with pytest.raises(Conflict):
            actions.enrol(session, alice, IntoCourse(course[0]))
