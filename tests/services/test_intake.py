from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import col, select

from crm_app.models import Activity, Channel, Contact, ContactSource, CustomField, FieldType, Outcome, SuppressionReason
from crm_app.services import database, intake, web_form_answers, web_forms
from crm_app.services.actor import Actor
from crm_app.services.consent import ledger, suppression
from crm_app.services.contacts import cards
from crm_app.services.contacts.validating import InvalidFields
from crm_app.services.errors import Invalid, NotFound, NotPermitted
from crm_app.services.fields.registry import FIELDS, parse
from crm_app.services.fields.verdict import FieldContext
from crm_app.services.intake import Ambiguous, Arrival, Erased, Taken


def take(actor: Actor, texts: dict[str, str], **more: Any) -> Taken:
    with database.transaction() as session:
        return intake.take(session, actor, Arrival(texts, more.pop("source", "till"), **more))


def contacts() -> list[Contact]:
    with database.reading() as session:
        return list(session.exec(select(Contact).order_by(col(Contact.id))))


def sources() -> list[str]:
    with database.reading() as session:
        return list(session.exec(select(ContactSource.source).order_by(col(ContactSource.id))))


def test_somebody_new_is_created_with_source_tags_and_own_fields(bob: Actor) -> None:
    with database.transaction() as session:
        session.add(CustomField(key="level", label="Level", type=FieldType.TEXT))
    taken = take(bob, {"first_name": "Ada", "email": "Ada@Example.org", "level": "B2"}, tags=["Fair", "fair", "Shop"])
    assert taken.outcome is Outcome.CREATE and taken.contact.email == "Ada@Example.org"
    assert taken.contact.custom == {"level": "B2"} and sources() == ["till"]
    with database.reading() as session:
        assert [tag.name for tag in cards.tags_of(session, taken.contact)] == ["Fair", "Shop"]


def test_the_same_again_changes_nothing_and_another_door_is_noted_once(bob: Actor) -> None:
    take(bob, {"first_name": "Ada", "email": "ada@example.org", "mobile": "0151 2345678"})
    for _ in range(2):
        again = take(bob, {"email": "ADA@example.org", "mobile": "+49 151 2345678"}, source="voucher")
        assert again.outcome is Outcome.UNCHANGED
    assert len(contacts()) == 1 and sources() == ["till", "voucher"]


def test_a_blank_keeps_what_is_stored_and_what_differs_is_written(bob: Actor) -> None:
    take(bob, {"first_name": "Ada", "email": "ada@example.org", "city": "Bonn"})
    taken = take(bob, {"email": "ada@example.org", "first_name": " ", "city": "Köln"})
    assert (taken.outcome, taken.changes) == (Outcome.UPDATE, {"city": ["Bonn", "Köln"]})
    assert taken.contact.first_name == "Ada"


def test_tags_are_added_and_never_taken(bob: Actor) -> None:
    take(bob, {"email": "ada@example.org"}, tags=["Fair"])
    assert take(bob, {"email": "ada@example.org"}, tags=["fair", "Piano"]).changes == {
        "tags": [["Fair"], ["Fair", "Piano"]]
    }
    assert take(bob, {"email": "ada@example.org"}).outcome is Outcome.UNCHANGED


def test_the_first_key_that_meets_somebody_counts(bob: Actor) -> None:
    ada = take(bob, {"first_name": "Ada", "external_id": "K-1", "email": "ada@example.org"}).contact
    assert take(bob, {"external_id": "K-1", "email": "new@example.org"}).contact.id == ada.id
    assert take(bob, {"number": str(ada.number), "city": "Bonn"}).contact.id == ada.id
    with pytest.raises(NotFound):
        take(bob, {"number": "999", "email": "ada@example.org"})


def test_an_unknown_external_id_meets_an_address_that_has_none(bob: Actor) -> None:
    ada = take(bob, {"first_name": "Ada", "email": "ada@example.org"}).contact
    taken = take(bob, {"external_id": "K-7", "email": "ada@example.org"})
    assert taken.contact.id == ada.id and taken.contact.external_id == "K-7"
    other = take(bob, {"external_id": "K-8", "email": "ada@example.org", "first_name": "Ben"})
    assert other.outcome is Outcome.CREATE, "another id is another person"


def test_a_phone_counts_only_where_nothing_better_is_given(bob: Actor) -> None:
    ada = take(bob, {"first_name": "Ada", "phone": "0228 123456"}).contact
    assert take(bob, {"mobile": "+49228123456", "last_name": "Lovelace"}).contact.id == ada.id
    assert take(bob, {"phone": "0228 123456", "email": "ben@example.org"}).outcome is Outcome.CREATE


def test_where_several_match_nobody_guesses(bob: Actor) -> None:
    numbers = [take(bob, {"first_name": name, "email": "family@example.org"}, match=()).contact.number for name in "AB"]
    with pytest.raises(Ambiguous) as refused:
        take(bob, {"email": "Family@example.org", "city": "Bonn"})
    assert refused.value.numbers == numbers and all(one.city is None for one in contacts())


def test_only_blanks_are_filled_where_a_stranger_writes(bob: Actor) -> None:
    take(bob, {"first_name": "Ada", "email": "ada@example.org"})
    taken = take(
        bob, {"email": "ada@example.org", "first_name": "Eve", "city": "Bonn", "lifecycle": "customer"}, fills_only=True
    )
    assert (taken.contact.first_name, taken.contact.city, taken.contact.lifecycle) == ("Ada", "Bonn", "contact")


def test_who_was_erased_stays_away_but_for_their_own_word(bob: Actor) -> None:
    with database.transaction() as session:
        suppression.add(session, [(Channel.EMAIL, "gone@example.org")], SuppressionReason.ERASED)
    with pytest.raises(Erased):
        take(bob, {"first_name": "Ada", "email": " GONE@Example.org "})
    assert contacts() == []
    assert take(bob, {"email": "gone@example.org"}, is_own=True).outcome is Outcome.CREATE
    with database.reading() as session:
        assert suppression.is_suppressed(session, Channel.EMAIL, "gone@example.org"), "nothing is sent before a yes"


def test_all_that_is_wrong_is_said_at_once(bob: Actor) -> None:
    with pytest.raises(InvalidFields) as refused:
        take(bob, {"email": "not an address", "birth_date": "yesterday-ish"})
    assert set(refused.value.fields) == {"email", "birth_date"}
    with pytest.raises(InvalidFields) as refused:
        take(bob, {"shoe_size": "41"})
    assert set(refused.value.fields) == {"shoe_size"}
    with pytest.raises(Invalid):
        take(bob, {"city": "Bonn"})  # nobody
    assert contacts() == []


def test_it_meets_nobody_of_another_branch(bob: Actor, charlie: Actor) -> None:
    ada = take(bob, {"email": "ada@example.org"}).contact
    with pytest.raises(NotFound):
        take(charlie, {"number": str(ada.number), "city": "Bonn"})
    assert take(charlie, {"email": "ada@example.org"}).outcome is Outcome.CREATE


def test_who_may_only_look_brings_nobody_in(victor: Actor) -> None:
    with pytest.raises(NotPermitted):
        take(victor, {"first_name": "Ada"})


def test_the_timeline_names_what_brought_it(bob: Actor) -> None:
    shop = Actor(None, "Shop", bob.permissions, bob.branch_ids, via="Shop")
    take(shop, {"first_name": "Ada"})
    with database.reading() as session:
        assert session.exec(select(Activity)).one().data == {"via": "Shop"}


WORDS = st.text(max_size=30) | st.sampled_from(
    ["ada@example.org", "a@b", "0151 2345678", "+49 228 1", "1990-03-01", "31.2.1990", "DE", "Deutschland", "yes",
     "nein", "w", "divers", "lead", "de", "https://example.org", "[clear]", "=1+1", "2026-03-01T10:00Z"]
)  # fmt: skip
TYPED = sorted(name for name in FIELDS if name not in ("number", "status", "owner", "tags"))


@settings(max_examples=1_000, suppress_health_check=list(HealthCheck))
@given(st.dictionaries(st.sampled_from(TYPED), WORDS, min_size=1, max_size=6))
def test_it_judges_as_form_and_import_do(bob: Actor, texts: dict[str, str]) -> None:
    """Every field by its one parser: the same verdicts, and the same values."""
    context = FieldContext(country="DE")
    verdicts = {name: parse(name, value, context) for name, value in texts.items() if value.strip()}
    wrong = {name for name, verdict in verdicts.items() if verdict.is_error}
    with database.reading() as session:
        try:
            taken = intake.take(session, bob, Arrival(texts, "till", match=()))
        except InvalidFields as refused:
            assert wrong == set(refused.fields) or (not wrong and set(refused.fields) == {""})
        else:
            assert not wrong
            for name, verdict in verdicts.items():
                assert verdict.value in (None, getattr(taken.contact, name)), name
        session.rollback()


def spelled(n: int) -> str:
    """The n-th address, never written twice alike."""
    return [f"p{n}@example.org", f" P{n}@Example.ORG ", f"P{n}@EXAMPLE.org", f"p{n}@example.org."[:-1]][n % 4]


def test_a_thousand_suppressed_stay_so_and_a_hundred_erased_stay_away(alice: Actor, bob: Actor) -> None:
    with database.transaction() as session:
        suppression.add(
            session, [(Channel.EMAIL, f"p{n}@example.org") for n in range(1_000)], SuppressionReason.REVOKED
        )
        suppression.add(session, [(Channel.EMAIL, f"p{n}@example.org") for n in range(100)], SuppressionReason.ERASED)
        form = web_forms.make(session, alice, "News")
        refused = 0
        for n in range(1_000):
            try:
                intake.take(session, bob, Arrival({"first_name": "Ada", "email": spelled(n)}, "shop"))
            except Erased:
                refused += 1
        for n in range(100, 1_000, 3):
            typed = {"first_name": "Ada", "last_name": "L", "email": spelled(n + 1)}
            web_form_answers.submit(session, form, typed, ticked=True)
        assert refused == 100 and len(session.exec(select(Contact)).all()) == 900
        assert not any(ledger.is_mailable(session, Channel.EMAIL, spelled(n)) for n in range(1_001))
        assert all(suppression.is_suppressed(session, Channel.EMAIL, spelled(n)) for n in range(1_000))
