"""The one format of each date column, found from the whole column."""

from collections.abc import Iterable
from sqlite3 import Connection

from crm_app.services.fields.date_formats import format_of
from crm_app.services.imports.columns import ColumnMapping
from crm_app.services.imports.layout import DATES, MOMENTS


def date_formats(plan: Connection, columns: Iterable[ColumnMapping], country: str) -> dict[int, str]:
    """Format by column index for the date columns: the chosen one, else the one most of the column is written in."""
    formats = {}
    for column in columns:
        if column.target not in DATES and column.target not in MOMENTS:
            continue
        found = column.date_format or format_of(_different(plan, column.index), country)
        if found:
            formats[column.index] = found
    return formats


def _different(plan: Connection, index: int) -> list[str]:
    query = "SELECT DISTINCT json_extract(cells, ?) FROM cells"
    usual = plan.text_factory
    plan.text_factory = lambda raw: raw.decode("utf-8", "replace")
    try:
        return [cell for (cell,) in plan.execute(query, (f"$[{index}]",)) if cell]
    finally:
        plan.text_factory = usual
