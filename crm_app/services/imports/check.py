"""The check: every row of the file gets an outcome, a reason and its changes. Runs in the reading child process."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from sqlite3 import Connection
from typing import Any

from sqlalchemy import event
from sqlmodel import Session

from crm_app.locales import text
from crm_app.models import Outcome
from crm_app.services import custom_fields, database, installation
from crm_app.services.actor import Actor
from crm_app.services.fields.registry import FieldKind
from crm_app.services.fields.verdict import FieldContext, Level
from crm_app.services.imports import columns as mappings
from crm_app.services.imports import (
    continued,
    course_plan,
    finding,
    layout,
    number_cells,
    own_types,
    plan_file,
    plan_rows,
    references,
    sight,
)
from crm_app.services.imports.collecting import held_back
from crm_app.services.imports.columns import ColumnMapping, InFile, Options
from crm_app.services.imports.consent_guard import ConsentGuard
from crm_app.services.imports.consent_plan import plan_consents
from crm_app.services.imports.date_column import date_formats
from crm_app.services.imports.doubles import Doubles
from crm_app.services.imports.judging import Flaw, Judge, Judged
from crm_app.services.imports.matching import NEW_CONTACT, Decision
from crm_app.services.imports.own_keys import OwnKeys
from crm_app.services.imports.plan_rows import BY_HAND, EMPTY_ROW, candidate_of
from crm_app.services.imports.settling import settle
from crm_app.services.imports.suppressed_rows import ERASED, SUPPRESSED, screened

CHUNK = 5_000

BAD_CELLS = text("The row has cells that cannot be taken.")
BAD_KEY = text("The cell that the row is matched by cannot be used.")


def check(payload: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Writes the plan of a staged import; yields `{"done", "total"}`, at last `{"counts", "problems"}`.

    Payload: folder, database (URL), branch_ids and owner_ids (None = all), columns and options (JSON), continues_id
    (the import the rows belong to, where they are brought back). Reads the database only.
    """
    columns = mappings.from_json(payload["columns"])
    options = Options.from_json(payload["options"])
    engine = database.make_engine(payload["database"])
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA query_only=ON"))
    actor = sight.SEER.seeing(payload)
    try:
        with Session(engine) as session, plan_file.writing(Path(payload["folder"])) as plan, held_back():
            country = installation.current(session).country
            formats = date_formats(plan, columns, country, custom_fields.targets(session))
            yield from Check(session, plan, actor, columns, options, formats, payload.get("continues_id")).run()
    finally:
        engine.dispose()


class Check:
    """Judges rows of one plan file against one database; `formats` are those of the date columns, `continues_id` the
    import that the rows are brought back to.
    """

    def __init__(
        self,
        session: Session,
        plan: Connection,
        actor: Actor,
        columns: Sequence[ColumnMapping],
        options: Options,
        formats: Mapping[int, str],
        continues_id: int | None = None,
    ) -> None:
        settings = installation.current(session)
        context = FieldContext(country=settings.country, time_zone=settings.timezone)
        known = references.load(session, actor, options.course.id if options.course else None)
        columns = [replace(column, date_format=formats.get(column.index)) for column in columns]
        required = [name for name in installation.required(settings) if name not in options.of_new_contacts]
        required += custom_fields.required(session)
        self.session, self.plan, self.options, self._actor = session, plan, options, actor
        self.layout = layout.of(columns, options, known.custom)
        self.judge = Judge(columns, self.layout, known, context, options.blank)
        self.matcher = continued.matcher(continues_id, self.layout, actor, context, required)
        self.doubles = Doubles(self.layout)
        self._left_out: set[int] = set()
        self._chosen: dict[int, int] = {}
        self._erased: set[int] = set()
        self._indexes = {column.target: column.index for column in columns}
        amounts = {name for name, own in known.custom.items() if own.kind is FieldKind.AMOUNT}
        self._numbers = {self._indexes[name] for name in amounts & set(self._indexes)} & number_cells.columns(plan)
        self._keeps_all = options.in_file is not InFile.FIRST or bool(self.layout.consents)
        self._consents = ConsentGuard(self.layout, context, keeps=True)
        self.counts: Counter[str] = Counter(dict.fromkeys(Outcome, 0))
        self.facts = {"layout": self.layout.to_json(), "names": known.names, "date_formats": dict(formats)}
        self.facts["context"] = {"country": settings.country, "time_zone": settings.timezone}
        self.facts["of_new_contacts"] = options.of_new_contacts
        self.facts["required"] = required
        self.facts["own_defaults"] = custom_fields.defaults(session)
        self.facts["own_types"] = own_types.of(session, self.layout.custom)
        self.facts["course"] = None
        self._keys = OwnKeys(self.layout, actor, known.custom)
        self.facts |= actor.sight

    def run(self) -> Iterator[dict[str, Any]]:
        total = plan_file.fetch(self.plan, "rows")
        done = after = 0
        plan_file.begin_plan(self.plan)
        while True:
            found = self.plan.execute(
                "SELECT row, cells FROM cells WHERE row > ? ORDER BY row LIMIT ?", (after, CHUNK)
            ).fetchall()
            if not found:
                break
            rows = self._take(found)
            self.session.rollback()  # no snapshot is held longer than a chunk: the write-ahead log stays short
            after = rows[-1]
            done += len(rows)
            yield {"done": done, "total": total}
        self._settle()
        self.counts[Outcome.INVALID] += plan_rows.refuse_unread(self.plan)
        plan_file.put(self.plan, **self.facts, counts=dict(self.counts))
        self._enrol()
        plan_file.finish_plan(self.plan)
        problems = dict(self.plan.execute("SELECT level, count(*) FROM problem GROUP BY level").fetchall())
        assert sum(self.counts.values()) == total, "every row has exactly one outcome"
        yield {"counts": dict(self.counts), "problems": problems}

    def again(self, rows: Sequence[int]) -> None:
        """Judges these rows of a finished plan anew, as if no others were in the file; `counts` are the change."""
        self.counts.clear()
        wanted = json.dumps(rows)
        query = "SELECT outcome, count(*) FROM plan WHERE row IN (SELECT value FROM json_each(?)) GROUP BY outcome"
        for outcome, count in self.plan.execute(query, (wanted,)).fetchall():
            self.counts[outcome] -= count
        for table in ("plan", "problem"):
            self.plan.execute(f"DELETE FROM {table} WHERE row IN (SELECT value FROM json_each(?))", (wanted,))  # noqa: S608
        if self.options.course is not None:
            course_plan.forget(self.plan, rows)
        query = "SELECT row, cells FROM cells WHERE row IN (SELECT value FROM json_each(?)) ORDER BY row"
        self._take(self.plan.execute(query, (wanted,)).fetchall())
        self._enrol(rows)

    def _take(self, found: Sequence[tuple[int, str]]) -> list[int]:
        """Judges rows as they stand in the plan file, with what people changed in them."""
        rows = [row for row, _ in found]
        cells = json.loads("[" + ",".join([cells for _, cells in found]) + "]")
        changed = plan_file.edits(self.plan, rows[0], rows[-1])
        if changed:
            cells = [plan_file.edited(each, changed.get(row, {})) for row, each in zip(rows, cells, strict=True)]
        if self._numbers:
            number_cells.write_out(self.plan, self._numbers, rows, cells, changed)
        self._left_out = {row for row, edits in changed.items() if plan_file.WHOLE_ROW in edits}
        self._chosen = self._resolved(changed)
        self._chunk(rows, cells)
        return rows

    def _resolved(self, changed: Mapping[int, Mapping[int, str]]) -> dict[int, int]:
        """The contacts, by id, that somebody said rows mean; a number that is gone says nothing."""
        said = {row: edits[plan_file.CHOSEN] for row, edits in changed.items() if plan_file.CHOSEN in edits}
        if not said:
            return {}
        numbers = [int(word) for word in said.values() if word != plan_file.ANOTHER]
        ids = finding.ids(self.session, self._actor, numbers)
        ids[plan_file.ANOTHER] = NEW_CONTACT
        return {row: ids[word] for row, word in said.items() if word in ids}

    def _settle(self) -> None:
        rule = self.options.in_file
        if rule is not InFile.FIRST:
            self.counts.update(settle(self.session, self.plan, self.matcher, self.doubles.later, rule))
        if self.layout.consents:
            plan_consents(self.session, self.plan, self._consents, self.doubles.later, rule)

    def _enrol(self, only: Sequence[int] | None = None) -> None:
        if self.options.course is not None:
            later, rule = self.doubles.later, self.options.in_file
            course_plan.plan_members(self.session, self.plan, self.options.course, later, rule, only)

    def _chunk(self, rows: list[int], cells: list[list[str]]) -> None:
        judged = self.judge.chunk(rows, cells)
        self._add_notes(judged)
        self._screen(judged)
        decisions: list[Decision | None] = [self._refusal(judged, place, cells) for place in range(len(rows))]
        open_ = [place for place, decision in enumerate(decisions) if decision is None]
        candidates = [candidate_of(judged, place) for place in open_]
        if self._chosen:
            for candidate in candidates:
                candidate.chosen = self._chosen.get(candidate.row)
        for place, candidate, decision in zip(
            open_, candidates, self.matcher.decide(self.session, candidates), strict=True
        ):
            decisions[place] = self.doubles.judged(candidate, decision)
        self._keys.refuse(self.session, candidates, decisions, open_)
        decided = [decision for decision in decisions if decision is not None]
        self.counts.update(Counter(decision.outcome for decision in decided))
        plan_rows.write(self.plan, judged, decided, self._chosen, keeps_all=self._keeps_all)
        if judged.offers:
            course_plan.keep_offers(self.plan, judged)

    def _refusal(self, judged: Judged, place: int, cells: list[list[str]]) -> Decision | None:
        """Why a row cannot even be matched; None = it can."""
        if judged.rows[place] in self._left_out:
            return Decision(Outcome.SKIP, reason=BY_HAND)
        if place in self._erased:
            return Decision(Outcome.SKIP, reason=ERASED)
        flaws = judged.flaws.get(place)
        if flaws and any(flaw.level is Level.ERROR for flaw in flaws):
            if place in judged.bad_keys:
                return Decision(Outcome.INVALID, reason=BAD_KEY)
            if not self.options.take_rows_without_bad_cells:
                return Decision(Outcome.INVALID, reason=BAD_CELLS)
        elif not flaws and not any(judged.values[place]) and not "".join(cells[place]).strip():
            return Decision(Outcome.SKIP, reason=EMPTY_ROW)
        return None

    def _screen(self, judged: Judged) -> None:
        """Which rows mean somebody who was erased, and which addresses are never written to."""
        found = screened(self.session, self.layout, judged.norms)
        self._erased = found.erased
        for place, target in found.suppressed:
            cell = str(judged.values[place][self.layout.targets.index(target)])
            flaw = Flaw(self._indexes[target], Level.WARNING, SUPPRESSED, cell)
            judged.flaws.setdefault(place, []).append(flaw)

    def _add_notes(self, judged: Judged) -> None:
        """What the reading found wrong with these rows."""
        places: dict[int, int] = {}
        query = "SELECT row, idx, level, message, value FROM note WHERE row BETWEEN ? AND ?"
        for row, index, level, message, value in self.plan.execute(query, (judged.rows[0], judged.rows[-1])):
            places = places or {number: place for place, number in enumerate(judged.rows)}
            if row in places:
                flaw = Flaw(index, Level(level), plan_file.text_of(message), value)
                judged.flaws.setdefault(places[row], []).append(flaw)
