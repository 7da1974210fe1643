"""Headers of every answer. Scripts run by the hash of the build's own inline ones; nothing comes from elsewhere."""

import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.types import Message, Scope, Send

IMMUTABLE = "public, max-age=31536000, immutable"
_INLINE_SCRIPT = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.S)
_STATIC = ("text/css", "text/javascript", "application/javascript", "font/", "image/", "application/manifest+json")
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    # Not `no-referrer`: under it browsers send `Origin: null` with our own forms. No other site sees anything.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
}
# The plain pages of the edge hold no script at all.
EDGE_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


def policy_of(build: Path | None) -> str:
    """The Content-Security-Policy of the app's pages, with the hashes of the inline scripts in the build folder."""
    hashes: set[str] = set()
    for file in sorted(build.rglob("*.html")) if build and build.is_dir() else ():
        for found in _INLINE_SCRIPT.finditer(file.read_text("utf-8")):
            digest = b64encode(sha256(found[1].encode()).digest()).decode()
            hashes.add(f"'sha256-{digest}'")
    scripts = " ".join(("'self'", *sorted(hashes)))
    return (
        f"default-src 'none'; script-src {scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
        "font-src 'self'; connect-src 'self'; manifest-src 'self'; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    )


def sending(scope: Scope, send: Send, policy: str) -> Send:
    """A `send` that adds what belongs on this answer; what a route set itself stays."""

    async def with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=list(message.get("headers", [])))
            _complete(headers, scope, message["status"], policy)
            message = {**message, "headers": headers.raw}
        await send(message)

    return with_headers


def _complete(headers: MutableHeaders, scope: Scope, status: int, policy: str) -> None:
    for name, value in _ALWAYS.items():
        headers.setdefault(name, value)
    if scope.get("scheme") == "https":
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    kind = headers.get("content-type", "")
    if kind.startswith("text/html") or (status == 304 and "." not in scope["path"].rpartition("/")[2]):
        headers.setdefault("Content-Security-Policy", policy)
        if "frame-ancestors 'none'" not in headers["Content-Security-Policy"]:
            del headers["X-Frame-Options"]  # it knows no list; the policy does
        headers.setdefault("Cache-Control", "no-cache")
    elif scope["path"].startswith("/assets/") and status in (200, 206, 304):
        headers["Cache-Control"] = IMMUTABLE
    elif (kind.startswith(_STATIC) and status in (200, 206)) or status == 304:
        headers.setdefault("Cache-Control", "no-cache")
    else:
        headers.setdefault("Cache-Control", "no-store")
