"""Addresses as the ledger and suppression compare them: every spelling of one is the same."""

from sqlmodel import Session

from crm_app.locales import text
from crm_app.models import Channel, Contact, PointKind
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
# The kind of point that carries a channel, and the channels a point carries.
POINT_OF: dict[Channel, PointKind] = {
    Channel.EMAIL: PointKind.EMAIL,
    Channel.SMS: PointKind.PHONE,
    Channel.PHONE: PointKind.PHONE,
}
CHANNELS_OF: dict[PointKind, tuple[Channel, ...]] = {
    PointKind.EMAIL: (Channel.EMAIL,),
    PointKind.PHONE: (Channel.PHONE, Channel.SMS),
}


def reach(contact: Contact, channel: Channel, context: FieldContext) -> tuple[str, str]:
    """The address to write to on this channel and its normalised form; both empty when there is none."""
    for name in FIELDS_OF[channel]:
        if value := getattr(contact, name):
            norm = parse(name, value, context).norm
            if norm is not None:
                return value, norm
    return "", ""


def reached(session: Session, contact: Contact, channel: Channel) -> tuple[str, str]:
    """The same for one contact of this installation."""
    return reach(contact, channel, FieldContext(country=installation.current(session).country))


def norm_of(session: Session, channel: Channel, address: str) -> str:
    """The normalised form, by the parsers of form and import. Raises Invalid when it is no address of the channel."""
    verdict = parse(FIELDS_OF[channel][0], address, FieldContext(country=installation.current(session).country))
    if verdict.norm is None:
        raise Invalid(verdict.message or text("There is no address to which this could belong."), "address")
    return verdict.norm
