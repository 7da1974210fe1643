"""The contact list's screen: its truth is the URL, read on every load."""

import asyncio
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal
from urllib.parse import urlencode

import reflex as rx

from crm_app import locales, routes
from crm_app.locales import Text, text
from crm_app.models import Lifecycle, Permission
from crm_app.services import choosable, database, segments
from crm_app.services.actor import Actor
from crm_app.services.contacts import layouts, listing, order
from crm_app.services.contacts.filter import ContactFilter
from crm_app.services.contacts.layouts import Layout
from crm_app.services.errors import CRMError
from crm_app.services.filters.questions import is_id
from crm_app.services.filters.tree import EVERYBODY
from crm_app.state.choice import Choice
from crm_app.state.contact_rows import ContactLine, lines
from crm_app.state.course_words import membership_words
from crm_app.state.filter_chips import FilterChip, filter_chips
from crm_app.state.guard import action
from crm_app.state.list_place import LEADS, ListPlace, place_of
from crm_app.state.session import SessionState, current_actor

LOOK = "look"  # in the address: the number of the contact that is looked at beside the list
_NAME = text("Name")
_ORDERS = (
    ("number", text("Number")),
    ("created", text("Added")),
    ("updated", text("Last changed")),
    ("status", text("Status")),
    ("lifecycle", text("Lifecycle")),
    ("owner", text("Responsible")),
)


@dataclass
class Head:
    """One column's head. `place` is where it stands in the order: "1", "2" or "" for not at all."""

    name: str
    label: str
    look: str
    width: int
    sort_url: str = ""
    then_url: str = ""
    place: str = ""
    descending: bool = False


@dataclass
class OrderChoice:
    """A key of the order and what it is called."""

    key: str
    label: str


def _lifecycle_urls(wanted: ContactFilter) -> dict[str, str]:
    return {
        (key.value if key else ""): replace(wanted, lifecycle=key).url(routes.CONTACTS) for key in (None, *Lifecycle)
    }


class ContactListState(rx.State):
    """What the list shows for the URL it was opened with. Links that stand there before it has loaded lead to the whole
    lists.
    """

    rows: list[ContactLine] = []
    loaded: bool = False
    total: int = 0
    capped: bool = False
    previous_url: str = ""
    next_url: str = ""
    heads: list[Head] = []
    name_head: Head = Head("name", "", "text", 260)
    table_width: int = 0
    dense: bool = False
    sortable: list[OrderChoice] = []
    first_key: str = "name"
    second_key: str = ""
    first_falling: bool = False
    second_falling: bool = False
    statuses: list[Choice] = []
    board: bool = False
    board_url: str = ContactFilter(board=True).url(routes.LEADS)
    look_url: str = ""  # ends before a contact's number
    plain_url: str = ""  # the page as it is, nobody looked at
    list_url: str = routes.LEADS
    lifecycle: str = ""
    lifecycle_urls: dict[str, str] = _lifecycle_urls(ContactFilter())
    inactive: bool = False
    inactive_url: str = ContactFilter(inactive=True).url(routes.CONTACTS)
    import_name: str = ""
    import_off_url: str = ""
    course_name: str = ""
    course_off_url: str = ""
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
    export_url: str = routes.NEW_EXPORT
    review_url: str = routes.REVIEW
    numbers: list[int] = []  # of the page
    _shown: str = ""  # the address of the list as it is shown, without what only the quick look is about
    _look: str = ""

    @action(permission=Permission.CONTACTS_READ)
    async def load(self):
        """Reads the URL and shows its page. Where only another contact is looked at, the list stays as it is."""
        params = dict(self.router.url.query_parameters)
        look, self._look = self._look, params.pop(LOOK, "")
        shown = self.router.url.path + "?" + str(sorted(params.items()))
        stayed = (await self.get_state(SessionState))._page_before == self.router.url.path
        if stayed and shown == self._shown and look != self._look:
            return
        self._shown = shown
        await self._load(params)

    @action(permission=Permission.CONTACTS_READ)
    async def order_by(self, place: Literal[1, 2], key: str):
        """Sorts by another first or second key; an empty second one means by the first alone."""
        try:
            wanted, here = self._wanted()
        except ValueError:
            return None  # the list says why it shows nobody
        first, second = wanted.order[0], wanted.order[1:]
        chosen = order.loads(key)
        if place == 1:
            return rx.redirect(here.url(replace(wanted, order=order.unique((*chosen, *second)))))
        return rx.redirect(here.url(replace(wanted, order=order.unique((first, *(chosen if key else ()))))))

    @action(permission=Permission.CONTACTS_READ)
    async def turn_round(self, place: Literal[1, 2]):
        """Turns the first or second key round, as the address has it: it may be ahead of what is painted."""
        try:
            wanted, here = self._wanted()
        except ValueError:
            return None
        keys = list(wanted.order)
        if place > len(keys):
            return None
        keys[place - 1] = keys[place - 1].turned
        return rx.redirect(here.url(replace(wanted, order=tuple(keys))))

    def _wanted(self) -> tuple[ContactFilter, ListPlace]:
        """The list as its address has it, and where it stands. Raises ValueError like `from_params`."""
        here = place_of(self.router.url.path)
        return here.wanted(dict(self.router.url.query_parameters)), here

    async def _load(self, params: dict[str, str]) -> None:
        actor = await current_actor(self)
        self.may_bulk, self.may_export = actor.may(Permission.CONTACTS_BULK), actor.may(Permission.EXPORT)
        self.may_edit, self.may_import = actor.may(Permission.CONTACTS_EDIT), actor.may(Permission.IMPORT)
        try:
            wanted, here = self._wanted()
            after, before = _number(params.get("after")), _number(params.get("before"))
        except ValueError:
            self._fail(text("This link has a condition that is not known."), actor)
            return
        self.error = ""
        shown = {key: value for key, value in params.items() if key != LOOK}
        self.plain_url = here.path + ("?" + urlencode(shown) if shown else "")
        self.look_url = here.path + "?" + urlencode({**shown, LOOK: ""})
        self._describe(wanted, here)
        try:
            found = await asyncio.to_thread(_fetch, actor, wanted, here, after, before)
        except CRMError as error:
            self._fail(error.message, actor)
            return
        page, self.rows, self.chips, self.statuses = found.page, found.rows, found.chips, found.statuses
        self.import_name, self.course_name = found.import_name, found.course_name
        self.segment_name, self.segment_changeable = found.segment
        self._show_heads(found.layout, wanted, here, actor)
        self.numbers = [row.number for row in self.rows]
        self.total, self.capped = min(page.total, listing.COUNT_LIMIT), page.total > listing.COUNT_LIMIT
        self.previous_url = here.url(wanted, before=page.before) if page.before else ""
        self.next_url = here.url(wanted, after=page.after) if page.after else ""
        self.loaded = True

    def _show_heads(self, layout: Layout, wanted: ContactFilter, here: ListPlace, actor: Actor) -> None:
        places = {sort.key: (str(place), sort.descending) for place, sort in enumerate(wanted.order, start=1)}

        def head(name: str, label: str, look: str, width: int, key: str) -> Head:
            made = Head(name, label, look, width)
            if key:
                made.sort_url = here.url(replace(wanted, order=order.first_by(wanted.order, key)))
                made.then_url = here.url(replace(wanted, order=order.then_by(wanted.order, key)))
                made.place, made.descending = places.get(key, ("", False))
            return made

        say = partial(locales.render, language=actor.language)
        self.name_head = head("name", say(_NAME), "text", layout.name_width, "name")
        self.heads = [head(one.name, say(one.label), one.look, one.width, one.sort) for one in layout.columns]
        self.table_width = layout.name_width + sum(one.width for one in layout.columns)
        self.dense = layout.dense
        offered = [OrderChoice(one.sort, say(one.label)) for one in layout.columns if one.sort and one.sort != "name"]
        extra = [OrderChoice(key, say(label)) for key, label in _ORDERS if key not in {one.key for one in offered}]
        self.sortable = [OrderChoice("name", say(_NAME)), *offered, *extra]
        first, second = wanted.order[0], wanted.order[1] if len(wanted.order) > 1 else None
        self.first_key, self.first_falling = first.key, first.descending
        self.second_key, self.second_falling = (second.key, second.descending) if second else ("", False)

    def _fail(self, message: Text, actor: Actor) -> None:
        """Nobody is shown where it is not clear who is meant."""
        self.rows, self.chips, self.total, self.loaded = [], [], 0, True
        self.import_name = self.course_name = self.segment_name = self.previous_url = self.next_url = ""
        self.error = locales.render(message, actor.language)

    def _describe(self, wanted: ContactFilter, here: ListPlace) -> None:
        """Every link around the table, computed from the filter."""
        self.board = wanted.board
        self.board_url, self.list_url = (here.url(replace(wanted, board=board)) for board in (True, False))
        self.lifecycle = wanted.lifecycle or ""
        self.lifecycle_urls = _lifecycle_urls(wanted)
        self.inactive = wanted.inactive
        self.inactive_url = here.url(replace(wanted, inactive=not wanted.inactive))
        self.import_off_url = here.url(replace(wanted, import_id=None))
        self.course_off_url = here.url(replace(wanted, membership=None))
        self.export_url = wanted.url(routes.NEW_EXPORT)
        self.review_url = replace(wanted, board=False).url(routes.REVIEW)
        self.segment_off_url = here.url(replace(wanted, segment_id=None, where=EVERYBODY))
        self.narrowed = bool(
            wanted.query
            or (wanted.lifecycle and here != LEADS)
            or wanted.import_id
            or wanted.membership
            or wanted.segment_id
            or wanted.where
        )


def _number(value: str | None) -> int | None:
    """Raises ValueError for what no number of a contact could be."""
    if value and not is_id(value):
        raise ValueError(value)
    return int(value) if value else None


@dataclass(frozen=True, slots=True)
class _Found:
    """`segment`: what it is called, and whether the user may change it."""

    page: listing.Page
    rows: list[ContactLine]
    layout: Layout
    chips: list[FilterChip]
    statuses: list[Choice]
    import_name: str
    course_name: str
    segment: tuple[str, bool]


def _fetch(actor: Actor, wanted: ContactFilter, here: ListPlace, after: int | None, before: int | None) -> _Found:
    with database.reading() as session:
        layout = layouts.of(session, actor, here.layout)
        if wanted.board:  # its lanes show the contacts
            page = listing.Page([], None, None, listing.count(session, actor, wanted))
        else:
            page = listing.page(session, actor, wanted, after=after, before=before)
        called = listing.import_name(session, actor, wanted.import_id) if wanted.import_id else None
        return _Found(
            page=page,
            rows=lines(session, actor, page.contacts, layout, wanted.query),
            layout=layout,
            chips=filter_chips(session, actor, wanted, here),
            statuses=[Choice(str(status.id), status.name) for status in choosable.statuses(session)],
            import_name=locales.render(called, actor.language) if called else "",
            course_name=membership_words(session, actor, wanted.membership) if wanted.membership else "",
            segment=segments.named(session, actor, wanted.segment_id) if wanted.segment_id else ("", False),
        )
