"""Links by which the owner of an account comes in without a password: invitations, and forgotten passwords."""

from dataclasses import dataclass

from sqlmodel import Session

from crm_app.locales import text
from crm_app.models import LinkPurpose, LoginOutcome, Role, User
from crm_app.services import audit, database, links, login_codes, logins, sessions, users
from crm_app.services.actor import Actor
from crm_app.services.errors import Conflict, NotFound, NotPermitted
from crm_app.services.logins import Attempt
from crm_app.services.messages import account_mails

DISABLED = text("This account is disabled. Ask an administrator of this CRM.")


@dataclass(frozen=True, slots=True)
class Made:
    """A link to hand on, shown this once; `is_mailed`: the same goes to the owner by mail."""

    user: User
    token: str
    is_mailed: bool

    @property
    def url(self) -> str:
        return links.url_of(self.token, LinkPurpose.INVITE)


@dataclass(frozen=True, slots=True)
class Behind:
    """Whose link it is, and what its page asks."""

    purpose: LinkPurpose
    name: str
    email: str
    has_password: bool
    asks_code: bool


def invite(
    session: Session, actor: Actor, *, email: str, name: str, role: str, language: str = "", ip: str = ""
) -> Made:
    """A new account, and the link with which its owner chooses a password. Raises NotPermitted, Invalid, Conflict."""
    user = users.add(session, actor, email=email, name=name, role=role, language=language, ip=ip)
    return _made(session, user, LinkPurpose.INVITE)


def make(session: Session, actor: Actor, user_id: int, *, ip: str = "") -> Made:
    """A new link for an account below: to the first password, or to another one. Earlier links stop working.

    Raises NotPermitted, NotFound, Conflict where the account is disabled.
    """
    user = users.touchable(session, actor, user_id)
    if not user.active:
        raise Conflict(text("The account {email} is disabled. Enable it first.", email=user.email))
    made = _made(session, user, LinkPurpose.RESET if user.password_hash else LinkPurpose.INVITE)
    audit.record(session, actor, "user.link", ip=ip, user=user_id)
    return made


def behind(session: Session, token: str) -> Behind | None:
    """Whose the link is; None when it does not work. Uses nothing up."""
    link = links.peek(session, token, *links.OF_ACCOUNTS)
    user = session.get(User, link.user_id) if link and link.user_id else None
    if link is None or user is None:
        return None
    has_password = user.password_hash is not None
    return Behind(LinkPurpose(link.purpose), user.name, user.email, has_password, user.has_second_factor)


def sign_in(token: str, password: str, code: str = "", *, ip: str, user_agent: str = "") -> Attempt:
    """Signs the owner in, with a new password where one was typed or must be. Call it in a thread.

    The link is used up by success alone. Raises NotFound for a dead link, NotPermitted for a disabled account,
    Invalid("password").
    """
    with database.transaction() as session:
        link = links.peek(session, token, *links.OF_ACCOUNTS)
        user = session.get(User, link.user_id) if link and link.user_id else None
        if link is None or user is None:
            raise NotFound(links.DEAD)
        if not user.active:
            raise NotPermitted(DISABLED)
        if user.has_second_factor:
            failed = login_codes.try_code(session, user, code, ip=ip)
            if failed is not None:
                return Attempt(failed)
        links.use(session, token, *links.OF_ACCOUNTS)
        if password or link.purpose == LinkPurpose.RESET or user.password_hash is None:
            actor = sessions.actor_of(session, user, session.get_one(Role, user.role_id))
            users.set_password(session, actor, user.id or 0, password, ip=ip)
        links.end_all(session, user.id or 0)
        logins.log(session, LoginOutcome.LINK, account=logins.account_of(user.email), ip=ip, user_id=user.id)
        return Attempt(LoginOutcome.LINK, sessions.start(session, user, ip=ip, user_agent=user_agent), user.language)


def _made(session: Session, user: User, purpose: LinkPurpose) -> Made:
    token = links.of_account(session, user.id or 0, purpose)
    return Made(user, token, account_mails.put(session, user, purpose) is not None)
