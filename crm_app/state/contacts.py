"""The contact list's screen: its truth is the URL, read on every load."""

import asyncio
from dataclasses import dataclass, field, replace

import reflex as rx
from sqlmodel import Session

from crm_app import locales, routes
from crm_app.locales import Text, text
from crm_app.models import Contact, Lifecycle, Permission
from crm_app.services import database, segments
from crm_app.services.actor import Actor
from crm_app.services.contacts import listing
from crm_app.services.contacts.filter import ContactFilter, SortKey
from crm_app.services.errors import CRMError
from crm_app.services.filters import editing
from crm_app.services.filters.questions import is_id
from crm_app.services.filters.tree import EVERYBODY, Match
from crm_app.services.filters.words import Words
from crm_app.state.formats import day, initials
from crm_app.state.guard import action
from crm_app.state.session import current_actor


@dataclass
class Chip:
    name: str
    franchise: bool


@dataclass
class FilterChip:
    """One condition in words, and the list without it."""

    words: str
    off_url: str


@dataclass
class ContactLine:
    """One row as it is shown; every value is text ready to read."""

    number: int
    url: str
    name: str
    initials: str
    company: str
    email: str
    phone: str
    phone_url: str
    city: str
    status: str
    status_dot: str
    active: bool
    created: str
    tags: list[Chip] = field(default_factory=list)


class ContactListState(rx.State):
    """What the list shows for the URL it was opened with."""

    rows: list[ContactLine] = []
    loaded: bool = False
    total: int = 0
    capped: bool = False
    previous_url: str = ""
    next_url: str = ""
    sort: str = SortKey.NAME.value
    descending: bool = False
    sort_urls: dict[str, str] = {}
    lifecycle: str = ""
    lifecycle_urls: dict[str, str] = {}
    inactive: bool = False
    inactive_url: str = ""
    import_name: str = ""
    import_off_url: str = ""
    chips: list[FilterChip] = []
    segment_name: str = ""
    segment_off_url: str = ""
    segment_changeable: bool = False
    narrowed: bool = False
    error: str = ""
    may_edit: bool = False
    may_import: bool = False
    may_bulk: bool = False
    may_export: bool = False
    export_url: str = ""
    numbers: list[int] = []  # of the page

    @action(permission=Permission.CONTACTS_READ)
    async def load(self):
        """Reads the URL and shows its page."""
        params = dict(self.router.url.query_parameters)
        actor = await current_actor(self)
        self.may_bulk, self.may_export = actor.may(Permission.CONTACTS_BULK), actor.may(Permission.EXPORT)
        self.may_edit, self.may_import = actor.may(Permission.CONTACTS_EDIT), actor.may(Permission.IMPORT)
        path = routes.LEADS if self.router.url.path.startswith(routes.LEADS) else routes.CONTACTS
        try:
            wanted = ContactFilter.from_params(params)
            after, before = _number(params.get("after")), _number(params.get("before"))
        except ValueError:
            self._fail(text("This link has a condition that is not known."), actor)
            return
        self.error = ""
        if path == routes.LEADS:
            wanted = replace(wanted, lifecycle=Lifecycle.LEAD)
        self._describe(wanted, path)
        try:
            shown = await asyncio.to_thread(_fetch, actor, wanted, path, after, before)
        except CRMError as error:
            self._fail(error.message, actor)
            return
        self.rows, page, self.import_name, self.chips, segment = shown
        self.segment_name, self.segment_changeable = segment
        self.numbers = [row.number for row in self.rows]
        self.total, self.capped = min(page.total, listing.COUNT_LIMIT), page.total > listing.COUNT_LIMIT
        self.previous_url = _url(wanted, path, before=page.before) if page.before else ""
        self.next_url = _url(wanted, path, after=page.after) if page.after else ""
        self.loaded = True

    def _fail(self, message: Text, actor: Actor) -> None:
        """Nobody is shown where it is not clear who is meant."""
        self.rows, self.chips, self.total, self.loaded = [], [], 0, True
        self.import_name = self.segment_name = self.previous_url = self.next_url = ""
        self.error = locales.render(message, actor.language)

    def _describe(self, wanted: ContactFilter, path: str) -> None:
        """Every link around the table, computed from the filter."""
        self.sort, self.descending = wanted.sort.value, wanted.descending
        self.sort_urls = {key.value: _url(wanted.sorted_by(key), path) for key in SortKey}
        self.lifecycle = wanted.lifecycle or ""
        self.lifecycle_urls = {
            (key.value if key else ""): replace(wanted, lifecycle=key).url(routes.CONTACTS)
            for key in (None, *Lifecycle)
        }
        self.inactive = wanted.inactive
        self.inactive_url = _url(replace(wanted, inactive=not wanted.inactive), path)
        self.import_off_url = _url(replace(wanted, import_id=None), path)
        self.export_url = wanted.url(routes.NEW_EXPORT)
        self.segment_off_url = _url(replace(wanted, segment_id=None, where=EVERYBODY), path)
        self.narrowed = bool(
            wanted.query
            or (wanted.lifecycle and path != routes.LEADS)
            or wanted.import_id
            or wanted.segment_id
            or wanted.where
        )


def _url(wanted: ContactFilter, path: str, **more: int) -> str:
    """The leads' place says the lifecycle itself."""
    return (replace(wanted, lifecycle=None) if path == routes.LEADS else wanted).url(path, **more)


def _number(value: str | None) -> int | None:
    """Raises ValueError for what no number of a contact could be."""
    if value and not is_id(value):
        raise ValueError(value)
    return int(value) if value else None


def _fetch(
    actor: Actor, wanted: ContactFilter, path: str, after: int | None, before: int | None
) -> tuple[list[ContactLine], listing.Page, str, list[FilterChip], tuple[str, bool]]:
    with database.reading() as session:
        page = listing.page(session, actor, wanted, after=after, before=before)
        around = listing.surroundings(session, page.contacts)
        called = listing.import_name(session, actor, wanted.import_id) if wanted.import_id else None
        name = locales.render(called, actor.language) if called else ""
        segment = segments.named(session, actor, wanted.segment_id) if wanted.segment_id else ("", False)
        chips = _chips(session, actor, wanted, path)
        return [_line(contact, around, actor) for contact in page.contacts], page, name, chips, segment


def _chips(session: Session, actor: Actor, wanted: ContactFilter, path: str) -> list[FilterChip]:
    """The conditions, one chip for each of those that must all hold. An unchanged segment is a chip of its own."""
    group = wanted.where
    if not group:
        return []
    words = Words(session, actor)
    if group.match is not Match.ALL:
        return [FilterChip(words.of(group), _url(replace(wanted, where=EVERYBODY), path))]
    found = []
    for place, item in enumerate(group.items):
        rest = editing.filled(editing.put(group, str(place), None))
        found.append(FilterChip(words.of(item), _url(replace(wanted, where=rest), path)))
    return found


def _line(contact: Contact, around: listing.Surroundings, actor: Actor) -> ContactLine:
    status = around.statuses.get(contact.status_id or 0)
    phone = contact.mobile or contact.phone or ""
    return ContactLine(
        number=contact.number,
        url=routes.contact(contact.number),
        name=contact.display_name,
        initials=initials(contact.full_name or contact.company or "#"),
        company=contact.company or "",
        email=contact.email or "",
        phone=phone,
        phone_url="tel:" + "".join(c for c in phone if c in "+0123456789") if phone else "",
        city=contact.city or "",
        status=status.name if status else "",
        status_dot=f"dot-{status.colour}" if status else "",
        active=contact.active,
        created=day(contact.created_at, actor.language, actor.timezone),
        tags=[Chip(tag.name, tag.is_franchise) for tag in around.tags.get(contact.id or 0, [])][:3],
    )
