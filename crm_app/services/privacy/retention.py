"""Who might be kept longer than needed: proposed as lists to look at, never deleted by itself."""

from dataclasses import dataclass

from sqlalchemy import func
from sqlmodel import Session, col, select

from crm_app.locales import Text, text
from crm_app.models import Contact, LeadStatus, Lifecycle, Permission
from crm_app.services import audit, installation
from crm_app.services.actor import Actor
from crm_app.services.contacts import audience
from crm_app.services.contacts.filter import ContactFilter
from crm_app.services.errors import Invalid
from crm_app.services.filters.tree import Condition, Group
from crm_app.services.privacy.touched import SUBJECT

MONTH_DAYS = 30.44
MOST_MONTHS = 240
RULES = ("idle_months", "lost_months", "inactive_months")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A rule, and whom it means now; `months` 0 = it is off. `change` is what the list offers to do."""

    rule: str
    label: Text
    months: int
    wanted: ContactFilter
    count: int
    change: str


def proposals(session: Session, actor: Actor) -> list[Proposal]:
    """Every rule of the installation with the contacts it proposes. Raises NotPermitted."""
    actor.require(Permission.CONSENT)
    found = installation.current(session)
    made = []
    for rule, (label, change) in _LABELS.items():
        months = int(getattr(found, rule))
        wanted = _wanted(session, rule, months)
        count = _count(session, actor, wanted) if months else 0
        made.append(Proposal(rule, label, months, wanted, count, change))
    return made


def set_months(session: Session, actor: Actor, rule: str, months: int) -> None:
    """After how many months a rule proposes somebody; 0 turns it off. Raises NotPermitted; Invalid."""
    actor.require(Permission.SETTINGS)
    if rule not in RULES or not 0 <= months <= MOST_MONTHS:
        raise Invalid(text("Choose between 0 and {most} months.", most=MOST_MONTHS), rule)
    found = installation.current(session)
    if getattr(found, rule) != months:
        setattr(found, rule, months)
        session.add(found)
        session.flush()
        audit.record(session, actor, "retention.rule", rule=rule, months=months)


def _wanted(session: Session, rule: str, months: int) -> ContactFilter:
    idle = Condition(SUBJECT, "idle", (str(round(months * MONTH_DAYS)),))
    if rule == "inactive_months":
        return ContactFilter(inactive=True, where=Group(items=(Condition("active", "no"), idle)))
    if rule == "lost_months":
        lost = select(LeadStatus.id).where(col(LeadStatus.is_lost), col(LeadStatus.removed_at).is_(None))
        ids = tuple(str(id_) for id_ in session.exec(lost)) or ("0",)
        return ContactFilter(lifecycle=Lifecycle.LEAD, where=Group(items=(Condition("status", "any", ids), idle)))
    kinds = Condition("lifecycle", "any", (Lifecycle.CONTACT.value, Lifecycle.LEAD.value))
    return ContactFilter(where=Group(items=(kinds, idle)))


def _count(session: Session, actor: Actor, wanted: ContactFilter) -> int:
    try:
        conditions = audience.conditions(session, actor, wanted)
    except Invalid:  # no status means a lost lead any more
        return 0
    return session.exec(select(func.count()).select_from(Contact).where(*conditions)).one()


_LABELS: dict[str, tuple[Text, str]] = {
    "idle_months": (text("Contacts and leads with whom nothing happened"), "deactivate"),
    "lost_months": (text("Lost leads with whom nothing happened"), "trash"),
    "inactive_months": (text("Inactive contacts with whom nothing happened"), "trash"),
}
