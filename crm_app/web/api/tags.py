"""Tags by the API: which there are, and given to a contact or taken from it."""

from sqlmodel import col, select

from crm_app.models import Tag
from crm_app.services.contacts import cards
from crm_app.services.folding import fold
from crm_app.web.api import schemas
from crm_app.web.api.contacts import require_version
from crm_app.web.api.endpoints import Answer, Call


def listing(call: Call) -> Answer:
    """GET /tags"""
    found = call.session.exec(select(Tag).where(col(Tag.removed_at).is_(None)).order_by(Tag.folded)).all()
    return Answer(schemas.TagList(tags=[schemas.Tag(name=tag.name, is_franchise=tag.is_franchise) for tag in found]))


def change(call: Call) -> Answer:
    """POST /contacts/{number}/tags"""
    body: schemas.TagChange = call.body
    contact = cards.get(call.session, call.actor, call.path["number"], for_change=True)
    require_version(call, contact)
    gone = {fold(name) for name in body.take}
    wanted = {fold(tag.name): tag.name for tag in cards.tags_of(call.session, contact)}
    for name in body.give:
        wanted.setdefault(fold(name), name)
    names = [name for folded, name in wanted.items() if folded not in gone]
    cards.change(call.session, call.actor, contact, {}, tags=names)
    has = [tag.name for tag in cards.tags_of(call.session, contact)]
    return Answer(schemas.ContactTags(number=contact.number, version=contact.version, tags=has), contact_id=contact.id)
