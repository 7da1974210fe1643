"""What the frame of every page knows of who is signed in."""

from typing import Any

import pytest

from crm_app.models.permission import BUILT_IN_ROLES
from crm_app.services import database, sessions
from crm_app.state.session import SessionState
from tests.conftest import add_user
from tests.state.events import Tab, app


@pytest.mark.parametrize("role", BUILT_IN_ROLES)
async def test_only_who_may_import_is_shown_the_ways_to_it(role: str, db: Any) -> None:
    with database.transaction() as session:
        cookie = "session=" + sessions.start(session, add_user(session, role, role))
    async with Tab(app, cookie) as tab:
        await tab.fire(SessionState.load)
        assert (await tab.state(SessionState)).may_import is (role != "viewer")
