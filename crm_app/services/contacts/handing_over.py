"""Contacts that go to another branch, with all that hangs on them."""

from typing import Any

from sqlmodel import Session, col, select

from crm_app.locales import text
from crm_app.models import MAIN_BRANCH, Contact, Permission, User
from crm_app.services import branches
from crm_app.services.actor import Actor
from crm_app.services.contacts import cards, own_keys
from crm_app.services.duplicates import regrouping
from crm_app.services.errors import Conflict


def hand_over(session: Session, actor: Actor, contact: Contact, branch_id: int, *, seen: int | None = None) -> int:
    """Gives a contact that was fetched through `cards.get` to another branch that the actor sees; the same again
    changes nothing. Who is responsible and could not see it there is so no longer. Returns the branch it had.

    Raises NotPermitted, NotFound; InvalidFields where a key of its own is taken there; Conflict when it is not in the
    branch `seen` any more.
    """
    actor.require(Permission.CONTACTS_EDIT)
    branches.chosen(session, actor, branch_id)
    before = contact.branch_id
    if seen is not None and before not in (seen, branch_id):
        raise Conflict(text("Somebody changed this meanwhile. Load the page again."))
    if before == branch_id:
        return before
    own_keys.require_free(session, actor, branch_id, contact.custom, except_id=contact.id)
    changes: dict[str, list[Any]] = {"branch_id": [before, branch_id]}
    if contact.owner_id is not None and contact.owner_id not in owners_there(session, branch_id):
        changes["owner_id"] = [contact.owner_id, None]
    for name, (_, new) in changes.items():
        setattr(contact, name, new)
    regrouping.without(session, [cards.id_of(contact)])
    cards.changed(session, actor, contact, changes)
    return before


def owners_there(session: Session, branch_id: int) -> set[int]:
    """Who can be responsible for a contact of the branch: its own people, and those of the head office."""
    query = select(User.id).where(col(User.branch_id).in_((branch_id, MAIN_BRANCH)))
    return {id_ or 0 for id_ in session.exec(query)}
