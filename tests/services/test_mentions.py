import pytest
from sqlmodel import select

from crm_app.models import Mention, User
from crm_app.services import comments, database, mentions, notices
from crm_app.services.actor import Actor
from crm_app.services.contacts import cards
from tests.conftest import add_user


@pytest.fixture
def number(bob: Actor) -> int:
    with database.transaction() as session:
        return cards.create(session, bob, {"first_name": "Ada"}).number


def stored(actor: Actor, written: str) -> tuple[str, set[int]]:
    with database.reading() as session:
        return mentions.stored(session, actor, written)


def noted(comment_id: int) -> set[int]:
    with database.reading() as session:
        return set(session.exec(select(Mention.user_id).where(Mention.comment_id == comment_id)).all())


def test_a_name_behind_the_sign_is_kept_by_id_and_shown_by_the_name_of_today(bob: Actor, alice: Actor) -> None:
    text, named = stored(bob, "Ask @alice, please (@Bob)")
    assert text == f"Ask <@{alice.user_id}>, please (<@{bob.user_id}>)" and named == {alice.user_id, bob.user_id}
    with database.transaction() as session:
        session.get_one(User, alice.user_id).name = "Alice Adler"
        session.flush()
        assert mentions.typed(session, bob, text) == "Ask @Alice Adler, please (@Bob)"
        assert mentions.stored(session, bob, mentions.typed(session, bob, text)) == (text, named)


def test_the_longer_name_wins_and_two_of_one_name_are_told_apart_by_address(bob: Actor, alice: Actor) -> None:
    with database.transaction() as session:
        longer = add_user(session, "alice beck", "staff", branch_id=1)
        longer.email = "beck@example.org"
        twin = add_user(session, "twin", "staff", branch_id=1)
        twin.name = "Bob"
        session.add_all((longer, twin))
        session.flush()
        assert stored_in(session, bob, "@Alice Beck and @Alice") == {longer.id, alice.user_id}
        assert stored_in(session, alice, "@Bob") == set()
        assert stored_in(session, alice, "@twin@example.org and @bob@example.org") == {twin.id, bob.user_id}


def stored_in(session, actor: Actor, written: str) -> set[int]:
    return mentions.stored(session, actor, written)[1]


@pytest.mark.parametrize("written", ["ada@alice.example", "@Alicent", "@ Alice", "@Nobody", "a@@Alice"])
def test_addresses_and_other_words_name_nobody(written: str, bob: Actor, alice: Actor) -> None:
    assert stored(bob, written) == (written, set())


def test_nobody_makes_an_id_up_or_names_somebody_of_another_branch(bob: Actor, charlie: Actor) -> None:
    text, named = stored(bob, f"<@{charlie.user_id}> and @Charlie")
    assert named == set() and list(mentions.pieces(text)) == [(text, None)]


def test_a_comment_notes_whom_it_names_and_tells_of_each_once(
    number: int, bob: Actor, alice: Actor, victor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[set[int]] = []
    real = mentions.mentioned
    monkeypatch.setattr(
        mentions, "mentioned", lambda s, a, comment, ids: (told.append(set(ids)), real(s, a, comment, ids))
    )
    with database.transaction() as session:
        contact = cards.get(session, bob, number)
        id_ = comments.add(session, bob, contact, "@Alice look").id or 0
    assert noted(id_) == {alice.user_id}
    for words in ("@Alice and @Victor look", "@Victor look", "@Victor look"):
        with database.transaction() as session:
            comments.edit(session, bob, cards.get(session, bob, number), id_, words)
    assert noted(id_) == {victor.user_id} and told == [{alice.user_id}, {victor.user_id}]


def test_who_is_named_is_told_with_the_way_to_the_card_and_the_author_is_not(
    number: int, bob: Actor, alice: Actor
) -> None:
    with database.transaction() as session:
        comments.add(session, bob, cards.get(session, bob, number), "@Alice and @Bob look")
        assert notices.newest(session, bob) == []
        (told,) = notices.newest(session, alice)
    assert (told.kind, told.link, told.params["who"]) == ("mentioned", f"/contacts/{number}", bob.name)
