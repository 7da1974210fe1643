"""Rows that several contacts match, and among which contacts somebody can choose."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from crm_app.models import Contact, Import
from crm_app.services.actor import Actor
from crm_app.services.bulk import among
from crm_app.services.contacts.visibility import visible_of_few
from crm_app.services.imports import finding, plan_file, planned, uploads

MOST = 20  # contacts offered for one row


@dataclass(frozen=True, slots=True)
class Match:
    """One contact a row may mean; `detail` tells it from others of the same name."""

    number: int
    name: str
    detail: str


def matches(session: Session, actor: Actor, found: Import, rows: Sequence[int]) -> dict[int, list[Match]]:
    """For each of the rows the contacts with its key, where there are several. `actor` may see the import."""
    with plan_file.reading(uploads.place_of(found)) as plan:
        query = "SELECT row, key FROM plan WHERE key IS NOT NULL AND row IN (SELECT value FROM json_each(?))"
        keys = dict(plan.execute(query, (json.dumps(list(rows)),)).fetchall())
        if not keys:
            return {}
        facts = planned.facts(plan)
    ids = finding.find(session, facts.actor, facts.layout.key, list(dict.fromkeys(keys.values())))
    several = {row: ids[key][:MOST] for row, key in keys.items() if len(ids.get(key, ())) > 1}
    wanted = sorted({id_ for found_ids in several.values() for id_ in found_ids})
    query_ = select(Contact).where(among(session, col(Contact.id), wanted), *visible_of_few(actor))
    contacts = {contact.id: contact for contact in session.exec(query_)} if wanted else {}
    return {row: [described(contacts[id_]) for id_ in ids_ if id_ in contacts] for row, ids_ in several.items()}


def described(contact: Contact) -> Match:
    """A contact as it is offered."""
    details = (contact.company, contact.email, contact.phone or contact.mobile, contact.city)
    name = contact.display_name
    return Match(contact.number, name, ", ".join(detail for detail in details if detail and detail != name))
