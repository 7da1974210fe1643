"""Orders, visits and calls by the API."""

from crm_app.models import Interaction
from crm_app.services import interactions, money
from crm_app.services.interactions import Report
from crm_app.web.api import schemas
from crm_app.web.api.endpoints import Answer, Call


def record(call: Call) -> Answer:
    """POST /contacts/{number}/interactions"""
    body: schemas.InteractionNew = call.body
    report = Report(
        kind=body.kind,
        source=body.source,
        at=body.at,
        description=body.description,
        amount=body.amount,
        currency=body.currency or "",
        external_id=body.external_id,
    )
    recorded = interactions.record(call.session, call.actor, call.path["number"], report)
    made = recorded.interaction
    answer = schemas.Recorded(interaction=_shown(made), is_new=recorded.is_new)
    return Answer(answer, 201 if recorded.is_new else 200, contact_id=made.contact_id)


def page(call: Call) -> Answer:
    """GET /contacts/{number}/interactions"""
    asked: schemas.PageQuery = call.query
    found = interactions.listing(
        call.session, call.actor, call.path["number"], after=asked.after, limit=asked.limit + 1
    )
    shown = [_shown(one) for one in found[: asked.limit]]
    return Answer(schemas.InteractionPage(interactions=shown, after=shown[-1].id if len(found) > len(shown) else None))


def _shown(one: Interaction) -> schemas.Interaction:
    has_amount = one.amount is not None
    return schemas.Interaction(
        id=one.id or 0,
        kind=one.kind,
        source=one.source,
        at=one.at,
        description=one.description,
        amount=f"{money.decimal(one.amount or 0, one.currency):f}" if has_amount else None,
        currency=one.currency if has_amount else None,
        external_id=one.external_id,
    )
