"""What went wrong in a file, row by row: for the command line and for reports."""

from pathlib import Path

from crm_app.locales import Text, text
from crm_app.models import Outcome
from crm_app.services.fields.verdict import Level
from crm_app.services.imports import plan_file
from crm_app.services.imports.preview import REASONS, CellProblem


def all_problems(folder: Path) -> list[tuple[int, CellProblem]]:
    """Every problem with its record number, in the order of the file (for the command line)."""
    with plan_file.reading(folder) as plan:
        found = plan.execute("SELECT row, idx, level, message, value FROM problem ORDER BY row, idx").fetchall()
    return [
        (row, CellProblem(idx, Level(level), plan_file.text_of(text_), value))
        for row, idx, level, text_, value in found
    ]


def replanned(folder: Path) -> list[tuple[int, Text]]:
    """Rows the commit had to plan again, with what became of them."""
    with plan_file.reading(folder) as plan:
        found = plan.execute(
            "SELECT row, outcome, planned, reason FROM plan WHERE planned IS NOT NULL ORDER BY row"
        ).fetchall()
    return [
        (
            row,
            text(
                "Planned as {planned}, became {outcome}, because contacts changed since the check: {reason}",
                planned=planned,
                outcome=outcome,
                reason=plan_file.text_of(reason) if reason else REASONS[Outcome(outcome)],
            ),
        )
        for row, outcome, planned, reason in found
    ]
