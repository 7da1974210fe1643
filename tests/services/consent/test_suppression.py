"""Addresses that are never written to, known by keyed hashes; and the key, without which nothing is decided."""

import logging
from pathlib import Path

import pytest
from sqlmodel import func, select

from crm_app import settings
from crm_app.models import AuditEntry, Channel, SecretKey, Suppression, SuppressionReason
from crm_app.services import database, doctor, secret_key, startup
from crm_app.services.actor import Actor
from crm_app.services.consent import suppression
from crm_app.services.errors import Conflict, Invalid, NotPermitted

MAIL, PHONE = Channel.EMAIL, Channel.PHONE
BOUNCED, ERASED = SuppressionReason.BOUNCED, SuppressionReason.ERASED


def suppress(actor: Actor, address: str, reason: SuppressionReason = BOUNCED, channel: Channel = MAIL) -> None:
    with database.transaction() as session:
        suppression.suppress(session, actor, channel, address, reason)


def is_suppressed(address: str, channel: Channel = MAIL) -> bool:
    with database.reading() as session:
        return suppression.is_suppressed(session, channel, address)


def test_an_address_is_known_in_every_spelling_and_only_on_its_channel(alice: Actor) -> None:
    suppress(alice, "Ünal@example.org")
    suppress(alice, "0170 9876543", channel=PHONE)
    assert is_suppressed("mailto:u\u0308nal@EXAMPLE.org")
    assert is_suppressed("+49 (0)170 / 987-6543", PHONE)
    assert not is_suppressed("+49 170 9876543", Channel.SMS)
    assert not is_suppressed("unal@example.org")


def test_the_database_does_not_hold_the_address(alice: Actor) -> None:
    suppress(alice, "zoe@example.org")
    suppress(alice, "zoe@example.org")
    with database.reading() as session:
        row = session.exec(select(Suppression)).one()
        assert "zoe" not in row.hash and len(row.hash) == 64
        entries = session.exec(select(AuditEntry).where(AuditEntry.action == "suppression.add")).all()
        assert "zoe" not in str([entry.data for entry in entries])


def test_lifting_takes_the_right_and_one_reason_or_all(alice: Actor, bob: Actor) -> None:
    suppress(alice, "ada@example.org")
    suppress(alice, "ada@example.org", ERASED)
    with database.transaction() as session, pytest.raises(NotPermitted):
        suppression.lift(session, bob, MAIL, "ada@example.org")
    with database.transaction() as session:
        assert suppression.lift(session, alice, MAIL, "ADA@example.org", BOUNCED) == 1
    assert is_suppressed("ada@example.org")
    with database.transaction() as session:
        assert suppression.lift(session, alice, MAIL, "ada@example.org") == 1
        assert suppression.lift(session, alice, MAIL, "ada@example.org") == 0
    assert not is_suppressed("ada@example.org")


def test_nonsense_and_viewers_are_refused(alice: Actor, victor: Actor) -> None:
    with pytest.raises(Invalid):
        suppress(alice, "nonsense")
    with pytest.raises(NotPermitted):
        suppress(victor, "ada@example.org")


def test_the_key_lies_outside_and_only_its_owner_reads_it(alice: Actor, db: Path) -> None:
    assert not (db / "secret.key").exists()
    suppress(alice, "ada@example.org")
    path = settings.get().secret_key_path
    assert path == (db / "secret.key").absolute()
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(db.glob("secret.key*")) == [path]
    with database.reading() as session:
        assert session.exec(select(func.count()).select_from(SecretKey)).one() == 1


def test_the_key_may_lie_elsewhere(alice: Actor, db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_SECRET_KEY_FILE", str(db / "keys" / "crm.key"))
    settings.get.cache_clear()
    suppress(alice, "ada@example.org")
    assert (db / "keys" / "crm.key").is_file() and not (db / "secret.key").exists()


@pytest.mark.parametrize("spoilt", [None, "", "nonsense", "ab" * 32])
def test_without_the_right_key_nobody_counts_as_not_suppressed(alice: Actor, db: Path, spoilt: str | None) -> None:
    suppress(alice, "ada@example.org")
    path = db / "secret.key"
    kept = path.read_text()
    path.unlink()
    if spoilt is not None:
        path.write_text(spoilt)
    with pytest.raises(Conflict, match="secret key"):
        is_suppressed("ada@example.org")
    with pytest.raises(Conflict, match="secret key"):
        suppress(alice, "bea@example.org")
    assert (path.read_text() if path.exists() else None) == spoilt, "a key is never replaced"
    path.write_text(kept)
    assert is_suppressed("ada@example.org")


@pytest.mark.sqlite_only
def test_start_and_doctor_say_that_the_key_is_missing(alice: Actor, db: Path, caplog: pytest.LogCaptureFixture) -> None:
    (db).chmod(0o700)
    suppress(alice, "ada@example.org")
    assert all(finding.ok for finding in doctor.examine())
    (db / "secret.key").unlink()
    assert next(str(finding.message) for finding in doctor.examine() if not finding.ok).startswith("The secret key")
    with caplog.at_level(logging.ERROR):
        startup.prepare()
    assert "secret key" in caplog.text


def test_a_key_is_asked_for_only_when_there_is_something_to_know(db: Path) -> None:
    assert not is_suppressed("ada@example.org")
    assert not (db / "secret.key").exists()


def test_many_addresses_take_one_query(alice: Actor) -> None:
    addresses = [(MAIL, f"p{n}@example.org") for n in range(1_000)]
    with database.transaction() as session:
        suppression.add(session, addresses[:500], BOUNCED)
    with database.reading() as session:
        found = suppression.reasons(session, addresses)
        assert found == {address: {BOUNCED} for address in addresses[:500]}
        assert secret_key.problem(session) is None
