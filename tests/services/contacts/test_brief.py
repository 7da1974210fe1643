from crm_app.models import Channel, ConsentState
from crm_app.services import comments, database
from crm_app.services.actor import Actor
from crm_app.services.consent import ledger
from crm_app.services.contacts import brief, cards


def test_it_says_since_when_how_often_and_what_was_agreed_to(bob: Actor, alice: Actor) -> None:
    with database.transaction() as session:
        contact = cards.create(session, bob, {"first_name": "Ada", "email": "Ada@Example.org"})
        found = brief.of(session, contact)
        assert (found.since, found.is_registered, found.touches) == (contact.created_at, False, 0)
        assert found.consents == {Channel.EMAIL: ConsentState.NONE} and found.last is not None
        for written in ("Called", "Called again", "Mistake"):
            last = comments.add(session, bob, contact, written)
        comments.delete(session, bob, contact, last.id or 0)
        ledger.record(session, alice, Channel.EMAIL, "ada@example.org", ConsentState.REVOKED)
        found = brief.of(session, contact)
    assert found.touches == 2 and found.consents == {Channel.EMAIL: ConsentState.REVOKED}
