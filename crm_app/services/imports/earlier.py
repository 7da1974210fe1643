"""Earlier imports of files with the same columns, and what was chosen for them.

Nothing is stored for this: the imports themselves are the memory. Those of the same branch count whose columns
somebody had checked, and that were not undone.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from crm_app.locales import Text, text
from crm_app.models import HALTED, Import, ImportKind, ImportState
from crm_app.services import custom_fields, installation
from crm_app.services.fields.registry import OFFER, TARGETS
from crm_app.services.imports.columns import ColumnMapping, from_json
from crm_app.services.imports.likeness import Key, are_alike, keys_of

LATEST = 300  # imports looked through, newest first: 80 ms at worst
ALIKE = 5  # of them with the same columns: older ones say nothing new

_COUNTED = (ImportState.CHECKED, ImportState.COMMITTING, *HALTED, ImportState.DONE)


@dataclass(slots=True)
class Earlier:
    """An import with the same columns. `decided`: columns somebody left out although a field was suggested."""

    id: int
    reason: Text
    columns: dict[Key, ColumnMapping]
    decided: set[Key]
    match_key: str | None
    fields: Collection[str] = tuple(TARGETS)  # those contacts have here

    def said(self, key: Key) -> "Choice | None":
        """What was chosen for a column; nothing when it was left out only because no field was known for it."""
        column = self.columns.get(key)
        if column is None or (column.target is None and key not in self.decided):
            return None
        return Choice(column, self) if column.target is None or column.target in self.fields else None


@dataclass(frozen=True, slots=True)
class Choice:
    """What one earlier import says about one column."""

    column: ColumnMapping
    source: Earlier


def alike(session: Session, found: Import, keys: set[Key]) -> list[Earlier]:
    """The latest imports beside `found` whose file had the same columns as these, newest first."""
    query = (
        select(Import.id, Import.columns)
        .where(Import.branch_id == found.branch_id, Import.id != found.id, col(Import.state).in_(_COUNTED))
        .where(col(Import.continues_id).is_(None), Import.kind == ImportKind.FILE)
        .order_by(col(Import.id).desc())
        .limit(LATEST)
    )
    ids = []
    for id_, columns in session.exec(query):
        if columns and are_alike(keys, {key for key in keys_of([column["header"] for column in columns]) if key}):
            ids.append(id_)
            if len(ids) == ALIKE:
                break
    imports = session.exec(select(Import).where(col(Import.id).in_(ids)).order_by(col(Import.id).desc())).all()
    zone = ZoneInfo(installation.current(session).timezone)
    fields = tuple(custom_fields.targets(session)) if imports else ()
    if found.options.get("course"):
        fields = (*fields, OFFER.name)
    return [_as_earlier(one, zone, fields) for one in imports]


def _as_earlier(one: Import, zone: ZoneInfo, fields: Collection[str]) -> Earlier:
    columns = from_json(one.columns)
    suggestions = one.read_out.get("suggestions", [])
    known, decided = {}, set()
    for key, column in zip(keys_of([column.header for column in columns]), columns, strict=True):
        if key is None:
            continue
        known[key] = column
        suggestion = suggestions[column.index] if column.index < len(suggestions) else {"target": None}
        if column.target is None and (suggestion["target"] is not None or "chosen" in suggestion):
            decided.add(key)
    when: date = (one.committed_at or one.created_at).astimezone(zone).date()
    reason = text("As in the import “{name}” of {date}.", name=one.called, date=when)
    return Earlier(one.id or 0, reason, known, decided, one.options.get("match_key"), fields)
