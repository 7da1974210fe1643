"""Generated over all routes beside the pages: who may not, changes nothing and is told nothing."""

import httpx
import pytest
from starlette.routing import Route

from crm_app import routes as paths
from crm_app.models import Attachment, Branch, CalendarEvent, Contact, Permission, Role, Task
from crm_app.models.base import now
from crm_app.models.permission import BUILT_IN_ROLES
from crm_app.services import database, sessions
from crm_app.web import attachments, downloads, uploads
from tests.conftest import add_user
from tests.database_rows import rows
from tests.web.conftest import HERE, Site, make_site

CANARY = "Canary-7f3a"
PRIVATE = [*downloads.routes(), *uploads.routes(), *attachments.routes()]
DESK = frozenset({Permission.CONTACTS_READ, Permission.EXPORT, Permission.USERS})
RIGHTS = {**{key: permissions for key, (_, permissions) in BUILT_IN_ROLES.items()}, "desk": DESK}
# What each route asks for; each is to be entered here.
ASKS = {
    paths.ATTACHMENT: Permission.CONTACTS_READ,
    paths.EVENT_FILE: Permission.CONTACTS_READ,
    paths.PERSON_EXPORT: Permission.CONSENT,
    paths.CERTIFICATE: Permission.CONSENT,
    paths.EXPORT_FILE: Permission.EXPORT,
    paths.IMPORT_TEMPLATE + ".{kind}": Permission.IMPORT,
    paths.FAILED_ROWS: Permission.IMPORT,
    paths.UPLOAD: Permission.IMPORT,
    paths.CONTACT_FILES: Permission.CONTACTS_EDIT,
}
REFUSED = {303, 401, 403, 404, 410, 422}


@pytest.fixture
def cookies(db) -> dict[str, str]:
    """A browser for each role, one of another branch, one that is disabled; and what they could ask for."""
    made = {"anonymous": "x" * 43}
    with database.transaction() as session:
        session.add(Role(key="desk", name="Desk", rank=15, permissions=sorted(DESK)))
        session.add(Branch(id=2, name="Elsewhere"))
        session.flush()
        users = {name: add_user(session, name, name) for name in RIGHTS}
        users["elsewhere"] = add_user(session, "elsewhere", "admin", branch_id=2)
        users["disabled"] = add_user(session, "gone", "admin")
        for name, user in users.items():
            made[name] = sessions.start(session, user)
        users["disabled"].active = False
        session.add(Contact(id=1, number=1, branch_id=1, last_name=CANARY, sort_name=CANARY, search_text=CANARY))
        session.flush()
        day = now().date()
        session.add(Task(contact_id=1, title=CANARY, due_day=day))
        session.add(CalendarEvent(contact_id=1, title=CANARY, starts_on=day, ends_on=day))
        session.add(
            Attachment(id=1, contact_id=1, name=f"{CANARY}.txt", stored="canary", size=3, media_type="text/plain")
        )
    return made


async def ask(site: Site, route: Route) -> httpx.Response:
    path = route.path.format(**dict.fromkeys(route.param_convertors, "1")).replace(".1", ".csv")
    if "POST" in (route.methods or ()):
        files = {"file": ("people.csv", b"first_name\nAda\n", "text/csv")}
        return await site.http.post(path, files=files, headers={"origin": HERE})
    return await site.http.get(path)


def test_every_route_says_what_it_asks_for() -> None:
    assert {route.path for route in PRIVATE} == ASKS.keys()


@pytest.mark.parametrize("who", ["anonymous", "disabled", "elsewhere", *RIGHTS])
async def test_who_may_not_changes_nothing_and_is_told_nothing(who: str, cookies: dict[str, str]) -> None:
    before, site = rows(), make_site(private=PRIVATE)
    site.http.cookies.set("session", cookies[who])
    for route in PRIVATE:
        if ASKS[route.path] in RIGHTS.get(who, ()):
            continue
        if who == "elsewhere" and not route.param_convertors.keys() - {"kind"}:
            continue  # names nothing of this branch
        answer = await ask(site, route)
        assert answer.status_code in REFUSED, (route.path, answer.status_code)
        assert CANARY not in answer.text and "@example.org" not in answer.text, route.path
        assert rows() == before, route.path
    await site.http.aclose()
