from datetime import timedelta

import pyotp
import pytest
from sqlmodel import select

from crm_app.models import LoginEvent, User
from crm_app.models.base import now
from crm_app.services import account_links, database, second_factor, sessions, users
from crm_app.services.actor import SYSTEM, Actor
from tests.web.conftest import PASSWORD, Site

EARLIER = timedelta(minutes=5)  # the code that switched it on is used up


@pytest.fixture
def totp(set_up: Actor) -> pyotp.TOTP:
    """alice has a second factor."""
    with database.transaction() as session:
        made = second_factor.begin(session, set_up, PASSWORD)
        found = pyotp.TOTP(made.secret)
        second_factor.confirm(session, set_up, found.at(now() - EARLIER), at=now() - EARLIER)
    return found


def outcomes() -> list[str]:
    with database.reading() as session:
        return list(session.exec(select(LoginEvent.outcome).order_by(LoginEvent.id)).all())


async def test_after_the_password_the_code_is_asked_and_nobody_is_signed_in(site: Site, totp: pyotp.TOTP) -> None:
    answer = await site.post("/login", {"email": "alice@example.org", "password": PASSWORD, "next": "/contacts?q=a"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/login/code?next=/contacts%3Fq%3Da")
    cookie = next(c for c in answer.headers.get_list("set-cookie") if c.startswith("second-factor="))
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie and "Max-Age=300" in cookie
    assert "session" not in site.http.cookies and (await site.http.get("/contacts")).status_code == 303
    page = await site.http.get(answer.headers["location"])
    assert page.status_code == 200 and "<script" not in page.text and 'autocomplete="one-time-code"' in page.text
    done = await site.post("/login/code", {"code": totp.now(), "next": "/contacts?q=a"})
    assert (done.status_code, done.headers["location"]) == (303, "/contacts?q=a")
    assert (await site.http.get("/contacts")).status_code == 200
    assert "second-factor" not in site.http.cookies and outcomes() == ["ok"]


async def test_the_page_speaks_the_languages_of_the_sign_in_page(site: Site, totp: pyotp.TOTP) -> None:
    await site.sign_in()
    chosen = await site.http.get("/login/code?lang=de")
    assert (chosen.status_code, chosen.headers["location"]) == (303, "/login/code")
    assert '<html lang="de">' in (await site.http.get("/login/code")).text


async def test_a_wrong_code_may_be_mended_and_a_code_works_once(site: Site, totp: pyotp.TOTP) -> None:
    await site.sign_in()
    wrong = await site.post("/login/code", {"code": "000000"})
    assert wrong.status_code == 401 and 'role="alert"' in wrong.text and "session" not in site.http.cookies
    code = totp.now()
    assert (await site.post("/login/code", {"code": code})).status_code == 303
    site.http.cookies.clear()
    await site.sign_in()
    assert (await site.post("/login/code", {"code": code})).status_code == 401
    assert outcomes() == ["code_wrong", "ok", "code_wrong"]


@pytest.mark.parametrize("cookie", ["", "x" * 43, "x" * 1000])
async def test_without_a_right_password_before_no_code_helps(cookie: str, site: Site, totp: pyotp.TOTP) -> None:
    if cookie:
        site.http.cookies.set("second-factor", cookie)
    shown = await site.http.get("/login/code?next=/contacts")
    assert (shown.status_code, shown.headers["location"]) == (303, "/login?next=/contacts")
    answer = await site.post("/login/code", {"code": totp.now()})
    assert answer.status_code == 410 and "set-cookie" not in answer.headers


async def test_the_cookie_of_the_code_opens_nothing_else(site: Site, totp: pyotp.TOTP) -> None:
    await site.sign_in()
    waiting = site.http.cookies["second-factor"]
    site.http.cookies.set("session", waiting)
    assert sessions.look_up(waiting) is None and (await site.http.get("/contacts")).status_code == 303
    assert (await site.http.get(f"/link/{waiting}")).status_code == 410


async def test_too_many_wrong_codes_say_how_long_to_wait(site: Site, totp: pyotp.TOTP) -> None:
    await site.sign_in()
    for _ in range(10):
        assert (await site.post("/login/code", {"code": "000000"})).status_code == 401
    answer = await site.post("/login/code", {"code": totp.now()})
    assert answer.status_code == 429 and answer.headers["retry-after"] == "300"


async def test_a_foreign_target_is_not_followed(site: Site, totp: pyotp.TOTP) -> None:
    await site.sign_in()
    answer = await site.post("/login/code", {"code": totp.now(), "next": "//evil.example"})
    assert answer.headers["location"] == "/"


async def test_a_sign_in_link_asks_the_code_too(site: Site, totp: pyotp.TOTP, set_up: Actor) -> None:
    with database.transaction() as session:
        made = account_links.make(session, SYSTEM, set_up.user_id or 0)
    page = await site.http.get(f"/link/{made.token}")
    assert 'name="code"' in page.text and "Choose a new password" in page.text
    new = {"password": "another good one", "repeat": "another good one"}
    assert (await site.post(f"/link/{made.token}", new)).status_code == 401
    assert (await site.post(f"/link/{made.token}", {**new, "code": "000000"})).status_code == 401
    assert (await site.post(f"/link/{made.token}", {**new, "code": totp.now()})).status_code == 303
    assert (await site.http.get("/contacts")).status_code == 200


async def test_an_invitation_asks_for_a_password_and_no_code(site: Site, set_up: Actor) -> None:
    with database.transaction() as session:
        made = account_links.invite(session, set_up, email="dora@example.org", name="Dora", role="staff")
    page = await site.http.get(f"/link/{made.token}")
    assert "Welcome, Dora" in page.text and 'name="code"' not in page.text
    assert 'autocomplete="new-password" required' in page.text
    answer = await site.post(f"/link/{made.token}", {"password": PASSWORD, "repeat": PASSWORD})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


async def test_a_disabled_account_is_not_let_in_by_its_code(site: Site, totp: pyotp.TOTP, set_up: Actor, bob: Actor):
    await site.sign_in()
    with database.transaction() as session:
        users.change_role(session, SYSTEM, bob.user_id or 0, to="admin")
        users.disable(session, SYSTEM, set_up.user_id or 0)
        assert not session.get_one(User, set_up.user_id).active
    assert (await site.post("/login/code", {"code": totp.now()})).status_code == 410
