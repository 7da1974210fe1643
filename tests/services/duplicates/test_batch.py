import pytest
from sqlmodel import func, select

from crm_app.models import Contact
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.duplicates import batch
from crm_app.services.errors import NotPermitted
from tests.services.duplicates.conftest import Make, numbers, searched, shown
from tests.services.duplicates.people import Invented


@pytest.fixture
def crowd(make: Make, charlie: Actor) -> None:
    """Thirty certain pairs, one of another branch, and one that only a name holds together."""
    for row in Invented(30, doubles=0).rows:
        for last in (f"{row.last_name}", f"{row.last_name}".upper()):
            make(first_name=row.first_name or "", last_name=last, email=f"{row.last_name}@example.org")
    for _ in range(2):
        make(charlie, first_name="Ola", last_name="Elsewhere", email="ola@example.org")
    for _ in range(2):
        make(first_name="Zbigniew", last_name="Brzezinski")
    searched()


def test_the_preview_counts_what_the_actor_sees(crowd: None, alice: Actor, bob: Actor) -> None:
    with database.reading() as session:
        found = batch.preview(session, alice)
        assert (found.groups, found.contacts, found.fewer) == (30, 60, 30)
        with pytest.raises(NotPermitted):
            batch.preview(session, bob)


def test_certain_ones_become_one_and_the_others_stay(crowd: None, alice: Actor, bob: Actor) -> None:
    steps: list[tuple[int, int]] = []
    done = batch.merge_certain(database.engine(), alice, lambda *step: steps.append(step))
    assert (done.groups, done.fewer, done.failed) == (30, 30, 0)
    assert steps[-1] == (30, 30)
    assert numbers(shown()) == [[61, 62], [63, 64]]
    with database.reading() as session:
        assert session.exec(select(func.count()).select_from(Contact)).one() == 34
    assert batch.merge_certain(database.engine(), alice) == batch.Merged()
    with pytest.raises(NotPermitted):
        batch.merge_certain(database.engine(), bob)


def test_stopped_it_goes_on_with_those_left(crowd: None, alice: Actor) -> None:
    asked = iter([False, True])
    first = batch.merge_certain(database.engine(), alice, should_stop=lambda: next(asked))
    assert first.groups == batch.CHUNK
    assert batch.merge_certain(database.engine(), alice).groups == 30 - batch.CHUNK
