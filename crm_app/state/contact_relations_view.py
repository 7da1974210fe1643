"""Who belongs to a contact, as its card shows it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crm_app import routes
from crm_app.models import Contact
from crm_app.services import relations
from crm_app.services.relations import WORDS
from crm_app.state.contact_facts_view import tel

if TYPE_CHECKING:
    from crm_app.state.contact_view import Presenter


@dataclass
class RelationLine:
    """`role` says what the other contact is to this one."""

    id: int
    role: str
    name: str
    url: str
    phone_url: str


def lines(presenter: "Presenter", contact: Contact) -> list[RelationLine]:
    return [
        RelationLine(
            one.id,
            presenter.say(WORDS[one.role]),
            one.contact.display_name,
            routes.contact(one.contact.number),
            tel(one.contact.mobile or one.contact.phone or ""),
        )
        for one in relations.of(presenter.session, presenter.actor, contact)
    ]
