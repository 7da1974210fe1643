"""T25: who is suppressed gets no message, whichever way the address came in again."""

from collections.abc import Callable
from pathlib import Path

import pytest

from crm_app.models import Channel, LeftOut, MessageState, MessageTemplate, SuppressionReason
from crm_app.services import backup, database, form_answers, intake, restoring, startup
from crm_app.services.actor import Actor
from crm_app.services.consent import suppression
from crm_app.services.contacts import cards
from crm_app.services.contacts.filter import ContactFilter
from crm_app.services.duplicates import merging
from crm_app.services.imports import direct
from crm_app.services.imports.choice import Wish
from crm_app.services.intake import Arrival
from crm_app.services.messages import sending, templates
from tests.services.messages.conftest import MAIL
from tests.services.messages.mailbox import Mailbox
from tests.services.messages.test_campaigns import made, prepared, start

pytestmark = pytest.mark.sqlite_only
COUNT = 1_000
SPELLINGS: tuple[Callable[[str], str], ...] = (
    lambda plain: plain,
    str.upper,
    lambda plain: f"  {plain} ",
    lambda plain: f"mailto:{plain}",
    lambda plain: f"<{plain}>",
    lambda plain: plain.title(),
)


def spelled(n: int) -> str:
    return SPELLINGS[n % len(SPELLINGS)](f"p{n}@example.org")


def silent(*_: object) -> None: ...


@pytest.fixture
def service(alice: Actor, newsletter: MessageTemplate) -> MessageTemplate:
    """A message that asks nobody for consent: suppression alone stands in its way."""
    with database.transaction() as session:
        return templates.change(session, alice, newsletter.id or 0, name="Rooms", is_newsletter=False)


def suppressed() -> None:
    with database.transaction() as session:
        addresses = [(MAIL, f"p{n}@example.org") for n in range(COUNT)]
        suppression.add(session, addresses, SuppressionReason.REVOKED)


def nobody_gets_it(alice: Actor, service: MessageTemplate, box: Mailbox, reached: int) -> None:
    """`reached` contacts are left out because of it, one that never said no gets the message."""
    campaign = made(alice, service, ContactFilter())
    found = prepared(alice, campaign)
    assert found.left_out == {LeftOut.SUPPRESSED: reached} and found.of(MessageState.PLANNED) == 1
    start(alice, campaign)
    sending.send_due()
    assert set(box.addresses) == {"well@example.org"}


def test_after_import_overwriting_merge_program_and_form(
    alice: Actor, service: MessageTemplate, box: Mailbox, tmp_path: Path
) -> None:
    suppressed()
    path = tmp_path / "people.csv"
    rows = [f"N{n},{spelled(n)}" for n in range(400)]
    path.write_text("\n".join(["first_name,email", *rows, "Well,well@example.org"]) + "\n")
    direct.run(path, Wish(), on_progress=silent, confirm=lambda _: True)
    with database.transaction() as session:
        for n in range(400, 600):  # an address overwritten by hand
            contact = cards.create(session, alice, {"first_name": f"N{n}", "email": f"other{n}@example.org"})
            cards.change(session, alice, contact, {"email": spelled(n)})
        for n in range(600, 800):
            intake.take(session, alice, Arrival({"first_name": f"N{n}", "email": spelled(n)}, "shop"))
        for n in range(800, 990):
            form_answers.take(session, alice, "Trial", {"first_name": f"N{n}", "email": spelled(n)}, [])
        for n in range(990, COUNT):  # the address comes along with the contact that goes
            kept = cards.create(session, alice, {"first_name": f"N{n}"})
            gone = cards.create(session, alice, {"first_name": f"N{n}", "email": spelled(n)})
            merging.merge(session, alice, kept.number, [gone.number])
    nobody_gets_it(alice, service, box, COUNT)


def test_after_an_old_backup_is_put_back(alice: Actor, service: MessageTemplate, box: Mailbox, db: Path) -> None:
    with database.transaction() as session:
        for n in range(100):
            cards.create(session, alice, {"first_name": f"N{n}", "email": spelled(n)})
        cards.create(session, alice, {"first_name": "Well", "email": "well@example.org"})
    saved = backup.create(database.engine(), target=db.parent / "saved.sqlite")
    suppressed()
    restoring.restore(database.engine(), saved)
    database.dispose()
    startup.prepare()
    nobody_gets_it(alice, service, box, 100)


def test_an_import_that_vouches_for_them_changes_nothing(
    alice: Actor, service: MessageTemplate, box: Mailbox, tmp_path: Path
) -> None:
    suppressed()
    path = tmp_path / "people.csv"
    rows = [f"N{n},{spelled(n)},yes,2026-01-02" for n in range(100)]
    header = "first_name,email,consent_email,consent_date"
    path.write_text("\n".join([header, *rows, "Well,well@example.org,,"]) + "\n")
    direct.run(path, Wish(), on_progress=silent, confirm=lambda _: True)
    nobody_gets_it(alice, service, box, 100)
    with database.reading() as session:
        assert suppression.is_suppressed(session, Channel.EMAIL, "p1@example.org")
