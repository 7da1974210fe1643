"""A plan keeps the types of the own fields it fills: when one changed since, the rows must be checked again."""

from collections.abc import Iterable
from pathlib import Path

from sqlmodel import Session

from crm_app.locales import text
from crm_app.services import custom_fields
from crm_app.services.errors import Conflict
from crm_app.services.imports import plan_file


def of(session: Session, keys: Iterable[str]) -> dict[str, str]:
    """The types of these fields by key; one that was removed has none."""
    wanted = set(keys)
    return {one.key: str(one.type) for one in custom_fields.stored(session) if one.key in wanted}


def require_same(session: Session, folder: Path) -> None:
    """Raises Conflict when an own field of the plan is another one by now, or is gone."""
    with plan_file.reading(folder) as plan:
        planned = plan_file.fetch(plan, "own_types") or {}
    if planned and of(session, planned) != planned:
        raise Conflict(text("An own field of this file was changed or removed since the check. Check the file again."))
