"""The doors from outside: a form that strangers fill in, and a program that brings an order."""

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
from playwright.sync_api import Browser, BrowserContext, Frame, Page, expect

from crm_app.web.public_forms import STAMP
from crm_app.web.stamps import FASTEST
from tests.e2e.conftest import sign_in
from tests.e2e.server import Server


def opened(page: Page, server: Server, name: str) -> None:
    """A new form, on the page where it is set up."""
    page.goto(server.url + "/settings/forms")
    page.wait_for_selector(".panel .empty, .entry:not(.skeleton)")
    page.click("#edit-new")
    page.fill("#form-name", name)
    page.get_by_role("button", name="Add the form").click()
    page.wait_for_selector("#save-form")


def saved(page: Page) -> None:
    page.click("#save-form")
    expect(page.get_by_text("The form is saved.").last).to_be_visible()


def as_long_as_people_take(form: Frame) -> None:
    """Machines are quicker, and are asked again: the form says when it was opened."""
    opened_at = int(form.locator(f"input[name={STAMP}]").input_value().partition(".")[0])
    while (left := opened_at + FASTEST * 1000 - time.time() * 1000) >= 0:
        form.wait_for_timeout(left + 1)


def test_a_form_is_made_filled_in_by_a_stranger_and_read_on_the_card(
    page: Page, server: Server, browser: Browser
) -> None:
    opened(page, server, "Trial lesson")
    page.fill("#form-title", "Book a trial lesson")
    page.fill("#form-intro", "Thirty minutes, free of charge.")
    page.select_option("#form-questions", "phone")
    page.fill("#label-phone", "Where can we reach you?")
    page.select_option("#form-questions", "notes")
    page.get_by_role("button", name="Move “Notes” up").click()
    page.get_by_role("button", name="Do not ask for “Last name”").click()
    page.fill("#form-consent_text", "I want the newsletter.")
    page.fill("#form-tags", "Website")
    page.fill("#form-origins", "not a website")
    page.click("#save-form")
    expect(page.get_by_role("alert").filter(has_text="no address of a website")).to_be_visible()
    page.fill("#form-origins", "https://school.example")
    page.check("#form-active")
    saved(page)
    assert "?embed" in page.input_value("#form-snippet") and "<iframe" in page.input_value("#form-snippet")
    address = page.input_value("#form-address")

    stranger = browser.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    form = stranger.new_page()
    form.goto(server.url + re.sub(r"^https?://[^/]+", "", address))
    expect(form.get_by_role("heading", name="Book a trial lesson")).to_be_visible()
    assert [one.inner_text() for one in form.locator("form .field label").all()] == [
        "First name", "E-mail", "Notes optional", "Where can we reach you? optional",
    ]  # fmt: skip
    form.get_by_label("First name").fill("Ida")
    form.get_by_label("E-mail").fill("ida@example.org")
    form.get_by_label("Where can we reach you?").fill("12")
    form.get_by_text("I want the newsletter.").click()
    as_long_as_people_take(form.main_frame)
    form.get_by_role("button", name="Send").click()
    expect(form.locator(".problem")).to_be_visible()
    expect(form.get_by_label("First name")).to_have_value("Ida")
    form.get_by_label("Where can we reach you?").fill("0228 123456")
    as_long_as_people_take(form.main_frame)
    form.get_by_role("button", name="Send").click()
    expect(form.get_by_role("heading", name="Thank you")).to_be_visible()
    stranger.close()

    page.goto(server.url + "/contacts?q=ida%40example.org")
    page.get_by_role("link", name="Ida").first.click()
    entry = page.locator(".event", has_text="Form filled in: Trial lesson")
    expect(entry).to_contain_text("Where can we reach you?: 0228 123456")
    expect(page.locator(".event", has_text="Created").first).to_contain_text("Trial lesson")
    expect(page.get_by_text("Website").first).to_be_visible()


def test_a_form_is_made_on_a_phone_and_removed(phone: BrowserContext, server: Server) -> None:
    page = sign_in(phone, server, at="")
    opened(page, server, "Open day")
    page.check("#form-active")
    saved(page)
    page.click("#remove-form")
    page.get_by_role("alertdialog").get_by_role("button", name="Remove", exact=True).click()
    page.wait_for_url(server.url + "/settings/forms")
    expect(page.locator("#edit-new")).to_be_visible()
    expect(page.get_by_role("link", name="Open day", exact=True)).to_have_count(0)


def test_a_program_gets_its_token_brings_an_order_and_is_revoked(page: Page, server: Server) -> None:
    page.goto(server.url + "/settings/integrations")
    expect(page.get_by_text("No program comes in yet")).to_be_visible()
    page.click("#edit-new")
    page.fill("#integration-name", "Web shop")
    page.get_by_role("button", name="Make a token").click()
    expect(page.get_by_role("alert").or_(page.locator(".notice"))).to_contain_text("at least one thing")
    page.get_by_label("Create and change contacts").check()
    page.get_by_label("Record orders, visits and calls").check()
    page.get_by_role("button", name="Make a token").click()
    token = page.input_value("#secret-token")
    assert token.startswith("crm_") and "/api/v1/hooks/" in page.input_value("#secret-hook")
    page.click("#forget-secrets")
    expect(page.locator("#secret-token")).to_have_count(0)

    def ask(path: str, body: dict[str, Any]) -> httpx.Response:
        return httpx.post(f"{server.url}/api/v1{path}", json=body, headers={"authorization": f"Bearer {token}"})

    number = ask("/contacts/upsert", {"first_name": "Otto", "email": "otto@example.org"}).json()["number"]
    order = {"kind": "order", "source": "online shop", "amount": "49.90", "description": "10 lessons"}
    assert ask(f"/contacts/{number}/interactions", order).status_code == 201
    assert ask(f"/contacts/{number}/interactions", {"kind": "visit", "source": "till"}).status_code == 201
    page.goto(f"{server.url}/contacts/{number}")
    expect(page.locator(".event", has_text="Order: online shop")).to_contain_text("€49.90 · 10 lessons")
    expect(page.get_by_text("Last visit").first).to_be_visible()
    expect(page.get_by_text("Total revenue").first).to_be_visible()

    page.goto(server.url + "/settings/integrations")
    expect(page.locator(".entry", has_text="Web shop")).to_contain_text("last used today")
    page.get_by_role("button", name="Revoke “Web shop”").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Revoke its token").click()
    expect(page.get_by_text("No program comes in yet")).to_be_visible()
    assert ask("/contacts/upsert", {"email": "otto@example.org"}).status_code == 401


def test_a_webhook_is_made_and_removed(page: Page, server: Server) -> None:
    page.goto(server.url + "/settings/integrations")
    expect(page.get_by_text("No program comes in yet")).to_be_visible()
    page.click("#edit-webhook")
    page.fill("#webhook-url", "http://inside.example")
    page.get_by_label("A form is filled in").check()
    page.get_by_role("button", name="Add the webhook").click()
    expect(page.locator(".notice", has_text="begins with https://")).to_be_visible()
    page.fill("#webhook-url", "https://hooks.example.org/crm")
    page.get_by_role("button", name="Add the webhook").click()
    assert len(page.input_value("#secret-webhook")) == 64
    page.get_by_role("button", name="I have copied it").click()
    line = page.locator(".entry", has_text="https://hooks.example.org/crm")
    expect(line).to_contain_text("A form is filled in")
    expect(line).to_contain_text("nothing was told yet")
    line.get_by_role("button").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Remove the webhook").click()
    expect(line).to_have_count(0)


EMBEDDED = """
from crm_app.services import database, web_forms
from crm_app.services.actor import SYSTEM
from crm_app.services.web_forms import Draft, Question
with database.transaction() as session:
    form = web_forms.make(session, SYSTEM, "Embedded")
    asked = (Question("first_name", required=True), Question("email", required=True))
    draft = Draft(name="Embedded", questions=asked, origins={origin!r})
    web_forms.change(session, SYSTEM, form.id, draft)
    print(form.key)
"""


@contextmanager
def website(pages: list[str]) -> Iterator[str]:
    """A website on this machine whose only page holds what was put into `pages` last."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = f"<!doctype html><title>School</title>{pages[-1]}".encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    served = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=served.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield f"http://localhost:{served.server_port}"
    finally:
        served.shutdown()
        served.server_close()


def test_a_page_of_the_house_shows_the_form_in_a_frame_and_no_other_page_does(page: Page, server: Server) -> None:
    pages = [""]
    with website(pages) as school, website(pages) as stranger:
        key = server.run(EMBEDDED.format(origin=school))
        pages.append(f'<iframe src="{server.url}/f/{key}?embed" title="Form" width="600" height="600"></iframe>')
        page.goto(school)
        form = page.frame_locator("iframe")
        form.get_by_label("First name").fill("Uma")
        form.get_by_label("E-mail").fill("uma@example.org")
        as_long_as_people_take(page.frames[1])
        form.get_by_role("button", name="Send").click()
        expect(form.get_by_role("heading", name="Thank you")).to_be_visible()
        page.goto(stranger)
        expect(form.locator("body")).to_be_attached()
        expect(form.get_by_label("First name")).to_have_count(0)
    page.goto(server.url + "/contacts?q=uma%40example.org")
    expect(page.get_by_role("link", name="Uma").first).to_be_visible()
