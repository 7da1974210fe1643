"""What contacts can be asked for of their orders, visits and payments: the last ones, and what they came to."""

from typing import Any

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, select

from crm_app.locales import text
from crm_app.models import Contact, Interaction, InteractionKind
from crm_app.services import installation, interactions, money
from crm_app.services.fields.registry import FieldGroup
from crm_app.services.filters import columns, subjects
from crm_app.services.filters.operators import Kind
from crm_app.services.filters.questions import Build, Question, Subject


def _last(kind: InteractionKind) -> Build:
    def build(session: Session, asked: Question) -> ColumnElement[bool]:
        rows = select(Interaction.contact_id).where(Interaction.kind == kind).group_by(col(Interaction.contact_id))
        return _those(session, func.max(Interaction.at), rows, columns.by_moment, asked)

    return build


def _revenue(session: Session, asked: Question) -> ColumnElement[bool]:
    """In the installation's currency: what was paid in another one cannot be added to it."""
    currency = installation.current(session).currency
    one = 1 / money.decimal(1, currency)  # how many of the smallest units
    values = tuple(round(value * float(one), 6) for value in asked.values)
    scaled = Question(asked.operator, values, asked.asker)
    spent = interactions.revenue().subquery()
    rows = select(spent.c.contact_id).where(spent.c.currency == currency).group_by(spent.c.contact_id)
    return _those(session, func.sum(spent.c.amount), rows, columns.by_number, scaled)


def _those(session: Session, figure: Any, rows: Any, by: Any, asked: Question) -> ColumnElement[bool]:
    """Contacts by a figure of their own rows; without any they have none. The rows are gone through once."""
    if asked.operator in ("empty", "filled"):
        has_any = col(Contact.id).in_(rows)
        return has_any if asked.operator == "filled" else ~has_any
    return col(Contact.id).in_(rows.having(by(session, figure, asked)))


subjects.register(Subject("last_visit", text("Last visit"), Kind.MOMENT, FieldGroup.CRM, _last(InteractionKind.VISIT)))
subjects.register(Subject("last_order", text("Last order"), Kind.MOMENT, FieldGroup.CRM, _last(InteractionKind.ORDER)))
subjects.register(Subject("revenue", text("Total revenue"), Kind.NUMBER, FieldGroup.CRM, _revenue))
