"""The one format of each date column, found from the whole column."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from sqlite3 import Connection

from crm_app.services.fields.date_formats import EXCEL, format_of
from crm_app.services.fields.registry import TARGETS, Field, FieldKind
from crm_app.services.imports import plan_file
from crm_app.services.imports.columns import ColumnMapping

_DATED = (
    FieldKind.DATE,
    FieldKind.MOMENT,
    FieldKind.OPT_IN,
    FieldKind.OPT_OUT,
)  # an opt-in is often written as its day
LOOKED_AT = 20_000  # rows that a page looks at; the check looks at all


def likely_formats(
    folder: Path, columns: Iterable[ColumnMapping], country: str, fields: Mapping[str, Field] = TARGETS
) -> dict[int, str]:
    """Format by column index as the beginning of the file shows it, without what somebody chose: to be shown."""
    with plan_file.reading(folder) as plan:
        found = {
            column.index: format_of(_different(plan, column.index, LOOKED_AT), country)
            for column in columns
            if _holds_dates(column, fields)
        }
    return {index: pattern for index, pattern in found.items() if pattern}


def orders(pattern: str) -> tuple[str, str] | None:
    """The same format with the day first and with the month first; None where its order is beyond doubt."""
    if pattern == EXCEL or "%B" in pattern or pattern.startswith(("%Y", "%y")):
        return None
    separator, year = pattern[2 : pattern.index("%", 2)], pattern[-2:]
    return separator.join(("%d", "%m", year)), separator.join(("%m", "%d", year))


def date_formats(
    plan: Connection, columns: Iterable[ColumnMapping], country: str, fields: Mapping[str, Field] = TARGETS
) -> dict[int, str]:
    """Format by column index for the date columns: the chosen one, else the one most of the column is written in."""
    formats = {}
    for column in columns:
        if not _holds_dates(column, fields):
            continue
        found = column.date_format or format_of(_different(plan, column.index), country)
        if found:
            formats[column.index] = found
    return formats


def _holds_dates(column: ColumnMapping, fields: Mapping[str, Field]) -> bool:
    return column.target is not None and column.target in fields and fields[column.target].kind in _DATED


def _different(plan: Connection, index: int, rows: int = -1) -> list[str]:
    """The different cells of a column, of its first `rows` rows (-1 = all)."""
    query = "SELECT DISTINCT json_extract(cells, ?) FROM (SELECT cells FROM cells ORDER BY row LIMIT ?)"
    usual = plan.text_factory
    plan.text_factory = lambda raw: raw.decode("utf-8", "replace")
    try:
        return [cell for (cell,) in plan.execute(query, (f"$[{index}]", rows)) if cell]
    finally:
        plan.text_factory = usual
