"""Six contacts with tags, statuses and own fields, one of them inactive, one in another branch."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import Session, col, select

from crm_app.models import Contact, ContactTag, FieldType, Import, Job, JobState, LeadStatus, Tag
from crm_app.services import custom_fields, database, jobs
from crm_app.services.actor import Actor
from crm_app.services.contacts import cards
from crm_app.services.contacts.filter import ContactFilter
from crm_app.services.contacts.listing import page
from crm_app.services.filters.tree import Condition, Group
from crm_app.services.filters.words import Words
from crm_app.services.imports import steps, work


@pytest.fixture
def people(alice: Actor, charlie: Actor) -> Actor:
    with database.transaction() as session:
        custom_fields.create(session, alice, "Level", FieldType.CHOICE, ["A1", "A2", "B1"])
        custom_fields.create(session, alice, "Instruments", FieldType.CHOICES, ["Klavier", "Geige", "Tuba"])
        custom_fields.create(session, alice, "Size", FieldType.TEXT)
        status = session.exec(select(LeadStatus.name).order_by(col(LeadStatus.position))).all()
        for n in range(6):
            values = {
                "first_name": f"P{n}",
                "tags": "VIP, Fair" if n < 2 else "Fair" if n < 4 else "",
                "status": status[n % 2],
                "level": ("A1", "A2", "B1")[n % 3],
                "instruments": "Klavier; Geige" if n % 2 else "Klavier",
                "size": str(36 + n),
            }
            cards.create(session, alice, values)
        cards.create(session, charlie, {"first_name": "Foreign", "tags": "VIP", "status": status[0], "level": "A1"})
        cards.deactivate(session, alice, cards.get(session, alice, 6))
    return alice


def done(actor: Actor, verb: Callable[[Session], Job | None]) -> int:
    """Carries the change out that the verb starts; its import."""
    with database.transaction() as session:
        job = verb(session)
        assert job is not None
        claim = jobs.claim(session, job.id or 0)
    assert claim is not None and work.run(claim) is JobState.DONE
    return job.subject_id


def undone(actor: Actor, import_id: int) -> dict[str, Any]:
    with database.transaction() as session:
        claim = jobs.claim(session, steps.undo(session, actor, import_id).id or 0)
    assert claim is not None and work.run(claim) is JobState.DONE
    with database.reading() as session:
        return session.get_one(Import, import_id).undo_counts


def everything() -> dict[int, tuple[Any, ...]]:
    """Every contact's status, own fields and tags."""
    with database.reading() as session:
        names = dict(session.exec(select(Tag.id, Tag.name)).all())
        tags: dict[int, set[str]] = {}
        for link in session.exec(select(ContactTag)):
            tags.setdefault(link.contact_id, set()).add(names[link.tag_id])
        return {
            one.number: (one.status_id, one.custom, frozenset(tags.get(one.id or 0, ())))
            for one in session.exec(select(Contact).order_by(col(Contact.number)))
        }


def found(actor: Actor, subject: str, operator: str, *values: str) -> list[str]:
    """First names of those the condition means, inactive ones too."""
    wanted = ContactFilter(inactive=True, where=Group(items=(Condition(subject, operator, values),)))
    with database.reading() as session:
        return [contact.first_name or "" for contact in page(session, actor, wanted).contacts]


def said(actor: Actor, subject: str, operator: str, *values: str) -> str:
    with database.reading() as session:
        return Words(session, actor).of(Condition(subject, operator, values))
