from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlmodel import select

from crm_app.models import Channel, Consent, ConsentLink, ConsentState, LinkUse
from crm_app.models.base import now
from crm_app.services import database, tags
from crm_app.services.actor import Actor
from crm_app.services.consent import ledger, links, suppression
from crm_app.services.errors import NotFound

MAIL, ADDRESS = Channel.EMAIL, "Ada@example.org"
NORM = "ada@example.org"


@pytest.fixture
def group(alice: Actor) -> int:
    with database.transaction() as session:
        return next(iter(tags.ensure(session, ["Concerts"]).values()))


def confirming(group_id: int | None = None) -> str:
    with database.transaction() as session:
        return links.confirming(
            session,
            MAIL,
            ADDRESS,
            NORM,
            contact=None,
            group_id=group_id,
            language="de",
            agreed="I agree to news.",
            version="7",
        )


def choosing(group_id: int | None = None) -> str:
    with database.transaction() as session:
        return links.choosing(session, MAIL, ADDRESS, NORM, contact=None, group_id=group_id, language="de")


def confirm(token: str) -> bool:
    try:
        with database.transaction() as session:
            links.confirm(session, token, ip="192.0.2.7")
    except NotFound:
        return False
    return True


def standing(group_id: int | None = None) -> ConsentState:
    with database.reading() as session:
        return ledger.state_of(session, MAIL, ADDRESS, group_id)


def test_a_confirmation_is_an_entry_with_text_version_and_address(db: object) -> None:
    assert confirm(confirming())
    with database.reading() as session:
        (entry,) = session.exec(select(Consent)).all()
    assert (entry.state, entry.text, entry.text_version, entry.ip, entry.source) == (
        ConsentState.CONFIRMED,
        "I agree to news.",
        "7",
        "192.0.2.7",
        "form",
    )


def test_of_a_hundred_uses_at_once_one_counts(db: object) -> None:
    token = confirming()
    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(lambda _: confirm(token), range(100))) == 1
    with database.reading() as session:
        assert len(session.exec(select(Consent)).all()) == 1


def test_looking_changes_nothing_and_the_database_knows_no_token(db: object) -> None:
    token = confirming()
    with database.reading() as session:
        assert links.find(session, token, LinkUse.CONFIRM).address == ADDRESS
        assert token not in str(session.exec(select(ConsentLink)).one().model_dump())
        with pytest.raises(NotFound):
            links.find(session, token, LinkUse.PREFERENCES)
    assert standing() is ConsentState.NONE


def test_a_link_works_for_thirty_days_and_until_the_next_one(db: object) -> None:
    first = confirming()
    second = confirming()
    assert not confirm(first)
    with database.transaction() as session, pytest.raises(NotFound):
        links.confirm(session, second, ip="", at=now() + timedelta(days=31))
    assert confirm(second) and not confirm(second)
    assert not confirm("f" * 48)


def test_opting_out_works_again_and_again_and_at_once(db: object) -> None:
    confirm(confirming())
    token = choosing()
    for _ in range(3):
        with database.transaction() as session:
            links.opt_out(session, token, ip="192.0.2.7")
    with database.reading() as session:
        states = [entry.state for entry in session.exec(select(Consent))]
        assert suppression.is_suppressed(session, MAIL, ADDRESS)
    assert states == [ConsentState.CONFIRMED, ConsentState.REVOKED]


def test_opting_out_of_a_group_leaves_the_rest(group: int) -> None:
    confirm(confirming())
    token = choosing(group)
    with database.transaction() as session:
        links.opt_out(session, token, ip="")
    assert (standing(group), standing()) == (ConsentState.REVOKED, ConsentState.CONFIRMED)
    with database.transaction() as session:
        links.opt_out(session, token, ip="", of_all=True)
    assert standing() is ConsentState.REVOKED


@pytest.mark.parametrize(
    ("wanted", "all_of", "of_group"),
    [
        ({None: True, 0: True}, True, True),
        ({None: True, 0: False}, True, False),
        ({None: False, 0: True}, False, True),
        ({None: False, 0: False}, False, False),
    ],
)
@pytest.mark.parametrize("before", [True, False])
def test_what_is_chosen_is_what_counts(
    wanted: dict[int | None, bool], all_of: bool, of_group: bool, before: bool, group: int
) -> None:
    if before:
        confirm(confirming())
    token = choosing()
    chosen = {None if key is None else group: value for key, value in wanted.items()}
    for _ in range(2):
        with database.transaction() as session:
            links.choose(session, token, chosen, ip="", agreed="I agree.", version="1")
    with database.reading() as session:
        assert ledger.is_mailable(session, MAIL, ADDRESS) is all_of
        assert ledger.is_mailable(session, MAIL, ADDRESS, group) is of_group
        entries = len(session.exec(select(Consent)).all())
    assert entries <= 2 + before
