"""What a command line asks of an import, put over what the reading suggests."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from crm_app.locales import text
from crm_app.services.errors import Invalid
from crm_app.services.folding import fold
from crm_app.services.imports import columns as mappings
from crm_app.services.imports.columns import ColumnMapping, Options


@dataclass(frozen=True, slots=True)
class Wish:
    """What the command line asked for. `maps` are "Header=field", an empty field leaves the column out."""

    name: str = ""
    maps: Sequence[str] = ()
    match: str | None = None
    tags: Sequence[str] = ()


def choose(headers: Sequence[str], suggestions: Sequence[Any], wish: Wish) -> tuple[list[ColumnMapping], Options]:
    """The suggested mapping with what was wished for put over it. Raises Invalid when that does not fit the file."""
    targets: list[str | None] = [found["target"] for found in suggestions]
    for rule in wish.maps:
        header, sign, target = rule.rpartition("=")
        if not sign:
            raise Invalid(text("“{rule}” is not of the form Header=field.", rule=rule), "map")
        index = _column(headers, header)
        if target and target != "tags":
            targets = [None if known == target else known for known in targets]
        targets[index] = target or None
    columns = [ColumnMapping(index, headers[index], target) for index, target in enumerate(targets)]
    options = Options(wish.match or mappings.suggested_key(targets), tuple(wish.tags))
    mappings.validate(columns, options, len(headers))
    return columns, options


def _column(headers: Sequence[str], wanted: str) -> int:
    for same in (str, str.strip, fold):
        places = [index for index, header in enumerate(headers) if same(header) == same(wanted)]
        if len(places) == 1:
            return places[0]
        if places:
            raise Invalid(text("The file has several columns “{header}”.", header=wanted), "map")
    raise Invalid(text("The file has no column “{header}”.", header=wanted), "map")
