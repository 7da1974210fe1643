"""Catalogues for the browser: `/i18n/boot.js` in the visitor's language, `/i18n/<language>.json` for switching."""

import gzip
import hashlib
from functools import cache

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from crm_app import locales
from crm_app.locales import browser
from crm_app.web.rendering import language_of


@cache
def _packed(language: str) -> tuple[bytes, bytes, str]:
    plain = browser.boot_script(language)
    return plain, gzip.compress(plain, mtime=0), f'"{hashlib.sha256(plain).hexdigest()[:20]}"'


async def boot(request: Request) -> Response:
    """A blocking script, so kept small: gzip, and 304 as long as nothing changed."""
    plain, packed, etag = _packed(language_of(request))
    headers = {"ETag": etag, "Cache-Control": "no-cache", "Vary": "Cookie, Accept-Language, Accept-Encoding"}
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(packed, media_type="text/javascript", headers={**headers, "Content-Encoding": "gzip"})
    return Response(plain, media_type="text/javascript", headers=headers)


async def catalogue(request: Request) -> Response:
    language = request.path_params["language"]
    if language not in locales.LANGUAGES:
        return Response(status_code=404)
    return JSONResponse(browser.catalogue(language), headers={"Cache-Control": "no-cache"})


def routes() -> list[BaseRoute]:
    return [Route("/i18n/boot.js", boot), Route("/i18n/{language}.json", catalogue)]
