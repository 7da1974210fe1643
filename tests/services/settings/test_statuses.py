"""The statuses of leads: who changes them, what their contacts get, and how they come back."""

import pytest
from sqlmodel import select

from crm_app.models import AuditEntry, Contact, LeadStatus
from crm_app.services import choosable, database, segments
from crm_app.services.actor import Actor
from crm_app.services.contacts import cards
from crm_app.services.contacts.filter import ContactFilter
from crm_app.services.contacts.validating import InvalidFields
from crm_app.services.errors import Conflict, Invalid, NotFound, NotPermitted
from crm_app.services.filters.tree import Condition, Group
from crm_app.services.settings import statuses
from crm_app.services.settings.statuses import Meaning
from crm_app.theme import STATUS_COLOURS
from tests.services.settings.conftest import done, everything, found, said, undone


def ids() -> dict[str, int]:
    with database.reading() as session:
        return {status.name: status.id or 0 for status in choosable.statuses(session)}


def order() -> list[str]:
    return list(ids())


def audited() -> list[str]:
    with database.reading() as session:
        return [entry.action for entry in session.exec(select(AuditEntry)) if entry.action.startswith("status")]


def changed(actor: Actor, which: str, **values: object) -> None:
    wanted = {"name": which, "colour": "red", "meaning": Meaning.OPEN, "is_default": False, **values}
    with database.transaction() as session:
        statuses.change(session, actor, ids()[which], **wanted)  # type: ignore[arg-type]


def test_the_theme_knows_every_colour() -> None:
    assert set(statuses.COLOURS) == set(STATUS_COLOURS)


def test_one_is_added_behind_the_others(alice: Actor) -> None:
    with database.transaction() as session:
        statuses.add(session, alice, "  On  hold ", "violet")
    assert order()[-1] == "On hold" and audited() == ["status.add"]
    with database.transaction() as session:
        for name, colour in (("", "red"), ("x" * 81, "red"), ("on HOLD", "red"), ("Later", "#ff0000")):
            with pytest.raises(Invalid):
                statuses.add(session, alice, name, colour)


def test_one_is_renamed_coloured_and_means_something_else(alice: Actor) -> None:
    id_ = ids()["Contacted"]
    changed(alice, "Contacted", name="Called", colour="orange", meaning=Meaning.WON, is_default=True)
    with database.reading() as session:
        status = session.get_one(LeadStatus, id_)
        assert (status.name, status.colour, statuses.meaning_of(status)) == ("Called", "orange", Meaning.WON)
        assert [one.name for one in choosable.statuses(session) if one.is_default] == ["Called"]
    changed(alice, "Called", colour="orange", meaning=Meaning.WON, is_default=True)
    assert audited() == ["status.change"]  # the same again changes nothing
    with pytest.raises(Invalid, match="already"):
        changed(alice, "Called", name="NEW")


def test_they_are_moved_one_place_at_a_time(alice: Actor) -> None:
    with database.transaction() as session:
        statuses.move(session, alice, ids()["Interested"], -1)
        statuses.move(session, alice, ids()["New"], -1)
    assert order() == ["New", "Interested", "Contacted", "Won", "Lost"] and audited() == ["status.move"]


def test_only_who_may_change_settings_does(people: Actor, bob: Actor) -> None:
    one = ids()["New"]
    before = everything(), order()
    for verb in (
        lambda s: statuses.listing(s, bob),
        lambda s: statuses.removed(s, bob),
        lambda s: statuses.add(s, bob, "Later"),
        lambda s: statuses.change(s, bob, one, name="X", colour="red", meaning=Meaning.OPEN, is_default=False),
        lambda s: statuses.move(s, bob, one, 1),
        lambda s: statuses.remove(s, bob, one),
        lambda s: statuses.bring_back(s, bob, one),
    ):
        with pytest.raises(NotPermitted), database.transaction() as session:
            verb(session)
    assert (everything(), order()) == before


def test_counts_are_those_of_all_branches(people: Actor) -> None:
    with database.reading() as session:
        counted = {entry.status.name: entry.contacts for entry in statuses.listing(session, people)}
    assert counted == {"New": 4, "Contacted": 3, "Interested": 0, "Won": 0, "Lost": 0}


def test_a_removed_one_leaves_its_contacts_without_and_an_undo_brings_both_back(people: Actor) -> None:
    before, new = everything(), ids()["New"]
    change = done(people, lambda session: statuses.remove(session, people, new))
    assert "New" not in order() and {status for status, *_ in everything().values()} == {None, ids()["Contacted"]}
    with pytest.raises(Invalid, match="New"):
        found(people, "status", "none", str(new))  # never "everybody"
    with pytest.raises(Invalid, match="New"):
        found(people, "status", "any", str(new))
    assert said(people, "status", "any", str(new)) == "Status is any of New (removed)"
    assert undone(people, change) == {"reversed": 4, "kept": 0, "impossible": 0}
    assert everything() == before and "New" in order()
    assert found(people, "status", "any", str(new)) == ["P0", "P2", "P4"]


def test_a_merged_one_is_asked_for_under_the_other_name(people: Actor) -> None:
    new, contacted = ids()["New"], ids()["Contacted"]
    with database.transaction() as session:
        wanted = ContactFilter(where=Group(items=(Condition("status", "any", (str(new),)),)))
        segment = segments.save(session, people, "The new ones", wanted).id
    change = done(people, lambda session: statuses.remove(session, people, new, contacted))
    assert {status for status, *_ in everything().values()} == {contacted}
    assert len(found(people, "status", "any", str(new))) == 6 and found(people, "status", "none", str(new)) == []
    assert said(people, "status", "any", str(new)) == "Status is any of Contacted"
    with database.reading() as session:
        assert segments.resolved(session, people, ContactFilter(segment_id=segment)).where == wanted.where
    undone(people, change)
    assert found(people, "status", "any", str(new)) == ["P0", "P2", "P4"]


def test_one_that_nobody_has_goes_at_once_and_comes_back(alice: Actor) -> None:
    won = ids()["Won"]
    with database.transaction() as session:
        assert statuses.remove(session, alice, won) is None
        with pytest.raises(NotFound):
            statuses.remove(session, alice, won)
        assert [one.name for one in statuses.removed(session, alice)] == ["Won"]
    with database.transaction() as session:
        statuses.bring_back(session, alice, won)
        with pytest.raises(NotFound):
            statuses.bring_back(session, alice, won)
        with pytest.raises(Conflict):
            statuses.remove(session, alice, won, won)
    assert order()[3] == "Won" and audited() == ["status.remove", "status.back"]


def test_its_name_makes_it_again(alice: Actor) -> None:
    won = ids()["Won"]
    with database.transaction() as session:
        statuses.remove(session, alice, won)
        assert statuses.add(session, alice, "won", "green").id == won
    assert order()[-1] == "won"


def test_nobody_gets_a_removed_one(alice: Actor) -> None:
    with database.transaction() as session:
        statuses.remove(session, alice, ids()["Won"])
        with pytest.raises(InvalidFields):
            cards.create(session, alice, {"first_name": "Ada", "status": "Won"})


def test_new_leads_get_the_default(alice: Actor) -> None:
    with database.transaction() as session:
        made = [
            cards.create(session, alice, {"first_name": "A", **more})
            for more in ({"lifecycle": "lead"}, {"lifecycle": "lead", "status": "Won"}, {"lifecycle": "customer"}, {})
        ]
        given = [contact.status_id for contact in made]
    assert given == [ids()["New"], ids()["Won"], None, None]


def test_a_contact_edited_since_keeps_what_it_got(people: Actor) -> None:
    change = done(people, lambda session: statuses.remove(session, people, ids()["New"]))
    with database.transaction() as session:
        cards.change(session, people, cards.get(session, people, 1), {"status": "Lost"})
    assert undone(people, change) == {"reversed": 3, "kept": 1, "impossible": 0}
    with database.reading() as session:
        assert session.exec(select(Contact.status_id).where(Contact.number == 1)).one() == ids()["Lost"]
