"""Writing to people: a template, a campaign seen before it goes, a message from the card; their say by a link."""

import email
import email.policy
import re
from email.message import EmailMessage
from time import monotonic, sleep

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.conftest import sign_in
from tests.e2e.server import Server

PEOPLE = """
from crm_app.models import Channel, ConsentSource, ConsentState
from crm_app.services import database
from crm_app.services.actor import SYSTEM
from crm_app.services.consent import ledger
from crm_app.services.contacts import cards
with database.transaction() as session:
    for name in ("Ada", "Ben", "Cleo"):
        cards.create(session, SYSTEM, {"first_name": name, "email": f"{name}@example.org", "language": "de"})
    for name in ("Ada", "Ben"):
        ledger.record(session, SYSTEM, Channel.EMAIL, f"{name}@example.org", ConsentState.CONFIRMED,
                      source=ConsentSource.FORM)
"""


@pytest.fixture(scope="module", autouse=True)
def people(server: Server) -> None:
    server.run(PEOPLE)


def mails(server: Server) -> list[EmailMessage]:
    """What lies in the folder, because no mail server is set."""
    found = []
    for path in sorted((server.data_dir / "mails").glob("*.eml"), key=lambda path: path.stat().st_mtime):
        mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        assert isinstance(mail, EmailMessage)
        found.append(mail)
    return found


def mail_to(server: Server, address: str) -> EmailMessage:
    """The newest message to this address, as soon as it is there."""
    until = monotonic() + 30
    while monotonic() < until:
        if found := [mail for mail in mails(server) if mail["To"] == address]:
            return found[-1]
        sleep(0.1)
    raise AssertionError(f"nothing went out to {address}")


def plain(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def write_template(page: Page, server: Server, name: str, *, service: bool = False) -> None:
    page.goto(server.url + "/messages/templates")
    page.click("#new-template")
    page.fill("#template-name", name)
    if service:
        page.check("input[name=kind][value=service]")
    page.get_by_role("button", name="Write it").click()
    page.wait_for_selector("#template-body")
    page.fill("#template-subject", "Concert for {{ first_name }}")
    page.fill("#template-body", "Hello {{ first_name or 'you' }},\n\ncome to **our** concert.")


def test_a_campaign_is_written_seen_and_sent(page: Page, server: Server) -> None:
    write_template(page, server, "Concert")
    preview = page.frame_locator("iframe.mail-preview")
    expect(preview.get_by_text("Hello Ada,")).to_be_visible()
    expect(preview.locator("strong")).to_have_text("our")
    page.fill("#template-body", "Hello {{ frist_name }}")
    expect(page.get_by_role("alert").filter(has_text="there is no field “frist_name”")).to_be_visible()
    page.fill("#template-body", "Hello {{ first_name or 'you' }},\n\ncome to **our** concert.")
    expect(page.locator(".field-error")).to_have_count(0)
    page.click("#save-template")
    expect(page.get_by_text("The template is saved.")).to_be_visible()

    page.goto(server.url + "/contacts")
    page.get_by_label("Tick all of this page").click()
    page.get_by_role("button", name="Write to all of them").click()
    page.fill("#campaign-name", "Summer concert")
    expect(page.locator(".entry-form")).to_contain_text("3 contacts")
    page.get_by_role("button", name="Go on").click()
    page.select_option("#campaign-template", label="Concert (E-mail)")
    page.get_by_role("button", name="Work out who gets it").click()
    figures = page.locator(".campaign-figures")
    expect(figures).to_contain_text("2to be sent")
    expect(figures).to_contain_text("1left out: did not agree to it")
    figures.get_by_role("button").nth(1).click()
    expect(page.locator(".entries")).to_contain_text("Cleo")
    expect(page.frame_locator("iframe.mail-preview").get_by_text("Hello Ada,")).to_be_visible()

    page.click("#ask-send")
    expect(page.get_by_role("alertdialog")).to_contain_text("2 contacts get this message.")
    page.get_by_role("alertdialog").get_by_role("button", name="Send now").click()
    expect(page.locator(".campaign-standing .status").first).to_have_text("Sent")
    expect(figures).to_contain_text("2sent")
    assert {str(mail["To"]) for mail in mails(server)} == {"Ada@example.org", "Ben@example.org"}
    page.goto(server.url + "/messages")
    expect(page.locator(".campaign-entry")).to_contain_text("2 of 2 sent")


@pytest.mark.parametrize(
    ("language", "agree", "leave"),
    [
        ("de", "Ja, ich stimme zu", "Abbestellen"),
        ("en", "Yes, I agree", "Unsubscribe"),
        ("it", "Sì, acconsento", "Annulla l’iscrizione"),
        ("pl", "Tak, zgadzam się", "Wypisz się"),
    ],
)
def test_a_person_agrees_chooses_and_leaves_without_an_account(
    language: str, agree: str, leave: str, page: Page, server: Server, browser: Browser
) -> None:
    server.run(
        "from crm_app.services import database\n"
        "from crm_app.services.actor import SYSTEM\n"
        "from crm_app.services.contacts import cards\n"
        "with database.transaction() as session:\n"
        f"    cards.create(session, SYSTEM, {{'first_name': 'Dana {language}', 'email': 'dana-{language}@example.org', "
        f"'language': '{language}'}})\n"
    )
    page.goto(server.url + f"/contacts?q=dana-{language}")
    page.locator(".name-link").click()
    page.get_by_role("button", name=f"Ask dana-{language}@example.org for consent by mail").click()
    expect(page.get_by_text("goes out")).to_be_visible()
    to = f"dana-{language}@example.org"
    link = re.search(r"/consent/[0-9a-f]+", plain(mail_to(server, to)))
    assert link is not None
    context = browser.new_context(viewport={"width": 390, "height": 844})
    person = context.new_page()
    person.goto(server.url + link[0])
    expect(person.locator("html")).to_have_attribute("lang", language)
    person.reload()
    person.get_by_role("button", name=agree).click()
    expect(person.get_by_role("button")).to_have_count(0)
    page.reload()
    expect(page.locator(".card-sub .consent-state")).to_contain_text("Newsletter: confirmed")
    token = server.run(
        "from crm_app.models import Channel\n"
        "from crm_app.services import database\n"
        "from crm_app.services.consent import links\n"
        "with database.transaction() as session:\n"
        f"    print(links.choosing(session, Channel.EMAIL, '{to}', '{to}', contact=None, group_id=None, "
        f"language='{language}'))\n"
    ).strip()
    person.goto(f"{server.url}/unsubscribe/{token}")
    person.get_by_role("link").filter(has_not_text=re.compile("English|Deutsch|Italiano|Polski")).first.click()
    expect(person.get_by_role("checkbox").last).to_be_checked()
    person.go_back()
    person.get_by_role("button", name=leave).click()
    expect(person.get_by_role("button")).to_have_count(0)
    page.reload()
    expect(page.locator(".card-sub .consent-state")).to_contain_text("Newsletter: revoked")
    context.close()


def test_one_message_is_written_on_the_card_with_a_thumb(phone: BrowserContext, server: Server) -> None:
    page = sign_in(phone, server, at="")
    write_template(page, server, "Lesson", service=True)
    page.click("#save-template")
    expect(page.get_by_text("The template is saved.")).to_be_visible()
    page.goto(server.url + "/contacts?q=cleo")
    page.locator(".name-link").tap()
    page.locator(".thumb-bar").get_by_role("button", name="Write").tap()
    page.select_option("#message-template", label="Lesson")
    expect(page.locator("#message-subject")).to_have_value("Concert for Cleo")
    page.fill("#message-subject", "")
    page.get_by_role("button", name="Send").tap()
    expect(page.get_by_role("alert")).to_have_text("Please type a subject.")
    page.fill("#message-subject", "Your lesson")
    page.get_by_role("button", name="Send").tap()
    expect(page.get_by_text("The message to Cleo@example.org goes out.")).to_be_visible()
    assert mail_to(server, "Cleo@example.org")["Subject"] == "Your lesson"
    page.reload()
    expect(page.locator(".timeline")).to_contain_text("Message kept in the folder")
