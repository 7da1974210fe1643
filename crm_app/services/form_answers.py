"""Somebody filled in a form, here or elsewhere: the contact comes in, and what was answered stands in the timeline."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlmodel import Session

from crm_app.models import Activity, ActivityKind, WebhookEvent
from crm_app.services import intake, webhooks
from crm_app.services.actor import Actor
from crm_app.services.contacts.cards import id_of
from crm_app.services.intake import Ambiguous, Arrival, Taken

ANSWER_LENGTH = 2_000


def take(
    session: Session,
    actor: Actor,
    form: str,
    texts: Mapping[str, str],
    answers: Sequence[tuple[str, str]],
    *,
    tags: Sequence[str] = (),
    of_new: Mapping[str, str] | None = None,
    agreed: Mapping[str, Any] | None = None,
) -> Taken:
    """A stranger may be anybody: of a contact that is here, only blanks are filled (decision 0025).

    Where several could be meant it is a new contact, and the search for duplicates shows it: an answer is never lost,
    and strangers learn nothing. `answers` are pairs of question and answer, `agreed` is what was ticked, with its text
    and version. Raises InvalidFields, and Conflict without the right secret key.
    """
    arrival = Arrival(texts, form, tags=tags, fills_only=True, is_own=True, of_new=of_new or {})
    try:
        taken = intake.take(session, actor, arrival)
    except Ambiguous:
        taken = intake.take(session, actor, replace(arrival, match=()))
    data: dict[str, Any] = {"answers": [[label, given[:ANSWER_LENGTH]] for label, given in answers if given.strip()]}
    if agreed:
        data["agreed"] = dict(agreed)
    session.add(Activity(contact_id=id_of(taken.contact), kind=ActivityKind.FORM_FILLED, source=form[:60], data=data))
    webhooks.emit(session, taken.contact.branch_id, WebhookEvent.FORM_FILLED, taken.contact.number)
    session.flush()
    return taken
