import pytest
from sqlmodel import select

from crm_app.models import Comment
from crm_app.services import comments, database
from crm_app.services.actor import Actor
from crm_app.services.contacts import cards, timeline
from crm_app.services.errors import Invalid, NotFound, NotPermitted


@pytest.fixture
def number(bob: Actor) -> int:
    with database.transaction() as session:
        return cards.create(session, bob, {"first_name": "Ada"}).number


def commented(actor: Actor, number: int, written: str = "Called back, wants piano.") -> int:
    with database.transaction() as session:
        return comments.add(session, actor, cards.get(session, actor, number), written).id or 0


def shown(number: int, reader: Actor) -> list[dict[str, object]]:
    """The comments of the contact's timeline, as the reader sees them."""
    with database.reading() as session:
        found = timeline.entries(session, cards.get(session, reader, number), reader=reader.user_id)
        return [{"who": entry.who, **entry.data} for entry in found if entry.kind == "comment"]


def test_a_comment_stands_in_the_timeline_with_its_author(number: int, bob: Actor, alice: Actor) -> None:
    commented(bob, number, "  First line\r\nsecond line  ")
    (found,) = shown(number, alice)
    assert (found["who"], found["text"]) == ("Bob", "First line\nsecond line")
    assert not found["is_own"] and found["edited_at"] is None
    assert shown(number, bob)[0]["is_own"]


def test_its_author_edits_it_and_the_same_words_change_nothing(number: int, bob: Actor) -> None:
    id_ = commented(bob, number)
    for words, is_marked in (("Called back, wants piano.", False), ("Wants guitar.", True)):
        with database.transaction() as session:
            comments.edit(session, bob, cards.get(session, bob, number), id_, words)
        (found,) = shown(number, bob)
        assert (found["text"], found["edited_at"] is not None) == (words, is_marked)


def test_a_deleted_one_is_seen_by_its_author_alone_who_restores_it(number: int, bob: Actor, alice: Actor) -> None:
    id_ = commented(bob, number)
    for _ in range(2):
        with database.transaction() as session:
            comments.delete(session, bob, cards.get(session, bob, number), id_)
    assert shown(number, alice) == [] and shown(number, bob)[0]["is_deleted"]
    for _ in range(2):
        with database.transaction() as session:
            comments.restore(session, bob, cards.get(session, bob, number), id_)
    assert len(shown(number, alice)) == 1


@pytest.mark.parametrize("act", [lambda *args: comments.edit(*args, "x"), comments.delete, comments.restore])
def test_a_colleague_changes_none_and_of_a_deleted_one_hears_nothing(
    act, number: int, bob: Actor, alice: Actor
) -> None:
    id_ = commented(bob, number)
    with pytest.raises(NotPermitted), database.transaction() as session:
        act(session, alice, cards.get(session, alice, number), id_)
    with database.transaction() as session:
        comments.delete(session, bob, cards.get(session, bob, number), id_)
    with pytest.raises(NotFound), database.transaction() as session:
        act(session, alice, cards.get(session, alice, number), id_)


def test_a_comment_of_another_contact_is_not_found(number: int, bob: Actor) -> None:
    id_ = commented(bob, number)
    with database.transaction() as session:
        other = cards.create(session, bob, {"first_name": "Eve"}).number
    with pytest.raises(NotFound), database.transaction() as session:
        comments.edit(session, bob, cards.get(session, bob, other), id_, "x")


@pytest.mark.parametrize("written", ["", " \n ", "x" * 10_001, "a\x00b", "\ud800"])
def test_nothing_too_much_and_unusable_signs_are_refused(written: str, number: int, bob: Actor) -> None:
    with pytest.raises(Invalid):
        commented(bob, number, written)
    with database.reading() as session:
        assert session.exec(select(Comment)).all() == []


def test_a_viewer_writes_none(number: int, victor: Actor) -> None:
    with pytest.raises(NotPermitted):
        commented(victor, number)
