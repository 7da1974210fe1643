"""The second step of signing in: the code of the second factor. A plain page that needs no script."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from crm_app.cookies import waiting_token
from crm_app.locales import Text, text
from crm_app.models import LinkPurpose, LoginOutcome
from crm_app.services import links, login_codes, second_factor
from crm_app.services.errors import CRMError, NotFound
from crm_app.web import cookies, forms, leaving
from crm_app.web.redirects import HOME, leading_to, own_path
from crm_app.web.rendering import message, page

PATH = "/login/code"
WORDS = {
    "title": text("Enter your code"),
    "intro": text("Your password is right. Now type the six digits your authenticator app shows for this CRM."),
    "code": text("Code"),
    "hint": text("You do not have the device? Type one of your recovery codes instead."),
    "submit": text("Sign in"),
    "again": text("Start again"),
}
OVER = text("Five minutes are over. Sign in again with your password.")


def ask(target: str, waiting: str) -> Response:
    """On to the page that asks the code; nobody is signed in before."""
    answer = RedirectResponse(leading_to(target, PATH), 303)
    cookies.set_waiting(answer, waiting, int(links.LIFETIME[LinkPurpose.SECOND_FACTOR].total_seconds()))
    return answer


async def show(request: Request) -> Response:
    """GET /login/code"""
    target = own_path(request.query_params.get("next", HOME))
    if not await forms.in_thread(login_codes.is_waiting, _token_of(request)):
        return RedirectResponse(leading_to(target), 303)
    if language := forms.chosen_language(request):
        return forms.in_language(request, language)
    return _page(request, target)


async def sign_in(request: Request) -> Response:
    """POST /login/code"""
    form = await forms.read(request)
    target = own_path(form.get("next", HOME))
    try:
        attempt = await forms.in_thread(
            login_codes.sign_in,
            _token_of(request),
            form.get("code", "")[:100],
            ip=forms.address(request),
            user_agent=request.headers.get("user-agent", ""),
        )
    except NotFound:
        way = (leading_to(target), text("To the sign-in page"))
        return message(request, text("That took too long"), OVER, status=410, link=way)
    except CRMError as error:
        return message(request, text("This does not work"), error.message, status=409)
    if attempt.outcome is LoginOutcome.OK:
        await leaving.end_present_session(request)
        return forms.signed_in(target, attempt.token, attempt.language)
    if attempt.outcome is LoginOutcome.THROTTLED:
        answer = _page(request, target, forms.THROTTLED, 429)
        forms.retry_later(answer)
        return answer
    return _page(request, target, second_factor.WRONG_CODE, 401)


def _page(request: Request, target: str, error: Text | str = "", status: int = 200) -> Response:
    return page(request, "code.html", WORDS, status=status, action=leading_to(target, PATH), target=target, error=error)


def _token_of(request: Request) -> str:
    return waiting_token(request.headers.get("cookie", ""))
