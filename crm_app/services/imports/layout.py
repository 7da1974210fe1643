"""The shape of a plan: which field stands where in a row's list of values, and how values are written as JSON."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from crm_app.services.contacts.derived import POINT_FIELDS
from crm_app.services.custom_fields import PREFIX
from crm_app.services.fields.registry import CONSENT_FIELDS, FIELDS, FURTHER_FIELDS, OFFER, TARGETS, FieldKind
from crm_app.services.imports.columns import ColumnMapping, Options, WriteRule, fields_of_key, parts_of

# Columns of `contact` for fields that are called otherwise there.
ATTRIBUTES = {"status": "status_id", "owner": "owner_id"}
IDENTIFYING = ("first_name", "last_name", "company", "email", "phone", "mobile")
# Targets that are no value of the contact itself.
_NO_VALUE = {"tags", "number", OFFER.name, *CONSENT_FIELDS, *FURTHER_FIELDS}
MOMENTS = frozenset({"trashed_at", *(name for name, field in TARGETS.items() if field.kind is FieldKind.MOMENT)})
DATES = frozenset(name for name, field in FIELDS.items() if field.kind is FieldKind.DATE)


@dataclass(frozen=True, slots=True)
class Layout:
    """`targets` in the order of a row's values; `number` is never written and so never in it. `points` are those of
    the targets that are compared by a normalised form, in the order of a row's norms. `has_tags`: a row's tags stand
    behind its values."""

    targets: tuple[str, ...]
    points: tuple[str, ...]
    key: str | None
    has_tags: bool
    tags: tuple[str, ...]  # for every row
    rules: tuple[str, ...] = ()  # WriteRule per target; empty = OVERWRITE for all
    tags_rule: str = WriteRule.OVERWRITE  # of the tag columns; those for every row are always added
    custom: tuple[str, ...] = ()  # those of the targets that are own fields of the installation
    has_further: bool = False  # there are columns with further points
    consents: tuple[str, ...] = ()  # consent columns: no values of the contact, but entries of the ledger

    @property
    def key_fields(self) -> tuple[str, ...]:
        """The fields by which rows find contacts."""
        return fields_of_key(self.key) if self.key else ()

    def attribute(self, target: str) -> str:
        """Under which name a change of this field is noted: a column of `contact`, or PREFIX and an own field's key."""
        return PREFIX + target if target in self.custom else ATTRIBUTES.get(target, target)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Layout":
        names = ("targets", "points", "tags", "rules", "custom", "consents")
        lists = {name: tuple(data.get(name, ())) for name in names}
        return cls(**{**data, **lists})


def of(columns: Sequence[ColumnMapping], options: Options, own_fields: Collection[str] = ()) -> Layout:
    """The layout these choices ask for; `own_fields` are the keys of the installation's own."""
    mapped = [part for column in columns if column.target for part in parts_of(column.target)]
    targets = tuple(target for target in mapped if target not in _NO_VALUE)
    rules = {part: column.rule.value for column in columns if column.target for part in parts_of(column.target)}
    return Layout(
        targets=targets,
        points=tuple(target for target in targets if target in POINT_FIELDS),
        key=options.match_key,
        has_tags="tags" in mapped or bool(options.tags),
        tags=tuple(tag.strip() for tag in options.tags),
        rules=tuple(rules[target] for target in targets),
        tags_rule=rules.get("tags", WriteRule.OVERWRITE.value),
        custom=tuple(target for target in targets if target in own_fields),
        has_further=not FURTHER_FIELDS.keys().isdisjoint(mapped),
        consents=tuple(target for target in mapped if target in CONSENT_FIELDS),
    )


def plain(target: str, value: Any) -> Any:
    """A field's value as JSON: dates and moments in ISO form, the rest as it is."""
    return value.isoformat() if value is not None and (target in DATES or target in MOMENTS) else value


def plain_column(target: str, values: Sequence[Any]) -> Sequence[Any]:
    """`plain` for a whole column."""
    if target in DATES or target in MOMENTS:
        return [None if value is None else value.isoformat() for value in values]
    return values
