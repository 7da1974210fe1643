"""The set-up page behind the one-time link: first administrator and the installation's settings."""

from babel import Locale
from starlette.requests import Request
from starlette.responses import Response

from crm_app.locales import LANGUAGES, Text, text
from crm_app.models import LinkPurpose
from crm_app.services import database, installation, links, passwords, places, sessions, setup
from crm_app.services.errors import Conflict, Invalid, NotFound
from crm_app.services.folding import fold
from crm_app.web import forms
from crm_app.web.rendering import language_of, message, page

WORDS = {
    "title": text("Set up your CRM"),
    "intro": text("A minute, and you can import your contacts. Everything can be changed later."),
    "about_you": text("You, the first administrator"),
    "about_firm": text("Your organisation"),
    "organisation": text("Name of your school, shop or firm"),
    "name": text("Your name"),
    "email": text("Your e-mail"),
    "password": text("Password"),
    "repeat": text("Repeat the password"),
    "hint": text("At least {minimum} characters. Three or four words are easy to remember."),
    "country": text("Country"),
    "country_hint": text("Gives phone numbers their code and dates their order."),
    "language": text("Language"),
    "more": text("Time zone and currency"),
    "timezone": text("Time zone"),
    "currency": text("Currency"),
    "from_country": text("From the country"),
    "submit": text("Create account and start"),
}
FIELDS = ("organisation", "name", "email", "country", "language", "timezone", "currency")


async def show(request: Request) -> Response:
    """GET /setup?token=… or /setup/<token>"""
    if language := forms.chosen_language(request):
        return forms.in_language(request, language)
    token = request.path_params.get("token") or request.query_params.get("token", "")
    if problem := await forms.in_thread(_problem, token):
        return _refusal(request, problem)
    language = language_of(request)
    return _page(request, token, {"country": _likely_country(request), "language": language})


async def complete(request: Request) -> Response:
    """POST /setup or /setup/<token>"""
    form = await forms.read(request)
    token = form.get("token") or request.path_params.get("token", "")
    typed = {name: form.get(name, "").strip()[:300] for name in FIELDS}
    try:
        if problem := await forms.in_thread(_problem, token):
            return _refusal(request, problem)
        choices = setup.FirstChoices(password=form.get("password", ""), **typed)
        setup.check(choices)
        if choices.password != form.get("repeat", ""):
            raise Invalid(forms.NOT_EQUAL, "repeat")
        agent = request.headers.get("user-agent", "")
        made = await forms.in_thread(_complete, token, choices, forms.address(request), agent)
    except Invalid as error:
        return _page(request, token, typed, error=error.message, field=error.field)
    except (NotFound, Conflict) as error:
        return _refusal(request, error.message)
    return forms.signed_in("/", made, choices.language)


def _problem(token: str) -> Text | None:
    with database.reading() as session:
        if installation.is_set_up(session):
            return text("This CRM is set up already. Please sign in.")
        if links.peek(session, token, LinkPurpose.SETUP) is None:
            return text("This set-up link has expired or was replaced. Start the CRM again: it prints a new one.")
    return None


def _complete(token: str, choices: setup.FirstChoices, ip: str, user_agent: str) -> str:
    with database.transaction() as session:
        user = setup.complete(session, token, choices, ip=ip)
        return sessions.start(session, user, ip=ip, user_agent=user_agent)


def _refusal(request: Request, problem: Text) -> Response:
    return message(
        request, text("This link does not work"), problem, status=410, link=("/login", text("To the sign-in page"))
    )


def _page(request: Request, token: str, typed: dict[str, str], error: Text | str = "", field: str = "") -> Response:
    locale = Locale.parse(language_of(request))
    words = {**WORDS, "hint": text(WORDS["hint"].msgid, minimum=passwords.MIN_LENGTH)}
    return page(
        request,
        "setup.html",
        words,
        status=422 if error else 200,
        token=token,
        typed={name: typed.get(name, "") for name in FIELDS},
        error=error,
        field=field,
        countries=_by_name({code: str(locale.territories.get(code, code)) for code in places.countries()}),
        currencies=sorted((code, f"{code} – {locale.currencies.get(code, code)}") for code in places.currencies()),
        timezones=sorted((zone, zone.replace("_", " ")) for zone in places.timezones()),
        languages=list(LANGUAGES.items()),
    )


def _by_name(names: dict[str, str]) -> list[tuple[str, str]]:
    return sorted(names.items(), key=lambda item: fold(item[1]))


def _likely_country(request: Request) -> str:
    """The region of the browser's first language (`de-AT`), else the country its language is at home in."""
    first = request.headers.get("accept-language", "").partition(",")[0].partition(";")[0].strip()
    language, _, region = first.partition("-")
    if region.upper() in places.countries():
        return region.upper()
    return {"de": "DE", "it": "IT", "pl": "PL", "fr": "FR", "es": "ES"}.get(language.lower(), "")
