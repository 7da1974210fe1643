"""What an actor may see. Every query on contacts starts here."""

from typing import Any

from sqlalchemy import ColumnElement, Integer, literal_column
from sqlmodel import col

from crm_app.models import Contact
from crm_app.services.actor import Actor


def visible(actor: Actor, branch: Any = Contact.branch_id) -> list[ColumnElement[bool]]:
    """Conditions that keep a query to the actor's branches, and what is in the trash out of it.

    `branch` is the column as the query has it.
    """
    return [*of_branches(actor, branch), in_use()]


def visible_of_few(actor: Actor) -> list[ColumnElement[bool]]:
    """As `visible`, beside a condition that leaves few contacts or gives their order.

    The plus hides the column from SQLite's planner: without statistics it takes an index by branch, which holds all
    contacts, before the one by what is looked for.
    """
    return visible(actor, literal_column("+contact.branch_id", Integer))


def trashed(actor: Actor) -> list[ColumnElement[bool]]:
    """Conditions for what is in the trash of the actor's branches, and nothing else."""
    return [*of_branches(actor), col(Contact.trashed_at).is_not(None)]


def of_branches(actor: Actor, branch: Any = Contact.branch_id) -> list[ColumnElement[bool]]:
    """Conditions that keep a query to the actor's branches, the trash among them; none for an actor of all branches."""
    if actor.branch_ids is None:
        return []
    if len(actor.branch_ids) == 1:
        return [branch == next(iter(actor.branch_ids))]
    return [branch.in_(actor.branch_ids)]


def in_use() -> ColumnElement[bool]:
    """Not in the trash."""
    return col(Contact.trashed_at).is_(None)
