"""What became of messages since a backup was made: what left is not sent again, and its links go on working.

Of a replaced database that cannot be read nothing is known: then nothing goes out before somebody says so.
"""

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from crm_app.locales import Text, ntext, text
from crm_app.models import AutomationEvent, Campaign, CampaignState, ConsentLink, Message, MessageState
from crm_app.models.base import now
from crm_app.services.messages import outbox

Rows = Callable[[sqlite3.Connection, str], Iterable[dict[str, Any]]]

_OPEN = (MessageState.PLANNED, MessageState.QUEUED, MessageState.SENDING)
_NOT_KNOWN = text("A backup was put back after this message was made. It may have gone out before.")


def carry(session: Session, source: sqlite3.Connection, groups: Mapping[int, int], *, rows: Rows) -> list[Text]:
    """Brings over what the replaced database knows; what is to be told. `rows` are those of a table, as models have
    them.
    """
    _carry_links(session, rows(source, "consent_link"), groups)
    theirs = {row["message_id"]: row for row in rows(source, "message") if row["message_id"]}
    return _settle(session, theirs)


def hold(session: Session) -> list[Text]:
    """The same without a database to ask: what waited may have gone out."""
    return _settle(session, {})


def _carry_links(session: Session, links: Iterable[dict[str, Any]], groups: Mapping[int, int]) -> None:
    for values in links:
        group = values.get("group_id")
        values["group_id"] = groups.get(group, group) if group is not None else None
        here = session.get(ConsentLink, values["token_hash"])
        if here is None:
            session.add(ConsentLink(**values))
        else:  # used up is used up
            here.used_at, here.expires_at = values["used_at"], values["expires_at"]
    session.flush()


def _settle(session: Session, theirs: Mapping[str, dict[str, Any]]) -> list[Text]:
    held = 0
    for message in session.exec(select(Message).where(col(Message.state).in_(_OPEN))):
        known = theirs.get(message.message_id)
        state = MessageState(known["state"]) if known else None
        if known and state in outbox.ENDED:
            for name in ("state", "reason", "ended_at", "via", "error", "subject", "body"):
                setattr(message, name, known[name])
        elif message.state != MessageState.PLANNED and state is not MessageState.QUEUED:
            message.state, message.error, message.ended_at = MessageState.UNCERTAIN, _NOT_KNOWN.to_json(), now()
            held += 1
        session.add(message)
    session.flush()
    stopped = 0
    for before, after in (
        (CampaignState.SENDING, CampaignState.PAUSED),
        (CampaignState.SCHEDULED, CampaignState.PREPARED),
        (CampaignState.PREPARING, CampaignState.DRAFT),
    ):
        moved = session.execute(update(Campaign).where(col(Campaign.state) == before).values(state=after))
        stopped += moved.rowcount  # type: ignore[attr-defined]
    # What set automations off before may have been worked off since, with everything that went out by it.
    waited = session.execute(delete(AutomationEvent)).rowcount  # type: ignore[attr-defined]
    found = []
    if waited:
        found.append(
            ntext(
                "{n} event that waited for an automation is left out: it may have been worked off before.",
                "{n} events that waited for an automation are left out: they may have been worked off before.",
                waited,
            )
        )
    if held:
        found.append(
            ntext(
                "{n} message may have gone out since the backup was made. It is listed in the outbox as uncertain.",
                "{n} messages may have gone out since the backup was made. They are listed in the outbox as uncertain.",
                held,
            )
        )
    if stopped:
        found.append(
            ntext(
                "{n} campaign waits until somebody looks at it.",
                "{n} campaigns wait until somebody looks at them.",
                stopped,
            )
        )
    return found
