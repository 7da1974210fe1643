from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from crm_app.jobs.imports import run_job
from crm_app.locales import text
from crm_app.models import (
    Campaign,
    CampaignState,
    ConsentSource,
    ConsentState,
    Job,
    JobState,
    LeftOut,
    Lifecycle,
    MailServer,
    Message,
    MessageState,
    MessageTemplate,
    SuppressionReason,
    Tag,
)
from crm_app.models.base import now
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.consent import ledger, suppression
from crm_app.services.contacts import cards
from crm_app.services.contacts.filter import ContactFilter
from crm_app.services.errors import Conflict, Invalid, NotFound, NotPermitted
from crm_app.services.messages import campaigns, outbox, sending, templates
from tests.services.messages.conftest import MAIL, agree, leave
from tests.services.messages.mailbox import Mailbox

Add = Callable[..., int]
EVERYBODY = ContactFilter()


def made(actor: Actor, template: MessageTemplate, wanted: ContactFilter = EVERYBODY, group: int | None = None) -> int:
    with database.transaction() as session:
        campaign = campaigns.make(session, actor, "Summer", wanted)
        campaigns.change(session, actor, campaign.id or 0, name="Summer", template_id=template.id, group_id=group)
        return campaign.id or 0


def prepared(actor: Actor, campaign_id: int) -> campaigns.Counts:
    with database.transaction() as session:
        job = campaigns.prepare(session, actor, campaign_id)
    run_job(job.id or 0)
    with database.reading() as session:
        assert session.get_one(Job, job.id).state == JobState.DONE
        return campaigns.counts(session, campaign_id)


def start(actor: Actor, campaign_id: int) -> None:
    with database.transaction() as session:
        campaigns.start(session, actor, campaign_id)


def state(campaign_id: int) -> str:
    with database.reading() as session:
        return session.get_one(Campaign, campaign_id).state


@pytest.fixture
def people(add: Add, bob: Actor) -> dict[str, int]:
    """One contact for each reason there is."""
    numbers = {
        name: add(first_name=name.title(), email=f"{name}@example.org")
        for name in ("willing", "silent", "left", "bounced", "inactive")
    }
    numbers["twin"] = add(first_name="Twin", email="WILLING@example.org")
    numbers["mute"] = add(first_name="Mute", phone="030 123456")
    for name in ("willing", "left", "bounced", "inactive"):
        agree(f"{name}@example.org")
    leave("left@example.org")
    with database.transaction() as session:
        suppression.add(session, [(MAIL, "bounced@example.org")], SuppressionReason.BOUNCED)
        cards.deactivate(session, bob, cards.get(session, bob, numbers["inactive"]))
    return numbers


def test_who_gets_it_and_who_not_and_why_is_known_before(
    people: dict[str, int], alice: Actor, newsletter: MessageTemplate
) -> None:
    found = prepared(alice, made(alice, newsletter))
    assert found.by_state == {MessageState.PLANNED: 1, MessageState.LEFT_OUT: 6}
    assert found.left_out == {
        LeftOut.NO_CONSENT: 1,
        LeftOut.SUPPRESSED: 2,
        LeftOut.INACTIVE: 1,
        LeftOut.SAME_ADDRESS: 1,
        LeftOut.NO_ADDRESS: 1,
    }


def test_a_service_message_asks_for_no_consent_and_still_respects_suppression(
    people: dict[str, int], alice: Actor, newsletter: MessageTemplate
) -> None:
    with database.transaction() as session:
        templates.change(session, alice, newsletter.id or 0, name="Rooms", is_newsletter=False)
    found = prepared(alice, made(alice, newsletter))
    assert found.by_state[MessageState.PLANNED] == 2 and LeftOut.NO_CONSENT not in found.left_out


def test_exactly_these_go_out_each_in_its_language_with_a_way_out(
    people: dict[str, int], add: Add, alice: Actor, newsletter: MessageTemplate, box: Mailbox
) -> None:
    add(first_name="Jörg", email="joerg@example.org", language="de")
    agree("joerg@example.org")
    id_ = made(alice, newsletter)
    prepared(alice, id_)
    add(first_name="Late", email="late@example.org")
    agree("late@example.org")
    start(alice, id_)
    assert sending.send_due().sent == 2
    assert {to: str(mail["Subject"]) for to, mail in box.mails} == {
        "willing@example.org": "Summer, Willing",
        "joerg@example.org": "Sommer, Jörg",
    }
    for _, mail in box.mails:
        link = str(mail["List-Unsubscribe"])
        assert link.startswith("<http") and "/unsubscribe/" in link
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        for part in (mail.get_body(("plain",)), mail.get_body(("html",))):
            assert part is not None and link.strip("<>") in part.get_content()
    assert state(id_) == CampaignState.DONE


def test_who_leaves_after_it_was_prepared_gets_nothing(
    add: Add, bob: Actor, alice: Actor, newsletter: MessageTemplate, box: Mailbox
) -> None:
    for name in ("stays", "leaves", "sleeps"):
        number = add(first_name=name, email=f"{name}@example.org")
        agree(f"{name}@example.org")
    id_ = made(alice, newsletter)
    assert prepared(alice, id_).of(MessageState.PLANNED) == 3
    leave("Leaves@example.org")
    with database.transaction() as session:
        cards.deactivate(session, bob, cards.get(session, bob, number))
    start(alice, id_)
    sending.send_due()
    assert box.addresses == ["stays@example.org"]
    with database.reading() as session:
        assert campaigns.counts(session, id_).left_out == {LeftOut.SUPPRESSED: 1, LeftOut.INACTIVE: 1}


def test_consent_to_a_group_counts_for_its_campaigns_alone(
    add: Add, alice: Actor, newsletter: MessageTemplate, box: Mailbox
) -> None:
    from crm_app.services import tags

    with database.transaction() as session:
        group = next(iter(tags.ensure(session, ["Concerts"]).values()))
        session.get_one(Tag, group).is_group = True
    for name in ("one", "all", "none"):
        add(first_name=name, email=f"{name}@example.org")
    agree("one@example.org", group)
    agree("all@example.org")
    leave("all@example.org", group)
    assert prepared(alice, made(alice, newsletter, group=group)).of(MessageState.PLANNED) == 1
    assert prepared(alice, made(alice, newsletter)).of(MessageState.PLANNED) == 1


def test_an_imported_consent_counts_where_the_installation_says_so(
    add: Add, alice: Actor, newsletter: MessageTemplate
) -> None:
    from crm_app.models import Consent

    add(first_name="Ada", email="ada@example.org")
    with database.transaction() as session:
        session.add(
            Consent(
                channel=MAIL,
                address="ada@example.org",
                norm="ada@example.org",
                state=ConsentState.IMPORTED,
                source=ConsentSource.IMPORT,
            )
        )
    id_ = made(alice, newsletter)
    assert prepared(alice, id_).left_out == {LeftOut.NO_CONSENT: 1}
    with database.transaction() as session:
        ledger.set_imported_mailable(session, alice, True)
    assert prepared(alice, id_).of(MessageState.PLANNED) == 1


def test_it_pauses_goes_on_and_stops(add: Add, alice: Actor, newsletter: MessageTemplate, box: Mailbox) -> None:
    for n in range(5):
        add(first_name="Ada", email=f"ada{n}@example.org")
        agree(f"ada{n}@example.org")
    with database.transaction() as session:
        server = session.get_one(MailServer, 1)
        server.per_minute = 2
        session.add(server)
    id_ = made(alice, newsletter)
    prepared(alice, id_)
    start(alice, id_)
    at = now()
    assert sending.send_due(at=lambda: at).sent == 2
    for act, left in ((campaigns.pause, 0), (campaigns.go_on, 2)):
        with database.transaction() as session:
            act(session, alice, id_)
            with pytest.raises(Conflict):
                act(session, alice, id_)
        at += timedelta(minutes=2)
        assert sending.send_due(at=lambda at=at: at).sent == left
    with database.transaction() as session:
        assert campaigns.stop(session, alice, id_) == 1
    assert sending.send_due(at=lambda: at + timedelta(hours=1)).sent == 0
    with database.reading() as session:
        found = campaigns.counts(session, id_)
    assert found.by_state == {MessageState.SENT: 4, MessageState.CANCELLED: 1} and len(set(box.addresses)) == 4


def test_it_waits_for_its_moment(add: Add, alice: Actor, newsletter: MessageTemplate, box: Mailbox) -> None:
    add(first_name="Ada", email="ada@example.org")
    agree("ada@example.org")
    id_ = made(alice, newsletter)
    prepared(alice, id_)
    then = now() + timedelta(hours=2)
    with database.transaction() as session:
        with pytest.raises(Invalid):
            campaigns.start(session, alice, id_, at=now() - timedelta(minutes=1))
        campaigns.start(session, alice, id_, at=then)
    assert sending.send_due().sent == 0 and state(id_) == CampaignState.SCHEDULED
    assert sending.send_due(at=lambda: then).sent == 1 and state(id_) == CampaignState.DONE


def test_a_change_means_working_it_out_again(add: Add, alice: Actor, newsletter: MessageTemplate) -> None:
    add(first_name="Ada", email="ada@example.org", lifecycle="lead")
    agree("ada@example.org")
    id_ = made(alice, newsletter)
    prepared(alice, id_)
    with database.transaction() as session:
        campaigns.change(session, alice, id_, name="New", template_id=newsletter.id, group_id=None)
    assert state(id_) == CampaignState.PREPARED
    with database.transaction() as session:
        campaigns.change(
            session,
            alice,
            id_,
            name="New",
            template_id=newsletter.id,
            group_id=None,
            wanted=ContactFilter(lifecycle=Lifecycle.CUSTOMER),
        )
    assert state(id_) == CampaignState.DRAFT
    with database.transaction() as session, pytest.raises(Conflict):
        campaigns.start(session, alice, id_)
    assert prepared(alice, id_).total == 0
    with database.transaction() as session:
        with pytest.raises(Conflict):
            campaigns.start(session, alice, id_)
        campaigns.remove(session, alice, id_)
        assert session.exec(select(Message)).first() is None


def test_preparing_that_was_interrupted_begins_anew(
    people: dict[str, int], alice: Actor, newsletter: MessageTemplate, monkeypatch: pytest.MonkeyPatch
) -> None:
    id_ = made(alice, newsletter)
    monkeypatch.setattr(campaigns, "CHUNK", 2)
    with database.transaction() as session:
        job = campaigns.prepare(session, alice, id_)
    with database.transaction() as session:  # what a killed worker left
        campaigns._prepare_chunk(session, alice, campaigns.get(session, alice, id_), 0, set())
    run_job(job.id or 0)
    with database.reading() as session:
        assert campaigns.counts(session, id_).total == len(people)


def test_charlie_sees_no_campaign_of_another_branch_and_bob_none_at_all(
    alice: Actor, bob: Actor, charlie: Actor, newsletter: MessageTemplate
) -> None:
    from dataclasses import replace

    stranger = replace(alice, branch_ids=frozenset({2}), branch_id=2)
    id_ = made(alice, newsletter)
    acts: tuple[Callable[..., object], ...] = (
        campaigns.get, campaigns.remove, campaigns.prepare, campaigns.start, campaigns.pause, campaigns.go_on,
        campaigns.unschedule, campaigns.stop, campaigns.messages,
    )  # fmt: skip
    with database.transaction() as session:
        assert campaigns.listing(session, stranger) == []
        for act in acts:
            for wanted in (id_, 999):
                with pytest.raises(NotFound):
                    act(session, stranger, wanted)
            with pytest.raises(NotPermitted):
                act(session, bob, id_)
    assert state(id_) == CampaignState.DRAFT


def test_a_newsletter_stays_one_whatever_becomes_of_its_template(
    add: Add, alice: Actor, newsletter: MessageTemplate, box: Mailbox
) -> None:
    add(first_name="Ada", email="ada@example.org")
    agree("ada@example.org")
    id_ = made(alice, newsletter)
    prepared(alice, id_)
    leave("ada@example.org")
    with database.transaction() as session:
        suppression.remove(session, (MAIL, "ada@example.org"))
        templates.change(session, alice, newsletter.id or 0, name="Rooms", is_newsletter=False)
    start(alice, id_)
    assert sending.send_due().sent == 0


def test_what_failed_is_sent_once_more_when_the_campaign_is_over(
    add: Add, alice: Actor, newsletter: MessageTemplate, box: Mailbox
) -> None:
    add(first_name="Ada", email="ada@example.org")
    agree("ada@example.org")
    box.answers = {"ada@example.org": "550 not today"}
    id_ = made(alice, newsletter)
    prepared(alice, id_)
    start(alice, id_)
    sending.send_due()
    assert state(id_) == CampaignState.DONE
    box.answers = {}
    with database.transaction() as session:
        ((message, _),) = campaigns.messages(session, alice, id_, states=[MessageState.FAILED])
        outbox.send_again(session, alice, message.id or 0)
    assert sending.send_due().sent == 1 and box.addresses == ["ada@example.org"]


def test_what_is_on_its_way_when_it_stops_is_not_tried_again(
    add: Add, alice: Actor, newsletter: MessageTemplate
) -> None:
    add(first_name="Ada", email="ada@example.org")
    agree("ada@example.org")
    id_ = made(alice, newsletter)
    prepared(alice, id_)
    start(alice, id_)
    with database.transaction() as session:
        claimed = outbox.claim(session, now())
        assert claimed is not None
    with database.transaction() as session:
        campaigns.stop(session, alice, id_)
        outbox.put_off(session, claimed.id or 0, 1, text("later"), now())
    with database.reading() as session:
        assert campaigns.counts(session, id_).by_state == {MessageState.CANCELLED: 1}


def test_two_who_work_it_out_at_once_make_one_plan(
    people: dict[str, int], alice: Actor, newsletter: MessageTemplate
) -> None:
    id_ = made(alice, newsletter)
    with database.transaction() as session:
        job = campaigns.prepare(session, alice, id_)
        with pytest.raises(Conflict):
            campaigns.prepare(session, alice, id_)
        campaign = campaigns.get(session, alice, id_)
        campaign.job_id = (job.id or 0) + 1  # another one has it by now
        session.add(campaign)
    run_job(job.id or 0)
    with database.reading() as session:
        assert campaigns.counts(session, id_).total == 0
    assert state(id_) == CampaignState.PREPARING


def test_that_it_could_not_be_worked_out_is_said(
    people: dict[str, int], alice: Actor, newsletter: MessageTemplate, db: Path
) -> None:
    id_ = made(alice, newsletter)
    with database.transaction() as session:
        job = campaigns.prepare(session, alice, id_)
    (db / "secret.key").rename(db / "away.key")
    run_job(job.id or 0)
    with database.reading() as session:
        said = campaigns.problem(session, session.get_one(Campaign, id_))
    assert said is not None and "secret key" in str(said) and state(id_) == CampaignState.DRAFT


def test_a_tag_that_is_no_group_and_a_group_of_nothing_are_refused(alice: Actor, newsletter: MessageTemplate) -> None:
    from crm_app.services import tags

    id_ = made(alice, newsletter)
    with database.transaction() as session:
        plain = next(iter(tags.ensure(session, ["Plain"]).values()))
        for group in (plain, 999):
            with pytest.raises(NotFound):
                campaigns.change(session, alice, id_, name="N", template_id=newsletter.id, group_id=group)
