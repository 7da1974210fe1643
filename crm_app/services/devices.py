"""Where an account is signed in: its browsers, and ending their sessions."""

import re

from sqlmodel import Session, col, select

from crm_app.locales import Text, text
from crm_app.models import UserSession
from crm_app.services import audit, sessions, users
from crm_app.services.actor import Actor
from crm_app.services.errors import NotFound

# In this order: most browsers name others too.
_BROWSERS = (
    ("Edge", r"Edg(e|A|iOS)?/"),
    ("Opera", r"OPR/|Opera"),
    ("Samsung Internet", r"SamsungBrowser/"),
    ("Firefox", r"Firefox/|FxiOS/"),
    ("Chrome", r"Chrome/|CriOS/|Chromium/"),
    ("Safari", r"Safari/"),
)
_SYSTEMS = (
    ("iPhone", r"iPhone"),
    ("iPad", r"iPad"),
    ("Android", r"Android"),
    ("Windows", r"Windows"),
    ("ChromeOS", r"CrOS"),
    ("macOS", r"Macintosh|Mac OS X"),
    ("Linux", r"Linux|X11"),
)


def listing(session: Session, actor: Actor, user_id: int) -> list[UserSession]:
    """The account's living sessions, the last used first: one's own, or of an account below. Raises NotPermitted,
    NotFound.
    """
    users.own_or_touchable(session, actor, user_id)
    return sessions.of_user(session, user_id)


def end(session: Session, actor: Actor, user_id: int, session_id: int, *, ip: str = "") -> None:
    """Signs one browser out. Raises NotPermitted; NotFound where the account has no such session."""
    users.own_or_touchable(session, actor, user_id)
    found = session.exec(
        select(UserSession).where(col(UserSession.id) == session_id, UserSession.user_id == user_id)
    ).first()
    if found is None:
        raise NotFound(text("This device is signed out already."))
    session.delete(found)
    session.flush()
    audit.record(session, actor, "user.signed_out", ip=ip, user=user_id, sessions=1)


def end_all(session: Session, actor: Actor, user_id: int, *, but: int | None = None, ip: str = "") -> int:
    """Signs the account out everywhere but on the session `but`. Returns how many. Raises NotPermitted, NotFound."""
    users.own_or_touchable(session, actor, user_id)
    ended = sessions.end_all(session, user_id, but=but)
    if ended:
        audit.record(session, actor, "user.signed_out", ip=ip, user=user_id, sessions=ended)
    return ended


def device_of(user_agent: str) -> Text:
    """What a browser says of itself, in plain words: “Firefox, Windows”."""
    browser = next((name for name, marks in _BROWSERS if re.search(marks, user_agent)), "")
    system = next((name for name, marks in _SYSTEMS if re.search(marks, user_agent)), "")
    if browser and system:
        return text("{browser} on {system}", browser=browser, system=system)
    return Text(browser or system) if browser or system else text("Unknown device")
