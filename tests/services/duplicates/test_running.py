import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import Session, func, select

from crm_app.models import AuditEntry, DuplicateGroup, DuplicatePair, DuplicateSearch
from crm_app.services import database, demo
from crm_app.services.actor import SYSTEM, Actor
from crm_app.services.contacts import cards
from crm_app.services.duplicates import groups, running
from crm_app.services.errors import NotFound, NotPermitted
from tests.services.duplicates.conftest import Make, numbers, searched, shown

ANNA = {"first_name": "Anna", "last_name": "Kowalczyk", "email": "anna@example.org", "birth_date": "17.05.1980"}
PIOTR = {"first_name": "Piotr", "last_name": "Zieliński", "phone": "030 901820", "city": "Bonn"}


def change(number: int, **texts: str) -> None:
    with database.transaction() as session:
        cards.change(session, SYSTEM, cards.get(session, SYSTEM, number), texts)


def count(model: type) -> int:
    with database.reading() as session:
        return session.exec(select(func.count()).select_from(model)).one()


def test_groups_have_a_score_and_reasons(make: Make) -> None:
    make(**ANNA), make(**ANNA | {"first_name": "Ania"}), make(**PIOTR)
    (group,) = searched()
    assert [one.number for one in group.contacts] == [1, 2]
    assert group.score >= 90
    assert group.is_certain
    assert str(group.reasons[0]) in ("The same e-mail address", "Born on the same day")
    assert "Short or other form of the same first name" in [str(reason) for reason in group.reasons]


def test_a_search_leaves_an_audit_entry_with_counts_only(make: Make) -> None:
    make(**ANNA), make(**ANNA)
    searched()
    with database.reading() as session:
        entry = session.exec(select(AuditEntry).where(AuditEntry.action == "duplicates.search")).one()
    assert entry.data == {"contacts": 2, "groups": 1}


def test_a_second_search_takes_the_place_of_the_first(make: Make) -> None:
    make(**ANNA), make(**ANNA)
    assert numbers(searched()) == numbers(searched()) == [[1, 2]]
    assert (count(DuplicateSearch), count(DuplicateGroup), count(DuplicatePair)) == (1, 1, 1)


def test_who_may_not_change_many_does_not_search(bob: Actor) -> None:
    with pytest.raises(NotPermitted):
        running.run(database.engine(), bob)


def test_each_branch_is_searched_by_itself_and_seen_by_its_own(make: Make, alice: Actor, charlie: Actor) -> None:
    make(**ANNA), make(charlie, **ANNA), make(charlie, **ANNA)
    make(**PIOTR), make(**PIOTR)
    found = searched()
    assert numbers(found) == [[2, 3], [4, 5]]
    assert numbers(shown(alice)) == [[4, 5]]
    assert numbers(shown(charlie)) == [[2, 3]]
    mine = next(group for group in found if group.contacts[0].number == 4)
    with database.reading() as session:
        for group_id in (mine.id, 10**6):
            with pytest.raises(NotFound, match="not there any more"):
                groups.get(session, charlie, group_id)


def test_only_what_changed_is_compared_again(make: Make) -> None:
    for n in range(30):
        make(first_name=f"Eva{n}", last_name="Nowak", city="Bern", phone=f"030 90182{n}")
    searched()
    make(**ANNA), make(**ANNA)
    with database.transaction() as session:  # the thirty are no news to the next search
        session.execute(text("UPDATE contact SET updated_at = '2020-01-01 00:00:00' WHERE number <= 30"))
    outcome = running.run(database.engine(), SYSTEM)
    assert outcome.compared <= 2 * 30
    assert numbers(shown())[-1] == [31, 32]


def test_searching_what_changed_finds_what_a_whole_search_finds(db: Path) -> None:
    demo.fill(300, lambda line: None)
    searched()
    with database.transaction() as session:
        session.execute(text("UPDATE contact SET updated_at = '2020-01-01 00:00:00'"))
    with database.reading() as session:
        some = [cards.get(session, SYSTEM, number) for number in (5, 50, 100, 150, 200)]
    with database.transaction() as session:
        for one in some:
            texts = {name: getattr(one, name) or "" for name in ("first_name", "last_name", "email", "city", "street")}
            cards.create(session, SYSTEM, {**texts, "first_name": texts["first_name"][:3]})
    change(some[0].number, city="Elsewhere")
    part = {tuple(group) for group in numbers(searched())}
    whole = {tuple(group) for group in numbers(searched(everything=True))}
    assert part == whole
    assert len(whole) >= 5


def test_a_stopped_search_leaves_the_last_one(make: Make) -> None:
    make(**ANNA), make(**ANNA)
    searched()
    make(**PIOTR), make(**PIOTR)
    assert running.run(database.engine(), SYSTEM, should_stop=lambda: True).search_id is None
    assert numbers(shown()) == [[1, 2]]
    assert count(DuplicateSearch) == 1
    assert numbers(searched()) == [[1, 2], [3, 4]]


@pytest.mark.sqlite_only
@pytest.mark.parametrize("point", ["duplicates:read", "duplicates:compared", "duplicates:written"])
def test_a_killed_search_leaves_the_last_one_and_the_next_begins_anew(make: Make, point: str, db: Path) -> None:
    make(**ANNA), make(**ANNA)
    searched()
    make(**PIOTR), make(**PIOTR)
    code = (
        "from crm_app.services import database; from crm_app.services.actor import SYSTEM;"
        "from crm_app.services.duplicates import running; running.run(database.engine(), SYSTEM)"
    )
    environment = {**os.environ, "CRM_CRASH_AT": point, "CRM_DATA_DIR": str(db)}
    killed = subprocess.run([sys.executable, "-c", code], env=environment, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert numbers(shown()) == [[1, 2]]
    assert numbers(searched()) == [[1, 2], [3, 4]]
    assert (count(DuplicateSearch), count(DuplicateGroup), count(DuplicatePair)) == (1, 2, 2)


def test_progress_rises_to_a_hundred(make: Make) -> None:
    make(**ANNA), make(**ANNA)
    steps: list[int] = []
    running.run(database.engine(), SYSTEM, lambda done, total: steps.append(done))
    assert steps == sorted(steps)
    assert steps[-1] == 100


def test_a_contact_that_goes_takes_its_place_in_the_groups_along(make: Make) -> None:
    make(**ANNA), make(**ANNA)
    searched()
    with database.transaction() as session:
        session.delete(cards.get(session, SYSTEM, 2))
    assert shown() == []


def test_groups_come_a_page_at_a_time_the_surest_first(make: Make) -> None:
    for n in range(5):
        person = {"first_name": f"Anna{n}", "last_name": f"Kowal{n * 7}czyk", "city": "Bonn"}
        if n % 2:
            person["email"] = f"a{n}@example.org"
        make(**person), make(**person)
    whole = searched()
    assert [group.score for group in whole] == sorted((group.score for group in whole), reverse=True)
    found, after = [], None
    with database.reading() as session:
        while True:
            page = groups.page(session, SYSTEM, after=after, limit=2)
            assert page.total == len(whole)
            found += page.groups
            after = page.after
            if after is None:
                break
    assert [group.id for group in found] == [group.id for group in whole]


def test_how_much_changed_since_is_known(make: Make) -> None:
    with database.reading() as session:
        assert running.changed_since(session, running.latest(session)) == 0
    make(**ANNA)
    with database.reading() as session:
        assert running.changed_since(session, running.latest(session)) == 1
    searched()
    with Session(database.engine()) as session:
        assert running.changed_since(session, running.latest(session)) == 0
