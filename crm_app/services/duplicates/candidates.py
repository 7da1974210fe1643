"""Stored contacts that have something telling in common with one person, through indexes that are there anyway:
e-mails and phones, tax number, order of names, full text.
"""

from collections import Counter
from collections.abc import Iterator

from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy import text as sql
from sqlmodel import Session, col, select

from crm_app.models import Contact, ContactPoint, PointKind
from crm_app.services.actor import Actor
from crm_app.services.bulk import among
from crm_app.services.contacts import derived, search
from crm_app.services.contacts.visibility import visible
from crm_app.services.duplicates import spelling
from crm_app.services.duplicates.prepared import Raw
from crm_app.services.fields.registry import parse
from crm_app.services.fields.verdict import FieldContext
from crm_app.services.folding import fold

MOST = 150  # of one kind, and in all: more have too little in common with anybody
FORMS = 12  # of a first name
_TELLING = 10  # as much as so many likenesses of names
_LONG = 4  # letters of a word that says something


def of(session: Session, actor: Actor, wanted: Raw) -> list[int]:
    """Ids of visible contacts of the same branch, those first that have most in common; MOST at most."""
    found: Counter[int] = Counter()
    for condition, telling in _conditions(session, wanted):
        query = select(Contact.id).where(condition, Contact.branch_id == wanted.branch, *visible(actor)).limit(MOST)
        for id_ in session.exec(query):
            found[id_ or 0] += telling
    return [id_ for id_, _ in found.most_common(MOST)]


def _conditions(session: Session, wanted: Raw) -> Iterator[tuple[ColumnElement[bool], int]]:
    """With how much each says."""
    norms = [*wanted.emails, *wanted.phones]
    if norms:
        holders = select(ContactPoint.contact_id).where(
            col(ContactPoint.kind).in_((PointKind.EMAIL, PointKind.PHONE)),
            among(session, col(ContactPoint.norm), norms),
        )
        yield col(Contact.id).in_(holders), _TELLING
    if wanted.tax_number:
        norm = parse("tax_number", wanted.tax_number, FieldContext()).norm or wanted.tax_number
        yield and_(sql(f"{derived.TAX_NORM} = :tax").bindparams(tax=norm), col(Contact.id) > 0), _TELLING
    for condition in _named(
        session, fold(wanted.first_name or ""), fold(wanted.last_name or ""), fold(wanted.city or "")
    ):
        yield condition, 1
    start = fold(wanted.last_name or wanted.first_name or "")[:3]
    same = [col(Contact.birth_date) == wanted.birth_date] if wanted.birth_date else []
    same += [col(Contact.postal_code) == wanted.postal_code] if wanted.postal_code else []
    if len(start) == 3 and same:  # so few contacts begin with three letters that they are looked at one by one
        yield and_(_begins(start), or_(*same)), _TELLING // 2
    company = fold(wanted.company or "")
    if len(company) >= _LONG:
        yield _begins(company[:6]), 1
        if parts := _parts(spelling.company(company)[:6]):
            yield search.holds_all(session, parts), 1


def _named(session: Session, first: str, last: str, city: str) -> Iterator[ColumnElement[bool]]:
    """By both names in either order and in any known form of the first, with a slip in one half of either."""
    if first and last:
        yield or_(*[_begins(f"{last} {form}"[:-1]) for form in spelling.forms(first)[:FORMS] if form])
        yield _begins(f"{first} {last[:2]}")
    if len(last) >= 3:
        yield _begins(last[: max(3, len(last) - 2)])
    elif not last and len(first) >= 3:
        yield _begins(first)
    for whole, slip in ((first, last), (last, first), (city, last), (city, first)):
        if len(whole) < 3 or len(slip) < _LONG:
            continue
        for half in {slip[:_LONG], slip[-_LONG:]}:
            if parts := _parts(half):
                yield search.holds_all(session, [*_parts(whole.split()[0][:3]), *parts])


def _parts(text: str) -> list[str]:
    """All three letters that follow each other in it."""
    return [text[at : at + 3] for at in range(len(text) - 2) if text[at : at + 3].isalnum()]


def _begins(start: str) -> ColumnElement[bool]:
    """Contacts whose place in the order of names begins so."""
    return and_(col(Contact.sort_name) >= start, col(Contact.sort_name) < start + "\uffff")
