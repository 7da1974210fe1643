"""Files kept with the contact whose card is open. They come and go by routes of the server; here they are told of."""

import asyncio

import reflex as rx

from crm_app import settings
from crm_app.locales import text
from crm_app.models import Permission
from crm_app.services import attachments, database
from crm_app.services.actor import Actor
from crm_app.services.contacts import cards
from crm_app.services.errors import CRMError
from crm_app.services.file_kinds import MEDIA_TYPES
from crm_app.state.contact_timeline import ContactTimelineState
from crm_app.state.contact_undo import offer
from crm_app.state.contact_view import key_of
from crm_app.state.guard import action
from crm_app.state.messages import say
from crm_app.state.session import current_actor


class ContactFilesState(rx.State):
    """`accept` are the endings of files that are kept, `limit` is their size in bytes."""

    accept: str = ",".join(f".{ending}" for ending in MEDIA_TYPES)
    limit: int = 0
    megabytes: int = 0

    @action(permission=Permission.CONTACTS_READ)
    async def load(self):
        self.limit = settings.get().attachment_limit
        self.megabytes = max(1, self.limit // settings.MIB)

    @action(permission=Permission.CONTACTS_EDIT)
    async def added(self):
        """A file is there."""
        await say(self, text("The file is kept with this contact."))
        return ContactTimelineState.refresh

    @action(permission=Permission.CONTACTS_EDIT)
    async def remove(self, attachment_id: int):
        actor, number = await current_actor(self), key_of(self.number)
        try:
            name = await asyncio.to_thread(_remove, actor, number, attachment_id)
        except CRMError as error:
            await say(self, error.message, "error")
        else:
            await offer(self, text("{name} is removed.", name=name), "file", number, attachment_id)
        return ContactTimelineState.refresh


def _remove(actor: Actor, number: int, attachment_id: int) -> str:
    with database.transaction() as session:
        return attachments.remove(session, actor, cards.get(session, actor, number), attachment_id).name
