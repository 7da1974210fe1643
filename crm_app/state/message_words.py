"""What messages and campaigns are called on the pages: states, reasons, channels."""

from sqlmodel import Session

from crm_app import locales
from crm_app.locales import Text, text
from crm_app.models import CampaignState, Channel, MessageState
from crm_app.services import segments
from crm_app.services.actor import Actor
from crm_app.services.contacts.filter import ContactFilter
from crm_app.services.filters.words import Words
from crm_app.state.course_words import membership_words

CHANNELS = {Channel.EMAIL: text("E-mail"), Channel.SMS: text("Text message"), Channel.PHONE: text("Phone")}
STATES: dict[MessageState, Text] = {
    MessageState.PLANNED: text("to be sent"),
    MessageState.LEFT_OUT: text("left out"),
    MessageState.QUEUED: text("waiting"),
    MessageState.SENDING: text("being sent"),
    MessageState.SENT: text("sent"),
    MessageState.FAILED: text("could not be sent"),
    MessageState.UNCERTAIN: text("may have been sent"),
    MessageState.CANCELLED: text("taken back"),
}
CAMPAIGN_STATES: dict[CampaignState, tuple[Text, str]] = {  # and the colour of its dot
    CampaignState.DRAFT: (text("Draft"), "gray"),
    CampaignState.PREPARING: (text("Being prepared"), "blue"),
    CampaignState.PREPARED: (text("Ready to send"), "violet"),
    CampaignState.SCHEDULED: (text("Scheduled"), "violet"),
    CampaignState.SENDING: (text("Being sent"), "blue"),
    CampaignState.PAUSED: (text("Paused"), "amber"),
    CampaignState.STOPPED: (text("Stopped"), "red"),
    CampaignState.DONE: (text("Sent"), "green"),
}
_EVERYBODY = text("All contacts")
_KINDS = {"lead": text("Leads"), "customer": text("Customers"), "contact": text("Contacts that are neither")}


def audience(session: Session, actor: Actor, wanted: ContactFilter) -> str:
    """Whom a filter means, on one line."""

    def said(message: Text) -> str:
        return locales.render(message, actor.language)

    parts = []
    if wanted.lifecycle is not None:
        parts.append(said(_KINDS[wanted.lifecycle]))
    if wanted.segment_id:
        parts.append(segments.named(session, actor, wanted.segment_id)[0])
    if wanted.where:
        parts.append(Words(session, actor).of(wanted.where))
    if wanted.query:
        parts.append(f"“{wanted.query}”")
    if wanted.import_id is not None:
        parts.append(said(text("of import {number}", number=wanted.import_id)))
    if wanted.membership is not None:
        parts.append(membership_words(session, actor, wanted.membership))
    return " · ".join(parts) or said(_EVERYBODY)
