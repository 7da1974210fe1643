from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from crm_app import settings
from crm_app.models import LinkPurpose, OneTimeLink
from crm_app.models.base import now
from crm_app.services import database, links
from crm_app.services.actor import Actor
from crm_app.services.errors import Conflict, NotFound

SETUP, SIGN_IN = LinkPurpose.SETUP, LinkPurpose.SIGN_IN


def use(token: str, purpose: LinkPurpose = SETUP, **values: object) -> bool:
    try:
        with database.transaction() as session:
            links.use(session, token, purpose, **values)  # type: ignore[arg-type]
        return True
    except NotFound:
        return False


def new_setup_link() -> str:
    with database.transaction() as session:
        return links.setup_link(session)


def test_a_link_works_once(db: Path) -> None:
    token = new_setup_link()
    with database.reading() as session:
        assert links.peek(session, token, SETUP) is not None
    assert [use(token), use(token)] == [True, False]
    with database.reading() as session:
        assert links.peek(session, token, SETUP) is None


def test_of_a_hundred_uses_at_once_one_succeeds(db: Path) -> None:
    token = new_setup_link()
    with ThreadPoolExecutor(16) as crowd:
        assert sum(crowd.map(use, [token] * 100)) == 1


def test_a_link_is_for_one_purpose_and_ends(db: Path) -> None:
    token = new_setup_link()
    assert not use(token, SIGN_IN)
    assert not use(token, at=now() + timedelta(days=1, seconds=1))
    assert not use("") and not use(token + "x")
    assert use(token, at=now() + timedelta(hours=23))


def test_the_token_has_256_bits_and_only_its_hash_is_stored(db: Path) -> None:
    token = new_setup_link()
    assert len(token) >= 43
    with database.reading() as session:
        assert token not in repr(session.exec(select(OneTimeLink)).one().model_dump())


def test_a_new_set_up_link_kills_the_old_one(db: Path) -> None:
    first, second = new_setup_link(), new_setup_link()
    assert [use(first), use(second)] == [False, True]


def test_there_is_no_set_up_link_once_there_is_a_user(alice: Actor) -> None:
    with pytest.raises(Conflict):
        new_setup_link()


def test_a_new_sign_in_link_kills_this_users_old_one_only(alice: Actor, bob: Actor) -> None:
    with database.transaction() as session:
        tokens = [links.sign_in_link(session, actor.user_id or 0) for actor in (alice, bob, alice)]
    assert [use(token, SIGN_IN) for token in tokens] == [False, True, True]


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, "http://127.0.0.1:8000/link/t"),
        ({"CRM_HOST": "0.0.0.0", "CRM_PORT": "81"}, "http://127.0.0.1:81/link/t"),
        ({"CRM_HOST": "::1"}, "http://[::1]:8000/link/t"),
        ({"CRM_PUBLIC_URL": "https://crm.example/"}, "https://crm.example/link/t"),
    ],
)
def test_addresses_come_from_the_settings(
    variables: dict[str, str], expected: str, db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    settings.get.cache_clear()
    assert links.url_of("t", SIGN_IN) == expected
