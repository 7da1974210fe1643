"""What a review shows of a contact beside its card: why to call, and what may come of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from crm_app.locales import Text, text
from crm_app.models import Contact, LeadStatus
from crm_app.state.contact_view import Presenter
from crm_app.state.formats import spoken


@dataclass
class Reason:
    label: str
    value: str


@dataclass
class Outcome:
    """A status to give. `key` is the digit that gives it, empty behind the ninth."""

    name: str
    dot: str
    key: str
    is_current: bool


def reasons(presenter: Presenter, contact: Contact) -> list[Reason]:
    """What one wants to know before calling; what is empty is left out."""
    found: list[tuple[Text, str]] = [
        (text("Added"), spoken(contact.created_at, presenter.language, presenter.actor.timezone)),
        (text("Source"), contact.source or ""),
        (text("Responsible"), presenter.value("owner", contact.owner_id)),
        (text("City"), contact.city or ""),
        (text("Notes"), contact.notes or ""),
    ]
    return [Reason(presenter.say(label), value) for label, value in found if value]


def outcomes(statuses: Sequence[LeadStatus], contact: Contact | None) -> list[Outcome]:
    """Every status in its order."""
    return [
        Outcome(
            status.name,
            f"dot-{status.colour}",
            str(place) if place <= 9 else "",
            contact is not None and contact.status_id == status.id,
        )
        for place, status in enumerate(statuses, start=1)
    ]
