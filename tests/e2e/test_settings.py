"""What an administrator asks of contacts and imports, and what others then see of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e import wizard
from tests.e2e.conftest import sign_in
from tests.e2e.server import Server

BACK = """
from crm_app.services import database, installation
from crm_app.services.actor import SYSTEM
with database.transaction() as session:
    installation.change(session, SYSTEM, required_fields=[], only_whole_files=False, file_days="90")
"""
SAVED = "The settings are saved."


@pytest.fixture(autouse=True)
def as_before(server: Server) -> Iterator[None]:
    yield
    server.run(BACK)


def settings(page: Page, server: Server) -> None:
    page.goto(server.url + "/settings")
    page.wait_for_selector("#setting-name")


def save(page: Page) -> None:
    page.click("#save-settings")
    expect(page.get_by_text(SAVED)).to_be_visible()


def people(folder: Path, name: str = "people.csv") -> Path:
    path = folder / name
    path.write_text("first_name,email\nAda,ada@example.org\nBo,no address\n")
    return path


def test_what_is_required_is_chosen_by_keyboard_kept_and_asked_for(page: Page, server: Server, tmp_path: Path) -> None:
    settings(page, server)
    page.fill("#setting-file_days", "soon")
    page.focus("#setting-required-city")
    page.keyboard.press("Space")
    page.click("#save-settings")
    expect(page.get_by_role("alert").filter(has_text="from 0 to 3650")).to_be_visible()
    expect(page.locator("#setting-file_days")).to_be_focused()
    page.fill("#setting-file_days", "30")
    save(page)
    page.reload()
    expect(page.locator("#setting-required-city")).to_be_checked()
    expect(page.locator("#setting-file_days")).to_have_value("30")

    page.goto(server.url + "/contacts/new")
    expect(page.locator("label[for=field-city]")).to_contain_text("required")
    page.fill("#field-first_name", "Zoe")
    page.click(".form-foot button[type=submit]")
    expect(page.locator("#error-city")).to_have_text("This field is required here.")

    wizard.upload(page, server, people(tmp_path))
    wizard.to_columns(page)
    expect(page.locator(".notice.warn").filter(has_text="no column goes there")).to_contain_text("City")


def test_changes_that_are_not_saved_are_asked_about(page: Page, server: Server) -> None:
    settings(page, server)
    page.check("#setting-required-email")
    page.get_by_role("link", name="Contacts", exact=True).first.click()
    expect(page.locator("dialog.ask")).to_be_visible()
    page.get_by_role("button", name="Keep editing").click()
    save(page)
    page.get_by_role("link", name="Contacts", exact=True).first.click()
    page.wait_for_url("**/contacts**")


def test_a_file_waits_until_every_row_can_be_taken_and_is_deleted_afterwards(
    page: Page, server: Server, tmp_path: Path
) -> None:
    settings(page, server)
    page.check("#setting-only_whole_files")
    save(page)
    wizard.upload(page, server, people(tmp_path, "whole.csv"))
    wizard.to_columns(page)
    wizard.to_check(page)
    expect(page.locator(".notice.warn")).to_contain_text("1 row cannot be taken")
    expect(page.locator(".wizard-foot button")).to_be_disabled()
    page.get_by_role("button", name="Leave row 3 out").click()
    expect(page.locator(".wizard-foot button")).to_be_enabled()
    wizard.commit(page)

    page.get_by_role("button", name="Delete the file now").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Delete the file").click()
    expect(page.locator(".kept")).to_contain_text("File deleted on")
    expect(page.get_by_role("button", name="Delete the file now")).to_have_count(0)
    assert wizard.counts(page)["create"] == 1
    page.goto(page.url.replace("/done", "/check"))
    expect(page.locator(".notice")).to_contain_text("The file of this import was deleted")
    page.goto(server.url + "/imports")
    expect(page.locator("tbody tr").filter(has_text="whole.csv")).to_contain_text("File deleted on")


def test_a_colleague_reads_the_settings_and_changes_none(context: BrowserContext, server: Server) -> None:
    page = sign_in(context, server, "bob", at="")
    settings(page, server)
    expect(page.locator("#setting-required-city")).to_be_disabled()
    expect(page.locator("#save-settings")).to_have_count(0)
