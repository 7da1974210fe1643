"""Who is responsible for a contact, where somebody sees only the contacts of some owners."""

from sqlmodel import Session, col, select

from crm_app.locales import Text, text
from crm_app.models import Contact, User
from crm_app.services.actor import Actor
from crm_app.services.contacts.validating import InvalidFields
from crm_app.services.contacts.visibility import sees


def of_new(actor: Actor, chosen: int | None) -> int | None:
    """The owner of a contact the actor makes and goes on seeing: chosen, or the actor where it sees only some owners'.

    Raises InvalidFields("owner") for one whose contacts it does not see.
    """
    if actor.owner_ids is None:
        return chosen
    if chosen is not None and chosen not in actor.owner_ids:
        message = text("You do not see the contacts of this colleague. Choose yourself or somebody of your team.")
        raise InvalidFields({"owner": message})
    return chosen if chosen is not None else actor.user_id


def given_away(session: Session, actor: Actor, contact: Contact) -> Text | None:
    """That a contact the actor changed is out of its sight now, and why; None where it is not."""
    if sees(actor, contact):
        return None
    owner = session.exec(select(User.name).where(col(User.id) == contact.owner_id)).first()
    if owner is None:
        return text("“{name}” belongs to nobody now, and is no longer in your list.", name=contact.display_name)
    return text(
        "“{name}” belongs to {owner} now, and is no longer in your list.", name=contact.display_name, owner=owner
    )
