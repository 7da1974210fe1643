"""Which contact a row means, and what the row would change there. Check and commit decide through this one class."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter
from typing import Any

from sqlalchemy import Row
from sqlmodel import Session, col, select

from crm_app.locales import Text, ntext, text
from crm_app.models import Contact, ContactTag, Outcome, Tag
from crm_app.services import custom_fields, database
from crm_app.services.actor import Actor
from crm_app.services.bulk import among
from crm_app.services.contacts import derived
from crm_app.services.fields.registry import FIELDS, Field, parse
from crm_app.services.fields.verdict import FieldContext
from crm_app.services.folding import fold
from crm_app.services.imports import finding, further_points
from crm_app.services.imports.columns import WriteRule
from crm_app.services.imports.consent_cells import Entry, Want
from crm_app.services.imports.further_points import Point
from crm_app.services.imports.layout import IDENTIFYING, Layout, plain
from crm_app.services.imports.plan_file import encode

_DERIVED_FROM = (*derived.SEARCHED, *derived.PHONES)
_SHOWN_NUMBERS = 5

NOBODY = text("The row has no name, company, e-mail or phone. Fill in at least one.")
EMPTIED = text("This row would empty every name, company, e-mail and phone of the contact. Leave one of them.")
NEW_CONTACT = 0
_ALWAYS = 4  # parts of a candidate that the plan always keeps
CHOSEN_GONE = text("The contact chosen for this row is not there any more. Choose again.")
BY_WORD = text("A new contact, because you said so.")
NO_KEY = text("New contact. The cell that rows are matched by is empty here, so no stored contact was looked for.")
UNKNOWN_NUMBER = text("No contact has this number. Leave the number empty for a new contact.")


@dataclass(slots=True)
class Candidate:
    """A row that can be taken, in the shape of the layout."""

    row: int
    key: str | None
    values: list[Any]
    norms: Sequence[str | None]
    tags: list[str]  # those for every row of the file first
    clears: Sequence[int] = ()  # places in `values` where the row empties what is stored
    consents: Sequence[Want] = ()
    further: Sequence[Point] = ()
    chosen: int | None = None  # the contact somebody said it is, by id; NEW_CONTACT = none of the stored ones

    @property
    def data(self) -> str:
        """The row as the plan keeps it: behind row and key, the fields in their order."""
        parts: list[Any] = [self.values, self.norms, self.tags, self.clears, self.consents, self.further, self.chosen]
        while len(parts) > _ALWAYS and parts[-1] in (None, [], ()):
            parts.pop()
        return encode(parts)


@dataclass(slots=True)
class Decision:
    """What becomes of a candidate. `changes` is {attribute: [old, new]} for updates, tags by name.

    `consents` is {consent column: [old, new]}, whatever the outcome does to the contact; `entries` are what of it is
    written into the ledger. Both are filled by `consent_guard`.
    """

    outcome: Outcome
    contact_id: int | None = None
    version: int | None = None
    changes: dict[str, Any] | None = None
    reason: Text | None = None  # None = what the outcome itself says
    stored: Row[Any] | None = None
    consents: dict[str, list[str]] | None = None
    entries: Sequence[Entry] = ()

    @property
    def planned_changes(self) -> dict[str, Any] | None:
        """Changes of contact and consent, as the plan keeps them."""
        return {**(self.changes or {}), **(self.consents or {})} or None


class Matcher:
    """Decides for one actor, one layout and one file."""

    def __init__(self, layout: Layout, actor: Actor, context: FieldContext, required: Sequence[str] = ()) -> None:
        self.layout = layout
        self._actor = actor
        self._context = context
        self._required = required
        self._norms: dict[tuple[str, str], str | None] = {}
        self._folded: dict[str, str] = {}
        self._own: dict[str, Field] = {}
        self._known: dict[int, set[tuple[str, str]]] = {}  # points of the contacts just looked at

    def decide(self, session: Session, candidates: Sequence[Candidate]) -> list[Decision]:
        """One decision per candidate against the database as it is now; rows do not see each other here."""
        if not self._own and not FIELDS.keys() >= set(self._required):
            self._own = custom_fields.all_of(session)
        keys = [c.key for c in candidates if c.key is not None]
        found = finding.find(session, self._actor, self.layout.key, keys)
        ids = {id_ for ids in found.values() for id_ in ids}
        ids |= finding.present(session, self._actor, sorted({c.chosen for c in candidates if c.chosen}))
        stored = self._stored(session, ids)
        tags = self._tags(session, ids) if self.layout.has_tags else {}
        self._known = further_points.stored(session, sorted(ids)) if ids and self.layout.has_further else {}
        return [self._decide(candidate, found.get(candidate.key or "", []), stored, tags) for candidate in candidates]

    def _decide(
        self, candidate: Candidate, ids: list[int], stored: dict[int, Row[Any]], tags: dict[int, set[str]]
    ) -> Decision:
        by_word = False
        if candidate.chosen == NEW_CONTACT:
            ids = []
        elif candidate.chosen in ids:
            ids = [candidate.chosen]
        elif by_word := bool(candidate.chosen and not ids):
            if candidate.chosen not in stored:
                return Decision(Outcome.CONFLICT, reason=CHOSEN_GONE)
            ids = [candidate.chosen or 0]
        if len(ids) > 1:
            return Decision(Outcome.CONFLICT, reason=_several([stored[id_].number for id_ in ids]))
        if ids:
            row = stored[ids[0]]
            changes = self._changes(candidate, row, None if by_word else self.layout.key)
            if missing := self._missing_tags(candidate, tags.get(ids[0], set())):
                changes["tags"] = [[], missing]
            if candidate.further and (points := self._missing_points(candidate, ids[0])):
                changes[further_points.CHANGE] = [[], points]
            if self._leaves_nobody(changes, row):
                return Decision(Outcome.INVALID, reason=EMPTIED)
            if not changes:
                return Decision(Outcome.UNCHANGED, row.id, row.version, stored=row)
            reason = ntext("One value changes.", "{n} values change.", len(changes))
            return Decision(Outcome.UPDATE, row.id, row.version, changes, reason, row)
        if candidate.key is not None and self.layout.key == "number":
            return Decision(Outcome.INVALID, reason=UNKNOWN_NUMBER)
        if lacking := self.lacking(candidate):
            return Decision(Outcome.INVALID, reason=lacking)
        if candidate.chosen == NEW_CONTACT:
            return Decision(Outcome.CREATE, reason=BY_WORD)
        return Decision(Outcome.CREATE, reason=NO_KEY if self.layout.key and candidate.key is None else None)

    def _leaves_nobody(self, changes: dict[str, Any], stored: Row[Any]) -> bool:
        """Whether the cleared values were the last by which anybody could tell who this is."""
        return any(name in changes and changes[name][1] is None for name in IDENTIFYING) and not any(
            changes[name][1] if name in changes else getattr(stored, name) for name in IDENTIFYING
        )

    def lacking(self, candidate: Candidate) -> Text | None:
        """What a new contact would need and this row does not have."""
        given, values = self._places, candidate.values
        for place in self._identifying:
            if values[place]:
                break
        else:
            return NOBODY
        for name in self._required:
            field = FIELDS.get(name) or self._own.get(name)
            if field is not None and (name not in given or values[given[name]] is None):
                return text("“{field}” is required here and empty in this row.", field=field.label)
        return None

    def _missing_tags(self, candidate: Candidate, stored: set[str]) -> list[str]:
        names = candidate.tags
        rule = self.layout.tags_rule
        if rule == WriteRule.NEVER or (rule == WriteRule.FILL and stored):
            names = names[: len(self.layout.tags)]
        return [name for name in names if self._fold(name) not in stored]

    def _missing_points(self, candidate: Candidate, id_: int) -> list[Point]:
        own = further_points.new_primaries(dict(zip(self.layout.points, candidate.norms, strict=True)))
        return further_points.different(candidate.further, self._known.get(id_, set()) | own)

    def _changes(self, candidate: Candidate, stored: Row[Any], key: str | None) -> dict[str, Any]:
        """What the row changes; by `key` it found the contact, so that this field says the same."""
        changes: dict[str, Any] = {}
        for place, (target, attribute, point, rule, read) in enumerate(self._compared):
            new = candidate.values[place]
            if new is None:
                if place in candidate.clears and (old := plain(target, read(stored))) is not None:
                    changes[attribute] = [old, None]
                continue
            old = plain(target, read(stored))
            if new == old or target == key:
                continue
            if rule is not WriteRule.OVERWRITE and old is not None:
                if rule is WriteRule.APPEND and (longer := _appended(old, new)) != old:
                    changes[attribute] = [old, longer]
                continue
            if rule is WriteRule.NEVER:
                continue
            if point is not None and old is not None and self._norm(target, old) == candidate.norms[point]:
                continue
            changes[attribute] = [old, new]
        return changes

    @cached_property
    def _places(self) -> dict[str, int]:
        return {target: place for place, target in enumerate(self.layout.targets)}

    @cached_property
    def _identifying(self) -> list[int]:
        return [self._places[name] for name in IDENTIFYING if name in self._places]

    @cached_property
    def _compared(self) -> list[tuple[str, str, int | None, WriteRule, Callable[[Row[Any]], Any]]]:
        points = {target: place for place, target in enumerate(self.layout.points)}
        rules = [WriteRule(rule) for rule in self.layout.rules] or [WriteRule.OVERWRITE] * len(self.layout.targets)
        return [
            (target, self.layout.attribute(target), points.get(target), rule, self._reader(target))
            for target, rule in zip(self.layout.targets, rules, strict=True)
        ]

    def _reader(self, target: str) -> Callable[[Row[Any]], Any]:
        """How a field's value is read from a stored contact."""
        if target in self.layout.custom:
            return lambda stored: (stored.custom or {}).get(target)
        return attrgetter(self.layout.attribute(target))

    def _norm(self, target: str, value: str) -> str | None:
        known = self._norms
        if (target, value) not in known:
            if len(known) > 50_000:
                known.clear()
            known[target, value] = parse(target, value, self._context).norm
        return known[target, value]

    def _fold(self, name: str) -> str:
        if name not in self._folded:
            self._folded[name] = fold(name)
        return self._folded[name]

    def _stored(self, session: Session, ids: set[int]) -> dict[int, Row[Any]]:
        if not ids:
            return {}
        layout = self.layout
        wanted = dict.fromkeys("custom" if one in layout.custom else layout.attribute(one) for one in layout.targets)
        names = list(dict.fromkeys(["id", "number", "version", *wanted, *_DERIVED_FROM]))
        query = select(*[getattr(Contact, name) for name in names]).where(among(session, col(Contact.id), sorted(ids)))
        if not database.is_sqlite(session):
            query = query.with_for_update(read=False) if session.info.get("locks") else query
        return {row.id: row for row in session.execute(query)}

    def _tags(self, session: Session, ids: set[int]) -> dict[int, set[str]]:
        found: dict[int, set[str]] = {}
        if ids:
            query = (
                select(col(ContactTag.contact_id), col(Tag.folded))
                .join(Tag, col(Tag.id) == col(ContactTag.tag_id))
                .where(among(session, col(ContactTag.contact_id), sorted(ids)))
            )
            for id_, folded in session.execute(query):
                found.setdefault(id_, set()).add(folded)
        return found


def _appended(old: Any, new: Any) -> Any:
    """`new` behind `old`, line by line or choice by choice; what is there already is not said twice."""
    if isinstance(old, list):
        return [*old, *(one for one in new if one not in old)]
    there = {line.strip() for line in old.splitlines()}
    more = [line for line in new.splitlines() if line.strip() and line.strip() not in there]
    return "\n".join([old, *more])


def _several(numbers: list[int]) -> Text:
    shown = ", ".join(str(number) for number in sorted(numbers)[:_SHOWN_NUMBERS])
    return text(
        "{count} contacts match (numbers {numbers}). Say in the preview which one it is, or choose another key.",
        count=len(numbers),
        numbers=shown if len(numbers) <= _SHOWN_NUMBERS else shown + " …",
    )
