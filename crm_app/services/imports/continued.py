"""Deciding rows that come back to an import: a contact it wrote already is not touched by another of its rows."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlmodel import Session, col, select

from crm_app.locales import text
from crm_app.models import ImportRow, Outcome
from crm_app.services.bulk import among
from crm_app.services.imports.doubles import SAME_CONTACT
from crm_app.services.imports.matching import Candidate, Decision, Matcher


class ContinuedMatcher(Matcher):
    """Skips rows whose contact came in with another row of the import they belong to (`import_id`)."""

    def __init__(self, import_id: int, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.import_id = import_id

    def decide(self, session: Session, candidates: Sequence[Candidate]) -> list[Decision]:
        decisions = super().decide(session, candidates)
        first = first_rows(session, self.import_id, {d.contact_id for d in decisions if d.contact_id is not None})
        for place, candidate in enumerate(candidates):
            row = first.get(decisions[place].contact_id)
            if row is not None and row != candidate.row:
                decisions[place] = Decision(Outcome.SKIP, reason=text(SAME_CONTACT, row=row))
        return decisions


def matcher(continues_id: int | None, *arguments: Any) -> Matcher:
    """The one for an import: `arguments` are those of Matcher."""
    return ContinuedMatcher(continues_id, *arguments) if continues_id is not None else Matcher(*arguments)


def first_rows(session: Session, import_id: int, ids: Collection[int]) -> dict[int | None, int]:
    """The row of an import with which each of these contacts came in, as far as they did."""
    if not ids:
        return {}
    query = select(ImportRow.contact_id, ImportRow.row).where(
        ImportRow.import_id == import_id, among(session, col(ImportRow.contact_id), sorted(ids))
    )
    return dict(session.exec(query).all())
