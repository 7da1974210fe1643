"""Contacts by hand: the form, the card, the list and its addresses."""

import re
import sqlite3
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e import wizard
from tests.e2e.conftest import sign_in
from tests.e2e.server import Server
from tests.e2e.test_imports import CORPORA

FILL = "from crm_app.services import demo, startup; startup.prepare(); demo.fill(120, print)"
PAGE_ROWS = 50


@pytest.fixture(scope="module")
def filled(server: Server) -> Iterator[Server]:
    """The server with 120 invented contacts, six of them inactive."""
    server.run(FILL)
    yield server


def stored(server: Server, where: str) -> int:
    with sqlite3.connect(server.data_dir / "crm.sqlite") as connection:
        return connection.execute(f"SELECT count(*) FROM contact WHERE {where}").fetchone()[0]


def open_form(page: Page, server: Server) -> None:
    page.goto(server.url + "/contacts/new")
    expect(page.locator("#field-first_name")).to_be_visible()


def save(page: Page) -> None:
    page.locator(".form-foot button").click()


def add(page: Page, server: Server, first: str, last: str, email: str = "") -> None:
    """A contact by the form; its card is open afterwards."""
    open_form(page, server)
    page.fill("#field-first_name", first)
    page.fill("#field-last_name", last)
    if email:
        page.fill("#field-email", email)
    save(page)
    expect(page.locator(".card-name")).to_have_text(f"{first} {last}")


def search(page: Page, server: Server, text: str, *, inactive: bool = False) -> None:
    page.goto(f"{server.url}/contacts?q={text}" + ("&inactive=1" if inactive else ""))
    page.wait_for_selector(".name-link, .empty")


def names(page: Page) -> list[str]:
    return page.locator("tbody .name-link").all_inner_texts()


def numbers(page: Page) -> list[int]:
    return [int(number) for number in page.locator("tbody td.number.right").all_inner_texts()]


def expect_rows(page: Page, count: int) -> None:
    expect(page.locator("tbody .name-link")).to_have_count(count)


def test_a_contact_is_made_by_the_form_and_stands_in_the_list(page: Page, server: Server) -> None:
    page.goto(server.url + "/contacts")
    page.click("text=New contact")
    page.fill("#field-first_name", "Nora")
    page.fill("#field-last_name", "Neumann")
    page.fill("#field-email", "nora.neumann@example.org")
    page.fill("#field-birth_date", "1984-02-29")
    save(page)
    expect(page.locator("[data-sonner-toast]").first).to_contain_text("Nora Neumann is saved.")
    expect(page.locator(".card-name")).to_have_text("Nora Neumann")
    expect(page.locator(".facts-side")).to_contain_text("Feb 29, 1984")
    page.locator(".top h1 a").click()
    expect(page.locator("tbody tr", has_text="nora.neumann@example.org")).to_be_visible()


def test_wrong_values_are_named_at_their_fields_and_nothing_is_stored(page: Page, server: Server) -> None:
    before = stored(server, "1")
    open_form(page, server)
    page.fill("#field-first_name", "Ole")
    page.fill("#field-email", "nobody at all")
    page.fill("#field-birth_date", "2990-01-01")
    save(page)
    expect(page.locator("#error-email")).to_contain_text("needs an @")
    expect(page.locator("#error-birth_date")).to_contain_text("The year must be between")
    for name in ("email", "birth_date"):
        expect(page.locator(f"#field-{name}")).to_have_attribute("aria-invalid", "true")
        expect(page.locator(f"#field-{name}")).to_have_attribute("aria-describedby", f"error-{name}")
    expect(page.locator("#field-first_name")).to_have_value("Ole")
    assert stored(server, "1") == before


def test_half_a_date_is_not_taken_for_no_date(page: Page, server: Server) -> None:
    """The browser gives an empty value for it, as for 31 February; only the field itself knows better."""
    before = stored(server, "1")
    open_form(page, server)
    page.fill("#field-first_name", "Feb")
    page.locator("#field-birth_date").press_sequentially("1")
    assert page.locator("#field-birth_date").evaluate("(field) => field.validity.badInput")
    save(page)
    expect(page.locator(".field", has=page.locator("#field-birth_date"))).to_contain_text("not a complete day")
    expect(page.locator("#field-birth_date")).to_be_focused()
    page.fill("#field-birth_date", "1990-03-01")
    save(page)
    expect(page.locator(".card-name")).to_have_text("Feb")
    assert stored(server, "1") == before + 1


def test_changes_that_are_not_saved_are_not_lost_by_a_link(page: Page, server: Server) -> None:
    open_form(page, server)
    page.fill("#field-first_name", "Unsaved")
    page.locator(".rail").get_by_role("link", name="Imports").click()
    question = page.get_by_role("dialog", name="Your changes are not saved yet.")
    question.get_by_role("button", name="Keep editing").click()
    expect(page.locator("#field-first_name")).to_have_value("Unsaved")
    page.locator(".form-foot").get_by_role("link", name="Cancel").click()
    question.get_by_role("button", name="Leave without saving").click()
    page.wait_for_url("**/contacts")
    assert stored(server, "first_name = 'Unsaved'") == 0


def test_a_form_without_changes_is_left_without_a_question(page: Page, server: Server) -> None:
    open_form(page, server)
    page.locator(".form-foot").get_by_role("link", name="Cancel").click()
    page.wait_for_url("**/contacts")


def test_a_contact_without_name_and_address_is_refused_in_one_sentence(page: Page, server: Server) -> None:
    before = stored(server, "1")
    open_form(page, server)
    save(page)
    expect(page.locator(".notice.danger")).to_be_visible()
    assert stored(server, "1") == before


def test_a_known_address_is_pointed_out_on_leaving_the_field(page: Page, server: Server) -> None:
    add(page, server, "Kim", "Known", "kim.known@example.org")
    open_form(page, server)
    page.fill("#field-email", "KIM.known@example.org")
    page.locator("#field-phone").focus()
    hint = page.locator(".form-known")
    expect(hint).to_contain_text("The same e-mail address")
    with page.context.expect_page() as opened:
        hint.get_by_role("link", name="Kim Known").click()
    expect(opened.value.locator(".card-name")).to_have_text("Kim Known")
    expect(page.locator("#field-email")).to_have_value("KIM.known@example.org")


def test_who_is_probably_stored_is_named_with_reasons_and_can_be_saved_all_the_same(page: Page, server: Server) -> None:
    open_form(page, server)
    page.fill("#field-birth_date", "1980-05-17")
    page.fill("#field-first_name", "Philippa")
    page.fill("#field-last_name", "Quandt-Weber")
    save(page)
    expect(page.locator(".card-name")).to_have_text("Philippa Quandt-Weber")
    open_form(page, server)
    page.fill("#field-first_name", "Pipa")
    page.fill("#field-last_name", "Quandt-Wehber")
    expect(page.locator(".form-known")).to_have_count(0)
    page.fill("#field-birth_date", "1980-05-17")
    page.locator("#field-birth_date").blur()
    expect(page.locator(".form-known")).to_contain_text("Born on the same day")
    page.fill("#field-last_name", "Anders")
    page.locator("#field-last_name").blur()
    expect(page.locator(".form-known")).to_have_count(0)
    page.fill("#field-last_name", "Quandt-Weber")
    save(page)
    expect(page.locator(".card-name")).to_have_text("Pipa Quandt-Weber")


def test_editing_shows_what_changed_on_the_timeline(page: Page, server: Server) -> None:
    add(page, server, "Edda", "Edit", "edda@example.org")
    page.get_by_role("link", name="Edit", exact=True).click()
    expect(page.locator("#field-email")).to_have_value("edda@example.org")
    page.fill("#field-email", "edda.neu@example.org")
    page.fill("#field-city", "Bremen")
    save(page)
    expect(page.locator("[data-sonner-toast]").first).to_contain_text("Edda Edit is saved.")
    newest = page.locator(".timeline .event").first
    expect(newest.locator(".old-value")).to_have_text("edda@example.org")
    expect(newest.locator(".new-value", has_text="edda.neu@example.org")).to_be_visible()
    expect(newest).to_contain_text("Alice")
    expect(page.locator(".facts-side")).to_contain_text("Bremen")
    expect(page.locator(".timeline .event")).to_have_count(2)


def test_inactive_contacts_leave_the_list_until_they_are_asked_for(page: Page, server: Server) -> None:
    add(page, server, "Ina", "Pause", "ina.pause@example.org")
    page.click("text=Deactivate")
    expect(page.locator(".card-sub .badge-inactive")).to_be_visible()
    expect(page.locator("[data-sonner-toast]").first).to_contain_text("Ina Pause is inactive now")
    search(page, server, "ina.pause")
    expect(page.locator(".empty")).to_contain_text("No contact matches")
    page.click("text=Show inactive")
    row = page.locator("tbody tr.inactive", has_text="Ina Pause")
    expect(row.locator(".badge-inactive")).to_be_visible()
    row.locator(".name-link").click()
    page.click("text=Reactivate")
    expect(page.locator(".card-sub .badge-inactive")).to_have_count(0)
    search(page, server, "ina.pause")
    assert names(page) == ["Ina Pause"]


def test_the_card_names_the_row_of_the_file_a_contact_came_from(page: Page, server: Server) -> None:
    wizard.upload(page, server, CORPORA / "brevo.csv")
    wizard.to_columns(page)
    wizard.to_check(page)
    wizard.commit(page)
    search(page, server, "nicolo.inventati")
    page.locator(".name-link").first.click()
    event = page.locator(".timeline .event", has_text="brevo.csv")
    event.get_by_role("link").click()
    page.wait_for_url(re.compile(r"/imports/\d+/"))


def test_heads_sort_and_pages_go_forth_and_back(page: Page, filled: Server) -> None:
    page.goto(filled.url + "/contacts")
    expect_rows(page, PAGE_ROWS)
    page.locator("thead").get_by_role("link", name="Number").click()
    expect(page.locator("th[aria-sort=ascending]")).to_contain_text("Number")
    page.wait_for_url("**sort=number")
    first = numbers(page)
    assert first == sorted(first)
    page.click("text=Next")
    page.wait_for_url("**after=*")
    expect(page.locator("tbody td.number.right").first).not_to_have_text(str(first[0]))
    second = numbers(page)
    assert len(second) == PAGE_ROWS and second == sorted(second) and second[0] > first[-1]
    page.click("text=Previous")
    page.wait_for_url("**before=*")
    expect(page.locator("tbody td.number.right").first).to_have_text(str(first[0]))
    assert numbers(page) == first
    page.locator("thead").get_by_role("link", name="Number").click()
    expect(page.locator("th[aria-sort=descending]")).to_contain_text("Number")
    page.wait_for_url("**sort=-number")
    falling = numbers(page)
    assert falling == sorted(falling, reverse=True) and falling[0] > first[-1]
    page.locator("thead").get_by_role("link", name="Name").click()
    expect(page.locator("th[aria-sort=ascending]")).to_contain_text("Name")
    page.wait_for_url(re.compile(r"/contacts$"))


def test_every_contact_is_met_once_on_the_way_through_the_pages(page: Page, filled: Server) -> None:
    page.goto(filled.url + "/contacts?sort=-created")
    met: list[int] = []
    while True:
        page.wait_for_selector("tbody .name-link")
        met += numbers(page)
        following = page.locator(".pager .button", has_text="Next")
        if "off" in (following.get_attribute("class") or ""):
            break
        following.click()
        expect(page.locator("tbody td.number.right").first).not_to_have_text(str(met[-len(numbers(page))]))
    assert len(met) == len(set(met)) == stored(filled, "active")


def test_back_leads_to_exactly_the_list_one_came_from(page: Page, filled: Server) -> None:
    address = filled.url + "/contacts?q=example.org&inactive=1&sort=-number"
    page.goto(address)
    expect_rows(page, PAGE_ROWS)
    first = numbers(page)[0]
    page.click("text=Next")
    page.wait_for_url("**after=*")
    here = page.url
    expect(page.locator("tbody td.number.right").first).not_to_have_text(str(first))
    expected = names(page)
    page.locator("tbody .name-link").first.click()
    page.wait_for_selector(".card-name")
    page.go_back()
    page.wait_for_selector("tbody .name-link")
    assert page.url == here and "q=example.org" in here and "sort=-number" in here
    expect(page.locator("tbody .name-link").first).to_have_text(expected[0])
    assert names(page) == expected
    expect(page.locator("#search")).to_have_value("example.org")


def test_an_address_opens_the_same_list_in_a_new_tab(page: Page, filled: Server, context: BrowserContext) -> None:
    page.goto(filled.url + "/contacts")
    expect_rows(page, PAGE_ROWS)
    page.fill("#search", "berlin")
    page.wait_for_url("**q=berlin**")
    expect(page.locator("thead").get_by_role("link", name="Number")).to_have_attribute("href", re.compile("q=berlin"))
    page.locator("thead").get_by_role("link", name="Number").click()
    page.wait_for_url("**sort=number**")
    expect(page.locator("th[aria-sort=ascending]")).to_contain_text("Number")
    page.locator("thead").get_by_role("link", name="Number").click()
    page.wait_for_url("**sort=-number**")
    expect(page.locator("th[aria-sort=descending]")).to_contain_text("Number")
    other = context.new_page()
    other.goto(page.url)
    expect(other.locator("#search")).to_have_value("berlin")
    expect(other.locator("th[aria-sort=descending]")).to_contain_text("Number")
    expect_rows(other, len(names(page)))
    assert numbers(other) == numbers(page)


def test_an_unknown_number_shows_that_there_is_nothing(page: Page, server: Server) -> None:
    for number in ("999999", "0", "-1", "abc", "99999999999999999999", "1%27"):
        page.goto(f"{server.url}/contacts/{number}")
        expect(page.locator(".empty"), number).to_contain_text("No such contact")
    for number in ("999999", "abc"):
        page.goto(f"{server.url}/contacts/{number}/edit")
        expect(page.locator(".empty"), number).to_contain_text("No such contact")
    page.locator(".empty").get_by_role("link", name="All contacts").click()
    page.wait_for_url("**/contacts")


def test_a_number_no_database_can_hold_is_unknown_to_the_form_too(page: Page, server: Server) -> None:
    page.goto(server.url + "/contacts/99999999999999999999/edit")
    expect(page.locator(".empty")).to_contain_text("No such contact")


def test_a_message_is_shown_once(page: Page, server: Server) -> None:
    add(page, server, "Una", "Volta")
    message = page.locator("[data-sonner-toast]", has_text="Una Volta is saved.")
    expect(message).to_have_count(1)
    page.locator(".top h1 a").click()
    page.wait_for_selector("tbody .name-link")
    expect(message).to_have_count(1)


def test_a_reload_repeats_no_message(page: Page, server: Server) -> None:
    add(page, server, "Rita", "Carico")
    message = page.locator("[data-sonner-toast]", has_text="Rita Carico is saved.")
    expect(message).to_have_count(1)
    page.reload()
    expect(page.locator(".card-name")).to_have_text("Rita Carico")
    page.get_by_role("button", name="Deactivate").click()
    expect(page.locator("[data-sonner-toast]", has_text="Rita Carico is inactive")).to_have_count(1)
    expect(message).to_have_count(0)


def test_an_unknown_condition_shows_nobody_instead_of_everybody(page: Page, server: Server) -> None:
    page.goto(server.url + "/contacts?lifecycle=unknown")
    expect(page.locator(".notice.danger")).to_contain_text("condition that is not known")
    assert names(page) == []


def expect_to_fit(page: Page) -> None:
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 390, f"{page.url} is {wide} px wide"


def test_on_a_phone_contacts_are_cards_with_call_and_mail_at_hand(phone: BrowserContext, filled: Server) -> None:
    page = sign_in(phone, filled, "bob")
    page.wait_for_selector("tbody .name-link")
    expect(page.locator("thead")).to_be_hidden()
    card = page.locator("tbody tr").first
    expect(card).to_have_css("display", "grid")
    for kind in ("tel:", "mailto:"):
        box = card.locator(f".reach a[href^='{kind}']").bounding_box()
        assert box is not None and box["width"] >= 44 and box["height"] >= 44
    expect(page.locator(".bottom-bar")).to_be_visible()
    expect_to_fit(page)
    card.tap(position={"x": 60, "y": 20})
    page.wait_for_selector(".card-name")


def test_on_a_phone_no_page_is_wider_than_the_screen(phone: BrowserContext, filled: Server) -> None:
    page = phone.new_page()
    page.goto(filled.url + "/login")
    expect_to_fit(page)
    page = sign_in(phone, filled, "bob")
    page.wait_for_selector("tbody .name-link")
    number = numbers_of_card(page)
    for address, ready in (
        ("/contacts?inactive=1", ".name-link"),
        ("/contacts?q=nobodyhasthisname", ".empty"),
        ("/leads", ".name-link"),
        (f"/contacts/{number}", ".card-name"),
        (f"/contacts/{number}/edit", ".form-foot"),
        ("/contacts/new", ".form-foot"),
        ("/imports", "h1"),
        ("/settings", "#setting-name"),
    ):
        page.goto(filled.url + address)
        page.wait_for_selector(ready)
        expect_to_fit(page)
    wizard.upload(page, filled, CORPORA / "outlook-de.csv")
    page.wait_for_selector("table.sheet")
    expect_to_fit(page)
    wizard.to_columns(page)
    expect_to_fit(page)
    wizard.to_check(page)
    expect_to_fit(page)
    wizard.commit(page)
    expect_to_fit(page)
    page.goto(filled.url + "/imports")
    page.wait_for_selector(".name-link")
    expect_to_fit(page)


def numbers_of_card(page: Page) -> str:
    return (page.get_attribute("tbody .name-link", "href") or "").rpartition("/")[2]
