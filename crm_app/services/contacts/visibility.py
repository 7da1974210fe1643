"""What an actor may see. Every query on contacts starts here."""

from sqlalchemy import ColumnElement
from sqlmodel import col

from crm_app.models import Contact
from crm_app.services.actor import Actor


def visible(actor: Actor) -> list[ColumnElement[bool]]:
    """Conditions that keep a query to the actor's branches; none for an actor of all branches."""
    if actor.branch_ids is None:
        return []
    if len(actor.branch_ids) == 1:
        return [col(Contact.branch_id) == next(iter(actor.branch_ids))]
    return [col(Contact.branch_id).in_(actor.branch_ids)]
