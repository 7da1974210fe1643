"""Whatever stands in a link: a condition is answered or refused in a sentence, never an error, never everybody."""

import pytest
from sqlmodel import select

from crm_app.models import Contact, CustomField, FieldType
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.contacts.filter import ContactFilter
from crm_app.services.errors import Invalid
from crm_app.services.filters import compiling, subjects
from crm_app.services.filters.operators import OPERATORS, Kind
from crm_app.services.filters.tree import Condition, Group

VALUES = ["", " ", "0", "-1", "²", "٣", "9" * 30, "1e400", "nan", "0001-01-01", "9999-12-31", "2026-02-30", "a\x00b",
          "\ud800", "'; DROP TABLE contact", "[", "me", "*" * 200]  # fmt: skip


OF_CLOCKS = (Kind.DATE, Kind.MOMENT, Kind.ACTIVITY)  # the zone of who asks counts


@pytest.mark.parametrize(("zone", "kinds"), [("Europe/Berlin", tuple(Kind)), ("America/Los_Angeles", OF_CLOCKS)])
def test_every_subject_takes_or_refuses_any_value(bob: Actor, zone: str, kinds: tuple[Kind, ...]) -> None:
    asker = Actor(bob.user_id, bob.name, bob.permissions, bob.branch_ids, bob.branch_id, timezone=zone)
    with database.transaction() as session:
        for kind in (FieldType.NUMBER, FieldType.DATE, FieldType.CHOICES, FieldType.YES_NO):
            session.add(CustomField(key=f"own_{kind.value}", label=kind.value, type=kind, options=["a"]))
    answered = refused = 0
    with database.reading() as session:
        known = {name: one for name, one in subjects.known(session).items() if one.kind in kinds}
        for name, subject in known.items():
            for operator in OPERATORS[subject.kind]:
                for values in [(), *[(value,) for value in VALUES], *[(value, value) for value in VALUES]]:
                    group = Group(items=(Condition(name, operator.name, values),))
                    try:
                        condition = compiling.compiled(session, asker, group)
                    except Invalid:
                        refused += 1
                        continue
                    session.exec(select(Contact.id).where(condition).limit(1)).all()
                    answered += 1
    assert answered and refused


@pytest.mark.parametrize("name", ["segment", "import"])
@pytest.mark.parametrize("value", ["x", "-1", "²", "9" * 30, "1.5"])
def test_ids_in_a_link_are_numbers_a_database_can_hold(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        ContactFilter.from_params({name: value})
