import pytest

from crm_app import routes
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.contacts import cards, listing
from crm_app.services.contacts.filter import ContactFilter
from crm_app.services.courses import catalogue, enrolling
from crm_app.services.courses.enrolling import Terms
from crm_app.state.contact_place import _neighbours, _parsed


@pytest.fixture
def numbers(bob: Actor, charlie: Actor) -> list[int]:
    """Of bob's branch; a foreign one stands among them by name."""
    with database.transaction() as session:
        cards.create(session, charlie, {"first_name": "Bert", "lifecycle": "lead"})
        return [
            cards.create(session, bob, {"first_name": name, "lifecycle": kind}).number
            for name, kind in (("Ada", "lead"), ("Bea", "contact"), ("Cleo", "lead"))
        ]


def test_the_ones_beside_a_contact_are_those_of_its_list(numbers: list[int], bob: Actor) -> None:
    ada, bea, cleo = numbers
    assert _neighbours(bob, routes.CONTACTS, {}, ada) == (None, bea)
    assert _neighbours(bob, routes.CONTACTS, {}, bea) == (ada, cleo)
    assert _neighbours(bob, routes.CONTACTS, {"sort": "-name"}, bea) == (cleo, ada)
    assert _neighbours(bob, routes.LEADS, {}, ada) == (None, cleo)
    assert _neighbours(bob, routes.LEADS, {}, bea) == (ada, cleo)  # it left the list, its place is known


def test_beside_a_member_stand_those_of_the_course(numbers: list[int], bob: Actor, alice: Actor) -> None:
    ada, _, cleo = numbers
    with database.transaction() as session:
        course = catalogue.add(session, alice, {"name": "Violin", "status": "open"})
        for number in (ada, cleo):
            enrolling.enrol(session, bob, course.id or 0, cards.get(session, bob, number), None, Terms())
    assert _neighbours(bob, routes.course(course.id or 0), {}, ada) == (None, cleo)
    assert _neighbours(bob, routes.course(course.id or 0), {"sort": "-name"}, ada) == (None, cleo)
    assert _neighbours(bob, routes.course(course.id or 0), {"status": "waiting"}, ada) == (None, None)


def test_foreign_and_missing_contacts_and_unknown_conditions_have_none(
    numbers: list[int], bob: Actor, charlie: Actor
) -> None:
    for actor, number in ((charlie, numbers[1]), (bob, 999), (bob, 1)):
        with database.reading() as session:
            assert listing.neighbours(session, actor, ContactFilter(), number) == (None, None)
    assert _neighbours(bob, routes.CONTACTS, {"where": "nonsense"}, numbers[1]) == (None, None)


@pytest.mark.parametrize(
    ("address", "path", "params"),
    [
        ("/contacts?q=a%26b&after=3", "/contacts", {"q": "a&b", "after": "3"}),
        ("/leads/", "/leads", {}),
        ("/courses/7?status=waiting", "/courses/7", {"status": "waiting"}),
        ("/courses/7/8", "/contacts", {}),
        ("/courses", "/contacts", {}),
        ("", "/contacts", {}),
        ("https://evil.example/contacts?q=1", "/contacts", {}),
        ("//evil.example/contacts", "/contacts", {}),
        ("javascript:alert(1)", "/contacts", {}),
        ("/settings?x=1", "/contacts", {}),
        ("/contacts?" + "x" * 9000, "/contacts", {}),
        ("http://[", "/contacts", {}),
    ],
)
def test_the_way_back_leads_to_a_list_of_ours_alone(address: str, path: str, params: dict[str, str]) -> None:
    assert _parsed(address) == (path, params)
