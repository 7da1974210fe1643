"""Addresses as the ledger and suppression compare them: every spelling of one is the same."""

from sqlmodel import Session

from crm_app.locales import text
from crm_app.models import Channel
from crm_app.services import installation
from crm_app.services.errors import Invalid
from crm_app.services.fields.registry import parse
from crm_app.services.fields.verdict import FieldContext

# Contact fields that hold an address of the channel, the one to prefer first.
FIELDS_OF: dict[Channel, tuple[str, ...]] = {
    Channel.EMAIL: ("email",),
    Channel.SMS: ("mobile", "phone"),
    Channel.PHONE: ("phone", "mobile"),
}


def norm_of(session: Session, channel: Channel, address: str) -> str:
    """The normalised form, by the parsers of form and import. Raises Invalid when it is no address of the channel."""
    verdict = parse(FIELDS_OF[channel][0], address, FieldContext(country=installation.current(session).country))
    if verdict.norm is None:
        raise Invalid(verdict.message or text("There is no address to which this could belong."), "address")
    return verdict.norm
