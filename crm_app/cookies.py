"""The cookies: `session`, which nobody but the server reads; `second-factor`, which stands for a right password until
the code is typed; and `lang`, which remembers a language.
"""

from crm_app import settings

LANGUAGE = "lang"
LANGUAGE_SECONDS = 365 * 24 * 3600
_MAX_HEADER = 16 * 1024


def session_name() -> str:
    """The session cookie's name; on https the prefix binds it to this host and to encrypted connections."""
    return "__Host-session" if settings.get().is_https else "session"


def waiting_name() -> str:
    """The name of the cookie of a sign-in that waits for its code."""
    return "__Host-second-factor" if settings.get().is_https else "second-factor"


def waiting_token(header: str) -> str:
    """The secret of a sign-in that waits for its code, or empty."""
    token = read(header, waiting_name())
    return token if len(token) <= 128 else ""


def read(header: str, name: str) -> str:
    """The first cookie of that name in a `Cookie` header; empty when there is none. Never raises."""
    for part in header[:_MAX_HEADER].split(";"):
        key, _, value = part.strip().partition("=")
        if key == name:
            return value.strip().strip('"')
    return ""


def session_token(header: str) -> str:
    """The session's secret in a `Cookie` header, or empty."""
    token = read(header, session_name())
    return token if len(token) <= 128 else ""
