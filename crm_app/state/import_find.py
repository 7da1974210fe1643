"""Find and replace in one column of the preview: the panel, its live count, and what it does."""

import asyncio
from typing import Any

import reflex as rx

from crm_app import locales
from crm_app.locales import text
from crm_app.models import Permission
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.errors import CRMError
from crm_app.services.imports import edits
from crm_app.services.imports.edits import MOST_LETTERS
from crm_app.services.imports.find_replace import Search
from crm_app.state.guard import action
from crm_app.state.import_check import ImportCheckState
from crm_app.state.import_wizard import ImportWizardState
from crm_app.state.messages import say
from crm_app.state.session import current_actor

UNKNOWN = -1  # rows, while nothing was asked for


class ImportFindState(rx.State):
    opened: bool = False
    column: str = ""  # its index
    find: str = ""
    whole: bool = False
    case: bool = False
    rows: int = UNKNOWN
    busy: bool = False
    error: str = ""

    @action(permission=Permission.IMPORT)
    async def toggle(self):
        """Shows the panel, for the column the rows are filtered by or the first one; closes it when it is open."""
        if self.opened:
            self.opened = False
            return
        check = await self.get_state(ImportCheckState)
        columns = [str(head.index) for head in check.heads]
        filtered = check.cells.partition(".")[0]
        self.column = filtered if filtered in columns else columns[0] if columns else ""
        self.whole = self.case = False
        self.find, self.rows, self.error, self.opened = "", UNKNOWN, "", True

    @action(permission=Permission.IMPORT)
    async def close(self):
        self.opened = False

    @action(permission=Permission.IMPORT)
    async def choose_column(self, column: str):
        self.column = column
        await self._count()

    @action(permission=Permission.IMPORT)
    async def type_find(self, find: str):
        self.find = find[:MOST_LETTERS]
        await self._count()

    @action(permission=Permission.IMPORT)
    async def choose_whole(self, whole: bool):
        self.whole = whole
        await self._count()

    @action(permission=Permission.IMPORT)
    async def choose_case(self, case: bool):
        self.case = case
        await self._count()

    @action(permission=Permission.IMPORT)
    async def replace(self, form: dict[str, Any]):
        """Replaces what the form asks for, and closes the panel when something was replaced."""
        self.busy, self.error = True, ""
        yield
        column, find, new = (str(form.get(name) or "") for name in ("column", "find", "new"))
        how = {"whole_cell": bool(form.get("whole")), "match_case": bool(form.get("case"))}
        check = await self.get_state(ImportCheckState)
        done = await check._edit(edits.replace_in, _index(column), find, new, **how)
        self.busy = False
        if done is None:
            return
        if not done.rows:
            actor = await current_actor(self)
            self.error = locales.render(text("There is nothing to replace in this column."), actor.language)
            return
        self.opened, check.replaced, check.alike = False, done.rows, 0
        yield await check._shown_again(done)

    async def _count(self) -> None:
        """In how many rows the text stands now."""
        self.error = ""
        search = Search(_index(self.column), self.find, self.whole, self.case)
        if not search.is_possible:
            self.rows = UNKNOWN
            return
        actor = await current_actor(self)
        wizard = await self.get_state(ImportWizardState)
        try:
            self.rows = await asyncio.to_thread(_count, actor, wizard._id, search)
        except CRMError as error:
            self.rows = UNKNOWN
            await say(self, error.message, "error")


def _index(column: str) -> int:
    return int(column) if column.isascii() and column.isdigit() and len(column) < 6 else -1


def _count(actor: Actor, import_id: int, search: Search) -> int:
    with database.reading() as session:
        return edits.count_in(
            session,
            actor,
            import_id,
            search.index,
            search.find,
            whole_cell=search.whole_cell,
            match_case=search.match_case,
        )
