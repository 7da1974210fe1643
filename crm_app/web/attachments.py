"""A file comes to a contact: the body of one POST is the file, its name stands in a header (like `web/uploads.py`).

The answer is JSON: empty, or `{"error": …}` in the user's language.
"""

import asyncio
import contextlib
from urllib.parse import unquote

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

from crm_app import routes as paths
from crm_app.locales import render
from crm_app.models import Permission
from crm_app.services import attachments, database, sessions
from crm_app.services.actor import Actor
from crm_app.services.contacts import cards
from crm_app.services.errors import CRMError, NotFound, NotPermitted
from crm_app.web.uploads import NAME_HEADER
from crm_app.web.visitors import token_of


async def receive(request: Request) -> JSONResponse:
    """Takes the bytes as they come; a broken or refused one leaves nothing behind."""
    actor: Actor = request.state.signed_in.actor
    value, name = request.path_params["number"], unquote(request.headers.get(NAME_HEADER, ""))
    number = int(value) if value.isascii() and value.isdigit() and len(value) < 19 else 0
    try:
        await asyncio.to_thread(_allowed, actor, number)
        receiver = await _received(request)
        await asyncio.to_thread(_keep, token_of(request.scope), number, name, receiver)
    except ClientDisconnect:
        return JSONResponse({}, 400)  # nobody hears it; the gate answers when the file was too large
    except CRMError as error:
        status = {NotPermitted: 403, NotFound: 404}.get(type(error), 422)
        return JSONResponse({"error": render(error.message, actor.language)}, status)
    return JSONResponse({}, 201)


async def _received(request: Request) -> attachments.Receiver:
    """The whole body on disk. Raises Invalid beyond the limit, ClientDisconnect when the sender left."""
    async with contextlib.AsyncExitStack() as stack:
        writing = attachments.receiving()
        receiver = await asyncio.to_thread(writing.__enter__)
        stack.push_async_exit(lambda *failed: asyncio.shield(asyncio.to_thread(writing.__exit__, *failed)))
        async for part in request.stream():
            await asyncio.to_thread(receiver.write, part)
    return receiver


def _allowed(actor: Actor, number: int) -> None:
    """Before any byte is read. Raises NotPermitted, NotFound."""
    actor.require(Permission.CONTACTS_EDIT)
    with database.reading() as session:
        cards.get(session, actor, number)


def _keep(token: str, number: int, name: str, received: attachments.Receiver) -> None:
    """For who is signed in now: a session may end while a file is on its way."""
    try:
        found = sessions.look_up(token)
        if found is None:
            raise NotPermitted(sessions.SIGNED_OUT)
        with database.transaction() as session:
            contact = cards.get(session, found.actor, number)
            attachments.add(session, found.actor, contact, name=name, stored=received.stored, size=received.size)
    except BaseException:
        attachments.discard(received.stored)
        raise


def routes() -> list[BaseRoute]:
    return [Route(paths.CONTACT_FILES, receive, methods=["POST"])]
