"""Which columns are suggested as consents: better none than one that says something else."""

import pytest

from crm_app.services.imports.mapping.suggest import suggest

YES_NO = ["yes", "no", "yes", "yes"]
DATES = ["2023-01-02", "2023-05-17", "2024-12-31"]


def target(header: str, cells: list[str]) -> str | None:
    return suggest(["E-mail", header], [["a@example.org"] * 4, cells])[1].target


@pytest.mark.parametrize(
    ("header", "cells", "expected"),
    [
        ("Newsletter", YES_NO, "consent_email"),
        ("E-Mail Opt-In", ["1", "0", "1", "1"], "consent_email"),
        ("EMAIL_MARKETING_CONSENT", ["subscribed", "not_subscribed", "unsubscribed"], "consent_email"),
        ("Newsletter-Zustimmung", ["ja", "nein", "ja"], "consent_email"),
        ("Einwilligung Newsletter", DATES, "consent_email"),
        ("Consenso newsletter", ["sì", "no", "si"], "consent_email"),
        ("Zgoda na newsletter", ["tak", "nie", "tak"], "consent_email"),
        ("SMS consent", YES_NO, "consent_sms"),
        ("Do not call", ["true", "false", "false"], "opt_out_phone"),
        ("Unsubscribed from all email", ["true", "", "false", "true"], "opt_out_email"),
        ("HasOptedOutOfEmail", ["0", "1", "0"], "opt_out_email"),
        ("Abgemeldet", ["ja", "ja", "nein"], "opt_out_email"),
        ("UNSUB_TIME", DATES, "opt_out_email"),
        # The header alone is not enough, nor are the cells.
        ("Newsletter", [], None),
        ("Newsletter", ["Spring 2024", "Autumn 2023", "Spring 2024"], None),
        ("Opt-in", ["website", "fair", "shop"], None),
        # Consent to what?
        ("Consent", YES_NO, None),
        ("consent", ["confirmed"] * 4, None),
        ("Einwilligung", YES_NO, None),
        ("Consenso", ["si", "si", "no"], None),
        ("Zgoda", ["tak", "nie", "tak"], None),
        ("consent_ip", ["1", "0", "1"], None),
        ("DSGVO Einwilligung", ["ja", "nein", "ja"], "privacy_accepted"),
        ("Privacy", ["si", "no", "si"], "privacy_accepted"),
        # A date without anything it could be the date of.
        ("Consent date", DATES, None),
    ],
)
def test_what_a_consent_column_is(header: str, cells: list[str], expected: str | None) -> None:
    assert target(header, cells) == expected


def test_the_date_goes_with_the_consent() -> None:
    found = suggest(
        ["E-mail", "Newsletter", "Newsletter opt-in date", "Opt-in"],
        [["a@example.org"] * 4, YES_NO, DATES, YES_NO],
    )
    assert [one.target for one in found] == ["email", "consent_email", "consent_date", None]
