"""The columns of a file as the third step shows them: samples, suggestions, dates and meanings as finished text."""

from collections.abc import Mapping
from dataclasses import dataclass

from babel import Locale

from crm_app import locales
from crm_app.locales import text
from crm_app.models import Import, ImportState
from crm_app.services import custom_fields, database, installation, places
from crm_app.services.actor import Actor
from crm_app.services.errors import NotFound
from crm_app.services.fields.dates import readable
from crm_app.services.fields.registry import FURTHER_FIELDS, Field
from crm_app.services.imports import access, failed_rows, preset_reasons, preview, uploads, values
from crm_app.services.imports.columns import ColumnMapping, from_json, is_appendable
from crm_app.services.imports.date_column import likely_formats, orders
from crm_app.services.imports.values import ColumnValue
from crm_app.state.choice import Choice
from crm_app.state.contact_view import plain_words
from crm_app.state.formats import by_name

SAMPLES, SAMPLE_LETTERS = 3, 60
AUTO, ADD = "*", "+"  # choices for a value beside the texts it can mean; ADD also: a new field from a column
PARTS = ("mapped", "open", "empty")  # in this order on the page


@dataclass
class ValueLine:
    """One text of a column with a closed vocabulary. `choice`: AUTO, empty = leave blank, else the text it means."""

    cell: str
    rows: int
    becomes: str
    problem: str
    choice: str


@dataclass
class ColumnLine:
    index: int
    header: str
    samples: list[str]
    fill: int  # per cent
    target: str  # empty = left out
    reason: str
    separator: str
    rule: str
    date_format: str  # empty = as recognised
    dates: list[Choice]  # how the dates may be meant; empty where there is no doubt
    vocabulary: str  # which values the field takes: a kind or field of VOCABULARIES; empty = any
    options: list[str]  # of a field that takes one of a list
    appendable: bool  # cells can be added behind what is stored
    adds: bool  # cells are only ever added: there is nothing to choose
    meanings: list[ValueLine]
    unknown: int  # values nobody understands and nobody has said the meaning of
    part: str  # "mapped", "open" (has data, goes nowhere) or "empty", as it stood when the page was opened


def fetch(actor: Actor, import_id: int) -> tuple[Import, list[ColumnLine]] | None:
    with database.reading() as session:
        try:
            found = access.get(session, actor, import_id)
        except NotFound:
            return None
    if not found.columns or found.purged_at is not None or found.state == ImportState.READING:
        return None
    dates = dates_of(actor, import_id, {column.index: column.target or "" for column in from_json(found.columns)})
    profiles = {profile.index: profile for profile in preview.columns(uploads.place_of(found))}
    lines = []
    for mapping in from_json(found.columns):
        profile = profiles.get(mapping.index)
        reason = preset_reasons.reason(found, mapping)
        lines.append(
            ColumnLine(
                index=mapping.index,
                header=mapping.header,
                samples=[_short(sample) for sample in (profile.samples if profile else [])[:SAMPLES]],
                fill=round(profile.fill * 100) if profile else 0,
                target=mapping.target or "",
                reason=locales.render(reason, actor.language) if reason else "",
                separator=mapping.separator,
                rule=mapping.rule.value,
                date_format=mapping.date_format or "",
                dates=dates.get(mapping.index, []),
                vocabulary="",
                options=[],
                appendable=False,
                adds=False,
                meanings=[],
                unknown=0,
                part=_part(mapping, bool(profile and profile.filled)),
            )
        )
    return found, lines


def _part(mapping: ColumnMapping, is_filled: bool) -> str:
    if mapping.target:
        return "mapped"
    return "open" if is_filled and not failed_rows.is_ours(mapping.header) else "empty"


def required_fields() -> dict[str, str]:
    """The fields every contact must have here, by name; own ones with their label, which is in nobody's catalogue."""
    with database.reading() as session:
        own = {
            key: field for key, field in custom_fields.all_of(session).items() if key in custom_fields.required(session)
        }
        ours = {name: name for name in installation.required(installation.current(session))}
    return ours | {key: locales.render(field.label, "en") for key, field in own.items()}


def countries(language: str) -> list[Choice]:
    return [Choice(code, name) for code, name in by_name(places.countries(), Locale.parse(language).territories)]


def vocabulary_of(target: str, fields: Mapping[str, Field]) -> str:
    return target if target in values.CLOSED_FIELDS else fields[target].kind.value


def describe(line: ColumnLine, fields: Mapping[str, Field]) -> None:
    """What follows from the field a column goes to."""
    field = fields.get(line.target)
    line.options = list(field.options) if field else []
    line.adds = line.target in FURTHER_FIELDS
    line.appendable = field is not None and is_appendable(field)


def value_line(target: str, value: ColumnValue, language: str) -> ValueLine:
    return ValueLine(
        cell=value.cell,
        rows=value.rows,
        becomes=plain_words(target, value.value, language),
        problem=locales.render(value.problem, language) if value.problem else "",
        choice=AUTO if value.meant is None else value.meant,
    )


def _short(sample: str) -> str:
    line = " ".join(sample.split())
    return line if len(line) <= SAMPLE_LETTERS else line[:SAMPLE_LETTERS] + "…"


def dates_of(actor: Actor, import_id: int, targets: dict[int, str]) -> dict[int, list[Choice]]:
    """The ways in which the dates of each date column may be meant, by column index."""
    columns = [ColumnMapping(index, "", target or None) for index, target in targets.items()]
    with database.reading() as session:
        found = access.get(session, actor, import_id)
        country, fields = installation.current(session).country, custom_fields.targets(session)
    choices = {}
    for index, pattern in likely_formats(uploads.place_of(found), columns, country, fields).items():
        if both := orders(pattern):
            known = locales.render(text("as recognised: {format}", format=readable(pattern)), actor.language)
            choices[index] = [
                Choice("", known),
                *[Choice(order, locales.render(readable(order), actor.language)) for order in both],
            ]
    return choices
