"""Any filter that can be built gives what a plain evaluation in Python gives, on both databases."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import col, select

from crm_app.models import Contact
from crm_app.models.base import now
from crm_app.services import database, next_step
from crm_app.services.actor import Actor
from crm_app.services.filters import compiling, subjects, tree
from crm_app.services.filters.operators import OPERATORS, Operator, Takes
from crm_app.services.filters.questions import ME, Asker, Subject
from crm_app.services.filters.tree import Condition, Group, Match
from tests.services.filters import people
from tests.services.filters.evaluation import Evaluation
from tests.services.filters.people import World

ASKED = ["number", "first_name", "last_name", "company", "city", "street", "notes", "source", "email", "birth_date",
         "registered_at", "created_at", "gender", "country", "lifecycle", "status", "owner", "active", "tags", "import",
         "privacy_accepted", "activity", "consent_email", "own_text", "own_number", "own_date", "own_yes", "own_choice",
         "own_choices", "mailable", "consent_group_4", next_step.SUBJECT, "last_visit", "revenue", "course",
         "offer", "enrolment_status", "course_ends", "open_amount", "overdue", "has_paid", "form"]  # fmt: skip
DAYS = st.integers(-400, 40).map(lambda away: (now().date() + timedelta(days=away)).isoformat())
FEW_DAYS = st.integers(0, 400).map(str)
NUMBERS = st.sampled_from(["0", "1", "2.5", "2,5", "-3", "500", "1000", "1e3"])


@pytest.fixture
def world(bob: Actor) -> World:
    with database.transaction() as session:
        return people.make(session, bob, 1_000)


def choices(subject: Subject, world: World) -> list[str]:
    in_database = {"status": world.statuses, "tags": world.tags, "import": world.imports,
                   "course": world.courses, "offer": world.offers}  # fmt: skip
    if subject.name in in_database:
        return [*map(str, in_database[subject.name])]
    if subject.name == "owner":
        return [ME]
    return [value for value, _ in subject.options] or ["DE", "IT", "FR"]


def values(subject: Subject, operator: Operator, world: World) -> Any:
    one: dict[Takes, Any] = {
        Takes.TEXT: st.sampled_from([*people.WORDS, "an", "ANN", "p1", "b", "ß", "%", "ö M", "lin b", "nobody"]),
        Takes.NUMBER: NUMBERS,
        Takes.TWO_NUMBERS: NUMBERS,
        Takes.DAY: DAYS,
        Takes.TWO_DAYS: DAYS,
        Takes.DAYS: FEW_DAYS,
        Takes.SPAN: st.sampled_from(["day", "week", "month", "year"]),
        Takes.MONTH: st.sampled_from(["this", "next", "1", "2", "12"]),
    }
    if operator.takes is Takes.NOTHING:
        return st.just(())
    if operator.takes is Takes.SOME:
        return st.lists(st.sampled_from(choices(subject, world)), min_size=1, max_size=3, unique=True).map(tuple)
    if operator.takes in (Takes.TWO_NUMBERS, Takes.TWO_DAYS):
        return st.tuples(one[operator.takes], one[operator.takes])
    return one[operator.takes].map(lambda value: (value,))


def condition(data: st.DataObject, every: list[tuple[Subject, Operator]], world: World) -> Condition:
    subject, operator = every[data.draw(st.integers(0, len(every) - 1))]
    return Condition(subject.name, operator.name, data.draw(values(subject, operator, world)))


def group(data: st.DataObject, every: list[tuple[Subject, Operator]], world: World, depth: int = 0) -> Group:
    items: list[Condition | Group] = []
    for _ in range(data.draw(st.integers(1, 3))):
        is_group = depth < 2 and data.draw(st.integers(0, 3)) == 0
        items.append(group(data, every, world, depth + 1) if is_group else condition(data, every, world))
    return Group(data.draw(st.sampled_from(Match)), tuple(items))


def test_sql_equals_python(world: World, bob: Actor) -> None:
    with database.reading() as session:
        known = subjects.known(session)
        every = [(known[name], operator) for name in ASKED for operator in OPERATORS[known[name].kind]]

        @settings(max_examples=400, suppress_health_check=list(HealthCheck))
        @given(st.sampled_from(["Europe/Berlin", "America/Los_Angeles"]), st.data())
        def holds(zone: str, data: st.DataObject) -> None:
            asker = Actor(bob.user_id, bob.name, bob.permissions, bob.branch_ids, bob.branch_id, timezone=zone)
            wanted = group(data, every, world)
            read = tree.loads(tree.dumps(wanted))
            assert read == wanted
            query = select(Contact.number).where(compiling.compiled(session, asker, read)).order_by(col(Contact.number))
            plain = Evaluation(bob.user_id or 0, zone, Asker.of(asker).today)
            expected = [person.values["number"] for person in world.people if plain.holds(wanted, person)]
            assert session.exec(query).all() == expected

        holds()


def test_every_comparison_of_every_subject(world: World, bob: Actor) -> None:
    """Not left to chance: each once, with the first value that comes."""
    with database.reading() as session:
        known = subjects.known(session)
        plain = Evaluation(bob.user_id or 0, bob.timezone, Asker.of(bob).today)
        for name in ASKED:
            for operator in OPERATORS[known[name].kind]:
                wanted = Group(items=(Condition(name, operator.name, first_values(known[name], operator, world)),))
                query = select(Contact.number).where(compiling.compiled(session, bob, wanted))
                expected = {person.values["number"] for person in world.people if plain.holds(wanted, person)}
                assert set(session.exec(query).all()) == expected, wanted


def first_values(subject: Subject, operator: Operator, world: World) -> tuple[str, ...]:
    today = now().date().isoformat()
    found = {
        Takes.NOTHING: (),
        Takes.TEXT: ("an",),
        Takes.NUMBER: ("1",),
        Takes.TWO_NUMBERS: ("0", "2.5"),
        Takes.DAY: (today,),
        Takes.TWO_DAYS: ("2026-01-01", today),
        Takes.DAYS: ("30",),
        Takes.SPAN: ("month",),
        Takes.MONTH: ("this",),
    }
    return found[operator.takes] if operator.takes in found else tuple(choices(subject, world)[:2])
