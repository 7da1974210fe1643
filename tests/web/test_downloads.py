import httpx
import pytest
from starlette.applications import Starlette

from crm_app.services.actor import Actor
from crm_app.web import downloads


class SignedIn:
    def __init__(self, actor: Actor) -> None:
        self.actor = actor


def client(actor: Actor) -> httpx.AsyncClient:
    """The routes as the gate calls them: with the signed-in user in the request's state."""
    app = Starlette(routes=downloads.routes())

    async def gate(scope, receive, send):  # type: ignore[no-untyped-def]
        scope.setdefault("state", {})["signed_in"] = SignedIn(actor)
        await app(scope, receive, send)

    return httpx.AsyncClient(transport=httpx.ASGITransport(app=gate), base_url="http://test")


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
async def test_a_template_is_a_download_with_a_name(bob: Actor, kind: str) -> None:
    answer = await client(bob).get(f"/downloads/import-template.{kind}")
    assert answer.status_code == 200
    assert f'filename="Contacts to fill in.{kind}"' in answer.headers["content-disposition"]
    assert answer.headers["cache-control"] == "no-store"


async def test_a_viewer_is_refused_and_an_unknown_kind_is_not_found(victor: Actor, bob: Actor) -> None:
    assert (await client(victor).get("/downloads/import-template.csv")).status_code == 403
    assert (await client(bob).get("/downloads/import-template.pdf")).status_code == 404
