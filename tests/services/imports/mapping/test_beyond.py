"""Full names, and further e-mails, phones and links: proposed where header and cells leave no doubt."""

import pytest

from crm_app.services.imports.mapping.beyond import beyond
from crm_app.services.imports.mapping.suggest import suggest

NAMES = ["Anna Rossi", "Marco Bianchi", "Peter van der Berg", "Katarzyna Nowak-Lis"]
TURNED = ["Rossi Anna", "Bianchi Marco", "Huber Peter", "Kowalska Katarzyna"]
COMMAS = ["Rossi, Anna", "Bianchi, Marco", "van der Berg, Peter", "Nowak, Katarzyna"]
MAILS = ["a@example.org", "b@example.org", "c@example.org"]
PHONES = ["+49 30 123456", "0170/1234567", "030 998877"]
LINKS = ["https://example.org/a", "www.example.com", "example.net"]


def targets(file: dict[str, list[str]]) -> list[str | None]:
    headers, columns = list(file), list(file.values())
    return [one.target for one in beyond(headers, columns, suggest(headers, columns))]


@pytest.mark.parametrize(
    "header",
    ["Name", "Full name", "Vor- und Nachname", "Nome e cognome", "Nominativo", "Imię i nazwisko", "Ansprechpartner"],
)
def test_a_column_of_full_names_is_taken_apart(header: str) -> None:
    assert targets({header: NAMES, "E-Mail": MAILS}) == ["full_name", "email"]
    assert targets({header: COMMAS, "E-Mail": MAILS}) == ["full_name", "email"]


@pytest.mark.parametrize("header", ["Name", "Nachname, Vorname", "Cognome e nome", "Nazwisko i imię", "Name Vorname"])
def test_the_last_name_in_front_needs_a_comma(header: str) -> None:
    assert targets({header: TURNED}) == ["last_name"]
    assert targets({header: COMMAS}) == ["full_name"]


@pytest.mark.parametrize("header", ["Nachname, Vorname", "Cognome e nome", "Nazwisko i imię", "Surname and name"])
def test_a_header_that_says_the_last_name_comes_first_is_believed(header: str) -> None:
    assert targets({header: NAMES}) == ["last_name"]


@pytest.mark.parametrize(
    "cells",
    [
        [],
        ["Huber", "Rossi", "Nowak"],
        ["Anna Rossi", "Huber", "Nowak", "Verdi"],
        ["Haus am See", "Gasthof zur Post", "Zum Goldenen Hirschen"],
        ["Anna & Marco Rossi", "Fam. Huber 2", "Peter/Eva Nowak"],
        ["Anna Rossi", "Marco Bianchi"],
    ],
)
def test_other_cells_under_name_stay_the_last_name(cells: list[str]) -> None:
    assert targets({"Name": cells}) == ["last_name"]


def test_beside_first_or_last_names_nothing_is_taken_apart() -> None:
    assert targets({"Name": NAMES, "Vorname": ["Anna", "Marco", "Peter"]}) == [None, "first_name"]
    assert targets({"Full name": NAMES, "Last name": ["Rossi", "Bianchi", "Berg"]}) == [None, "last_name"]


def test_companies_stay_companies() -> None:
    assert targets({"Name": ["Huber GmbH", "Rossi S.r.l.", "Nowak Sp. z o.o."]}) == ["company"]


@pytest.mark.parametrize("header", ["Adresse", "Address", "Indirizzo", "Adres"])
def test_whole_addresses_stay_whole(header: str) -> None:
    assert targets({header: ["Weg 12, 12345 Bonn", "Via Roma 3, 20121 Milano", "ul. Długa 5, 31-008 Kraków"]}) == [
        "street"
    ]


def test_further_columns_are_added_beside_the_first() -> None:
    file = {
        "E-Mail": MAILS,
        "E-Mail 2": ["x@example.org", "", ""],
        "Telefon": PHONES,
        "Tel. privat": PHONES,
        "Handy": PHONES,
        "Mobil 2": PHONES,
        "Website": LINKS,
        "Homepage 2": LINKS,
    }
    wanted = ["email", "other_email", "phone", "other_phone", "mobile", "other_phone", "website", "other_link"]
    assert targets(file) == wanted
    assert "E-Mail" in str(beyond(list(file), list(file.values()), suggest(list(file), list(file.values())))[1].reason)


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("E-Mail 2", []),
        ("E-Mail 2", ["a@example.org; b@example.org", "ask", "c@example.org"]),
        ("E-mail 2 Type", ["SMTP", "SMTP"]),
        ("E-mail 2 Display Name", MAILS),
        ("Elektropost", MAILS),
        ("Email genitore", MAILS),
        ("Telefon Mutter", PHONES),
        ("Assistant's Phone", PHONES),
        ("Fax", PHONES),
        ("Company Main Phone", PHONES),
        ("Tel. privat", ["only in the evening", "none", "030 998877"]),
    ],
)
def test_better_left_out_than_wrong(header: str, cells: list[str]) -> None:
    assert targets({"E-Mail": MAILS, "Telefon": PHONES, header: cells})[2] is None
