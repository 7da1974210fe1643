"""What of the settings the undo of a change brings back: a status, a tag, a choice, or the type of an own field."""

from typing import Any

from sqlmodel import Session, select

from crm_app.locales import text
from crm_app.models import CustomField, Import
from crm_app.services import gone
from crm_app.services.errors import Conflict

CHANGED_SINCE = text(
    "The field has been changed once more since, so this cannot be undone. Undo the later change first."
)


def bring_back(session: Session, found: Import) -> None:
    """Before the values of a change return. Raises Conflict when the field is another one by now."""
    said: dict[str, Any] = found.options.get("settings") or {}
    if not said:
        return
    gone.brought_back_by(session, found.id or 0)
    if "choice" in said:
        _choice(session, **said["choice"])
    if "type" in said:
        _type(session, **said["type"])


def _choice(session: Session, key: str, option: str, position: int) -> None:
    field = _field(session, key)
    if option not in field.options:
        field.options = [*field.options[:position], option, *field.options[position:]]
    field.former = {old: new for old, new in field.former.items() if old != option}
    session.add(field)
    session.flush()


def _type(session: Session, key: str, was: dict[str, Any], became: str) -> None:
    field = _field(session, key)
    if field.type != became:
        raise Conflict(CHANGED_SINCE)
    for name, value in was.items():
        setattr(field, name, value)
    session.add(field)
    session.flush()


def _field(session: Session, key: str) -> CustomField:
    found = session.exec(select(CustomField).where(CustomField.key == key)).first()
    if found is None:
        raise Conflict(CHANGED_SINCE)
    return found
