"""Signing in and out, and one-time sign-in links. Plain pages that need no script."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from crm_app.locales import Text, text
from crm_app.models import LinkPurpose, LoginOutcome, Role, User
from crm_app.services import audit, database, installation, links, logins, passwords, sessions, users
from crm_app.services.errors import Invalid, NotFound, NotPermitted
from crm_app.web import cookies, forms
from crm_app.web.redirects import HOME, own_path
from crm_app.web.rendering import message, page
from crm_app.web.visitors import token_of

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
LINK_WORDS = {
    "title": text("Welcome, {name}"),
    "choose": text("Choose a password to finish."),
    "change": text("This link signs you in once. You can choose a new password as well."),
    "password": text("New password"),
    "repeat": text("Repeat the password"),
    "hint": text("At least {minimum} characters. Three or four words are easy to remember."),
    "keep": text("Leave both empty to keep your password."),
    "submit": text("Sign in"),
}
WRONG = text("E-mail or password is wrong. Check both and try again.")
THROTTLED = text("Too many failed tries. Wait five minutes, then try again.")
DISABLED = text("This account is disabled. Ask an administrator of this CRM.")
SIGNED_OUT = text("You are signed out.")
NOT_SET_UP = text("This CRM is not set up yet. Open the set-up link that was printed when it started.")
DEAD_LINK = text("This link was used already or has expired. Ask for a new one.")


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
        LoginOutcome.THROTTLED: (429, THROTTLED),
        LoginOutcome.DISABLED: (403, DISABLED),
    }
    if attempt.outcome in errors:
        status, error = errors[attempt.outcome]
        answer: Response = page(
            request, "login.html", WORDS, status=status, email=email, target=target, error=error, notice=""
        )
        if status == 429:
            answer.headers["Retry-After"] = str(int(logins.WINDOW.total_seconds()))
        return answer
    await _end_present_session(request)
    return forms.signed_in(target, attempt.token, attempt.language)


async def show_logout(request: Request) -> Response:
    """GET /logout asks; only POST signs out."""
    if not await request.app.state.visitors.of(request.scope):
        return RedirectResponse("/login", 303)
    return page(request, "logout.html", LOGOUT_WORDS)


async def sign_out(request: Request) -> Response:
    """POST /logout"""
    await _end_present_session(request)
    answer = RedirectResponse("/login?out", 303)
    cookies.clear_session(answer)
    return answer


async def show_link(request: Request) -> Response:
    """GET /link/<token> shows a button and uses nothing up: mail scanners follow links."""
    if language := forms.chosen_language(request):
        return forms.in_language(request, language)
    found = await forms.in_thread(_user_behind, request.path_params["token"])
    return _link_page(request, *found) if found else _dead_link(request)


async def use_link(request: Request) -> Response:
    """POST /link/<token> signs in, with a new password where one was typed or is missing."""
    form = await forms.read(request)
    password, token = form.get("password", ""), request.path_params["token"]
    found = await forms.in_thread(_user_behind, token)
    if not found:
        return _dead_link(request)
    if password != form.get("repeat", ""):
        return _link_page(request, *found, error=forms.NOT_EQUAL)
    try:
        made = await forms.in_thread(
            _sign_in_by_link,
            token,
            password,
            ip=forms.address(request),
            user_agent=request.headers.get("user-agent", ""),
        )
    except Invalid as error:
        return _link_page(request, *found, error=error.message)
    except NotPermitted as error:
        return message(request, text("This does not work"), error.message, status=403)
    except NotFound:
        return _dead_link(request)
    await _end_present_session(request)
    return forms.signed_in(HOME, *made)


def _is_set_up() -> bool:
    with database.reading() as session:
        return installation.is_set_up(session)


def _user_behind(token: str) -> tuple[str, str, bool] | None:
    with database.reading() as session:
        link = links.peek(session, token, LinkPurpose.SIGN_IN)
        user = session.get(User, link.user_id) if link and link.user_id else None
        return (user.name, user.email, user.password_hash is not None) if user else None


def _sign_in_by_link(token: str, password: str, *, ip: str, user_agent: str) -> tuple[str, str]:
    with database.transaction() as session:
        link = links.use(session, token, LinkPurpose.SIGN_IN)
        user = session.get_one(User, link.user_id)
        if not user.active:
            raise NotPermitted(DISABLED)
        actor = sessions.actor_of(session, user, session.get_one(Role, user.role_id))
        if password or user.password_hash is None:
            users.set_password(session, actor, link.user_id or 0, password, ip=ip)
        account = logins.account_of(user.email)
        logins.log(session, LoginOutcome.LINK, account=account, ip=ip, user_id=user.id)
        return sessions.start(session, user, ip=ip, user_agent=user_agent), user.language


def _link_page(request: Request, name: str, email: str, has_password: bool, error: Text | str = "") -> Response:
    words = {**LINK_WORDS, "title": Text(LINK_WORDS["title"].msgid, {"name": name})}
    words["hint"] = Text(LINK_WORDS["hint"].msgid, {"minimum": passwords.MIN_LENGTH})
    status = 422 if error else 200
    return page(request, "link.html", words, status=status, email=email, has_password=has_password, error=error)


def _dead_link(request: Request) -> Response:
    return message(
        request, text("This link does not work"), DEAD_LINK, status=410, link=("/login", text("To the sign-in page"))
    )


async def _end_present_session(request: Request) -> None:
    if token := token_of(request.scope):
        ended = await forms.in_thread(_end, token, forms.address(request))
        request.app.state.visitors.forget(token)
        if ended is not None:
            await request.app.state.on_session_ended(ended)


def _end(token: str, ip: str) -> int | None:
    with database.transaction() as session:
        found = sessions.find(session, token)
        ended = sessions.end(session, token)
        if found is not None:
            account = logins.account_of(found.user.email)
            logins.log(session, LoginOutcome.LOGOUT, account=account, ip=ip, user_id=found.user.id)
            audit.record(session, found.actor, "signed_out", ip=ip)
        return ended
