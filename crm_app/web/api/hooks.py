"""Answers of forms elsewhere, such as Google Forms: signed with a secret, within five minutes, each once.

The signature is HMAC-SHA256 over the timestamp (seconds since 1970), a point and the body, in hexadecimal.
"""

import hmac
import time
from hashlib import sha256

from sqlmodel import Session
from starlette.datastructures import Headers

from crm_app.models import ApiScope, ApiToken, Outcome
from crm_app.services import api_tokens, form_answers
from crm_app.web.api import schemas
from crm_app.web.api.contacts import texts_of
from crm_app.web.api.endpoints import Answer, Call
from crm_app.web.api.problems import Refusal

TIMESTAMP, SIGNATURE = "X-CRM-Timestamp", "X-CRM-Signature"
WINDOW_SECONDS = 5 * 60
SCOPE = ApiScope.CONTACTS_WRITE
_UNSIGNED = "The signature is missing or wrong, or the request is older than five minutes."


def verified(session: Session, key: str, headers: Headers, body: bytes) -> tuple[ApiToken, str]:
    """The integration that signed the body, and the signature. Unknown, revoked and wrongly signed give one answer.

    Raises Refusal.
    """
    stamp, given = headers.get(TIMESTAMP, ""), headers.get(SIGNATURE, "").removeprefix("sha256=").lower()
    token = api_tokens.by_key(session, key[:32])
    secret = api_tokens.signing_secret(session, token.key) if token else "0" * 64
    wanted = hmac.digest(secret.encode(), stamp.encode() + b"." + body, sha256).hex()
    is_timely = stamp.isascii() and stamp.isdigit() and len(stamp) < 13
    is_timely = is_timely and abs(time.time() - int(stamp)) <= WINDOW_SECONDS
    if not hmac.compare_digest(given.encode(), wanted.encode()) or token is None or not is_timely:
        raise Refusal(401, _UNSIGNED)
    return token, wanted


def answered(call: Call) -> Answer:
    """POST /hooks/{key}"""
    body: schemas.HookAnswers = call.body
    form = " ".join(body.form.split())[:60] or call.token.name
    taken = form_answers.take(
        call.session, call.actor, form, texts_of(body.contact), list(body.answers.items()), tags=body.contact.tags
    )
    is_new = taken.outcome is Outcome.CREATE
    return Answer(schemas.HookTaken(outcome="created" if is_new else "known"), 201 if is_new else 200)
