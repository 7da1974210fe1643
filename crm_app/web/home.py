"""Where `/` leads: to the contacts, until there is a start page."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from crm_app import routes as paths


async def home(_request: Request) -> Response:
    return RedirectResponse(paths.CONTACTS, 303)


def routes() -> list[BaseRoute]:
    return [Route(paths.HOME, home, methods=["GET"])]
