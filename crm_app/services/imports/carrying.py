"""Choices made for one file carried over to another: by header, never by place."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from crm_app.locales import Text, text
from crm_app.services.fields.registry import OFFER, TARGETS, Field
from crm_app.services.imports.columns import MANY, ColumnMapping, Options, key_fits, parts_of, suggested_key
from crm_app.services.imports.likeness import Key, keys_of


@dataclass(frozen=True, slots=True)
class Choices:
    """What a preset asks for, by header; where two columns want the same field, the first one here gets it."""

    columns: Mapping[Key, ColumnMapping]
    options: Options = field(default_factory=Options)


@dataclass(frozen=True, slots=True)
class Carried:
    """The choices as they stand on a file; `matched` of its columns were known, those with the indexes `known`."""

    columns: list[ColumnMapping]
    options: Options
    matched: int
    known: tuple[int, ...] = ()


def carry(
    choices: Choices,
    headers: Sequence[str],
    suggestions: Sequence[Mapping[str, Any]],
    now: Options,
    fields: Mapping[str, Field] = TARGETS,
) -> Carried:
    """The choices on a file with these headers: known columns as chosen, the others as suggested.

    A field that a known column goes to is taken away from the others. `now` are the options of the file so far: its
    tags and its course stay, and so does what was decided about its own rows. `fields` are those contacts have here.
    """
    fields = {**fields, OFFER.name: OFFER} if now.course is not None else fields
    columns = as_suggested(headers, suggestions)
    ranks = {key: rank for rank, key in enumerate(choices.columns)}
    known: dict[int, int] = {}
    for index, key in enumerate(keys_of(headers)):
        if key is None or (chosen := choices.columns.get(key)) is None:
            continue
        if chosen.target is None or chosen.target in fields:
            columns[index] = replace(chosen, index=index, header=headers[index])
            known[index] = ranks[key]
    taken: set[str] = set()
    for column in sorted(columns, key=lambda column: known.get(column.index, len(ranks))):
        if column.target is None:
            continue
        if column.target not in MANY and not taken.isdisjoint(parts_of(column.target)):
            columns[column.index] = replace(column, target=None)
        else:
            taken.update(parts_of(column.target))
    options = replace(
        choices.options,
        match_key=carried_key(choices.options.match_key, [one.target for one in choices.columns.values()], taken),
        tags=tuple(dict.fromkeys((*now.tags, *choices.options.tags))),
        take_rows_without_bad_cells=now.take_rows_without_bad_cells,
        course=now.course,
    )
    return Carried(columns, options, len(known), tuple(known))


def as_suggested(headers: Sequence[str], suggestions: Sequence[Mapping[str, Any]]) -> list[ColumnMapping]:
    """The mapping a reading proposes; `suggestions` as its read-out keeps them."""
    return [
        ColumnMapping.from_json(
            {
                **found.get("chosen", {}),
                "index": index,
                "header": header,
                "target": found["target"],
                "separator": found.get("separator", ","),
            }
        )
        for index, (header, found) in enumerate(zip(headers, suggestions, strict=True))
    ]


def carried_key(key: str | None, before: Iterable[str | None], now: Collection[str | None]) -> str | None:
    """A match key chosen for other columns (`before`) on these: also "none", when there was one to choose."""
    is_chosen = key_fits(key, now) if key else suggested_key(before) is not None
    return key if is_chosen else suggested_key(now)


def leave(suggestion: dict[str, Any], reason: Text) -> None:
    """Takes the field away from a suggestion."""
    suggestion.update(target=None, confidence=0.0, reason=reason.to_json())


def free(suggestions: Sequence[dict[str, Any]], headers: Sequence[str], index: int) -> None:
    """Takes the field of one suggestion away from all others."""
    target = suggestions[index]["target"]
    if target is None or target in MANY:
        return
    for other, suggestion in enumerate(suggestions):
        if (
            other != index
            and suggestion["target"]
            and not set(parts_of(target)).isdisjoint(parts_of(suggestion["target"]))
        ):
            leave(suggestion, text("Another column is taken for this field: {header}.", header=headers[index]))
