"""Contacts by what a row says of them: the match key, or a number somebody chose."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import String, literal_column
from sqlmodel import Session, col, select

from crm_app.models import Contact, ContactPoint, PointKind
from crm_app.services.actor import Actor
from crm_app.services.bulk import among
from crm_app.services.contacts import derived
from crm_app.services.contacts.visibility import visible_of_few
from crm_app.services.imports.columns import NAME_AND_BIRTH

_POINT_KINDS = {"email": PointKind.EMAIL, "phone": PointKind.PHONE, "mobile": PointKind.PHONE}


def find(session: Session, actor: Actor, key: str | None, keys: Sequence[str]) -> dict[str, list[int]]:
    """Ids of the contacts the actor may see, each once, by what `keys` hold of the match key `key`."""
    if key is None or not keys:
        return {}
    query: Any
    if key in _POINT_KINDS:
        query = (
            select(col(ContactPoint.norm), col(ContactPoint.contact_id))
            .join(Contact, col(Contact.id) == col(ContactPoint.contact_id))
            .where(col(ContactPoint.kind) == _POINT_KINDS[key], among(session, col(ContactPoint.norm), keys))
        )
    elif key == "number":
        numbers = [int(value) for value in keys]
        query = select(col(Contact.number), col(Contact.id)).where(among(session, col(Contact.number), numbers))
    elif key == "tax_number":
        norm = literal_column(derived.TAX_NORM, String)
        condition = col(Contact.tax_number).is_not(None), among(session, norm, keys)
        query = select(norm, col(Contact.id)).where(*condition)
    elif key == NAME_AND_BIRTH:
        return _people(session, actor, keys)
    else:
        query = select(col(Contact.external_id), col(Contact.id)).where(among(session, col(Contact.external_id), keys))
    found: dict[str, list[int]] = {}
    for value, id_ in session.execute(query.where(*visible_of_few(actor)).order_by(col(Contact.id))):
        ids = found.setdefault(str(value), [])
        if id_ not in ids:
            ids.append(id_)
    return found


def ids(session: Session, actor: Actor, numbers: Sequence[int]) -> dict[str, int]:
    """Ids of the contacts the actor may see, by number as text."""
    query = select(Contact.number, Contact.id).where(among(session, col(Contact.number), numbers))
    return {str(number): id_ for number, id_ in session.execute(query.where(*visible_of_few(actor)))}


def numbers(session: Session, actor: Actor, ids: Sequence[int]) -> dict[int, int]:
    """The numbers of these contacts, by id, as far as the actor may see them."""
    if not ids:
        return {}
    query = select(Contact.id, Contact.number).where(among(session, col(Contact.id), ids), *visible_of_few(actor))
    return {id_: number for id_, number in session.exec(query) if id_ is not None}


def present(session: Session, actor: Actor, ids: Sequence[int]) -> set[int]:
    """Those of these contacts that are still there and that the actor may see."""
    return set(numbers(session, actor, ids))


def _people(session: Session, actor: Actor, keys: Sequence[str]) -> dict[str, list[int]]:
    names = list(dict.fromkeys(key.rpartition("|")[0] for key in keys))
    query = (
        select(col(Contact.sort_name), col(Contact.birth_date), col(Contact.id))
        .where(among(session, col(Contact.sort_name), names), col(Contact.birth_date).is_not(None))
        .where(*visible_of_few(actor))
        .order_by(col(Contact.id))
    )
    wanted, found = set(keys), dict[str, list[int]]()
    for name, born, id_ in session.execute(query):
        if born is not None and (key := f"{name}|{born.isoformat()}") in wanted:
            found.setdefault(key, []).append(id_)
    return found
