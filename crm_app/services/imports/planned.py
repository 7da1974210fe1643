"""The plan as the commit reads it, and what it writes back when a row had to be planned again."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from sqlite3 import Connection
from typing import Any

from crm_app.models import Outcome
from crm_app.services.actor import Actor
from crm_app.services.fields.registry import CONSENT_FIELDS
from crm_app.services.fields.verdict import FieldContext
from crm_app.services.imports import plan_file, sight
from crm_app.services.imports.layout import Layout
from crm_app.services.imports.matching import Candidate, Decision

_OUTCOMES = {outcome.value: outcome for outcome in Outcome}


@dataclass(slots=True)
class PlannedRow:
    """One row to carry out. `outcome` is what the check said, also when an aborted chunk planned it again."""

    candidate: Candidate
    outcome: Outcome
    contact_id: int | None
    changes: dict[str, Any] | None
    is_replanned: bool
    consents: dict[str, list[str]] | None = None  # as in Decision

    def meets(self, decision: Decision) -> bool:
        """Whether the contact still is as it was at the check."""
        return (
            not self.is_replanned
            and decision.outcome is self.outcome
            and decision.contact_id == self.contact_id
            and decision.changes == self.changes
        )

    def fits(self, decision: Decision) -> bool:
        """Whether the database still answers as it did at the check."""
        return self.meets(decision) and decision.consents == self.consents


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """What the check kept about the whole file."""

    layout: Layout
    context: FieldContext
    required: list[str]
    of_new_contacts: dict[str, Any]  # values by field that new contacts take where their row has none
    actor: Actor  # who looked for contacts
    own_defaults: dict[str, Any]  # own fields that new contacts have where their row has none


def facts(plan: Connection) -> PlanFacts:
    """The circumstances under which the plan was made."""
    return PlanFacts(
        Layout.from_json(plan_file.fetch(plan, "layout")),
        FieldContext(**plan_file.fetch(plan, "context")),
        plan_file.fetch(plan, "required"),
        plan_file.fetch(plan, "of_new_contacts"),
        sight.of_plan(plan),
        plan_file.fetch(plan, "own_defaults") or {},
    )


def next_rows(plan: Connection, after: int, limit: int) -> list[PlannedRow]:
    """The next rows that mean a contact, in the order of the file."""
    found = plan.execute(
        "SELECT row, coalesce(planned, outcome), planned IS NOT NULL, contact_id, key, data, changes FROM plan "
        "WHERE row > ? AND coalesce(planned, outcome) IN ('create', 'update', 'unchanged') ORDER BY row LIMIT ?",
        (after, limit),
    ).fetchall()
    data = json.loads("[" + ",".join([row[5] for row in found]) + "]")
    return [
        PlannedRow(
            Candidate(row, key, *values),
            _OUTCOMES[outcome],
            contact_id,
            *_changes(changes, again == 1),
        )
        for (row, outcome, again, contact_id, key, _, changes), values in zip(found, data, strict=True)
    ]


def _changes(stored: str | None, again: bool) -> tuple[dict[str, Any] | None, bool, dict[str, list[str]] | None]:
    """What changes of the contact, whether it was planned again, what changes of its consent."""
    if not stored:
        return None, again, None
    changes = json.loads(stored)
    consents = {name: changes.pop(name) for name in list(changes) if name in CONSENT_FIELDS}
    return changes or None, again, consents or None


def total(plan: Connection) -> int:
    """How many rows there are to carry out."""
    query = "SELECT count(*) FROM plan WHERE coalesce(planned, outcome) IN ('create', 'update', 'unchanged')"
    return int(plan.execute(query).fetchone()[0])


def replan(plan: Connection, rows: Sequence[tuple[PlannedRow, Decision]]) -> None:
    """Notes what the rows became instead, and what the plan was."""
    plan.executemany(
        "UPDATE plan SET planned = coalesce(planned, outcome), outcome = ?, contact_id = ?, version = ?, changes = ?, "
        "reason = ? WHERE row = ?",
        [
            (
                decision.outcome,
                decision.contact_id,
                decision.version,
                plan_file.encode(changes) if (changes := decision.planned_changes) else None,
                plan_file.text_json(decision.reason) if decision.reason else None,
                row.candidate.row,
            )
            for row, decision in rows
        ],
    )
