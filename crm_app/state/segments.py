"""The segments beside the contact list: opened, counted, kept, shared and removed."""

import asyncio
from dataclasses import dataclass, replace
from typing import Any, Literal
from urllib.parse import parse_qsl, urlsplit

import reflex as rx

from crm_app import locales, routes
from crm_app.locales import text
from crm_app.models import Permission, Sharing
from crm_app.services import choosable, database, segments
from crm_app.services.actor import Actor
from crm_app.services.contacts import listing
from crm_app.services.contacts.filter import ContactFilter
from crm_app.services.errors import CRMError, Invalid
from crm_app.services.filters import tree
from crm_app.services.filters.questions import is_id
from crm_app.state.choice import Choice
from crm_app.state.contact_filter import ContactFilterState, without_blanks
from crm_app.state.guard import action
from crm_app.state.list_place import place_of
from crm_app.state.messages import say
from crm_app.state.session import current_actor


@dataclass
class SegmentLine:
    """`total` is -1 until it is counted; `id` is 0 for those that come with the product."""

    id: int
    key: str
    name: str
    url: str
    who: str = ""
    changeable: bool = False
    total: int = -1
    capped: bool = False


class SegmentsState(rx.State):
    opened: bool = False
    ready: list[SegmentLine] = []
    statuses: list[SegmentLine] = []
    saved: list[SegmentLine] = []
    asking: str = ""  # "save" or "remove"
    current_id: int = 0  # of the list as it is shown
    current_name: str = ""
    current_sharing: str = Sharing.ME.value
    current_with: list[int] = []
    changeable: bool = False  # the current one
    sharing: str = Sharing.ME.value
    colleagues: list[Choice] = []
    may_share: bool = False
    error: str = ""

    @action(permission=Permission.CONTACTS_READ)
    async def toggle(self):
        """Opens the segments and counts them after they are painted."""
        self.opened, self.asking = not self.opened, ""
        if not self.opened:
            return None
        await self._show()
        return SegmentsState.count

    @action(permission=Permission.CONTACTS_READ)
    async def close(self):
        self.opened, self.asking = False, ""

    @action(permission=Permission.CONTACTS_READ)
    async def count(self):
        """How many contacts each of them has now, no further than the list counts."""
        actor = await current_actor(self)
        counted = await asyncio.to_thread(_counted, actor, [*self.ready, *self.statuses, *self.saved])
        first, second = len(self.ready), len(self.ready) + len(self.statuses)
        self.ready, self.statuses, self.saved = counted[:first], counted[first:second], counted[second:]

    @action(permission=Permission.CONTACTS_READ)
    async def ask(self, what: Literal["", "save", "remove"]):
        """Opens the form that keeps the list as a segment, or the question before a removal; closes them."""
        self.asking, self.error = what, ""
        if what:
            await self._show()
            self.sharing = self.current_sharing if self.changeable else Sharing.ME.value

    @action(permission=Permission.CONTACTS_READ)
    async def choose_sharing(self, sharing: Literal["me", "chosen", "all"]):
        self.sharing = sharing

    @action(permission=Permission.CONTACTS_READ)
    async def save(self, form: dict[str, Any]):
        """Keeps what the list shows, as a new segment or, by `change`, as the one it began as."""
        actor = await current_actor(self)
        panel = await self.get_state(ContactFilterState)
        wanted = place_of(self.router.url.path).wanted(dict(self.router.url.query_parameters))
        if panel.opened:
            wanted = replace(wanted, where=without_blanks(tree.loads(panel._draft)) or wanted.where)
        is_change = bool(form.get("change")) and self.changeable
        ticked = [name.removeprefix("with-") for name, on in form.items() if name.startswith("with-") and on]
        with_ = [int(id_) for id_ in ticked if is_id(id_)]
        name, kept = str(form.get("name") or ""), self.current_id if is_change else 0
        try:
            id_ = await asyncio.to_thread(_keep, actor, kept, name, wanted, Sharing(self.sharing), with_)
        except Invalid as error:
            self.error = locales.render(error.message, actor.language)
            return None
        except CRMError as error:
            await say(self, error.message, "error")
            return None
        self.asking, panel.opened, self.opened = "", False, False
        await say(self, text("The segment “{name}” is kept.", name=" ".join(name.split())))
        return rx.redirect(ContactFilter(segment_id=id_).url(routes.CONTACTS))

    @action(permission=Permission.CONTACTS_READ)
    async def remove(self):
        """Removes the segment the list began as; its conditions stay in the list."""
        actor, name = await current_actor(self), self.current_name
        wanted = ContactFilter.from_params(dict(self.router.url.query_parameters))
        try:
            rest = await asyncio.to_thread(_remove, actor, self.current_id, wanted)
        except CRMError as error:
            await say(self, error.message, "error")
            return None
        self.asking, self.opened = "", False
        await say(self, text("The segment “{name}” is removed. Its contacts stay.", name=name))
        return rx.redirect(rest.url(routes.CONTACTS))

    async def _show(self) -> None:
        actor = await current_actor(self)
        self.may_share = actor.may(Permission.CONTACTS_EDIT)
        lines, self.colleagues = await asyncio.to_thread(_lines, actor)
        self.ready, self.statuses, self.saved = lines
        given = self.router.url.query_parameters.get("segment", "")
        current = next((line for line in self.saved if given and str(line.id) == given), None)
        self.current_id, self.current_name = (current.id, current.name) if current else (0, "")
        self.changeable = current is not None and current.changeable
        self.current_sharing, self.current_with = Sharing.ME.value, []
        if current is not None:
            self.current_sharing, self.current_with = await asyncio.to_thread(_sharing, actor, current.id)


def _lines(actor: Actor) -> tuple[tuple[list[SegmentLine], list[SegmentLine], list[SegmentLine]], list[Choice]]:
    with database.reading() as session:
        ready = [
            SegmentLine(0, one.key, locales.render(one.name, actor.language), one.filter.url(routes.CONTACTS))
            for one in segments.ready(session, actor)
        ]
        statuses = [
            SegmentLine(0, f"status-{status.id}", status.name, _of_status(str(status.id)).url(routes.CONTACTS))
            for status in choosable.statuses(session)
        ]
        saved = [
            SegmentLine(
                entry.segment.id or 0,
                str(entry.segment.id),
                entry.segment.name,
                ContactFilter(segment_id=entry.segment.id).url(routes.CONTACTS),
                "" if entry.is_own else entry.who,
                entry.is_changeable,
            )
            for entry in segments.listing(session, actor)
        ]
        others = [user for user in choosable.colleagues(session, actor) if user.id != actor.user_id]
        return (ready, statuses, saved), [Choice(str(user.id), user.name) for user in others]


def _of_status(id_: str) -> ContactFilter:
    return ContactFilter(where=tree.Group(items=(tree.Condition("status", "any", (id_,)),)))


def _counted(actor: Actor, lines: list[SegmentLine]) -> list[SegmentLine]:
    """Each with its number; one whose conditions are not understood any more stays without."""
    found = []
    with database.reading() as session:
        for line in lines:
            try:
                wanted = ContactFilter.from_params(dict(parse_qsl(urlsplit(line.url).query)))
                total = listing.count(session, actor, wanted)
            except (CRMError, ValueError):
                found.append(line)
                continue
            found.append(replace(line, total=min(total, listing.COUNT_LIMIT), capped=total > listing.COUNT_LIMIT))
    return found


def _keep(actor: Actor, kept: int, name: str, wanted: ContactFilter, sharing: Sharing, shared_with: list[int]) -> int:
    with database.transaction() as session:
        if kept:
            return segments.change(session, actor, kept, name, wanted, sharing, shared_with).id or 0
        return segments.save(session, actor, name, wanted, sharing, shared_with).id or 0


def _remove(actor: Actor, segment_id: int, wanted: ContactFilter) -> ContactFilter:
    with database.transaction() as session:
        rest = segments.resolved(session, actor, wanted)
        segments.remove(session, actor, segment_id)
        return rest


def _sharing(actor: Actor, segment_id: int) -> tuple[str, list[int]]:
    with database.reading() as session:
        found = segments.get(session, actor, segment_id)
        return found.sharing, list(found.shared_with)
