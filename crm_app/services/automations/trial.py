"""A dry run: which of the contacts there are now an automation is for, and what it would do. Nothing is written."""

from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from crm_app.models import Contact
from crm_app.services.actor import Actor
from crm_app.services.automations import actions, definitions, working
from crm_app.services.automations.actions import Outcome
from crm_app.services.contacts.visibility import visible

SAMPLES = 10


@dataclass(frozen=True, slots=True)
class Sample:
    """One of the contacts, and what would come of each action."""

    contact: Contact
    outcomes: list[Outcome]


@dataclass(frozen=True, slots=True)
class Trial:
    """How many contacts it is for, whatever sets it off, and the newest of them."""

    total: int
    samples: list[Sample]


def run(session: Session, actor: Actor, automation_id: int) -> Trial:
    """Raises NotPermitted, NotFound; CRMError and ValueError for a filter that is not understood."""
    automation = definitions.get(session, actor, automation_id)
    acting = actions.actor_of(session, automation)
    conditions = [*working.matching(session, acting, automation), *visible(actor)]
    total = session.exec(select(func.count()).select_from(Contact).where(*conditions)).one()
    newest = select(Contact).where(*conditions).order_by(col(Contact.number).desc()).limit(SAMPLES)
    samples = [
        Sample(contact, [actions.said(session, acting, contact, one) for one in automation.actions])
        for contact in session.exec(newest).all()
    ]
    return Trial(total, samples)
