"""F16: a campaign of 10,000 to a mail server that refuses one in a hundred; the CRM is killed twice in the middle."""

from collections import Counter
from pathlib import Path

from sqlmodel import select

from crm_app.jobs.imports import run_job
from crm_app.models import (
    Channel,
    Consent,
    ConsentSource,
    ConsentState,
    Contact,
    ContactPoint,
    Message,
    MessageState,
    PointKind,
)
from crm_app.services import database, startup
from crm_app.services.actor import SYSTEM
from crm_app.services.contacts import search
from crm_app.services.contacts.filter import ContactFilter
from crm_app.services.messages import campaigns, templates
from faults import places, rows
from faults.results import Result
from faults.served import Places
from faults.served import places as folders
from tests.services.messages.mailbox import Mailbox, running

TIMES, PEOPLE, KILLS = 1, 10_000, (0.2, 0.6)
REFUSED_EVERY = 100
LANES = 1  # messages on their way at once


def make(times: int = TIMES) -> Result:
    result = Result(
        "F16",
        f"kill -9 of the server twice while it sends a campaign of {PEOPLE:,}, of which the mail server refuses 1 %",
        "each at most one mail; the rest listed as uncertain, no more than were on their way; the counts add up",
    )
    with folders() as place:
        for number in range(times):
            data = place.folder / f"run-{number}"
            data.mkdir()
            with places.inside(data):
                startup.prepare()
            with places.inside(data), running() as box:
                campaign = prepared(box)
                sent_with_kills(place, data, box, campaign)
                judged(result, box, campaign)
            result.expect(not rows.damage(data), f"run {number}: {rows.damage(data)}")
            result.times += 1
    return result


def prepared(box: Mailbox) -> int:
    """Everybody agreed; the campaign's id, ready and begun."""
    addresses = [f"person{n}@example.org" for n in range(PEOPLE)]
    box.answers = dict.fromkeys(addresses[::REFUSED_EVERY], "550 5.1.1 no such user")
    with database.transaction() as session:
        before = search.last_id(session)
        for n, address in enumerate(addresses):
            name = f"Person {n}"
            contact = Contact(number=n + 1, first_name=name, email=address, sort_name=name.lower(), search_text=address)
            session.add(contact)
            session.flush()
            point = {"kind": PointKind.EMAIL, "value": address, "norm": address}
            session.add(ContactPoint(contact_id=contact.id or 0, **point))
            agreed = {"state": ConsentState.CONFIRMED, "source": ConsentSource.FORM, "contact_number": n + 1}
            session.add(Consent(channel=Channel.EMAIL, address=address, norm=address, **agreed))
        session.flush()
        search.fill(session, before)
    with database.transaction() as session:
        template = templates.add(session, SYSTEM, "News", Channel.EMAIL, is_newsletter=True)
        words = {"subject": "News for {{ first_name }}", "body": "Hello {{ first_name }},\n\nthere is **news**."}
        templates.write(session, SYSTEM, template.id or 0, "en", **words)
        made = campaigns.make(session, SYSTEM, "News", ContactFilter())
        id_ = made.id or 0
        campaigns.change(session, SYSTEM, id_, name="News", template_id=template.id, group_id=None)
        job = campaigns.prepare(session, SYSTEM, id_)
    run_job(job.id or 0)
    with database.transaction() as session:
        campaigns.start(session, SYSTEM, id_)
    return id_


def sent_with_kills(place: Places, data: Path, box: Mailbox, campaign: int) -> None:
    for share in KILLS:
        server = place.server(data).start()
        places.until(lambda share=share: len(box.mails) > share * PEOPLE, seconds=900, what="too slow")
        server.kill()
    with place.server(data):
        places.until(lambda: is_done(campaign), seconds=900, what="the campaign did not end")


def is_done(campaign: int) -> bool:
    with database.reading() as session:
        return campaigns.get(session, SYSTEM, campaign).state == "done"


def judged(result: Result, box: Mailbox, campaign: int) -> None:
    came = Counter(box.addresses)
    with database.reading() as session:
        counts = campaigns.counts(session, campaign).by_state
        sent = set(session.exec(select(Message.address).where(Message.state == MessageState.SENT)))
        uncertain = set(session.exec(select(Message.address).where(Message.state == MessageState.UNCERTAIN)))
        failed = set(session.exec(select(Message.address).where(Message.state == MessageState.FAILED)))
    result.expect(max(came.values()) == 1, f"{sum(n > 1 for n in came.values())} got it twice")
    result.expect(sent <= came.keys(), f"{len(sent - came.keys())} stand as sent and did not arrive")
    result.expect(came.keys() <= sent | uncertain, f"{len(came.keys() - sent - uncertain)} arrived unnoticed")
    result.expect(len(uncertain) <= LANES * len(KILLS), f"{len(uncertain)} are uncertain")
    result.expect(failed == set(box.answers), "others failed than were refused")
    result.expect(sum(counts.values()) == PEOPLE, f"the counts add up to {sum(counts.values())}")
    result.seen.append(
        f"{len(came):,} arrived, {len(sent):,} stand as sent, {len(failed)} as refused, {len(uncertain)} as uncertain"
    )
