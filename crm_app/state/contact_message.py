"""A message to the contact whose card is open: written by hand, or begun from a template."""

import asyncio
from typing import Any

import reflex as rx

from crm_app import locales
from crm_app.locales import text
from crm_app.models import Channel, Permission
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.contacts import cards
from crm_app.services.errors import CRMError, Invalid
from crm_app.services.filters.questions import is_id
from crm_app.services.messages import invitations, server, singles, templates
from crm_app.state.choice import Choice
from crm_app.state.contact_timeline import ContactTimelineState
from crm_app.state.contact_view import key_of
from crm_app.state.guard import action
from crm_app.state.messages import say
from crm_app.state.session import current_actor


class ContactMessageState(rx.State):
    """`channel` is empty while no message is written."""

    channel: str = ""
    to: str = ""
    subject: str = ""
    body: str = ""
    templates: list[Choice] = []
    has_sms: bool = False
    errors: dict[str, str] = {}
    key: int = 0

    @action(permission=Permission.CONTACTS_EDIT)
    async def load(self):
        self.channel, self.errors = "", {}
        self.has_sms = await asyncio.to_thread(_has_sms)

    @action(permission=Permission.CONTACTS_EDIT)
    async def write(self, channel: str):
        """Opens the form for a channel; an empty one closes it."""
        self.channel = channel if channel in templates.CHANNELS else ""
        self.errors, self.subject, self.body, self.key = {}, "", "", self.key + 1
        if self.channel:
            actor = await current_actor(self)
            self.to, self.templates = await asyncio.to_thread(_opened, actor, self.number, Channel(self.channel))

    @action(permission=Permission.CONTACTS_EDIT)
    async def begin_with(self, template: str):
        """Fills the form from a template, for this contact; what is typed is replaced."""
        if not is_id(template):
            return
        actor = await current_actor(self)
        try:
            found = await asyncio.to_thread(_filled, actor, self.number, int(template))
        except CRMError as error:
            await say(self, error.message, "error")
            return
        self.subject, self.body = found
        self.errors, self.key = {}, self.key + 1

    @action(permission=Permission.CONTACTS_EDIT)
    async def send(self, form: dict[str, Any]):
        """A second press finds the form closed, and sends nothing."""
        if not self.channel:
            return None
        actor = await current_actor(self)
        self.subject, self.body = str(form.get("subject") or ""), str(form.get("body") or "")
        channel = Channel(self.channel)
        try:
            await asyncio.to_thread(_send, actor, self.number, channel, self.subject, self.body)
        except Invalid as error:
            self.errors = {error.field: locales.render(error.message, actor.language)}
            return rx.set_focus(f"message-{error.field}")
        except CRMError as error:
            self.errors = {"": locales.render(error.message, actor.language)}
            return None
        self.channel, self.errors = "", {}
        await say(self, text("The message to {address} goes out.", address=self.to))
        return ContactTimelineState.refresh

    @action(permission=Permission.CONTACTS_EDIT)
    async def invite(self, group: str):
        """Asks the contact by mail whether it agrees to be written to."""
        actor = await current_actor(self)
        try:
            to = await asyncio.to_thread(_invite, actor, self.number, int(group) if is_id(group) else None)
        except CRMError as error:
            await say(self, error.message, "error")
            return
        await say(self, text("The invitation to {address} goes out.", address=to))


def _has_sms() -> bool:
    with database.reading() as session:
        return bool(server.current(session).sms_url)


def _opened(actor: Actor, number: str, channel: Channel) -> tuple[str, list[Choice]]:
    """The address, and the templates to begin with: newsletters go out as campaigns."""
    with database.reading() as session:
        contact = cards.get(session, actor, key_of(number))
        to = contact.email if channel is Channel.EMAIL else contact.mobile or contact.phone
        known = [
            Choice(str(one.template.id), one.template.name)
            for one in templates.listing(session, actor, channel)
            if one.languages and not one.template.is_newsletter
        ]
        return to or "", known


def _filled(actor: Actor, number: str, template_id: int) -> tuple[str, str]:
    with database.reading() as session:
        contact = cards.get(session, actor, key_of(number))
        return singles.begun(session, actor, contact, template_id)


def _send(actor: Actor, number: str, channel: Channel, subject: str, body: str) -> None:
    with database.transaction() as session:
        contact = cards.get(session, actor, key_of(number))
        singles.write(session, actor, contact, subject=subject, body=body, channel=channel)


def _invite(actor: Actor, number: str, group_id: int | None) -> str:
    with database.transaction() as session:
        contact = cards.get(session, actor, key_of(number))
        return invitations.invite(session, actor, contact, group_id=group_id).address
