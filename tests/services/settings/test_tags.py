"""The tags as a whole: renamed, merged, removed; those of the franchise by the head office alone."""

import pytest
from sqlmodel import select

from crm_app.models import AuditEntry, Tag
from crm_app.services import choosable, database
from crm_app.services.actor import Actor
from crm_app.services.changes import actions
from crm_app.services.contacts import cards
from crm_app.services.errors import Conflict, Invalid, NotFound, NotPermitted
from crm_app.services.settings import tags
from tests.services.settings.conftest import done, everything, found, said, undone


def ids() -> dict[str, int]:
    with database.reading() as session:
        return {tag.name: tag.id or 0 for tag in choosable.tags(session, most=100)}


def given() -> list[set[str]]:
    return [set(names) for *_, names in everything().values()]


def audited() -> list[str]:
    with database.reading() as session:
        return [entry.action for entry in session.exec(select(AuditEntry)) if entry.action.startswith("tag.")]


def test_they_are_listed_with_their_contacts(people: Actor) -> None:
    with database.reading() as session:
        entries, total = tags.listing(session, people)
        assert [(one.tag.name, one.contacts) for one in entries] == [("Fair", 4), ("VIP", 3)] and total == 2
        assert [one.tag.name for one in tags.listing(session, people, query="vi")[0]] == ["VIP"]


def test_one_is_added_and_renamed(people: Actor) -> None:
    with database.transaction() as session:
        tags.add(session, people, " Summer  camp ")
        tags.change(session, people, ids()["VIP"], name="Very important", is_franchise=True)
        tags.change(session, people, ids()["VIP"], name="Very important", is_franchise=True)
        for taken in ("", "x" * 101, "FAIR"):
            with pytest.raises(Invalid):
                tags.add(session, people, taken)
        with pytest.raises(Invalid, match="merge"):
            tags.change(session, people, ids()["Fair"], name="summer camp", is_franchise=False)
    assert list(ids()) == ["Fair", "Summer camp", "Very important"] and given()[0] == {"Fair", "Very important"}
    assert audited() == ["tag.add", "tag.change"]


def test_only_who_may_change_settings_does(people: Actor, bob: Actor) -> None:
    vip, before = ids()["VIP"], everything()
    for verb in (
        lambda s: tags.listing(s, bob),
        lambda s: tags.removed(s, bob),
        lambda s: tags.add(s, bob, "New"),
        lambda s: tags.change(s, bob, vip, name="X", is_franchise=False),
        lambda s: tags.remove(s, bob, vip),
        lambda s: tags.bring_back(s, bob, vip),
    ):
        with pytest.raises(NotPermitted), database.transaction() as session:
            verb(session)
    assert everything() == before and list(ids()) == ["Fair", "VIP"]


def test_a_branch_leaves_the_tags_of_the_franchise_alone(people: Actor, charlie: Actor) -> None:
    manager = Actor(charlie.user_id, "Charlie", people.permissions, charlie.branch_ids, charlie.branch_id)
    with database.transaction() as session:
        tags.change(session, people, ids()["VIP"], name="VIP", is_franchise=True)
    for verb in (
        lambda s: tags.change(s, manager, ids()["VIP"], name="X", is_franchise=True),
        lambda s: tags.change(s, manager, ids()["Fair"], name="Fair", is_franchise=True),
        lambda s: tags.remove(s, manager, ids()["VIP"]),
        lambda s: tags.add(s, manager, "Ours", is_franchise=True),
    ):
        with pytest.raises(NotPermitted, match="head office"), database.transaction() as session:
            verb(session)
    with database.reading() as session:
        assert [one.is_changeable for one in tags.listing(session, manager)[0]] == [True, False]


def test_a_removed_one_is_taken_from_everybody_and_an_undo_gives_it_back(people: Actor) -> None:
    before, vip = everything(), ids()["VIP"]
    change = done(people, lambda session: tags.remove(session, people, vip))
    assert list(ids()) == ["Fair"] and not any("VIP" in names for names in given())
    for operator in ("any", "all", "none"):
        with pytest.raises(Invalid, match="VIP"):
            found(people, "tags", operator, str(vip))
    assert found(people, "tags", "any", str(vip), str(ids()["Fair"])) == ["P0", "P1", "P2", "P3"]
    assert said(people, "tags", "none", str(vip)) == "Tags has none of VIP (removed)"
    assert undone(people, change) == {"reversed": 3, "kept": 0, "impossible": 0}
    assert everything() == before and found(people, "tags", "any", str(vip)) == ["P0", "P1"]


def test_two_are_merged_and_parted_again(people: Actor) -> None:
    before, fair, vip = everything(), ids()["Fair"], ids()["VIP"]
    change = done(people, lambda session: tags.remove(session, people, fair, vip))
    assert given() == [{"VIP"}] * 4 + [set()] * 2 + [{"VIP"}]
    assert found(people, "tags", "all", str(fair), str(vip)) == ["P0", "P1", "P2", "P3"]
    assert found(people, "tags", "none", str(fair)) == ["P4", "P5"]
    assert said(people, "tags", "any", str(fair)) == "Tags has any of VIP"
    undone(people, change)
    assert everything() == before and audited() == ["tag.remove"]


def test_filters_are_right_while_a_merger_is_at_work(people: Actor) -> None:
    fair, vip = ids()["Fair"], ids()["VIP"]
    with database.transaction() as session:
        tags.remove(session, people, fair, vip)
    assert found(people, "tags", "any", str(vip)) == found(people, "tags", "any", str(fair)) == ["P0", "P1", "P2", "P3"]


def test_chains_and_circles_of_mergers_end(people: Actor) -> None:
    with database.transaction() as session:
        first, second, third = (tags.add(session, people, name).id or 0 for name in ("One", "Two", "Three"))
        tags.remove(session, people, first, second)
        tags.remove(session, people, second, third)
    with database.transaction() as session:
        cards.change(session, people, cards.get(session, people, 5), {"tags": "Three"})
    assert found(people, "tags", "any", str(first)) == ["P4"]
    with database.transaction() as session:
        session.get_one(Tag, third).removed_at = session.get_one(Tag, first).removed_at
        session.get_one(Tag, third).merged_into_id = first
    with pytest.raises(Invalid):
        found(people, "tags", "any", str(first))


def test_one_that_nobody_has_goes_at_once_and_comes_back_by_hand_or_by_name(people: Actor) -> None:
    with database.transaction() as session:
        tag = tags.add(session, people, "Camp").id or 0
        assert tags.remove(session, people, tag) is None
        with pytest.raises(NotFound):
            tags.remove(session, people, tag)
        assert [one.name for one in tags.removed(session, people)] == ["Camp"]
        tags.bring_back(session, people, tag)
        with pytest.raises(Conflict):
            tags.remove(session, people, tag, tag)
        tags.remove(session, people, tag)
        with pytest.raises(Invalid, match="one to"):
            actions.untag(session, people, [tag])
        cards.change(session, people, cards.get(session, people, 5), {"tags": "CAMP"})
    assert ids()["Camp"] == tag and given()[4] == {"Camp"}


def test_a_filter_for_what_never_was_means_nobody(people: Actor) -> None:
    for operator in ("any", "all", "none"):
        with pytest.raises(Invalid, match="removed"):
            found(people, "tags", operator, "999")
