"""A day's work with the keyboard alone: what is due, a contact's card, a lesson in the calendar."""

from playwright.sync_api import Page, expect

from tests.e2e.keyboard import tab_to
from tests.e2e.server import Server

ADA = """
from crm_app.services import database
from crm_app.services.actor import SYSTEM
from crm_app.services.contacts import cards
with database.transaction() as session:
    cards.create(session, SYSTEM, {"first_name": "Ada", "city": "Bonn", "lifecycle": "lead"})
"""


def test_a_day_is_worked_without_a_mouse(page: Page, server: Server) -> None:
    server.run(ADA)
    page.goto(server.url + "/")
    tab_to(page, page.locator("#new-task"))
    page.keyboard.press("Enter")
    expect(page.locator("#planned-title")).to_be_focused()
    page.keyboard.type("Call Ada")
    page.keyboard.press("Enter")
    expect(page.locator(".task-title")).to_have_text("Call Ada")
    tab_to(page, page.get_by_role("button", name="Done: Call Ada"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nothing is due today")).to_be_visible()

    tab_to(page, page.locator(".rail").get_by_role("link", name="Leads"))
    page.keyboard.press("Enter")
    expect(page.locator("tbody .name-link")).to_have_text("Ada")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator(".card-name")).to_have_text("Ada")
    page.keyboard.press("n")
    expect(page.locator("#new-comment")).to_be_focused()
    page.keyboard.type("Wants the piano")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".timeline")).to_contain_text("Wants the piano")
    tab_to(page, page.get_by_role("button", name="Change City: Bonn"))
    page.keyboard.press("Enter")
    page.keyboard.press("Control+A")
    page.keyboard.type("Rome")
    page.keyboard.press("Enter")
    expect(page.locator(".timeline")).to_contain_text("Bonn → Rome")
    tab_to(page, page.locator("#new-task"))
    page.keyboard.press("Enter")
    expect(page.locator("#planned-title")).to_be_focused()
    page.keyboard.type("Send the price list")
    page.keyboard.press("Enter")
    expect(page.locator(".contact-tasks")).to_contain_text("Send the price list")

    tab_to(page, page.locator(".rail").get_by_role("link", name="Calendar"))
    page.keyboard.press("Enter")
    tab_to(page, page.locator("#new-event"))
    page.keyboard.press("Enter")
    expect(page.locator("#planned-title")).to_be_focused()
    page.keyboard.type("Trial lesson")
    page.keyboard.press("Enter")
    expect(page.locator("[data-item^=event]").first).to_contain_text("Trial lesson")
