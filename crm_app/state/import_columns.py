"""The third step: which column goes to which field."""

import asyncio
from dataclasses import replace
from typing import Any

import reflex as rx

from crm_app import locales, routes
from crm_app.jobs import queue
from crm_app.models import ImportState, Permission, User
from crm_app.services import branches, choosable, custom_fields, database
from crm_app.services.actor import Actor
from crm_app.services.errors import CRMError, Invalid
from crm_app.services.fields.registry import OFFER, Field, FieldGroup, FieldKind
from crm_app.services.imports import access, steps, values
from crm_app.services.imports.columns import CLEAR as CLEAR
from crm_app.services.imports.columns import KEY_LABELS as KEY_LABELS
from crm_app.services.imports.columns import (
    MATCH_KEYS,
    ColumnMapping,
    Options,
    WriteRule,
    filled_by,
    from_json,
    key_fits,
    suggested_key,
)
from crm_app.services.imports.values import ColumnValue
from crm_app.state.choice import Choice
from crm_app.state.guard import action
from crm_app.state.import_columns_view import (
    ADD,
    AUTO,
    PARTS,
    ColumnLine,
    countries,
    dates_of,
    describe,
    fetch,
    required_fields,
    value_line,
    vocabulary_of,
)
from crm_app.state.import_course import CourseChoices
from crm_app.state.import_new_field import ImportNewFieldState
from crm_app.state.import_whole_file import WholeFileChoices
from crm_app.state.import_wizard import ImportWizardState
from crm_app.state.messages import say
from crm_app.state.session import current_actor


class ImportColumnsState(WholeFileChoices, CourseChoices, rx.State):
    columns: list[ColumnLine] = []
    addresses: list[Choice] = []  # e-mail address and name of the owners
    countries: list[Choice] = []
    own: list[Choice] = []  # key and label of the installation's own fields
    may_add: bool = False
    _meant: dict[int, dict[str, str]] = {}  # what texts of a column mean, by column index
    name: str = ""
    ready: bool = False
    changeable: bool = True
    unmapped: list[str] = []
    lacking: list[str] = []  # required fields no column goes to
    _required: dict[str, str] = {}
    empty: int = 0
    show_empty: bool = False
    error: str = ""
    key: int = 0

    @action(permission=Permission.IMPORT)
    async def load(self):
        actor = await current_actor(self)
        wizard = await self.get_state(ImportWizardState)
        seen = await asyncio.to_thread(fetch, actor, wizard._id)
        self.ready = seen is not None
        if seen is None:
            return
        found, lines = seen
        self.columns = sorted(lines, key=lambda line: (PARTS.index(line.part), line.index))
        self.empty = sum(line.part == "empty" for line in lines)
        self._meant = {column.index: dict(column.values) for column in from_json(found.columns)}
        self.may_add = Permission.SETTINGS in actor.permissions
        await self._show_own()
        await self._show_values()
        options = Options.from_json(found.options)
        self._show_whole_file(options)
        self.branches, self.branch = await asyncio.to_thread(_branches, actor), str(found.branch_id)
        await self._show_course(options.course)
        self.name = found.name
        self.changeable = found.state in (ImportState.READ, ImportState.CHECKING, ImportState.CHECKED)
        self.error = ""
        self.key += 1
        self._required = await asyncio.to_thread(required_fields)
        self._derive()

    @action(permission=Permission.IMPORT)
    async def choose(self, index: int, target: str):
        """Sends one column to a field, or leaves it out; ADD asks for a new field."""
        if target == ADD:
            return ImportNewFieldState.ask(index)
        fields = await asyncio.to_thread(_fields)
        if target and target not in fields and not (target == OFFER.name and self.course):
            return None
        before = suggested_key(line.target or None for line in self.columns)
        for line in self.columns:
            if line.index == index:
                line.target, line.reason = target, ""
                line.rule, line.date_format = WriteRule.OVERWRITE.value, ""
                describe(line, fields)
                self._meant[index] = {}
        after = suggested_key(line.target or None for line in self.columns)
        if self.match_key == (before or "") or not key_fits(self.match_key, [line.target for line in self.columns]):
            self.match_key = after or ""
        await self._keep()
        await self._show_dates()
        await self._show_values()
        return None

    @action(permission=Permission.IMPORT)
    async def take_new_field(self):
        """The column that an own field was made from goes to it."""
        new = await self.get_state(ImportNewFieldState)
        made, new._made = new._made, None
        if made is None:
            return None
        await self._show_own()
        return ImportColumnsState.choose(*made)

    @action(permission=Permission.IMPORT)
    async def toggle_empty(self):
        self.show_empty = not self.show_empty

    @action(permission=Permission.IMPORT)
    async def choose_separator(self, index: int, separator: str):
        for line in self.columns:
            if line.index == index:
                line.separator = separator[:3] or ","
        await self._keep()

    @action(permission=Permission.IMPORT)
    async def choose_rule(self, index: int, rule: str):
        """How the cells of one column meet the values of stored contacts."""
        for line in self.columns:
            if line.index == index and rule in set(WriteRule):
                line.rule = rule
        await self._keep()

    @action(permission=Permission.IMPORT)
    async def choose_value(self, index: int, cell: str, choice: str):
        """Says what one text of a column means: AUTO = what it is understood as, ADD = a new status or option."""
        meant = dict(self._meant.get(index, {}))
        meant.pop(cell, None)
        if choice == ADD:
            actor = await current_actor(self)
            try:
                target = next((line.target for line in self.columns if line.index == index), "")
                choice = await asyncio.to_thread(_add, actor, target, cell)
                await self._show_own()
            except CRMError as error:
                await say(self, error.message, "error")
                return
        if choice != AUTO:
            meant[cell] = choice
        self._meant[index] = meant
        await self._keep()
        await self._show_values()

    @action(permission=Permission.IMPORT)
    async def choose_format(self, index: int, date_format: str):
        """How the dates of one column are meant; empty = as recognised."""
        for line in self.columns:
            if line.index == index and date_format in {choice.value for choice in line.dates}:
                line.date_format = date_format
        await self._keep()

    @action(permission=Permission.IMPORT)
    async def type_name(self, name: str):
        """What the import is called in the history."""
        self.name = name
        await self._keep()

    @action(permission=Permission.IMPORT)
    async def check(self):
        """Keeps everything and makes the plan."""
        if not await self._keep():
            return None
        actor = await current_actor(self)
        wizard = await self.get_state(ImportWizardState)
        try:
            await asyncio.to_thread(_check, actor, wizard._id)
        except CRMError as error:
            await say(self, error.message, "error")
            return ImportWizardState.load
        return rx.redirect(routes.import_step(wizard._id, "check"))

    def _derive(self) -> None:
        mapped = filled_by(line.target for line in self.columns)
        self.match_keys = [key for key in MATCH_KEYS if key_fits(key, mapped)]
        chosen = {"status": self.new_status, "owner": self.new_owner, "source": self.new_source.strip()}
        self.lacking = [said for name, said in self._required.items() if name not in mapped and not chosen.get(name)]
        self.unmapped = [line.header for line in self.columns if not line.target and line.part != "empty"]

    async def _show_own(self) -> None:
        """The own fields as they are now, and what the columns that go to them take."""
        fields = await asyncio.to_thread(_fields)
        actor = await current_actor(self)
        self.own = [
            Choice(key, locales.render(field.label, actor.language))
            for key, field in fields.items()
            if field.group is FieldGroup.OWN
        ]
        for line in self.columns:
            describe(line, fields)

    async def _show_values(self) -> None:
        actor = await current_actor(self)
        wizard = await self.get_state(ImportWizardState)
        columns = [
            ColumnMapping(line.index, line.header, line.target or None, values=dict(self._meant.get(line.index, {})))
            for line in self.columns
        ]
        found, fields, self.statuses, people = await asyncio.to_thread(_values, actor, wizard._id, columns)
        self.owners = [Choice(str(user.id), user.name) for user in people]
        self.addresses = [Choice(user.email, user.name) for user in people]
        for line in self.columns:
            line.vocabulary = vocabulary_of(line.target, fields) if line.index in found else ""
            line.meanings = [value_line(line.target, value, actor.language) for value in found.get(line.index, [])]
            if line.vocabulary == FieldKind.COUNTRY and not self.countries:
                self.countries = countries(actor.language)
            line.unknown = sum(bool(value.problem) for value in line.meanings)

    async def _course_chosen(self) -> None:
        """Columns that name offers go nowhere without a course; for another one nobody has said what texts mean."""
        for line in self.columns:
            if line.target == OFFER.name:
                self._meant[line.index] = {}
                if not self.course:
                    line.target = ""
        if await self._keep():
            await self._show_values()

    async def _show_dates(self) -> None:
        actor = await current_actor(self)
        wizard = await self.get_state(ImportWizardState)
        found = await asyncio.to_thread(dates_of, actor, wizard._id, {line.index: line.target for line in self.columns})
        for line in self.columns:
            line.dates = found.get(line.index, [])

    async def _keep(self) -> bool:
        """Writes the choices, so that the wizard can be left at any time. False = they do not fit yet."""
        self._derive()
        actor = await current_actor(self)
        wizard = await self.get_state(ImportWizardState)
        try:
            meant = {index: dict(values) for index, values in self._meant.items()}
            chosen = (list(self.columns), meant, {**self._whole_file(), "course": self._into_course()})
            branch = int(self.branch) if self.branches else None
            await asyncio.to_thread(_write, actor, wizard._id, *chosen, self.name, branch)
        except Invalid as error:
            self.error = locales.render(error.message, actor.language)
            return False
        except CRMError as error:
            await say(self, error.message, "error")
            return False
        self.error = ""
        return True


def _add(actor: Actor, target: str, cell: str) -> str:
    """A new status, or one more choice of an own field."""
    with database.transaction() as session:
        if target == "status":
            return values.add_status(session, actor, cell).name
        return custom_fields.add_option(session, actor, target, cell)


def _branches(actor: Actor) -> list[Choice]:
    with database.reading() as session:
        return [Choice(str(id_), name) for id_, name in branches.seen(session, actor).items()]


def _fields() -> dict[str, Field]:
    with database.reading() as session:
        return custom_fields.targets(session)


def _values(
    actor: Actor, import_id: int, columns: list[ColumnMapping]
) -> tuple[dict[int, list[ColumnValue]], dict[str, Field], list[Choice], list[User]]:
    """The texts of closed vocabularies by column, the fields there are, statuses by id and name, and the colleagues
    who can be responsible."""
    with database.reading() as session:
        statuses = [Choice(str(status.id), status.name) for status in choosable.statuses(session)]
        found = values.listing(session, actor, import_id, columns)
        return found, custom_fields.targets(session), statuses, choosable.colleagues(session, actor)


def _write(
    actor: Actor,
    import_id: int,
    lines: list[ColumnLine],
    meant: dict[int, dict[str, str]],
    whole_file: dict[str, Any],
    name: str,
    branch: int | None,
) -> None:
    with database.transaction() as session:
        found = access.get(session, actor, import_id)
        kept = {mapping.index: mapping for mapping in from_json(found.columns)}
        columns: list[ColumnMapping] = [
            replace(
                kept[line.index],
                target=line.target or None,
                separator=line.separator,
                rule=WriteRule(line.rule),
                date_format=line.date_format or None,
                values=meant.get(line.index, {}),
            )
            for line in lines
        ]
        options = replace(Options.from_json(found.options), **whole_file)
        if (
            [column.to_json() for column in columns] == found.columns
            and options.to_json() == found.options
            and name.strip() == found.name
            and branch in (None, found.branch_id)
        ):
            return
        steps.map_columns(session, actor, import_id, columns, options, name=name, branch_id=branch)


def _check(actor: Actor, import_id: int) -> None:
    with database.transaction() as session:
        job = steps.check(session, actor, import_id)
    if job.id is not None:
        queue.push(job.id)
