"""What a status asks for: who gives it to a contact by hand fills in these fields first. Imports and changes of many
pass them over.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import Session

from crm_app.locales import Text, text
from crm_app.models import LeadStatus
from crm_app.services import custom_fields
from crm_app.services.contacts.validating import InvalidFields
from crm_app.services.fields.registry import REQUIRABLE, Field

_ATTRIBUTES = {"status": "status_id", "owner": "owner_id"}


def askable(session: Session) -> dict[str, Field]:
    """The fields a status may ask for, by name; not the status itself."""
    known = custom_fields.known(session)
    return {name: field for name, field in known.items() if name in {*REQUIRABLE, *known} - _NEVER}


def require(session: Session, status_id: int | None, values: Mapping[str, Any], own: Mapping[str, Any]) -> None:
    """Raises InvalidFields ("status") when the contact would lack what the status asks for."""
    status = session.get(LeadStatus, status_id) if status_id else None
    if status is None or not status.required_fields:
        return
    fields = askable(session)
    missing = [
        field.label
        for name, field in fields.items()
        if name in status.required_fields and _is_empty(own.get(name, values.get(_ATTRIBUTES.get(name, name))))
    ]
    if missing:
        said = text(
            "“{status}” asks for what is missing here: {fields}. Fill it in first.",
            status=status.name,
            fields=_listed(missing),
        )
        raise InvalidFields({"status": said})


def _listed(labels: Sequence[Text]) -> Text:
    """Labels by comma, in whatever language they are read."""
    found = labels[0]
    for label in labels[1:]:
        found = text("{labels}, {label}", labels=found, label=label)
    return found


def _is_empty(value: Any) -> bool:
    return value is None or value == "" or value == []


_NEVER = {"number", "status", "lifecycle", "tags", "registered_at", "active"}
