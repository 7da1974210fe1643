"""Choices kept under a name, for the next files; and those that come with the product."""

import json
from pathlib import Path

import pytest
from sqlmodel import col, select

from crm_app.locales import Text
from crm_app.models import AuditEntry, Consent, ImportState, JobState
from crm_app.services import database
from crm_app.services.actor import SYSTEM, Actor
from crm_app.services.errors import Conflict, Invalid, NotFound, NotPermitted
from crm_app.services.fields.registry import TARGETS
from crm_app.services.imports import preset_access, presets, shipped_presets, steps, uploads
from crm_app.services.imports.columns import Blank, Options, WriteRule, from_json
from crm_app.services.imports.preset_access import Kind, PresetId
from tests.services.imports.conftest import Flow

CORPORA = Path(__file__).parents[2] / "corpora"
FILE = "Vorname;Nachname;E-Mail;Telefon;Gruppe\nAda;Byron;ada@example.org;030 901820;VIP"
CHOSEN: dict[str, str | None] = {
    "Vorname": "first_name",
    "Nachname": "last_name",
    "E-Mail": "email",
    "Telefon": None,
    "Gruppe": "tags",
}


def kept(flow: Flow, name: str = "Messe", *, shared: bool = False, **options: object) -> int:
    """A preset of CHOSEN; its id."""
    id_ = flow.bring(FILE)
    flow.map(id_, CHOSEN, rules={"E-Mail": WriteRule.FILL}, **options)
    with database.transaction() as session:
        made = presets.save(session, flow.actor, id_, name, shared)
    assert made.id is not None
    return made.id


def applied(flow: Flow, id_: int, preset: PresetId) -> presets.Applied:
    with database.transaction() as session:
        return presets.apply(session, flow.actor, id_, preset)


def names(actor: Actor, kind: Kind) -> list[str]:
    with database.reading() as session:
        return [entry.name for entry in preset_access.listing(session, actor) if entry.kind is kind]


def mapped(flow: Flow, id_: int) -> dict[str, str | None]:
    return {column.header: column.target for column in from_json(flow.get(id_).columns)}


def bring_corpus(flow: Flow, name: str) -> int:
    """A corpus file, read."""
    from crm_app.services.imports import steps

    stored = uploads.from_path(CORPORA / name)
    with database.transaction() as session:
        made = uploads.create(
            session, flow.actor, file_name=name, size=stored.size, sha256=stored.sha256, folder=stored.folder
        )
    assert made.id is not None
    flow.work(steps.read, made.id)
    return made.id


def test_a_preset_puts_its_choices_on_the_columns_it_knows(flow: Flow) -> None:
    preset = kept(flow, match_key="email", tags=("Fair",), blank=Blank.CLEAR)
    other = flow.bring("telefon;GRUPPE;Ort;E-Mail;Nachname\n030 901820;VIP;Bonn;ada@example.org;Byron")
    result = applied(flow, other, preset)
    assert (result.name, result.matched, result.columns) == ("Messe", 4, 5)
    assert mapped(flow, other) == {
        "telefon": None,
        "GRUPPE": "tags",
        "Ort": "city",  # as suggested
        "E-Mail": "email",
        "Nachname": "last_name",
    }
    found = flow.get(other)
    assert {column.header: column.rule for column in from_json(found.columns)}["E-Mail"] is WriteRule.FILL
    assert Options.from_json(found.options) == Options("email", ("Fair",), blank=Blank.CLEAR)
    assert applied(flow, other, preset).matched == 4, "a second time changes nothing"
    assert Options.from_json(flow.get(other).options).tags == ("Fair",)


def test_a_field_goes_to_the_column_the_preset_knows(flow: Flow) -> None:
    preset = kept(flow)
    other = flow.bring("Mail privat;Gruppe;E-Mail\nada@example.org;VIP;\nkurt@example.org;VIP;\nole@example.org;VIP;")
    assert mapped(flow, other)["Mail privat"] == "email"
    applied(flow, other, preset)
    assert (mapped(flow, other)["Mail privat"], mapped(flow, other)["E-Mail"]) == (None, "email")


def test_a_preset_that_knows_no_column_changes_nothing(flow: Flow) -> None:
    preset = kept(flow, tags=("Fair",))
    other = flow.bring("First name;Last name\nAda;Byron")
    before = flow.get(other)
    assert applied(flow, other, preset).matched == 0
    assert (flow.get(other).columns, flow.get(other).options) == (before.columns, before.options)


def test_no_preset_is_put_on_an_import_that_has_gone_on(flow: Flow) -> None:
    preset = kept(flow)
    id_ = flow.checked(FILE, CHOSEN)
    flow.commit(id_)
    assert flow.state(id_) is ImportState.DONE
    with pytest.raises(Conflict):
        applied(flow, id_, preset)


def test_who_sees_a_preset(flow: Flow, alice: Actor, bob: Actor, charlie: Actor, victor: Actor) -> None:
    mine, ours = kept(flow, "Mine"), kept(flow, "Ours", shared=True)
    assert names(bob, Kind.OWN) == ["Mine", "Ours"]
    assert (names(alice, Kind.OWN), names(alice, Kind.SHARED)) == ([], ["Ours"])
    assert names(charlie, Kind.OWN) == names(charlie, Kind.SHARED) == [], "another branch"
    assert {"Mine", "Ours"} <= set(names(SYSTEM, Kind.SHARED)), "the command line"
    with pytest.raises(NotPermitted):
        names(victor, Kind.OWN)
    for actor, preset in ((alice, mine), (charlie, mine), (charlie, ours)):
        own = Flow(actor)
        with pytest.raises(NotFound):
            applied(own, own.bring(FILE), preset)
    assert applied(Flow(alice), Flow(alice).bring(FILE), ours).matched == 5


def test_who_changes_a_preset(flow: Flow, alice: Actor, bob: Actor, charlie: Actor) -> None:
    with database.transaction() as session:
        from tests.conftest import add_user

        carol = add_user(session, "carol", "staff")
    colleague = Actor(carol.id, "Carol", bob.permissions, bob.branch_ids, bob.branch_id)
    preset = kept(flow, shared=True)
    for stranger, error in ((colleague, NotPermitted), (charlie, NotFound)):
        with database.transaction() as session, pytest.raises(error):
            presets.remove(session, stranger, preset)
        with database.transaction() as session, pytest.raises(error):
            presets.rename(session, stranger, preset, "Hers")
    with database.transaction() as session:
        presets.rename(session, bob, preset, "messe")  # only its own name is in the way
        presets.rename(session, alice, preset, " Fair ")  # an administrator may
    assert names(bob, Kind.OWN) == ["Fair"]
    with database.transaction() as session:
        presets.remove(session, bob, preset)
    assert names(bob, Kind.OWN) == []
    with database.transaction() as session, pytest.raises(NotFound):
        presets.remove(session, bob, preset)


def test_every_change_is_in_the_audit_without_a_word_anybody_typed(flow: Flow, bob: Actor) -> None:
    preset = kept(flow, "Secret name", shared=True)
    with database.transaction() as session:
        presets.rename(session, bob, preset, "Other name")
        presets.remove(session, bob, preset)
    with database.reading() as session:
        entries = [entry for entry in session.exec(select(AuditEntry)).all() if entry.action.startswith("preset.")]
    assert [entry.action for entry in entries] == ["preset.saved", "preset.renamed", "preset.removed"]
    assert {entry.user_id for entry in entries} == {bob.user_id}
    assert "name" not in json.dumps([entry.data for entry in entries])


@pytest.mark.parametrize("name", ["", "   ", "x" * 101, "MESSE", "google contacts"])
def test_a_name_that_cannot_be_taken(flow: Flow, name: str) -> None:
    kept(flow, "Messe")
    with pytest.raises(Invalid) as refused:
        kept(flow, name)
    assert refused.value.field == "name"


def test_an_unknown_name_is_told_what_there_is(flow: Flow, bob: Actor) -> None:
    kept(flow, "Messe")
    with database.reading() as session:
        assert presets.named(session, bob, " google CONTACTS") == "google"
        with pytest.raises(Invalid, match=r"no preset “Nope”.*Messe, Amadeus, .*Thunderbird"):
            presets.named(session, bob, "Nope")


@pytest.mark.parametrize(
    ("file", "product"),
    [
        ("amadeus.csv", "amadeus"),
        ("brevo.csv", "brevo"),
        ("google-new.csv", "google"),
        ("google-old.csv", "google"),
        ("google-old-utf16.csv", "google"),
        ("hubspot.csv", "hubspot"),
        ("kwiga.csv", "kwiga"),
        ("mailchimp.csv", "mailchimp"),
        ("outlook-de.csv", "outlook"),
        ("outlook-en.csv", "outlook"),
        ("outlook-it.csv", "outlook"),
        ("outlook-pl.csv", "outlook"),
        ("pipedrive.csv", "pipedrive"),
        ("scuola-semplice.csv", "scuola-semplice"),
        ("thunderbird-de.csv", "thunderbird"),
        ("thunderbird-en.csv", "thunderbird"),
        ("apple-numbers.csv", None),  # headers as everybody writes them
        ("excel.xlsx", None),
        ("no-header.tsv", None),
    ],
)
def test_files_of_other_programs_are_recognised(flow: Flow, file: str, product: str | None) -> None:
    assert flow.get(bring_corpus(flow, file)).read_out["product"] == product


@pytest.mark.parametrize("key", shipped_presets.products())
def test_every_shipped_preset_names_fields_there_are(key: str) -> None:
    product = shipped_presets.products()[key]
    assert {wanted["target"] for wanted in product.columns.values()} <= {*TARGETS, None}
    known = {folded for folded, _ in product.known}
    assert set(product.columns) <= known and all(beside <= known for beside in product.unless.values())
    assert {name for name, wanted in product.columns.items() if wanted["target"] is None} <= set(product.reasons)
    assert all(marks <= known for marks in product.marks)


def test_what_is_wrong_or_silent_is_put_right(flow: Flow) -> None:
    google = flow.get(bring_corpus(flow, "google-old.csv"))
    columns = {column.header: column for column in from_json(google.columns)}
    assert (columns["Group Membership"].target, columns["Group Membership"].separator) == ("tags", ":::")
    assert columns["Phone 1 - Value"].target == "phone"
    assert columns["Phone 2 - Value"].target == "mobile", "its label says so in every row"
    kwiga = flow.get(bring_corpus(flow, "kwiga.csv"))
    assert kwiga.options["match_key"] == "email", "the address by which Kwiga itself tells contacts apart"
    assert mapped(flow, bring_corpus(flow, "brevo.csv"))["INTERESTS"] == "tags"
    assert mapped(flow, bring_corpus(flow, "mailchimp.csv"))["CONFIRM_TIME"] == "registered_at"


MAILCHIMP = "Email Address,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,LEID,EUID"
SIGNED_UP = [
    "a@example.org,2023-05-17 10:00:00,192.0.2.7,2023-05-17 10:05:00,1,1",
    "b@example.org,,,2024-01-01 00:00:00,2,2",
]


def ledger_of(flow: Flow, header: str, rows: list[str]) -> list[tuple[str, str, str]]:
    """What the import of a file as it was put right writes about consents."""
    id_ = flow.bring("\n".join([header, *rows]) + "\n")
    assert flow.work(steps.check, id_) is JobState.DONE
    flow.commit(id_)
    with database.reading() as session:
        found = session.exec(select(Consent).order_by(col(Consent.id))).all()
    return [(one.norm, one.state, f"{one.at:%Y-%m-%d}") for one in found]


def test_of_mailchimp_a_sign_up_with_its_date_counts_and_being_added_does_not(flow: Flow) -> None:
    assert ledger_of(flow, MAILCHIMP, SIGNED_UP) == [("a@example.org", "imported", "2023-05-17")]


@pytest.mark.parametrize("left", ["UNSUB_TIME", "CLEAN_TIME"])
def test_of_mailchimp_who_left_stays_out_and_nobody_beside_them_is_signed_up(flow: Flow, left: str) -> None:
    rows = [f"{SIGNED_UP[0]},2024-02-03 12:00:00", f"{SIGNED_UP[1]},"]
    assert ledger_of(flow, f"{MAILCHIMP},{left}", rows) == [("a@example.org", "revoked", "2024-02-03")]


@pytest.mark.parametrize(
    ("header", "rows", "left"),
    [
        (
            "Record ID,Contact owner,Create Date,Email,Unsubscribed from all email",
            ["1,,2024-01-01,a@example.org,true", "2,,2024-01-01,b@example.org,false", "3,,2024-01-01,c@example.org,"],
            "a@example.org",
        ),
        (
            "Person - Name,Person - Owner,Person - Person created,Person - Email - Work,Person - Marketing status",
            [
                "Ada,,2024-01-01,a@example.org,Subscribed",
                "Bea,,2024-01-01,b@example.org,Unsubscribed",
                "Cleo,,2024-01-01,c@example.org,No consent",
            ],
            "b@example.org",
        ),
        (
            "Account Name,Mailing Street,Mailing Zip/Postal Code,Email,Email Opt Out",
            ["A,,,a@example.org,0", "B,,,b@example.org,1"],
            "b@example.org",
        ),
    ],
)
def test_of_other_programs_only_leaving_is_taken_over(flow: Flow, header: str, rows: list[str], left: str) -> None:
    assert [(norm, state) for norm, state, _ in ledger_of(flow, header, rows)] == [(left, "revoked")]


@pytest.mark.parametrize(
    ("header", "cells", "column", "why"),
    [
        ("CONTACT ID,EMAIL,ADDED_TIME,MODIFIED_TIME,OPT_IN", "1,a@example.org,2024-01-01,2024-01-01,yes", 4, "no_date"),
        (
            "Record ID,Contact owner,Create Date,Marketing contact status",
            "1,,2024-01-01,Marketing contact",
            3,
            "billed",
        ),
        (f"{MAILCHIMP},UNSUB_TIME", f"{SIGNED_UP[0]},2024-02-03", 1, None),
    ],
)
def test_what_is_no_proof_of_consent_stays_out_and_says_why(
    flow: Flow, header: str, cells: str, column: int, why: str | None
) -> None:
    suggestion = flow.get(flow.bring(f"{header}\n{cells}\n")).read_out["suggestions"][column]
    reason = str(shipped_presets.WHY[why]) if why else "Another column of this file says who left, and that counts."
    assert (suggestion["target"], str(Text.from_json(suggestion["reason"]))) == (None, reason)


def test_a_phone_that_is_always_mobile_leaves_its_place_to_the_next(flow: Flow) -> None:
    rows = (CORPORA / "google-new.csv").read_text("utf-8-sig")
    swapped = rows.replace("Phone 1", "Phone X").replace("Phone 2", "Phone 1").replace("Phone X", "Phone 2")
    assert mapped(flow, flow.bring(swapped))["Phone 1 - Value"] == "mobile"
    assert mapped(flow, flow.bring(swapped))["Phone 2 - Value"] == "phone"


def test_cells_that_say_otherwise_are_not_put_right(flow: Flow) -> None:
    rows = "LEID,EUID,OPTIN_TIME,Email Address\n" + "\n".join(f"{n},{n},soon {n},a{n}@example.org" for n in range(4))
    assert mapped(flow, flow.bring(rows))["OPTIN_TIME"] is None


def test_a_salesforce_report_gives_the_contact_its_own_owner(flow: Flow) -> None:
    text = "Contact Owner,Account Owner,Account Name,Mailing Street,Mailing Zip/Postal Code\nA B,C D,E,F,1\n"
    assert mapped(flow, flow.bring(text))["Contact Owner"] == "owner"


def test_a_shipped_preset_is_chosen_by_hand(flow: Flow) -> None:
    rows = "\n".join(f"Ada{n},a{n}@example.org,Potencjalny,x" for n in range(4))
    id_ = flow.bring("Imię,Email,Status,Dział\n" + rows)
    assert mapped(flow, id_)["Status"] == "status"
    result = applied(flow, id_, "smartcrm")
    assert (result.name, result.matched, mapped(flow, id_)["Status"]) == ("SmartCRM", 3, "lifecycle")
    with pytest.raises(NotFound):
        applied(flow, id_, "nope")


@pytest.mark.parametrize(
    ("file", "preset", "key"),
    [
        ("amadeus.csv", "amadeus", "external_id"),
        ("brevo.csv", "brevo", "email"),
        ("outlook-de.csv", "outlook", "email"),
    ],
)
def test_a_shipped_preset_says_by_what_rows_find_contacts(flow: Flow, file: str, preset: str, key: str) -> None:
    id_ = bring_corpus(flow, file)
    before = flow.get(id_)
    assert before.options["match_key"] == key
    result = applied(flow, id_, preset)
    assert result.matched == result.columns
    assert (flow.get(id_).columns, flow.get(id_).options) == (before.columns, before.options), (
        "it was put right already"
    )


def test_a_shipped_preset_goes_back_behind_what_is_remembered(flow: Flow) -> None:
    rows = "\n".join(f"{n},Ada,Byron,a{n}@example.org,03{n} 901820,x,1990-01-0{n + 1}" for n in range(4))
    text = "ID,Name,Surname,Email,Phone,Comment,Date of birth\n" + rows
    flow.commit(flow.checked(text, {"Surname": "last_name", "Email": "notes"}))
    id_ = flow.bring(text)
    assert mapped(flow, id_)["Email"] == "notes"
    applied(flow, id_, "kwiga")
    assert (mapped(flow, id_)["Email"], flow.get(id_).options["match_key"]) == ("email", "email")


def test_tags_in_quotes_are_tags_without_quotes() -> None:
    from crm_app.services.fields.vocabulary import split_tags

    assert split_tags('"Customer","Big, bad"') == ["Customer", "Big, bad"]
    assert split_tags('the "best", others') == ['the "best"', "others"]
