"""Everybody can use it: axe finds nothing serious, and the keyboard alone is enough."""

from collections.abc import Iterator

import pytest
from axe_core_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, FileChooser, Page, expect

from tests.e2e import wizard
from tests.e2e.conftest import PASSWORD, sign_in
from tests.e2e.keyboard import tab_to
from tests.e2e.screenshots import TWINS, fair_list
from tests.e2e.server import Server
from tests.e2e.test_imports import CORPORA

MESSAGES = """
from crm_app.models import Channel
from crm_app.services import database
from crm_app.services.actor import SYSTEM
from crm_app.services.contacts import cards
from crm_app.services.contacts.filter import ContactFilter
from crm_app.services.messages import campaigns, singles, templates
with database.transaction() as session:
    template = templates.add(session, SYSTEM, "News", Channel.EMAIL, is_newsletter=True)
    templates.write(session, SYSTEM, template.id, "en", subject="News", body="Hello {{ first_name }}, **news**.")
    campaigns.make(session, SYSTEM, "Spring", ContactFilter())
    mailed = cards.create(session, SYSTEM, {"first_name": "Mila", "email": "mila@example.org"})
    singles.write(session, SYSTEM, mailed, subject="Hello", body="See you soon.")
"""
FILL = "from crm_app.services import demo, startup; startup.prepare(); demo.fill(40, print)"

IS_DARK = "() => document.documentElement.classList.contains('dark')"


@pytest.fixture(scope="module")
def addresses(server: Server, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Address by what must be there: every page of the product, with something on each."""
    server.run(FILL)
    folder = tmp_path_factory.mktemp("files")
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB")
    page = sign_in(context, server, at="")
    server.run(TWINS)
    server.run(MESSAGES)
    (folder / "fair.csv").write_text(fair_list(), encoding="utf-8")
    done = ""
    for path in (CORPORA / "outlook-de.csv", folder / "fair.csv"):
        wizard.upload(page, server, path)
        wizard.to_columns(page)
        wizard.to_check(page)
        if path.name != "fair.csv":
            wizard.commit(page)
            done = page.url.removeprefix(server.url)
    plan = page.url.removeprefix(server.url)
    context.close()
    yield {
        "/login": "form",
        "/": ".start-grid .bar-line",
        "/contacts?inactive=1": "tbody .name-link",
        "/contacts?q=nobodyhasthisname": ".empty",
        "/leads": "tbody .name-link",
        "/leads?view=board": ".board-card",
        "/review": ".review-steps",
        "/tasks": ".empty, .task",
        "/calendar?view=month": ".cal-day",
        "/duplicates": ".toolbar-end",
        "/trash": "main h1, main h2",
        "/contacts/1": ".card-name",
        "/contacts/43": ".timeline .event",
        "/contacts/43/edit": ".form-foot",
        "/contacts/new": ".form-foot",
        "/contacts/999999": ".empty",
        "/privacy": ".requests, .quiet",
        "/privacy?new=43": "#request-kind",
        "/privacy/erase/43": "#erase-typed",
        "/privacy/retention": ".rule",
        "/privacy/record": ".record-texts",
        "/imports": "tbody .name-link",
        "/imports/new": ".drop-title:not(:empty)",
        plan.replace("/check", "/read"): "table.sheet",
        plan.replace("/check", "/columns"): "table.mapping",
        plan: "tr.plan-row",
        done: ".tiles",
        done.replace("/done", "/undo"): ".undo-tiles[aria-busy=false]",
        "/messages": ".campaign-entry",
        "/messages/campaigns/1": "#campaign-template",
        "/messages/templates": ".entry-name",
        "/messages/templates/1": "iframe.mail-preview",
        "/messages/outbox?show=sent": ".outbox-entry, .empty",
        "/settings/messages": "#server-host",
        "/settings": "#setting-name",
        "/settings/statuses": ".entry-name",
        "/settings/task-types": ".entry-name",
        "/settings/tags": ".entry-name",
        "/settings/fields": "main h2",
        "/settings/account": "#open-begin",
        "/settings/users": ".entry-name",
        "/settings/roles": ".entry-name",
        "/settings/log": ".log-lines li",
    }


def findings(page: Page, within: str | None = None, *, only: str = "") -> list[str]:
    """What axe calls serious or critical, one line a place; by all its rules or `only` one."""
    result = Axe().run(
        page, context=within, options={"resultTypes": ["violations"], **({"runOnly": [only]} if only else {})}
    )
    return [
        f"{page.url}: {found['id']} ({found['impact']}) {node['target']} {node.get('failureSummary', '')}"
        for found in result["violations"]
        if found["impact"] in ("serious", "critical")
        for node in found["nodes"]
    ]


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_axe_finds_nothing_serious(size: str, browser: Browser, server: Server, addresses: dict[str, str]) -> None:
    context = browser.new_context(
        viewport={"width": 1280, "height": 800} if size == "desktop" else {"width": 390, "height": 844},
        reduced_motion="reduce",
        locale="en-GB",
    )
    context.set_default_timeout(20_000)
    page = context.new_page()
    page.goto(server.url + "/login")
    found = findings(page)
    page.emulate_media(color_scheme="dark")  # a page of the house, without the product's theme
    found += findings(page, only="color-contrast")
    page.emulate_media(color_scheme="light")
    page = sign_in(context, server, at="")
    for address, ready in addresses.items():
        if address == "/login":
            continue
        page.goto(server.url + address)
        page.wait_for_selector(ready)
        page.wait_for_function("() => document.querySelectorAll('.skeleton').length === 0")
        assert not page.evaluate(IS_DARK)
        found += findings(page)
        if size == "desktop":
            found += dark_findings(page)
    if size == "desktop":
        page.locator(".account").click()
        page.wait_for_selector("[role=menu]")
        found += findings(page, "[role=menu]")  # the rest is hidden from everybody while the menu is open
        found += dark_findings(page, "[role=menu]")
    context.close()
    assert not found, "\n".join(found)


def dark_findings(page: Page, within: str | None = None) -> list[str]:
    """What is hard to read when the same page turns dark; nothing else of it changes."""
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(IS_DARK)
    found = findings(page, within, only="color-contrast")
    page.emulate_media(color_scheme="light")
    return found


def test_the_keyboard_alone_signs_in_imports_and_shows_the_list(context: BrowserContext, server: Server) -> None:
    page = context.new_page()
    choosers: list[FileChooser] = []
    # From the start: asked for at the last moment it may come too late.
    page.on("filechooser", lambda chooser: choosers.append(chooser))
    page.goto(server.url + "/login")
    expect(page.locator("[name=email]")).to_be_focused()
    page.keyboard.type("alice@example.org")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(server.url + "/")
    tab_to(page, page.locator(".rail").get_by_role("link", name="Imports"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/imports")
    tab_to(page, page.locator(".top-actions").get_by_role("link", name="Import a file"))
    page.keyboard.press("Enter")
    page.wait_for_selector(".drop-title:not(:empty)")
    tab_to(page, page.locator(".drop button"))
    page.keyboard.press("Enter")
    wizard.until(page, lambda: bool(choosers), "the button opened no file dialogue")
    choosers[0].set_files(CORPORA / "google-new.csv")
    page.wait_for_url("**/read")
    tab_to(page, page.locator(".wizard-foot .primary"))
    page.keyboard.press("Enter")
    page.wait_for_selector("table.mapping")
    first = page.locator("table.mapping select").first
    tab_to(page, first)
    chosen = first.input_value()
    page.keyboard.press("ArrowDown")
    expect(first).not_to_have_value(chosen)
    page.keyboard.press("ArrowUp")
    expect(first).to_have_value(chosen)
    tab_to(page, page.locator(".wizard-foot .primary"))
    page.keyboard.press("Enter")
    page.wait_for_selector("tr.plan-row", timeout=60_000)
    tab_to(page, page.locator(".wizard-foot .primary"))
    page.keyboard.press("Enter")
    page.wait_for_selector(".tiles", timeout=60_000)
    tab_to(page, page.get_by_role("link", name="Show the contacts"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/contacts?**import=**")
    expect(page.locator("tbody .name-link").first).to_be_visible()


def test_the_account_menu_works_by_keyboard(page: Page, server: Server) -> None:
    page.goto(server.url + "/contacts")
    tab_to(page, page.locator(".account"))
    page.keyboard.press("Enter")
    menu = page.get_by_role("menu")
    expect(menu).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(page.locator(".account")).to_be_focused()


def test_the_first_tab_offers_to_skip_to_the_content(page: Page, server: Server) -> None:
    page.goto(server.url + "/imports")
    page.wait_for_selector("h1:not(:empty)")
    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()
    expect(page.locator(".skip-link")).to_be_in_viewport()


def test_pasting_rows_needs_no_mouse_either(page: Page, server: Server) -> None:
    page.goto(server.url + "/imports/new")
    page.wait_for_selector(".drop-title:not(:empty)")
    tab_to(page, page.locator("summary", has_text="Or paste rows"))
    page.keyboard.press("Enter")
    tab_to(page, page.locator("#paste-rows"))
    page.keyboard.insert_text("First name\tE-mail\nKai\tkai@example.org\n")
    tab_to(page, page.get_by_role("button", name="Read these rows"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/read")
