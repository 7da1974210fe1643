"""Ending the session a browser has: when it signs out, and before it gets another one."""

from starlette.requests import Request

from crm_app.models import LoginOutcome
from crm_app.services import audit, database, logins, sessions
from crm_app.web import forms
from crm_app.web.visitors import token_of


async def end_present_session(request: Request) -> None:
    """Ends the session the browser has, before it gets another one or none."""
    if token := token_of(request.scope):
        ended = await forms.in_thread(_end, token, forms.address(request))
        request.app.state.visitors.forget(token)
        if ended is not None:
            await request.app.state.on_session_ended(ended)


def _end(token: str, ip: str) -> int | None:
    with database.transaction() as session:
        found = sessions.find(session, token)
        ended = sessions.end(session, token)
        if found is not None:
            account = logins.account_of(found.user.email)
            logins.log(session, LoginOutcome.LOGOUT, account=account, ip=ip, user_id=found.user.id)
            audit.record(session, found.actor, "signed_out", ip=ip)
        return ended
