from collections.abc import Callable, Mapping
from typing import Any

import pytest
from sqlmodel import col, select

from crm_app.models import AutomationRun, Contact, LeadStatus, MessageTemplate, Tag, Trigger
from crm_app.services import database, tags
from crm_app.services.actor import Actor
from crm_app.services.automations import definitions, working
from crm_app.services.contacts import cards
from crm_app.services.contacts.filter import ContactFilter

EVERYBODY = ContactFilter()
Make = Callable[..., int]
TAG_IT: Mapping[str, Any] = {"kind": "tag", "tag": 0}


@pytest.fixture
def tag(db: Any) -> Callable[[str], int]:
    """The id of the tag of that name."""

    def made(name: str) -> int:
        with database.transaction() as session:
            return tags.ensure(session, [name])[name.casefold()]

    return made


@pytest.fixture
def automation(alice: Actor, tag: Callable[[str], int]) -> Make:
    """Makes one that is switched on and returns its id. Without actions, it gives the tag “Noticed”."""

    def made(
        trigger: Trigger,
        *actions: Mapping[str, Any],
        value: int | None = None,
        wanted: ContactFilter = EVERYBODY,
        actor: Actor = alice,
        on: bool = True,
    ) -> int:
        given = actions or ({"kind": "tag", "tag": tag("Noticed")},)
        with database.transaction() as session:
            id_ = definitions.make(session, actor, f"On {trigger.value}").id or 0
            definitions.change(
                session,
                actor,
                id_,
                name=f"On {trigger.value}",
                trigger=trigger,
                value_id=value,
                wanted=wanted,
                given=given,
            )
            if on:
                definitions.switch(session, actor, id_, on=True)
        return id_

    return made


def create(actor: Actor, **texts: str) -> int:
    with database.transaction() as session:
        return cards.create(session, actor, {"first_name": "Ada", **texts}).number


def change(actor: Actor, number: int, **texts: str) -> None:
    with database.transaction() as session:
        cards.change(session, actor, cards.get(session, actor, number), texts)


def worked(**values: Any) -> int:
    return working.work_off(**values)


def runs(automation_id: int) -> list[AutomationRun]:
    with database.reading() as session:
        query = select(AutomationRun).where(AutomationRun.automation_id == automation_id)
        return list(session.exec(query.order_by(col(AutomationRun.id))).all())


def states(automation_id: int) -> list[str]:
    return [one.state for one in runs(automation_id)]


def why(automation_id: int) -> list[str]:
    """The English words of why, of the runs and of their actions."""
    found = []
    for run in runs(automation_id):
        found += [run.why[0]] if run.why else [one["why"][0] for one in run.outcomes if one["why"]]
    return found


def tags_of(number: int) -> list[str]:
    with database.reading() as session:
        contact = session.exec(select(Contact).where(Contact.number == number)).one()
        return [tag.name for tag in cards.tags_of(session, contact)]


def status_named(name: str) -> int:
    with database.reading() as session:
        return session.exec(select(LeadStatus.id).where(LeadStatus.name == name)).one() or 0


def tag_named(name: str) -> int:
    with database.reading() as session:
        return session.exec(select(Tag.id).where(Tag.name == name)).one() or 0


@pytest.fixture
def template(alice: Actor) -> Callable[..., MessageTemplate]:
    from crm_app.models import Channel
    from crm_app.services.messages import templates

    def made(name: str = "Welcome", *, is_newsletter: bool = False) -> MessageTemplate:
        with database.transaction() as session:
            one = templates.add(session, alice, name, Channel.EMAIL, is_newsletter=is_newsletter)
            templates.write(session, alice, one.id or 0, "en", subject="Hello", body="Hello {{ first_name or 'you' }}")
            return one

    return made
