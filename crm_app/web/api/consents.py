"""What another system says of somebody's consent: it can lower it, and vouch where nothing stands."""

from crm_app.models.base import now
from crm_app.services.consent import vouching
from crm_app.services.consent.ledger import Proof
from crm_app.web.api import schemas
from crm_app.web.api.contacts import numbered
from crm_app.web.api.endpoints import Answer, Call
from crm_app.web.api.problems import Refusal


def record(call: Call) -> Answer:
    """POST /consents"""
    body: schemas.ConsentEvent = call.body
    if body.state == "imported" and body.at is None:
        raise Refusal(422, "Say when this was agreed to.", field="at")
    place = " · ".join(filter(None, (call.token.name, body.place.strip())))
    proof = Proof(text=body.text, text_version=body.text_version, source_name=place[:255], ip=body.ip)
    if body.state == "imported" and not (body.text.strip() or body.place.strip()):
        raise Refusal(422, "Say what was agreed to, or where: without a proof this is no consent.", field="text")
    write = vouching.vouch if body.state == "imported" else vouching.revoke
    state, is_recorded = write(
        call.session,
        call.actor,
        body.channel,
        body.address,
        proof=proof,
        at=body.at or now(),
        contact_number=numbered(call, body.number),
    )
    return Answer(schemas.ConsentStanding(state=state, is_recorded=is_recorded), 201 if is_recorded else 200)
