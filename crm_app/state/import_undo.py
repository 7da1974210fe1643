"""The undo of an import: what it would take back, its start, and what it did."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

import reflex as rx

from crm_app import locales, routes
from crm_app.jobs import queue
from crm_app.models import Import, ImportState, Permission, UndoOutcome
from crm_app.services import custom_fields, database
from crm_app.services.actor import Actor
from crm_app.services.errors import Conflict, CRMError, NotFound
from crm_app.services.fields.registry import Field
from crm_app.services.imports import access, steps, undo
from crm_app.services.imports.undo import UndoPage, UndoPlan
from crm_app.state.formats import spoken
from crm_app.state.guard import action
from crm_app.state.import_undo_view import UndoLine, line
from crm_app.state.import_wizard import ImportWizardState
from crm_app.state.messages import say
from crm_app.state.session import current_actor

FRESH_SECONDS = 30.0  # counting looks at every row: figures so young are shown once more
_AT_WORK = (ImportState.COMMITTING, ImportState.UNDOING)


class ImportUndoState(rx.State):
    """Its own page of one import. `counts` holds rows by UndoOutcome once `counted`."""

    rows: list[UndoLine] = []
    counts: dict[str, int] = {}
    counted: bool = False
    ready: bool = False
    waiting: bool = False
    refusal: str = ""
    outcome: str = ""
    outcome_urls: dict[str, str] = {}
    previous_url: str = ""
    next_url: str = ""
    contacts_url: str = ""
    done_url: str = ""
    who: str = ""
    when: str = ""
    behind: int = 0  # rows a stopped undo has been through
    lowered: int = 0  # consents that stay lowered, once `counted`
    enrolments: int = 0  # taken back, and what follows of enrolments and notices
    enrolments_kept: int = 0
    notices: int = 0
    notices_sent: int = 0
    _import_id: int = 0
    _ticket: int = 0  # of the newest load: what an older one finds is not shown
    _shown_in: str = ""  # the import's state when its rows were read
    _counted_in: str = ""  # … and when it was counted
    _counted_at: float = 0.0

    @action(permission=Permission.IMPORT, background=True)
    async def load(self):
        """The page of rows the URL asks for, and behind it how many rows there are of each outcome."""
        async with self:
            actor = await current_actor(self)
            import_id = (await self.get_state(ImportWizardState))._id
            asked = _Asked.of(dict(self.router.url.query_parameters))
            if self._import_id != import_id:
                self.reset()
            self._import_id, self._ticket, self.waiting = import_id, time.monotonic_ns(), True
            ticket = self._ticket
        seen = await asyncio.to_thread(_fetch, actor, import_id, asked)
        async with self:
            if self._ticket != ticket:
                return
            self._show(seen, asked)
            if not self.ready or self._is_fresh(seen.state):
                return
        plan = await asyncio.to_thread(_count, actor, import_id)
        async with self:
            if (self._import_id, self._shown_in) == (import_id, seen.state):
                self._tell(plan, seen.state)

    @action(permission=Permission.IMPORT)
    async def undo(self):
        """Starts to take the import back, or goes on where it was stopped."""
        actor = await current_actor(self)
        wizard = await self.get_state(ImportWizardState)
        try:
            await asyncio.to_thread(_undo, actor, wizard._id)
        except CRMError as error:
            await say(self, error.message, "error")
        return [ImportWizardState.load, ImportUndoState.load]

    def _show(self, seen: "_Seen", asked: "_Asked") -> None:
        self.waiting, self._shown_in = False, seen.state
        self.ready, self.refusal, self.rows = seen.is_there and not seen.refusal, seen.refusal, seen.rows
        self.who, self.when, self.behind, self.outcome = seen.who, seen.when, seen.behind, asked.outcome or ""
        self.contacts_url = f"{routes.CONTACTS}?inactive=1&import={self._import_id}"
        self.done_url = routes.import_step(self._import_id, "done")
        base = routes.import_step(self._import_id, "undo")
        self.outcome_urls = {key: _url(base, outcome=key) for key in ("", *[one.value for one in UndoOutcome])}
        first, last = (seen.rows[0].row, seen.rows[-1].row) if seen.rows else (0, 0)
        has_before = asked.after > 0 if asked.before is None else seen.has_more
        has_after = seen.has_more if asked.before is None else True
        self.previous_url = _url(base, outcome=self.outcome, before=first) if seen.rows and has_before else ""
        self.next_url = _url(base, outcome=self.outcome, after=last) if seen.rows and has_after else ""

    def _is_fresh(self, state: str) -> bool:
        return self.counted and self._counted_in == state and time.monotonic() - self._counted_at < FRESH_SECONDS

    def _tell(self, plan: UndoPlan | str, state: str) -> None:
        if isinstance(plan, str):
            self.ready, self.refusal = False, plan
            return
        figures = (plan.reversed, plan.kept, plan.impossible)
        self.counts = {"": plan.rows, **dict(zip([one.value for one in UndoOutcome], figures, strict=True))}
        self.lowered, members = plan.lowered, plan.members
        self.enrolments, self.enrolments_kept = members.enrolments, members.enrolments_kept
        self.notices, self.notices_sent = members.notices, members.notices_sent
        self.counted, self._counted_in, self._counted_at = True, state, time.monotonic()


@dataclass(frozen=True)
class _Asked:
    """What the URL asks for; what cannot be understood is as if it were not there."""

    outcome: UndoOutcome | None
    after: int
    before: int | None

    @classmethod
    def of(cls, params: dict[str, str]) -> "_Asked":
        outcome, after, before = (params.get(name, "") for name in ("outcome", "after", "before"))
        return cls(
            outcome=UndoOutcome(outcome) if outcome in set(UndoOutcome) else None,
            after=int(after) if _is_row(after) else 0,
            before=int(before) if _is_row(before) else None,
        )


@dataclass(frozen=True)
class _Seen:
    """One look at an import: its page of rows, or why there is none; nothing while it is at work or missing."""

    state: str = ""
    is_there: bool = False
    refusal: str = ""
    rows: list[UndoLine] = field(default_factory=list)
    has_more: bool = False
    who: str = ""
    when: str = ""
    behind: int = 0


def _fetch(actor: Actor, import_id: int, asked: _Asked) -> _Seen:
    with database.reading() as session:
        try:
            found = access.get(session, actor, import_id)
            if found.state in _AT_WORK:
                return _Seen(found.state)
            page = undo.page(
                session,
                actor,
                import_id,
                outcome=asked.outcome,
                after=asked.after,
                before=asked.before,
                language=actor.language,
            )
        except NotFound:
            return _Seen()
        except Conflict as error:
            return _Seen(refusal=locales.render(error.message, actor.language))
        fields = custom_fields.targets(session)
        return _seen(found, page, undo.undone_by(session, found), actor, fields)


def _seen(found: Import, page: UndoPage, who: str, actor: Actor, fields: Mapping[str, Field]) -> _Seen:
    return _Seen(
        state=found.state,
        is_there=True,
        rows=[line(row, actor, fields) for row in page.rows],
        has_more=page.has_more,
        who=who,
        when=spoken(found.undone_at, actor.language, actor.timezone) if found.undone_at else "",
        behind=sum(found.undo_counts.get(outcome, 0) for outcome in UndoOutcome),
    )


def _count(actor: Actor, import_id: int) -> UndoPlan | str:
    """The figures, or the sentence that says why there are none."""
    with database.reading() as session:
        try:
            return undo.preview(session, actor, import_id)
        except CRMError as error:
            return locales.render(error.message, actor.language)


def _undo(actor: Actor, import_id: int) -> None:
    with database.transaction() as session:
        job = steps.undo(session, actor, import_id)
    if job.id is not None and not job.is_finished:
        queue.push(job.id)


def _url(base: str, **params: str | int) -> str:
    kept = {key: str(value) for key, value in params.items() if value != ""}
    return base + ("?" + urlencode(kept) if kept else "")


def _is_row(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) < 19
