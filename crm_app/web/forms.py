"""What the edge's form pages share: reading a small form, working in a thread, and the answer of a sign-in."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from crm_app.locales import LANGUAGES, text
from crm_app.services import logins
from crm_app.web import cookies

P = ParamSpec("P")
R = TypeVar("R")

THROTTLED = text("Too many failed tries. Wait five minutes, then try again.")
NOT_EQUAL = text("The two passwords are not the same. Type both again.")
_threads = ThreadPoolExecutor(8, thread_name_prefix="edge")


async def in_thread(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Runs blocking work (database, password hashing) beside the event loop."""
    return await asyncio.get_running_loop().run_in_executor(_threads, partial(work, *args, **kwargs))


async def read(request: Request) -> dict[str, str]:
    """The fields of a posted form; files and doubles are dropped. NUL and half characters become `?`."""
    form = await request.form(max_files=1, max_fields=30)
    return {
        key: value.replace("\0", "").encode("utf-8", "replace").decode()
        for key, value in form.items()
        if isinstance(value, str)
    }


def address(request: Request) -> str:
    """The visitor's address as the gate found it."""
    return request.client.host if request.client else ""


def chosen_language(request: Request) -> str:
    """The language just chosen by one of the page's links, or empty."""
    chosen = request.query_params.get("lang", "")
    return chosen if chosen in LANGUAGES else ""


def in_language(request: Request, language: str) -> Response:
    """Remembers the language and shows the same page without `lang` in its address."""
    here = request.url.remove_query_params("lang")
    answer = RedirectResponse(f"{here.path}?{here.query}" if here.query else here.path, 303)
    cookies.set_language(answer, language)
    return answer


def retry_later(answer: Response) -> None:
    """Says when a throttled visitor may try again."""
    answer.headers["Retry-After"] = str(int(logins.WINDOW.total_seconds()))


def signed_in(target: str, token: str, language: str) -> Response:
    """On to where the visitor was going, with the new session's cookie."""
    answer = RedirectResponse(target, 303)
    cookies.set_session(answer, token)
    cookies.clear_waiting(answer)
    if language in LANGUAGES:
        cookies.set_language(answer, language)
    return answer
