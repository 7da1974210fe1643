"""What a command line asks of an import, put over what the reading suggests."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from crm_app.locales import text
from crm_app.services.errors import Invalid
from crm_app.services.fields.registry import TARGETS, Field
from crm_app.services.folding import fold
from crm_app.services.imports import columns as mappings
from crm_app.services.imports import shipped_presets
from crm_app.services.imports.carrying import Carried, as_suggested
from crm_app.services.imports.columns import Blank, ColumnMapping, InFile, IntoCourse, Options


@dataclass(frozen=True, slots=True)
class Wish:
    """What the command line asked for. `maps` are "Header=field", an empty field leaves the column out."""

    name: str = ""
    maps: Sequence[str] = ()
    match: str | None = None
    tags: Sequence[str] = ()
    preset: str = ""
    blank: Blank | None = None
    in_file: InFile | None = None
    as_new: bool = False  # failed rows that come back are a file of their own
    similar: bool = True  # rows that become new contacts are compared with those that are stored
    course: str = ""  # name or id
    offer: str = ""
    access_from: str = ""
    notice: str = ""  # name of a template

    @property
    def chooses(self) -> bool:
        """Whether anything was asked for that an import decides with its columns."""
        of_course = self.course or self.offer or self.access_from or self.notice
        return bool(self.maps or self.match or self.tags or self.preset or self.blank or self.in_file or of_course)


def choose(
    headers: Sequence[str],
    suggestions: Sequence[Mapping[str, Any]],
    wish: Wish,
    *,
    product: str | None = None,
    preset: Carried | None = None,
    fields: Mapping[str, Field] = TARGETS,
    course: IntoCourse | None = None,
) -> tuple[list[ColumnMapping], Options]:
    """The suggested mapping, or that of the preset, with what was wished for put over it.

    `product` is the program known to write such files, `fields` are those contacts have here, `course` is the one
    wished for.

    Raises Invalid when the wish does not fit the file.
    """
    columns = preset.columns if preset else as_suggested(headers, suggestions)
    targets = [column.target for column in columns]
    for rule in wish.maps:
        header, sign, target = rule.rpartition("=")
        if not sign:
            raise Invalid(text("“{rule}” is not of the form Header=field.", rule=rule), "map")
        index = _column(headers, header)
        if target and target not in mappings.MANY:
            parts = set(mappings.parts_of(target))
            targets = [None if known and parts.intersection(mappings.parts_of(known)) else known for known in targets]
        targets[index] = target or None
    columns = [replace(column, target=target) for column, target in zip(columns, targets, strict=True)]
    chosen = preset.options if preset else Options()
    key = chosen.match_key if preset else shipped_presets.match_key(product, targets)
    is_chosen = mappings.key_fits(key, targets) if key else preset is not None
    if not is_chosen:
        key = mappings.suggested_key(targets)
    options = replace(
        chosen,
        match_key=wish.match or key,
        tags=tuple(dict.fromkeys((*chosen.tags, *wish.tags))),
        blank=wish.blank or chosen.blank,
        in_file=wish.in_file or chosen.in_file,
        similar=wish.similar and chosen.similar,
        course=course,
    )
    mappings.validate(columns, options, len(headers), fields)
    return columns, options


def _column(headers: Sequence[str], wanted: str) -> int:
    for same in (str, str.strip, fold):
        places = [index for index, header in enumerate(headers) if same(header) == same(wanted)]
        if len(places) == 1:
            return places[0]
        if places:
            raise Invalid(text("The file has several columns “{header}”.", header=wanted), "map")
    raise Invalid(text("The file has no column “{header}”.", header=wanted), "map")
