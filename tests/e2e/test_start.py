"""The start page: three steps on an empty installation, figures with their lists afterwards."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import sign_in
from tests.e2e.server import Server

PEOPLE = """
from crm_app.services import choosable, database
from crm_app.services.actor import SYSTEM
from crm_app.services.contacts import cards
with database.transaction() as session:
    status = choosable.statuses(session)[1].name
    for n in range(7):
        values = {"first_name": f"Lead {n}", "lifecycle": "lead", "source": "Fair" if n < 4 else "Website"}
        cards.create(session, SYSTEM, values | ({"status": status} if n < 3 else {}))
    cards.create(session, SYSTEM, {"first_name": "Customer", "lifecycle": "customer"})
"""


def test_an_empty_installation_is_led_to_the_import(page: Page, server: Server) -> None:
    page.goto(server.url + "/")
    expect(page.locator(".first-steps > li")).to_have_count(3)
    page.get_by_role("link", name="Import a file").click()
    page.wait_for_url("**/imports/new")
    page.go_back()
    expect(page.locator(".first-steps")).to_be_visible()


@pytest.mark.parametrize("width", ["context", "phone"])
def test_each_figure_leads_to_the_contacts_it_counts(
    request: pytest.FixtureRequest, server: Server, width: str
) -> None:
    if width == "context":
        server.run(PEOPLE)
    page = sign_in(request.getfixturevalue(width), server, at="/")
    status = page.locator(".panel", has_text="Leads by status").locator(".bar-line").nth(1)
    expect(status.locator(".number")).to_have_text("3")
    status.click()
    page.wait_for_url("**/contacts?lifecycle=lead**")
    expect(page.locator(".toolbar-end .number")).to_have_text("3 contacts")
    page.go_back()
    source = page.locator(".bar-line", has_text="Fair")
    expect(source.locator(".number")).to_have_text("4")
    source.click()
    expect(page.locator(".toolbar-end .number")).to_have_text("4 contacts")
    page.go_back()
    expect(page.locator(".start-share")).to_have_text(re.compile(r"^12\s%$"))
    expect(page.locator(".week").last.locator(".number")).to_have_text("8")
    assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate("window.innerWidth")
