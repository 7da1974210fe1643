"""A form of ours was sent: what was typed is judged like everywhere, and becomes a contact, or more of one.

A tick below the form is no confirmation: without an answer from the address itself anybody could have made it (decision
0010). It is kept word for word with what was answered; the ledger hears of it when the address confirms.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from sqlmodel import Session

from crm_app.locales import Text, text
from crm_app.models import Channel, Permission, WebForm
from crm_app.models.base import now
from crm_app.services import form_answers, web_forms
from crm_app.services.actor import SYSTEM, Actor
from crm_app.services.consent.addresses import FIELDS_OF
from crm_app.services.contacts.validating import REQUIRED, InvalidFields
from crm_app.services.errors import Conflict
from crm_app.services.fields.registry import Field, FieldKind
from crm_app.services.intake import Taken
from crm_app.services.messages import invitations

ANSWER_LENGTH = 2_000


@dataclass(frozen=True, slots=True)
class Agreement:
    """The box below the form was ticked: to exactly what, for which address, from where."""

    channel: Channel
    address: str
    text: str
    text_version: str
    form: str
    ip: str


def submit(session: Session, form: WebForm, typed: Mapping[str, str], *, ticked: bool, ip: str = "") -> Taken:
    """Takes in what somebody typed. Raises InvalidFields with all that is wrong, by field."""
    known = web_forms.askable(session)
    asked = [one for one in web_forms.questions(form) if one.name in known]
    texts = {one.name: typed.get(one.name, "").strip() for one in asked}
    errors: dict[str, Text] = {one.name: REQUIRED for one in asked if one.required and not texts[one.name]}
    errors |= {
        name: text("This text is too long: {most} characters at most.", most=ANSWER_LENGTH)
        for name, value in texts.items()
        if len(value) > ANSWER_LENGTH
    }
    if errors:
        raise InvalidFields(errors)
    agreement = _agreement(form, texts, ip) if ticked else None
    answers = [
        (web_forms.label_of(known[one.name], one, form.language), _answer(known[one.name], texts[one.name]))
        for one in asked
    ]
    taken = form_answers.take(
        session,
        actor_of(form),
        form.name,
        texts,
        answers,
        tags=[str(tag) for tag in form.tags],
        of_new=web_forms.defaults(form),
        agreed=_as_json(agreement) if agreement else None,
    )
    if agreement is not None:
        agreement_given(session, taken, agreement)
    return taken


def agreement_given(session: Session, taken: Taken, agreement: Agreement) -> None:
    """Called once for each form that was sent with its box ticked, in the same transaction.

    Here the double opt-in begins: the address gets an invitation with the same words, and says yes by its link. One
    that agreed already, or was invited within the last day, gets none. Phones are not asked: what was ticked is kept.
    """
    if agreement.channel is not Channel.EMAIL:
        return
    with suppress(Conflict):
        invitations.invite(
            session,
            SYSTEM,
            taken.contact,
            is_asked_for=True,
            address=agreement.address,
            agreement=(agreement.text, f"{agreement.form[:30]} {agreement.text_version}"),
        )


def actor_of(form: WebForm) -> Actor:
    """Who acts when a form is sent: nobody of the house, and only in its branch."""
    return Actor(
        user_id=None,
        name="form",
        permissions=frozenset({Permission.CONTACTS_READ, Permission.CONTACTS_EDIT}),
        branch_ids=frozenset({form.branch_id}),
        branch_id=form.branch_id,
        language=form.language,
        via=form.name,
    )


def _agreement(form: WebForm, texts: Mapping[str, str], ip: str) -> Agreement | None:
    channel = Channel(form.consent_channel)
    address = next((texts[name] for name in FIELDS_OF[channel] if texts.get(name)), "")
    if not form.consent_text or not address:
        return None
    return Agreement(channel, address, form.consent_text, str(form.text_version), form.name, ip)


def _answer(field: Field, written: str) -> str:
    """As people read it: several choices by comma."""
    return ", ".join(written.split(";")) if field.kind is FieldKind.CHOICES else written


def _as_json(agreement: Agreement) -> dict[str, str]:
    return {
        "channel": agreement.channel.value,
        "address": agreement.address,
        "text": agreement.text,
        "version": agreement.text_version,
        "ip": agreement.ip,
        "at": now().isoformat(),
    }
