"""The consents of a plan: behind the last row of a check, when it is known which rows count.

A pass of its own over the rows that are taken, in the order of the file; only made when a consent column is mapped.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from sqlite3 import Connection

from sqlmodel import Session

from crm_app.locales import text
from crm_app.models import Outcome
from crm_app.services.imports import plan_file, planned
from crm_app.services.imports.columns import InFile
from crm_app.services.imports.consent_cells import Want, with_those_of
from crm_app.services.imports.consent_guard import ConsentGuard
from crm_app.services.imports.matching import Decision

CHUNK = 5_000
ONLY_CONSENT = text("The contact stays as it is; its consent changes.")


def plan_consents(
    session: Session, plan: Connection, guard: ConsentGuard, later: Mapping[int, Sequence[int]], rule: InFile
) -> None:
    """Adds to the plan what becomes of the consents; `later` are the later rows of a contact by its first one."""
    more = _of_doubles(plan, later, rule)
    after = 0
    while rows := planned.next_rows(plan, after, CHUNK):
        changed = []
        pairs = []
        for row in rows:
            wants = more.get(row.candidate.row)
            candidate = row.candidate if wants is None else replace(row.candidate, consents=wants)
            pairs.append((candidate, Decision(row.outcome, row.contact_id, changes=row.changes)))
        guard.decide(session, pairs)
        for candidate, decision in pairs:
            if decision.consents or candidate.row in more:
                changes = decision.planned_changes
                is_alone = decision.outcome is Outcome.UNCHANGED and decision.consents
                changed.append(
                    (
                        plan_file.encode(changes) if changes else None,
                        candidate.data,
                        plan_file.text_json(ONLY_CONSENT) if is_alone else None,
                        candidate.row,
                    )
                )
        plan.executemany("UPDATE plan SET changes = ?, data = ?, reason = coalesce(?, reason) WHERE row = ?", changed)
        session.rollback()  # no snapshot is held for long
        after = rows[-1].candidate.row


def _of_doubles(plan: Connection, later: Mapping[int, Sequence[int]], rule: InFile) -> dict[int, list[Want]]:
    """What the counting row of each contact asks for together with the rows that do not count."""
    found = {}
    for first, others in later.items():
        group = [others[-1], first, *others[:-1]] if rule is InFile.LAST else [first, *others]
        wants = _wants(plan, group)
        if any(wants[row] for row in group[1:]):
            found[group[0]] = with_those_of([wants[row] for row in group], is_merged=rule is InFile.MERGE)
    return found


def _wants(plan: Connection, rows: Sequence[int]) -> dict[int, list[Want]]:
    found: dict[int, list[Want]] = {row: [] for row in rows}
    query = "SELECT row, json_extract(data, '$[4]') FROM plan WHERE row IN (SELECT value FROM json_each(?))"
    for row, wants in plan.execute(query, (json.dumps(list(rows)),)):
        found[row] = [Want(*want) for want in json.loads(wants)] if wants else []
    return found
