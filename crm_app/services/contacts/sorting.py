"""The keys a list can be sorted by. Each is served by an index of `models/contact.py` or `services/schema.py`."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, String, UnaryExpression, case, literal, literal_column
from sqlalchemy.sql import coercions, operators, roles
from sqlmodel import Session, col, select

from crm_app.models import Contact, LeadStatus, Lifecycle, User
from crm_app.services import custom_fields, database
from crm_app.services.contacts import own_values, text_order
from crm_app.services.contacts.order import OWN, Order, Sort
from crm_app.services.fields.registry import Field, FieldKind
from crm_app.services.folding import fold

MOST_GROUPS = 40  # more values than that are ranked in the query and not gone through one by one
SORTABLE = frozenset({FieldKind.TEXT, FieldKind.AMOUNT, FieldKind.DATE, FieldKind.CHOICE})


@dataclass(frozen=True, slots=True)
class Step:
    """One key of an order, ready to be walked. `groups` are the only values it has, in their order; a contact without
    a value comes last, also in a falling order.
    """

    column: Any
    falling: bool = False
    is_nullable: bool = False
    nulls_last: bool = True
    blank: Any = ""  # the lowest value of the column's type; stands for no value where both are compared at once
    groups: tuple[Any, ...] | None = None
    named: bool = False  # its index goes on with the name: many contacts share a value

    @property
    def reversed(self) -> "Step":
        groups = None if self.groups is None else self.groups[::-1]
        return replace(self, falling=not self.falling, nulls_last=not self.nulls_last, groups=groups)

    @property
    def is_filled(self) -> ColumnElement[bool]:
        """As a range, so that indexes on expressions serve it on SQLite."""
        found: ColumnElement[bool] = self.column >= self.blank
        return found

    @property
    def rank(self) -> ColumnElement[int]:
        """The place of the value among the groups, behind all of them for none."""
        places = {value: place for place, value in enumerate(self.groups or ())}
        if not places:
            return literal(0)
        return case(places, value=self.column, else_=len(places) if self.nulls_last else -1)


def steps(session: Session, order: Order) -> list[Step]:
    """The order as it is walked: its keys, then the name where many contacts share a value, then the id: no two
    contacts are alike in it. Keys that are not there (any more) are left out.
    """
    found = [step for sort in order if (step := _step(session, sort)) is not None] or [Step(Contact.sort_name)]
    last = found[-1]
    falling = last.falling and last.groups is None
    if last.named and not any(step.column is Contact.sort_name for step in found):
        found.append(Step(Contact.sort_name, falling))
    found.append(Step(Contact.id, falling))
    return found


def as_served(steps: list[Step]) -> list[Step]:
    """The same steps for SQLite. The first key's index serves the key itself, names within it where many share a value,
    and the id behind them; for the rest no other index must be looked for, or all contacts are walked for a few.
    """
    first = steps[0]
    served = [first, *[step for step in steps[1:2] if step.column is Contact.sort_name and first.named]]
    rest = steps[len(served) :]
    return [*served, *(rest if len(rest) == 1 else [replace(step, column=_unindexed(step.column)) for step in rest])]


def _unindexed(column: Any) -> ColumnElement[Any]:
    found = coercions.expect(roles.ExpressionElementRole, column)
    return UnaryExpression(found, operator=operators.custom_op("+"), type_=found.type)


def own_sortable(session: Session) -> dict[str, Field]:
    """The own fields with an index of their own, by key."""
    own = custom_fields.all_of(session)
    return {key: field for key, field in own.items() if field.kind in SORTABLE and field.is_fast}


def _step(session: Session, sort: Sort) -> Step | None:
    if sort.key.startswith(OWN):
        field = own_sortable(session).get(sort.key.removeprefix(OWN))
        return _own(session, field, sort.descending) if field is not None else None
    if sort.key in _GROUPS:
        column, groups = _GROUPS[sort.key]
        values = groups(session)
        if sort.descending:
            values.reverse()
        return Step(column, is_nullable=sort.key != "lifecycle", groups=tuple(values), named=True)
    if sort.key in _TEXTS:
        return Step(_text(session, sort.key), sort.descending, is_nullable=True, named=True)
    return Step(_PLAIN[sort.key], sort.descending)


def _own(session: Session, field: Field, falling: bool) -> Step:
    blank = float("-inf") if field.kind is FieldKind.AMOUNT else ""
    return Step(own_values.column(session, field), falling, is_nullable=True, blank=blank, named=True)


def _text(session: Session, name: str) -> ColumnElement[str]:
    return literal_column(text_key(f"contact.{name}", database.is_sqlite(session)), String)


def text_key(column: str, is_sqlite: bool) -> str:
    """The SQL of a text column's sort key; there is an index on exactly this."""
    if column.rpartition(".")[2] == "email":  # ASCII, but for a few
        return f"lower({column})" if is_sqlite else f'lower({column} COLLATE "C")'
    return text_order.sqlite(column) if is_sqlite else text_order.postgres(column)


def _statuses(session: Session) -> list[Any]:
    return list(session.execute(select(LeadStatus.id).order_by(col(LeadStatus.position), col(LeadStatus.id))).scalars())


def _owners(session: Session) -> list[Any]:
    users = session.execute(select(User.id, User.name)).all()
    return [id_ for id_, _ in sorted(users, key=lambda user: (fold(user[1]), user[0]))]


def _lifecycles(session: Session) -> list[Any]:
    return list(Lifecycle)


_TEXTS = ("company", "city", "email")
_PLAIN: dict[str, Any] = {
    "name": Contact.sort_name,
    "number": Contact.number,
    "created": Contact.created_at,
    "updated": Contact.updated_at,
}
_GROUPS: dict[str, tuple[Any, Callable[[Session], list[Any]]]] = {
    "status": (Contact.status_id, _statuses),
    "owner": (Contact.owner_id, _owners),
    "lifecycle": (Contact.lifecycle, _lifecycles),
}
