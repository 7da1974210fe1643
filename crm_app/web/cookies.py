"""Setting and clearing cookies on a response."""

from starlette.responses import Response

from crm_app import cookies, settings


def set_session(response: Response, token: str) -> None:
    """Out of reach of scripts, not sent along by other sites' forms, and on https only when we are there."""
    response.set_cookie(
        cookies.session_name(),
        token,
        max_age=int(settings.get().session_days * 24 * 3600),
        path="/",
        secure=settings.get().is_https,
        httponly=True,
        samesite="lax",
    )


def set_waiting(response: Response, token: str, seconds: int) -> None:
    """For the page that asks the code, and no longer than that may take."""
    response.set_cookie(
        cookies.waiting_name(),
        token,
        max_age=seconds,
        path="/",
        secure=settings.get().is_https,
        httponly=True,
        samesite="lax",
    )


def clear_waiting(response: Response) -> None:
    response.delete_cookie(
        cookies.waiting_name(), path="/", secure=settings.get().is_https, httponly=True, samesite="lax"
    )


def clear_session(response: Response) -> None:
    response.delete_cookie(
        cookies.session_name(), path="/", secure=settings.get().is_https, httponly=True, samesite="lax"
    )


def set_language(response: Response, language: str) -> None:
    response.set_cookie(
        cookies.LANGUAGE,
        language,
        max_age=cookies.LANGUAGE_SECONDS,
        path="/",
        secure=settings.get().is_https,
        samesite="lax",
    )
