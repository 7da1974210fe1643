"""What an actor may see. Every query on contacts starts here."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Integer, literal_column
from sqlmodel import col

from crm_app.models import Contact
from crm_app.services.actor import Actor


def visible(actor: Actor, branch: Any = Contact.branch_id, owner: Any = Contact.owner_id) -> list[ColumnElement[bool]]:
    """Conditions that keep a query to the contacts in the actor's sight, and what is in the trash out of it.

    `branch` and `owner` are the columns as the query has them.
    """
    return [*in_sight(actor, branch, owner), in_use()]


def visible_of_few(actor: Actor) -> list[ColumnElement[bool]]:
    """As `visible`, beside a condition that leaves few contacts or gives their order.

    The plus hides the column from SQLite's planner: without statistics it takes an index by branch, which holds all
    contacts, before the one by what is looked for.
    """
    branch, owner = (literal_column(f"+contact.{name}", Integer) for name in ("branch_id", "owner_id"))
    return visible(actor, branch, owner)


def trashed(actor: Actor) -> list[ColumnElement[bool]]:
    """Conditions for what is in the trash of the contacts in the actor's sight, and nothing else."""
    return [*in_sight(actor), col(Contact.trashed_at).is_not(None)]


def in_sight(actor: Actor, branch: Any = Contact.branch_id, owner: Any = Contact.owner_id) -> list[ColumnElement[bool]]:
    """Conditions that keep a query to the contacts of the actor's branches and, where its role sees no others, of its
    own or its team's; the trash among them. None for an actor of all branches that sees whoever the owner is.
    """
    found = of_branches(actor, branch)
    if actor.owner_ids is not None:
        found.append(_one_of(owner, actor.owner_ids))
    return found


def of_branches(actor: Actor, branch: Any) -> list[ColumnElement[bool]]:
    """Conditions that keep rows with a branch to the actor's branches; none for an actor of all branches."""
    return [] if actor.branch_ids is None else [_one_of(branch, actor.branch_ids)]


def in_use() -> ColumnElement[bool]:
    """Not in the trash."""
    return col(Contact.trashed_at).is_(None)


def sees(actor: Actor, contact: Contact) -> bool:
    """Whether the contact, as it is now, is in the actor's sight; the trash as well."""
    of_branch = actor.branch_ids is None or contact.branch_id in actor.branch_ids
    return of_branch and (actor.owner_ids is None or contact.owner_id in actor.owner_ids)


def _one_of(column: Any, ids: Collection[int]) -> ColumnElement[bool]:
    if len(ids) == 1:
        return column == next(iter(ids))
    return column.in_(sorted(ids))
