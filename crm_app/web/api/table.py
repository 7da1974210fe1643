"""Every endpoint of version 1."""

from crm_app.models import ApiScope
from crm_app.web.api import consents, contacts, hooks, interactions, schemas, tags
from crm_app.web.api.endpoints import Endpoint

ROOT = "/api/v1"
_NUMBER = "/contacts/{number:int}"

ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "GET", "/contacts", "listContacts", "Contacts, with the filter of the list in the CRM",
        ApiScope.CONTACTS_READ, contacts.page, {200: schemas.ContactPage}, query=schemas.ListQuery, problems=(404,),
    ),
    Endpoint(
        "POST", "/contacts", "createContact", "A new contact, whoever is there already",
        ApiScope.CONTACTS_WRITE, contacts.create, {201: schemas.Written}, body=schemas.ContactNew,
    ),
    Endpoint(
        "POST", "/contacts/upsert", "upsertContact", "A contact by its keys: updated when known, else created",
        ApiScope.CONTACTS_WRITE, contacts.upsert, {200: schemas.Written, 201: schemas.Written},
        body=schemas.ContactArrival, problems=(404,),
    ),
    Endpoint(
        "GET", _NUMBER, "getContact", "One contact",
        ApiScope.CONTACTS_READ, contacts.one, {200: schemas.Contact}, problems=(404,),
    ),
    Endpoint(
        "PATCH", _NUMBER, "changeContact", "Change fields of a contact",
        ApiScope.CONTACTS_WRITE, contacts.change, {200: schemas.Written}, body=schemas.ContactChange,
        problems=(404, 412), takes_version=True,
    ),
    Endpoint(
        "GET", _NUMBER + "/interactions", "listInteractions", "Orders, visits and calls, the last recorded first",
        ApiScope.CONTACTS_READ, interactions.page, {200: schemas.InteractionPage}, query=schemas.PageQuery,
        problems=(404,), tag="interactions",
    ),
    Endpoint(
        "POST", _NUMBER + "/interactions", "recordInteraction", "Record an order, a visit or a call",
        ApiScope.INTERACTIONS_WRITE, interactions.record, {200: schemas.Recorded, 201: schemas.Recorded},
        body=schemas.InteractionNew, problems=(404,), tag="interactions",
    ),
    Endpoint(
        "GET", "/tags", "listTags", "The tags there are",
        ApiScope.TAGS_READ, tags.listing, {200: schemas.TagList}, tag="tags",
    ),
    Endpoint(
        "POST", _NUMBER + "/tags", "changeTags", "Give tags to a contact and take them",
        ApiScope.TAGS_WRITE, tags.change, {200: schemas.ContactTags}, body=schemas.TagChange, problems=(404, 412),
        takes_version=True, tag="tags",
    ),
    Endpoint(
        "POST", "/consents", "recordConsent", "Somebody withdrew, or agreed elsewhere with a proof",
        ApiScope.CONSENT_WRITE, consents.record, {200: schemas.ConsentStanding, 201: schemas.ConsentStanding},
        body=schemas.ConsentEvent, problems=(404,), tag="consent",
    ),
)  # fmt: skip

HOOK = Endpoint(
    "POST", "/hooks/{key}", "formAnswers", "Answers of a form elsewhere, signed",
    hooks.SCOPE, hooks.answered, {200: schemas.HookTaken, 201: schemas.HookTaken}, body=schemas.HookAnswers,
    tag="hooks",
)  # fmt: skip
