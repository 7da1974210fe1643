"""Links: web addresses that are safe to click, and profiles in social networks."""

import re
from urllib.parse import urlsplit

from crm_app.locales import text
from crm_app.services.fields.characters import one_line, unusable, visible
from crm_app.services.fields.verdict import EMPTY, FieldContext, Verdict, refused

MAX_LENGTH = 500
MAX_LENGTH_ALL = 2_000
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(?!\d)")
_HOST = re.compile(r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+(?:[^\W\d_]{2,24}|xn--[a-z0-9-]{2,59})\.?", re.IGNORECASE)
_SEPARATOR = re.compile(r"[\n;]|,(?=\s)|,(?=https?:|@|www\.)|(?<!\s)\s+(?=https?://)")
_NOT_A_LINK = text("This is not a web address; write it as in www.example.com or leave it empty.")


def parse_website(cell: str, context: FieldContext) -> Verdict:
    """One http or https address, `https://` added where there is no scheme; `norm` leaves out scheme, www and slash."""
    if message := unusable(cell):
        return refused(message)
    link = one_line(cell).strip("<>\"' ")
    if not link:
        return EMPTY
    verdict = _judged(link)
    if verdict.value is not None and len(verdict.value) > MAX_LENGTH:
        return refused(text("This web address is too long; at most {most} characters fit here.", most=MAX_LENGTH))
    return verdict


def parse_social_links(cell: str, context: FieldContext) -> Verdict:
    """Profiles as links, `@handles` or names, one per line; commas and semicolons separate them too."""
    if message := unusable(cell):
        return refused(message)
    found: dict[str, None] = {}
    for part in _SEPARATOR.split(visible(cell)):
        profile = one_line(part).rstrip(", ")
        if not profile:
            continue
        if _looks_like_link(profile):
            verdict = _judged(profile)
            if verdict.is_error:
                return verdict
            profile = verdict.value
        found.setdefault(profile)
    if not found:
        return EMPTY
    value = "\n".join(found)
    if len(value) > MAX_LENGTH_ALL:
        return refused(text("These links are too long; at most {most} characters fit here.", most=MAX_LENGTH_ALL))
    return Verdict(value, value.casefold())


def _looks_like_link(profile: str) -> bool:
    scheme = _SCHEME.match(profile)
    if scheme and not profile[scheme.end() :].startswith(" "):
        return True
    return ("/" in profile and not profile.startswith("@")) or profile[:4].lower() == "www."


def _judged(link: str) -> Verdict:
    scheme = _SCHEME.match(link)
    if scheme is None:
        link = f"https://{link.lstrip('/')}"
    elif scheme.group(1).lower() not in ("http", "https"):
        return refused(text("Only links that begin with http or https are kept; change this one or leave it empty."))
    try:
        parts = urlsplit(link)
        port = parts.port
    except ValueError:
        return refused(_NOT_A_LINK)
    host = parts.hostname or ""
    if " " in link or not _HOST.fullmatch(host) or "\\" in link:
        return refused(_NOT_A_LINK)
    if "@" in parts.netloc:
        return refused(text("There is a user name in this web address; take out the part before the @."))
    bare = host.rstrip(".").removeprefix("www.") + (f":{port}" if port not in (None, 80, 443) else "")
    query = f"?{parts.query}" if parts.query else ""
    return Verdict(link, f"{bare}{parts.path.rstrip('/')}{query}")
