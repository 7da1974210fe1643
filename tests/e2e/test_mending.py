"""Mending rows in the preview, and choosing how cells meet what is stored."""

import sqlite3
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e import wizard
from tests.e2e.conftest import sign_in
from tests.e2e.server import Server

BAD = (
    "first_name,email,birth_date,city\n"
    "{name} Ada,{name}.ada@example.org,31.02.1990,Bonn\n"
    "{name} Bea,{name}.bea@example.org,31.02.1990,Bonn\n"
    "{name} Cleo,no address,01.05.1980,Bonn\n"
)


def checked(page: Page, server: Server, path: Path, content: str) -> None:
    path.write_text(content, encoding="utf-8")
    wizard.upload(page, server, path)
    wizard.to_columns(page)
    wizard.to_check(page)


def cell(page: Page, row: int, label: str):
    return page.locator("tr.plan-row").nth(row - 2).locator(f"td.cell[data-label={label}]")


def stored(server: Server, query: str) -> list[tuple]:
    with sqlite3.connect(server.data_dir / "crm.sqlite") as connection:
        return connection.execute(query).fetchall()


def test_the_preview_shows_what_will_be_stored(page: Page, server: Server, tmp_path: Path) -> None:
    checked(page, server, tmp_path / "s.csv", "first_name,email,birth_date,gender\nUte,U.te@Example.org,4.3.1968,w\n")
    expect(cell(page, 2, "birth_date")).to_have_text("Mar 4, 1968")
    expect(cell(page, 2, "birth_date")).to_have_attribute("title", "In the file: 4.3.1968")
    expect(cell(page, 2, "gender")).to_have_text("female")


def test_cells_are_mended_by_keyboard_and_others_alike_with_them(page: Page, server: Server, tmp_path: Path) -> None:
    checked(page, server, tmp_path / "k.csv", BAD.format(name="key"))
    assert wizard.planned(page)["invalid"] == 3
    page.locator(".plan-frame").focus()
    page.keyboard.press("ArrowDown")
    expect(cell(page, 2, "birth_date")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".cell-input")).to_be_focused()
    page.keyboard.press("Escape")
    expect(cell(page, 2, "birth_date")).to_have_text("31.02.1990")
    page.keyboard.press("Enter")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("28.02.1990")
    page.keyboard.press("Enter")
    expect(cell(page, 2, "birth_date")).to_have_text("Feb 28, 1990")
    expect(cell(page, 2, "birth_date")).to_be_focused()
    page.get_by_role("button", name="Change 1 other row with “31.02.1990” too").click()
    expect(cell(page, 3, "birth_date")).to_have_text("Feb 28, 1990")
    assert wizard.planned(page)["invalid"] == 1
    page.get_by_role("button", name="Undo the last change").click()
    expect(cell(page, 3, "birth_date")).to_have_text("31.02.1990")
    page.reload()
    expect(cell(page, 2, "birth_date")).to_have_text("Feb 28, 1990")
    wizard.commit(page)
    assert stored(server, "SELECT email, birth_date FROM contact WHERE email LIKE 'key%'") == [
        ("key.ada@example.org", "1990-02-28")
    ]


def test_tab_saves_and_goes_on_to_the_next_cell(page: Page, server: Server, tmp_path: Path) -> None:
    checked(page, server, tmp_path / "t.csv", BAD.format(name="tab"))
    cell(page, 4, "email").click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("tab.cleo@example.org")
    page.keyboard.press("Tab")
    expect(cell(page, 4, "birth_date").locator("input")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".outcome-invalid .count")).to_have_text("2")
    expect(cell(page, 4, "email")).to_have_text("tab.cleo@example.org")


def test_a_row_is_left_out_with_the_thumb(phone: BrowserContext, server: Server, tmp_path: Path) -> None:
    page = sign_in(phone, server, at="")
    checked(page, server, tmp_path / "p.csv", "first_name,email\nPia,pia@example.org\nPaul,paul@example.org\n")
    page.get_by_role("button", name="Leave row 2 out").tap()
    expect(page.locator("tr.plan-row.skip")).to_contain_text("You left this row out.")
    cell(page, 3, "first_name").tap()
    page.locator(".cell-input").fill("Paula")
    page.keyboard.press("Enter")
    expect(cell(page, 3, "first_name")).to_have_text("Paula")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    wizard.commit(page)
    assert stored(server, "SELECT first_name FROM contact WHERE first_name LIKE 'P%'") == [("Paula",)]


def test_how_cells_meet_stored_values_is_chosen(page: Page, server: Server, tmp_path: Path) -> None:
    checked(page, server, tmp_path / "a.csv", "first_name,email,city\nRule,rule@example.org,Bonn\n")
    wizard.commit(page)
    (tmp_path / "b.csv").write_text("first_name,email,city,birth_date\n,rule@example.org,Ulm,01/02/1990\n")
    wizard.upload(page, server, tmp_path / "b.csv")
    wizard.to_columns(page)
    page.get_by_label("What the column city does where a value is stored").select_option("fill")
    page.get_by_text("Blank cells empty what is stored").click()
    page.get_by_label("Dates are written").select_option("%m/%d/%Y")
    wizard.to_check(page)
    expect(page.locator("tr.plan-row .new-value")).to_have_text(["", "Jan 2, 1990"])
    wizard.commit(page)
    query = "SELECT first_name, city, birth_date FROM contact WHERE email = 'rule@example.org'"
    assert stored(server, query) == [(None, "Bonn", "1990-01-02")]


def test_values_nobody_understands_are_given_a_meaning(page: Page, server: Server, tmp_path: Path) -> None:
    (tmp_path / "v.csv").write_text("email,status\nhot@example.org,Hot\ncold@example.org,Cold\nnew@example.org,new\n")
    wizard.upload(page, server, tmp_path / "v.csv")
    wizard.to_columns(page)
    expect(page.locator(".goes-to summary")).to_have_text("2 values are not understood")
    page.get_by_label("Meaning of Cold").select_option("Lost")
    expect(page.locator(".goes-to summary")).to_have_text("1 value is not understood")
    page.get_by_label("Meaning of Hot").select_option("+")
    expect(page.locator(".goes-to summary")).to_have_text("3 values, all understood")
    page.reload()
    page.locator(".goes-to summary").click()
    expect(page.get_by_label("Meaning of Cold")).to_have_value("Lost")
    wizard.to_check(page)
    wizard.commit(page)
    query = "SELECT email, name FROM contact JOIN lead_status ON status_id = lead_status.id WHERE email < 'new@f' "
    assert stored(server, query + "AND email > 'cold' AND last_name IS NULL AND first_name IS NULL ORDER BY email") == [
        ("cold@example.org", "Lost"),
        ("hot@example.org", "Hot"),
        ("new@example.org", "New"),
    ]


def test_the_chosen_problem_stays_chosen_while_its_rows_are_mended(page: Page, server: Server, tmp_path: Path) -> None:
    rows = "".join(f"Group {n},group{n}@example.org,31.02.199{n},\n" for n in range(3))
    more = "".join(f"Other {n},not an address {n},01.01.1990,\n" for n in range(2))
    checked(page, server, tmp_path / "g.csv", "first_name,email,birth_date,city\n" + rows + more)
    page.locator(".problem-group", has_text="birth_date").click()
    expect(page.locator("tr.plan-row")).to_have_count(3)
    for left in (2, 1, 0):
        page.locator("td.cell.error").first.click()
        page.locator(".cell-input").fill("01.01.1990")
        page.keyboard.press("Enter")
        expect(page.locator("td.cell.error")).to_have_count(left)
        expect(page.locator("tr.plan-row")).to_have_count(3)  # mended ones stay in sight
    page.reload()
    expect(page.locator("tr.plan-row.create")).to_have_count(3)


def test_a_row_that_is_being_mended_stays_though_the_filter_leaves_it_out(
    page: Page, server: Server, tmp_path: Path
) -> None:
    checked(page, server, tmp_path / "l.csv", "first_name,birth_date,email\nLoss,31.02.1990,loss@example.org\n")
    page.click(".outcome-invalid")
    page.locator("td.cell.error").click()
    page.locator(".cell-input").fill("01.01.1990")
    page.keyboard.press("Tab")
    page.keyboard.press("ControlOrMeta+a")
    expect(page.locator("tr.plan-row.create")).to_be_visible()
    page.keyboard.type("kept@example.org")
    page.keyboard.press("Enter")
    expect(cell(page, 2, "email")).to_have_text("kept@example.org")
    page.click(".outcome-all")
    expect(page.locator(".outcome-all")).to_have_attribute("aria-current", "true")
    page.click(".outcome-invalid")
    expect(page.locator("tr.plan-row")).to_have_count(0)


def test_a_refused_text_does_not_stay_in_its_cell(page: Page, server: Server, tmp_path: Path) -> None:
    checked(page, server, tmp_path / "r.csv", "first_name,email\nRefused,refused@example.org\n")
    cell(page, 2, "first_name").click()
    page.locator(".cell-input").fill("x" * 10_001)
    page.keyboard.press("Enter")
    expect(page.locator("[data-sonner-toast]")).to_contain_text("at most 10,000 characters")
    expect(cell(page, 2, "first_name")).to_have_text("Refused")


def test_what_was_typed_for_the_whole_file_is_kept_like_every_choice(
    page: Page, server: Server, tmp_path: Path
) -> None:
    (tmp_path / "w.csv").write_text("first_name,email\nWhole,whole@example.org\n")
    wizard.upload(page, server, tmp_path / "w.csv")
    wizard.to_columns(page)
    page.fill("#all-tags", "Fair")
    page.keyboard.press("Enter")
    page.fill("#new-source", "Messe")
    page.locator("#new-status").select_option(label="Interested")
    page.locator(".steps").get_by_role("link", name="Read").click()
    page.wait_for_url("**/read")
    page.go_back()
    expect(page.locator("#all-tags")).to_have_value("Fair")
    expect(page.locator("#new-source")).to_have_value("Messe")
    wizard.to_check(page)
    wizard.commit(page)
    query = "SELECT source, lead_status.name FROM contact JOIN lead_status ON lead_status.id = status_id"
    assert stored(server, query + " WHERE email = 'whole@example.org'") == [("Messe", "Interested")]


def test_a_row_that_is_probably_known_updates_that_contact_by_one_click(
    page: Page, server: Server, tmp_path: Path
) -> None:
    page.goto(server.url + "/contacts/new")
    page.fill("#field-birth_date", "1971-03-09")
    page.fill("#field-first_name", "Leopoldine")
    page.fill("#field-last_name", "Zwanziger")
    page.locator(".form-foot button").click()
    expect(page.locator(".card-name")).to_have_text("Leopoldine Zwanziger")
    content = "first_name,last_name,birth_date,email\nLeopoldine,Zwanzger,09.03.1971,leo.z@example.org\n"
    checked(page, server, tmp_path / "known.csv", content)
    assert wizard.planned(page)["create"] == 1
    expect(page.locator(".problems")).to_contain_text("Probably a contact that is stored already")
    row = page.locator("tr.plan-row").first
    expect(row).to_contain_text("Born on the same day")
    row.get_by_role("button", name="Create anyway").click()
    row.get_by_role("button", name="Decide again about row 2").click()
    row.get_by_role("button", name="update #").click()
    expect(row.locator(".outcome")).to_have_text("Updated")
    wizard.commit(page)
    assert stored(server, "SELECT email FROM contact WHERE first_name = 'Leopoldine'") == [("leo.z@example.org",)]
