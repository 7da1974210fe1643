"""A column nobody foresaw becomes a field of one's own, in the middle of an import."""

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e import wizard
from tests.e2e.server import Server


def test_a_column_becomes_a_field_of_ones_own(page: Page, server: Server, tmp_path: Path) -> None:
    rows = "".join(f"Olga{n};olga{n}@example.org;{('Geige', 'Tuba')[n % 2]}\n" for n in range(8))
    (tmp_path / "own.csv").write_text("Vorname;E-Mail;Instrument\n" + rows)
    wizard.upload(page, server, tmp_path / "own.csv")
    wizard.to_columns(page)
    field = page.get_by_label("Field for the column Instrument")
    field.select_option(label="a new field …")
    expect(page.get_by_label("Name of the new field")).to_have_value("Instrument")
    expect(page.locator("#new-field-kind")).to_have_value("choice")
    page.get_by_role("button", name="Make this field").click()
    expect(field).to_have_value("instrument")
    wizard.to_check(page)
    expect(page.locator("table.plan")).to_contain_text("Tuba")
    wizard.commit(page)
    assert wizard.counts(page)["create"] == 8
    page.click("text=Show the contacts")
    page.locator("tbody .name-link").first.click()
    expect(page.locator(".facts-side")).to_contain_text("Instrument")
    page.get_by_role("link", name="Edit").click()
    page.wait_for_url("**/edit")
    expect(page.locator(".form-foot")).to_be_visible()
    page.get_by_label("Instrument").select_option("Tuba")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".facts-side")).to_contain_text("Tuba")
