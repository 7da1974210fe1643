"""Find and replace in the preview, and its filter by what stands in a column."""

from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e import wizard
from tests.e2e.conftest import sign_in
from tests.e2e.server import Server

FILE = (
    "first_name,email,city\n"
    "{name} Ada,{name}.ada@example.org,Berlin Mitte\n"
    "{name} Bea,{name}.bea@example.org,BERLIN\n"
    "{name} Cleo,{name}.cleo@example.org,\n"
)


@pytest.fixture
def file(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    path = tmp_path / "f.csv"
    path.write_text(FILE.format(name=request.node.name[-12:].strip("_").replace("_", "")), encoding="utf-8")
    return path


def checked(page: Page, server: Server, path: Path) -> None:
    wizard.upload(page, server, path)
    wizard.to_columns(page)
    wizard.to_check(page)


def cities(page: Page):
    return page.locator("td.cell[data-label=city]")


def test_a_text_is_replaced_by_keyboard_and_taken_back(page: Page, server: Server, file: Path) -> None:
    checked(page, server, file)
    button = page.get_by_role("button", name="Find and replace")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Find", exact=True)).to_be_focused()
    page.get_by_label("In the column").select_option("city")
    page.get_by_label("Find", exact=True).fill("berlin")
    expect(page.locator(".find-rows")).to_have_text("in 2 rows")
    page.get_by_label("Match case").check()
    expect(page.locator(".find-rows")).to_have_text("in 0 rows")
    page.get_by_label("Match case").uncheck()
    page.get_by_label("Whole cell").check()
    expect(page.locator(".find-rows")).to_have_text("in 1 row")
    page.get_by_label("Whole cell").uncheck()
    page.get_by_label("Replace with").fill("Wien")
    page.keyboard.press("Enter")
    expect(cities(page)).to_have_text(["Wien Mitte", "Wien", ""])
    expect(page.locator(".last-change")).to_contain_text("Replaced in 2 rows.")
    expect(page.locator(".panel.find")).to_have_count(0)
    expect(button).to_be_focused()
    page.get_by_role("button", name="Undo the last change").click()
    expect(cities(page)).to_have_text(["Berlin Mitte", "BERLIN", ""])
    expect(page.locator(".last-change")).to_have_count(0)


def test_escape_closes_the_panel_and_nothing_found_is_said(page: Page, server: Server, file: Path) -> None:
    checked(page, server, file)
    button = page.get_by_role("button", name="Find and replace")
    button.click()
    page.get_by_label("Find", exact=True).fill("nowhere")
    page.keyboard.press("Enter")
    expect(page.locator(".panel.find .notice")).to_have_text("There is nothing to replace in this column.")
    page.keyboard.press("Escape")
    expect(page.locator(".panel.find")).to_have_count(0)
    expect(button).to_be_focused()


def test_rows_are_filtered_by_a_column_and_the_address_says_so(page: Page, server: Server, file: Path) -> None:
    checked(page, server, file)
    cells = page.get_by_label("Filter by the cells of a column")
    cells.select_option("city: blank")
    expect(cities(page)).to_have_text([""])
    page.wait_for_url("**/check?cells=2.blank")
    cells.select_option("city: not blank")
    expect(cities(page)).to_have_text(["Berlin Mitte", "BERLIN"])
    page.go_back()
    expect(cities(page)).to_have_text([""])
    expect(cells).to_have_value("2.blank")
    page.click(".outcome-create")
    page.wait_for_url("**/check?outcome=create&cells=2.blank")
    cells.select_option("Any cells")
    expect(cities(page)).to_have_count(3)
    cities(page).first.click()
    page.locator(".cell-input").fill("Bonn")
    page.keyboard.press("Enter")
    expect(cities(page).first).to_have_text("Bonn")
    cells.select_option("city: changed by hand")
    expect(cities(page)).to_have_text(["Bonn"])


def test_blank_cells_are_filled_with_the_thumb(phone: BrowserContext, server: Server, file: Path) -> None:
    page = sign_in(phone, server, at="")
    checked(page, server, file)
    page.get_by_label("Filter by the cells of a column").select_option("city: blank")
    expect(page.locator("tr.plan-row")).to_have_count(1)
    page.get_by_role("button", name="Find and replace").tap()
    expect(page.get_by_label("In the column")).to_have_value("2")
    page.get_by_label("Whole cell").tap()
    expect(page.locator(".find-rows")).to_have_text("in 1 row")
    page.get_by_label("Replace with").fill("Ulm")
    page.get_by_role("button", name="Replace", exact=True).tap()
    expect(page.locator(".last-change")).to_contain_text("Replaced in 1 row.")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_label("Filter by the cells of a column").select_option("Any cells")
    expect(cities(page).last).to_have_text("Ulm")
