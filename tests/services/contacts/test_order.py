"""The order of the list: walked by keyset, it is the order Python sorts in, for every pair of keys, forth and back."""

import itertools
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, select

from crm_app.models import Contact, LeadStatus, Lifecycle, User
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.contacts import fetching, listing, order, sorting, text_order
from crm_app.services.contacts.derived import sort_name
from crm_app.services.contacts.filter import ContactFilter
from crm_app.services.contacts.order import KEYS, Order, Sort
from crm_app.services.folding import fold

COMPANIES = (None, "Öl & Co", "öl & co", "Zeta", "alpha", "Łódź S.A.", "Ångström", "ALPHA")
CITIES = (None, "Berlin", "Bozen", "München", "berlin")
LIFECYCLES = tuple(Lifecycle)


def people(count: int, actor: Actor, session: Session) -> list[Contact]:
    """Contacts with many equal and many missing values."""
    choice = random.Random(7)
    statuses = [None, *session.exec(select(LeadStatus.id)).all()]
    owners = [None, *session.exec(select(User.id)).all()]
    start = datetime(2026, 1, 1, tzinfo=UTC)
    made = []
    for number in range(1, count + 1):
        values = {"last_name": choice.choice((None, "Ärger", "Berg", "Zorn")), "company": choice.choice(COMPANIES)}
        made.append(
            Contact(
                number=count + 1 - number if number % 2 else count + number,
                branch_id=actor.branch_id,
                city=choice.choice(CITIES),
                email=choice.choice((None, "a@example.org", "B@example.org", "c@example.org")),
                status_id=choice.choice(statuses),
                owner_id=choice.choice(owners),
                lifecycle=choice.choice(LIFECYCLES),
                sort_name=sort_name(values),
                created_at=start + timedelta(days=choice.randrange(4)),
                updated_at=start + timedelta(days=choice.randrange(3)),
                **values,
            )
        )
    session.add_all(made)
    session.flush()
    return made


def rank(session: Session) -> dict[str, Callable[[Contact], Any]]:
    """What each key compares, None for nothing."""
    places = {status.id: status.position for status in session.exec(select(LeadStatus)).all()}
    names = {user.id: fold(user.name) for user in session.exec(select(User)).all()}

    def text(name: str) -> Callable[[Contact], Any]:
        return lambda one: None if getattr(one, name) is None else text_order.key(getattr(one, name))

    return {
        "name": lambda one: one.sort_name,
        "number": lambda one: one.number,
        "created": lambda one: one.created_at,
        "updated": lambda one: one.updated_at,
        "company": text("company"),
        "city": text("city"),
        "email": text("email"),
        "status": lambda one: places.get(one.status_id),
        "owner": lambda one: names.get(one.owner_id),
        "lifecycle": lambda one: LIFECYCLES.index(Lifecycle(one.lifecycle)),
    }


def in_python(contacts: list[Contact], wanted: Order, keys: dict[str, Callable[[Contact], Any]]) -> list[int]:
    """Sorted from the last key to the first; who has no value stands last, whatever the direction."""
    last = wanted[-1]
    falling = last.descending and last.key not in ("status", "owner", "lifecycle")
    found = sorted(contacts, key=lambda one: one.id or 0, reverse=falling)
    if last.key in ("status", "owner", "lifecycle", "company", "city", "email"):
        found.sort(key=lambda one: one.sort_name, reverse=falling)
    for sort in reversed(wanted):
        value = keys[sort.key]
        filled = [one for one in found if value(one) is not None]
        filled.sort(key=value, reverse=sort.descending)
        found = filled + [one for one in found if value(one) is None]
    return [one.number for one in found]


def walked(session: Session, actor: Actor, wanted: ContactFilter) -> tuple[list[int], list[int]]:
    """All pages forth, and all pages back from the last one."""
    page = listing.page(session, actor, wanted, limit=17)
    forth = [one.number for one in page.contacts]
    while page.after is not None:
        page = listing.page(session, actor, wanted, after=page.after, limit=17)
        forth += [one.number for one in page.contacts]
    back = [one.number for one in page.contacts]
    while page.before is not None:
        page = listing.page(session, actor, wanted, before=page.before, limit=17)
        back = [one.number for one in page.contacts] + back
    return forth, back


DIRECTIONS = (False, True)
ORDERS = [
    *[(Sort(key, falling),) for key in KEYS for falling in DIRECTIONS],
    *[
        (Sort(first, falling), Sort(second, other))
        for first, second in itertools.permutations(KEYS, 2)
        for falling, other in itertools.product(DIRECTIONS, DIRECTIONS)
    ],
]


def test_every_pair_of_keys_is_walked_as_python_sorts_it(bob: Actor) -> None:
    with database.transaction() as session:
        contacts = people(45, bob, session)
        keys = rank(session)
        for wanted in ORDERS:
            forth, back = walked(session, bob, ContactFilter(order=wanted))
            assert forth == in_python(contacts, wanted, keys), order.dumps(wanted)
            assert back == forth, order.dumps(wanted)


def test_a_group_too_large_to_probe_is_answered_all_the_same(bob: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "PROBE", 3)
    with database.transaction() as session:
        contacts = people(60, bob, session)
        keys = rank(session)
        for wanted in ORDERS[::7]:  # each key first and second, each direction
            forth = walked(session, bob, ContactFilter(order=wanted))[0]
            assert forth == in_python(contacts, wanted, keys), order.dumps(wanted)


def test_a_key_with_very_many_values_is_ranked_and_not_gone_through(
    bob: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crm_app.services.contacts.walking.MOST_GROUPS", 2)
    with database.transaction() as session:
        contacts = people(60, bob, session)
        keys = rank(session)
        for wanted in ((Sort("status", True), Sort("company")), (Sort("owner"),), (Sort("city"), Sort("owner", True))):
            forth, back = walked(session, bob, ContactFilter(order=wanted))
            assert forth == back == in_python(contacts, wanted, keys)


@given(st.lists(st.text(alphabet="aAzZäÖßłŁŚé İşñ1-", max_size=6) | st.text(max_size=4), max_size=8))
def test_texts_are_compared_alike_in_the_database_and_in_python(texts: list[str]) -> None:
    """On SQLite; the walk above compares on both databases."""
    engine = database.make_engine("sqlite://")
    with engine.connect() as connection:
        for text in (one.replace("\0", "") for one in texts):
            sql = f"SELECT {sorting.text_key('company', True)} FROM (SELECT ? AS company)"
            assert connection.exec_driver_sql(sql, (text,)).scalar() == text_order.key(text)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("-status,name", (Sort("status", True), Sort("name"))),
        ("", order.BY_NAME),
        ("name", order.BY_NAME),
        ("nonsense,-city", (Sort("city", True),)),
        ("city,-city,name", (Sort("city"), Sort("name"))),
        ("city,name,number", (Sort("city"), Sort("name"))),
        ("own.shoe_size", (Sort("own.shoe_size"),)),
        ("own.'; DROP TABLE contact", order.BY_NAME),
    ],
)
def test_an_order_is_read_from_the_url_as_far_as_it_is_known(text: str, read: Order) -> None:
    assert order.loads(text) == read
    assert order.loads(order.dumps(read)) == read


def test_a_click_sorts_by_a_key_and_another_turns_it_round() -> None:
    assert order.first_by(order.BY_NAME, "city") == (Sort("city"),)
    assert order.first_by((Sort("city"), Sort("name")), "city") == (Sort("city", True),)


def test_a_click_with_shift_sorts_by_a_second_key() -> None:
    once = order.then_by((Sort("city"),), "created")
    assert once == (Sort("city"), Sort("created"))
    assert order.then_by(once, "created") == (Sort("city"), Sort("created", True))
    assert order.then_by(once, "city") == (Sort("city", True), Sort("created"))


def test_an_own_field_that_is_not_there_is_left_out_of_the_order(bob: Actor) -> None:
    with database.transaction() as session:
        contacts = people(5, bob, session)
        forth, _ = walked(session, bob, ContactFilter(order=(Sort("own.gone"), Sort("number"))))
        assert forth == sorted(one.number for one in contacts)
