"""What an actor may see. Every query on contacts starts here."""

from typing import Any

from sqlalchemy import ColumnElement

from crm_app.models import Contact
from crm_app.services.actor import Actor


def visible(actor: Actor, branch: Any = Contact.branch_id) -> list[ColumnElement[bool]]:
    """Conditions that keep a query to the actor's branches; none for an actor of all branches.

    `branch` is the column as the query has it.
    """
    if actor.branch_ids is None:
        return []
    if len(actor.branch_ids) == 1:
        return [branch == next(iter(actor.branch_ids))]
    return [branch.in_(actor.branch_ids)]
