"""The panel that chooses a list's columns, their order and widths, and the height of its rows."""

import asyncio
from dataclasses import dataclass

import reflex as rx

from crm_app import locales
from crm_app.models import Permission
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.contacts import columns, layouts
from crm_app.services.contacts.layouts import NAME
from crm_app.services.errors import CRMError
from crm_app.state.contacts import ContactListState
from crm_app.state.course_members import CourseMembersState
from crm_app.state.guard import action
from crm_app.state.list_place import place_of
from crm_app.state.messages import say
from crm_app.state.session import current_actor


@dataclass
class ColumnChoice:
    """One column that is shown or could be."""

    name: str
    label: str
    width: int
    shown: bool
    is_first: bool = False
    is_last: bool = False


class ContactColumnsState(rx.State):
    opened: bool = False
    choices: list[ColumnChoice] = []  # those shown, in their order, then the others
    is_usual: bool = True
    dense: bool = False
    _opened_at: str = ""

    @action(permission=Permission.CONTACTS_READ)
    async def load(self):
        """Closes a panel that was opened on another list."""
        self.opened = self.opened and self._opened_at == self._place

    @action(permission=Permission.CONTACTS_READ)
    async def toggle(self):
        self.opened, self._opened_at = not self.opened, self._place
        if self.opened:
            await self._show()

    @action(permission=Permission.CONTACTS_READ)
    async def close(self):
        self.opened = False

    @action(permission=Permission.CONTACTS_READ)
    async def tick(self, name: str):
        """Shows a column behind the others, or takes it away."""
        chosen = await self._read()
        without = [pair for pair in chosen if pair[0] != name]
        width = next((choice.width for choice in self.choices if choice.name == name), layouts.NARROWEST)
        await self._keep(without if len(without) < len(chosen) and name != NAME else [*chosen, (name, width)])

    @action(permission=Permission.CONTACTS_READ)
    async def shift(self, name: str, by: int):
        """Moves a column to the left (-1) or to the right (1); the name stays first."""
        chosen = await self._read()
        names = [pair[0] for pair in chosen]
        if name not in names[1:]:
            return
        place = names.index(name)
        target = min(max(place + (1 if by > 0 else -1), 1), len(chosen) - 1)
        chosen.insert(target, chosen.pop(place))
        await self._keep(chosen)

    @action(permission=Permission.CONTACTS_READ)
    async def resize(self, name: str, width: int):
        """Another width in pixels: typed in the panel, or by dragging the edge of the column's head."""
        chosen = await self._read()
        await self._keep([(one, width if one == name else old) for one, old in chosen])

    @action(permission=Permission.CONTACTS_READ)
    async def set_dense(self, dense: bool):
        self.dense = dense
        await self._keep(await self._read(), dense)

    @action(permission=Permission.CONTACTS_READ)
    async def reset_columns(self):
        """Back to the usual columns."""
        actor = await current_actor(self)
        await asyncio.to_thread(_reset, actor, self._place)
        await self._show()
        await self._repaint()

    @property
    def _place(self) -> str:
        return place_of(self.router.url.path).layout

    async def _read(self) -> list[tuple[str, int]]:
        """What is kept now: another tab may have changed it."""
        actor = await current_actor(self)
        layout = await asyncio.to_thread(_layout, actor, self._place)
        self.dense = layout.dense
        return layout.chosen

    async def _keep(self, chosen: list[tuple[str, int]], dense: bool | None = None) -> None:
        actor = await current_actor(self)
        try:
            await asyncio.to_thread(_keep, actor, self._place, chosen, self.dense if dense is None else dense)
        except CRMError as error:
            await say(self, error.message, "warning")
            return
        if self.opened:
            await self._show()
        await self._repaint()

    async def _show(self) -> None:
        actor = await current_actor(self)
        self.choices, self.is_usual, self.dense = await asyncio.to_thread(_choices, actor, self._place)

    async def _repaint(self) -> None:
        if self._place == layouts.MEMBERS:
            await (await self.get_state(CourseMembersState))._show()
        else:
            await (await self.get_state(ContactListState))._load(dict(self.router.url.query_parameters))


def _layout(actor: Actor, place: str) -> layouts.Layout:
    with database.reading() as session:
        return layouts.of(session, actor, place)


def _keep(actor: Actor, place: str, chosen: list[tuple[str, int]], dense: bool) -> None:
    with database.transaction() as session:
        layouts.keep(session, actor, place, chosen, dense=dense)


def _reset(actor: Actor, place: str) -> None:
    with database.transaction() as session:
        layouts.reset(session, actor, place)


def _choices(actor: Actor, place: str) -> tuple[list[ColumnChoice], bool, bool]:
    with database.reading() as session:
        layout = layouts.of(session, actor, place)
        known = columns.known(session, actor)
    names = [column.name for column in layout.columns]
    shown = [
        ColumnChoice(
            column.name,
            locales.render(column.label, actor.language),
            column.width,
            True,
            is_first=place == 0,
            is_last=place == len(names) - 1,
        )
        for place, column in enumerate(layout.columns)
    ]
    others = [
        ColumnChoice(name, locales.render(column.label, actor.language), column.width, False)
        for name, column in known.items()
        if name not in names
    ]
    return shown + others, layout.is_usual, layout.dense
