"""One-time links of accounts: invitations, new passwords, and signing in who is locked out. Plain pages."""

from starlette.requests import Request
from starlette.responses import Response

from crm_app.locales import Text, text
from crm_app.models import LinkPurpose, LoginOutcome
from crm_app.services import account_links, database, links, passwords, second_factor
from crm_app.services.account_links import Behind
from crm_app.services.errors import CRMError, Invalid, NotFound, NotPermitted
from crm_app.web import forms, leaving
from crm_app.web.redirects import HOME
from crm_app.web.rendering import message, page

WORDS = {
    "title": text("Welcome, {name}"),
    "password": text("New password"),
    "repeat": text("Repeat the password"),
    "hint": text("At least {minimum} characters. Three or four words are easy to remember."),
    "keep": text("Leave both empty to keep your password."),
    "code": text("Code of your authenticator app"),
    "code_hint": text("You do not have the device? Type one of your recovery codes instead."),
    "submit": text("Sign in"),
}
CHOOSE = text("Choose a password to finish.")
ANOTHER = text("Choose a new password. You are signed in then, and signed out everywhere else.")
CHANGE = text("This link signs you in once. You can choose a new password as well.")


async def show(request: Request) -> Response:
    """GET /link/<token> shows a button and uses nothing up: mail scanners follow links."""
    if language := forms.chosen_language(request):
        return forms.in_language(request, language)
    found = await forms.in_thread(_behind, request.path_params["token"])
    return _page(request, found) if found else _dead(request)


async def use(request: Request) -> Response:
    """POST /link/<token> signs in, with a new password where one was typed or must be."""
    form = await forms.read(request)
    password, token = form.get("password", ""), request.path_params["token"]
    found = await forms.in_thread(_behind, token)
    if not found:
        return _dead(request)
    if password != form.get("repeat", ""):
        return _page(request, found, forms.NOT_EQUAL)
    try:
        attempt = await forms.in_thread(
            account_links.sign_in,
            token,
            password,
            form.get("code", "")[:100],
            ip=forms.address(request),
            user_agent=request.headers.get("user-agent", ""),
        )
    except Invalid as error:
        return _page(request, found, error.message)
    except NotFound:
        return _dead(request)
    except CRMError as error:
        status = 403 if isinstance(error, NotPermitted) else 409
        return message(request, text("This does not work"), error.message, status=status)
    if attempt.outcome is LoginOutcome.THROTTLED:
        answer = _page(request, found, forms.THROTTLED, 429)
        forms.retry_later(answer)
        return answer
    if attempt.outcome is LoginOutcome.CODE_WRONG:
        return _page(request, found, second_factor.WRONG_CODE, 401)
    await leaving.end_present_session(request)
    return forms.signed_in(HOME, attempt.token, attempt.language)


def _behind(token: str) -> Behind | None:
    with database.reading() as session:
        return account_links.behind(session, token)


def _page(request: Request, found: Behind, error: Text | str = "", status: int = 0) -> Response:
    is_optional = found.has_password and found.purpose is not LinkPurpose.RESET
    words = {
        **WORDS,
        "title": Text(WORDS["title"].msgid, {"name": found.name}),
        "hint": Text(WORDS["hint"].msgid, {"minimum": passwords.MIN_LENGTH}),
        "intro": CHANGE if is_optional else ANOTHER if found.has_password else CHOOSE,
    }
    return page(
        request,
        "link.html",
        words,
        status=status or (422 if error else 200),
        email=found.email,
        is_optional=is_optional,
        asks_code=found.asks_code,
        error=error,
    )


def _dead(request: Request) -> Response:
    return message(
        request, text("This link does not work"), links.DEAD, status=410, link=("/login", text("To the sign-in page"))
    )
