"""1,000 suppressed addresses in all spellings: never mailable after an import, an overwrite, and merges (T25)."""

import pytest
from sqlmodel import col, select

from crm_app.models import Channel, Consent, ConsentState, Contact, SuppressionReason
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.consent import card, ledger, suppression
from crm_app.services.contacts import listing
from crm_app.services.contacts.filter import ContactFilter
from crm_app.services.duplicates import merging
from crm_app.services.filters.tree import Condition, Group
from tests.services.imports.conftest import Flow, flow, inline  # noqa: F401  (fixtures)

HALF = 500
HEAD = "first_name,last_name,email,mobile,consent_email,consent_sms,consent_date\n"
MAILS = [f"jörg.{n}+shop@example.org" for n in range(HALF)]
PHONES = [f"+4917155{n:05}" for n in range(HALF)]


def spelled_mail(n: int) -> str:
    mail = MAILS[n]
    return (mail.upper(), f"  {mail} ", f"mailto:{mail}", f'"Jo Doe <{mail}>"', mail.replace("ö", "o\u0308"))[n % 5]


def spelled_phone(n: int) -> str:
    tail = f"{n:05}"
    return (f"0171 55{tail}", f"+49 171 / 55-{tail}", f"0049 (171) 55 {tail}", f"0171.55.{tail}", f"+4917155{tail}")[
        n % 5
    ]


def rows(first_name: str) -> str:
    mails = [f"{first_name},M{n},{spelled_mail(n)},,yes,,2020-01-01\n" for n in range(HALF)]
    phones = [f"{first_name},P{n},,{spelled_phone(n)},,yes,2020-01-01\n" for n in range(HALF)]
    return HEAD + "".join(mails + phones)


@pytest.fixture
def suppressed(alice: Actor) -> None:
    """Half of the addresses by a revocation in the ledger, half by the hash alone."""
    with database.transaction() as session:
        both = [(Channel.EMAIL, mail) for mail in MAILS], [(Channel.SMS, phone) for phone in PHONES]
        for addresses in both:
            for channel, address in addresses[::2]:
                ledger.record(session, alice, channel, address, ConsentState.REVOKED)
            suppression.add(session, addresses[1::2], SuppressionReason.COMPLAINED)
        ledger.set_imported_mailable(session, alice, True)


def recognised(actor: Actor) -> int:
    """How many contacts have an address that is known as suppressed; nobody may be mailable in any way."""
    count = 0
    with database.reading() as session:
        for contact in session.exec(select(Contact)).all():
            lines = [one for one in card.lines(session, contact) if one.channel is not Channel.PHONE]
            assert lines and not any(one.is_mailable for one in lines), contact.last_name
            assert all(one.suppressed for one in lines), contact.last_name
            count += len(lines)
        asked = ContactFilter(inactive=True, where=Group(items=(Condition("mailable", "any", ("email", "sms")),)))
        assert listing.page(session, actor, asked).contacts == []
    return count


def test_they_stay_so_whatever_files_and_merges_do(suppressed: None, flow: Flow, alice: Actor) -> None:  # noqa: F811
    assert flow.done(rows("First"), match_key="email")["create"] == 2 * HALF
    assert recognised(alice) == 2 * HALF
    flow.done(rows("Second"), match_key="email")  # meets the mails, and makes the phones again
    with database.reading() as session:
        assert {one.first_name for one in session.exec(select(Contact).where(col(Contact.email).is_not(None)))} == {
            "Second"
        }
        assert session.exec(select(Consent).where(Consent.state == ConsentState.IMPORTED)).all() == []
    assert recognised(alice) == 3 * HALF
    with database.transaction() as session:
        numbers = list(session.exec(select(Contact.number).order_by(Contact.number)).all())
        for kept, other in zip(numbers[0:60:2], numbers[1:60:2], strict=True):
            merging.merge(session, alice, kept, [other])
    assert recognised(alice) >= 3 * HALF - 60
