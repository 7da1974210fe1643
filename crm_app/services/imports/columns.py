"""What somebody chose for an import: which column goes where, and how the rows are taken."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from dataclasses import field as with_default
from datetime import date
from enum import StrEnum
from typing import Any

from crm_app.locales import Text, text
from crm_app.models import EnrolmentStatus, Lifecycle
from crm_app.services.errors import Invalid
from crm_app.services.fields.date_formats import is_format
from crm_app.services.fields.registry import FIELDS, FURTHER_FIELDS, OFFER, TARGETS, WHOLES, Field, FieldKind

# Fields to which several columns may go.
MANY = ("tags", *FURTHER_FIELDS)
# Who has the same name and was born on the same day is the same person: a key of three fields.
NAME_AND_BIRTH = "name_birth_date"
# By what rows find contacts; without a choice the first mapped of the first three.
MATCH_KEYS: tuple[str, ...] = ("number", "external_id", "email", "phone", "mobile", "tax_number", NAME_AND_BIRTH)
AUTOMATIC_KEYS = MATCH_KEYS[:3]
KEY_LABELS: dict[str, Text] = {
    **{key: FIELDS[key].label for key in MATCH_KEYS if key in FIELDS},
    NAME_AND_BIRTH: text("Name and date of birth"),
}

SOURCE_LENGTH = 120
# A cell that holds exactly this empties the stored value, whatever blank cells do.
CLEAR = "[clear]"
# Fields that always have a value, so that no cell can empty them; tags are only ever added.
NEVER_EMPTY = frozenset({"number", "lifecycle", "active", "tags"})
# Kinds of fields to whose value a cell can be added behind what is stored; tags as well.
_APPENDABLE = frozenset({FieldKind.LONG_TEXT, FieldKind.LINKS, FieldKind.CHOICES})


class WriteRule(StrEnum):
    """How a cell meets the value of a stored contact; a new contact takes the cell under each of them."""

    OVERWRITE = "overwrite"  # the cell counts; tags are added to those that are there
    FILL = "fill"  # only where nothing is stored
    APPEND = "append"  # behind what is stored, on a line of its own (`is_appendable`)
    NEVER = "never"  # stored contacts keep theirs


class Blank(StrEnum):
    """What a blank cell does to the value of a stored contact."""

    KEEP = "keep"
    CLEAR = "clear"  # under OVERWRITE only


class InFile(StrEnum):
    """Which of several rows of one file counts that mean the same contact."""

    FIRST = "first"
    LAST = "last"
    MERGE = "merge"  # the first one, its blank cells filled from the later ones, tags of all of them


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """One column of the file. `target` is a field name, None = the column is left out."""

    index: int
    header: str
    target: str | None = None
    rule: WriteRule = WriteRule.OVERWRITE
    separator: str = ","  # between several tags in one cell
    date_format: str | None = None  # None = found from the column
    values: dict[str, str] = with_default(default_factory=dict)  # trimmed cell → the text meant; empty = leave blank

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "ColumnMapping":
        return cls(**{**data, "rule": WriteRule(data.get("rule", WriteRule.OVERWRITE))})


@dataclass(frozen=True, slots=True)
class IntoCourse:
    """The course in which the contacts of the file are enrolled; ids of course, offer and template."""

    id: int
    offer: int | None = None  # of those whose row names none
    status: str = EnrolmentStatus.ACTIVE.value  # of those for whom there is a place
    from_on: str | None = None  # a day in ISO form; None = from now on
    template: int | None = None  # of the notice; None = nobody is told
    language: str = ""  # of the notice; empty = each contact's own

    @property
    def begins(self) -> date | None:
        return date.fromisoformat(self.from_on) if self.from_on else None


@dataclass(frozen=True, slots=True)
class Options:
    """What holds for the whole file. `match_key` None = every row is a new contact."""

    match_key: str | None = None
    tags: tuple[str, ...] = ()  # for every contact of the file
    take_rows_without_bad_cells: bool = False
    lifecycle: str | None = None  # of new contacts whose row names none; None = contact
    status: int | None = None  # as above, ids of lead status and user
    owner: int | None = None
    source: str | None = None
    blank: Blank = Blank.KEEP
    in_file: InFile = InFile.FIRST
    similar: bool = True  # whether rows that become new contacts are compared with those that are stored
    course: IntoCourse | None = None

    @property
    def of_new_contacts(self) -> dict[str, Any]:
        """Values by field that new contacts take where their row has none."""
        chosen = {"status": self.status, "owner": self.owner, "source": self.source}
        always = {"active": True, "lifecycle": self.lifecycle or Lifecycle.CONTACT.value}
        return always | {name: value for name, value in chosen.items() if value is not None}

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "tags": list(self.tags)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Options":
        chosen = {"blank": Blank(data.get("blank", Blank.KEEP)), "in_file": InFile(data.get("in_file", InFile.FIRST))}
        course = IntoCourse(**data["course"]) if data.get("course") else None
        return cls(**{**data, **chosen, "tags": tuple(data.get("tags", ())), "course": course})


def from_json(columns: Iterable[dict[str, Any]]) -> list[ColumnMapping]:
    return [ColumnMapping.from_json(column) for column in columns]


def parts_of(target: str) -> tuple[str, ...]:
    """The fields a column of this target fills."""
    return WHOLES.get(target, (target,))


def filled_by(targets: Iterable[str | None]) -> set[str]:
    """All fields that columns of these targets fill."""
    return {part for target in targets if target is not None for part in parts_of(target)}


def fields_of_key(key: str) -> tuple[str, ...]:
    """The fields a match key is made of."""
    return ("first_name", "last_name", "birth_date") if key == NAME_AND_BIRTH else (key,)


def key_fits(key: str | None, targets: Collection[str | None]) -> bool:
    """Whether columns go to all the fields of the key."""
    return key is not None and filled_by(targets).issuperset(fields_of_key(key))


def suggested_key(targets: Iterable[str | None]) -> str | None:
    """The match key without a choice: the first mapped of number, external ID and e-mail."""
    mapped = set(targets)
    return next((key for key in AUTOMATIC_KEYS if key in mapped), None)


def is_appendable(field: Field) -> bool:
    """Whether something can be added to a value of this field."""
    return field.name == "tags" or field.kind in _APPENDABLE


def validate(
    columns: Sequence[ColumnMapping], options: Options, width: int, fields: Mapping[str, Field] = TARGETS
) -> None:
    """Raises Invalid, naming the column, when the choices do not fit the file (of `width` columns) or each other.

    `fields` are those a column can go to here (`custom_fields.targets`).
    """
    seen: dict[str, str] = {}
    for column in columns:
        if not 0 <= column.index < width:
            raise Invalid(text("The file has no column “{header}”.", header=column.header), "columns")
        if column.target is None:
            continue
        if column.target == OFFER.name and options.course is None:
            raise Invalid(
                text("“{header}” names an offer. Choose the course it belongs to.", header=column.header), "columns"
            )
        if column.target not in fields and column.target != OFFER.name:
            raise Invalid(text("There is no field “{name}”.", name=column.target), "columns")
        twice = next((part for part in parts_of(column.target) if part in seen and part not in MANY), None)
        if twice is not None:
            raise Invalid(
                text(
                    "“{first}” and “{second}” go to the same field. Leave one of them out.",
                    first=seen[twice],
                    second=column.header,
                ),
                "columns",
            )
        field = fields.get(column.target, OFFER)
        if column.rule is WriteRule.APPEND and not is_appendable(field):
            raise Invalid(text("Nothing can be added behind a value of “{field}”.", field=field.label), "columns")
        if column.target in FURTHER_FIELDS and column.rule is not WriteRule.OVERWRITE:
            raise Invalid(text("“{field}” is only ever added to what is stored.", field=field.label), "columns")
        if column.date_format is not None and not is_format(column.date_format):
            raise Invalid(text("“{format}” is no way to write a date.", format=column.date_format), "columns")
        seen.update(dict.fromkeys(parts_of(column.target), column.header))
    if len({column.index for column in columns}) != len(columns):
        raise Invalid(text("A column was given twice."), "columns")
    if not seen:
        raise Invalid(text("No column goes to a field yet. Choose a field for at least one."), "columns")
    _validate_options(options, set(seen))


def _validate_options(options: Options, mapped: set[str]) -> None:
    if options.match_key is not None:
        if options.match_key not in MATCH_KEYS:
            raise Invalid(text("Rows cannot be matched by “{key}”.", key=options.match_key), "match_key")
        if not key_fits(options.match_key, mapped):
            raise Invalid(text("No column goes to the field that rows are matched by."), "match_key")
    if options.source is not None and not 0 < len(options.source.strip()) <= SOURCE_LENGTH:
        raise Invalid(text("A source has 1 to {most} characters.", most=SOURCE_LENGTH), "source")
    for tag in options.tags:
        if not tag.strip() or len(tag.strip()) > 100:
            raise Invalid(text("A tag has 1 to 100 characters."), "tags")
