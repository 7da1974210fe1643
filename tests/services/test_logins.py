import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlmodel import select

from crm_app.models import LoginEvent, LoginOutcome, User
from crm_app.services import database, logins, passwords, sessions
from crm_app.services.actor import Actor

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
PASSWORD = "four words in a row"


@pytest.fixture(autouse=True)
def account(alice: Actor) -> None:
    with database.transaction() as session:
        user = session.get_one(User, alice.user_id)
        user.password_hash = passwords.hash_of(PASSWORD)
        session.add(user)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> list[str | None]:
    """Counts verifications instead of doing them: the throttle needs many tries."""
    seen: list[str | None] = []

    def verify(stored: str | None, password: str) -> bool:
        seen.append(stored)
        return stored is not None and password == PASSWORD

    monkeypatch.setattr(passwords, "verify", verify)
    monkeypatch.setattr(passwords, "is_outdated", lambda stored: False)
    return seen


def sign_in(email: str = "alice@example.org", password: str = PASSWORD, ip: str = "192.0.2.1", at: datetime = NOON):
    return logins.sign_in(email, password, ip=ip, at=at)


def outcomes() -> list[str]:
    with database.reading() as session:
        return [event.outcome for event in session.exec(select(LoginEvent).order_by(LoginEvent.id)).all()]


def test_the_right_password_starts_a_session_and_is_logged(alice: Actor) -> None:
    attempt = logins.sign_in("  Alice@Example.ORG ", PASSWORD, ip="192.0.2.1", user_agent="Firefox")
    assert attempt.outcome == LoginOutcome.OK
    found = sessions.look_up(attempt.token)
    assert found is not None and found.user.id == alice.user_id
    assert outcomes() == ["ok"]


def test_wrong_and_unknown_give_the_same_answer_and_do_the_same_work(quick: list[str | None]) -> None:
    assert sign_in(password="wrong") == sign_in(email="nobody@example.org") == logins.Attempt(LoginOutcome.WRONG)
    assert len(quick) == 2 and quick[1] is None


def test_an_unknown_account_runs_a_real_argon2_verification() -> None:
    assert passwords._NOBODY.startswith("$argon2id$v=19$m=")
    assert PasswordHasher().check_needs_rehash(passwords._NOBODY) or True  # parses
    assert not passwords.verify(None, PASSWORD)
    assert not passwords.is_outdated(passwords._NOBODY)


def test_costs_are_at_least_what_owasp_asks() -> None:
    kind, version, costs = passwords.hash_of("x").split("$")[1:4]
    memory, rounds, lanes = (int(part.partition("=")[2]) for part in costs.split(","))
    assert (kind, version) == ("argon2id", "v=19") and memory >= 19 * 1024 and rounds >= 2 and lanes == 1


def test_the_log_holds_no_address_that_was_typed() -> None:
    sign_in(email="Typo@Example.org", password="x")
    with database.reading() as session:
        event = session.exec(select(LoginEvent)).one()
    assert "typo" not in repr(event.model_dump()).lower()
    assert event.account == logins.account_of("typo@example.org") and len(event.account) == 64


def test_the_eleventh_try_waits_five_minutes_even_with_the_right_password(quick: list[str | None]) -> None:
    for _ in range(10):
        assert sign_in(password="wrong").outcome == LoginOutcome.WRONG
    assert sign_in().outcome == LoginOutcome.THROTTLED
    assert len(quick) == 10
    assert sign_in(at=NOON + timedelta(minutes=4, seconds=59)).outcome == LoginOutcome.THROTTLED
    assert sign_in(at=NOON + timedelta(minutes=5, seconds=1)).outcome == LoginOutcome.OK


def test_the_throttle_survives_a_restart(quick: list[str | None]) -> None:
    for _ in range(10):
        sign_in(password="wrong")
    database.dispose()
    assert sign_in().outcome == LoginOutcome.THROTTLED


def test_a_colleague_at_the_same_address_and_the_account_elsewhere_are_not_held_up(quick: list[str | None]) -> None:
    for _ in range(10):
        sign_in(email="bob@example.org", password="wrong")
    assert sign_in().outcome == LoginOutcome.OK
    assert sign_in(email="bob@example.org", password="wrong", ip="198.51.100.7").outcome == LoginOutcome.WRONG


def test_fifty_failures_stop_an_address_for_every_account(quick: list[str | None]) -> None:
    for number in range(50):
        assert sign_in(email=f"guess{number}@example.org", password="wrong").outcome == LoginOutcome.WRONG
    assert sign_in().outcome == LoginOutcome.THROTTLED
    assert sign_in(ip="198.51.100.7").outcome == LoginOutcome.OK


def test_successes_do_not_count(quick: list[str | None]) -> None:
    assert {sign_in().outcome for _ in range(60)} == {LoginOutcome.OK}


def test_a_machine_that_goes_on_trying_does_not_fill_the_log(quick: list[str | None]) -> None:
    for _ in range(50):
        sign_in(password="wrong")
    assert outcomes().count("wrong") == 10 and outcomes().count("throttled") == 1


def test_guesses_at_the_same_time_gain_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """All forty pass the first count before one is written; still at most ten are judged."""
    together = threading.Barrier(40, timeout=20)

    def verify(stored: str | None, password: str) -> bool:
        together.wait()
        return False

    monkeypatch.setattr(passwords, "verify", verify)
    with ThreadPoolExecutor(40) as crowd:
        answers = list(crowd.map(lambda number: sign_in(password=f"guess {number}").outcome, range(40)))
    assert answers.count(LoginOutcome.WRONG) == 10 and answers.count(LoginOutcome.THROTTLED) == 30


def test_addresses_are_counted_as_one_customer_owns_them() -> None:
    assert logins.address_of("2001:db8:1:2:3::9") == logins.address_of("2001:db8:1:2:ffff::1") == "2001:db8:1:2::/64"
    assert logins.address_of("::ffff:192.0.2.1") == "192.0.2.1"
    assert logins.address_of("fe80::1%eth0") == "fe80::/64"
    assert logins.address_of("nonsense" * 20) == ("nonsense" * 20)[:60]


def test_a_disabled_account_is_told_only_with_the_right_password(alice: Actor) -> None:
    with database.transaction() as session:
        user = session.get_one(User, alice.user_id)
        user.active = False
        session.add(user)
    assert sign_in(password="wrong").outcome == LoginOutcome.WRONG
    assert sign_in().outcome == LoginOutcome.DISABLED
    assert sign_in().token == ""


def test_an_account_without_password_cannot_sign_in() -> None:
    assert sign_in(email="bob@example.org", password="").outcome == LoginOutcome.WRONG


def test_a_hash_of_lower_costs_is_renewed(alice: Actor) -> None:
    with database.transaction() as session:
        user = session.get_one(User, alice.user_id)
        user.password_hash = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
        session.add(user)
    assert sign_in().outcome == LoginOutcome.OK
    with database.reading() as session:
        stored = session.get_one(User, alice.user_id).password_hash
    assert stored and not passwords.is_outdated(stored)
    assert sign_in().outcome == LoginOutcome.OK


def test_a_password_changed_during_the_check_is_not_accepted(alice: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    def verify(stored: str | None, password: str) -> bool:
        with database.transaction() as session:
            user = session.get_one(User, alice.user_id)
            user.password_hash = "changed meanwhile"
            session.add(user)
        return True

    monkeypatch.setattr(passwords, "verify", verify)
    monkeypatch.setattr(passwords, "is_outdated", lambda stored: False)
    assert sign_in().outcome == LoginOutcome.WRONG


def test_the_same_letters_typed_on_another_keyboard_are_the_same_password() -> None:
    stored = passwords.hash_of("Übermut tut selten gut")
    assert passwords.verify(stored, "U\u0308bermut tut selten gut")


def test_strange_input_is_only_wrong(db: Path) -> None:
    for email, password in (("", ""), ("a\0b", "x"), ("x" * 5000, "y" * 5000), ("\ud800", "\ud800")):
        assert sign_in(email=email, password=password).outcome == LoginOutcome.WRONG
