"""What the command line answers about one file."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crm_app.locales import Text
from crm_app.models import Outcome
from crm_app.services.fields.verdict import Level
from crm_app.services.imports import report
from crm_app.services.imports.course_plan import Place

Progress = Callable[[str, int, int], None]  # step, done, total


@dataclass(frozen=True, slots=True)
class Found:
    """One problem for the answer; `row` None = the file, `column` empty = the row."""

    level: Level
    row: int | None
    column: str
    message: Text


@dataclass(frozen=True, slots=True)
class Result:
    """What became of the file; `import_id` None when nothing was written. `refusal` is set when files only come in as
    a whole here and this one does not.
    """

    import_id: int | None
    rows: int
    counts: dict[Outcome, int]
    seconds: float
    problems: list[Found]
    refusal: Text | None = None
    places: dict[Place, int] | None = None  # rows by what became of them in the course


def problems_of(folder: Path, read_out: dict[str, Any], headers: Sequence[str]) -> list[Found]:
    """Everything wrong with the file, its rows and its cells; rows planned again during the commit too."""
    found = []
    for row, problem in report.all_problems(folder):
        column = headers[problem.index] if problem.index >= 0 else ""
        found.append(Found(problem.level, row, column, problem.message))
    said = {(one.row, str(one.message)) for one in found}  # a row that could not be read is known to both
    read = [Found(Level(p["level"]), p["row"], p["column"], Text.from_json(p["message"])) for p in read_out["problems"]]
    found = [one for one in read if (one.row, str(one.message)) not in said] + found
    for row, reason in report.replanned(folder):
        found.append(Found(Level.WARNING, row, "", reason))
    return found


def telling(step: str, on_progress: Progress) -> Callable[[dict[str, Any]], None]:
    """Progress of the reading process as progress of a step."""
    return lambda data: on_progress(step, int(data["done"]), int(data.get("total", 0)))
