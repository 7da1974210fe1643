"""A merge taken back: everything as it was, but for what somebody did since."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from crm_app.models import Contact, ContactTag, Relation, RelationKind
from crm_app.services import database
from crm_app.services.actor import SYSTEM, Actor
from crm_app.services.contacts import cards, listing, timeline
from crm_app.services.contacts.filter import ContactFilter
from crm_app.services.contacts.validating import ONE_OF
from crm_app.services.doctor import examine
from crm_app.services.duplicates import images, merging, unmerging
from crm_app.services.errors import Conflict, NotFound, NotPermitted
from tests.services.duplicates.conftest import Make
from tests.services.duplicates.test_merging import ANIA, ANNA, get, merge, points


def unmerge(actor: Actor, merge_id: int) -> list[int]:
    with database.transaction() as session:
        return [one.number for one in unmerging.unmerge(session, actor, merge_id)]


def change(actor: Actor, number: int, **texts: str) -> None:
    with database.transaction() as session:
        cards.change(session, actor, cards.get(session, actor, number), texts)


def picture(session: Session) -> dict[int, Any]:
    """All that makes up each contact, by number; keys of rows and what counts changes left out."""
    found = {}
    for contact in session.exec(select(Contact)):
        id_ = cards.id_of(contact)
        values = contact.model_dump(exclude={"version", "updated_at"})
        tables = {}
        for place in (*images.MOVED, *images.MADE_ANEW):
            name, column = place.split(".")
            rows = [
                row for row in images.rows(session, name, column, id_) if row.get("kind") not in ("merged", "unmerged")
            ]
            if name != "merge":
                tables[place] = sorted(str({k: v for k, v in row.items() if k != "id"}) for row in rows)
        found[contact.number] = values | tables
    return found


def test_both_are_there_again(make: Make, bob: Actor) -> None:
    make(**ANNA), make(**ANIA)
    with database.reading() as session:
        before = picture(session)
    made = merge(bob, 1, 2)
    assert unmerge(bob, made) == [2]
    with database.reading() as session:
        assert picture(session) == before
        assert merging.kept_number(session, bob, 2) is None
        kinds = [entry.kind for entry in timeline.entries(session, cards.get(session, bob, 1))]
    assert kinds == ["unmerged", "merged", "created"]


def test_the_preview_says_what_goes_back_and_what_stays(make: Make, bob: Actor, victor: Actor, charlie: Actor) -> None:
    make(**ANNA | {"city": "", "email": ""}), make(**ANIA | {"city": "Kiel", "email": "a@example.org"})
    made = merge(bob, 1, 2)
    change(bob, 1, city="Hamburg")
    with database.reading() as session:
        found = unmerging.preview(session, bob, made)
        assert list(found.contacts) == [2]
        assert found.back["email"] == ["a@example.org", None]
        assert found.stays == ["city"]
        with pytest.raises(NotPermitted):
            unmerging.preview(session, victor, made)
        with pytest.raises(NotFound):
            unmerging.preview(session, charlie, made)
    unmerge(bob, made)
    assert (get(1).email, get(1).city) == (None, "Hamburg")
    with database.reading() as session, pytest.raises(Conflict):
        unmerging.preview(session, bob, made)


def test_the_restored_are_found_by_the_search_again(make: Make, bob: Actor, db: Path) -> None:
    db.chmod(0o700)
    make(**ANNA), make(**ANIA)
    unmerge(bob, merge(bob, 1, 2))
    with database.reading() as session:
        for query, number in (("ania", 2), ("anna", 1), ("901820", 2)):
            page = listing.page(session, bob, ContactFilter(query=query))
            assert [one.number for one in page.contacts] == [number], query
    assert [str(finding.message) for finding in examine() if not finding.ok] == []


def test_edits_made_since_stay_with_the_kept_contact(make: Make, bob: Actor) -> None:
    make(**ANNA), make(**ANIA)
    made = merge(bob, 1, 2)
    change(bob, 1, city="Hamburg", last_name="Nowak", email="new@example.org", tags="VIP, Kurs, Messe, Neu")
    unmerge(bob, made)
    kept, other = get(1), get(2)
    assert (kept.city, kept.last_name, kept.email) == ("Hamburg", "Nowak", "new@example.org")
    assert (kept.phone, kept.birth_date, kept.notes) == (None, None, None)
    assert (other.city, other.email, other.last_name) == ("Berlin", "ania@example.com", "Kowalczyk")
    with database.reading() as session:
        assert {tag.name for tag in cards.tags_of(session, kept)} == {"VIP", "Kurs", "Neu"}
        assert points(session, kept) == {("email", "new@example.org", True)}


def test_what_was_taken_away_since_does_not_come_back_to_the_kept_one(make: Make, bob: Actor) -> None:
    make(**ANNA, phone="040 7654321"), make(**ANIA)
    made = merge(bob, 1, 2, phone=1)
    change(bob, 1, phone="")
    unmerge(bob, made)
    with database.reading() as session:
        assert points(session, get(1)) == {("email", "anna@example.org", True)}
    assert get(2).phone == "030 901820"


def test_merges_are_taken_back_the_last_one_first(make: Make, bob: Actor) -> None:
    make(**ANNA), make(**ANIA), make(first_name="Anka", email="anka@example.org")
    with database.reading() as session:
        before = picture(session)
    first, second = merge(bob, 2, 3), merge(bob, 1, 2)
    with database.reading() as session:
        assert [one.id for one in unmerging.merges(session, bob, 1)] == [second, first]
    with pytest.raises(Conflict, match="merged again later"):
        unmerge(bob, first)
    unmerge(bob, second)
    unmerge(bob, first)
    with database.reading() as session:
        assert picture(session) == before
    with pytest.raises(Conflict, match="already"):
        unmerge(bob, first)


def test_a_key_given_to_somebody_else_meanwhile_is_no_hindrance(make: Make, bob: Actor) -> None:
    make(**ANNA), make(**ANIA)
    made = merge(bob, 1, 2)
    make(first_name="Zoe")
    unmerge(bob, made)
    assert [get(number).first_name for number in (1, 2, 3)] == ["Anna", "Ania", "Zoe"]


def test_who_may_not_or_sees_it_not_is_refused(make: Make, bob: Actor, victor: Actor, charlie: Actor) -> None:
    make(**ANNA), make(**ANIA)
    made = merge(bob, 1, 2)
    with pytest.raises(NotPermitted):
        unmerge(victor, made)
    for actor, merge_id in ((charlie, made), (bob, 99)):
        with pytest.raises(NotFound, match="no such merge"):
            unmerge(actor, merge_id)
    with database.reading() as session:
        assert unmerging.merges(session, charlie, 1) == []


VALUES = {
    "first_name": ["", "Ada", "Bea"],
    "last_name": ["", "Nowak"],
    "email": ["", "a@example.org", "b@example.org"],
    "phone": ["", "030 1234567", "040 7654321"],
    "mobile": ["", "030 1234567", "0171 1111111"],
    "website": ["", "https://a.example.org"],
    "social_links": ["", "https://x.example/a", "https://x.example/b\nhttps://x.example/a"],
    "birth_date": ["", "1990-12-31", "1980-01-01"],
    "city": ["", "Bern", "Genf"],
    "notes": ["", "eins", "zwei"],
    "tags": ["", "VIP", "Messe, VIP"],
    "lifecycle": ["", "lead", "customer"],
    "privacy_accepted": ["", "yes", "no"],
    "acquired_on": ["", "2024-02-29", "2020-01-01"],
}
people = st.fixed_dictionaries({name: st.sampled_from(values) for name, values in VALUES.items()}).filter(
    lambda texts: any(texts[name] for name in ONE_OF if name in texts)
)
ends = st.tuples(st.integers(1, 4), st.integers(1, 4)).filter(lambda pair: pair[0] != pair[1])


@settings(
    max_examples=15,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(contacts=st.lists(people, min_size=4, max_size=4), related=st.lists(ends, max_size=4), data=st.data())
def test_taken_back_at_once_nothing_has_changed(
    bob: Actor, contacts: list[dict[str, str]], related: list[tuple[int, int]], data: st.DataObject
) -> None:
    with database.transaction() as session:
        numbers = [cards.create(session, SYSTEM, {k: v for k, v in one.items() if v}).number for one in contacts]
        ids = [cards.id_of(cards.get(session, SYSTEM, number)) for number in numbers]
        for one, other in related:
            session.add(Relation(contact_id=ids[one - 1], other_id=ids[other - 1], kind=RelationKind.PAYER))
    with database.reading() as session:
        before, tags = picture(session), len(session.exec(select(ContactTag)).all())
        order = data.draw(st.permutations(numbers))
        size = data.draw(st.integers(2, 4))
        choices = merging.choices(session, bob, order[0], order[1:size])
        wishes = {one.field: data.draw(st.sampled_from([*one.values, order[0]])) for one in choices}
    made = merge(bob, *order[:size], **data.draw(st.sampled_from([{}, wishes])))
    unmerge(bob, made)
    with database.reading() as session:
        assert _differences(before, picture(session)) == {}
        assert len(session.exec(select(ContactTag)).all()) == tags


def _differences(one: dict[int, Any], other: dict[int, Any]) -> dict[tuple[int, str], Any]:
    """What is not the same. Two relations of one kind between the same two are one."""

    def plain(value: Any) -> Any:
        return sorted(set(value)) if isinstance(value, list) else value

    return {
        (number, key): (plain(value), plain(other[number][key]))
        for number, values in one.items()
        for key, value in values.items()
        if plain(value) != plain(other[number][key])
    }
