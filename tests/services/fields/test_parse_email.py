"""E-mail addresses."""

import pytest

from crm_app.services.fields.email import parse_email
from crm_app.services.fields.verdict import FieldContext

CONTEXT = FieldContext()


@pytest.mark.parametrize(
    ("cell", "value", "norm"),
    [
        ("Anna@Example.com", "Anna@Example.com", "anna@example.com"),
        (" anna@example.com ", "anna@example.com", "anna@example.com"),
        ("mailto:anna@example.com?subject=Hi", "anna@example.com", "anna@example.com"),
        ("<anna@example.com>", "anna@example.com", "anna@example.com"),
        ("Anna Rossi <anna@example.com>", "anna@example.com", "anna@example.com"),
        ('"Rossi, Anna" <anna@example.com>', "anna@example.com", "anna@example.com"),
        ("'anna@example.com'", "anna@example.com", "anna@example.com"),
        ("anna@example.com;", "anna@example.com", "anna@example.com"),
        ("anna+list@sub.example.co.uk", "anna+list@sub.example.co.uk", "anna+list@sub.example.co.uk"),
        ("info@müller.de", "info@müller.de", "info@xn--mller-kva.de"),
        ("o'neil@example.com", "o'neil@example.com", "o'neil@example.com"),
    ],
)
def test_an_address_keeps_its_spelling_and_is_compared_in_lower_case(cell: str, value: str, norm: str) -> None:
    verdict = parse_email(cell, CONTEXT)
    assert (verdict.value, verdict.norm, verdict.level) == (value, norm, None)


@pytest.mark.parametrize(
    ("cell", "hint"),
    [
        ("anna@example.com; bob@example.com", "several"),
        ("anna@example.com, bob@example.com", "several"),
        ("anna@example.com bob@example.com", "several"),
        ("anna@example.com/bob@example.com", "several"),
        ("anna.example.com", "@"),
        ("anna@", "incomplete"),
        ("@example.com", "incomplete"),
        ("anna@example", "domain"),
        ("anna@@example.com", "more than one"),
        ("an na@example.com", "space"),
        ("anna@example.test", "No mail"),
        ("anna@printer.local", "No mail"),
        ("anna@ab--cd.de", "No mail"),
        ("anna..rossi@example.com", "cannot exist"),
        (f"{'a' * 250}@example.com", "too long"),
    ],
)
def test_what_is_wrong_is_said(cell: str, hint: str) -> None:
    verdict = parse_email(cell, CONTEXT)
    assert verdict.is_error
    assert verdict.value is None
    assert hint in str(verdict.message)
