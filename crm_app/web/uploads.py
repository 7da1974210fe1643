"""A contact file comes in: the body of one POST is the file, its name stands in a header.

`?course=` names the course the file is meant for. The answer is JSON: `{"url": …}` of the import's next page, or
`{"error": …}` in the user's language.
"""

import asyncio
import contextlib
from urllib.parse import unquote

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

from crm_app import routes as paths
from crm_app.jobs import reading
from crm_app.locales import render
from crm_app.models import Permission
from crm_app.services import sessions
from crm_app.services.actor import Actor
from crm_app.services.errors import CRMError, NotPermitted
from crm_app.services.imports import uploads
from crm_app.web.visitors import token_of

NAME_HEADER = "x-file-name"  # percent-encoded UTF-8: headers hold no other alphabet


async def receive(request: Request) -> JSONResponse:
    """Takes the bytes as they come; a broken or refused upload leaves nothing behind."""
    actor: Actor = request.state.signed_in.actor
    name = unquote(request.headers.get(NAME_HEADER, ""))
    try:
        actor.require(Permission.IMPORT)
        stored = await _stored(request)
        course = request.query_params.get("course", "")
        import_id = await asyncio.to_thread(_begin, token_of(request.scope), name, stored, course)
    except ClientDisconnect:
        return JSONResponse({}, 400)  # nobody hears it; the gate answers when the file was too large
    except CRMError as error:
        status = 403 if isinstance(error, NotPermitted) else 422
        return JSONResponse({"error": render(error.message, actor.language)}, status)
    return JSONResponse({"url": paths.import_step(import_id, "read")}, 201)


async def _stored(request: Request) -> uploads.Stored:
    """The whole body on disk. Raises Invalid beyond the limit, ClientDisconnect when the sender left."""
    async with contextlib.AsyncExitStack() as stack:
        writing = uploads.receiving()
        receiver = await asyncio.to_thread(writing.__enter__)
        stack.push_async_exit(lambda *failed: asyncio.shield(asyncio.to_thread(writing.__exit__, *failed)))
        async for part in request.stream():
            await asyncio.to_thread(receiver.write, part)
    return receiver.stored


def _begin(token: str, name: str, stored: uploads.Stored, course: str) -> int:
    """For who is signed in now: a session may end while a large file is on its way."""
    found = sessions.look_up(token)
    if found is None:
        uploads.discard(stored.folder)
        raise NotPermitted(sessions.SIGNED_OUT)
    return reading.begin(found.actor, name, stored, _id(course) if course else None)


def _id(written: str) -> int:
    """An id out of an address; 0, which nothing has, for anything else."""
    return int(written) if written.isascii() and written.isdigit() and len(written) < 19 else 0


def routes() -> list[BaseRoute]:
    return [Route(paths.UPLOAD, receive, methods=["POST"])]
