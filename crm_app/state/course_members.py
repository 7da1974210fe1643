"""Who takes part in the course that is open: searched, narrowed, page by page; the truth is the URL."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

import reflex as rx

from crm_app import locales, routes
from crm_app.locales import text
from crm_app.models import EnrolmentStatus, Permission
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.courses import enrolling, members, offers
from crm_app.services.courses.members import Member, Page, Wanted
from crm_app.services.errors import CRMError
from crm_app.services.filters.questions import is_id
from crm_app.state.choice import Choice
from crm_app.state.course_words import ENROLMENT_DOTS, days, enrolment_choices, enrolment_status
from crm_app.state.formats import amount
from crm_app.state.guard import action
from crm_app.state.session import current_actor
from crm_app.state.settings_words import id_of

NARROWING = ("q", "status", "offer", "overdue")


@dataclass
class MemberLine:
    """Sums are empty where nothing is owed; `days` where access has no limit."""

    id: int
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


@dataclass
class StatusChip:
    key: str
    label: str
    dot: str
    count: int
    url: str
    is_chosen: bool


class CourseMembersState(rx.State):
    """`narrowed`: not everybody is shown. `offer` is the id that is chosen, empty for every offer."""

    rows: list[MemberLine] = []
    chips: list[StatusChip] = []
    offers: list[Choice] = []
    statuses: list[Choice] = []
    offer: str = ""
    overdue: bool = False
    overdue_url: str = ""
    plain_url: str = ""
    waiting_url: str = ""
    narrowed: bool = False
    previous_url: str = ""
    next_url: str = ""
    loaded: bool = False

    @action(permission=Permission.CONTACTS_READ)
    async def load(self):
        """Reads the URL and shows its page; again after something was done to a member."""
        actor, params = await current_actor(self), dict(self.router.url.query_parameters)
        wanted = _wanted(params)
        after, before = params.get("after", ""), params.get("before", "")
        found = await asyncio.to_thread(
            _fetch,
            actor,
            id_of(self.course_id),
            wanted,
            int(after) if is_id(after) else None,
            int(before) if is_id(before) else None,
        )
        kept = {key: params[key] for key in NARROWING if params.get(key)}
        self.loaded, self.narrowed = True, bool(kept)
        self.offer, self.overdue = str(wanted.offer_id or ""), wanted.overdue
        self.plain_url, self.waiting_url = self._url({}), self._url({"status": EnrolmentStatus.WAITING})
        self.overdue_url = self._url({**kept, "overdue": "" if wanted.overdue else "1"})
        if found is None:
            self.rows, self.chips, self.previous_url, self.next_url = [], [], "", ""
            return
        page, self.rows, self.offers = found
        self.statuses = enrolment_choices(actor.language)
        self.chips = self._chips(page, wanted, kept, actor.language)
        self.previous_url = self._url({**kept, "before": str(page.before)}) if page.before else ""
        self.next_url = self._url({**kept, "after": str(page.after)}) if page.after else ""

    @action(permission=Permission.CONTACTS_READ)
    async def narrow(self, offer: str):
        """Only those with an offer; empty for everybody."""
        kept = {key: value for key, value in self.router.url.query_parameters.items() if key in NARROWING}
        return rx.redirect(self._url({**kept, "offer": offer if is_id(offer) else ""}))

    def _url(self, params: Mapping[str, str]) -> str:
        kept = {key: value for key, value in params.items() if value}
        return routes.course(self.course_id) + ("?" + urlencode(kept) if kept else "")

    def _chips(self, page: Page, wanted: Wanted, kept: dict[str, str], language: str) -> list[StatusChip]:
        everybody = sum(count for status, count in page.counts.items() if status != EnrolmentStatus.CANCELLED)
        label = locales.render(text("All"), language)
        chips = [
            StatusChip("", label, "", everybody, self._url({**kept, "status": ""}), wanted.status is None),
        ]
        for status, word in enrolling.STATUSES.items():
            if page.counts.get(status) or status == wanted.status:
                url = self._url({**kept, "status": status})
                said = locales.render(word, language)
                count = page.counts.get(status, 0)
                chips.append(StatusChip(status, said, ENROLMENT_DOTS[status], count, url, status == wanted.status))
        return chips


def _wanted(params: Mapping[str, str]) -> Wanted:
    """What is not understood narrows nothing."""
    status, offer = params.get("status", ""), params.get("offer", "")
    return Wanted(
        query=params.get("q", ""),
        status=EnrolmentStatus(status) if status in set(EnrolmentStatus) else None,
        offer_id=int(offer) if is_id(offer) else None,
        overdue=params.get("overdue") == "1",
    )


def _fetch(
    actor: Actor, course_id: int, wanted: Wanted, after: int | None, before: int | None
) -> tuple[Page, list[MemberLine], list[Choice]] | None:
    with database.reading() as session:
        try:
            page = members.page(session, actor, course_id, wanted, after=after, before=before)
            known = [Choice(str(one.offer.id), one.offer.name) for one in offers.listing(session, actor, course_id)]
        except CRMError:
            return None
        return page, [_line(one, actor.language) for one in page.members], known


def _line(member: Member, language: str) -> MemberLine:
    enrolment, sums = member.enrolment, member.sums
    status, dot = enrolment_status(enrolment.status, language)

    def said(units: int, *, always: bool = False) -> str:
        return amount(units, member.currency, language) if member.currency and (units or always) else ""

    is_billed = bool(sums.price or sums.paid)
    return MemberLine(
        id=enrolment.id or 0,
        name=member.contact.display_name,
        url=routes.contact(member.contact.number),
        more=member.contact.email or "",
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
    )
