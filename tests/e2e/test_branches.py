"""A franchise: the head office adds a branch, sees and filters all contacts; the branch sees its own."""

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.conftest import sign_in
from tests.e2e.server import Server

PEOPLE = """
from crm_app.models import Tag
from crm_app.services import database, startup
from crm_app.services.actor import SYSTEM
from crm_app.services.contacts import cards
from crm_app.services.settings import tags
startup.prepare()
with database.transaction() as session:
    tags.add(session, SYSTEM, "Franchise fair", is_franchise=True)
    cards.create(session, SYSTEM, {"first_name": "Ada", "tags": "Franchise fair"})
"""
# bob works in the new branch and keeps its settings; a contact of his stands there.
STAFFED = """
from dataclasses import replace
from sqlmodel import select
from crm_app.models import Branch, Role, User
from crm_app.services import database
from crm_app.services.actor import SYSTEM
from crm_app.services.contacts import cards
with database.transaction() as session:
    branch = session.exec(select(Branch.id).where(Branch.name == "North Sea")).one()
    bob = session.exec(select(User).where(User.name == "Bob")).one()
    role = session.get_one(Role, bob.role_id)
    role.permissions = [*role.permissions, "settings"]
    bob.branch_id = branch
    cards.create(session, replace(SYSTEM, branch_id=branch), {"first_name": "Bea", "tags": "Franchise fair"})
"""


@pytest.fixture(scope="module")
def franchise(server: Server) -> Server:
    server.run(PEOPLE)
    return server


def expect_names(page: Page, *names: str) -> None:
    expect(page.locator("tbody .name-link")).to_have_text(list(names))


def test_nothing_is_seen_of_branches_until_the_head_office_adds_a_second(
    context: BrowserContext, franchise: Server
) -> None:
    page = sign_in(context, franchise, at="/settings/branches")
    page.wait_for_url("**/settings")
    tabs = page.get_by_role("navigation", name="Parts of the settings")
    expect(tabs).to_be_visible()
    expect(tabs.get_by_role("link", name="Branches")).to_have_count(0)
    page.get_by_role("button", name="Add a branch").click()
    page.locator("#branch-name").fill("North Sea")
    page.keyboard.press("Enter")
    page.wait_for_url("**/settings/branches")
    expect(page.locator(".entries .entry-name")).to_have_text(["Head office", "North Sea"])
    expect(tabs.get_by_role("link", name="Branches")).to_be_visible()


def test_the_head_office_filters_by_branch_and_hands_a_contact_over(context: BrowserContext, franchise: Server) -> None:
    franchise.run(STAFFED)
    page = sign_in(context, franchise)
    expect_names(page, "Ada", "Bea")
    page.click("#filter-open")
    page.locator(".filter-subject").select_option("branch_id")
    page.get_by_role("combobox", name="Add a value").select_option(label="North Sea")
    page.get_by_role("button", name="Show 1 contact").click()
    page.wait_for_url("**where=**")
    expect_names(page, "Bea")
    page.goto(franchise.url + "/contacts/2")
    page.locator("#fact-branch_id").click()
    page.get_by_role("combobox", name="Branch").select_option(label="Head office")
    expect(page.locator("#fact-branch_id")).to_contain_text("Head office")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#fact-branch_id")).to_contain_text("North Sea")


def test_many_go_to_a_branch_and_come_back(context: BrowserContext, franchise: Server) -> None:
    page = sign_in(context, franchise)
    page.locator("thead").get_by_role("checkbox").click()
    page.click("#bulk-open")
    page.get_by_role("combobox", name="Field").select_option(label="Branch")
    page.get_by_role("combobox", name="Value").select_option(label="North Sea")
    expect(page.locator(".filter-form")).to_contain_text("One contact changes, 1 are so already: Ada")
    page.get_by_role("button", name="Change 1 contact").click()
    page.wait_for_url("**/imports/*/done")
    expect(page.get_by_text("Branch: North Sea").first).to_be_visible()
    expect(page.locator(".notice.good")).to_contain_text("1 contact was changed")
    page.goto(franchise.url + "/contacts/1")
    expect(page.locator("#fact-branch_id")).to_contain_text("North Sea")
    page.go_back()
    page.get_by_role("link", name="Undo this change").click()
    page.get_by_role("button", name="Undo 1 row").click()
    expect(page.locator(".notice")).to_contain_text("Undone")
    page.goto(franchise.url + "/contacts/1")
    expect(page.locator("#fact-branch_id")).to_contain_text("Head office")


def test_the_branch_sees_its_own_and_cannot_change_an_orange_tag(context: BrowserContext, franchise: Server) -> None:
    page = sign_in(context, franchise, "bob")
    expect_names(page, "Bea")
    expect(page.locator("tbody .chip.franchise").first).to_have_text("Franchise fair")
    page.goto(franchise.url + "/contacts/1")
    expect(page.get_by_text("No such contact").first).to_be_visible()
    page.goto(franchise.url + "/settings/tags")
    expect(page.locator(".chip.franchise")).to_have_text("Franchise fair")
    expect(page.get_by_text("of the head office")).to_be_visible()
    expect(page.get_by_role("button", name="Change “Franchise fair”")).to_have_count(0)
    page.goto(franchise.url + "/settings")
    expect(page.get_by_role("navigation", name="Parts of the settings")).to_be_visible()
    expect(page.get_by_role("button", name="Add a branch")).to_have_count(0)
