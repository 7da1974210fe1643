import logging
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from crm_app import routes
from crm_app.models import User, UserSession
from crm_app.models.base import now
from crm_app.services import database, sessions
from crm_app.services.actor import Actor
from crm_app.web.redirects import login_address, own_path
from tests.web.conftest import HERE, Site, make_site, open_socket


@pytest.mark.parametrize("path", ["/", "/contacts", "/contacts/17", "/imports/3/check", "/unknown", "/signed-out"])
async def test_without_a_session_pages_lead_to_the_sign_in_page(path: str, site: Site) -> None:
    answer = await site.http.get(path)
    assert answer.status_code == 303
    assert urlsplit(answer.headers["location"]).path == "/login"
    assert site.inner.paths == []


async def test_where_the_visitor_was_going_is_remembered_with_its_query(site: Site) -> None:
    answer = await site.http.get("/contacts?q=Müller+%26+Söhne&sort=-name")
    target = parse_qs(urlsplit(answer.headers["location"]).query)["next"][0]
    assert own_path(target) == target
    assert urlsplit(target).path == "/contacts" and parse_qs(urlsplit(target).query)["q"] == ["Müller & Söhne"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/_upload", 401),
        ("POST", routes.UPLOAD, 401),
        ("GET", "/_upload/secret.csv", 401),
        ("GET", "/_event", 403),
        ("POST", "/_event/", 403),
        ("GET", "/_health", 401),
        ("GET", "/_all_routes", 401),
        ("POST", "/contacts", 401),
        ("DELETE", "/contacts", 401),
        ("GET", "/styles/tokens.css", 401),
        ("GET", "/whoami", 303),
        ("POST", "/change", 401),
        ("GET", "/%5Fupload/secret.csv", 401),
        ("GET", "//_upload/x", 303),
        ("GET", "/assets/../index.html", 401),
        ("GET", "/assets/%2e%2e/contacts", 303),
        ("GET", "/assets//index.html", 401),
        ("GET", "/assets/", 303),
        ("POST", "/assets/a.js", 401),
    ],
)
async def test_without_a_session_nothing_else_is_answered(method: str, path: str, status: int, site: Site) -> None:
    answer = await site.http.request(method, path, headers={"origin": HERE})
    assert answer.status_code == status
    assert site.inner.paths == []


async def test_an_anonymous_upload_is_refused_without_reading_a_byte(site: Site) -> None:
    read = 0

    async def receive() -> dict[str, object]:
        nonlocal read
        read += 1
        return {"type": "http.request", "body": b"x" * 1000, "more_body": True}

    said = []

    async def send(message: dict[str, object]) -> None:
        said.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": routes.UPLOAD,
        "query_string": b"",
        "scheme": "http",
        "client": ("127.0.0.1", 1),
        "headers": [(b"origin", HERE.encode()), (b"content-length", b"1000000")],
    }
    await site.app(scope, receive, send)
    assert said[0]["status"] == 401 and read == 0 and site.inner.body == 0


@pytest.mark.parametrize("cookie", ["", "session=", "session=wrong", "other=1; session=x", "session=\xff"])
async def test_without_a_session_no_websocket(cookie: str, site: Site) -> None:
    headers = {"origin": HERE, **({"cookie": cookie} if cookie else {})}
    assert await open_socket(site.app, headers) == "websocket.close"
    assert site.inner.paths == []


async def test_with_a_session_the_websocket_opens_at_one_place_only(site: Site, set_up: Actor) -> None:
    cookie = f"session={site.be(set_up)}"
    assert await open_socket(site.app, {"origin": HERE, "cookie": cookie}) == "websocket.accept"
    assert await open_socket(site.app, {"origin": HERE, "cookie": cookie}, "/other") == "websocket.close"


async def test_with_a_session_pages_come_with_the_slash_the_files_want(site: Site, set_up: Actor) -> None:
    site.be(set_up)
    for path in ("/contacts", "/contacts/17", "/app.js"):
        assert (await site.http.get(path)).status_code == 200
    assert site.inner.paths == ["/contacts/", "/contacts/17/", "/app.js"]
    assert site.inner.scopes[0]["raw_path"] == b"/contacts/"


@pytest.mark.parametrize("path", ["/_upload/file.csv", "/_upload", "/_health", "/_all_routes", "/_event"])
async def test_reflexes_own_endpoints_stay_closed_with_a_session(path: str, site: Site, set_up: Actor) -> None:
    site.be(set_up)
    assert (await site.http.get(path)).status_code == 404
    assert site.inner.paths == []


async def test_only_own_routes_take_a_post(site: Site, set_up: Actor) -> None:
    site.be(set_up)
    assert (await site.post("/contacts")).status_code == 405
    assert (await site.post("/change")).text == "Alice"
    assert (await site.http.get("/whoami")).text == "Alice"


async def test_public_routes_and_hashed_assets_need_no_session(site: Site) -> None:
    assert (await site.http.get("/open")).text == "open"
    assert (await site.http.get("/ping")).text == "pong"
    assert (await site.http.get("/assets/index-a1b2.js")).status_code == 200
    assert (await site.http.get("/favicon.ico")).status_code == 200
    assert (await site.http.get("/robots.txt")).text.endswith("Disallow: /\n")


async def test_logout_elsewhere_counts_within_a_second_and_here_at_once(
    site: Site, set_up: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [1000.0]
    monkeypatch.setattr("crm_app.web.visitors.time.monotonic", lambda: clock[0])
    token = site.be(set_up)
    assert (await site.http.get("/contacts")).status_code == 200
    with database.transaction() as session:
        sessions.end(session, token)
    clock[0] += 1.1
    assert (await site.http.get("/contacts")).status_code == 303


async def test_a_disabled_user_is_out(site: Site, set_up: Actor) -> None:
    site.be(set_up)
    with database.transaction() as session:
        user = session.get_one(User, set_up.user_id)
        user.active = False
        session.add(user)
    assert (await site.http.get("/contacts")).status_code == 303


async def test_a_visit_is_noted_at_most_once_a_minute(site: Site, set_up: Actor) -> None:
    token = site.be(set_up)
    earlier = now() - timedelta(minutes=2)

    def seen():
        with database.reading() as session:
            return session.exec(select(UserSession.seen_at)).one()

    with database.transaction() as session:
        found = sessions.find(session, token)
        sessions.touch(session, found.session_id, at=earlier)
    await site.http.get("/contacts")
    site.app.visitors._threads.shutdown(wait=True)
    noted = seen()
    assert noted > earlier
    fresh = make_site()
    fresh.http.cookies.set("session", token)
    await fresh.http.get("/contacts")
    fresh.app.visitors._threads.shutdown(wait=True)
    assert seen() == noted
    await fresh.http.aclose()


async def test_no_query_and_no_token_reaches_the_log(
    site: Site, set_up: Actor, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        token = site.be(set_up)
        await site.http.get("/contacts?q=canary-name")
        await site.post("/login?next=canary-name", {"email": "canary@example.org", "password": "canary-name"})
        await site.http.post("/login", headers={"origin": "https://canary-name.example"})
        await open_socket(site.app, {"origin": "https://canary-name.example", "cookie": f"session={token}"})
    shown = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("crm_app"))
    assert "canary" not in shown and token not in shown


@pytest.mark.parametrize("good", ["/contacts", "/contacts?q=a%20b&after=3", "/contacts/17", "/imports/1/check#x", "/é"])
def test_own_paths_are_followed(good: str) -> None:
    assert own_path(good) == good


@pytest.mark.parametrize(
    "bad",
    [
        "//evil.example",
        "///evil.example",
        "\\\\evil.example",
        "/\\evil.example",
        "/%5cevil.example",
        "/%255cevil.example",
        "/%2f/evil.example",
        "/%09/evil.example",
        "/\t/evil.example",
        "/%0d%0aSet-Cookie:x=1",
        "/..//evil.example",
        "javascript:alert(1)",
        "https://evil.example",
        "evil.example",
        "",
        " /contacts",
        "/a b",
        "/login?next=/x",
        "/logout",
        "/_upload/x",
        "/" + "x" * 3000,
        "/\u202eevil",
        "/a\x00b",
    ],
)
def test_every_other_target_becomes_the_start_page(bad: str) -> None:
    assert own_path(bad) == "/"


@given(st.text(max_size=60) | st.from_regex(r"[/\\\\a-z.:@%0-9?#\t ]{0,30}", fullmatch=True))
def test_whatever_is_asked_a_browser_stays_here(target: str) -> None:
    found = own_path(target)
    read = "".join(c for c in found if c not in "\t\r\n").replace("\\", "/")  # as a browser reads it
    assert urlsplit(urljoin(HERE + "/login", read)).netloc == urlsplit(HERE).netloc
    assert own_path(found) == found


def test_the_sign_in_address_never_carries_a_foreign_target() -> None:
    assert login_address("//evil.example", "") == "/login"
    assert login_address("/", "") == "/login"
    assert login_address("/contacts", "q=1") == "/login?next=/contacts%3Fq%3D1"


async def test_a_busy_database_is_said_so(site: Site, db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from crm_app.locales import text
    from crm_app.services.errors import Busy

    def busy(*args: object, **values: object) -> None:
        raise Busy(text("The database is busy. Please try again in a moment."))

    monkeypatch.setattr("crm_app.services.logins.sign_in", busy)
    answer = await site.post("/login", {"email": "a@example.org", "password": "x"})
    assert answer.status_code == 503 and "Please try again" in answer.text and answer.headers["retry-after"]
