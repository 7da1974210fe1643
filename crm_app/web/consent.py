"""Pages behind the links of messages: to agree, to choose what to get, to get nothing more. No account, no script.

GET changes nothing, whoever follows the link; POST does.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from crm_app import routes as paths
from crm_app.locales import PUBLIC_LANGUAGES, Text, render, text
from crm_app.models import Channel, LinkUse
from crm_app.services import database, installation
from crm_app.services.consent import groups, ledger, links
from crm_app.services.errors import CRMError, NotFound
from crm_app.services.messages import invitations
from crm_app.web import forms
from crm_app.web.rendering import message, page

EVERYTHING = "all"  # the box of what belongs to no group
_DEAD = text("This link does not work any more. It may have been used already, or be too old.")
_LATER = text("This is not possible at the moment. Please try again later.")
_CONFIRM = {
    "title": text("May we write to you?"),
    "address": text("Your address:"),
    "meaning": text("By this you agree to:"),
    "submit": text("Yes, I agree"),
    "otherwise": text("If you do not want this, simply close this page."),
}
_CONFIRMED = text("Thank you. You have agreed")
_CONFIRMED_MORE = text("You can withdraw this at any time by the link at the end of each message.")
_UNSUBSCRIBE = {
    "title": text("Unsubscribe"),
    "address": text("Your address:"),
    "question": text("One click, and you get none of this any more."),
    "submit": text("Unsubscribe"),
    "choose": text("Choose what you get instead"),
}
_GONE = text("You are unsubscribed")
_GONE_MORE = text("Nothing of this is sent to you any more.")
_PREFERENCES = {
    "title": text("What would you like to get?"),
    "address": text("Your address:"),
    "legend": text("I would like to get:"),
    "everything": text("News in general"),
    "sms": text("Text messages to my phone"),
    "phone": text("Calls"),
    "submit": text("Save"),
    "nothing": text("Get nothing at all"),
    "saved": text("Your choice is saved. It counts at once."),
    "agreed": text(
        "By a tick you agree that {organisation} writes to you about it. You can withdraw this at any time."
    ),
}


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a page shows of its link; `wanted`: by group and then for all, its name and whether it is wanted."""

    address: str
    language: str
    organisation: str
    agreed: str = ""
    wanted: tuple[tuple[str, str, bool], ...] = ()
    further: tuple[str, ...] = ()  # channels of the same contact that are in use now


async def show_confirm(request: Request) -> Response:
    """GET /consent/<token>"""
    return await _answer(request, _confirm_page, LinkUse.CONFIRM)


async def confirm(request: Request) -> Response:
    """POST /consent/<token> agrees, once."""
    return await _answer(request, _confirmed_page, LinkUse.CONFIRM, links.confirm)


async def show_unsubscribe(request: Request) -> Response:
    """GET /unsubscribe/<token> asks; mail scanners follow links."""
    return await _answer(request, _unsubscribe_page, LinkUse.PREFERENCES)


async def unsubscribe(request: Request) -> Response:
    """POST /unsubscribe/<token>: of this page, and of mail programs by one click (RFC 8058)."""
    return await _answer(request, _unsubscribed_page, LinkUse.PREFERENCES, links.opt_out)


async def show_preferences(request: Request) -> Response:
    """GET /preferences/<token>"""
    return await _answer(request, _preferences_page, LinkUse.PREFERENCES)


async def choose(request: Request) -> Response:
    """POST /preferences/<token>"""
    form = await forms.read(request)
    if form.get("nothing"):
        return await _answer(request, _unsubscribed_page, LinkUse.PREFERENCES, _nothing_at_all)
    language = _language(request)

    def chosen(session: Session, token: str, *, ip: str) -> None:
        offered = {None, *(one.id for one in groups.listing(session))}
        wanted = {group: f"want-{group or EVERYTHING}" in form for group in offered}
        here = installation.current(session).name or "CRM"
        agreed = Text(_PREFERENCES["agreed"].msgid, {"organisation": here})
        spoken = language or links.find(session, token, LinkUse.PREFERENCES).language
        version = invitations.VERSION
        links.choose(session, token, wanted, ip=ip, agreed=render(agreed, spoken), version=version)
        offered_channels = [one for one in (Channel.SMS, Channel.PHONE) if f"offer-{one}" in form]
        links.withdraw(session, token, [one for one in offered_channels if f"want-{one}" not in form], ip=ip)

    return await _answer(request, _saved_page, LinkUse.PREFERENCES, chosen)


def _nothing_at_all(session: Session, token: str, *, ip: str) -> None:
    links.opt_out(session, token, ip=ip, of_all=True)


async def _answer(
    request: Request,
    shown: Callable[[Request, _Seen, dict[str, Any]], Response],
    use: LinkUse,
    act: Callable[..., Any] | None = None,
) -> Response:
    """Does what was asked for in one transaction, and shows what is then."""
    try:
        seen = await forms.in_thread(_done, request.path_params["token"], use, act, forms.address(request))
    except NotFound:
        return message(
            request,
            text("This link does not work"),
            _DEAD,
            status=410,
            language=_language(request),
            spoken=PUBLIC_LANGUAGES,
        )
    except CRMError:  # nothing is wrong with the link: mail programs try again
        answer = message(
            request, text("One moment"), _LATER, status=503, language=_language(request), spoken=PUBLIC_LANGUAGES
        )
        answer.headers["Retry-After"] = "60"
        return answer
    look = {"language": _language(request) or seen.language, "spoken": PUBLIC_LANGUAGES}
    return shown(request, seen, look)


def _done(token: str, use: LinkUse, act: Callable[..., Any] | None, ip: str) -> _Seen:
    if act is not None:
        with database.transaction() as session:
            act(session, token, ip=ip)
    with database.reading() as session:
        link = links.find(session, token, use)
        here = installation.current(session).name or "CRM"
        if use is LinkUse.CONFIRM:
            if act is None and (link.used_at is not None or links.is_over(link)):
                raise links.dead()
            return _Seen(link.address, link.language, here, agreed=link.text)
        channel = Channel(link.channel)
        offered = [(one.id, one.name) for one in groups.listing(session)]
        wanted = tuple(
            (str(id_ or EVERYTHING), name, ledger.is_mailable(session, channel, link.address, id_))
            for id_, name in (*offered, (None, ""))
        )
        further = tuple(str(one) for one in links.further(session, link))
        return _Seen(link.address, link.language, here, wanted=wanted, further=further)


def _confirm_page(request: Request, seen: _Seen, look: dict[str, Any]) -> Response:
    words = {**_CONFIRM, "product": _name(seen)}
    return page(request, "consent.html", words, shown=seen.address, agreed=seen.agreed, **look)


def _confirmed_page(request: Request, seen: _Seen, look: dict[str, Any]) -> Response:
    return message(request, _CONFIRMED, _CONFIRMED_MORE, more={"product": _name(seen)}, **look)


def _unsubscribe_page(request: Request, seen: _Seen, look: dict[str, Any]) -> Response:
    words = {**_UNSUBSCRIBE, "product": _name(seen)}
    other = paths.PREFERENCES.format(token=request.path_params["token"])
    return page(request, "unsubscribe.html", words, shown=seen.address, other=other, **look)


def _unsubscribed_page(request: Request, seen: _Seen, look: dict[str, Any]) -> Response:
    other = (paths.PREFERENCES.format(token=request.path_params["token"]), _UNSUBSCRIBE["choose"])
    return message(request, _GONE, _GONE_MORE, link=other, more={"product": _name(seen)}, **look)


def _preferences_page(request: Request, seen: _Seen, look: dict[str, Any], *, notice: Text | str = "") -> Response:
    agreed = Text(_PREFERENCES["agreed"].msgid, {"organisation": seen.organisation})
    words = {**_PREFERENCES, "product": _name(seen), "agreed": agreed}
    return page(
        request,
        "preferences.html",
        words,
        shown=seen.address,
        wanted=seen.wanted,
        further=seen.further,
        notice=notice,
        **look,
    )


def _saved_page(request: Request, seen: _Seen, look: dict[str, Any]) -> Response:
    return _preferences_page(request, seen, look, notice=_PREFERENCES["saved"])


def _name(seen: _Seen) -> Text:
    """Whose page this is, where others name the product."""
    return Text("{organisation}", {"organisation": seen.organisation})


def _language(request: Request) -> str:
    """The language chosen on the page; it stands in the address, no cookie is left with people without an account."""
    chosen = request.query_params.get("lang", "")
    return chosen if chosen in PUBLIC_LANGUAGES else ""


def routes() -> list[BaseRoute]:
    return [
        Route(paths.CONFIRM_CONSENT, show_confirm, methods=["GET"]),
        Route(paths.CONFIRM_CONSENT, confirm, methods=["POST"]),
        Route(paths.UNSUBSCRIBE, show_unsubscribe, methods=["GET"]),
        Route(paths.UNSUBSCRIBE, unsubscribe, methods=["POST"]),
        Route(paths.PREFERENCES, show_preferences, methods=["GET"]),
        Route(paths.PREFERENCES, choose, methods=["POST"]),
    ]
