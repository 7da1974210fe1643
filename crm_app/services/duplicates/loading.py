"""Contacts read from the database for comparison, a slice at a time and only the columns that are compared."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from crm_app.models import Contact, ContactPoint, PointKind
from crm_app.services.bulk import among
from crm_app.services.duplicates.prepared import Raw

SLICE = 20_000
_COLUMNS = (
    "id", "branch_id", "first_name", "last_name", "company", "street", "postal_code", "city", "tax_number", "gender",
    "birth_date",
)  # fmt: skip


def everybody(session: Session, conditions: Sequence[ColumnElement[bool]]) -> Iterator[Raw]:
    """All contacts that meet the conditions, by id."""
    after = 0
    while True:
        query = _contacts().where(col(Contact.id) > after, *conditions).order_by(col(Contact.id)).limit(SLICE)
        rows = _rows(session, query)
        if not rows:
            return
        span = col(ContactPoint.contact_id).between(rows[0].id, rows[-1].id)
        yield from _with_points(session, rows, span)
        after = rows[-1].id


def some(session: Session, ids: Sequence[int], conditions: Sequence[ColumnElement[bool]]) -> list[Raw]:
    """Those of these contacts that meet the conditions, by id."""
    query = _contacts().where(among(session, col(Contact.id), ids), *conditions).order_by(col(Contact.id))
    rows = _rows(session, query)
    return list(_with_points(session, rows, among(session, col(ContactPoint.contact_id), ids)))


def _contacts() -> Any:
    return select(*[getattr(Contact, name) for name in _COLUMNS])


def _rows(session: Session, query: Any) -> Sequence[Any]:
    """What the query gives, past the session, which would put every row together once more."""
    return session.connection().execute(query).all()


def _with_points(session: Session, rows: Sequence[Any], span: ColumnElement[bool]) -> Iterator[Raw]:
    columns = [getattr(ContactPoint, name) for name in ("contact_id", "kind", "norm")]
    query = select(*columns).where(span, col(ContactPoint.kind) != PointKind.LINK)
    emails: dict[int, list[str]] = {}
    phones: dict[int, list[str]] = {}
    for contact_id, kind, norm in _rows(
        session, query.order_by(col(ContactPoint.primary).desc(), col(ContactPoint.id))
    ):
        (emails if kind == PointKind.EMAIL else phones).setdefault(contact_id, []).append(norm)
    for row in rows:
        id_ = row[0]
        yield Raw._make((*row, _each_once(emails.get(id_)), _each_once(phones.get(id_))))


def _each_once(norms: list[str] | None) -> tuple[str, ...]:
    if norms is None or len(norms) == 1:
        return tuple(norms or ())
    return tuple(dict.fromkeys(norms))
