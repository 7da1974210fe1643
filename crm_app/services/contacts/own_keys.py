"""Own fields that are keys: within a branch no two contacts hold the same value."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlmodel import Session, col, select

from crm_app.locales import text
from crm_app.models import Contact
from crm_app.services import custom_fields, database
from crm_app.services.actor import Actor
from crm_app.services.bulk import among
from crm_app.services.contacts import own_values
from crm_app.services.contacts.validating import InvalidFields
from crm_app.services.fields.conversion import as_text


def require_free(
    session: Session, actor: Actor, branch_id: int, values: Mapping[str, Any], *, except_id: int | None = None
) -> None:
    """Raises InvalidFields for values of keys that another contact of the branch has. Other writers of them wait."""
    own = custom_fields.all_of(session) if values else {}
    keys = [name for name, value in values.items() if name in own and own[name].is_unique and value is not None]
    errors = {}
    for name in keys:
        database.one_at_a_time(session, f"own key {name}")
        holders = held(session, actor, {branch_id}, name, [as_text(values[name])])
        others = [contact for contact in holders.values() if contact[0] != except_id]
        if others:
            number = others[0][1]
            errors[name] = (
                text("Contact {number} has this value already, and each has one of its own.", number=number)
                if number is not None
                else text("Another contact has this value already, and each has one of its own.")
            )
    if errors:
        raise InvalidFields(errors)


def held(
    session: Session, actor: Actor, branch_ids: Iterable[int] | None, key: str, values: list[str]
) -> dict[str, tuple[int, int | None]]:
    """Of these values, as text, those that contacts of the branches (None = all) hold: value → id and number; no number
    where the actor does not see whose contact it is."""
    column = own_values.as_text(session, key)
    query = select(column, col(Contact.id), col(Contact.number), col(Contact.owner_id))
    query = query.where(among(session, column, values))
    if branch_ids is not None:
        query = query.where(col(Contact.branch_id).in_(list(branch_ids)))
    seen = actor.owner_ids
    return {
        str(value): (id_, number if seen is None or owner in seen else None)
        for value, id_, number, owner in session.execute(query)
    }
