from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pyotp
import pytest
from sqlmodel import select

from crm_app.models import AuditEntry, LoginEvent, LoginOutcome, RecoveryCode, User
from crm_app.models.base import now
from crm_app.services import account_links, database, login_codes, logins, passwords, second_factor, sessions, users
from crm_app.services.actor import SYSTEM, Actor
from crm_app.services.errors import Conflict, Invalid, NotFound, NotPermitted

PASSWORD = "four words in a row"


@pytest.fixture
def secured(bob: Actor) -> Actor:
    """bob, who has a password."""
    with database.transaction() as session:
        session.get_one(User, bob.user_id).password_hash = passwords.hash_of(PASSWORD)
    return bob


def switched_on(actor: Actor, at=None) -> tuple[pyotp.TOTP, list[str]]:
    at = at or now()
    with database.transaction() as session:
        made = second_factor.begin(session, actor, PASSWORD)
    totp = pyotp.TOTP(made.secret)
    with database.transaction() as session:
        codes = second_factor.confirm(session, actor, totp.at(at), at=at)
    return totp, codes


def accepts(actor: Actor, code: str, at=None) -> bool:
    with database.transaction() as session:
        return second_factor.accepts(session, session.get_one(User, actor.user_id), code, at=at)


def test_it_is_on_after_the_password_and_a_first_code(secured: Actor) -> None:
    with database.transaction() as session:
        with pytest.raises(Invalid) as raised:
            second_factor.begin(session, secured, "wrong")
        assert raised.value.field == "password"
        made = second_factor.begin(session, secured, PASSWORD)
    assert made.picture.startswith("data:image/svg+xml")
    with database.transaction() as session:
        with pytest.raises(Invalid):
            second_factor.confirm(session, secured, "000000")
        assert not session.get_one(User, secured.user_id).has_second_factor
    with database.transaction() as session:
        codes = second_factor.confirm(session, secured, pyotp.TOTP(made.secret).now())
    assert len(set(codes)) == second_factor.CODES
    with database.reading() as session:
        user = session.get_one(User, secured.user_id)
        stored = [row.code_hash for row in session.exec(select(RecoveryCode)).all()]
        everything = repr((user, stored, [entry.data for entry in session.exec(select(AuditEntry)).all()]))
        assert session.exec(select(AuditEntry.action)).all() == ["user.second_factor_on"]
    assert user.has_second_factor and made.secret not in everything
    assert not any(code in everything for code in codes)


def test_a_code_is_good_for_its_half_minute_and_those_beside_it(secured: Actor) -> None:
    at = now()
    totp, _ = switched_on(secured, at - timedelta(minutes=5))
    for seconds, is_right in ((-90, False), (90, False), (-30, True), (0, True), (30, True)):
        assert accepts(secured, totp.at(at + timedelta(seconds=seconds)), at) == is_right, seconds


def test_the_same_code_and_earlier_ones_are_not_taken_twice(secured: Actor) -> None:
    at = now()
    totp, _ = switched_on(secured, at - timedelta(minutes=5))
    later = totp.at(at + timedelta(seconds=30))
    assert accepts(secured, later, at)
    assert not accepts(secured, later, at)
    assert not accepts(secured, totp.at(at), at)


def test_of_many_tries_at_once_one_succeeds(secured: Actor) -> None:
    at = now()
    totp, codes = switched_on(secured, at - timedelta(minutes=5))
    with ThreadPoolExecutor(8) as crowd:
        for code in (totp.at(at), codes[0]):
            assert sum(crowd.map(lambda code: accepts(secured, code, at), [code] * 30)) == 1


def test_a_recovery_code_works_once_however_it_is_typed(secured: Actor) -> None:
    _, codes = switched_on(secured)
    assert accepts(secured, codes[0].upper().replace("-", " "))
    assert not accepts(secured, codes[0])
    assert accepts(secured, codes[1])
    with database.reading() as session:
        assert second_factor.codes_left(session, secured.user_id or 0) == second_factor.CODES - 2


@pytest.mark.parametrize("typed", ["", " ", "123", "١٢٣٤٥٦", "\ud800", "x" * 5000, "000000000"])
def test_nonsense_is_no_code(typed: str, secured: Actor) -> None:
    switched_on(secured)
    assert not accepts(secured, typed)


def test_new_recovery_codes_end_the_old_ones(secured: Actor) -> None:
    at = now()
    totp, old = switched_on(secured, at - timedelta(minutes=5))
    with database.transaction() as session:
        new = second_factor.renew_codes(session, secured, password=PASSWORD, code=totp.at(at), at=at)
    assert not accepts(secured, old[0]) and accepts(secured, new[0])


def test_off_again_takes_password_and_code(secured: Actor) -> None:
    at = now()
    totp, codes = switched_on(secured, at - timedelta(minutes=5))
    for password, code, field in (("wrong", totp.at(at), "password"), (PASSWORD, "000000", "code")):
        with pytest.raises(Invalid) as raised, database.transaction() as session:
            second_factor.switch_off_own(session, secured, password=password, code=code, at=at)
        assert raised.value.field == field
    with database.transaction() as session:
        second_factor.switch_off_own(session, secured, password=PASSWORD, code=totp.at(at), at=at)
    with database.reading() as session:
        user = session.get_one(User, secured.user_id)
        assert (user.totp_secret, user.totp_at) == ("", None) and session.exec(select(RecoveryCode)).all() == []
    assert not accepts(secured, codes[0])


def test_an_administrator_switches_it_off_for_an_account_below(secured: Actor, alice: Actor, victor: Actor) -> None:
    switched_on(secured)
    with pytest.raises(NotPermitted), database.transaction() as session:
        second_factor.switch_off(session, victor, secured.user_id or 0)
    with pytest.raises(Conflict), database.transaction() as session:
        second_factor.switch_off(session, alice, alice.user_id or 0)
    for actor in (alice, SYSTEM):
        with database.transaction() as session:
            assert not second_factor.switch_off(session, actor, secured.user_id or 0).has_second_factor
    with database.reading() as session:
        actions = session.exec(select(AuditEntry.action)).all()
    assert actions == ["user.second_factor_on", "user.second_factor_off"]


def sign_in(at=None) -> logins.Attempt:
    return logins.sign_in("bob@example.org", PASSWORD, ip="192.0.2.1", at=at)


def type_code(waiting: str, code: str, at=None, ip: str = "192.0.2.1") -> logins.Attempt:
    return login_codes.sign_in(waiting, code, ip=ip, at=at)


def outcomes() -> list[str]:
    with database.reading() as session:
        return list(session.exec(select(LoginEvent.outcome).order_by(LoginEvent.id)).all())


def test_the_right_password_alone_signs_nobody_in(secured: Actor) -> None:
    at = now()
    totp, _ = switched_on(secured, at - timedelta(minutes=5))
    waiting = sign_in(at)
    assert (waiting.outcome, waiting.token) == (LoginOutcome.OK, "") and waiting.waiting
    assert sessions.look_up(waiting.waiting) is None and outcomes() == []
    assert type_code(waiting.waiting, "000000", at).outcome is LoginOutcome.CODE_WRONG
    done = type_code(waiting.waiting, totp.at(at), at)
    assert done.outcome is LoginOutcome.OK and sessions.look_up(done.token) is not None
    assert outcomes() == ["code_wrong", "ok"]
    with pytest.raises(NotFound):
        type_code(waiting.waiting, totp.at(at + timedelta(seconds=30)), at)


def test_after_five_minutes_the_password_is_asked_again(secured: Actor) -> None:
    at = now()
    totp, _ = switched_on(secured, at - timedelta(minutes=9))
    waiting, later = sign_in(at).waiting, at + timedelta(minutes=5, seconds=1)
    with pytest.raises(NotFound):
        type_code(waiting, totp.at(later), later)


def test_a_disabled_account_does_not_come_in_by_a_code(secured: Actor, alice: Actor) -> None:
    at = now()
    totp, _ = switched_on(secured, at - timedelta(minutes=5))
    waiting = sign_in(at).waiting
    with database.transaction() as session:
        users.disable(session, alice, secured.user_id or 0)
    with pytest.raises(NotFound):
        type_code(waiting, totp.at(at), at)


def test_wrong_codes_are_throttled_wherever_they_come_from(secured: Actor) -> None:
    at = now()
    totp, _ = switched_on(secured, at - timedelta(minutes=5))
    waiting = sign_in(at).waiting
    with ThreadPoolExecutor(8) as crowd:
        tries = list(crowd.map(lambda n: type_code(waiting, "000000", at, f"192.0.2.{n}").outcome, range(40)))
    assert tries.count(LoginOutcome.CODE_WRONG) == logins.PER_ACCOUNT
    assert type_code(waiting, totp.at(at), at).outcome is LoginOutcome.THROTTLED
    later = at + logins.WINDOW + timedelta(seconds=1)
    again = sign_in(later).waiting
    assert type_code(again, totp.at(later), later).outcome is LoginOutcome.OK


def test_a_link_asks_the_code_too_and_is_not_used_up_by_a_wrong_one(secured: Actor, alice: Actor) -> None:
    _, codes = switched_on(secured)
    with database.transaction() as session:
        made = account_links.make(session, alice, secured.user_id or 0)
    new = "another good one"
    assert account_links.sign_in(made.token, new, "000000", ip="192.0.2.1").outcome is LoginOutcome.CODE_WRONG
    with database.reading() as session:
        assert passwords.verify(session.get_one(User, secured.user_id).password_hash, PASSWORD)
    with pytest.raises(Invalid):
        account_links.sign_in(made.token, "short", codes[0], ip="192.0.2.1")
    done = account_links.sign_in(made.token, new, codes[0], ip="192.0.2.1")
    assert done.outcome is LoginOutcome.LINK and sessions.look_up(done.token) is not None
