import asyncio
import re

import pytest
from sqlmodel import select

from crm_app.models import LoginEvent, User
from crm_app.services import database, links, sessions
from crm_app.services.actor import Actor
from tests.web.conftest import HERE, PASSWORD, Site


def outcomes() -> list[str]:
    with database.reading() as session:
        return [event.outcome for event in session.exec(select(LoginEvent).order_by(LoginEvent.id)).all()]


def sign_in_token(actor: Actor) -> str:
    with database.transaction() as session:
        return links.sign_in_link(session, actor.user_id or 0)


async def test_the_page_is_plain_html_that_password_managers_know(site: Site, set_up: Actor) -> None:
    answer = await site.http.get("/login")
    assert answer.status_code == 200 and "<script" not in answer.text
    assert 'autocomplete="username"' in answer.text and 'autocomplete="current-password"' in answer.text
    assert '<html lang="en">' in answer.text and answer.headers["cache-control"] == "no-store"
    assert re.search(r'id="email"[^>]* autofocus', answer.text)
    assert (await site.http.get(re.search(r"/edge/\w+\.css", answer.text)[0])).status_code == 200


async def test_the_right_password_leads_on_with_a_safe_cookie(site: Site, set_up: Actor) -> None:
    answer = await site.post("/login", {"email": "Alice@example.org", "password": PASSWORD, "next": "/contacts?q=a"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/contacts?q=a")
    cookie = next(c for c in answer.headers.get_list("set-cookie") if c.startswith("session="))
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie and "Path=/" in cookie and "Secure" not in cookie
    assert "Domain" not in cookie
    assert (await site.http.get("/contacts")).status_code == 200


async def test_behind_https_the_cookie_is_secure_and_bound_to_the_host(
    site: Site, set_up: Actor, with_settings
) -> None:
    with_settings(public_url="https://crm.example")
    site.app.allowed = ["https://crm.example"]
    answer = await site.post(
        "/login", {"email": "alice@example.org", "password": PASSWORD}, headers={"origin": "https://crm.example"}
    )
    cookie = next(c for c in answer.headers.get_list("set-cookie") if "session" in c)
    assert cookie.startswith("__Host-session=") and "Secure" in cookie and "Path=/" in cookie


async def test_each_sign_in_gets_a_new_session_and_ends_the_old_one(site: Site, set_up: Actor) -> None:
    await site.sign_in()
    first = site.http.cookies["session"]
    await site.sign_in()
    assert site.http.cookies["session"] != first
    assert sessions.look_up(first) is None and len(site.ended) == 1


async def test_a_cookie_planted_before_is_not_taken_over(site: Site, set_up: Actor) -> None:
    site.http.cookies.set("session", "planted-by-somebody-else")
    await site.sign_in()
    assert sessions.look_up("planted-by-somebody-else") is None


async def test_wrong_and_unknown_look_the_same_and_keep_what_was_typed(site: Site, set_up: Actor) -> None:
    wrong = await site.sign_in(password="wrong")
    unknown = await site.sign_in(email="nobody@example.org")
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.text.replace("alice", "nobody") == unknown.text
    assert 'value="alice@example.org"' in wrong.text and 'role="alert"' in wrong.text
    assert PASSWORD not in unknown.text and "set-cookie" not in wrong.headers
    assert re.search(r'id="password"[^>]* autofocus', wrong.text)


async def test_what_was_typed_is_text_on_the_page(site: Site, set_up: Actor) -> None:
    answer = await site.post("/login", {"email": '"><script>x</script>', "password": "x", "next": '"><b>'})
    assert "<script" not in answer.text and "&lt;script&gt;" in answer.text and "<b>" not in answer.text


async def test_too_many_tries_say_how_long_to_wait(site: Site, set_up: Actor, monkeypatch) -> None:
    monkeypatch.setattr("crm_app.services.passwords.verify", lambda stored, password: False)
    for _ in range(10):
        assert (await site.sign_in()).status_code == 401
    answer = await site.sign_in()
    assert answer.status_code == 429 and "five minutes" in answer.text and answer.headers["retry-after"] == "300"


async def test_a_foreign_target_is_not_followed(site: Site, set_up: Actor) -> None:
    answer = await site.post("/login", {"email": "alice@example.org", "password": PASSWORD, "next": "//evil.example"})
    assert answer.headers["location"] == "/"


async def test_who_is_signed_in_is_led_on(site: Site, set_up: Actor) -> None:
    site.be(set_up)
    answer = await site.http.get("/login?next=/contacts")
    assert (answer.status_code, answer.headers["location"]) == (303, "/contacts")


async def test_signing_out_ends_the_session_and_its_tabs(site: Site, set_up: Actor) -> None:
    token = site.be(set_up)
    assert (await site.http.get("/logout")).status_code == 200
    assert sessions.look_up(token) is not None
    answer = await site.post("/logout")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?out")
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert sessions.look_up(token) is None and len(site.ended) == 1
    assert outcomes() == ["logout"]
    assert "You are signed out" in (await site.http.get("/login?out")).text
    assert (await site.post("/logout")).status_code == 303


async def test_before_set_up_the_page_says_what_to_do(site: Site) -> None:
    answer = await site.http.get("/login")
    assert "set-up link" in answer.text and "<form" not in answer.text


async def test_the_language_is_the_browsers_until_one_is_chosen(site: Site, set_up: Actor) -> None:
    german = await site.http.get("/login", headers={"accept-language": "fr-FR,de-AT;q=0.8,en;q=0.5"})
    assert '<html lang="de">' in german.text
    chosen = await site.http.get("/login?next=/contacts&lang=de")
    assert (chosen.status_code, chosen.headers["location"]) == (303, "/login?next=%2Fcontacts")
    assert '<html lang="de">' in (await site.http.get("/login")).text
    assert (await site.http.get("/login?lang=tlh")).status_code == 200


async def test_get_shows_a_button_and_uses_the_link_not_up(site: Site, set_up: Actor) -> None:
    token = sign_in_token(set_up)
    for _ in range(3):
        answer = await site.http.get(f"/link/{token}")
        assert answer.status_code == 200 and "Welcome, Alice" in answer.text and "set-cookie" not in answer.headers
    answer = await site.post(f"/link/{token}", {"password": "", "repeat": ""})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert (await site.http.get("/contacts")).status_code == 200
    assert outcomes() == ["link"]
    assert (await site.post(f"/link/{token}", {})).status_code == 410
    assert (await site.sign_in()).status_code == 303


async def test_of_many_at_once_one_is_signed_in(site: Site, set_up: Actor) -> None:
    token = sign_in_token(set_up)
    answers = await asyncio.gather(*(site.post(f"/link/{token}", {}) for _ in range(20)))
    assert sorted(answer.status_code for answer in answers) == [303] + [410] * 19


async def test_behind_the_link_a_first_password_must_be_chosen(site: Site, bob: Actor) -> None:
    token = sign_in_token(bob)
    page = await site.http.get(f"/link/{token}")
    assert 'autocomplete="new-password" required' in page.text
    for typed in ({"password": "", "repeat": ""}, {"password": "short", "repeat": "short"}):
        answer = await site.post(f"/link/{token}", typed)
        assert answer.status_code == 422 and "at least 10" in answer.text.lower()
    answer = await site.post(f"/link/{token}", {"password": PASSWORD, "repeat": PASSWORD + "!"})
    assert answer.status_code == 422 and "not the same" in answer.text
    assert (await site.post(f"/link/{token}", {"password": PASSWORD, "repeat": PASSWORD})).status_code == 303
    assert (await site.sign_in("bob@example.org")).status_code == 303


async def test_a_new_password_behind_the_link_ends_other_sessions(site: Site, set_up: Actor) -> None:
    elsewhere = site.be(set_up)
    site.http.cookies.clear()
    token = sign_in_token(set_up)
    answer = await site.post(f"/link/{token}", {"password": "another good one", "repeat": "another good one"})
    assert answer.status_code == 303
    assert sessions.look_up(elsewhere) is None
    assert (await site.sign_in()).status_code == 401


async def test_a_disabled_account_gets_nothing_from_its_link(site: Site, set_up: Actor) -> None:
    token = sign_in_token(set_up)
    with database.transaction() as session:
        user = session.get_one(User, set_up.user_id)
        user.active = False
        session.add(user)
    answer = await site.post(f"/link/{token}", {})
    assert answer.status_code == 403 and "disabled" in answer.text and "set-cookie" not in answer.headers


@pytest.mark.parametrize("path", ["/link/nothing", "/link/%00", "/link/" + "x" * 1000])
async def test_a_dead_link_says_so(path: str, site: Site, set_up: Actor) -> None:
    answer = await site.http.get(path)
    assert answer.status_code == 410 and "Ask for a new one" in answer.text


async def test_a_huge_form_is_refused_unread(site: Site, set_up: Actor) -> None:
    assert (await site.post("/login", {"email": "x" * 70_000})).status_code == 413


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "application/x-www-form-urlencoded"),
        (b"email=%00%ff&password=%ed%a0%80", "application/x-www-form-urlencoded"),
        (b"{}", "application/json"),
        (b"garbage", "multipart/form-data"),
        (b"--b\r\nbroken", "multipart/form-data; boundary=b"),
        (b"&".join(b"f%d=1" % n for n in range(100)), "application/x-www-form-urlencoded"),
    ],
)
async def test_broken_forms_are_no_server_error(body: bytes, kind: str, site: Site, set_up: Actor) -> None:
    answer = await site.http.post("/login", content=body, headers={"origin": HERE, "content-type": kind})
    assert answer.status_code in (400, 401)
