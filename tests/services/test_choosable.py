"""What people choose from."""

from crm_app.services import choosable, database, users
from crm_app.services.actor import SYSTEM, Actor


def test_statuses_stand_in_their_order(db: object) -> None:
    with database.reading() as session:
        positions = [status.position for status in choosable.statuses(session)]
    assert positions == sorted(positions) and positions


def test_colleagues_are_active_and_of_the_own_branches(bob: Actor, charlie: Actor) -> None:
    with database.transaction() as session:
        gone = users.add(session, SYSTEM, email="gone@example.org", name="Gone", role="staff")
        gone.active = False
        session.add(gone)
    with database.reading() as session:
        own = {user.id for user in choosable.colleagues(session, bob)}
        everybody = {user.id for user in choosable.colleagues(session, SYSTEM)}
    assert bob.user_id in own and charlie.user_id not in own
    assert charlie.user_id in everybody and gone.id not in everybody
