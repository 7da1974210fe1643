"""Those who work here: invited, given roles, signed in with a second factor, and gone from open pages at once."""

import re
from time import monotonic

import pyotp
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.conftest import PASSWORD, sign_in
from tests.e2e.server import Server

OUT = re.compile(r"/(signed-out|login)")
WITHIN = 5.0  # seconds, in which other rights count on open pages

# As if the half minute of the code that switched it on were over.
FRESH = """
from sqlmodel import select
from crm_app.models import User
from crm_app.services import database
with database.transaction() as session:
    session.exec(select(User).where(User.name == "Bob")).one().totp_step = 0
"""


def wait_until_pushed_out(page: Page, since: float) -> None:
    page.wait_for_url(OUT, timeout=20_000)
    assert monotonic() - since <= WITHIN
    page.wait_for_url("**/login*")


def enter(page: Page, server: Server, code: str, name: str = "bob") -> None:
    page.goto(server.url + "/login")
    page.fill("[name=email]", f"{name}@example.org")
    page.fill("[name=password]", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_url("**/login/code*")
    page.fill("[name=code]", code)
    page.click("button[type=submit]")


def test_a_colleague_is_invited_by_a_link(context: BrowserContext, browser: Browser, server: Server) -> None:
    page = sign_in(context, server, at="/settings/users")
    page.click("#edit-new")
    page.fill("#user-name", "Dora Example")
    page.fill("#user-email", "dora@example.org")
    page.select_option("#user-role", "viewer")
    page.locator(".entry-form .primary").click()
    link = page.locator("#user-link").input_value()
    page.click("#forget-link")
    expect(page.locator("#user-link")).to_have_count(0)
    expect(page.locator("main li").filter(has_text="Dora Example")).to_contain_text("invited")
    theirs = browser.new_context()
    there = theirs.new_page()
    there.goto(link)
    there.fill("#password", "another good password")
    there.fill("#repeat", "another good password")
    there.click("button[type=submit]")
    there.wait_for_url(server.url + "/")
    there.goto(server.url + "/settings/users")
    expect(there.locator("main")).not_to_contain_text("alice@example.org")
    theirs.close()


def test_a_second_factor_is_switched_on_and_asked_for(
    context: BrowserContext, browser: Browser, server: Server
) -> None:
    page = sign_in(context, server, "bob", at="/settings/account")
    page.click("#open-begin")
    page.fill("#account-password", "wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("not your present password")
    page.fill("#account-password", PASSWORD)
    page.keyboard.press("Enter")
    totp = pyotp.TOTP(page.locator("#factor-secret").input_value())
    expect(page.locator("img.qr-code")).to_be_visible()
    page.fill("#account-code", totp.now())
    page.keyboard.press("Enter")
    expect(page.locator(".recovery-codes li")).to_have_count(10)
    codes = page.locator(".recovery-codes li").all_inner_texts()
    page.click("#codes-kept")
    expect(page.locator("#open-off")).to_be_visible()
    expect(page.locator(".recovery-codes")).to_have_count(0)

    theirs = browser.new_context(java_script_enabled=False)
    there = theirs.new_page()
    enter(there, server, "000000")
    expect(there.get_by_role("alert")).to_contain_text("not right")
    server.run(FRESH)
    there.fill("[name=code]", totp.now())
    there.click("button[type=submit]")
    there.wait_for_url(server.url + "/")
    theirs.close()

    theirs = browser.new_context()
    there = theirs.new_page()
    enter(there, server, codes[0])
    there.wait_for_url(server.url + "/")
    there.goto(server.url + "/settings/account")
    expect(there.locator("main")).to_contain_text("9 recovery codes are left")
    there.get_by_role("button", name="Sign out everywhere else").click()
    expect(there.get_by_role("button", name="Sign out everywhere else")).to_have_count(0)
    page.wait_for_url(OUT)
    theirs.close()

    admin = sign_in(browser.new_context(), server, at="/settings/users")
    row = admin.locator("main li").filter(has_text="bob@example.org")
    expect(row).to_contain_text("second factor on")
    row.get_by_role("button", name="Change “Bob”").click()
    admin.get_by_role("button", name="Switch off the second factor").click()
    expect(row).to_contain_text("second factor off")
    admin.context.close()


def test_another_role_and_disabling_count_on_an_open_page(
    context: BrowserContext, browser: Browser, server: Server
) -> None:
    admin = sign_in(context, server, at="/settings/users")
    theirs = browser.new_context()
    there = sign_in(theirs, server, "bob", at="/contacts")
    expect(there.get_by_role("link", name="Imports")).to_be_visible()
    row = admin.locator("main li").filter(has_text="bob@example.org")

    row.get_by_role("button", name="Change “Bob”").click()
    admin.select_option("#user-role", "viewer")
    since = monotonic()
    admin.locator(".entry-form .primary").click()
    wait_until_pushed_out(there, since)
    expect(row).to_contain_text("Viewer")

    there = sign_in(theirs, server, "bob", at="/contacts", page=there)
    expect(there.locator("main")).to_be_visible()
    expect(there.get_by_role("link", name="Imports")).to_have_count(0)
    row.get_by_role("button", name="Disable “Bob”").click()
    since = monotonic()
    admin.get_by_role("button", name="Disable the account").click()
    wait_until_pushed_out(there, since)
    expect(row).to_contain_text("disabled")
    there.goto(server.url + "/login")
    there.fill("[name=email]", "bob@example.org")
    there.fill("[name=password]", PASSWORD)
    there.click("button[type=submit]")
    expect(there.get_by_role("alert")).to_contain_text("disabled")

    admin.get_by_role("button", name="Undo").click()
    expect(row).not_to_contain_text("disabled")
    theirs.close()


def test_a_role_that_loses_a_right_empties_open_pages(
    context: BrowserContext, browser: Browser, server: Server
) -> None:
    admin = sign_in(context, server, at="/settings/roles")
    admin.click("#edit-new")
    admin.fill("#role-name", "Front desk")
    admin.keyboard.press("Enter")
    row = admin.locator("main li").filter(has_text="Front desk").first
    expect(row).to_contain_text("sees all contacts")
    admin.goto(server.url + "/settings/users")
    there_row = admin.locator("main li").filter(has_text="victor@example.org")
    there_row.get_by_role("button", name="Change “Victor”").click()
    admin.select_option("#user-role", label="Front desk")
    admin.locator(".entry-form .primary").click()
    expect(there_row).to_contain_text("Front desk")

    theirs = browser.new_context()
    there = sign_in(theirs, server, "victor", at="/contacts")
    expect(there.get_by_role("link", name="Imports")).to_be_visible()
    admin.goto(server.url + "/settings/roles")
    row.get_by_role("button", name="Change “Front desk”").click()
    admin.locator("[name='may-contacts.import']").uncheck()
    since = monotonic()
    admin.locator(".entry-form .primary").click()
    wait_until_pushed_out(there, since)
    theirs.close()

    admin.goto(server.url + "/settings/log?kind=role")
    expect(admin.locator(".log-lines li").first).to_contain_text("Changed a role")
    admin.select_option("#log-kind", "user")
    admin.get_by_role("button", name="Show").click()
    admin.wait_for_url("**/settings/log?kind=user")
    expect(admin.locator(".log-lines li").first).to_contain_text("Gave an account another role")
    admin.go_back()
    expect(admin.locator(".log-lines li").first).to_contain_text("Changed a role")
