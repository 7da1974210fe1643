"""The form of a new or changed contact."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import reflex as rx

from crm_app import locales, routes
from crm_app.locales import Text, text
from crm_app.models import Contact, Permission
from crm_app.services import choosable, custom_fields, database, installation
from crm_app.services.actor import Actor
from crm_app.services.contacts import cards, editing, owning
from crm_app.services.contacts import texts as stored_texts
from crm_app.services.contacts.editing import ChangedMeanwhile
from crm_app.services.contacts.validating import InvalidFields
from crm_app.services.errors import NotFound
from crm_app.services.fields.conversion import as_text
from crm_app.services.fields.registry import Shown
from crm_app.state.contact_known import KnownContacts
from crm_app.state.contact_view import key_of
from crm_app.state.guard import action
from crm_app.state.messages import say
from crm_app.state.session import current_actor

FORM_FIELDS = list(stored_texts.TYPED)


@dataclass
class OwnField:
    """An own field as the form asks for it."""

    name: str
    label: str
    kind: str
    options: list[str]
    required: bool
    help: str


@dataclass
class _Form:
    """What the form needs to ask: choices, and the stored texts by field."""

    required: list[str]
    statuses: list[str]
    owners: list[list[str]]
    own: list[OwnField]
    texts: dict[str, str] = field(default_factory=dict)


class ContactFormState(KnownContacts, rx.State):
    """Values go in once and come back with the form; typing stays in the browser."""

    values: dict[str, str] = {}
    errors: dict[str, str] = {}
    required: list[str] = []
    statuses: list[str] = []
    owners: list[list[str]] = []
    own: list[OwnField] = []
    loaded: bool = False
    missing: bool = False
    key: int = 0  # a new number gives the form fresh inputs

    @action(permission=Permission.CONTACTS_EDIT)
    async def new(self):
        await self._show(None)

    @action(permission=Permission.CONTACTS_EDIT)
    async def edit(self):
        await self._show(self.number)

    @action(permission=Permission.CONTACTS_EDIT)
    async def create(self, form: dict[str, Any]):
        actor = await current_actor(self)
        return await self._save(actor, None, form)

    @action(permission=Permission.CONTACTS_EDIT)
    async def change(self, form: dict[str, Any]):
        actor = await current_actor(self)
        return await self._save(actor, self.number, form)

    async def _show(self, number: str | None) -> None:
        actor = await current_actor(self)
        self.errors, self.missing = {}, False
        try:
            asked = await asyncio.to_thread(_form, actor, number)
        except NotFound:
            self.missing = True
        else:
            self.required, self.statuses = asked.required, asked.statuses
            self.owners, self.own = asked.owners, asked.own
            self._nobody_known(asked.texts)
            if asked.texts != self.values:  # else the inputs stay, with what was typed in them already
                self.values = asked.texts
                self.key += 1
        self.loaded = True

    async def _save(self, actor: Actor, number: str | None, form: dict[str, Any]):
        names = [*FORM_FIELDS, *(own.name for own in self.own)]
        texts = {name: str(form.get(name) or "") for name in names}
        try:
            saved, gone = await asyncio.to_thread(_write, actor, number, texts, dict(self.values))
        except ChangedMeanwhile as told:
            self.errors = {name: _told(theirs, actor) for name, theirs in told.fields.items()}
            self.values = {**self.values, **{name: theirs.text for name, theirs in told.fields.items()}}
            return rx.set_focus(f"field-{next(iter(told.fields))}")
        except NotFound as error:
            await say(self, error.message, "error")
            return None
        except InvalidFields as error:
            self.errors = {name: locales.render(why, actor.language) for name, why in error.fields.items()}
            first = next((name for name in names if name in error.fields), "")
            return rx.set_focus(f"field-{first}") if first else None
        self.errors = {}
        self._nobody_known({})
        if gone is not None:
            await say(self, gone, "warning")
            return rx.redirect(routes.CONTACTS)
        await say(self, text("{name} is saved.", name=saved.display_name))
        return rx.redirect(routes.contact(saved.number))


def _form(actor: Actor, number: str | None) -> _Form:
    with database.reading() as session:
        own = {key: one for key, one in custom_fields.all_of(session).items() if Shown.FORM in one.shown}
        asked = _Form(
            required=installation.required(installation.current(session)),
            statuses=[status.name for status in choosable.statuses(session)],
            owners=[[user.email, user.name] for user in choosable.colleagues(session, actor)],
            own=[
                OwnField(
                    key,
                    locales.render(one.label, actor.language),
                    one.kind.value,
                    list(one.options),
                    one.required,
                    one.help,
                )
                for key, one in own.items()
            ],
        )
        if number is None:
            status = choosable.default_status(session)
            first = {"lifecycle": "lead", "status": status.name if status else ""}
            defaults = {key: as_text(one.default) for key, one in own.items()}
            asked.texts = dict.fromkeys(FORM_FIELDS, "") | defaults | first
        else:
            contact = cards.get(session, actor, key_of(number))
            asked.texts = stored_texts.of(session, contact, [*FORM_FIELDS, *own], actor.language)
        return asked


def _told(theirs: editing.Theirs, actor: Actor) -> str:
    """What somebody reads beside a field that is not what it was when the form was opened."""
    words = {"value": theirs.text or "–", "who": theirs.who}
    said = (
        text("{who} made this “{value}” meanwhile. Save again to keep yours.", **words)
        if theirs.who
        else text("This became “{value}” meanwhile. Save again to keep yours.", value=words["value"])
    )
    return locales.render(said, actor.language)


def _write(
    actor: Actor, number: str | None, texts: dict[str, str], seen: dict[str, str]
) -> tuple[Contact, Text | None]:
    """The contact, and that it is out of the actor's sight now."""
    with database.transaction() as session:
        if number is None:
            own = custom_fields.all_of(session)
            said = {name: value for name, value in texts.items() if value.strip() or name in own or name == "status"}
            return cards.create(session, actor, said), None
        saved = editing.write(session, actor, key_of(number), texts, seen).contact
        return saved, owning.given_away(session, actor, saved)
