"""Who else may be this contact: asked for one contact, for values typed into a form, or for a row of a file.

Candidates come from indexes that are there anyway (`candidates.py`) and are rated by the same rules and with the
parameters of the last search.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from sqlalchemy import or_
from sqlmodel import Session, col, select

from crm_app.locales import Text
from crm_app.models import Contact, NotDuplicate, Permission
from crm_app.services.actor import Actor
from crm_app.services.bulk import among
from crm_app.services.contacts import cards
from crm_app.services.contacts.visibility import visible_of_few
from crm_app.services.duplicates import candidates, loading, reasons, rules, scores
from crm_app.services.duplicates.engine import Engine
from crm_app.services.duplicates.prepared import Raw, people
from crm_app.services.duplicates.rules import Rules
from crm_app.services.fields.registry import parse
from crm_app.services.fields.verdict import FieldContext
from crm_app.services.installation import current


@dataclass(frozen=True, slots=True)
class Known:
    """The id of a contact that is probably the same one, and why."""

    contact_id: int
    score: int
    is_certain: bool
    reasons: list[reasons.Reason]


@dataclass(frozen=True, slots=True)
class Similar:
    """A contact that is probably the same one."""

    contact: Contact
    score: int
    is_certain: bool
    reasons: list[Text]


def to_contact(session: Session, actor: Actor, number: int, *, limit: int = 5) -> list[Similar]:
    """Others that are probably this contact, the surest first, none ruled out. Raises NotFound, NotPermitted."""
    contact = cards.get(session, actor, number)
    apart = ruled_out(session, actor, number)
    (wanted,) = loading.some(session, [cards.id_of(contact)], visible_of_few(actor))
    known = rated(session, actor, wanted, rules.current(session), limit=limit + len(apart) + 1)
    found = _with_contacts(session, known)
    return [one for one in found if one.contact.number != number and one.contact.number not in apart][:limit]


def ruled_out(session: Session, actor: Actor, number: int) -> set[int]:
    """The numbers of those that somebody said are not this contact. Raises NotFound, NotPermitted."""
    cards.get(session, actor, number)
    query = select(NotDuplicate.low_number, NotDuplicate.high_number).where(
        or_(col(NotDuplicate.low_number) == number, col(NotDuplicate.high_number) == number)
    )
    return {other for pair in session.exec(query) for other in pair} - {number}


def to_values(session: Session, actor: Actor, texts: Mapping[str, str], *, limit: int = 5) -> list[Similar]:
    """Contacts that are probably the one these texts describe, by name of field; what cannot be read is left out.

    Raises NotPermitted.
    """
    actor.require(Permission.CONTACTS_READ)
    context = FieldContext(country=current(session).country)
    verdicts = {name: parse(name, texts[name], context) for name in TYPED if texts.get(name)}
    values = {name: verdict.value for name, verdict in verdicts.items() if not verdict.is_error}
    norms = {name: verdict.norm or str(verdict.value) for name, verdict in verdicts.items() if not verdict.is_error}
    day = values.get("birth_date")
    wanted = Raw(
        0,
        actor.branch_id,
        **{name: values.get(name) for name in TYPED if name in Raw._fields and name != "birth_date"},
        birth_date=day if isinstance(day, date) else None,
        emails=tuple(norms[name] for name in ("email",) if name in norms),
        phones=tuple(norms[name] for name in ("phone", "mobile") if name in norms),
    )
    return _with_contacts(session, rated(session, actor, wanted, rules.current(session), limit=limit))


TYPED = (
    "first_name", "last_name", "company", "street", "postal_code", "city", "tax_number", "gender", "birth_date",
    "email", "phone", "mobile",
)  # fmt: skip


def rated(session: Session, actor: Actor, wanted: Raw, rules: Rules, *, limit: int = 5) -> list[Known]:
    """Ids of visible contacts that are probably this one, the surest first."""
    ids = candidates.of(session, actor, wanted)
    rows = (
        [row for row in loading.some(session, sorted(ids), visible_of_few(actor)) if row.id != wanted.id] if ids else []
    )
    if not rows:
        return []
    engine = Engine(people([wanted, *rows]), rules.parameters, rules.common)
    others = np.arange(1, len(rows) + 1)
    weights = engine.rate(np.zeros_like(others), others)
    best = [place for place in np.argsort(-weights, kind="stable") if weights[place] >= scores.SHOWN_BITS][:limit]
    judged = engine.judge([(0, int(place) + 1) for place in best])
    return [Known(rows[pair[1] - 1].id, scores.score(one.weight), one.certain, one.reasons) for pair, one in judged]


def _with_contacts(session: Session, found: Sequence[Known]) -> list[Similar]:
    contacts = session.exec(select(Contact).where(among(session, col(Contact.id), [one.contact_id for one in found])))
    by_id = {contact.id: contact for contact in contacts}
    return [
        Similar(by_id[one.contact_id], one.score, one.is_certain, reasons.texts(one.reasons))
        for one in found
        if one.contact_id in by_id
    ]
