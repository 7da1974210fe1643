"""What happens to contacts is put down for the automations that wait for it, in the transaction in which it happens.

Nothing is written where no active automation waits.
"""

import json
import secrets
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlmodel import Session, col, select

from crm_app.models import Automation, AutomationEvent, Contact, LeadStatus, Outcome, Tag, Trigger
from crm_app.models.base import now
from crm_app.services import bulk, gone

_DEPTH = "automation depth"
_COLUMNS = ("automation_id", "contact_id", "occasion", "depth", "at")
_OF_CHUNKS = (Trigger.CREATED_BY_IMPORT, Trigger.TAG, Trigger.STATUS)


def note(session: Session, contact: Contact, trigger: Trigger, values: Collection[int] = ()) -> None:
    """This happened to the contact; `values` are the tags that were given, or the new status."""
    for automation in _waiting(session, contact.branch_id, (trigger,)):
        if trigger not in (Trigger.TAG, Trigger.STATUS) or _asked(session, automation).intersection(values):
            session.add(
                AutomationEvent(
                    automation_id=automation.id or 0,
                    contact_id=contact.id or 0,
                    occasion=_occasion(),
                    depth=depth(session),
                )
            )


def note_chunk(
    session: Session, branch_id: int, proofs: Sequence[tuple[Any, ...]], given: Sequence[tuple[int, int]]
) -> None:
    """The same of a chunk of an import or a change of many: `proofs` are its rows of `import_row`, `given` its pairs of
    contact and tag.
    """
    rows: list[tuple[Any, ...]] = []
    for automation in _waiting(session, branch_id, _OF_CHUNKS):
        asked = _asked(session, automation)
        if automation.trigger == Trigger.CREATED_BY_IMPORT:
            met = [proof[3] for proof in proofs if proof[2] == Outcome.CREATE]
        elif automation.trigger == Trigger.TAG:
            met = [contact_id for contact_id, tag in given if tag in asked]
        else:
            met = [proof[3] for proof in proofs if _new_status(proof[5]) in asked]
        moment = bulk.moment(now())
        rows.extend((automation.id, contact_id, _occasion(), 0, moment) for contact_id in dict.fromkeys(met))
    bulk.insert(session, "automation_event", _COLUMNS, rows)


def depth(session: Session) -> int:
    """How many automations stand behind what this transaction does."""
    return int(session.info.get(_DEPTH, 0))


@contextmanager
def caused_by(session: Session, event_depth: int) -> Iterator[None]:
    """What happens inside is the work of an automation, set off at that depth."""
    session.info[_DEPTH] = event_depth + 1
    try:
        yield
    finally:
        session.info.pop(_DEPTH, None)


def _waiting(session: Session, branch_id: int, triggers: Sequence[Trigger]) -> list[Automation]:
    query = select(Automation).where(col(Automation.active), Automation.branch_id == branch_id)
    with session.no_autoflush:
        return list(session.exec(query.where(col(Automation.trigger).in_(triggers))).all())


def _asked(session: Session, automation: Automation) -> set[int]:
    """The status or tag the automation waits for; those merged into it count too."""
    model: gone.Model = Tag if automation.trigger == Trigger.TAG else LeadStatus
    if automation.value_id is None or automation.trigger not in (Trigger.TAG, Trigger.STATUS):
        return set()
    return set(gone.meant(session, model, [automation.value_id]).ids)


def _new_status(changes: str | None) -> int | None:
    found = json.loads(changes).get("status_id") if changes and '"status_id"' in changes else None
    return found[1] if found else None


def _occasion() -> str:
    return secrets.token_hex(10)
