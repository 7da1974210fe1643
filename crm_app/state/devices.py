"""Where an account is signed in, as lines of a page."""

from dataclasses import dataclass

from sqlmodel import Session

from crm_app import locales
from crm_app.locales import text
from crm_app.services import devices
from crm_app.services.actor import Actor
from crm_app.state.formats import exact, spoken


@dataclass
class DeviceLine:
    """A browser; `is_here` is the one that looks."""

    id: int
    name: str
    ip: str
    seen: str
    exact: str
    is_here: bool


def lines(session: Session, actor: Actor, user_id: int, here: int) -> list[DeviceLine]:
    """The account's devices in words. Raises NotPermitted, NotFound."""
    return [
        DeviceLine(
            id=one.id or 0,
            name=locales.render(devices.device_of(one.user_agent), actor.language),
            ip=one.ip or locales.render(text("unknown address"), actor.language),
            seen=spoken(one.seen_at, actor.language, actor.timezone),
            exact=exact(one.seen_at, actor.language, actor.timezone),
            is_here=one.id == here,
        )
        for one in devices.listing(session, actor, user_id)
    ]
