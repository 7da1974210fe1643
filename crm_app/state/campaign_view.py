"""One look at a campaign as finished text: figures with their reasons, contacts, samples of what goes out."""

from dataclasses import dataclass, field

from sqlmodel import Session

from crm_app import locales, routes
from crm_app.locales import Text, text
from crm_app.models import (
    Campaign,
    CampaignState,
    Channel,
    Contact,
    LeftOut,
    Message,
    MessageState,
    MessageTemplate,
    MessageText,
)
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.consent import groups
from crm_app.services.errors import CRMError, NotFound
from crm_app.services.messages import campaigns, permitted, server, templates, trial
from crm_app.state.choice import Choice
from crm_app.state.formats import exact
from crm_app.state.message_words import CAMPAIGN_STATES, CHANNELS, STATES, audience

_MOVING = (CampaignState.PREPARING, CampaignState.SENDING)
_PAGE = 50
_AT_WORK = (MessageState.QUEUED, MessageState.SENDING)


@dataclass
class Figure:
    """So many messages; `key` names them for the list, `share` is their part of a hundred."""

    key: str
    label: str
    count: int
    look: str


@dataclass
class Recipient:
    key: str
    name: str
    url: str
    address: str
    said: str


@dataclass
class Sample:
    """What one contact gets."""

    address: str
    name: str
    subject: str
    html: str
    plain: str


@dataclass
class CampaignView:
    name: str = ""
    state: str = ""
    state_label: str = ""
    dot: str = ""
    audience: str = ""
    audience_url: str = ""
    template: str = ""
    template_id: str = ""
    group_id: str = ""
    is_moving: bool = False
    is_changeable: bool = False
    planned: int = 0
    ended: int = 0
    total: int = 0
    percent: int = 0
    when: str = ""
    opened: int = 0
    clicked: int = 0
    problem: str = ""
    failed: str = ""  # why nobody could be worked out
    in_folder: bool = False
    figures: list[Figure] = field(default_factory=list)
    reasons: list[Figure] = field(default_factory=list)


def look(actor: Actor, campaign_id: int) -> CampaignView | None:
    """None for a missing one, and one of another branch."""
    with database.reading() as session:
        try:
            campaign = campaigns.get(session, actor, campaign_id)
        except NotFound:
            return None
        return _view(session, actor, campaign)


def choices(actor: Actor) -> tuple[list[Choice], list[Choice]]:
    """Templates and newsletter groups."""
    with database.reading() as session:
        known = [
            Choice(
                str(one.template.id),
                f"{one.template.name} ({_said(CHANNELS[Channel(one.template.channel)], actor)})",
            )
            for one in templates.listing(session, actor)
            if one.languages
        ]
        return known, [Choice(str(one.id), one.name) for one in groups.listing(session)]


def samples(actor: Actor, campaign_id: int) -> list[Sample]:
    """What the first ten who get it get."""
    with database.reading() as session:
        try:
            found = campaigns.messages(
                session, actor, campaign_id, states=[MessageState.PLANNED], limit=campaigns.SAMPLES
            )
            return [one for message, contact in found if (one := _sample(session, message, contact)) is not None]
        except CRMError:
            return []


def recipients(
    actor: Actor, campaign_id: int, state: MessageState, reason: LeftOut | None, after: int
) -> tuple[list[Recipient], int]:
    """A page of them, and behind which message the next one begins; 0 at the end."""
    with database.reading() as session:
        states = _AT_WORK if state is MessageState.QUEUED else (state,)
        found = campaigns.messages(
            session, actor, campaign_id, states=states, reason=reason, after=after, limit=_PAGE + 1
        )
    shown = [_recipient(message, contact, actor) for message, contact in found[:_PAGE]]
    return shown, (found[_PAGE - 1][0].id or 0) if len(found) > _PAGE else 0


def _view(session: Session, actor: Actor, campaign: Campaign) -> CampaignView:
    state = CampaignState(campaign.state)
    label, dot = CAMPAIGN_STATES[state]
    counts = campaigns.counts(session, campaign.id or 0)
    template = session.get(MessageTemplate, campaign.template_id) if campaign.template_id else None
    here = server.current(session)
    wanted = campaigns.filter_of(campaign)
    left_out = counts.of(MessageState.LEFT_OUT)
    total = counts.total - left_out
    ended = total - counts.of(MessageState.PLANNED, *_AT_WORK)
    return CampaignView(
        name=campaign.name,
        state=state,
        state_label=_said(label, actor),
        dot=f"dot-{dot}",
        audience=audience(session, actor, wanted),
        audience_url=wanted.url(routes.CONTACTS),
        template=template.name if template else "",
        template_id=str(campaign.template_id or ""),
        group_id=str(campaign.group_id or ""),
        is_moving=state in _MOVING,
        is_changeable=state in (CampaignState.DRAFT, CampaignState.PREPARED),
        planned=counts.of(MessageState.PLANNED),
        ended=ended,
        total=total,
        percent=100 * ended // max(1, total),
        opened=counts.opened,
        clicked=counts.clicked,
        when=_when(campaign, state, actor),
        problem=_said(Text.from_json(here.problem), actor) if here.problem is not None else "",
        failed=_said(problem, actor) if (problem := campaigns.problem(session, campaign)) is not None else "",
        in_folder=not server.is_set(here) and (template is None or template.channel == Channel.EMAIL),
        figures=_figures(counts, actor),
        reasons=[
            Figure(
                f"{MessageState.LEFT_OUT}:{reason}",
                _said(permitted.REASONS[reason], actor),
                counts.left_out[reason],
                "skip",
            )
            for reason in permitted.REASONS
            if counts.left_out.get(reason)
        ],
    )


def _figures(counts: campaigns.Counts, actor: Actor) -> list[Figure]:
    looks = {
        MessageState.PLANNED: "good",
        MessageState.SENT: "good",
        MessageState.QUEUED: "info",
        MessageState.FAILED: "danger",
        MessageState.UNCERTAIN: "warn",
        MessageState.CANCELLED: "skip",
    }
    found = []
    for state, look_ in looks.items():
        count = counts.of(*_AT_WORK) if state is MessageState.QUEUED else counts.of(state)
        if count:
            found.append(Figure(str(state), _said(STATES[state], actor), count, look_))
    return found


def _when(campaign: Campaign, state: CampaignState, actor: Actor) -> str:
    def told(at):
        return exact(at, actor.language, actor.timezone)

    if state is CampaignState.SCHEDULED and campaign.scheduled_at is not None:
        return _said(text("Goes out {when}.", when=told(campaign.scheduled_at)), actor)
    if campaign.ended_at is not None:
        return _said(text("Ended {when}.", when=told(campaign.ended_at)), actor)
    if campaign.started_at is not None:
        return _said(text("Begun {when}.", when=told(campaign.started_at)), actor)
    if campaign.prepared_at is not None:
        return _said(text("Worked out {when}; newer contacts are not in it.", when=told(campaign.prepared_at)), actor)
    return ""


def _recipient(message: Message, contact: Contact, actor: Actor) -> Recipient:
    said = ""
    if message.error is not None:
        said = _said(Text.from_json(message.error), actor)
    elif message.ended_at is not None:
        said = exact(message.ended_at, actor.language, actor.timezone)
    return Recipient(
        key=str(message.id),
        name=contact.display_name,
        url=routes.contact(contact.number),
        address=message.address,
        said=said,
    )


def _sample(session: Session, message: Message, contact: Contact) -> Sample | None:
    words = session.get(MessageText, message.text_id) if message.text_id is not None else None
    template = session.get(MessageTemplate, words.template_id) if words is not None else None
    if words is None or template is None:
        return None
    try:
        composed = trial.preview(
            session,
            contact,
            Channel(message.channel),
            subject=words.subject,
            body=words.body,
            is_newsletter=template.is_newsletter,
            language=message.language,
        )
    except CRMError:
        return None
    return Sample(message.address, contact.display_name, composed.subject, composed.html, composed.text)


def _said(message: Text, actor: Actor) -> str:
    return locales.render(message, actor.language)
