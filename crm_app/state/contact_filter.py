"""The filter's panel on the contact list: conditions are put together and counted here, and live in the URL after."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Literal

import reflex as rx
from babel.dates import get_month_names

from crm_app import locales
from crm_app.locales import text
from crm_app.models import Permission
from crm_app.services import database, segments
from crm_app.services.actor import Actor
from crm_app.services.contacts import listing
from crm_app.services.contacts.filter import LONGEST_URL, ContactFilter
from crm_app.services.errors import CRMError
from crm_app.services.filters import compiling, editing, tree
from crm_app.services.filters.tree import EVERYBODY, Condition, Group, Match
from crm_app.state.choice import Choice
from crm_app.state.filter_lines import FilterLine, Lines, SubjectGroup
from crm_app.state.guard import action
from crm_app.state.list_place import CONTACTS, ListPlace, place_of
from crm_app.state.session import current_actor

FIRST, SECOND = "first", "second"  # names of a condition's inputs, behind its path


class ContactFilterState(rx.State):
    """`total` counts those that the complete conditions leave, to COUNT_LIMIT."""

    opened: bool = False
    lines: list[FilterLine] = []
    subjects: list[SubjectGroup] = []
    choices: dict[str, list[Choice]] = {}
    months: list[Choice] = []
    total: int = 0
    capped: bool = False
    error: str = ""
    turn: int = 0  # grows when lines move: their inputs are made anew
    _draft: str = ""
    _params: dict[str, str] = {}
    _place: ListPlace = CONTACTS

    @action(permission=Permission.CONTACTS_READ)
    async def toggle(self):
        """Opens the panel with the conditions of the list, or closes it."""
        self.opened = not self.opened
        if not self.opened:
            return
        actor = await current_actor(self)
        self._params = dict(self.router.url.query_parameters)
        self._place = place_of(self.router.url.path)
        names = get_month_names("wide", "stand-alone", actor.language)
        self.months = [Choice(str(month), str(names[month])) for month in range(1, 13)]
        try:
            group = await asyncio.to_thread(_conditions, actor, self._place.wanted(self._params))
        except (CRMError, ValueError):
            group, self._params = Group(), {}  # a link that is not understood: one begins anew
        if not group:
            group = Group(items=(Condition("", ""),))
        await self._show(actor, lambda _: group)

    @action(permission=Permission.CONTACTS_READ)
    async def close(self):
        self.opened = False

    @action(permission=Permission.CONTACTS_READ)
    async def load(self):
        """Closes a panel that was opened on the other list."""
        self.opened = self.opened and self._place == place_of(self.router.url.path)

    @action(permission=Permission.CONTACTS_READ)
    async def add_condition(self, path: str):
        await self._change(lambda group: editing.add(group, path, Condition("", "")))

    @action(permission=Permission.CONTACTS_READ)
    async def add_group(self, path: str):
        new = Group(Match.ANY, (Condition("", ""),))
        await self._change(lambda group: editing.add(group, path, new))

    @action(permission=Permission.CONTACTS_READ)
    async def remove(self, path: str):
        self.turn += 1
        await self._change(lambda group: editing.put(group, path, None))

    @action(permission=Permission.CONTACTS_READ)
    async def choose_match(self, path: str, match: Literal["all", "any", "none"]):
        """Whether all, any or none of a group's conditions must hold."""

        def changed(group: Group) -> Group:
            found = editing.at(group, path)
            return editing.put(group, path, replace(found, match=Match(match))) if isinstance(found, Group) else group

        await self._change(changed)

    @action(permission=Permission.CONTACTS_READ)
    async def choose_subject(self, path: str, subject: str):
        await self._change_condition(path, lambda lines, _: lines.first_condition(subject))

    @action(permission=Permission.CONTACTS_READ)
    async def choose_operator(self, path: str, operator: str):
        await self._change_condition(path, lambda lines, found: lines.with_operator(found, operator))

    @action(permission=Permission.CONTACTS_READ)
    async def set_first(self, path: str, value: str):
        await self._change_condition(path, lambda _, found: _with(found, 0, value))

    @action(permission=Permission.CONTACTS_READ)
    async def set_second(self, path: str, value: str):
        await self._change_condition(path, lambda _, found: _with(found, 1, value))

    @action(permission=Permission.CONTACTS_READ)
    async def add_choice(self, path: str, value: str):
        """One more of the choices that a condition names."""
        if not value:
            return
        await self._change_condition(
            path, lambda _, found: replace(found, values=tuple(dict.fromkeys((*found.values, value))))
        )

    @action(permission=Permission.CONTACTS_READ)
    async def drop_choice(self, path: str, value: str):
        await self._change_condition(
            path, lambda _, found: replace(found, values=tuple(one for one in found.values if one != value))
        )

    @action(permission=Permission.CONTACTS_READ)
    async def apply(self, form: dict[str, Any]):
        """Shows the contacts: the conditions go into the URL, with what was typed last."""
        actor, group = await current_actor(self), tree.loads(self._draft)
        for name, value in form.items():
            path, _, place = name.rpartition(":")
            found = _found(group, path)
            if isinstance(found, Condition) and place in (FIRST, SECOND):
                group = editing.put(group, path, _with(found, 0 if place == FIRST else 1, str(value)))
        await self._show(actor, lambda _: group)
        wanted = self._place.wanted(self._params)
        group = without_blanks(group)
        try:
            own = await asyncio.to_thread(_checked, actor, wanted, group)
        except CRMError as error:
            self.error = locales.render(error.message, actor.language)
            return None
        if len(tree.dumps(own)) > LONGEST_URL:
            message = text("These conditions are too long for an address. Save them as a segment.")
            self.error = locales.render(message, actor.language)
            return None
        self.opened = False
        if not group:
            wanted = replace(wanted, segment_id=None)
        return rx.redirect(self._place.url(replace(wanted, where=own)))

    async def _change_condition(self, path: str, change: Any) -> None:
        actor, group = await current_actor(self), tree.loads(self._draft)
        found = _found(group, path)
        if isinstance(found, Condition):
            await self._show(actor, lambda lines: editing.put(group, path, change(lines, found)))

    async def _change(self, change: Any) -> None:
        actor = await current_actor(self)
        try:
            group = change(tree.loads(self._draft))
            tree.loads(tree.dumps(group))
        except LookupError:
            return
        except ValueError:
            self.error = locales.render(text("A filter cannot hold more conditions than these."), actor.language)
            return
        await self._show(actor, lambda _: group)

    async def _show(self, actor: Actor, made: Callable[[Lines], Group]) -> None:
        """The lines of the tree that `made` answers, and how many contacts its complete conditions leave."""
        wanted = self._place.wanted(self._params)
        group, self.lines, self.subjects, self.choices, total = await asyncio.to_thread(_fetch, actor, wanted, made)
        self._draft, self.error = tree.dumps(group), ""
        self.total, self.capped = min(total, listing.COUNT_LIMIT), total > listing.COUNT_LIMIT


def _found(group: Group, path: str) -> Condition | Group | None:
    try:
        return editing.at(group, path)
    except LookupError:
        return None


def _with(condition: Condition, place: int, value: str) -> Condition:
    """The condition with one value filled in; an emptied one is taken away."""
    values = [*condition.values, "", ""][: max(len(condition.values), place + 1)]
    values[place] = value.strip()[: tree.LONGEST_VALUE]
    while values and not values[-1]:
        values.pop()
    return replace(condition, values=tuple(values))


def without_blanks(group: Group) -> Group:
    """Without lines for which no field was chosen yet, and groups that hold nothing."""
    return editing.filled(_chosen(group))


def _chosen(group: Group) -> Group:
    items = [_chosen(item) if isinstance(item, Group) else item for item in group.items]
    return replace(group, items=tuple(item for item in items if isinstance(item, Group) or item.subject))


def _conditions(actor: Actor, wanted: ContactFilter) -> Group:
    with database.reading() as session:
        return segments.resolved(session, actor, wanted).where


def _checked(actor: Actor, wanted: ContactFilter, group: Group) -> Group:
    """What the URL must say of these conditions: nothing where they are the segment's own."""
    with database.reading() as session:
        compiling.check(session, actor, group)
        segment = segments.resolved(session, actor, replace(wanted, where=EVERYBODY)).where
        return EVERYBODY if group == segment else group


def _fetch(
    actor: Actor, wanted: ContactFilter, made: Callable[[Lines], Group]
) -> tuple[Group, list[FilterLine], list[SubjectGroup], dict[str, list[Choice]], int]:
    with database.reading() as session:
        lines = Lines(session, actor)
        group = made(lines)
        shown = lines.of(group)
        complete = compiling.understood(session, actor, without_blanks(group))
        total = listing.count(session, actor, replace(wanted, where=complete))
        return group, shown, lines.subjects(), lines.choices, total
