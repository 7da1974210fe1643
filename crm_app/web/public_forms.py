"""The forms of the house as plain pages, on our own address or inside a page of theirs. They hold no script.

Looking changes nothing; what is sent is taken by `services/web_form_answers.py`. Against machines stand a field nobody
sees, the time a form was open, and how many an address sends; none of it asks another service.
"""

import logging
from dataclasses import dataclass, field

from babel import Locale
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from crm_app import routes as paths
from crm_app.locales import Text, render, text
from crm_app.models import WebForm
from crm_app.services import database, installation, places, secret_key, web_form_answers, web_forms
from crm_app.services.contacts.validating import InvalidFields
from crm_app.services.errors import CRMError, NotFound
from crm_app.services.fields.gender import GENDERS
from crm_app.services.fields.registry import Field, FieldKind
from crm_app.services.folding import fold
from crm_app.services.logins import address_of
from crm_app.web import forms, pace, stamps
from crm_app.web.headers import EDGE_POLICY
from crm_app.web.rendering import message, page
from crm_app.web.stamps import Verdict

log = logging.getLogger(__name__)

TRAP, STAMP, TICK = "url2", "opened", "agree"
MOST_PARTS = 400
AGAIN = text("Please look over what you typed, and send it again.")
MANY = text("Too many answers came from here in a short time. Please try again in a few minutes.")
NOT_NOW = text("This is not possible at the moment. Please try again later.")
SOME_WRONG = text("Please correct what is marked.")
_WORDS = {
    "send": text("Send"),
    "optional": text("optional"),
    "trap": text("Leave this empty"),
    "thanks": text("Thank you"),
    "thanks_body": text("Your answers have arrived."),
    "choose": text("Please choose"),
}
_YES_NO = (("yes", text("Yes")), ("no", text("No")))
_TYPES = {FieldKind.EMAIL: "email", FieldKind.PHONE: "tel", FieldKind.DATE: "date"}
_FILLED_BY_BROWSER = {
    "salutation": "honorific-prefix", "first_name": "given-name", "last_name": "family-name",
    "company": "organization", "email": "email", "phone": "tel", "mobile": "tel", "street": "street-address",
    "postal_code": "postal-code", "city": "address-level2", "province": "address-level1", "country": "country",
    "birth_date": "bday", "website": "url",
}  # fmt: skip


@dataclass
class Asked:
    """One question as the page shows it. `shape` is line, area, select or ticks."""

    name: str
    label: str
    shape: str
    type: str
    required: bool
    help: str
    autocomplete: str
    options: list[tuple[str, str]] = field(default_factory=list)
    value: str = ""
    values: list[str] = field(default_factory=list)
    error: str = ""


@dataclass
class Shown:
    """A form with what was typed, and what is wrong with it."""

    form: WebForm
    organisation: str
    stamp: str
    asked: list[Asked]


async def show(request: Request) -> Response:
    """GET /f/<key>; with `?embed` for the frame of another page, with `?done` after it was sent."""
    key = request.path_params["key"]
    try:
        shown = await forms.in_thread(_prepared, key, {}, {})
    except NotFound as error:
        return message(request, text("Not found"), error.message, status=404)
    except CRMError as error:
        return _not_now(request, error)
    if "done" in request.query_params:
        return _page(request, shown, done=True)
    return _page(request, shown)


async def send(request: Request) -> Response:
    """POST /f/<key>"""
    key, address = request.path_params["key"], address_of(forms.address(request))
    if seconds := _pause(key[:40], address):
        return _too_many(request, seconds)
    typed = await _typed(request)
    ip = forms.address(request)
    try:
        outcome = await forms.in_thread(_taken, key, typed, ip)
    except NotFound as error:
        return message(request, text("Not found"), error.message, status=404)
    except CRMError as error:
        return _not_now(request, error)
    if isinstance(outcome, Shown):
        return _page(request, outcome, status=422, error=SOME_WRONG if _is_wrong(outcome) else AGAIN)
    embed = "embed&" if _is_embedded(request) else ""
    return RedirectResponse(f"{request.url.path}?{embed}done", 303, {"Cache-Control": "no-store"})


def routes() -> list[BaseRoute]:
    return [
        Route(paths.PUBLIC_FORM, show, methods=["GET"]),
        Route(paths.PUBLIC_FORM, send, methods=["POST"]),
    ]


async def _typed(request: Request) -> dict[str, list[str]]:
    """What was sent, several of one name among it; NUL and half characters become harmless."""
    found: dict[str, list[str]] = {}
    sent = await request.form(max_files=0, max_fields=MOST_PARTS)
    for name, value in sent.multi_items():
        if not isinstance(value, UploadFile):
            found.setdefault(name, []).append(value.replace("\0", "").encode("utf-8", "replace").decode())
    return found


def _taken(key: str, typed: dict[str, list[str]], ip: str) -> Shown | None:
    """None when it was taken, or looks so to a machine; else the form again."""
    mark = "".join(typed.get(STAMP, []))[:200]
    with database.reading() as session:
        form = web_forms.published(session, key)
        verdict = stamps.judge(secret_key.existing(session), form.key, mark)
    if any(typed.get(TRAP, [])) or verdict is Verdict.USED:
        return None
    if verdict is not Verdict.GOOD:
        return _prepared(key, typed, {})
    if not stamps.take(mark):
        return None
    try:
        with database.transaction() as session:
            form = web_forms.published(session, key)
            texts = {name: ";".join(values) for name, values in typed.items()}
            web_form_answers.submit(session, form, texts, ticked=bool(typed.get(TICK)), ip=ip)
    except InvalidFields as error:
        stamps.give_back(mark)
        return _prepared(key, typed, error.fields)
    except BaseException:
        stamps.give_back(mark)
        raise
    return None


def _prepared(key: str, typed: dict[str, list[str]], errors: dict[str, Text]) -> Shown:
    """Raises NotFound."""
    with database.reading() as session:
        form = web_forms.published(session, key)
        known = web_forms.askable(session)
        asked = [
            _asked(form, known[one.name], one, typed, errors) for one in web_forms.questions(form) if one.name in known
        ]
        stamp = stamps.make(secret_key.existing(session), form.key)
        return Shown(form, installation.current(session).name, stamp, asked)


def _asked(
    form: WebForm, known: Field, one: web_forms.Question, typed: dict[str, list[str]], errors: dict[str, Text]
) -> Asked:
    language, options = form.language, _options(known, form.language)
    shape = "line"
    if known.kind is FieldKind.LONG_TEXT:
        shape = "area"
    elif known.kind is FieldKind.CHOICES:
        shape = "ticks"
    elif options:
        shape = "select"
    values = typed.get(one.name, [])
    return Asked(
        name=one.name,
        label=web_forms.label_of(known, one, language),
        shape=shape,
        type=_TYPES.get(known.kind, "text"),
        required=one.required,
        help=known.help,
        autocomplete=_FILLED_BY_BROWSER.get(one.name, "off"),
        options=options,
        value=values[0] if values else "",
        values=values,
        error=render(errors[one.name], language) if one.name in errors else "",
    )


def _options(known: Field, language: str) -> list[tuple[str, str]]:
    if known.kind in (FieldKind.CHOICE, FieldKind.CHOICES):
        return [(option, option) for option in known.options]
    if known.kind is FieldKind.YES_NO:
        return [(value, render(label, language)) for value, label in _YES_NO]
    if known.kind is FieldKind.GENDER:
        return [(value, render(label, language)) for value, label in GENDERS]
    if known.kind is FieldKind.COUNTRY:
        names = Locale.parse(language).territories
        pairs = ((code, str(names.get(code, code))) for code in places.countries())
        return sorted(pairs, key=lambda pair: fold(pair[1]))
    return []


def _page(request: Request, shown: Shown, *, status: int = 200, error: Text | str = "", done: bool = False) -> Response:
    form, embed = shown.form, _is_embedded(request)
    words = {**_WORDS, "title": text("{title}", title=form.title or form.name)}
    if shown.organisation:
        words["product"] = text("{name}", name=shown.organisation)
    return page(
        request,
        "form.html",
        words,
        status=status,
        language=form.language,
        policy=policy_of(form) if embed else EDGE_POLICY,
        form=form,
        asked=shown.asked,
        stamp=shown.stamp,
        names={"trap": TRAP, "stamp": STAMP, "tick": TICK},
        organisation=shown.organisation,
        action=request.url.path + ("?embed" if embed else ""),
        embed=embed,
        error=error,
        done=done,
    )


def policy_of(form: WebForm) -> str:
    """An embedded form may stand in the pages its makers named, and in no other."""
    allowed = " ".join(str(origin) for origin in form.origins) or "'none'"
    return EDGE_POLICY.replace("frame-ancestors 'none'", f"frame-ancestors {allowed}")


def _pause(key: str, address: str) -> int:
    """Seconds to wait before this address may send a form again, 0 = it may now."""
    return (
        pace.PER_ADDRESS.take(address) or pace.PER_FORM_AND_ADDRESS.take(f"{key} {address}") or pace.PER_FORM.take(key)
    )


def _too_many(request: Request, seconds: int) -> Response:
    answer = message(request, text("One moment"), MANY, status=429)
    answer.headers["Retry-After"] = str(seconds)
    return answer


def _not_now(request: Request, error: CRMError) -> Response:
    """Something of ours stands in the way; what it is, strangers need not know."""
    log.warning("a form could not be taken: %s", type(error).__name__)
    answer = message(request, text("One moment"), NOT_NOW, status=503)
    answer.headers["Retry-After"] = "60"
    return answer


def _is_wrong(shown: Shown) -> bool:
    return any(one.error for one in shown.asked)


def _is_embedded(request: Request) -> bool:
    return "embed" in request.query_params
