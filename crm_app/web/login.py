"""Signing in and out. Plain pages that need no script."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from crm_app.locales import Text, text
from crm_app.models import LoginOutcome
from crm_app.services import account_links, database, installation, logins
from crm_app.web import cookies, forms, leaving, login_code
from crm_app.web.redirects import HOME, own_path
from crm_app.web.rendering import message, page

WORDS = {
    "title": text("Sign in"),
    "email": text("E-mail"),
    "password": text("Password"),
    "submit": text("Sign in"),
    "help": text("Forgot your password? An administrator of this CRM can give you a sign-in link."),
}
LOGOUT_WORDS = {
    "title": text("Sign out"),
    "question": text("Do you want to sign out on this device?"),
    "submit": text("Sign out"),
    "stay": text("Stay signed in"),
}
WRONG = text("E-mail or password is wrong. Check both and try again.")
SIGNED_OUT = text("You are signed out.")
NOT_SET_UP = text("This CRM is not set up yet. Open the set-up link that was printed when it started.")


async def show_login(request: Request) -> Response:
    """GET /login"""
    target = own_path(request.query_params.get("next", HOME))
    if await request.app.state.visitors.of(request.scope):
        return RedirectResponse(target, 303)
    if language := forms.chosen_language(request):
        return forms.in_language(request, language)
    if not await forms.in_thread(_is_set_up):
        return message(request, text("Almost there"), NOT_SET_UP)
    notice = SIGNED_OUT if "out" in request.query_params else ""
    return page(request, "login.html", WORDS, email="", target=target, error="", notice=notice)


async def sign_in(request: Request) -> Response:
    """POST /login"""
    form = await forms.read(request)
    email, target = form.get("email", "")[:300], own_path(form.get("next", HOME))
    attempt = await forms.in_thread(
        logins.sign_in,
        email,
        form.get("password", "")[:1000],
        ip=forms.address(request),
        user_agent=request.headers.get("user-agent", ""),
    )
    errors: dict[LoginOutcome, tuple[int, Text]] = {
        LoginOutcome.WRONG: (401, WRONG),
        LoginOutcome.THROTTLED: (429, forms.THROTTLED),
        LoginOutcome.DISABLED: (403, account_links.DISABLED),
    }
    if attempt.outcome in errors:
        status, error = errors[attempt.outcome]
        answer: Response = page(
            request, "login.html", WORDS, status=status, email=email, target=target, error=error, notice=""
        )
        if status == 429:
            forms.retry_later(answer)
        return answer
    if attempt.waiting:
        return login_code.ask(target, attempt.waiting)
    await leaving.end_present_session(request)
    return forms.signed_in(target, attempt.token, attempt.language)


async def show_logout(request: Request) -> Response:
    """GET /logout asks; only POST signs out."""
    if not await request.app.state.visitors.of(request.scope):
        return RedirectResponse("/login", 303)
    return page(request, "logout.html", LOGOUT_WORDS)


async def sign_out(request: Request) -> Response:
    """POST /logout"""
    await leaving.end_present_session(request)
    answer = RedirectResponse("/login?out", 303)
    cookies.clear_session(answer)
    return answer


def _is_set_up() -> bool:
    with database.reading() as session:
        return installation.is_set_up(session)
