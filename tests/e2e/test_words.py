"""The user's language: everywhere, at once, and never another one first."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.conftest import sign_in
from tests.e2e.server import Server

FILL = "from crm_app.services import demo, startup; startup.prepare(); demo.fill(5, print)"
GERMANS = """
from crm_app.services import database, passwords, users
from crm_app.services.actor import SYSTEM
with database.transaction() as session:
    for name in ("greta", "gustav"):
        user = users.add(session, SYSTEM, email=name + "@example.org", name=name.title(), role="admin", language="de")
        user.password_hash = passwords.hash_of("four plain words here")
        session.add(user)
"""
# Every text that ever stood on the page, from the first node on.
RECORD = """
window.__texts = new Set();
const note = (node) => {
  const text = node.nodeType === 3 ? node.data : "";
  if (text.trim() && !["SCRIPT", "STYLE"].includes(node.parentElement?.tagName)) window.__texts.add(text.trim());
};
const all = (node) => {
  note(node);
  node.childNodes?.forEach(all);
};
new MutationObserver((changes) =>
  changes.forEach((change) => (change.type === "characterData" ? note(change.target) : change.addedNodes.forEach(all))),
).observe(document, { childList: true, subtree: true, characterData: true });
"""
ENGLISH = {"Contacts", "Imports", "Settings", "New contact", "Company", "Phone", "City", "Show inactive", "All"}


@pytest.fixture(scope="module", autouse=True)
def people(server: Server) -> Iterator[None]:
    server.run(FILL)
    server.run(GERMANS)
    yield


@pytest.fixture
def german(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport={"width": 1280, "height": 800}, locale="de-DE")
    made.set_default_timeout(20_000)
    yield made
    made.close()


def choose(page: Page, language: str) -> None:
    page.locator(".account").click()
    page.get_by_role("menuitem", name=language).click()


def test_switching_changes_the_open_page_without_a_reload(page: Page, server: Server) -> None:
    page.goto(server.url + "/contacts")
    page.wait_for_selector("tbody .name-link")
    page.evaluate("window.__marker = 'still the same page'")
    choose(page, "Deutsch")
    expect(page.locator(".top h1")).to_have_text("Kontakte")
    expect(page.locator(".toolbar-end .number")).to_contain_text("5 Kontakte")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page.locator("#search")).to_have_attribute("aria-label", "Kontakte durchsuchen")
    assert page.evaluate("window.__marker") == "still the same page"
    page.reload()
    expect(page.locator(".top h1")).to_have_text("Kontakte")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    choose(page, "English")
    expect(page.locator(".top h1")).to_have_text("Contacts")
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_messages_and_dates_of_the_server_follow(page: Page, server: Server) -> None:
    page.goto(server.url + "/contacts/new")
    page.fill("#field-first_name", "Dora")
    page.fill("#field-email", "dora@example.org")
    page.fill("#field-birth_date", "1984-02-29")
    page.locator(".form-foot button").click()
    expect(page.locator(".facts dd", has_text=re.compile(r"^Feb 29, 1984$"))).to_have_count(1)
    page.evaluate("window.__marker = 1")
    choose(page, "Deutsch")
    expect(page.locator(".facts dd", has_text=re.compile(r"^29\.02\.1984$"))).to_have_count(1)
    expect(page.locator(".facts dt", has_text="E-Mail")).to_have_count(1)
    page.get_by_role("button", name="Deaktivieren").click()
    expect(page.locator("[data-sonner-toast]").first).to_contain_text("inaktiv")
    page.get_by_role("button", name="Reaktivieren").click()
    expect(page.locator(".timeline time").first).to_have_text(re.compile(r"^heute \d\d:\d\d$"))
    assert page.evaluate("window.__marker") == 1
    page.goto(server.url + "/contacts/new")
    page.fill("#field-first_name", "Gerda")
    page.fill("#field-email", "kaputt")
    page.locator(".form-foot button").click()
    expect(page.locator("#error-email")).to_contain_text("@")
    expect(page.locator("#error-email")).not_to_contain_text("address")
    choose(page, "English")
    expect(page.locator(".form-foot button")).to_have_text("Save contact")


def test_a_german_browser_gets_a_german_sign_in_page(german: BrowserContext, server: Server) -> None:
    page = german.new_page()
    page.goto(server.url + "/login")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page.locator("h1")).to_have_text("Anmelden")
    page.fill("[name=email]", "nobody@example.org")
    page.fill("[name=password]", "wrong")
    page.click("button[type=submit]")
    expect(page.locator(".alert")).to_contain_text("stimmt nicht")
    page.click("text=English")
    expect(page.locator("h1")).to_have_text("Sign in")


def test_the_users_language_counts_more_than_the_browsers(context: BrowserContext, server: Server) -> None:
    page = sign_in(context, server, "greta")
    expect(page.locator(".top h1")).to_have_text("Kontakte")
    page.goto(server.url + "/imports/new")
    expect(page.locator(".drop-title")).to_contain_text("Datei")


def test_no_other_language_flashes_up_first(german: BrowserContext, server: Server) -> None:
    page = sign_in(german, server, "gustav")
    page.wait_for_selector("tbody .name-link")
    page.add_init_script(RECORD)
    for path, ready in (
        ("/contacts", "tbody .name-link"),
        ("/imports/new", ".drop-title:not(:empty)"),
        ("/settings", "#setting-name"),
        ("/contacts/new", ".form-foot"),
    ):
        page.goto(server.url + path)
        page.wait_for_selector(ready)
        seen = set(page.evaluate("[...window.__texts]"))
        assert "Kontakte" in seen and not seen & ENGLISH, seen & ENGLISH


def test_the_catalogue_blocks_the_first_paint(page: Page, server: Server) -> None:
    """A plain script in the head, before every module: nothing can be painted without its words."""
    html = page.request.get(server.url + "/contacts").text()
    tag = re.search(r"<script[^>]*src=\"/i18n/boot\.js\"[^>]*>", html)
    assert tag is not None and not {"async", "defer", "module"} & set(re.findall(r"[a-z]+", tag[0]))
    assert html.index(tag[0]) < html.index("</head>")
    text = re.sub(r"<(script|style|title)\b.*?</\1>|<[^>]+>", " ", html, flags=re.S)
    assert not {word for word in ENGLISH if re.search(rf"\b{word}\b", text)}, (
        "the page carries English before its words"
    )


def test_the_language_can_be_chosen_on_a_phone(phone: BrowserContext, server: Server) -> None:
    page = sign_in(phone, server, "victor")
    page.goto(server.url + "/settings")
    page.get_by_role("button", name="Deutsch").tap()
    expect(page.locator(".top h1")).to_have_text("Einstellungen")
    expect(page.locator(".bottom-bar")).to_contain_text("Kontakte")
    expect(page.get_by_role("button", name="Deutsch")).to_have_attribute("aria-pressed", "true")
