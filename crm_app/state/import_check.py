"""The fourth step: the plan of every row, looked at before anything is written."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode
from zlib import crc32

import reflex as rx

from crm_app import locales, routes
from crm_app.jobs import queue
from crm_app.models import HALTED, Import, ImportState, Outcome, Permission
from crm_app.services import custom_fields, database
from crm_app.services.actor import Actor
from crm_app.services.errors import Conflict, CRMError, NotFound
from crm_app.services.fields.registry import Field
from crm_app.services.imports import (
    access,
    conflicts,
    edits,
    plan_file,
    preview,
    probably_known,
    steps,
    uploads,
    whole_files,
)
from crm_app.services.imports.cell_filter import CellFilter
from crm_app.services.imports.columns import Options, from_json
from crm_app.services.imports.conflicts import Match
from crm_app.services.imports.edits import Edited
from crm_app.services.imports.preview import ProblemGroup
from crm_app.state import import_course_view
from crm_app.state.guard import action
from crm_app.state.import_check_view import ColumnHead, GroupLine, RowLine, Shown, short
from crm_app.state.import_course_view import CourseView
from crm_app.state.import_known_view import known_lines
from crm_app.state.import_wizard import ImportWizardState
from crm_app.state.messages import say
from crm_app.state.session import current_actor

_IS_IN = (ImportState.DONE, ImportState.UNDOING, ImportState.UNDO_STOPPED, ImportState.UNDONE)
NO_COLUMN = -2  # of a problem nobody has any more


class ImportCheckState(rx.State):
    rows: list[RowLine] = []
    heads: list[ColumnHead] = []
    counts: dict[str, int] = {}
    groups: list[GroupLine] = []
    outcome: str = ""
    cells: str = ""  # the filter by one column, as in the URL
    outcome_urls: dict[str, str] = {}
    previous_url: str = ""
    next_url: str = ""
    lenient: bool = False
    ready: bool = False
    committable: bool = False
    will_write: int = 0
    course: CourseView = CourseView()
    will_enrol: int = 0
    blocking: int = 0  # rows that keep the file out, where files only come in as a whole
    not_compared: int = 0  # new rows that were too many to be compared with the contacts
    seen: int = 0  # counts what was shown, so that a refused change does not stay in its cell
    editable: bool = False
    can_undo: bool = False
    alike: int = 0  # other rows with the text that was changed last
    alike_text: str = ""
    replaced: int = 0  # rows changed by the replacement that was the last change
    _mended: tuple[str, list[int]] = ("", [])  # rows changed on this page, which stay on it: for which address
    _alike: tuple[int, str, str] = (0, "", "")  # column, old and new text of the last change

    @action(permission=Permission.IMPORT)
    async def load(self):
        self.seen += 1
        actor = await current_actor(self)
        wizard = await self.get_state(ImportWizardState)
        seen = await asyncio.to_thread(_fetch, actor, wizard._id)
        self.ready = seen is not None
        if seen is None:
            self.rows = []
            return
        found, counts, groups, self.blocking, self.not_compared, self.course = seen
        params = dict(self.router.url.query_parameters)
        asked = _Asked.of(params, groups)
        page = await asyncio.to_thread(asked.page, found, self._mended_here())
        mapped = [column for column in from_json(found.columns) if column.target]
        shown = Shown(actor, await asyncio.to_thread(_fields), is_done=found.state in _IS_IN)
        self.heads = shown.heads(mapped)
        open_ = [row.row for row in page.rows if row.outcome is Outcome.CONFLICT or row.chosen]
        matches = await asyncio.to_thread(_matches, actor, found, open_) if open_ else {}
        known = await known_lines(actor, found, page.rows)
        self.rows = [shown.row(row, mapped, matches.get(row.row, ()), known.get(row.row, ())) for row in page.rows]
        self._describe(wizard._id, found, counts)
        self._link(wizard._id, asked, page, groups, found, actor.language)

    def _mended_here(self) -> list[int]:
        """Rows that were changed since this address was opened: they stay in sight whatever the filter says."""
        address, rows = self._mended
        if address != str(self.router.url):
            rows = []
        self._mended = (str(self.router.url), list(rows))
        return list(rows)

    def _describe(self, import_id: int, found: Import, counts: dict[Outcome, int]) -> None:
        self.counts = {outcome.value: number for outcome, number in counts.items()}
        self.lenient = Options.from_json(found.options).take_rows_without_bad_cells
        self.committable = found.state in (ImportState.CHECKED, *HALTED)
        self.editable = found.state == ImportState.CHECKED
        self.can_undo = self.editable and edits.steps_taken(found) > 0
        self.will_write = counts[Outcome.CREATE] + counts[Outcome.UPDATE]
        self.will_enrol = self.course.new

    def _link(self, import_id, asked, page, groups, found, language) -> None:
        """Every link around the table, from what the URL asks."""
        base = routes.import_step(import_id, "check")
        self.outcome, self.cells = asked.outcome or "", str(asked.cells or "")
        self.outcome_urls = {
            key: asked.url(base, outcome=key, group="") for key in ("", *[outcome.value for outcome in Outcome])
        }
        first, last = (page.rows[0].row, page.rows[-1].row) if page.rows else (0, 0)
        has_before = asked.after > 0 if asked.before is None else page.has_more
        has_after = page.has_more if asked.before is None else True
        self.previous_url = asked.url(base, before=first) if page.rows and has_before else ""
        self.next_url = asked.url(base, after=last) if page.rows and has_after else ""
        headers = found.read_out.get("headers", [])
        self.groups = [
            GroupLine(
                sentence=locales.render(group.message, language),
                column=headers[group.index] if 0 <= group.index < len(headers) else "",
                rows=group.rows,
                level=group.level.value,
                url=asked.url(base, outcome="", group="" if asked.group == _key(group) else _key(group)),
                current=asked.group == _key(group),
            )
            for group in groups
        ]

    @action(permission=Permission.IMPORT)
    async def choose_cells(self, chosen: str):
        """Filters by what stands in one column; empty = by none."""
        wizard = await self.get_state(ImportWizardState)
        asked = replace(_Asked.of(dict(self.router.url.query_parameters), []), cells=CellFilter.of(chosen))
        return rx.redirect(asked.url(routes.import_step(wizard._id, "check")))

    @action(permission=Permission.IMPORT)
    async def edit(self, row: int, index: int, value: str):
        """Gives one cell another text; its row is judged again."""
        before = next((c.raw for line in self.rows if line.row == row for c in line.cells if c.index == index), "")
        done = await self._edit(edits.change, row, index, value)
        self._mended = (str(self.router.url), [*self._mended_here(), row])
        self.alike, self.alike_text, self._alike = done.alike if done else 0, short(before), (index, before, value)
        return await self._shown_again(done)

    @action(permission=Permission.IMPORT)
    async def edit_alike(self):
        """The last change, in all other rows with the same text."""
        index, old, new = self._alike
        self.alike = 0
        return await self._shown_again(await self._edit(edits.change_alike, index, old, new))

    @action(permission=Permission.IMPORT)
    async def leave_out(self, row: int, is_out: bool):
        """Leaves a row out, or takes it again."""
        self.alike = 0
        return await self._shown_again(await self._edit(edits.leave_out, row, is_out=is_out))

    @action(permission=Permission.IMPORT)
    async def resolve(self, row: int, choice: str):
        """Says which contact a row means: its number, ANOTHER, or empty = nobody has said."""
        self.alike = 0
        done = await self._edit(edits.resolve, row, choice or None)
        self._mended = (str(self.router.url), [*self._mended_here(), row])
        return await self._shown_again(done)

    @action(permission=Permission.IMPORT)
    async def undo_edit(self):
        """Takes the last change back."""
        self.alike = 0
        return await self._shown_again(await self._edit(edits.undo))

    async def _edit(self, change: Callable[..., Edited | None], *arguments: Any, **named: Any) -> Edited | None:
        self.replaced = 0
        actor = await current_actor(self)
        wizard = await self.get_state(ImportWizardState)
        try:
            return await asyncio.to_thread(_change, actor, wizard._id, change, arguments, named)
        except CRMError as error:
            await say(self, error.message, "error")
            return None

    async def _shown_again(self, done: Edited | None):
        return ImportWizardState.load if done and done.needs_check else ImportCheckState.load

    @action(permission=Permission.IMPORT)
    async def take_without_bad_cells(self, wanted: bool):
        """The switch: rows with bad cells come in without them, or wait."""
        actor = await current_actor(self)
        wizard = await self.get_state(ImportWizardState)
        try:
            await asyncio.to_thread(_switch, actor, wizard._id, wanted)
        except CRMError as error:
            await say(self, error.message, "error")
            return [ImportCheckState.load, ImportWizardState.load]
        return ImportWizardState.load


@dataclass(frozen=True)
class _Asked:
    """What the URL asks of the preview; what cannot be understood is as if it were not there."""

    outcome: Outcome | None
    query: str
    after: int
    before: int | None
    group: str  # `_key` of a group; it may be empty by now, because its rows were mended
    problem: ProblemGroup | None
    cells: CellFilter | None

    @classmethod
    def of(cls, params: dict[str, str], groups: list[ProblemGroup]) -> "_Asked":
        outcome, group = params.get("outcome", ""), params.get("group", "")
        asked = next((found for found in groups if _key(found) == group), None)
        before = params.get("before", "")
        after = params.get("after", "")
        return cls(
            outcome=Outcome(outcome) if outcome in set(Outcome) else None,
            query=params.get("q", "")[:200],
            after=int(after) if after.isdigit() else 0,
            before=int(before) if before.isdigit() else None,
            group=group,
            problem=asked,
            cells=CellFilter.of(params.get("cells", "")),
        )

    def page(self, found: Import, also: list[int]) -> preview.Page:
        return preview.page(
            uploads.place_of(found),
            outcome=self.outcome,
            query=self.query,
            after=self.after,
            before=self.before,
            problem_column=self.problem.index if self.problem else NO_COLUMN if self.group else None,
            problem=self.problem.message if self.problem else None,
            cells=self.cells,
            also=also,
        )

    def url(self, base: str, **changes: str | int) -> str:
        params = {
            "outcome": self.outcome or "",
            "q": self.query,
            "group": self.group,
            "cells": str(self.cells or ""),
            **changes,
        }
        kept = {key: str(value) for key, value in params.items() if value not in ("", None)}
        return base + ("?" + urlencode(kept) if kept else "")


def _key(group: ProblemGroup) -> str:
    """What a problem is called in the URL, whatever place it has in the list."""
    return f"{group.index}.{crc32(plan_file.text_json(group.message).encode()):08x}"


def _fields() -> dict[str, Field]:
    with database.reading() as session:
        return custom_fields.targets(session)


def _matches(actor: Actor, found: Import, rows: list[int]) -> dict[int, list[Match]]:
    with database.reading() as session:
        return conflicts.matches(session, actor, found, rows)


def _fetch(
    actor: Actor, import_id: int
) -> tuple[Import, dict[Outcome, int], list[ProblemGroup], int, int, CourseView] | None:
    with database.reading() as session:
        try:
            found = access.get(session, actor, import_id)
        except NotFound:
            return None
        blocking = whole_files.in_the_way(session, found.counts, has_begun=found.committed_row > 0)
    if not found.counts or found.purged_at is not None or found.state in (ImportState.READING, ImportState.CHECKING):
        return None
    folder = uploads.place_of(found)
    try:
        counts, groups = preview.counts(folder), preview.problem_groups(folder)
        with database.reading() as session:
            course = import_course_view.view(session, actor, found)
        return found, counts, groups, blocking, probably_known.not_compared(folder), course
    except Conflict:  # its file was deleted at this very moment
        return None


def _change(
    actor: Actor, import_id: int, change: Callable[..., Edited | None], arguments: tuple, named: dict[str, Any]
) -> Edited | None:
    job = None
    with database.transaction() as session:
        done = change(session, actor, import_id, *arguments, **named)
        if done is not None and done.needs_check:
            job = steps.check(session, actor, import_id)
    if job is not None and job.id is not None:
        queue.push(job.id)
    return done


def _switch(actor: Actor, import_id: int, wanted: bool) -> None:
    with database.transaction() as session:
        found = access.get(session, actor, import_id)
        options = replace(Options.from_json(found.options), take_rows_without_bad_cells=wanted)
        steps.map_columns(session, actor, import_id, from_json(found.columns), options)
        job = steps.check(session, actor, import_id)
    if job.id is not None:
        queue.push(job.id)
