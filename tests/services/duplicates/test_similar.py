import pytest

from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.duplicates import ruled_out, similar
from crm_app.services.errors import NotFound, NotPermitted
from tests.services.duplicates.conftest import Make, searched

ANNA = {
    "first_name": "Katharina", "last_name": "Kowalczyk", "email": "kk@example.org", "phone": "030 901820",
    "street": "Gartenweg 7", "postal_code": "10115", "city": "Berlin", "birth_date": "17.05.1980",
    "tax_number": "12345678903",
}  # fmt: skip


def like(actor: Actor, **texts: str) -> list[int]:
    with database.reading() as session:
        return [one.contact.number for one in similar.to_values(session, actor, texts)]


@pytest.mark.parametrize(
    "typed",
    [
        {"email": "KK@example.org"},
        {"phone": "+49 30 901820"},
        {"mobile": "0049 30 901820", "first_name": "Kathi"},
        {"tax_number": "123 456 789 03"},
        {"first_name": "Katharina", "last_name": "Kowalczyk"},
        {"first_name": "Kathi", "last_name": "Kowalczyk", "city": "Berlin"},
        {"first_name": "Kowalczyk", "last_name": "Katharina"},
        {"first_name": "Katharina", "last_name": "Kowalcyzk", "postal_code": "10115"},
        {"first_name": "Katharina", "last_name": "Lowalczyk", "birth_date": "1980-05-17"},
        {"first_name": "Kowalczyk", "birth_date": "1980-05-17", "city": "Berlin"},
        {"last_name": "Kowalczyk", "first_name": "Katharina", "birth_date": "17.05.1908"},
        {"first_name": "K.", "last_name": "Kowalczyk", "street": "Gartenweg 7", "city": "Berlin"},
    ],
)
def test_who_is_typed_in_is_known(make: Make, alice: Actor, typed: dict[str, str]) -> None:
    make(**ANNA), make(first_name="Piotr", last_name="Nowak", city="Berlin")
    assert like(alice, **typed) == [1]


@pytest.mark.parametrize(
    "typed",
    [
        {}, {"first_name": "Katharina"}, {"city": "Berlin"}, {"email": "not an address"}, {"birth_date": "99.99.9999"},
        {"first_name": "Piotr", "last_name": "Kowalczyk", "street": "Gartenweg 7", "city": "Berlin"},
    ],
)  # fmt: skip
def test_who_is_not_known_is_not_found(make: Make, alice: Actor, typed: dict[str, str]) -> None:
    make(**ANNA)
    assert like(alice, **typed) == []


def test_a_search_before_changes_nothing_in_who_is_found(make: Make, alice: Actor) -> None:
    make(**ANNA), make(first_name="Piotr", last_name="Nowak")
    searched()
    assert like(alice, first_name="Kathi", last_name="Kowalczyk", city="Berlin") == [1]


def test_contacts_of_another_branch_are_not_told(make: Make, charlie: Actor) -> None:
    make(**ANNA)
    assert like(charlie, email="kk@example.org") == []


def test_one_contact_has_its_like_with_reasons(make: Make, alice: Actor, charlie: Actor) -> None:
    make(**ANNA), make(**ANNA | {"first_name": "Katarina"}), make(first_name="Piotr", last_name="Nowak")
    with database.reading() as session:
        (found,) = similar.to_contact(session, alice, 1)
        assert (found.contact.number, found.is_certain) == (2, True)
        assert "The same e-mail address" in map(str, found.reasons)
        assert similar.to_contact(session, alice, 3) == []
        with pytest.raises(NotFound):
            similar.to_contact(session, charlie, 1)


def test_who_was_ruled_out_is_not_named_again(make: Make, alice: Actor) -> None:
    make(**ANNA), make(**ANNA)
    with database.transaction() as session:
        ruled_out.rule_out(session, alice, [1, 2])
    with database.reading() as session:
        assert similar.to_contact(session, alice, 1) == []


def test_whoever_may_not_read_contacts_is_told_of_none(make: Make, alice: Actor) -> None:
    make(**ANNA)
    with database.reading() as session, pytest.raises(NotPermitted):
        similar.to_values(session, Actor(None, "nobody"), {"email": "kk@example.org"})


def test_a_company_is_known_whatever_its_legal_form(make: Make, alice: Actor) -> None:
    make(company="Weinhandel Müller GmbH", city="Bozen")
    assert like(alice, company="Weinhandel Mueller S.r.l.", city="Bozen") == [1]
