"""A backup is put back: what left is not sent again, and the way out of it goes on working."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlmodel import select

from crm_app.models import CampaignState, ConsentState, Message, MessageState, MessageTemplate
from crm_app.services import backup, database, restoring, startup
from crm_app.services.actor import Actor
from crm_app.services.consent import ledger, links
from crm_app.services.contacts import cards
from crm_app.services.messages import campaigns, sending, singles
from tests.services.messages.conftest import MAIL, agree
from tests.services.messages.mailbox import Mailbox
from tests.services.messages.test_campaigns import made, prepared, start, state

pytestmark = pytest.mark.sqlite_only
Add = Callable[..., int]


@pytest.fixture
def campaign(add: Add, bob: Actor, alice: Actor, newsletter: MessageTemplate) -> int:
    """Begun, and a message by hand beside it; nothing left yet."""
    for name in ("ada", "ben"):
        number = add(first_name=name.title(), email=f"{name}@example.org")
        agree(f"{name}@example.org")
    with database.transaction() as session:
        singles.write(session, bob, cards.get(session, bob, number), subject="Lesson", body="See you.")
    id_ = made(alice, newsletter)
    prepared(alice, id_)
    start(alice, id_)
    return id_


def restored(path: Path) -> list[str]:
    done = restoring.restore(database.engine(), path)
    database.dispose()
    startup.prepare()
    return [str(note) for note in done.notes]


def states() -> set[str]:
    with database.reading() as session:
        return set(session.exec(select(Message.state)).all())


def test_what_left_since_is_not_sent_again_and_its_way_out_works(
    campaign: int, alice: Actor, box: Mailbox, db: Path
) -> None:
    saved = backup.create(database.engine(), target=db.parent / "saved.sqlite")
    assert sending.send_due().sent == 3
    way_out = str(box.mails[-1][1]["List-Unsubscribe"]).strip("<>").rpartition("/")[2]
    left = box.mails[-1][0]
    notes = restored(saved)
    assert states() == {MessageState.SENT} and state(campaign) == CampaignState.PAUSED
    assert any("campaign waits" in note for note in notes)
    with database.transaction() as session:
        campaigns.go_on(session, alice, campaign)
    assert sending.send_due().sent == 0 and len(box.mails) == 3
    with database.transaction() as session:
        links.opt_out(session, way_out, ip="")
    with database.reading() as session:
        assert ledger.state_of(session, MAIL, left) is ConsentState.REVOKED


def test_what_still_waited_goes_out_and_campaigns_wait_for_somebody(
    campaign: int, alice: Actor, box: Mailbox, db: Path
) -> None:
    saved = backup.create(database.engine(), target=db.parent / "saved.sqlite")
    restored(saved)
    assert sending.send_due().sent == 1
    with database.transaction() as session:
        campaigns.go_on(session, alice, campaign)
    assert sending.send_due().sent == 2


def test_when_nobody_can_be_asked_what_waited_is_uncertain(campaign: int, box: Mailbox, db: Path) -> None:
    saved = backup.create(database.engine(), target=db.parent / "saved.sqlite")
    sending.send_due()
    database.dispose()
    for file in db.glob("crm.sqlite*"):
        file.write_bytes(b"no database" * 1000) if file.name == "crm.sqlite" else file.unlink()
    notes = restored(saved)
    assert states() == {MessageState.UNCERTAIN} and sending.send_due().sent == 0
    assert any("3 messages may have gone out" in note for note in notes)
