from dataclasses import replace

import pytest

from crm_app.models import Tag
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.filters.tree import Condition, Group, Match
from crm_app.services.filters.words import Words


def said(actor: Actor, item: Condition | Group) -> str:
    with database.reading() as session:
        return Words(session, actor).of(item)


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (Condition("city", "is", ("Berlin",)), "City is “Berlin”"),
        (Condition("email", "empty"), "E-mail is empty"),
        (Condition("lifecycle", "any", ("lead", "customer")), "Lifecycle is any of Lead, Customer"),
        (Condition("country", "none", ("DE",)), "Country is none of Germany"),
        (Condition("owner", "any", ("me",)), "Responsible is any of Me"),
        (Condition("tags", "any", ("999",)), "Tags has any of (removed)"),
        (Condition("birth_date", "yearly_month", ("2",)), "Date of birth comes round in February"),
        (Condition("birth_date", "between", ("2000-01-01", "2000-12-31")),
         "Date of birth is between Jan 1, 2000 and Dec 31, 2000"),
        (Condition("number", "min", ("10000",)), "Number is at least 10,000"),
        (Condition("created_at", "this", ("week",)), "Added is this week"),
        (Condition("activity", "idle", ("90",)), "Activity none for 90 days"),
        (Condition("shoe_size", "is", ("43",)), "a field that is not there any more"),
    ],
)  # fmt: skip
def test_a_condition_reads_like_a_sentence(bob: Actor, condition: Condition, words: str) -> None:
    assert said(bob, condition) == words


def test_groups_and_long_lists(bob: Actor) -> None:
    with database.transaction() as session:
        tags = [Tag(name=f"T{n}", folded=f"t{n}") for n in range(5)]
        session.add_all(tags)
        session.flush()
        ids = tuple(str(tag.id) for tag in tags)
    either = Group(Match.ANY, (Condition("city", "is", ("Rom",)), Condition("tags", "any", ids)))
    group = Group(Match.NONE, (either, Condition("email", "filled")))
    assert said(bob, group) == "not ((City is “Rom” or Tags has any of T0, T1, T2 and 2 more) or E-mail is filled)"


def test_in_german(bob: Actor) -> None:
    assert said(replace(bob, language="de"), Condition("city", "is", ("Berlin",))) == "Ort ist „Berlin“"
