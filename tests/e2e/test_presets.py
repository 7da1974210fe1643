"""Choices kept in one import and used in the next, and what is remembered without anybody keeping it."""

from pathlib import Path

from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.e2e import wizard
from tests.e2e.conftest import sign_in
from tests.e2e.server import Server

CORPORA = Path(__file__).parent.parent / "corpora"


def target(page: Page, header: str) -> Locator:
    return page.get_by_label(f"Field for the column {header}", exact=True)


def test_choices_are_kept_and_applied_to_the_next_file(page: Page, server: Server, tmp_path: Path) -> None:
    (tmp_path / "one.csv").write_text("Vorname;Kürzel;Farbe\nUla;U1;likes tea\n", encoding="utf-8")
    (tmp_path / "two.csv").write_text("FARBE;Stadt;Vorname;kürzel\nlikes tea;Bonn;Ula;U1\n", encoding="utf-8")
    wizard.upload(page, server, tmp_path / "one.csv")
    wizard.to_columns(page)
    target(page, "Kürzel").select_option("external_id")
    target(page, "Farbe").select_option("notes")
    page.click("text=Save these choices as a preset")
    page.fill("#preset-name", "Our fair")
    page.get_by_text("Everybody in the branch may use it").click()
    page.click(".preset-form button[type=submit]")
    expect(page.locator("#preset option:checked")).to_have_text("Our fair")

    wizard.upload(page, server, tmp_path / "two.csv")
    wizard.to_columns(page)
    expect(target(page, "FARBE")).not_to_have_value("notes")
    page.locator("#preset").select_option(label="Our fair")
    expect(page.get_by_text("The preset “Our fair” knew 3 of 4 columns.")).to_be_visible()
    for header, field in {"FARBE": "notes", "kürzel": "external_id", "Vorname": "first_name", "Stadt": "city"}.items():
        expect(target(page, header)).to_have_value(field)
    wizard.to_check(page)
    wizard.commit(page)
    assert wizard.counts(page)["create"] == 1


def test_a_preset_is_renamed_and_removed(page: Page, server: Server, tmp_path: Path) -> None:
    (tmp_path / "one.csv").write_text("First name;Last name\nUla;Kept\n")
    wizard.upload(page, server, tmp_path / "one.csv")
    wizard.to_columns(page)
    page.click("text=Save these choices as a preset")
    page.fill("#preset-name", "Google Contacts")
    page.click(".preset-form button[type=submit]")
    expect(page.locator(".preset-form .notice")).to_contain_text("Choose another name")
    page.fill("#preset-name", "Short lived")
    page.click(".preset-form button[type=submit]")
    page.locator(".presets").get_by_role("button", name="Rename").click()
    page.fill("#preset-name", "Renamed")
    page.click(".preset-form button[type=submit]")
    expect(page.locator("#preset option:checked")).to_have_text("Renamed")
    page.locator(".presets").get_by_role("button", name="Remove").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Remove").click()
    expect(page.locator("#preset")).to_have_value("")
    assert "Renamed" not in page.locator("#preset").inner_text()


def test_the_next_file_with_the_same_columns_is_mapped_like_the_last(
    page: Page, server: Server, tmp_path: Path
) -> None:
    head = "Vorname;Nachname;Kundennr;Telefon;Hinweis"
    (tmp_path / "first.csv").write_text(f"{head}\nIda;Erste;K1;030 901820;x\n")
    (tmp_path / "next.csv").write_text("Hinweis;Telefon;Nachname;Vorname;Kundennr\ny;030 901821;Zweite;Ole;K2\n")
    wizard.upload(page, server, tmp_path / "first.csv")
    wizard.to_columns(page)
    target(page, "Telefon").select_option("")
    page.fill("#import-name", "Fair in May")
    wizard.to_check(page)
    wizard.commit(page)
    wizard.upload(page, server, tmp_path / "next.csv")
    wizard.to_columns(page)
    expect(target(page, "Telefon")).to_have_value("")
    expect(page.locator("tr.left-out")).to_contain_text("As in the import “Fair in May” of ")


def test_the_program_is_named_and_the_panel_fits_a_phone(phone: BrowserContext, server: Server) -> None:
    page = sign_in(phone, server, at="")
    wizard.upload(page, server, CORPORA / "google-new.csv")
    wizard.to_columns(page)
    expect(page.locator(".presets")).to_contain_text("Recognised as an export of Google Contacts.")
    page.click("text=Save these choices as a preset")
    page.wait_for_selector("#preset-name")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for element in page.locator(".presets button, .presets select, .presets input").all():
        box = element.bounding_box()
        assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= 390


def test_escape_closes_the_form_and_goes_back_to_its_button(page: Page, server: Server, tmp_path: Path) -> None:
    (tmp_path / "esc.csv").write_text("First name;Last name\nUla;Escape\n")
    wizard.upload(page, server, tmp_path / "esc.csv")
    wizard.to_columns(page)
    button = page.get_by_role("button", name="Save these choices as a preset")
    button.click()
    expect(page.locator("#preset-name")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".preset-form")).to_have_count(0)
    expect(button).to_be_focused()
