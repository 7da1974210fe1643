"""Columns of a file and the installation's own fields: found by name, or made from a column."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from sqlmodel import Session

from crm_app.locales import render, text
from crm_app.models import CustomField, FieldType
from crm_app.services import custom_fields
from crm_app.services.actor import Actor
from crm_app.services.errors import Invalid
from crm_app.services.fields.amounts import parse_amount
from crm_app.services.fields.date_formats import EXCEL, format_of
from crm_app.services.fields.registry import PARSERS, Field
from crm_app.services.fields.verdict import FieldContext
from crm_app.services.fields.vocabulary import separator_of, split_tags
from crm_app.services.folding import fold
from crm_app.services.imports import access, uploads, values
from crm_app.services.imports.carrying import free

FEW = 12  # different texts that may be a list of choices
REPEATED = 3  # rows each of them stands in at least, on average
MOSTLY = 0.95  # share of the cells a type must fit
_BY_PARSER = (
    (FieldType.EMAIL, "email"),
    (FieldType.LINK, "website"),
    (FieldType.YES_NO, "privacy_accepted"),
)
_LONG = 120  # letters


def put_over(own: Mapping[str, Field], read_out: dict[str, Any]) -> None:
    """Suggests an own field for each column that bears its name or key; where two do, the first one gets it."""
    if not own:
        return
    names = {fold(render(field.label, "en")): key for key, field in own.items()} | {key: key for key in own}
    headers, suggestions, taken = read_out["headers"], read_out["suggestions"], set[str]()
    for index, header in enumerate(headers):
        key = names.get(fold(header))
        if key is None or key in taken:
            continue
        taken.add(key)
        reason = text("Your own field of this name.").to_json()
        suggestions[index].update(target=key, confidence=1.0, reason=reason)
        free(suggestions, headers, index)


def proposed(session: Session, actor: Actor, import_id: int, index: int) -> tuple[FieldType, list[str]]:
    """The type a new field for this column should have, and its choices. Raises NotFound, NotPermitted."""
    found = access.get(session, actor, import_id)
    folder = uploads.place_of(found)
    counted = values.counted(folder, index)
    return propose([cell for cell, _ in counted], sum(rows for _, rows in counted))


def propose(cells: Sequence[str], rows: int) -> tuple[FieldType, list[str]]:
    """From the different texts of a column (most frequent first) and in how many rows they stand."""
    if not cells:
        return FieldType.TEXT, []
    context = FieldContext()
    for kind, name in _BY_PARSER:
        if _fits(cells, partial(_is_fine, name, context)):
            return kind, []
    if format_of(cells, context.country) not in (None, EXCEL):
        return FieldType.DATE, []
    if _fits(cells, lambda cell: parse_amount(cell, context).value is not None) and not any(map(_is_code, cells)):
        return FieldType.NUMBER, []
    if _fits(cells, lambda cell: cell.lstrip().startswith(("+", "00")) and _is_fine("phone", context, cell)):
        return FieldType.PHONE, []
    if max(map(len, cells)) > _LONG or any("\n" in cell for cell in cells):
        return FieldType.LONG_TEXT, []
    parts = {fold(part): part for cell in cells for part in split_tags(cell, separator_of(cells))}
    if len(parts) <= FEW and len(parts) < len(cells) and rows >= REPEATED * len(parts):
        return FieldType.CHOICES, sorted(parts.values(), key=fold)
    if len(cells) <= FEW and rows >= REPEATED * len(cells):
        return FieldType.CHOICE, sorted(cells, key=fold)
    return FieldType.TEXT, []


def create(session: Session, actor: Actor, import_id: int, index: int, label: str, kind: FieldType) -> CustomField:
    """A new own field for a column; choices are the column's different texts.

    Raises NotFound, NotPermitted; Invalid when the column holds too many different texts for a list of choices.
    """
    options: list[str] = []
    if kind in (FieldType.CHOICE, FieldType.CHOICES):
        found = access.get(session, actor, import_id)
        cells = [cell for cell, _ in values.counted(uploads.place_of(found), index)]
        if len(cells) >= values.MOST:
            raise Invalid(
                text("This column holds too many different texts for a list of choices. Take “Text”."), "type"
            )
        separator = separator_of(cells)
        parts = cells if kind is FieldType.CHOICE else [part for cell in cells for part in split_tags(cell, separator)]
        options = sorted({fold(part): part for part in parts}.values(), key=fold)
    return custom_fields.create(session, actor, label, kind, options)


def _fits(cells: Sequence[str], is_fine: Callable[[str], bool]) -> bool:
    return sum(map(is_fine, cells)) >= MOSTLY * len(cells)


def _is_fine(name: str, context: FieldContext, cell: str) -> bool:
    return PARSERS[name](cell, context).level is None


def _is_code(cell: str) -> bool:
    """Whether digits are a name here: a leading zero, or more of them than anybody counts."""
    bare = cell.strip()
    return bare.isdigit() and len(bare) > 1 and (bare[0] == "0" or len(bare) > 12)
