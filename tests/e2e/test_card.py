"""The card: everything changes in its place, and nothing that two people do to one contact gets lost."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.conftest import sign_in
from tests.e2e.server import Server

PEOPLE = """
from crm_app.services import comments, database
from crm_app.services.actor import SYSTEM
from crm_app.services.contacts import cards
with database.transaction() as session:
    for n in range(1, 61):
        texts = {"first_name": f"Kid {n:02}", "last_name": "Card", "lifecycle": "lead", "city": "Bonn"}
        cards.create(session, SYSTEM, {**texts, "email": f"kid{n}@example.org", "mobile": "0170 1234567"})
    cards.create(session, SYSTEM, {"first_name": "Mother", "last_name": "Other"})
    busy = cards.get(session, SYSTEM, 5)
    for n in range(70):
        comments.add(session, SYSTEM, busy, f"Comment {n}")
"""


@pytest.fixture(scope="module")
def people(server: Server) -> Iterator[Server]:
    server.run(PEOPLE)
    yield server


def fact(page: Page, name: str):
    return page.locator(f"#fact-{name}")


def editor(page: Page):
    return page.locator(".fact-input")


def toast(page: Page):
    return page.locator("[data-sonner-toast]").first


def test_a_field_is_changed_where_it_stands_and_taken_back(page: Page, people: Server) -> None:
    page.goto(people.url + "/contacts/1")
    fact(page, "city").click()
    expect(editor(page)).to_have_value("Bonn")
    editor(page).fill("Nowhere")
    page.keyboard.press("Escape")
    expect(fact(page, "city")).to_have_text("Bonn")
    expect(fact(page, "city")).to_be_focused()
    page.keyboard.press("Enter")
    editor(page).fill("Rome")
    page.keyboard.press("Enter")
    expect(fact(page, "city")).to_have_text("Rome")
    expect(fact(page, "city")).to_be_focused()
    expect(toast(page)).to_contain_text("City is saved")
    expect(page.locator(".event").first).to_contain_text("Bonn → Rome")
    toast(page).get_by_role("button", name="Undo").click()
    expect(fact(page, "city")).to_have_text("Bonn")
    page.reload()
    expect(fact(page, "city")).to_have_text("Bonn")


def test_tab_saves_and_goes_on_and_a_refused_value_stays_to_be_mended(page: Page, people: Server) -> None:
    page.goto(people.url + "/contacts/2")
    fact(page, "first_name").click()
    editor(page).fill("Ada")
    page.keyboard.press("Tab")
    expect(editor(page)).to_have_value("Card")
    page.keyboard.type("Adler")
    page.keyboard.press("Enter")
    expect(page.locator(".card-name")).to_have_text("Ada Adler")
    fact(page, "email").click()
    editor(page).fill("no address")
    page.keyboard.press("Enter")
    expect(page.locator("#fact-email-error")).to_be_visible()
    expect(editor(page)).to_have_value("no address")
    editor(page).fill("ada@example.org")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="ada@example.org")).to_have_attribute("href", "mailto:ada@example.org")
    expect(page.locator(".field-error")).to_have_count(0)
    fact(page, "status").click()
    editor(page).select_option("Contacted")
    expect(fact(page, "status")).to_have_text("Contacted")
    fact(page, "tags").click()
    editor(page).fill("Fair, Piano")
    page.keyboard.press("Enter")
    expect(page.locator(".card-sub")).to_contain_text("Piano")
    expect(page.locator("#fact-salutation")).to_be_hidden()
    page.get_by_role("button", name="Show empty fields").click()
    expect(page.locator("#fact-salutation")).to_be_visible()


def test_the_second_editor_of_a_field_sees_both_and_chooses(page: Page, phone: BrowserContext, people: Server) -> None:
    page.goto(people.url + "/contacts/3")
    other = sign_in(phone, people, "bob", at="/contacts/3")
    other.get_by_role("button", name="Facts").tap()
    for typed, choice, stays in (("Rome", "Keep theirs", "Rome"), ("Milan", "Write yours", "Paris")):
        fact(other, "city").tap()
        fact(page, "city").click()
        editor(page).fill(typed)
        page.keyboard.press("Enter")
        expect(page.locator(".timeline")).to_contain_text(f"→ {typed}")  # stored, and not only painted
        editor(other).fill("Paris")
        other.keyboard.press("Enter")
        clash = other.locator(".fact-clash")
        expect(clash).to_contain_text("Alice changed this meanwhile.")
        expect(clash).to_contain_text("Paris")
        expect(clash).to_contain_text(typed)
        clash.get_by_role("button", name=choice).tap()
        expect(fact(other, "city")).to_have_text(stays)
        expect(clash).to_have_count(0)
        page.reload()
        expect(fact(page, "city")).to_have_text(stays)


def test_the_form_says_what_a_colleague_changed_meanwhile(page: Page, phone: BrowserContext, people: Server) -> None:
    page.goto(people.url + "/contacts/4/edit")
    page.fill("[name=city]", "Paris")
    page.fill("[name=company]", "Paris & Sons")
    other = sign_in(phone, people, "bob", at="/contacts/4")
    other.get_by_role("button", name="Facts").tap()
    for name, value in (("city", "Rome"), ("source", "Fair")):
        fact(other, name).tap()
        editor(other).fill(value)
        other.keyboard.press("Enter")
        expect(fact(other, name)).to_have_text(value)
    page.locator(".form-foot [type=submit]").click()
    expect(page.locator("#error-city")).to_contain_text("Bob made this “Rome” meanwhile")
    expect(page.locator("[name=city]")).to_have_value("Paris")
    page.locator(".form-foot [type=submit]").click()
    expect(fact(page, "city")).to_have_text("Paris")
    expect(fact(page, "source")).to_have_text("Fair")


def test_a_lead_becomes_a_customer_and_leaves_the_leads(page: Page, people: Server) -> None:
    page.goto(people.url + "/contacts/6")
    page.get_by_role("button", name="Make a customer").click()
    expect(page.locator(".card-sub")).to_contain_text("Customer")
    expect(toast(page)).to_contain_text("is a customer now")
    toast(page).get_by_role("button", name="Undo").click()
    expect(page.locator(".card-sub")).to_contain_text("Lead")
    page.get_by_role("button", name="Make a customer").click()
    expect(page.locator(".card-sub")).to_contain_text("Customer")
    page.goto(people.url + "/leads?q=kid6@example.org")
    expect(page.locator(".empty")).to_be_visible()


def test_who_belongs_together_is_found_added_and_removed(page: Page, people: Server) -> None:
    page.goto(people.url + "/contacts/7")
    page.get_by_role("button", name="Add somebody who belongs").click()
    page.select_option("#relation-role", "parent")
    page.fill("#relation-other", "Mother")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Add Mother Other").click()
    expect(page.locator(".relations")).to_contain_text("Mother Other")
    expect(page.locator(".event").first).to_contain_text("Parent, Mother Other (#61)")
    page.get_by_role("link", name="Mother Other", exact=True).click()
    page.wait_for_url("**/contacts/61")
    expect(page.locator(".relations")).to_contain_text("Child")
    page.get_by_role("button", name="Remove Kid 07 Card").click()
    expect(page.locator(".relations li")).to_have_count(0)
    toast(page).get_by_role("button", name="Undo").click()
    expect(page.locator(".relations li")).to_have_count(1)


def test_the_timeline_goes_on_and_is_narrowed(page: Page, people: Server) -> None:
    page.goto(people.url + "/contacts/5")
    expect(page.locator(".event")).to_have_count(50)
    page.get_by_role("button", name="Show more").click()
    expect(page.locator(".event")).to_have_count(71)
    expect(page.get_by_role("button", name="Show more")).to_have_count(0)
    page.get_by_label("What the timeline shows").select_option("changes")
    expect(page.locator(".event")).to_have_count(1)
    expect(page.locator(".brief")).to_contain_text("70 contacts")


def test_the_list_is_gone_through_on_the_card_and_found_again_as_it_was(page: Page, people: Server) -> None:
    page.goto(people.url + "/contacts?q=card&sort=number")
    expect(page.locator("[data-row]")).to_have_count(50)
    page.locator(".list-frame").evaluate("frame => frame.scrollTo(0, 900)")
    page.locator("#contact-30 .name-link").click()
    expect(page.locator(".card-name")).to_have_text("Kid 30 Card")
    page.locator("#card-next").click()
    expect(page.locator(".card-name")).to_have_text("Kid 31 Card")
    expect(page.locator("#card-next")).to_have_attribute("href", "/contacts/32")
    page.keyboard.press("k")
    page.keyboard.press("k")
    expect(page.locator(".card-name")).to_have_text("Kid 29 Card")
    page.keyboard.press("u")
    page.wait_for_url("**/contacts?q=card&sort=number")
    expect(page.locator("#contact-29")).to_be_focused()
    assert page.locator(".list-frame").evaluate("frame => frame.scrollTop") > 600
    page.goto(people.url + "/contacts?q=card&sort=number&after=50")
    page.locator("#contact-60 .name-link").click()
    expect(page.locator("#card-previous")).to_have_attribute("href", "/contacts/59")
    expect(page.locator("#card-next")).to_have_count(0)


def test_a_file_is_kept_fetched_and_removed(page: Page, people: Server, tmp_path: Path) -> None:
    page.goto(people.url + "/contacts/8")
    bad, good = tmp_path / "page.html", tmp_path / "Vertrag für Kid.pdf"
    bad.write_text("<script>alert(1)</script>")
    good.write_bytes(b"%PDF-1.7\nContract")
    field = page.locator("input[type=file]")
    field.set_input_files(bad)
    expect(page.locator(".field-error")).to_contain_text("not kept here")
    field.set_input_files(good)
    entry = page.locator(".event").first
    expect(entry).to_contain_text("Vertrag für Kid.pdf")
    with page.expect_download() as download:
        entry.get_by_role("link").click()
    assert download.value.suggested_filename == good.name
    answer = page.request.get(people.url + (entry.get_by_role("link").get_attribute("href") or ""))
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["x-content-type-options"] == "nosniff"
    entry.get_by_role("button", name="Remove").click()
    expect(page.locator(".event")).to_have_count(1)
    toast(page).get_by_role("button", name="Undo").click()
    expect(page.locator(".event").first).to_contain_text("Vertrag für Kid.pdf")


def test_a_colleague_is_named_in_a_comment(page: Page, people: Server) -> None:
    page.goto(people.url + "/contacts/9")
    page.locator("#new-comment").press_sequentially("Ask @vi")
    expect(page.get_by_role("option", name="Victor")).to_be_visible()
    page.keyboard.press("Enter")
    page.keyboard.type("please")
    page.keyboard.press("Control+Enter")
    entry = page.locator(".event").first
    expect(entry.locator(".mention")).to_have_text("@Victor")
    expect(entry).to_contain_text("Ask @Victor please")
    entry.get_by_role("button", name="Edit").click()
    expect(page.locator("#edit-comment")).to_have_value("Ask @Victor please")


def test_on_a_phone_one_part_is_shown_and_the_thumb_reaches_what_is_done(phone: BrowserContext, people: Server) -> None:
    page = sign_in(phone, people, "bob", at="/contacts/10")
    bar = page.locator(".thumb-bar")
    expect(bar.get_by_role("link", name="Call")).to_be_in_viewport()
    expect(page.locator(".timeline")).to_be_visible()
    expect(fact(page, "city")).to_be_hidden()
    page.get_by_role("button", name="Facts").tap()
    expect(page.locator(".timeline")).to_be_hidden()
    expect(fact(page, "city")).to_be_visible()
    bar.get_by_role("button", name="Comment").tap()
    expect(page.locator("#new-comment")).to_be_focused()
    page.keyboard.type("@al")
    expect(page.locator(".event").first).to_be_visible()
    page.get_by_role("option", name="Alice").tap()
    expect(page.locator("#new-comment")).to_have_value("@Alice ")
    bar.get_by_role("button", name="More").tap()
    page.get_by_role("menuitem", name="Make a customer").tap()
    expect(page.locator(".card-sub")).to_contain_text("Customer")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_viewer_changes_nothing(context: BrowserContext, people: Server) -> None:
    page = sign_in(context, people, "victor", at="/contacts/11")
    expect(page.locator(".facts-side")).to_contain_text("Bonn")
    expect(page.locator("[data-fact], .comment-form, .attach, .thumb-bar button")).to_have_count(0)


def test_a_status_names_what_it_asks_for_before_it_is_given(page: Page, people: Server) -> None:
    page.goto(people.url + "/settings/statuses")
    page.get_by_role("button", name="Change “Interested”").click()
    page.get_by_text("Fields this status asks for").click()
    page.get_by_label("Company", exact=True).check()
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".entry", has_text="Interested")).to_contain_text("asks for Company")
    page.goto(people.url + "/contacts/12")
    fact(page, "status").click()
    editor(page).select_option("Interested")
    expect(page.locator("#fact-status-error")).to_contain_text("“Interested” asks for what is missing here: Company.")
    page.keyboard.press("Escape")
    expect(page.locator("#fact-status-error")).to_have_count(0)
    fact(page, "company").click()
    editor(page).fill("Kids & Co")
    page.keyboard.press("Enter")
    expect(page.locator(".card-sub")).to_contain_text("Kids & Co")
    fact(page, "status").click()
    editor(page).select_option("Interested")
    expect(fact(page, "status")).to_have_text("Interested")
