import pytest
from sqlmodel import select

from crm_app.models import Activity, Contact, ContactPoint
from crm_app.services import database, installation
from crm_app.services.actor import SYSTEM, Actor
from crm_app.services.contacts import cards, listing, timeline
from crm_app.services.contacts.filter import ContactFilter
from crm_app.services.contacts.validating import InvalidFields
from crm_app.services.errors import NotFound, NotPermitted

ADA = {"first_name": "Ada", "last_name": "Müller", "email": "Ada@Example.org", "phone": "030 901820"}


def make(actor: Actor, **texts: str) -> int:
    with database.transaction() as session:
        return cards.create(session, actor, {**ADA, **texts}).number


def kinds(number: int, actor: Actor) -> list[str]:
    with database.reading() as session:
        return [entry.kind for entry in timeline.entries(session, cards.get(session, actor, number))]


def test_a_new_contact_has_a_number_points_and_an_activity(bob: Actor) -> None:
    assert [make(bob), make(bob)] == [1, 2]
    with database.reading() as session:
        contact = cards.get(session, bob, 1)
        points = session.exec(select(ContactPoint).where(ContactPoint.contact_id == contact.id)).all()
    assert {(p.kind, p.norm) for p in points} == {("email", "ada@example.org"), ("phone", "+4930901820")}
    assert kinds(1, bob) == ["created"]


def test_a_new_contact_is_found_at_once(bob: Actor) -> None:
    make(bob)
    with database.reading() as session:
        assert listing.count(session, bob, ContactFilter(query="mueller")) == 1


def test_somebody_without_name_or_address_is_refused(bob: Actor) -> None:
    with pytest.raises(InvalidFields, match="at least a name"), database.transaction() as session:
        cards.create(session, bob, {"city": "Bonn"})


def test_every_wrong_field_is_named_at_once(bob: Actor) -> None:
    with pytest.raises(InvalidFields) as caught, database.transaction() as session:
        cards.create(session, bob, {**ADA, "email": "ada at example", "birth_date": "31.02.1990", "status": "Nowhere"})
    assert set(caught.value.fields) == {"email", "birth_date", "status"}
    with database.reading() as session:
        assert session.exec(select(Contact)).all() == []


def test_a_viewer_cannot_create_or_change(bob: Actor, victor: Actor) -> None:
    number = make(bob)
    with pytest.raises(NotPermitted), database.transaction() as session:
        cards.create(session, victor, ADA)
    with pytest.raises(NotPermitted), database.transaction() as session:
        cards.change(session, victor, cards.get(session, victor, number), {"city": "Bonn"})


def test_another_branch_gets_the_same_answer_as_for_a_missing_contact(bob: Actor, charlie: Actor) -> None:
    number = make(bob)
    with database.reading() as session, pytest.raises(NotFound):
        cards.get(session, charlie, number)
    with database.reading() as session, pytest.raises(NotFound):
        cards.get(session, bob, 999)


def test_a_change_writes_only_what_differs(bob: Actor) -> None:
    number = make(bob)
    with database.transaction() as session:
        changes = cards.change(session, bob, cards.get(session, bob, number), {"city": "Bonn", "last_name": "Müller"})
    assert changes == {"city": [None, "Bonn"]}
    assert kinds(number, bob) == ["changed", "created"]


def test_saving_the_same_again_changes_nothing(bob: Actor) -> None:
    number = make(bob)
    for _ in range(2):
        with database.transaction() as session:
            cards.change(session, bob, cards.get(session, bob, number), {"city": "Bonn", "tags": "Fair, news"})
    with database.reading() as session:
        assert cards.get(session, bob, number).version == 2
        assert len(session.exec(select(Activity)).all()) == 2


def test_a_changed_address_replaces_its_point_and_the_search_text(bob: Actor) -> None:
    number = make(bob)
    with database.transaction() as session:
        cards.change(session, bob, cards.get(session, bob, number), {"email": "new@example.org", "last_name": "Rossi"})
    with database.reading() as session:
        norms = session.exec(select(ContactPoint.norm)).all()
        assert sorted(norms) == ["+4930901820", "new@example.org"]
        assert listing.count(session, bob, ContactFilter(query="rossi new@")) == 1
        assert listing.count(session, bob, ContactFilter(query="mueller")) == 0


def test_deactivating_is_seen_in_list_and_timeline_and_can_be_taken_back(bob: Actor) -> None:
    number = make(bob)
    for verb in (cards.deactivate, cards.deactivate, cards.reactivate):
        with database.transaction() as session:
            verb(session, bob, cards.get(session, bob, number))
    assert kinds(number, bob) == ["reactivated", "deactivated", "created"]


def test_a_known_address_is_pointed_out_but_not_forbidden(bob: Actor) -> None:
    number = make(bob)
    with database.reading() as session:
        known = cards.known_elsewhere(session, bob, {"phone": "+49 30 901820"})
    assert [contact.number for contact in known] == [number]
    assert make(bob, first_name="Ida") == number + 1


def test_tags_are_kept_once_whatever_their_case(bob: Actor) -> None:
    number = make(bob, tags="Fair 2026, fair 2026, Newsletter")
    with database.reading() as session:
        assert [tag.name for tag in cards.tags_of(session, cards.get(session, bob, number))] == [
            "Fair 2026",
            "Newsletter",
        ]


def require(*fields: str) -> None:
    with database.transaction() as session:
        installation.change(session, SYSTEM, required_fields=list(fields))


def test_what_is_required_here_is_asked_for_beside_all_that_is_wrong(bob: Actor) -> None:
    require("email", "city", "status")
    with pytest.raises(InvalidFields) as caught:
        make(bob, email="ada at example")
    assert set(caught.value.fields) == {"email", "city", "status"}
    assert str(caught.value.fields["city"]) == "This field is required here."
    assert make(bob, city="Bonn", status="New") == 1


def test_an_old_contact_can_be_changed_but_a_required_field_is_not_sent_empty(bob: Actor) -> None:
    make(bob)
    require("city")
    with database.transaction() as session:
        assert cards.change(session, bob, cards.get(session, bob, 1), {"first_name": "Adele"})
    with pytest.raises(InvalidFields, match="required"), database.transaction() as session:
        cards.change(session, bob, cards.get(session, bob, 1), {"first_name": "Ada", "city": ""})
