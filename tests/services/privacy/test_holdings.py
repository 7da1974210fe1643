"""Whoever adds a table or a column that can name or quote a person has to say what export and erasure do with it."""

from sqlalchemy import JSON, BigInteger, Column, Text
from sqlmodel import SQLModel

from crm_app.services.privacy.holdings import BEHIND, HOLDINGS, IMPERSONAL, QUOTING, By

TABLES = SQLModel.metadata.tables


def place(column: Column) -> str:
    return f"{column.table.name}.{column.name}"


def columns() -> list[Column]:
    return [column for table in TABLES.values() for column in table.columns]


def test_every_foreign_key_to_a_contact_is_held() -> None:
    there = {place(one) for one in columns() for key in one.foreign_keys if key.column.table.name == "contact"}
    assert there == {one.place for one in HOLDINGS if one.by is By.ID} - {"contact.id"}


def test_every_number_of_a_contact_is_held() -> None:
    """A number is a big integer: nothing else is one, but sums of money and UIDs of IMAP."""
    others = {
        "contact.number", "interaction.amount", "mail_server.bounce_uid", "mail_server.bounce_uidvalidity",
        "offer.amount", "enrolment.credit", "charge.amount", "charge.settled", "payment.amount", "enrolment_entry.owed",
        "enrolment_entry.paid",
    }  # fmt: skip
    there = {place(one) for one in columns() if isinstance(one.type, BigInteger)} - others
    assert there == {one.place for one in HOLDINGS if one.by is By.NUMBER}


def test_every_normalised_address_is_held() -> None:
    there = {place(one) for one in columns() if one.name == "norm"} - {"contact_point.norm"}  # goes with its contact
    assert there == {one.place for one in HOLDINGS if one.by is By.NORM}


def test_what_hangs_on_a_persons_rows_goes_with_them() -> None:
    held = {one.table for one in HOLDINGS} - {"contact"}
    there = {
        place(one): key.ondelete
        for one in columns()
        for key in one.foreign_keys
        if key.column.table.name in held and key.column.table.name != "privacy_request"
    }
    assert there.keys() == set(BEHIND)
    assert set(there.values()) <= {"CASCADE", "SET NULL"}


def test_of_every_text_and_json_it_is_known_whether_it_quotes_people() -> None:
    there = {place(one) for one in columns() if isinstance(one.type, JSON | Text)}
    assert there - {*QUOTING, *IMPERSONAL} == set(), "say in holdings.py whether it can quote somebody"
    assert set(IMPERSONAL) & set(QUOTING) == set()
    assert {one for one in {*QUOTING, *IMPERSONAL} if one not in {place(column) for column in columns()}} == set()
