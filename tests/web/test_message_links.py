from urllib.parse import quote

from crm_app.models import Message, MessageState
from crm_app.services import database
from crm_app.services.messages import tracking
from tests.services.messages.test_tracking import dressed
from tests.web.conftest import Site


def sent() -> int:
    with database.transaction() as session:
        made = Message(kind="campaign", channel="email", state=MessageState.SENT)
        session.add(made)
        session.flush()
        return made.id or 0


async def test_the_picture_is_the_same_for_everybody_and_the_link_leads_on(site: Site) -> None:
    token, url, picture = dressed(sent())
    for path in (f"/m/{picture}.gif", "/m/1-nobody.gif"):
        shown = await site.http.get(path)
        assert (shown.status_code, shown.content) == (200, tracking.POINT)
        assert shown.headers["content-type"] == "image/gif" and "set-cookie" not in shown.headers
    led = await site.http.get(f"/m/{token}?u={quote(url, safe='')}")
    assert (led.status_code, led.headers["location"]) == (303, url)


async def test_it_leads_nowhere_else(site: Site) -> None:
    token, _, _ = dressed(sent())
    for where in ("https://evil.example", "//evil.example", "javascript:alert(1)", ""):
        assert (await site.http.get(f"/m/{token}?u={quote(where, safe='')}")).status_code == 404
