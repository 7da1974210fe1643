"""The privacy desk: what people asked about their data, and certificates of erasures."""

import asyncio
from dataclasses import dataclass
from datetime import date
from typing import Any

import reflex as rx
from sqlmodel import Session

from crm_app import locales, routes
from crm_app.jobs import queue
from crm_app.locales import Text, text
from crm_app.models import Job, Permission, RequestKind, RequestState
from crm_app.services import database, installation
from crm_app.services.actor import Actor
from crm_app.services.contacts import cards
from crm_app.services.errors import CRMError, Invalid, NotFound
from crm_app.services.local_time import today
from crm_app.services.privacy import erasing, requests
from crm_app.services.privacy.requests import KINDS, Entry
from crm_app.state.choice import Choice
from crm_app.state.formats import exact, short_date
from crm_app.state.guard import action
from crm_app.state.messages import say
from crm_app.state.person_file import person_file
from crm_app.state.session import current_actor

NEW = "new"
STATES: dict[RequestState, Text] = {
    RequestState.OPEN: text("open"),
    RequestState.ANSWERED: text("answered"),
    RequestState.REFUSED: text("refused"),
}


@dataclass
class RequestLine:
    """`contact` is the number as it is shown; `extended`: it has three months."""

    key: str
    kind: str
    kind_raw: str
    asked_by: str
    contact: str
    contact_url: str
    name: str
    received: str
    due: str
    state: str
    state_raw: str
    note: str
    answered: str
    is_overdue: bool
    is_open: bool
    extended: bool
    number: int  # of the contact, 0 when it is not there
    erase_url: str


@dataclass
class CertificateLine:
    """`state` is empty once it is finished; `can_resume`: it stopped, and can be taken up again."""

    id: int
    number: str
    when: str
    who: str
    state: str
    url: str
    can_resume: bool


class PrivacyState(rx.State):
    """`editing` is the id of the request whose form is open, "new" for a new one."""

    lines: list[RequestLine] = []
    certificates: list[CertificateLine] = []
    overdue: int = 0
    editing: str = ""
    kinds: list[Choice] = []
    states: list[Choice] = []
    new_contact: str = ""  # the number a new request is about
    new_name: str = ""
    today: str = ""
    error: str = ""
    error_field: str = ""
    may_erase: bool = False
    may_export: bool = False
    loaded: bool = False

    @action(permission=Permission.CONSENT)
    async def load(self):
        actor = await current_actor(self)
        self.may_erase, self.may_export = actor.may(Permission.CONTACTS_ERASE), actor.may(Permission.EXPORT)
        self.kinds = [Choice(kind.value, locales.render(label, actor.language)) for kind, label in KINDS.items()]
        self.states = [Choice(one.value, locales.render(label, actor.language)) for one, label in STATES.items()]
        self.error, self.error_field = "", ""
        asked = str(self.router.url.query_parameters.get("new", ""))
        self.new_contact, self.new_name = await asyncio.to_thread(_contact, actor, asked)
        self.editing = NEW if self.new_contact else ""
        await self._show()
        self.loaded = True

    @action(permission=Permission.EXPORT)
    async def hand_out(self, number: int):
        """Everything about the person who asked, by an address that is good for five minutes."""
        return rx.download(url=person_file(self, number))

    @action(permission=Permission.CONSENT)
    async def edit(self, key: str):
        """Opens the form of a request, or of a new one; closes it."""
        self.editing, self.error, self.error_field = key, "", ""
        if key != NEW:
            self.new_contact, self.new_name = "", ""

    @action(permission=Permission.CONSENT)
    async def add(self, form: dict[str, Any]):
        """Notes a new request."""
        contact = str(form.get("contact") or "").strip().lstrip("#")

        def verb(session: Session, actor: Actor) -> None:
            if contact and not (contact.isascii() and contact.isdigit() and len(contact) < 19):
                raise Invalid(text("This is no number of a contact."), "contact")
            requests.add(
                session,
                actor,
                str(form.get("kind") or ""),
                number=int(contact) if contact else None,
                asked_by=str(form.get("asked_by") or ""),
                received_on=_day(str(form.get("received_on") or "")),
                note=str(form.get("note") or ""),
            )

        await self._do(verb, text("The request is noted."))

    @action(permission=Permission.CONSENT)
    async def save(self, form: dict[str, Any]):
        """Writes what became of a request."""
        id_ = int(self.editing) if self.editing.isdigit() and len(self.editing) < 10 else 0

        def verb(session: Session, actor: Actor) -> None:
            requests.change(
                session,
                actor,
                id_,
                state=str(form.get("state") or ""),
                note=str(form.get("note") or ""),
                extended=bool(form.get("extended")),
            )

        await self._do(verb, text("The request is saved."))

    @action(permission=Permission.CONTACTS_ERASE)
    async def resume(self, erasure_id: int):
        """Takes up an erasure that stopped."""
        actor = await current_actor(self)
        try:
            job_id = await asyncio.to_thread(_resumed, actor, erasure_id)
        except CRMError as error:
            await say(self, error.message, "error")
            return
        await asyncio.to_thread(queue.push, job_id)
        await self._show()

    async def _do(self, verb: Any, said: Text) -> None:
        actor = await current_actor(self)
        try:
            await asyncio.to_thread(_written, actor, verb)
        except CRMError as error:
            self.error = locales.render(error.message, actor.language)
            self.error_field = error.field if isinstance(error, Invalid) else ""
            return
        self.editing, self.error, self.error_field, self.new_contact, self.new_name = "", "", "", "", ""
        await self._show()
        await say(self, said)

    async def _show(self) -> None:
        actor = await current_actor(self)
        self.lines, self.overdue, self.certificates, self.today = await asyncio.to_thread(_fetch, actor)


def _day(written: str) -> date | None:
    """Raises Invalid ("received_on")."""
    if not written:
        return None
    try:
        return date.fromisoformat(written)
    except ValueError as error:
        raise Invalid(text("This date or time is not understood."), "received_on") from error


def _written(actor: Actor, verb: Any) -> None:
    with database.transaction() as session:
        verb(session, actor)


def _resumed(actor: Actor, erasure_id: int) -> int:
    with database.transaction() as session:
        return erasing.again(session, actor, erasure_id).job_id or 0


def _contact(actor: Actor, number: str) -> tuple[str, str]:
    """The number and name of the contact a new request is about; empty for none that can be seen."""
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        return "", ""
    with database.reading() as session:
        try:
            return number, cards.get(session, actor, int(number)).display_name
        except NotFound:
            return "", ""


def _fetch(actor: Actor) -> tuple[list[RequestLine], int, list[CertificateLine], str]:
    with database.reading() as session:
        entries = requests.listing(session, actor)
        lines = [_line(actor, one) for one in entries]
        certificates = []
        for done in erasing.listing(session, actor):
            job = session.get(Job, done.job_id) if done.job_id else None
            certificates.append(_certificate(actor, done, job))
        this_day = today(installation.current(session).timezone).isoformat()
    return lines, requests.overdue(entries), certificates, this_day


def _line(actor: Actor, entry: Entry) -> RequestLine:
    one, language = entry.request, actor.language
    kind, state, number = RequestKind(one.kind), RequestState(one.state), one.contact_number
    answered = ""
    if one.answered_at is not None:
        when = exact(one.answered_at, language, actor.timezone)
        answered = " · ".join(filter(None, (when, entry.answered_by)))
    is_there = number is not None and bool(entry.name)
    return RequestLine(
        key=str(one.id),
        kind=locales.render(KINDS[kind], language),
        kind_raw=kind.value,
        asked_by=one.asked_by,
        contact=f"#{number}" if number is not None else "",
        contact_url=routes.contact(number) if number is not None and is_there else "",
        name=entry.name,
        received=short_date(one.received_on, language),
        due=short_date(one.due_on, language),
        state=locales.render(STATES[state], language),
        state_raw=state.value,
        note=one.note,
        answered=answered,
        is_overdue=entry.is_overdue,
        is_open=one.is_open,
        extended=one.due_on == requests.due(one.received_on, requests.LONGEST_MONTHS),
        number=number if number is not None and is_there else 0,
        erase_url=f"{routes.privacy_erase(number)}?request={one.id}" if number is not None and is_there else "",
    )


def _certificate(actor: Actor, done: Any, job: Job | None) -> CertificateLine:
    is_over = job is None or job.is_finished
    state = text("at work") if not is_over else text("stopped")
    if job is not None and job.error is not None and done.cleaned_at is None:
        state = Text.from_json(job.error)
    is_done = done.cleaned_at is not None
    return CertificateLine(
        id=done.id or 0,
        number=f"#{done.number}",
        when=exact(done.erased_at or done.asked_at, actor.language, actor.timezone),
        who=done.who,
        state="" if is_done else locales.render(state, actor.language),
        url=routes.certificate(done.id or 0) if done.erased_at is not None else "",
        can_resume=not is_done and is_over and actor.may(Permission.CONTACTS_ERASE),
    )
