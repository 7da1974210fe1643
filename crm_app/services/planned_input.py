"""What is typed of a task or an event, understood: days, times, titles, whom and whom it is about."""

from collections.abc import Callable, Mapping
from datetime import date, time
from typing import Any

from sqlmodel import Session

from crm_app.locales import text
from crm_app.services import choosable
from crm_app.services.actor import Actor
from crm_app.services.contacts import cards
from crm_app.services.errors import Invalid, NotFound
from crm_app.services.fields.texts import parse_line, parse_text
from crm_app.services.fields.verdict import FieldContext
from crm_app.services.reminders import OFFSETS

FIRST, LAST = date(2000, 1, 1), date(2199, 12, 31)
TITLE, DESCRIPTION = 200, 10_000

Texts = Mapping[str, str]


def line(texts: Texts, name: str, *, required: bool = False) -> str:
    """Text on one line. Raises Invalid(name)."""
    return _text(parse_line, texts, name, TITLE, required)


def lines(texts: Texts, name: str) -> str:
    """Text of several lines. Raises Invalid(name)."""
    return _text(parse_text, texts, name, DESCRIPTION, False)


def _text(parse: Callable[..., Any], texts: Texts, name: str, most: int, required: bool) -> str:
    verdict = parse(texts.get(name, ""), FieldContext(), most)
    if verdict.is_error:
        raise Invalid(verdict.message, name)
    if required and not verdict.value:
        raise Invalid(text("Give it a title."), name)
    return str(verdict.value or "")


def day(texts: Texts, name: str) -> date:
    """An ISO date. Raises Invalid(name)."""
    try:
        found = date.fromisoformat(texts.get(name, "").strip())
    except ValueError:
        raise Invalid(text("Choose a day."), name) from None
    if not FIRST <= found <= LAST:
        raise Invalid(text("This day is too far away."), name)
    return found


def clock(texts: Texts, name: str) -> time | None:
    """HH:MM, None for nothing. Raises Invalid(name)."""
    typed = texts.get(name, "").strip()
    if not typed:
        return None
    try:
        found = time.fromisoformat(typed)
    except ValueError:
        raise Invalid(text("Give the time as hours and minutes, such as 14:30."), name) from None
    return found.replace(second=0, microsecond=0, tzinfo=None)


def remind_before(texts: Texts) -> int | None:
    """Minutes before, of those there are to choose from; None for no reminder. Raises Invalid("remind")."""
    typed = texts.get("remind", "").strip()
    if typed and typed not in map(str, OFFSETS):
        raise Invalid(text("Choose when to be reminded from the list."), "remind")
    return int(typed) if typed else None


def contact_id(session: Session, actor: Actor, texts: Texts) -> int | None:
    """The id of the contact whose number was given. Raises Invalid("contact") for none the actor may see."""
    typed = texts.get("contact", "").strip().removeprefix("#")
    if not typed:
        return None
    try:
        number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 19 else 0
        return cards.id_of(cards.get(session, actor, number))
    except NotFound as error:
        raise Invalid(error.message, "contact") from error


def user_id(session: Session, actor: Actor, typed: str, name: str) -> int:
    """A colleague's id, or the actor's own. Raises Invalid(name)."""
    found = {str(user.id): user.id for user in choosable.colleagues(session, actor)}.get(typed.strip())
    if found is None:
        raise Invalid(text("Choose a colleague from the list."), name)
    return found
