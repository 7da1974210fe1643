"""The second step of signing in: the code of the second factor, after the password or a link was right."""

from datetime import datetime

from sqlmodel import Session

from crm_app.models import LinkPurpose, LoginOutcome, User
from crm_app.models.base import now
from crm_app.services import database, links, logins, second_factor, sessions
from crm_app.services.errors import NotFound
from crm_app.services.logins import Attempt


def is_waiting(token: str, *, at: datetime | None = None) -> bool:
    """Whether somebody may still type a code after their password was right."""
    with database.reading() as session:
        return bool(token) and links.peek(session, token, LinkPurpose.SECOND_FACTOR, at=at) is not None


def sign_in(token: str, code: str, *, ip: str, user_agent: str = "", at: datetime | None = None) -> Attempt:
    """Signs in who waits behind `token`, if the code is right; wrong ones leave the token. Call it in a thread.

    Raises NotFound where nobody waits any more.
    """
    with database.transaction() as session:
        waiting = links.peek(session, token, LinkPurpose.SECOND_FACTOR, at=at)
        user = session.get(User, waiting.user_id) if waiting and waiting.user_id else None
        if user is None or not user.active or not user.has_second_factor:
            raise NotFound(links.DEAD)
        failed = try_code(session, user, code, ip=ip, at=at)
        if failed is not None:
            return Attempt(failed)
        links.use(session, token, LinkPurpose.SECOND_FACTOR, at=at)
        logins.log(session, LoginOutcome.OK, account=logins.account_of(user.email), ip=ip, user_id=user.id, at=at)
        session_token = sessions.start(session, user, ip=ip, user_agent=user_agent, at=at)
        return Attempt(LoginOutcome.OK, session_token, user.language)


def try_code(session: Session, user: User, code: str, *, ip: str, at: datetime | None = None) -> LoginOutcome | None:
    """Takes a code of the user, used up then; what stands in the log when it was refused, None when it was right.

    Tries at the same time run one after the other, so that guesses gain nothing.
    """
    at = at or now()
    account, address = logins.account_of(user.email), logins.address_of(ip)
    database.one_at_a_time(session, f"second factor of {user.id}")
    if logins.is_code_throttled(session, account, address, at=at):
        logins.log_throttled(session, account, address, at)
        return LoginOutcome.THROTTLED
    if second_factor.accepts(session, user, code, at=at):
        return None
    logins.log(session, LoginOutcome.CODE_WRONG, account=account, ip=ip, user_id=user.id, at=at)
    return LoginOutcome.CODE_WRONG
