"""What the start page shows: figures, each with the filter that lists exactly the contacts it counts."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func
from sqlmodel import Session, col, select

from crm_app.models import Contact, LeadStatus, Lifecycle, Permission
from crm_app.models.base import now
from crm_app.services import choosable, next_step
from crm_app.services.actor import Actor
from crm_app.services.contacts import audience, listing
from crm_app.services.contacts.filter import ContactFilter
from crm_app.services.filters.tree import Condition, Group
from crm_app.services.folding import fold

WEEKS = 12
NEW_DAYS, IDLE_DAYS = 7, 30
MOST_SOURCES = 6
MOST_LOOKED_AT = 20_000  # of the newest contacts, for their sources


@dataclass(frozen=True, slots=True)
class Count:
    """So many contacts, counted to `listing.COUNT_LIMIT` + 1 at most, and the filter that lists them."""

    wanted: ContactFilter
    total: int


@dataclass(frozen=True, slots=True)
class Overview:
    """Leads: `new` ones, those that are `mine`, those with whom nothing is planned (`loose`), those where nothing
    happened lately (`idle`), and by status in its order, None for those without. All contacts by the week they were
    added in, oldest first, each with its Monday; the most frequent `sources` of these weeks; who `came` in them as lead
    or customer, and who of those was `won`.
    """

    is_empty: bool
    new: Count
    mine: Count
    loose: Count
    idle: Count
    statuses: list[tuple[LeadStatus | None, Count]]
    weeks: list[tuple[date, Count]]
    sources: list[tuple[str, Count]]
    came: Count
    won: Count


def of(session: Session, actor: Actor) -> Overview:
    """The figures of the contacts the actor may see. Raises NotPermitted."""
    actor.require(Permission.CONTACTS_READ)
    monday = now().astimezone(ZoneInfo(actor.timezone)).date()
    monday -= timedelta(days=monday.weekday())
    first = monday - timedelta(weeks=WEEKS - 1)
    since = Condition("created_at", "from", (first.isoformat(),))

    def counted(*conditions: Condition, lifecycle: Lifecycle | None = None) -> Count:
        wanted = ContactFilter(lifecycle=lifecycle, where=Group(items=conditions))
        return Count(wanted, listing.count(session, actor, wanted))

    def leads(*conditions: Condition) -> Count:
        return counted(*conditions, lifecycle=Lifecycle.LEAD)

    def week(place: int) -> tuple[date, Count]:
        begin = first + timedelta(weeks=place)
        days = begin.isoformat(), (begin + timedelta(days=6)).isoformat()
        return begin, counted(Condition("created_at", "between", days))

    statuses = [*choosable.statuses(session), None]
    return Overview(
        is_empty=listing.count(session, actor, ContactFilter(inactive=True), limit=0) == 0,
        new=leads(Condition("created_at", "last", (str(NEW_DAYS),))),
        mine=leads(Condition("owner", "any", (str(actor.user_id),))),
        loose=leads(next_step.NONE),
        idle=leads(Condition("activity", "idle", (str(IDLE_DAYS),))),
        statuses=[(status, leads(_has(status))) for status in statuses],
        weeks=[week(place) for place in range(WEEKS)],
        sources=[
            (source, counted(since, Condition("source", "is", (source,)))) for source in _sources(session, actor, since)
        ],
        came=counted(since, Condition("lifecycle", "any", (Lifecycle.LEAD, Lifecycle.CUSTOMER))),
        won=counted(since, lifecycle=Lifecycle.CUSTOMER),
    )


def _has(status: LeadStatus | None) -> Condition:
    return Condition("status", "any", (str(status.id),)) if status else Condition("status", "empty")


def _sources(session: Session, actor: Actor, since: Condition) -> list[str]:
    """Where most of them came from, the most frequent first."""
    wanted = ContactFilter(where=Group(items=(since, Condition("source", "filled"))))
    newest = (
        select(Contact.source)
        .where(*audience.conditions(session, actor, wanted))
        .order_by(col(Contact.created_at).desc())
        .limit(MOST_LOOKED_AT)
        .subquery()
    )
    query = select(newest.c.source, func.count()).group_by(newest.c.source).order_by(newest.c.source)
    times: Counter[str] = Counter()
    spelled: dict[str, str] = {}  # a filter asks without case and accents: so does this
    for source, count in session.execute(query):
        times[spelled.setdefault(fold(source), source)] += count
    return [source for source, _ in times.most_common(MOST_SOURCES)]
