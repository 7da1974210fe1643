"""One template: its words in each language, what they become for a contact, and what they were."""

import asyncio
from dataclasses import dataclass
from typing import Any

import reflex as rx
from sqlmodel import Session, col, select

from crm_app import locales
from crm_app.locales import PUBLIC_LANGUAGES, Text, text
from crm_app.models import Channel, Contact, MessageTemplate, MessageText, Permission, User
from crm_app.services import custom_fields, database
from crm_app.services.actor import Actor
from crm_app.services.contacts import cards, listing
from crm_app.services.contacts.filter import ContactFilter
from crm_app.services.errors import CRMError, Invalid, NotFound
from crm_app.services.filters.questions import is_id
from crm_app.services.messages import sms, templates, trial, values
from crm_app.state.choice import Choice
from crm_app.state.formats import exact
from crm_app.state.guard import action
from crm_app.state.messages import say
from crm_app.state.session import current_actor


@dataclass
class Tab:
    language: str
    name: str
    has_words: bool


@dataclass
class Version:
    id: int
    number: int
    when: str
    who: str


@dataclass
class Preview:
    subject: str = ""
    html: str = ""
    plain: str = ""
    said: str = ""  # how long a text message is


class TemplateState(rx.State):
    """The template whose id stands in the URL; `subject` and `body` are as typed, in `language`."""

    name: str = ""
    is_mail: bool = True
    is_newsletter: bool = True
    language: str = "en"
    tabs: list[Tab] = []
    subject: str = ""
    body: str = ""
    fields: list[Choice] = []
    versions: list[Version] = []
    for_number: str = ""
    for_name: str = ""
    preview: Preview = Preview()
    errors: dict[str, str] = {}
    missing: bool = False
    is_changeable: bool = True
    loaded: bool = False
    key: int = 0

    @action(permission=Permission.MESSAGES)
    async def load(self):
        actor = await current_actor(self)
        self.errors, self.language = {}, ""
        await self._show(actor)
        self.for_number, self.for_name = await asyncio.to_thread(_somebody, actor)
        await self._preview(actor)
        self.loaded = True

    @action(permission=Permission.MESSAGES)
    async def speak(self, language: str):
        """Shows the words in another language."""
        if language in templates.LANGUAGES:
            actor = await current_actor(self)
            self.language, self.errors = language, {}
            await self._show(actor)
            await self._preview(actor)

    @action(permission=Permission.MESSAGES)
    async def type_subject(self, value: str):
        self.subject = value
        await self._preview(await current_actor(self))

    @action(permission=Permission.MESSAGES)
    async def type_body(self, value: str):
        self.body = value
        await self._preview(await current_actor(self))

    @action(permission=Permission.MESSAGES)
    async def look_for(self, form: dict[str, Any]):
        """Previews it for the contact with that number."""
        actor, number = await current_actor(self), str(form.get("number") or "")
        found = await asyncio.to_thread(_named, actor, number.strip().lstrip("#"))
        if found is None:
            await say(self, text("There is no contact with the number {number}.", number=number), "error")
            return
        self.for_number, self.for_name = found
        await self._preview(actor)

    @action(permission=Permission.MESSAGES)
    async def save(self, form: dict[str, Any]):
        """A new version of the words, and the name."""
        actor = await current_actor(self)
        typed = {name: str(form.get(name) or "") for name in ("name", "subject", "body")}
        is_newsletter = form.get("kind") == "newsletter"
        self.subject, self.body = typed["subject"], typed["body"]
        try:
            await asyncio.to_thread(_save, actor, self._id, self.language, typed, is_newsletter)
        except Invalid as error:
            self.errors = {error.field or "body": locales.render(error.message, actor.language)}
            return rx.set_focus(f"template-{error.field or 'body'}")
        except CRMError as error:
            self.errors = {"name": locales.render(error.message, actor.language)}
            return rx.set_focus("template-name")
        self.errors = {}
        await self._show(actor)
        await self._preview(actor)
        await say(self, text("The template is saved."))
        return None

    @action(permission=Permission.MESSAGES)
    async def test(self):
        """Sends what the preview shows to the user."""
        actor = await current_actor(self)
        try:
            to = await asyncio.to_thread(_test, actor, self._asked())
        except CRMError as error:
            await say(self, error.message, "error")
            return
        await say(self, text("A test goes to {address}.", address=to))

    @action(permission=Permission.MESSAGES)
    async def take(self, version: int):
        """Puts an earlier version into the form; saving makes it the newest."""
        actor = await current_actor(self)
        found = await asyncio.to_thread(_version, actor, self._id, version)
        if found is not None:
            self.subject, self.body = found
            self.key += 1
            await self._preview(actor)

    @property
    def _id(self) -> int:
        given = str(self.template_id)
        return int(given) if is_id(given) else 0

    def _asked(self) -> "_Asked":
        return _Asked(self._id, self.for_number, self.subject, self.body, self.is_newsletter, self.language)

    async def _show(self, actor: Actor) -> None:
        found = await asyncio.to_thread(_fetch, actor, self._id, self.language)
        self.missing = found is None
        if found is None:
            return
        self.name, self.is_mail = found.template.name, found.template.channel == Channel.EMAIL
        self.is_newsletter, self.language = found.template.is_newsletter, found.language
        self.is_changeable = templates.may_change(actor, found.template)
        self.tabs, self.versions, self.fields = found.tabs, found.versions, found.fields
        self.subject, self.body = found.subject, found.body
        self.key += 1

    async def _preview(self, actor: Actor) -> None:
        if not self.body.strip():
            self.preview, self.errors = Preview(), {}
            return
        try:
            self.preview = await asyncio.to_thread(_previewed, actor, self._asked())
            self.errors = {}
        except Invalid as error:
            self.errors = {error.field or "body": locales.render(error.message, actor.language)}
        except CRMError:
            self.preview = Preview()


@dataclass(frozen=True)
class _Asked:
    template_id: int
    number: str
    subject: str
    body: str
    is_newsletter: bool
    language: str


@dataclass(frozen=True)
class _Found:
    template: MessageTemplate
    language: str
    tabs: list[Tab]
    versions: list[Version]
    fields: list[Choice]
    subject: str
    body: str


def _fetch(actor: Actor, template_id: int, language: str) -> _Found | None:
    with database.reading() as session:
        try:
            template = templates.get(session, actor, template_id)
        except NotFound:
            return None
        newest = {one.language: one for one in templates.newest(session, template_id)}
        spoken = language or (actor.language if actor.language in newest or not newest else next(iter(newest)))
        words = newest.get(spoken)
        return _Found(
            template,
            spoken,
            [Tab(one, PUBLIC_LANGUAGES[one], one in newest) for one in templates.LANGUAGES],
            _versions(session, actor, template_id, spoken),
            _fields(session, actor, template.is_newsletter),
            words.subject if words else "",
            words.body if words else "",
        )


def _versions(session: Session, actor: Actor, template_id: int, language: str) -> list[Version]:
    query = (
        select(MessageText, User.name)
        .join(User, col(MessageText.user_id) == col(User.id), isouter=True)
        .where(MessageText.template_id == template_id, MessageText.language == language)
        .order_by(col(MessageText.version).desc())
        .limit(20)
    )
    return [
        Version(one.id or 0, one.version, exact(one.at, actor.language, actor.timezone), who or "")
        for one, who in session.exec(query)
    ]


def _fields(session: Session, actor: Actor, is_newsletter: bool) -> list[Choice]:
    """What can be put between braces, with its name."""
    names, _ = values.known(session, is_newsletter=is_newsletter)
    found = [Choice(f"{{{{ {name} }}}}", locales.render(values.LABELS[name], actor.language)) for name in names]
    own = custom_fields.all_of(session)
    return found + [
        Choice(f"{{{{ own.{key} }}}}", locales.render(one.label, actor.language)) for key, one in own.items()
    ]


def _somebody(actor: Actor) -> tuple[str, str]:
    """A contact to preview with: the first of the list."""
    with database.reading() as session:
        found = listing.page(session, actor, ContactFilter(), limit=1).contacts
        return (str(found[0].number), found[0].display_name) if found else ("", "")


def _named(actor: Actor, number: str) -> tuple[str, str] | None:
    with database.reading() as session:
        try:
            found = cards.get(session, actor, int(number) if is_id(number) else 0)
        except NotFound:
            return None
        return str(found.number), found.display_name


def _contact(session: Session, actor: Actor, number: str) -> Contact | None:
    try:
        return cards.get(session, actor, int(number)) if is_id(number) else None
    except NotFound:
        return None


def _previewed(actor: Actor, asked: _Asked) -> Preview:
    with database.reading() as session:
        template = templates.get(session, actor, asked.template_id)
        channel = Channel(template.channel)
        composed = trial.preview(
            session,
            _contact(session, actor, asked.number),
            channel,
            subject=asked.subject,
            body=asked.body,
            is_newsletter=asked.is_newsletter,
            language=asked.language,
        )
    said = ""
    if channel is Channel.SMS:
        length = sms.length(composed.text)
        message: Text = text("{units} characters, {n} text messages", units=length.units, n=length.parts)
        said = locales.render(message, actor.language)
    return Preview(composed.subject, composed.html, composed.text, said)


def _test(actor: Actor, asked: _Asked) -> str:
    with database.transaction() as session:
        composed = trial.preview(
            session,
            _contact(session, actor, asked.number),
            Channel.EMAIL,
            subject=asked.subject,
            body=asked.body,
            is_newsletter=asked.is_newsletter,
            language=asked.language,
        )
        return trial.to_oneself(session, actor, composed).address


def _save(actor: Actor, template_id: int, language: str, typed: dict[str, str], is_newsletter: bool) -> None:
    with database.transaction() as session:
        templates.change(session, actor, template_id, name=typed["name"], is_newsletter=is_newsletter)
        templates.write(session, actor, template_id, language, subject=typed["subject"], body=typed["body"])


def _version(actor: Actor, template_id: int, version_id: int) -> tuple[str, str] | None:
    with database.reading() as session:
        templates.get(session, actor, template_id)
        found = session.get(MessageText, version_id)
        if found is None or found.template_id != template_id:
            return None
        return found.subject, found.body
