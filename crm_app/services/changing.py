"""Values written to a row, as far as they differ."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session, SQLModel


def apply(session: Session, row: SQLModel, values: Mapping[str, Any]) -> list[str]:
    """The names of what was changed; the same again changes nothing."""
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    if changed:
        session.add(row)
        session.flush()
    return changed
