"""Campaigns: one template to the contacts of one filter.

Who gets it, and who not and why, is worked out and shown first; exactly these messages go out then, each asked again
in the moment it leaves.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, delete, func, select, update

from crm_app.locales import Text, text
from crm_app.models import (
    Campaign,
    CampaignState,
    Channel,
    Contact,
    Job,
    JobKind,
    LeftOut,
    Message,
    MessageKind,
    MessageState,
    MessageTemplate,
    MessageText,
    Permission,
)
from crm_app.models.base import now
from crm_app.services import audit, database, installation, jobs, segments
from crm_app.services.actor import Actor
from crm_app.services.consent import groups
from crm_app.services.consent.addresses import reach
from crm_app.services.contacts import audience
from crm_app.services.contacts.filter import ContactFilter
from crm_app.services.contacts.visibility import in_sight, of_branches
from crm_app.services.errands import NO_SUBJECT, Ended, Stopped, Watch
from crm_app.services.errors import Conflict, Invalid, NotFound
from crm_app.services.fields.verdict import FieldContext
from crm_app.services.messages import outbox, permitted, templates, values

NAME_LENGTH = 120
CHUNK = 500
SAMPLES = 10
_CHANGEABLE = (CampaignState.DRAFT, CampaignState.PREPARED)
RUNNING = (CampaignState.SCHEDULED, CampaignState.SENDING, CampaignState.PAUSED)


@dataclass(slots=True)
class Counts:
    """How many messages of a campaign stand where; of those left out, why; how many were opened, and led on."""

    by_state: dict[MessageState, int] = field(default_factory=dict)
    left_out: dict[LeftOut, int] = field(default_factory=dict)
    opened: int = 0
    clicked: int = 0

    @property
    def total(self) -> int:
        return sum(self.by_state.values())

    def of(self, *states: MessageState) -> int:
        return sum(self.by_state.get(state, 0) for state in states)


def listing(session: Session, actor: Actor, *, before: int | None = None, limit: int = 50) -> list[Campaign]:
    """The campaigns of the actor's branches, newest first, behind the one with the id `before`. Raises NotPermitted."""
    actor.require(Permission.MESSAGES)
    query = select(Campaign).where(*of_branches(actor, Campaign.branch_id))
    if before is not None:
        query = query.where(col(Campaign.id) < before)
    return list(session.exec(query.order_by(col(Campaign.id).desc()).limit(limit)).all())


def get(session: Session, actor: Actor, campaign_id: int, *, for_change: bool = False) -> Campaign:
    """Raises NotPermitted; NotFound for a missing one and one of another branch alike.

    `for_change` lets others who change it wait until the transaction ends.
    """
    actor.require(Permission.MESSAGES)
    query = select(Campaign).where(Campaign.id == campaign_id, *of_branches(actor, Campaign.branch_id))
    if for_change:
        query = query.with_for_update()
    found = session.exec(query.execution_options(populate_existing=True)).first()
    if found is None:
        raise NotFound(text("There is no such campaign."))
    return found


def make(session: Session, actor: Actor, name: str, wanted: ContactFilter) -> Campaign:
    """A draft to everybody the filter means. Raises NotPermitted, Invalid."""
    actor.require(Permission.MESSAGES)
    audience.conditions(session, actor, wanted)
    made = Campaign(
        name=_name(name), branch_id=actor.branch_id, params=_params(session, actor, wanted), author_id=actor.user_id
    )
    session.add(made)
    session.flush()
    audit.record(session, actor, "campaign.made", campaign=made.id or 0)
    return made


def change(
    session: Session,
    actor: Actor,
    campaign_id: int,
    *,
    name: str,
    template_id: int | None,
    group_id: int | None,
    wanted: ContactFilter | None = None,
) -> Campaign:
    """Changes what has not begun; who gets it must be worked out again then.

    Raises NotPermitted, NotFound, Invalid, Conflict once it has begun.
    """
    found = get(session, actor, campaign_id, for_change=True)
    if found.state not in _CHANGEABLE:
        raise Conflict(text("This campaign has begun. Make another one."))
    if template_id is not None:
        templates.get(session, actor, template_id)
    if group_id is not None and group_id != found.group_id:
        groups.get(session, group_id)
    before = (found.template_id, found.group_id, found.params)
    found.name, found.template_id, found.group_id = _name(name), template_id, group_id
    if wanted is not None:
        audience.conditions(session, actor, wanted)
        found.params = _params(session, actor, wanted)
    if (found.template_id, found.group_id, found.params) != before:
        _forget(session, found)
    session.add(found)
    session.flush()
    return found


def remove(session: Session, actor: Actor, campaign_id: int) -> None:
    """Deletes one that never began. Raises NotPermitted, NotFound, Conflict."""
    found = get(session, actor, campaign_id, for_change=True)
    if found.state not in _CHANGEABLE:
        raise Conflict(text("This campaign has begun. It stays, with what became of its messages."))
    _forget(session, found)
    session.delete(found)
    session.flush()
    audit.record(session, actor, "campaign.removed", campaign=campaign_id)


def prepare(session: Session, actor: Actor, campaign_id: int) -> Job:
    """Begins to work out who gets it. Raises NotPermitted, NotFound, Invalid("template"), Conflict."""
    found = get(session, actor, campaign_id, for_change=True)
    if found.state not in _CHANGEABLE:
        raise Conflict(text("This campaign has begun, or is being prepared."))
    if found.template_id is None:
        raise Invalid(text("Please choose a template."), "template")
    templates.get(session, actor, found.template_id)
    if not templates.newest(session, found.template_id):
        raise Invalid(text("This template has no words yet."), "template")
    found.state = CampaignState.PREPARING
    session.add(found)
    job = jobs.enqueue(session, actor, JobKind.CAMPAIGN, NO_SUBJECT)
    job.data = {**job.data, "campaign": campaign_id}
    session.add(job)
    session.flush()
    found.job_id = job.id
    session.add(found)
    session.flush()
    return job


def work(actor: Actor, job: Job, watch: Watch) -> Ended:
    """Writes one message for each contact, in chunks; begun again after a kill, it begins anew."""
    campaign_id = int(job.data["campaign"])
    try:
        with database.transaction() as session:
            campaign = _of_job(session, actor, campaign_id, job)
            actor = _within(actor, campaign)
            _empty(session, campaign_id)
            total = _count(session, actor, campaign)
        seen: set[str] = set()
        last = done = 0
        while True:
            with database.transaction() as session:
                campaign = _of_job(session, actor, campaign_id, job)
                last, written = _prepare_chunk(session, actor, campaign, last, seen)
            done += written
            watch.progress(done, total)
            if not written:
                break
            if watch.should_stop():
                raise Stopped
    except BaseException:
        if not watch.paused:
            _give_up(campaign_id, job)
        raise
    with database.transaction() as session:
        campaign = _of_job(session, actor, campaign_id, job)
        campaign.state, campaign.prepared_at = CampaignState.PREPARED, now()
        session.add(campaign)
        found = counts(session, campaign_id)
    noted = {
        "campaign": campaign_id,
        "planned": found.of(MessageState.PLANNED),
        "left_out": sum(found.left_out.values()),
    }
    return Ended(noted, "campaign.prepared", noted)


def start(session: Session, actor: Actor, campaign_id: int, *, at: datetime | None = None) -> Campaign:
    """Sends it, at once or `at` a moment to come. Raises NotPermitted, NotFound, Invalid("at"), Conflict."""
    found = get(session, actor, campaign_id, for_change=True)
    if found.state != CampaignState.PREPARED:
        raise Conflict(text("Work out first who gets this campaign."))
    planned = counts(session, campaign_id).of(MessageState.PLANNED)
    if not planned:
        raise Conflict(text("Nobody would get this campaign."))
    if at is not None and at <= now():
        raise Invalid(text("Please choose a moment to come."), "at")
    found.scheduled_at = at or now()
    found.state = CampaignState.SCHEDULED
    session.add(found)
    session.flush()
    audit.record(
        session, actor, "campaign.started", campaign=campaign_id, messages=planned, is_later=int(at is not None)
    )
    if at is None:
        _begin(session, found, now())
    return found


def pause(session: Session, actor: Actor, campaign_id: int) -> None:
    """Nothing more goes out until `go_on`. Raises NotPermitted, NotFound, Conflict."""
    _move(session, actor, campaign_id, (CampaignState.SENDING,), CampaignState.PAUSED, "campaign.paused")


def go_on(session: Session, actor: Actor, campaign_id: int) -> None:
    """Raises NotPermitted, NotFound, Conflict."""
    _move(session, actor, campaign_id, (CampaignState.PAUSED,), CampaignState.SENDING, "campaign.resumed")


def unschedule(session: Session, actor: Actor, campaign_id: int) -> None:
    """It waits for somebody to send it again. Raises NotPermitted, NotFound, Conflict."""
    _move(session, actor, campaign_id, (CampaignState.SCHEDULED,), CampaignState.PREPARED, "campaign.unscheduled")


def stop(session: Session, actor: Actor, campaign_id: int) -> int:
    """What has not gone out stays here for good; how many. Raises NotPermitted, NotFound, Conflict."""
    _move(session, actor, campaign_id, RUNNING, CampaignState.STOPPED, "campaign.stopped")
    taken = session.execute(
        update(Message)
        .where(
            col(Message.campaign_id) == campaign_id,
            col(Message.state).in_((MessageState.PLANNED, MessageState.QUEUED)),
        )
        .values(state=MessageState.CANCELLED, ended_at=now())
    )
    session.execute(update(Campaign).where(col(Campaign.id) == campaign_id).values(ended_at=now()))
    return int(taken.rowcount)  # type: ignore[attr-defined]


def begin_due(at: datetime) -> None:
    """Begins what was scheduled for now or earlier."""
    query = select(Campaign).where(Campaign.state == CampaignState.SCHEDULED, col(Campaign.scheduled_at) <= at)
    with database.reading() as session:
        ids = [one.id for one in session.exec(query)]
    for id_ in ids:
        with database.transaction() as session:
            found = session.get_one(Campaign, id_, with_for_update=True, populate_existing=True)
            if found.state == CampaignState.SCHEDULED:
                _begin(session, found, at)


def end_finished(at: datetime) -> None:
    """Marks those as done of which nothing is left to send."""
    open_ = select(Message.campaign_id).where(
        col(Message.state).in_((MessageState.QUEUED, MessageState.SENDING)), col(Message.campaign_id).is_not(None)
    )
    finished = [col(Campaign.state) == CampaignState.SENDING, col(Campaign.id).not_in(open_)]
    with database.reading() as session:
        if session.exec(select(Campaign.id).where(*finished).limit(1)).first() is None:
            return
    with database.transaction() as session:
        session.execute(
            update(Campaign)
            .where(*finished)
            .values(state=CampaignState.DONE, ended_at=at)
            .execution_options(synchronize_session=False)
        )


def counts(session: Session, campaign_id: int) -> Counts:
    """Where its messages stand."""
    return counted(session, [campaign_id])[campaign_id]


def counted(session: Session, campaign_ids: Sequence[int]) -> dict[int, Counts]:
    """The same of many campaigns, in one query."""
    columns: list[Any] = [Message.campaign_id, Message.state, Message.reason, func.count()]
    columns += [func.count(col(one)) for one in (Message.opened_at, Message.clicked_at)]
    query = select(*columns).where(col(Message.campaign_id).in_(campaign_ids))
    query = query.group_by(col(Message.campaign_id), col(Message.state), col(Message.reason))
    all_of = {id_: Counts() for id_ in campaign_ids}
    for campaign_id, state, reason, count, opened, clicked in session.execute(query):
        found, key = all_of[campaign_id], MessageState(state)
        found.opened, found.clicked = found.opened + opened, found.clicked + clicked
        found.by_state[key] = found.by_state.get(key, 0) + count
        if key is MessageState.LEFT_OUT:
            found.left_out[LeftOut(reason)] = found.left_out.get(LeftOut(reason), 0) + count
    return all_of


def messages(
    session: Session,
    actor: Actor,
    campaign_id: int,
    *,
    states: Sequence[MessageState] = (),
    reason: LeftOut | None = None,
    after: int = 0,
    limit: int = 50,
) -> list[tuple[Message, Contact]]:
    """Its messages with their contacts, in their order, behind the one with that id. Raises NotPermitted, NotFound."""
    get(session, actor, campaign_id)
    query = (
        select(Message, Contact)
        .join(Contact, col(Contact.id) == col(Message.contact_id))
        .where(Message.campaign_id == campaign_id, col(Message.id) > after, *in_sight(actor))
    )
    if states:
        query = query.where(col(Message.state).in_(states))
    if reason is not None:
        query = query.where(Message.reason == reason)
    return list(session.exec(query.order_by(col(Message.id)).limit(limit)).all())


def filter_of(campaign: Campaign) -> ContactFilter:
    """Whom it is for."""
    return ContactFilter.from_params(campaign.params)


def _prepare_chunk(session: Session, actor: Actor, campaign: Campaign, last: int, seen: set[str]) -> tuple[int, int]:
    """The next contacts behind the id `last`; the last one's id and how many there were."""
    template = session.get_one(MessageTemplate, campaign.template_id)
    channel = Channel(template.channel)
    texts = templates.newest(session, template.id or 0)
    here = installation.current(session)
    query = select(Contact).where(*_conditions(session, actor, campaign), col(Contact.id) > last)
    contacts = session.exec(query.order_by(col(Contact.id)).limit(CHUNK)).all()
    context = FieldContext(country=here.country)
    reached = {contact.id: reach(contact, channel, context) for contact in contacts}
    hindered = permitted.hindrances(
        session,
        channel,
        list({norm for _, norm in reached.values() if norm}),
        asks_consent=template.is_newsletter,
        group_id=campaign.group_id,
    )
    for contact in contacts:
        address, norm = reached[contact.id]
        reason = _reason(contact, norm, hindered, seen)
        if reason is None:
            seen.add(norm)
        words = templates.chosen(texts, values.preferred(contact, here))
        message = _message(campaign, contact, channel, words, address, norm, reason)
        message.is_newsletter = template.is_newsletter
        session.add(message)
    session.flush()
    session.expunge_all()
    return (contacts[-1].id or 0 if contacts else last), len(contacts)


def _reason(contact: Contact, norm: str, hindered: dict[str, LeftOut], seen: set[str]) -> LeftOut | None:
    if not contact.active:
        return LeftOut.INACTIVE
    if not norm:
        return LeftOut.NO_ADDRESS
    return hindered.get(norm) or (LeftOut.SAME_ADDRESS if norm in seen else None)


def _message(
    campaign: Campaign,
    contact: Contact,
    channel: Channel,
    words: MessageText | None,
    address: str,
    norm: str,
    reason: LeftOut | None,
) -> Message:
    return Message(
        kind=MessageKind.CAMPAIGN,
        channel=channel,
        state=MessageState.PLANNED if reason is None else MessageState.LEFT_OUT,
        reason=reason or "",
        contact_id=contact.id,
        campaign_id=campaign.id,
        text_id=words.id if words is not None else None,
        author_id=campaign.author_id,
        group_id=campaign.group_id,
        address=norm if channel is Channel.SMS else address,
        norm=norm,
        language=words.language if words is not None else "en",
        message_id=outbox.new_message_id(),
        priority=outbox.MASS,
    )


def _conditions(session: Session, actor: Actor, campaign: Campaign) -> list[ColumnElement[bool]]:
    """Inactive contacts are looked at too: that they get nothing is said, not silent."""
    return audience.conditions(session, actor, replace(filter_of(campaign), inactive=True))


def _count(session: Session, actor: Actor, campaign: Campaign) -> int:
    conditions = _conditions(session, actor, campaign)
    return int(session.exec(select(func.count()).select_from(Contact).where(*conditions)).one())


def _begin(session: Session, campaign: Campaign, at: datetime) -> None:
    session.execute(
        update(Message)
        .where(col(Message.campaign_id) == campaign.id, col(Message.state) == MessageState.PLANNED)
        .values(state=MessageState.QUEUED, next_at=at)
    )
    campaign.state, campaign.started_at = CampaignState.SENDING, at
    session.add(campaign)
    session.flush()


def _move(
    session: Session, actor: Actor, campaign_id: int, before: Sequence[CampaignState], after: CampaignState, action: str
) -> None:
    found = get(session, actor, campaign_id)
    moved = session.execute(
        update(Campaign).where(col(Campaign.id) == found.id, col(Campaign.state).in_(before)).values(state=after)
    )
    if moved.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(text("The campaign has moved on meanwhile. Look again."))
    session.expire(found)
    audit.record(session, actor, action, campaign=campaign_id)


def _forget(session: Session, campaign: Campaign) -> None:
    _empty(session, campaign.id or 0)
    campaign.state, campaign.prepared_at = CampaignState.DRAFT, None


def _empty(session: Session, campaign_id: int) -> None:
    session.execute(delete(Message).where(col(Message.campaign_id) == campaign_id))


def _of_job(session: Session, actor: Actor, campaign_id: int, job: Job) -> Campaign:
    """The campaign while this job prepares it, and nobody else changes it. Raises Stopped when another one does."""
    campaign = get(session, actor, campaign_id, for_change=True)
    if campaign.state != CampaignState.PREPARING or campaign.job_id != job.id:
        raise Stopped
    return campaign


def _within(actor: Actor, campaign: Campaign) -> Actor:
    """Who sees every branch still writes to the campaign's own alone."""
    return replace(actor, branch_ids=frozenset({campaign.branch_id})) if actor.branch_ids is None else actor


def _give_up(campaign_id: int, job: Job) -> None:
    """It is a draft again, unless another job has it by now."""
    with database.transaction() as session:
        session.execute(
            update(Campaign)
            .where(
                col(Campaign.id) == campaign_id,
                col(Campaign.state) == CampaignState.PREPARING,
                col(Campaign.job_id) == job.id,
            )
            .values(state=CampaignState.DRAFT)
        )


def problem(session: Session, campaign: Campaign) -> Text | None:
    """Why a draft could not be worked out when it was tried last."""
    job = session.get(Job, campaign.job_id) if campaign.job_id and campaign.state == CampaignState.DRAFT else None
    return Text.from_json(job.error) if job is not None and job.error is not None else None


def _params(session: Session, actor: Actor, wanted: ContactFilter) -> dict[str, Any]:
    """The filter as it stands now: a segment that is changed later changes no campaign."""
    return segments.resolved(session, actor, wanted).to_params()


def _name(name: str) -> str:
    cleaned = " ".join(name.split())
    if not cleaned or len(cleaned) > NAME_LENGTH:
        raise Invalid(text("Please give it a name of at most {most} characters.", most=NAME_LENGTH), "name")
    return cleaned
