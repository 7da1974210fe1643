"""What an administrator chooses from and asks for: statuses, tags and own fields, with the contacts that follow."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.conftest import sign_in
from tests.e2e.server import Server

PEOPLE = """
from crm_app.models import FieldType
from crm_app.services import custom_fields, database, startup
from crm_app.services.actor import SYSTEM
from crm_app.services.contacts import cards
startup.prepare()
with database.transaction() as session:
    custom_fields.create(session, SYSTEM, "Shoe size", FieldType.TEXT)
    for n in range(6):
        values = {"first_name": f"P{n}", "status": "Contacted" if n % 2 else "New", "shoe_size": str(36 + n)}
        cards.create(session, SYSTEM, values | {"tags": "News" if n % 2 else "Newsletter"})
"""


@pytest.fixture(scope="module")
def people(server: Server) -> Iterator[Server]:
    server.run(PEOPLE)
    yield server


@pytest.fixture
def page(context: BrowserContext, people: Server) -> Page:
    return sign_in(context, people)


def test_a_status_is_renamed_and_coloured_by_keyboard_and_the_list_shows_it(page: Page, server: Server) -> None:
    page.goto(server.url + "/settings/statuses")
    button = page.get_by_role("button", name="Change “Contacted”")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#status-name")).to_be_focused()
    page.keyboard.press("Escape")
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    page.locator("#status-name").fill("Called")
    page.get_by_text("Red", exact=True).click()
    page.keyboard.press("Enter")
    expect(page.locator(".entries .entry-name").nth(1)).to_have_text("Called")
    page.get_by_role("button", name="Move “Called” up").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".entries .entry-name").first).to_have_text("Called")
    expect(page.get_by_role("button", name="Move “Called” up")).to_be_focused()
    page.get_by_role("link", name="3 contacts").first.click()
    expect(page.locator("tbody .status").first).to_contain_text("Called")
    expect(page.locator("tbody .status .dot-red").filter(visible=True)).to_have_count(3)


def test_two_tags_become_one_and_two_again(page: Page, server: Server) -> None:
    page.goto(server.url + "/settings/tags")
    page.get_by_role("button", name="Merge or remove “News”").click()
    expect(page.get_by_text("3 contacts have the tag “News”.")).to_be_visible()
    page.select_option("#tag-into", label="Newsletter")
    page.get_by_role("button", name="Change 3 contacts").click()
    page.wait_for_url("**/done")
    expect(page.locator(".notice.good")).to_contain_text("3 contacts were changed")
    expect(page.get_by_text("Tag “News” became “Newsletter”").first).to_be_visible()
    page.goto(server.url + "/settings/tags")
    expect(page.locator(".entries").first.locator("li")).to_have_count(1)
    expect(page.get_by_role("link", name="6 contacts")).to_be_visible()
    page.get_by_text("Removed", exact=False).first.click()
    page.get_by_role("link", name="Bring back with its contacts").click()
    page.wait_for_url("**/undo")
    page.locator("#undo-start, button.danger").first.click()
    page.goto(server.url + "/settings/tags")
    expect(page.locator(".entries").first.locator("li")).to_have_count(2)


def test_a_field_gets_another_type_after_a_look_at_its_values_on_a_phone(phone: BrowserContext, people: Server) -> None:
    page = sign_in(phone, people)
    page.goto(people.url + "/settings/fields")
    expect(page.get_by_text("6 filled in")).to_be_visible()
    page.get_by_role("link", name="Shoe size").click()
    page.wait_for_url("**/settings/fields/shoe_size")
    page.select_option("#field-type", "email")
    expect(page.get_by_text("6 contacts have a value that would not survive:")).to_be_visible()
    expect(page.get_by_role("button", name="Change the type")).to_have_count(0)
    page.select_option("#field-type", "number")
    expect(page.get_by_text("The values of 6 contacts survive.")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Change the type").click()
    page.wait_for_url("**/done")
    page.goto(people.url + "/settings/fields")
    expect(page.get_by_text("Number with decimals")).to_be_visible()


def test_who_may_not_change_settings_finds_no_way_there(context: BrowserContext, people: Server) -> None:
    page = sign_in(context, people, "victor")
    page.goto(people.url + "/settings")
    expect(page.locator("#setting-name")).to_be_visible()
    expect(page.locator(".settings-sections .tab")).to_have_text(["General", "Your account"])
