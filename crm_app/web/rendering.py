"""The edge's plain pages: templates, the language of a visitor, and the stylesheet with its version."""

from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from crm_app import cookies
from crm_app.locales import DEFAULT, LANGUAGES, Text, render, text
from crm_app.web.headers import EDGE_POLICY

_FOLDER = Path(__file__).parent
_FONT_PARTS = {"latin-ext": "U+0100-02BA,U+1E00-1E9F,U+20A0-20AB", "latin": "U+0000-00FF,U+2000-206F,U+20AC,U+2122"}
_fonts = ""
_WORDS = {"product": text("CRM"), "languages": text("Language")}


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(_FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def page(
    request: Request,
    template: str,
    words: dict[str, Text],
    *,
    status: int = 200,
    language: str = "",
    spoken: Mapping[str, str] = LANGUAGES,
    policy: str = EDGE_POLICY,
    **values: Any,
) -> HTMLResponse:
    """A page in `language`, else in the visitor's. `words` are its texts; a Text among `values` is rendered as well."""
    language = language or language_of(request)
    shown = {key: render(value, language) if isinstance(value, Text) else value for key, value in values.items()}
    html = (
        _templates()
        .get_template(template)
        .render(
            w={key: render(value, language) for key, value in {**_WORDS, **words}.items()},
            language=language,
            language_links=[(code, name, _with_language(request, code)) for code, name in spoken.items()],
            stylesheet=f"/edge/{stylesheet_version()}.css",
            **shown,
        )
    )
    return HTMLResponse(
        html,
        status,
        {"Content-Security-Policy": policy, "Cache-Control": "no-store", "Content-Language": language},
    )


def message(
    request: Request,
    title: Text,
    body: Text,
    *,
    status: int = 200,
    link: tuple[str, Text] | None = None,
    more: Mapping[str, Text] | None = None,
    **shown: Any,
) -> HTMLResponse:
    """A page that says one thing, with at most one way on; `more` texts and what is `shown` as `page` takes them."""
    words = {"title": title, "body": body, **(more or {})}
    if link:
        words["link"] = link[1]
    return page(request, "message.html", words, status=status, href=link[0] if link else "", **shown)


def language_of(request: Request) -> str:
    """Chosen on a page before (cookie), else the first of the browser's languages we speak."""
    chosen = request.query_params.get("lang") or cookies.read(request.headers.get("cookie", ""), cookies.LANGUAGE)
    if chosen in LANGUAGES:
        return chosen
    for part in request.headers.get("accept-language", "")[:500].split(","):
        primary = part.partition(";")[0].strip().partition("-")[0].lower()
        if primary in LANGUAGES:
            return primary
    return DEFAULT


def use_fonts_of(build: Path | None) -> None:
    """Takes the font from the finished frontend, so that these pages look like the app. Called once, at start."""
    global _fonts
    found = (
        {name: sorted((build / "assets").glob(f"inter-{name}-wght-*.woff2")) for name in _FONT_PARTS} if build else {}
    )
    faces = (
        f'@font-face{{font-family:"Inter Variable";font-weight:100 900;font-display:swap;'
        f'src:url("/assets/{files[0].name}") format("woff2-variations");unicode-range:{_FONT_PARTS[name]}}}\n'
        for name, files in found.items()
        if files
    )
    _fonts = "".join(faces)
    stylesheet.cache_clear()
    stylesheet_version.cache_clear()


@cache
def stylesheet() -> bytes:
    return _fonts.encode() + (_FOLDER / "static" / "edge.css").read_bytes()


@cache
def stylesheet_version() -> str:
    return sha256(stylesheet()).hexdigest()[:12]


def _with_language(request: Request, code: str) -> str:
    return "?" + str(request.url.include_query_params(lang=code).query)
