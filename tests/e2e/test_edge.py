"""The edges of trust, from outside: sockets without a session, ended sessions, policy, and hostile texts."""

import asyncio
import csv
import http.client
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import socketio
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e import wizard
from tests.e2e.conftest import sign_in
from tests.e2e.server import Server
from tests.e2e.test_imports import CORPORA

FILL = "from crm_app.services import demo, startup; startup.prepare(); demo.fill(20, print)"
DISABLE_BOB = """
from crm_app.services import database, users
from crm_app.services.actor import SYSTEM
with database.transaction() as session:
    users.disable(session, SYSTEM, users.by_email(session, SYSTEM, "bob@example.org").id)
"""
HANDSHAKE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}
EVENTS = (
    "reflex___state____state.hydrate",
    "reflex___state____state.crm_app___state___contact____contact_state.deactivate",
    "reflex___state____state.crm_app___state___settings____settings_state.save",
)
IMG, SCRIPT = "<img src=x onerror=window.__xss=1>", "<script>window.__xss=1;</script>"
REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy violated: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`));
"""


@pytest.fixture(scope="module", autouse=True)
def people(server: Server) -> Iterator[None]:
    server.run(FILL)
    yield


def tables(server: Server) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    with sqlite3.connect(server.data_dir / "crm.sqlite") as connection:
        named = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return {name: sorted(connection.execute(f'SELECT * FROM "{name}"').fetchall(), key=repr) for (name,) in named}


def handshake(server: Server, **headers: str) -> int:
    """The status with which the server answers a plain websocket handshake."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request("GET", "/_event/?EIO=4&transport=websocket", headers={**HANDSHAKE, **headers})
    status = connection.getresponse().status
    connection.close()
    return status


def gets_in(server: Server, headers: dict[str, str]) -> bool:
    """Whether a socket.io client gets in; in a thread of its own, beside Playwright's loop."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, talk(server, headers)).result()


async def talk(server: Server, headers: dict[str, str]) -> bool:
    """True for a client that gets in; it fires events that would change things."""
    client = socketio.AsyncClient(reconnection=False)
    try:
        await client.connect(
            f"{server.url}?token=x",
            headers=headers,
            transports=["websocket"],
            socketio_path="/_event",
            namespaces=["/_event"],
            wait_timeout=5,
        )
    except socketio.exceptions.ConnectionError:
        return False
    for name in EVENTS:
        event = {"name": name, "payload": {}, "token": "x", "router_data": {"pathname": "/contacts/1", "query": {}}}
        await client.emit("event", event, namespace="/_event")
    await client.disconnect()
    return True


def cookie_of(context: BrowserContext) -> str:
    return next(f"session={cookie['value']}" for cookie in context.cookies() if cookie["name"] == "session")


def test_a_socket_without_a_session_is_refused_and_changes_nothing(server: Server) -> None:
    before = tables(server)
    for cookie in ("", "session=", "session=made-up", "lang=de", "session=" + "x" * 100_00):
        headers = {"Origin": server.url, **({"Cookie": cookie} if cookie else {})}
        assert handshake(server, **headers) in (400, 403, 431), cookie
        assert not gets_in(server, headers), cookie
    assert tables(server) == before


def test_a_socket_from_another_origin_is_refused_even_with_a_session(page: Page, server: Server) -> None:
    cookie = cookie_of(page.context)
    page.close()
    before = tables(server)
    for origin in (
        "http://evil.example",
        f"http://127.0.0.1:{server.port + 1}",
        f"https://127.0.0.1:{server.port}",
        "null",
    ):
        assert handshake(server, Cookie=cookie, Origin=origin) == 403, origin
        assert not gets_in(server, {"Cookie": cookie, "Origin": origin}), origin
    assert handshake(server, Cookie=cookie) == 403, "no origin at all"
    assert tables(server) == before
    assert handshake(server, Cookie=cookie, Origin=server.url) == 101, "our own page gets in"


def test_signing_out_in_one_tab_empties_the_other(page: Page, server: Server) -> None:
    page.goto(server.url + "/contacts")
    other = page.context.new_page()
    other.goto(server.url + "/contacts")
    other.wait_for_selector("tbody .name-link")
    cookie = cookie_of(page.context)
    page.locator(".account").click()
    page.get_by_role("menuitem", name="Sign out").click()
    other.wait_for_url("**/login?out", timeout=5_000)
    expect(other.locator(".name-link")).to_have_count(0)
    expect(other.locator(".notice")).to_contain_text("You are signed out.")
    page.wait_for_url("**/login?out")
    assert handshake(server, Cookie=cookie, Origin=server.url) == 403
    other.goto(server.url + "/contacts")
    other.wait_for_url("**/login**")
    expect(other.locator(".name-link")).to_have_count(0)


def test_a_disabled_account_is_pushed_out_of_its_open_tab(context: BrowserContext, server: Server) -> None:
    page = sign_in(context, server, "bob")
    page.wait_for_selector("tbody .name-link")
    server.run(DISABLE_BOB)
    page.wait_for_url("**/login?out", timeout=5_000)
    expect(page.locator(".name-link")).to_have_count(0)
    page.fill("[name=email]", "bob@example.org")
    page.fill("[name=password]", "four plain words here")
    page.click("button[type=submit]")
    expect(page.locator(".alert")).to_contain_text("disabled")


def walk(page: Page, server: Server, file: Path, at_each_page: Callable[[Page], None]) -> None:
    """List, card, form, the whole import of `file`, history, settings."""
    page.goto(server.url + "/contacts")
    page.locator("tbody .name-link").first.click()
    page.wait_for_selector(".card-name")
    at_each_page(page)
    page.get_by_role("link", name="Edit", exact=True).click()
    page.wait_for_selector(".form-foot")
    at_each_page(page)
    wizard.upload(page, server, file)
    page.wait_for_selector("table.sheet")
    at_each_page(page)
    wizard.to_columns(page)
    at_each_page(page)
    wizard.to_check(page)
    at_each_page(page)
    if wizard.planned(page)["invalid"]:
        wizard.take_without_bad_cells(page)
    wizard.commit(page)
    at_each_page(page)
    page.locator("summary").click()
    at_each_page(page)
    page.click("text=Show the contacts")
    page.wait_for_selector("tbody .name-link")
    at_each_page(page)
    page.goto(server.url + "/imports")
    page.wait_for_selector("tbody .name-link")
    at_each_page(page)
    page.goto(server.url + "/settings")
    page.wait_for_selector("#setting-name")
    at_each_page(page)


def test_the_whole_product_keeps_its_own_policy(context: BrowserContext, server: Server) -> None:
    page = context.new_page()
    page.add_init_script(REPORT_VIOLATIONS)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    sign_in(context, server, page=page)
    walk(page, server, CORPORA / "kwiga.csv", lambda page: None)
    page.locator(".account").click()
    page.get_by_role("menuitem", name="Light or dark").click()
    page.goto(server.url + "/contacts")
    page.locator("tbody .name-link").first.click()
    page.click("text=Deactivate")
    page.wait_for_selector("[data-sonner-toast]")
    assert said == []


def test_the_policy_of_the_pages_allows_no_foreign_and_no_inline_script(page: Page, server: Server) -> None:
    for path in ("/contacts", "/imports/new", "/login"):
        policy = page.request.get(server.url + path, max_redirects=0).headers.get("content-security-policy", "")
        scripts = next((part for part in policy.split(";") if part.strip().startswith("script-src")), "")
        assert "default-src 'none'" in policy or path == "/login"
        assert "unsafe" not in scripts and "http" not in scripts


def expect_no_trace(page: Page) -> None:
    assert page.evaluate("window.__xss") is None, page.url
    for kind in ("[onerror]", "img[src='x']", "a[href^='javascript' i]"):
        expect(page.locator(kind)).to_have_count(0)
    assert not page.evaluate("[...document.scripts].some((script) => script.text.includes('__xss'))"), page.url


def test_hostile_texts_of_a_file_stay_texts_on_every_page(page: Page, server: Server, tmp_path: Path) -> None:
    rows = [
        ["first_name", "last_name", "email", "company", "website", "tags", "notes", IMG, SCRIPT],
        [IMG, SCRIPT, "xss@example.org", IMG + SCRIPT, "javascript:window.__xss=1", IMG, SCRIPT, IMG, SCRIPT],
        ["Eve", IMG, IMG, SCRIPT, "https://example.org/" + IMG, SCRIPT, IMG, SCRIPT, IMG],
    ]
    file = tmp_path / f"{IMG}<script>window.__xss=1<script>.csv"
    with file.open("w", newline="") as opened:
        csv.writer(opened, quoting=csv.QUOTE_ALL).writerows(rows)
    walk(page, server, file, expect_no_trace)
    page.goto(server.url + "/contacts?q=xss&inactive=1")
    page.locator("tbody .name-link").first.click()
    expect(page.locator(".card-name")).to_contain_text("<")
    expect_no_trace(page)
    page.get_by_role("link", name="Edit", exact=True).click()
    expect(page.locator("#field-notes")).to_have_value(SCRIPT)
    expect_no_trace(page)
    page.locator(".form-foot button").click()
    page.wait_for_selector(".event-what, .field-error")
    expect_no_trace(page)
    page.goto(server.url + "/contacts")
    page.fill("#search", IMG)
    page.wait_for_url("**q=**")
    page.wait_for_selector("tbody .name-link, .empty")
    expect_no_trace(page)
    page.goto(f"{server.url}/contacts/{IMG.replace('/', '')}")
    expect(page.locator(".empty")).to_be_visible()
    expect_no_trace(page)
