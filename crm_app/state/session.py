"""Who is signed in on this tab. Usable by every state."""

import asyncio
from typing import Any

import reflex as rx
from reflex.state import BaseState

from crm_app import cookies
from crm_app.locales import LANGUAGES
from crm_app.models import Permission
from crm_app.services import database, sessions, users
from crm_app.services.actor import Actor
from crm_app.services.errors import NotPermitted
from crm_app.services.sessions import SignedIn
from crm_app.state.registry import action
from crm_app.state.tabs import threads

# What each page loads, by route: asked again when the language changes, because the server's texts change with it.
RELOADS: dict[str, Any] = {}


async def signed_in(state: BaseState) -> SignedIn:
    """The session behind the tab's cookie, read from the database now. Raises NotPermitted when there is none."""
    token = cookies.session_token(state.router.headers.cookie)
    found = await asyncio.get_running_loop().run_in_executor(threads, sessions.look_up, token)
    if found is None:
        raise NotPermitted(sessions.SIGNED_OUT)
    return found


async def current_actor(state: BaseState) -> Actor:
    """Who acts in this event. Raises NotPermitted when nobody is signed in any more.

    Long background work asks again before each step that shows or changes something.
    """
    return (await signed_in(state)).actor


def initials_of(name: str) -> str:
    """Up to two letters for the round badge: first and last word."""
    words = [word for word in name.split() if word[0].isalnum()] or ["?"]
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


class SessionState(rx.State):
    """What the frame of every page shows of the user."""

    name: str = ""
    initials: str = ""
    role: str = ""
    language: str = "en"
    may_edit: bool = True
    may_change_settings: bool = False
    may_send: bool = False
    sees_branches: bool = False  # several, told apart
    may_manage_users: bool = False
    may_read_log: bool = False
    mail_notices: bool = True
    may_handle_privacy: bool = True
    may_import: bool = True  # until the user is read: for those who may, nothing jumps into the page
    _page: str = ""  # path of the page that loads, and of the one before
    _page_before: str = ""

    @action(permission=None)
    async def load(self) -> None:
        """Reads the user; part of every page's `on_load`."""
        found = await signed_in(self)
        self._page_before, self._page = self._page, self.router.url.path
        self.name = found.user.name
        self.initials = initials_of(found.user.name)
        self.role = found.role.key
        self.language = found.user.language
        self.may_edit = found.actor.may(Permission.CONTACTS_EDIT)
        self.may_change_settings = found.actor.may(Permission.SETTINGS)
        self.sees_branches = len(found.actor.branch_ids or ()) > 1
        self.may_import = found.actor.may(Permission.IMPORT)
        self.may_manage_users = found.actor.may(Permission.USERS)
        self.may_read_log = found.actor.may(Permission.AUDIT)
        self.may_send = found.actor.may(Permission.MESSAGES)
        self.mail_notices = found.user.mail_notices
        self.may_handle_privacy = found.actor.may(Permission.CONSENT)

    @action(permission=None)
    async def set_my_language(self, language: str) -> Any:
        """Remembers the language and loads the page again in it; an unknown one changes nothing."""
        if language not in LANGUAGES:
            return None
        actor = await current_actor(self)
        await asyncio.to_thread(_set_language, actor, language)
        self.language = language
        return RELOADS.get(self.router.route_id)

    @action(permission=None)
    async def toggle_mail_notices(self):
        """Whether what the bell tells comes by mail too."""
        actor = await current_actor(self)
        self.mail_notices = not self.mail_notices
        await asyncio.to_thread(_set_mail_notices, actor, self.mail_notices)


def _set_mail_notices(actor: Actor, wanted: bool) -> None:
    with database.transaction() as session:
        users.set_mail_notices(session, actor, actor.user_id or 0, wanted)


def _set_language(actor: Actor, language: str) -> None:
    with database.transaction() as session:
        users.set_language(session, actor, actor.user_id or 0, language)
