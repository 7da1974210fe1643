"""Where a contact's addresses stand as the card shows it: finished text, by language."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crm_app.locales import Text, text
from crm_app.models import Channel, ConsentState, Contact, SuppressionReason
from crm_app.services.consent import card
from crm_app.services.consent.card import Line, Mark
from crm_app.services.errors import Conflict
from crm_app.state.contact_happenings import ORIGINS
from crm_app.state.formats import day, exact

if TYPE_CHECKING:
    from crm_app.state.contact_view import Presenter

STATES: dict[ConsentState, Text] = {
    ConsentState.NONE: text("none"),
    ConsentState.IMPORTED: text("imported"),
    ConsentState.SENT: text("invitation sent"),
    ConsentState.CONFIRMED: text("confirmed"),
    ConsentState.REVOKED: text("revoked"),
}
LOOKS = {ConsentState.CONFIRMED: "good", ConsentState.REVOKED: "danger", ConsentState.SENT: "warn"}
CHANNELS: dict[Channel, Text] = {
    Channel.EMAIL: text("E-mail"),
    Channel.SMS: text("SMS"),
    Channel.PHONE: text("Phone"),
}
_MARKS: dict[ConsentState, Text] = {
    ConsentState.IMPORTED: text("Imported"),
    ConsentState.SENT: text("Sent"),
    ConsentState.CONFIRMED: text("Confirmed"),
    ConsentState.REVOKED: text("Revoked"),
}
_SUPPRESSED: dict[SuppressionReason, Text] = {
    SuppressionReason.REVOKED: text("Never written to: consent was revoked."),
    SuppressionReason.BOUNCED: text("Never written to: mails came back."),
    SuppressionReason.COMPLAINED: text("Never written to: the person complained."),
    SuppressionReason.ERASED: text("Never written to: erased on request."),
}
_CHIPS: dict[ConsentState, tuple[Text, Text]] = {  # with and without a day
    ConsentState.NONE: (text("Newsletter: no consent"), text("Newsletter: no consent")),
    ConsentState.IMPORTED: (text("Newsletter: imported {day}"), text("Newsletter: imported")),
    ConsentState.SENT: (text("Newsletter: invited {day}"), text("Newsletter: invited")),
    ConsentState.CONFIRMED: (text("Newsletter: confirmed {day}"), text("Newsletter: confirmed")),
    ConsentState.REVOKED: (text("Newsletter: revoked {day}"), text("Newsletter: revoked")),
}


@dataclass
class ConsentMark:
    """One of the dates: `told` says by what and by whom."""

    id: int
    label: str
    when: str
    exact: str
    told: str
    has_proof: bool


@dataclass
class ConsentLine:
    """`key` is what the acts name the line by: channel, group and normalised address."""

    key: str
    channel: str
    channel_label: str
    address: str
    group: str
    state: str
    look: str
    is_first: bool  # of its address and channel
    marks: list[ConsentMark] = field(default_factory=list)
    suppressed: list[str] = field(default_factory=list)
    can_revoke: bool = False
    can_lift: bool = False
    can_invite: bool = False
    group_key: str = ""


def lines(presenter: "Presenter", contact: Contact) -> list[ConsentLine]:
    """Raises Conflict without the right secret key."""
    return [_line(presenter, one) for one in card.lines(presenter.session, contact)]


def chip(presenter: "Presenter", contact: Contact) -> tuple[str, str]:
    """The opt-in of the main e-mail for the card's head, and its look; empty without one."""
    try:
        line = card.of_main_email(presenter.session, contact)
    except Conflict:  # the section below says what is wrong with the key
        return "", ""
    if line is None:
        return "", ""
    if line.suppressed and line.state is not ConsentState.REVOKED:
        return presenter.say(text("Newsletter: never written to")), "danger"
    with_day, without = _CHIPS[line.state]
    mark = line.marks.get(line.state)
    look = LOOKS.get(line.state, "")
    if mark is None:
        return presenter.say(without), look
    when = day(mark.at, presenter.language, presenter.actor.timezone)
    return presenter.say(text(with_day.msgid, day=when)), look


def key_of(line: Line) -> str:
    return f"{line.channel.value}:{line.group_id or 0}:{line.norm}"


def parsed(key: str) -> tuple[Channel, int | None, str] | None:
    """The way back; None for anything else."""
    channel, _, rest = key.partition(":")
    group, _, norm = rest.partition(":")
    if channel not in set(Channel) or not (group.isascii() and group.isdigit() and len(group) < 10):
        return None
    return Channel(channel), int(group) or None, norm


def _line(presenter: "Presenter", line: Line) -> ConsentLine:
    return ConsentLine(
        key=key_of(line),
        channel=line.channel.value,
        channel_label=presenter.say(CHANNELS[line.channel]),
        address=line.address,
        group=line.group,
        state=presenter.say(STATES[line.state]),
        look=LOOKS.get(line.state, ""),
        is_first=line.group_id is None,
        marks=[_mark(presenter, state, line.marks[state]) for state in _MARKS if state in line.marks],
        suppressed=[presenter.say(_SUPPRESSED[one]) for one in line.suppressed if line.group_id is None],
        can_revoke=line.state not in (ConsentState.REVOKED, ConsentState.NONE),
        can_invite=line.channel is Channel.EMAIL
        and line.is_primary
        and not line.suppressed
        and line.state not in (ConsentState.CONFIRMED, ConsentState.REVOKED),
        group_key=str(line.group_id or ""),
        can_lift=line.group_id is None and any(one in card.LIFTABLE for one in line.suppressed),
    )


def _mark(presenter: "Presenter", state: ConsentState, mark: Mark) -> ConsentMark:
    origin = presenter.say(ORIGINS[mark.source]) if mark.source in ORIGINS else mark.source
    version = presenter.say(text("text {version}", version=mark.text_version)) if mark.text_version else ""
    return ConsentMark(
        id=mark.id,
        label=presenter.say(_MARKS[state]),
        when=day(mark.at, presenter.language, presenter.actor.timezone),
        exact=exact(mark.at, presenter.language, presenter.actor.timezone),
        told=" · ".join(filter(None, (origin, mark.source_name, mark.who, version))),
        has_proof=mark.has_proof,
    )
