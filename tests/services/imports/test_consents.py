"""Consent columns of files: they may add "imported" or lower, never more, whatever way the rows take."""

import csv
import io
import json
import random
import sqlite3
import unicodedata
from typing import Any

import pytest
from sqlmodel import Session, col, func, select

from crm_app.models import (
    AuditEntry,
    Channel,
    Consent,
    ConsentSource,
    ConsentState,
    Contact,
    ContactPoint,
    JobState,
    Suppression,
    SuppressionReason,
)
from crm_app.services import database
from crm_app.services.actor import SYSTEM, Actor
from crm_app.services.consent import ledger, suppression
from crm_app.services.imports import edits, steps, undo
from crm_app.services.imports.columns import InFile
from crm_app.services.imports.suppressed_rows import ERASED, SUPPRESSED
from tests.services.imports.conftest import Flow, add_contact

MAIL = Channel.EMAIL
NONE, IMPORTED, SENT, CONFIRMED, REVOKED = ConsentState


def by_form(state: ConsentState, address: str, channel: Channel = MAIL) -> None:
    with database.transaction() as session:
        ledger.record(session, SYSTEM, channel, address, state, source=ConsentSource.FORM)


def state(address: str, channel: Channel = MAIL) -> ConsentState:
    with database.reading() as session:
        return ledger.state_of(session, channel, address)


def entries(session: Session) -> list[tuple[Any, ...]]:
    session.rollback()
    found = session.exec(select(Consent).order_by(col(Consent.id))).all()
    return [(one.norm, one.state) for one in found]


def test_a_yes_is_imported_with_date_and_source(flow: Flow, bob: Actor, session: Session) -> None:
    id_ = flow.checked(
        "first_name,email,consent_email,consent_date\n"
        "Ada,Ada@Example.org,yes,2023-05-17 10:00\n"
        "Bea,bea@example.org,Subscribed,\n"
        "Cleo,cleo@example.org,,2023-05-17\n"
        "Dora,dora@example.org,04.03.2022,\n"
        "Ewa,ewa@example.org,pending,\n"
    )
    shown = [row.changes for row in flow.rows(id_)]
    changed = {"consent_email": ("no consent", "consent imported")}
    assert shown == [changed, changed, {}, changed, {}]
    assert flow.commit(id_) == {"create": 5}
    assert flow.get(id_).replanned == 0
    rows = session.exec(select(Consent).order_by(col(Consent.id))).all()
    assert [(row.address, row.norm, row.import_row) for row in rows] == [
        ("Ada@Example.org", "ada@example.org", 2),
        ("bea@example.org", "bea@example.org", 3),
        ("dora@example.org", "dora@example.org", 5),
    ]
    first, second, third = rows
    assert (first.state, first.source, first.source_name) == (IMPORTED, ConsentSource.IMPORT, "people.csv")
    assert (first.user_id, first.import_id, first.contact_number) == (bob.user_id, id_, 1)
    assert first.at.isoformat() == "2023-05-17T08:00:00+00:00", "of the installation's time zone"
    assert second.at == second.recorded_at
    assert third.at.isoformat() == "2022-03-03T23:00:00+00:00"
    with database.reading() as reading:
        assert not ledger.is_mailable(reading, MAIL, "ada@example.org")


def test_a_no_lowers_and_suppresses(flow: Flow, session: Session) -> None:
    for name in ("ada", "bea"):
        by_form(CONFIRMED, f"{name}@example.org")
    done = flow.done(
        "first_name,email,consent_email\nAda,ada@example.org,no\nBea,bea@example.org,Cleaned\nCleo,c@example.org,0\n"
    )
    assert done == {"create": 3}
    assert {state(f"{name}@example.org") for name in ("ada", "bea", "c")} == {REVOKED}
    assert session.exec(select(func.count()).select_from(Suppression)).one() == 3


@pytest.mark.parametrize("before", [SENT, CONFIRMED, REVOKED])
def test_a_yes_changes_nothing_where_more_stands(flow: Flow, session: Session, before: ConsentState) -> None:
    by_form(before, "ada@example.org")
    id_ = flow.checked("first_name,email,consent_email\nAda, ADA@example.org,yes\n")
    assert flow.rows(id_)[0].changes == {}
    flow.commit(id_)
    assert state("ada@example.org") is before
    assert len(entries(session)) == 1


def test_an_opt_out_column_only_ever_lowers(flow: Flow, session: Session) -> None:
    by_form(CONFIRMED, "ada@example.org")
    id_ = flow.checked(
        "first_name,email,opt_out_email\nAda,ada@example.org,no\nBea,bea@example.org,\n"
        "Cleo,cleo@example.org,TRUE\nDora,dora@example.org,2024-01-31\n"
    )
    flow.commit(id_)
    assert entries(session)[1:] == [("cleo@example.org", REVOKED), ("dora@example.org", REVOKED)]
    assert state("ada@example.org") is CONFIRMED


def test_an_opt_out_beats_an_opt_in_of_the_same_row(flow: Flow) -> None:
    flow.done("first_name,email,consent_email,opt_out_email\nAda,ada@example.org,yes,yes\n")
    assert state("ada@example.org") is REVOKED


def test_sms_and_calls_are_channels_of_their_own(flow: Flow, session: Session) -> None:
    flow.done(
        "first_name,phone,mobile,consent_sms,opt_out_phone\n"
        "Ada,030 1234567,0170 9876543,yes,\nBea,030 7654321,0170 1111111,,yes\n"
    )
    found = session.exec(select(Consent).order_by(col(Consent.id))).all()
    assert [(row.channel, row.norm, row.state) for row in found] == [
        ("sms", "+491709876543", IMPORTED),
        ("phone", "+49307654321", REVOKED),
        ("phone", "+491701111111", REVOKED),
    ]


def test_nonsense_waits_as_any_bad_cell(flow: Flow, session: Session) -> None:
    content = "first_name,email,consent_email\nAda,ada@example.org,perhaps\n"
    assert flow.done(content) == {"invalid": 1}
    assert flow.done(content, take_rows_without_bad_cells=True) == {"create": 1}
    assert entries(session) == []


def test_the_same_file_adds_no_second_row_and_leaves_the_contact_alone(flow: Flow, session: Session) -> None:
    content = "first_name,email,consent_email\nAda,ada@example.org,yes\nBea,bea@example.org,no\n"
    assert flow.done(content) == {"create": 2}
    before = entries(session)
    id_ = flow.checked(content)
    assert [row.changes for row in flow.rows(id_)] == [{}, {}]
    assert flow.commit(id_) == {"unchanged": 2}
    assert entries(session) == before


def test_a_known_contact_stays_as_it_is_when_only_its_consent_changes(flow: Flow, session: Session) -> None:
    add_contact(first_name="Ada", email="ada@example.org")
    id_ = flow.checked("first_name,email,consent_email\nAda,ada@example.org,yes\n")
    row = flow.rows(id_)[0]
    assert (row.outcome, str(row.reason)) == ("unchanged", "The contact stays as it is; its consent changes.")
    flow.commit(id_)
    contact = session.exec(select(Contact)).one()
    assert contact.version == 1 and state("ada@example.org") is IMPORTED


def test_leaving_is_understood_without_an_address_signing_up_is_not(flow: Flow, session: Session) -> None:
    for n, name in enumerate(("ada", "bea"), 1):
        add_contact(first_name=name, email=f"{name}@example.org", external_id=str(n))
    flow.done("external_id,email,consent_email\n1,,yes\n2,,no\n")
    assert entries(session) == [("bea@example.org", REVOKED)]
    flow.done("external_id,consent_email\n1,yes\n2,yes\n")
    assert entries(session) == [("bea@example.org", REVOKED), ("ada@example.org", IMPORTED)]


@pytest.mark.parametrize("in_file", InFile)
@pytest.mark.parametrize("order", [("yes", "no"), ("no", "yes"), ("", "no")])
def test_no_opt_out_is_lost_among_doubles(
    flow: Flow, session: Session, in_file: InFile, order: tuple[str, str]
) -> None:
    first, second = order
    content = f"first_name,email,consent_email\nAda,ada@example.org,{first}\nAda,ADA@example.org,{second}\n"
    id_ = flow.checked(content, in_file=in_file)
    shown = {row.row: row.changes for row in flow.rows(id_) if row.changes}
    assert len(shown) == 1
    assert flow.commit(id_) == {"create": 1, "skip": 1}
    assert flow.get(id_).replanned == 0
    assert state("ada@example.org") is REVOKED


def test_two_contacts_of_one_address_in_one_file(flow: Flow, session: Session) -> None:
    content = "external_id,first_name,email,consent_email\n1,Ada,home@example.org,no\n2,Bea,home@example.org,yes\n"
    id_ = flow.checked(content)
    flow.commit(id_)
    assert flow.get(id_).replanned == 0
    assert entries(session) == [("home@example.org", REVOKED)]


def test_what_happened_since_the_check_counts(flow: Flow, session: Session) -> None:
    id_ = flow.checked("first_name,email,consent_email\nAda,ada@example.org,yes\nBea,bea@example.org,yes\n")
    by_form(REVOKED, "ada@example.org")
    with database.transaction() as writing:
        suppression.add(writing, [(MAIL, "bea@example.org")], SuppressionReason.ERASED)
    assert flow.commit(id_) == {"create": 1, "skip": 1}
    assert flow.get(id_).replanned == 2
    assert entries(session) == [("ada@example.org", REVOKED)]
    assert [contact.first_name for contact in session.exec(select(Contact)).all()] == ["Ada"]
    assert flow.rows(id_)[1].reason == ERASED


def test_a_column_named_consent_does_nothing_by_itself(flow: Flow, session: Session) -> None:
    header = "first_name,email,consent,consent_email,Consent,opt_in_state,consent_ip\n"
    id_ = flow.bring(header + "".join(f"Ada,a{n}@example.org,confirmed,,confirmed,confirmed,::1\n" for n in range(5)))
    found = flow.get(id_).columns
    assert [column["target"] for column in found] == ["first_name", "email", None, None, None, None, None]
    assert flow.work(steps.check, id_) is JobState.DONE
    flow.commit(id_)
    assert entries(session) == []


def test_a_column_whose_header_and_cells_say_so_is_suggested(flow: Flow) -> None:
    rows = "".join(f"a{n}@example.org,{'no' if n else 'yes'},\n" for n in range(9))
    id_ = flow.bring("E-Mail,Newsletter-Einwilligung,Opt-out\n" + rows)
    assert [column["target"] for column in flow.get(id_).columns] == ["email", "consent_email", None]


@pytest.mark.parametrize("cell", ["confirmed", "yes", "sent", "opted in", "double opt-in", "2020-01-01"])
def test_no_cell_raises_past_imported(flow: Flow, session: Session, cell: str) -> None:
    flow.done(f"first_name,email,consent_email\nAda,ada@example.org,{cell}\n", take_rows_without_bad_cells=True)
    assert {found for _, found in entries(session)} <= {IMPORTED}


def test_one_audit_entry_with_counts(flow: Flow, session: Session, bob: Actor) -> None:
    rows = "".join(f"P{n},p{n}@example.org,{'no' if n % 3 == 0 else 'yes'}\n" for n in range(300))
    flow.done("first_name,email,consent_email\n" + rows)
    entry = session.exec(select(AuditEntry).where(col(AuditEntry.action).startswith("consent"))).one()
    assert entry.action == "consent.import" and entry.user_id == bob.user_id
    assert (entry.data["imported"], entry.data["revoked"]) == (200, 100)


def test_undo_leaves_consent_lowered_and_the_ledger_as_it_is(flow: Flow, session: Session) -> None:
    by_form(CONFIRMED, "ada@example.org")
    content = "first_name,email,consent_email\nAda,ada@example.org,no\nBea,bea@example.org,yes\n"
    id_ = flow.checked(content)
    flow.commit(id_)
    before = entries(session)
    assert undo.preview(session, flow.actor, id_).lowered == 1, "said before"
    assert flow.work(steps.undo, id_) is JobState.DONE
    assert flow.get(id_).undo_counts == {"reversed": 2, "kept": 0, "impossible": 0}
    session.rollback()
    plan = undo.preview(session, flow.actor, id_)
    assert (plan.is_done, plan.lowered) == (True, 1), "and after"
    assert session.exec(select(Contact)).all() == []
    assert entries(session) == before and state("ada@example.org") is REVOKED
    flow.done(content)  # once more: nothing rises again
    assert entries(session) == before


def test_an_undo_speaks_only_of_consents_its_own_import_lowered(flow: Flow, session: Session) -> None:
    flow.done("first_name,email,consent_email\nAda,ada@example.org,no\n")
    id_ = flow.checked("first_name,email,consent_email\nAda,ada@example.org,no\nBea,bea@example.org,yes\n")
    flow.commit(id_)
    assert undo.preview(session, flow.actor, id_).lowered == 0


def test_a_mended_cell_is_planned_with_all_it_hangs_on(flow: Flow, session: Session, bob: Actor) -> None:
    id_ = flow.checked("first_name,email,consent_email\nAda,ada@example.org,perhaps\nBea,ada@example.org,no\n")
    with database.transaction() as writing:
        edited = edits.change(writing, bob, id_, 2, 2, "yes")
    assert not edited.needs_check
    assert {row.row: row.changes for row in flow.rows(id_) if row.changes} == {
        2: {"consent_email": ("no consent", "consent imported")}
    }
    flow.commit(id_)
    assert flow.get(id_).replanned == 0
    assert state("ada@example.org") is REVOKED


def test_plans_of_before_go_on(flow: Flow, session: Session) -> None:
    """A plan made without a word of consents is still carried out."""
    id_ = flow.checked("first_name,email\nAda,ada@example.org\n")
    with sqlite3.connect(flow.folder(id_) / "plan.sqlite") as plan:
        layout = json.loads(plan.execute("SELECT value FROM meta WHERE key = 'layout'").fetchone()[0])
        del layout["consents"]
        plan.execute("UPDATE meta SET value = ? WHERE key = 'layout'", (json.dumps(layout),))
    assert flow.commit(id_) == {"create": 1}


def spelt(address: str, wild: random.Random) -> str:
    """One of the many ways in which files spell this address."""
    local, domain = address.split("@")
    ways = [
        lambda: f"{local.upper()}@{domain}",
        lambda: f"{local.title()}@{domain.upper()}",
        lambda: f"  {address}\t",
        lambda: f"mailto:{address}",
        lambda: f"Somebody <{address}>",
        lambda: f"<{address}>",
        lambda: f'"{address}"',
        lambda: f"{address}.",
        lambda: f"\u200b{address}\u00a0",
        lambda: unicodedata.normalize("NFD", address),
        lambda: f"{local}@{domain.encode('idna').decode()}",
        lambda: f"MAILTO:{unicodedata.normalize('NFD', local.upper())}@{domain.encode('idna').decode().upper()}",
        lambda: f"'{address}",
    ]
    return wild.choice(ways)()


ADDRESSES = [
    f"{name}{n}@{domain}"
    for n in range(50)
    for name in ("ada.l", "jürgen", "żaneta", "o_brien")
    for domain in (
        "example.org",
        "Mail.Example.com".lower(),
        "müller-söhne.example",
        "źródło.example",
        "sub.example.net",
    )
]


def csv_of(rows: list[tuple[str, ...]], header: str) -> str:
    out = io.StringIO()
    csv.writer(out).writerows([header.split(","), *rows])
    return out.getvalue()


def suppress_all(reason: SuppressionReason) -> None:
    with database.transaction() as session:
        for address in ADDRESSES:
            suppression.suppress(session, SYSTEM, MAIL, address, reason)


def test_a_thousand_suppressed_addresses_stay_so_in_any_spelling(flow: Flow, session: Session) -> None:
    """Insert, overwrite, doubles put together, undo: not one of them gets a consent or is written to."""
    assert len(set(ADDRESSES)) == 1_000
    suppress_all(SuppressionReason.REVOKED)
    wild = random.Random(7)
    header = "external_id,first_name,email,consent_email"
    for in_file in InFile:
        name = f"P {in_file}"
        rows = [(str(n), name, spelt(address, wild), "yes") for n, address in enumerate(ADDRESSES)]
        again = [(str(n), "", spelt(address, wild), "subscribed") for n, address in enumerate(ADDRESSES)]
        id_ = flow.checked(csv_of([*rows, *again], header), in_file=in_file)
        warned = {row.row for row in flow.rows(id_) if SUPPRESSED in [problem.message for problem in row.problems]}
        assert len(warned) == 1_000 and not any(row.changes.get("consent_email") for row in flow.rows(id_))
        counts = flow.commit(id_)
        assert counts["skip"] == 1_000 and "invalid" not in counts
        assert entries(session) == []
        assert session.exec(select(func.count()).select_from(ContactPoint)).one() == 1_000
    assert flow.work(steps.undo, id_) is JobState.DONE
    assert flow.get(id_).undo_counts["reversed"] == 1_000
    with database.reading() as reading:
        hits = sum(suppression.is_suppressed(reading, MAIL, spelt(address, wild)) for address in ADDRESSES)
        assert not any(ledger.is_mailable(reading, MAIL, address) for address in ADDRESSES)
    assert hits == 1_000
    assert entries(session) == []


@pytest.mark.parametrize("in_file", InFile)
def test_erased_people_do_not_come_back(flow: Flow, session: Session, in_file: InFile) -> None:
    suppress_all(SuppressionReason.ERASED)
    wild = random.Random(8)
    rows = [(f"P{n}", spelt(address, wild), "yes") for n, address in enumerate(ADDRESSES)]
    rows += [("Bea", "bea@example.org", "yes")]
    id_ = flow.checked(csv_of(rows, "first_name,email,consent_email"), in_file=in_file)
    assert {str(row.reason) for row in flow.rows(id_) if row.outcome == "skip"} == {str(ERASED)}
    assert flow.commit(id_) == {"create": 1, "skip": 1_000}
    assert [contact.first_name for contact in session.exec(select(Contact)).all()] == ["Bea"]
    assert entries(session) == [("bea@example.org", IMPORTED)]


def test_without_consent_columns_the_erased_stay_out_too(flow: Flow) -> None:
    with database.transaction() as session:
        suppression.add(
            session, [(MAIL, "ada@example.org"), (Channel.PHONE, "+491709876543")], SuppressionReason.ERASED
        )
    content = "first_name,email,phone\nAda,Ada@example.org,\nBea,,0170/9876543\nCleo,c@example.org,030 1234567\n"
    assert flow.done(content) == {"skip": 2, "create": 1}
