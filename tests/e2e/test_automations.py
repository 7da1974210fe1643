"""Automations: one is made, tried out and switched on, and its log says what came of it."""

from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.conftest import sign_in
from tests.e2e.server import Server

READY = """
from crm_app.services import database, tags
from crm_app.services.actor import SYSTEM
from crm_app.services.contacts import cards
with database.transaction() as session:
    tags.ensure(session, ["Welcomed"])
    cards.create(session, SYSTEM, {"first_name": "Ada"})
"""
ARRIVES = """
from time import monotonic, sleep

from sqlmodel import select

from crm_app.models import AutomationRun
from crm_app.services import database
from crm_app.services.actor import SYSTEM
from crm_app.services.contacts import cards
with database.transaction() as session:
    cards.create(session, SYSTEM, {"first_name": "Zora"})
until, found = monotonic() + 30, None
while found is None and monotonic() < until:
    sleep(0.1)
    with database.reading() as session:
        found = session.exec(select(AutomationRun.id)).first()
"""  # and waits until the server has done what is to be done


def test_one_is_made_tried_out_switched_on_and_logged(page: Page, server: Server) -> None:
    server.run(READY)
    page.goto(server.url + "/messages/automations")
    page.click("#new-automation")
    page.fill("#automation-name", "Welcome")
    page.get_by_role("button", name="Go on").click()
    page.wait_for_selector("#automation-trigger")
    page.get_by_role("switch").click()
    expect(page.get_by_role("alert").filter(has_text="Say first what is to be done.")).to_be_visible()
    page.select_option("#automation-trigger", "hand")
    page.select_option("#automation-actions", "tag")
    page.get_by_label("Give a tag", exact=True).select_option(label="Welcomed")
    page.select_option("#automation-actions", "task")
    page.get_by_label("Make a task", exact=True).fill("Call them")
    page.get_by_role("button", name="Move “Make a task” up").click()
    page.click("#save-automation")
    expect(page.get_by_text("The automation is saved.")).to_be_visible()
    expect(page.locator("ol.entries > li").first.get_by_label("Make a task", exact=True)).to_have_value("Call them")
    page.click("#try-out")
    expect(page.get_by_text("It is for 1 contact.")).to_be_visible()
    expect(page.get_by_text("Give a tag: would be done")).to_be_visible()
    page.get_by_role("switch").click()
    expect(page.get_by_role("switch")).to_have_attribute("aria-checked", "true")
    server.run(ARRIVES)
    log = page.locator("#automation-log")
    page.click("#refresh-log")
    expect(log.get_by_role("link", name="Zora")).to_be_visible()
    expect(log).to_contain_text("Give a tag: done")
    expect(log).to_contain_text("Nobody is responsible for this contact.")
    page.goto(server.url + "/messages/automations")
    expect(page.get_by_role("link", name="Welcome")).to_be_visible()
    page.get_by_role("switch").click()
    expect(page.get_by_role("switch")).to_have_attribute("aria-checked", "false")


def test_it_is_used_on_a_phone_and_deleted(phone: BrowserContext, server: Server) -> None:
    page = sign_in(phone, server, at="/messages/automations")
    page.click("#new-automation")
    page.fill("#automation-name", "Short-lived")
    page.get_by_role("button", name="Go on").click()
    page.wait_for_selector("#automation-trigger")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.click("#remove-automation")
    page.get_by_role("alertdialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_text("The automation “Short-lived” is deleted.")).to_be_visible()
    expect(page.get_by_role("link", name="Short-lived")).to_have_count(0)
