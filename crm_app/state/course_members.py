"""Who takes part in the course that is open: searched, narrowed, page by page; the truth is the URL."""

import asyncio
from dataclasses import dataclass, field, replace
from typing import Any

import reflex as rx

from crm_app import locales
from crm_app.locales import text
from crm_app.models import EnrolmentStatus, Permission
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.contacts import layouts, listing
from crm_app.services.contacts.filter import ContactFilter
from crm_app.services.contacts.layouts import Layout
from crm_app.services.courses import enrolling, members, offers
from crm_app.services.courses.members import Member, Page
from crm_app.services.courses.membership import Membership
from crm_app.services.errors import CRMError
from crm_app.services.filters.questions import is_id
from crm_app.state.choice import Choice
from crm_app.state.contact_rows import ContactLine, lines
from crm_app.state.contacts import Head
from crm_app.state.course_words import ENROLMENT_DOTS, days, enrolment_choices, enrolment_status
from crm_app.state.filter_chips import FilterChip, filter_chips
from crm_app.state.formats import amount
from crm_app.state.guard import action
from crm_app.state.list_place import CONTACTS, ListPlace, place_of
from crm_app.state.session import current_actor


@dataclass
class MemberLine:
    """Sums are empty where nothing is owed; `days` where access has no limit. `cells` as in a list of contacts."""

    id: int
    number: int
    name: str
    url: str
    more: str
    status: str
    status_raw: str
    dot: str
    offer: str
    days: str
    price: str
    paid: str
    open: str
    overdue: str
    is_waiting: bool
    contact_dot: str = ""  # of the status the contact has in the CRM
    cells: list[list[str]] = field(default_factory=list)


@dataclass
class StatusChip:
    key: str
    label: str
    dot: str
    count: int
    url: str
    is_chosen: bool


class CourseMembersState(rx.State):
    """`narrowed`: not everybody is shown. `offer` is the id that is chosen, empty for every offer. `total` counts
    contacts, as the lists of contacts do.
    """

    rows: list[MemberLine] = []
    heads: list[Head] = []  # of the columns that were chosen
    dense: bool = False
    numbers: list[int] = []  # of the page
    total: int = 0
    capped: bool = False
    chips: list[StatusChip] = []
    conditions: list[FilterChip] = []
    offers: list[Choice] = []
    statuses: list[Choice] = []
    offer: str = ""
    overdue: bool = False
    overdue_url: str = ""
    plain_url: str = ""
    waiting_url: str = ""
    contacts_url: str = ""  # the same people in the list of contacts
    narrowed: bool = False
    previous_url: str = ""
    next_url: str = ""
    may_bulk: bool = False
    error: str = ""
    loaded: bool = False

    @action(permission=Permission.CONTACTS_READ)
    async def load(self):
        """Reads the URL and shows its page; again after something was done to a member."""
        await self._show()

    @action(permission=Permission.CONTACTS_READ)
    async def narrow(self, offer: str):
        """Only those with an offer; empty for everybody."""
        here = place_of(self.router.url.path)
        try:
            wanted, asked = _asked(here, dict(self.router.url.query_parameters))
        except ValueError:
            return None  # the list says why it shows nobody
        return rx.redirect(_narrowed(here, wanted, asked, offer_id=int(offer) if is_id(offer) else None))

    async def _show(self) -> None:
        actor, params = await current_actor(self), dict(self.router.url.query_parameters)
        here = place_of(self.router.url.path)
        if here.layout != layouts.MEMBERS:
            return  # the address names no course, and its page says so
        after, before = params.get("after", ""), params.get("before", "")
        self.may_bulk, self.error = actor.may(Permission.CONTACTS_BULK), ""
        self.plain_url = here.path
        try:
            wanted, asked = _asked(here, params)
            found = await asyncio.to_thread(
                _fetch,
                actor,
                wanted,
                asked,
                here,
                int(after) if is_id(after) else None,
                int(before) if is_id(before) else None,
            )
        except ValueError:
            self._clear(locales.render(text("This link has a condition that is not known."), actor.language))
        except CRMError as error:
            self._clear(locales.render(error.message, actor.language))
        else:
            self._describe(here, wanted, asked, found.page, actor)
            self.rows, self.offers, self.conditions = found.rows, found.offers, found.conditions
            self.numbers = [row.number for row in found.rows]
            self.total, self.capped = min(found.total, listing.COUNT_LIMIT), found.total > listing.COUNT_LIMIT
            self.dense = found.layout.dense
            self.heads = [
                Head(one.name, locales.render(one.label, actor.language), one.look, one.width)
                for one in found.layout.columns
            ]
        self.loaded = True

    def _clear(self, error: str = "") -> None:
        """Nobody is shown where it is not clear who is meant."""
        self.rows, self.chips, self.conditions, self.numbers, self.total = [], [], [], [], 0
        self.previous_url = self.next_url = ""
        self.error = error

    def _describe(self, here: ListPlace, wanted: ContactFilter, asked: Membership, page: Page, actor: Actor) -> None:
        """Every link around the table, computed from what is wanted."""
        self.narrowed = bool(wanted.query or wanted.where) or asked != Membership(asked.course_id)
        self.offer, self.overdue = str(asked.offer_id or ""), asked.overdue
        self.waiting_url = _narrowed(here, ContactFilter(), Membership(asked.course_id), status=EnrolmentStatus.WAITING)
        self.overdue_url = _narrowed(here, wanted, asked, overdue=not asked.overdue)
        self.contacts_url = CONTACTS.url(wanted)
        self.statuses = enrolment_choices(actor.language)
        self.chips = _status_chips(here, wanted, asked, page, actor.language)
        self.previous_url = here.url(wanted, before=page.before) if page.before else ""
        self.next_url = here.url(wanted, after=page.after) if page.after else ""


def _asked(here: ListPlace, params: dict[str, str]) -> tuple[ContactFilter, Membership]:
    """Raises ValueError like `ListPlace.wanted`."""
    wanted = here.wanted(params)
    if wanted.membership is None:
        raise ValueError(here.path)
    return wanted, wanted.membership


def _narrowed(here: ListPlace, wanted: ContactFilter, asked: Membership, **changes: Any) -> str:
    return here.url(replace(wanted, membership=replace(asked, **changes)))


def _status_chips(
    here: ListPlace, wanted: ContactFilter, asked: Membership, page: Page, language: str
) -> list[StatusChip]:
    everybody = sum(count for status, count in page.counts.items() if status != EnrolmentStatus.CANCELLED)
    label = locales.render(text("All"), language)
    chips = [
        StatusChip("", label, "", everybody, _narrowed(here, wanted, asked, status=None), asked.status is None),
    ]
    for status, word in enrolling.STATUSES.items():
        if page.counts.get(status) or status == asked.status:
            url = _narrowed(here, wanted, asked, status=status)
            said = locales.render(word, language)
            count = page.counts.get(status, 0)
            chips.append(StatusChip(status, said, ENROLMENT_DOTS[status], count, url, status == asked.status))
    return chips


@dataclass(frozen=True, slots=True)
class _Found:
    page: Page
    rows: list[MemberLine]
    offers: list[Choice]
    conditions: list[FilterChip]
    layout: Layout
    total: int


def _fetch(
    actor: Actor, wanted: ContactFilter, asked: Membership, here: ListPlace, after: int | None, before: int | None
) -> _Found:
    """Raises like `members.page`."""
    with database.reading() as session:
        page = members.page(session, actor, wanted, after=after, before=before)
        layout = layouts.of(session, actor, here.layout)
        shown = lines(session, actor, [one.contact for one in page.members], layout, wanted.query)
        rows = [_line(one, line, actor.language) for one, line in zip(page.members, shown, strict=True)]
        known = [Choice(str(one.offer.id), one.offer.name) for one in offers.listing(session, actor, asked.course_id)]
        conditions = filter_chips(session, actor, wanted, here)
        return _Found(page, rows, known, conditions, layout, listing.count(session, actor, wanted))


def _line(member: Member, contact: ContactLine, language: str) -> MemberLine:
    enrolment, sums = member.enrolment, member.sums
    status, dot = enrolment_status(enrolment.status, language)

    def said(units: int, *, always: bool = False) -> str:
        return amount(units, member.currency, language) if member.currency and (units or always) else ""

    is_billed = bool(sums.price or sums.paid)
    return MemberLine(
        id=enrolment.id or 0,
        number=contact.number,
        name=contact.name,
        url=contact.url,
        more=contact.email,
        status=status,
        status_raw=enrolment.status,
        dot=dot,
        offer=member.offer.name if member.offer else "",
        days=days(enrolment.from_on, enrolment.to_on, language),
        price=said(sums.price),
        paid=said(sums.paid, always=is_billed),
        open=said(sums.open, always=is_billed),
        overdue=said(sums.overdue),
        is_waiting=enrolment.status == EnrolmentStatus.WAITING,
        contact_dot=contact.status_dot,
        cells=contact.cells,
    )
