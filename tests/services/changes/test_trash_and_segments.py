"""Many contacts moved to the trash and back, put into hand-picked segments and taken out, and what undos make of it."""

import pytest
from sqlmodel import col, select

from crm_app.models import AuditEntry, Contact, Import, ImportState, Segment, SegmentContact, Sharing
from crm_app.services import database, picked, segments
from crm_app.services.actor import Actor
from crm_app.services.changes import actions
from crm_app.services.changes.start import preview, start
from crm_app.services.contacts import cards, listing, trash
from crm_app.services.contacts.filter import ContactFilter
from crm_app.services.duplicates import merging, unmerging
from crm_app.services.errors import Conflict, Invalid, NotFound, NotPermitted
from crm_app.services.filters.tree import Condition, Group
from crm_app.services.imports import undo
from tests.services.changes.test_changes import EVERYBODY, carried_out, everything, looked, people, undone
from tests.services.imports.conftest import Flow, flow, inline

__all__ = ["flow", "inline", "people"]
ROME = ContactFilter(inactive=True, where=Group(items=(Condition("city", "is", ("Rom",)),)))


def count(actor: Actor, wanted: ContactFilter = EVERYBODY) -> int:
    with database.reading() as session:
        return listing.count(session, actor, wanted)


def in_trash(actor: Actor) -> list[int]:
    with database.reading() as session:
        return sorted(entry.contact.number for entry in trash.page(session, actor).entries)


def made(actor: Actor, name: str = "VIPs") -> int:
    with database.transaction() as session:
        return picked.make(session, actor, name).id or 0


def members(segment_id: int) -> list[int]:
    query = select(Contact.number).join(SegmentContact, col(SegmentContact.contact_id) == col(Contact.id))
    with database.reading() as session:
        return sorted(session.exec(query.where(SegmentContact.segment_id == segment_id)).all())


def test_all_of_a_result_go_to_the_trash_and_come_back(people: Actor) -> None:
    before = everything()
    assert looked(people, ROME, lambda _: actions.trash(people)).changing == 3
    import_id = carried_out(people, ROME, lambda _: actions.trash(people))
    assert (count(people), in_trash(people)) == (3, [2, 4, 6])
    with database.reading() as session:
        assert {entry.who for entry in trash.page(session, people).entries} == {"Alice"}
        entry = session.exec(select(AuditEntry).where(AuditEntry.action == "bulk")).one()
        assert entry.data["update"] == 3
    assert undone(people, import_id) == {"reversed": 3, "kept": 0, "impossible": 0}
    assert everything() == before


def test_all_of_the_trash_are_restored_and_that_is_undone_too(people: Actor) -> None:
    before = everything()
    carried_out(people, ROME, lambda _: actions.trash(people))
    thrown = everything()
    restored = carried_out(people, EVERYBODY, lambda _: actions.restore())
    assert (in_trash(people), everything()) == ([], before)
    assert undone(people, restored)["reversed"] == 3
    assert everything() == thrown


def test_nobody_is_moved_twice(people: Actor) -> None:
    carried_out(people, ROME, lambda _: actions.trash(people))
    with database.transaction() as session, pytest.raises(Conflict, match="Nobody"):
        start(session, people, ROME, actions.trash(people))
    with database.transaction() as session, pytest.raises(Conflict, match="Nobody"):
        start(session, people, ContactFilter(query="P0"), actions.restore())


def test_who_was_restored_by_hand_stays_out_and_who_is_gone_cannot_come_back(people: Actor) -> None:
    import_id = carried_out(people, ROME, lambda _: actions.trash(people))
    with database.transaction() as session:
        trash.restore(session, people, [2])
        trash.delete_for_good(session, people, [4])
    assert undone(people, import_id) == {"reversed": 2, "kept": 0, "impossible": 1}
    assert (in_trash(people), count(people)) == ([], 5)


def test_an_undo_leaves_alone_what_is_in_the_trash(people: Actor) -> None:
    changed = carried_out(people, EVERYBODY, lambda session: actions.set_field(session, people, "city", "Bonn"))
    with database.transaction() as session:
        trash.put(session, people, cards.get(session, people, 1))
    with database.reading() as session:
        kept = [row for row in undo.page(session, people, changed).rows if row.outcome == "kept"]
        assert [(row.number, str(row.reason)) for row in kept] == [
            (1, "The contact is in the trash. Restore it first.")
        ]
    assert undone(people, changed) == {"reversed": 5, "kept": 1, "impossible": 0}
    with database.reading() as session:
        assert trash.find(session, people, 1).contact.city == "Bonn"


def test_the_undo_of_an_import_keeps_who_is_in_the_trash(flow: Flow, alice: Actor) -> None:
    id_ = flow.checked("first_name;email\nAda;ada@example.org\nBea;bea@example.org\n")
    flow.commit(id_)
    with database.transaction() as session:
        first = session.exec(select(Contact).order_by(col(Contact.id))).first()
        assert first is not None
        trash.put(session, alice, first)
    assert undone(alice, id_) == {"reversed": 1, "kept": 1, "impossible": 0}


def test_an_import_that_meets_the_key_of_a_trashed_one_makes_a_new_one(flow: Flow, alice: Actor) -> None:
    file = "first_name;email\nAda;ada@example.org\n"
    flow.commit(flow.checked(file))
    with database.transaction() as session:
        trash.put(session, alice, session.exec(select(Contact)).one())
    id_ = flow.checked(file, match_key="email")
    assert flow.counts(id_) == {"create": 1}


def test_who_goes_to_the_trash_between_check_and_commit_is_made_anew(flow: Flow, alice: Actor) -> None:
    flow.commit(flow.checked("first_name;email\nAda;ada@example.org\n"))
    id_ = flow.checked("first_name;email\nAdele;ada@example.org\n", match_key="email")
    assert flow.counts(id_) == {"update": 1}
    with database.transaction() as session:
        trash.put(session, alice, session.exec(select(Contact)).one())
    flow.commit(id_)
    with database.reading() as session:
        names = {one.first_name: one.trashed_at is None for one in session.exec(select(Contact))}
    assert names == {"Ada": False, "Adele": True}


def test_contacts_are_put_into_a_segment_counted_and_taken_out(people: Actor) -> None:
    before, id_ = everything(), made(people)
    put = carried_out(people, ROME, lambda session: actions.pick(session, people, id_))
    assert members(id_) == [2, 4, 6]
    assert count(people, ContactFilter(segment_id=id_)) == 3
    assert looked(people, EVERYBODY, lambda session: actions.pick(session, people, id_)).changing == 3
    taken = carried_out(people, ContactFilter(), lambda session: actions.unpick(session, people, id_))
    assert members(id_) == [6]
    assert undone(people, taken)["reversed"] == 2
    assert members(id_) == [2, 4, 6]
    assert undone(people, put)["reversed"] == 3
    assert members(id_) == [] and everything() == before


def test_one_contact_is_put_in_and_taken_out_again(people: Actor) -> None:
    id_ = made(people)
    with database.transaction() as session:
        contact = cards.get(session, people, 1)
        for is_in in (True, True):
            picked.put(session, people, contact, id_, is_in=is_in)
        assert [one.segment.name for one in picked.of_contact(session, people, contact)] == ["VIPs"]
    assert members(id_) == [1]
    with database.transaction() as session:
        for is_in in (False, False):
            picked.put(session, people, cards.get(session, people, 1), id_, is_in=is_in)
        assert picked.of_contact(session, people, cards.get(session, people, 1)) == []
    assert members(id_) == []


def test_in_the_trash_it_does_not_count_and_restored_it_is_in_again(people: Actor) -> None:
    id_ = made(people)
    carried_out(people, EVERYBODY, lambda session: actions.pick(session, people, id_))
    carried_out(people, ROME, lambda _: actions.trash(people))
    assert count(people, ContactFilter(segment_id=id_)) == 3
    with database.transaction() as session:
        trash.restore(session, people, [2])
    assert count(people, ContactFilter(segment_id=id_)) == 4


def test_a_segment_by_conditions_takes_nobody_by_hand(people: Actor) -> None:
    with database.transaction() as session:
        id_ = segments.save(session, people, "Romans", ROME).id or 0
        with pytest.raises(Conflict, match="hand-picked"):
            actions.pick(session, people, id_)


def test_only_its_maker_fills_it_and_only_who_sees_it_asks_for_it(people: Actor, bob: Actor, charlie: Actor) -> None:
    id_ = made(people)
    carried_out(people, EVERYBODY, lambda session: actions.pick(session, people, id_))
    asks = ContactFilter(where=Group(items=(Condition("segment", "any", (str(id_),)),)))
    assert count(people, asks) == 5
    with database.transaction() as session:
        for actor in (bob, charlie):
            with pytest.raises(NotFound):
                picked.put(session, actor, cards.get(session, people, 1), id_, is_in=True)
            assert listing.count(session, actor, asks) == 0
        segments.change(session, people, id_, "VIPs", ContactFilter(), Sharing.ALL)
        assert listing.count(session, bob, asks) == 5
        with pytest.raises(NotPermitted):
            picked.put(session, bob, cards.get(session, people, 1), id_, is_in=True)
    assert count(people, ContactFilter(segment_id=id_)) == 6, "renamed and shared, it still asks for its members"


def test_its_name_is_checked_like_any_other(people: Actor) -> None:
    made(people)
    with pytest.raises(Invalid):
        made(people, "vips")


def test_a_merge_brings_its_segments_along_and_gives_them_back(people: Actor) -> None:
    one, other = made(people, "One"), made(people, "Other")
    with database.transaction() as session:
        picked.put(session, people, cards.get(session, people, 1), one, is_in=True)
        picked.put(session, people, cards.get(session, people, 2), one, is_in=True)
        picked.put(session, people, cards.get(session, people, 2), other, is_in=True)
    with database.transaction() as session:
        merge_id = merging.merge(session, people, 1, [2]).id or 0
    assert (members(one), members(other)) == ([1], [1])
    with database.transaction() as session:
        unmerging.unmerge(session, people, merge_id)
    assert (members(one), members(other)) == ([1, 2], [2])


def test_an_undo_passes_over_a_segment_that_is_gone(people: Actor) -> None:
    id_ = made(people)
    carried_out(people, ROME, lambda session: actions.pick(session, people, id_))
    taken = carried_out(people, ROME, lambda session: actions.unpick(session, people, id_))
    with database.transaction() as session:
        segments.remove(session, people, id_)
    assert undone(people, taken)["kept"] == 3
    with database.reading() as session:
        assert session.get_one(Import, taken).state == ImportState.UNDONE
        assert not session.exec(select(SegmentContact)).all() and not session.exec(select(Segment)).all()


def test_the_undo_of_an_import_takes_its_contacts_out_of_segments(flow: Flow, alice: Actor) -> None:
    id_ = flow.checked("first_name;email\nAda;ada@example.org\n")
    flow.commit(id_)
    segment = made(alice)
    with database.transaction() as session:
        picked.put(session, alice, session.exec(select(Contact)).one(), segment, is_in=True)
    assert undone(alice, id_)["reversed"] == 1
    with database.reading() as session:
        assert not session.exec(select(SegmentContact)).all()


def test_the_preview_of_the_trash_takes_the_right_to_change_many(people: Actor, bob: Actor) -> None:
    with database.reading() as session, pytest.raises(NotPermitted):
        preview(session, bob, EVERYBODY, actions.trash(bob))
