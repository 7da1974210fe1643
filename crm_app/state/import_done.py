"""The last step: what the import did."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

import reflex as rx
from babel.numbers import format_decimal

from crm_app import locales, routes
from crm_app.locales import ntext, text
from crm_app.models import HALTED, Import, ImportKind, ImportState, Permission, UndoOutcome, User
from crm_app.services import custom_fields, database, installation
from crm_app.services.actor import Actor
from crm_app.services.changes.actions import ActionKind
from crm_app.services.errors import CRMError, NotFound
from crm_app.services.fields.registry import Field
from crm_app.services.imports import access, continuing, fetching_again, retention, undo
from crm_app.services.imports.columns import KEY_LABELS, Options, from_json
from crm_app.services.imports.continuing import Round
from crm_app.state import import_course_view
from crm_app.state.contact_view import label_of
from crm_app.state.formats import exact, spoken
from crm_app.state.guard import action
from crm_app.state.import_course_view import CourseView
from crm_app.state.import_kept import file_line, undo_line
from crm_app.state.import_states import STATES
from crm_app.state.import_wizard import ImportWizardState
from crm_app.state.messages import say
from crm_app.state.session import current_actor


@dataclass
class Pair:
    label: str
    value: str


@dataclass
class DoneView:
    """Counts, and the settings with which they came about."""

    state: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    rows: int = 0
    written: int = 0
    replanned: int = 0
    failed: int = 0  # rows that stayed out and can be mended
    failed_url: str = ""
    contacts_url: str = ""  # empty when no contact of it is left
    trash_url: str = ""  # of a change that moved them there
    undoable: bool = False
    undo_url: str = ""
    undone_by: str = ""
    undone_when: str = ""
    who: str = ""
    started: str = ""
    finished: str = ""
    file_name: str = ""
    size: str = ""
    match_key: str = ""
    tags: str = ""
    mapping: list[Pair] = field(default_factory=list)
    kept: str = ""  # how long the file is
    undo_kept: str = ""
    has_file: bool = True
    has_undo_data: bool = True
    file_deletable: bool = False
    id: int = 0
    fetchable: bool = False  # it came from a link
    rounds: list[str] = field(default_factory=list)  # files that brought failed rows back
    waiting_url: str = ""  # of such a file that did not come in to its end
    belongs_url: str = ""  # of the import that these rows are shown with
    course: CourseView = field(default_factory=CourseView)
    enrolled: int = 0  # whom the course has since


class ImportDoneState(rx.State):
    view: DoneView = DoneView()
    ready: bool = False
    asking: bool = False  # whether the file is to be deleted

    @action(permission=Permission.IMPORT)
    async def load(self):
        actor = await current_actor(self)
        wizard = await self.get_state(ImportWizardState)
        seen = await asyncio.to_thread(_fetch, actor, wizard._id)
        if seen is not None and seen.belongs_url:
            return rx.redirect(seen.belongs_url, replace=True)
        self.ready, self.asking = seen is not None, False
        if seen is not None:
            self.view = seen
        return None

    @action(permission=Permission.SETTINGS)
    async def ask(self, wanted: bool):
        """Opens the question before the file is deleted, or closes it."""
        self.asking = wanted

    @action(permission=Permission.SETTINGS)
    async def delete_file(self):
        """Gives the file up now, before its time."""
        actor = await current_actor(self)
        wizard = await self.get_state(ImportWizardState)
        try:
            await asyncio.to_thread(_delete_file, actor, wizard._id)
        except CRMError as error:
            await say(self, error.message, "error")
        else:
            await say(self, text("The file is deleted."))
        return [ImportWizardState.load, ImportDoneState.load]


def _delete_file(actor: Actor, import_id: int) -> None:
    with database.transaction() as session:
        retention.delete_file(session, actor, import_id)


def _fetch(actor: Actor, import_id: int) -> DoneView | None:
    with database.reading() as session:
        try:
            found = access.get(session, actor, import_id)
        except NotFound:
            return None
        if found.state not in (ImportState.DONE, *HALTED, *_UNDO):
            return None
        if found.continues_id is not None and found.state == ImportState.DONE:
            return DoneView(belongs_url=routes.import_step(found.continues_id, "done"))
        counts = access.came_in(session, found)
        user = session.get(User, found.user_id) if found.user_id else None
        view = _view(found, counts, user.name if user else "", actor, custom_fields.targets(session))
        settings = installation.current(session)
        view.kept = file_line(settings, found, actor)
        view.undo_kept = undo_line(settings, found, actor) if view.undoable or not view.has_undo_data else ""
        if found.kind == ImportKind.FILE:
            view.course = import_course_view.view(session, actor, found)
            view.enrolled = view.course.new
            view.undoable = view.undoable or (bool(view.enrolled) and _is_undoable(found))
        if found.state == ImportState.UNDONE:
            view.undone_by = undo.undone_by(session, found)
        view.rounds = [_round(one, actor) for one in continuing.rounds(session, found)]
        for waiting in continuing.waiting(session, found):
            view.waiting_url = routes.import_step(waiting.id or 0, STATES[ImportState(waiting.state)][1])
        return view


def _view(found: Import, counts: dict[str, int], who: str, actor: Actor, fields: Mapping[str, Field]) -> DoneView:
    options = Options() if found.kind == ImportKind.CHANGE else Options.from_json(found.options)
    language = actor.language
    undone = found.state == ImportState.UNDONE
    wrote = counts.get("create", 0) + counts.get("update", 0)
    is_left = not undone or found.undo_counts.get(UndoOutcome.REVERSED, 0) < wrote or counts.get("update", 0) > 0
    has_file, has_undo_data = found.purged_at is None, found.undo_purged_at is None
    return DoneView(
        state=found.state,
        counts={key: counts.get(key, 0) for key in _OUTCOMES},
        rows=found.rows,
        written=wrote,
        replanned=found.replanned,
        failed=0 if undone else _failed(found),
        failed_url=routes.failed_rows(found.id or 0),
        contacts_url=_contacts_url(found) if is_left else "",
        trash_url=routes.TRASH if _is_trashing(found) and not undone else "",
        has_file=has_file,
        has_undo_data=has_undo_data,
        file_deletable=has_file and actor.may(Permission.SETTINGS),
        undoable=bool(wrote) and _is_undoable(found),
        undo_url=routes.import_step(found.id or 0, "undo"),
        id=found.id or 0,
        fetchable=bool(fetching_again.link_to_fetch(found)),
        undone_when=spoken(found.undone_at, language, actor.timezone) if found.undone_at else "",
        who=who,
        started=exact(found.committed_at, language, actor.timezone) if found.committed_at else "",
        finished=exact(found.finished_at, language, actor.timezone) if found.finished_at else "",
        file_name=found.file_name,
        size=_size(found.file_size, language),
        match_key=locales.render(KEY_LABELS[options.match_key], language) if options.match_key else "",
        tags=", ".join(options.tags),
        mapping=[
            Pair(column.header, label_of(column.target, language, fields))
            for column in from_json(found.columns)
            if column.target
        ],
    )


def _is_undoable(found: Import) -> bool:
    """Whether what it wrote can be taken back, if it wrote anything."""
    is_in = found.state in (ImportState.DONE, *HALTED)
    return is_in and found.undo_purged_at is None and found.continues_id is None


def _is_trashing(found: Import) -> bool:
    return found.kind == ImportKind.CHANGE and found.options["action"]["kind"] == ActionKind.TRASH


def _contacts_url(found: Import) -> str:
    """The contacts it wrote; those in the trash are in no list."""
    if _is_trashing(found) and found.state != ImportState.UNDONE:
        return ""
    return f"{routes.CONTACTS}?inactive=1&import={found.continues_id or found.id}"


def _round(one: Round, actor: Actor) -> str:
    """A file that brought failed rows back, in a sentence."""
    message = ntext(
        "{n} row came back with {file} ({who}, {when}).",
        "{n} rows came back with {file} ({who}, {when}).",
        one.rows,
        file=one.file_name,
        who=one.who or "system",
        when=spoken(one.at, actor.language, actor.timezone) if one.at else "",
    )
    return locales.render(message, actor.language)


def _failed(found: Import) -> int:
    if not any(found.counts.get(key) for key in access.LEFT_OUT):
        return 0
    from crm_app.services.imports import failed_rows  # the check with it: 6 MB

    return failed_rows.count(found)


_UNDO = (ImportState.UNDO_STOPPED, ImportState.UNDONE)
_OUTCOMES = ("create", "update", "unchanged", "skip", "invalid", "conflict")


def _size(size: int, language: str) -> str:
    """A file's size as people say it."""
    if size < 1024:
        return f"{size} B"
    if size < 1024 * 1024:
        return f"{round(size / 1024)} KB"
    return f"{format_decimal(size / 1024 / 1024, format='#,##0.0', locale=language)} MB"
