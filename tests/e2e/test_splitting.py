"""Names and addresses in one cell, and two people with one address: the jobs of untidy lists."""

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e import wizard
from tests.e2e.server import Server


def test_full_names_are_taken_apart(page: Page, server: Server, tmp_path: Path) -> None:
    (tmp_path / "names.csv").write_text('Name;E-Mail\nSina Splitting;sina@example.org\n"Berg, Jan";jan@example.org\n')
    wizard.upload(page, server, tmp_path / "names.csv")
    wizard.to_columns(page)
    page.get_by_label("Field for the column Name").select_option("full_name")
    wizard.to_check(page)
    expect(page.locator("table.plan")).to_contain_text("Sina · Splitting")
    expect(page.locator("table.plan")).to_contain_text("Jan · Berg")
    wizard.commit(page)
    assert wizard.counts(page)["create"] == 2


def test_somebody_says_which_of_two_contacts_a_row_means(page: Page, server: Server, tmp_path: Path) -> None:
    people = "first_name;last_name;email;external_id\nUda;Twin;twins@example.org;t1\nVida;Twin;twins@example.org;t2\n"
    (tmp_path / "twins.csv").write_text(people)
    (tmp_path / "again.csv").write_text("email;city\ntwins@example.org;Bonn\n")
    wizard.upload(page, server, tmp_path / "twins.csv")
    wizard.to_columns(page)
    wizard.to_check(page)
    wizard.commit(page)
    wizard.upload(page, server, tmp_path / "again.csv")
    wizard.to_columns(page)
    wizard.to_check(page)
    assert wizard.planned(page)["conflict"] == 1
    who = page.get_by_label("Contact that row 2 means")
    expect(who.locator("option")).to_have_count(4)
    who.select_option(index=2)
    expect(page.locator(".outcome-update .count")).to_have_text("1")
    wizard.commit(page)
    assert wizard.counts(page)["update"] == 1
