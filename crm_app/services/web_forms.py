"""Forms for people who are no users: which questions, which words, where they may be embedded; made in the settings."""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from sqlmodel import Session, col, select

from crm_app import routes
from crm_app.locales import PUBLIC_LANGUAGES, Text, render, text
from crm_app.models import Channel, Lifecycle, Permission, WebForm
from crm_app.models.base import now
from crm_app.services import audit, custom_fields, installation, links, secret_key
from crm_app.services.actor import Actor
from crm_app.services.consent.addresses import FIELDS_OF
from crm_app.services.contacts.validating import ONE_OF
from crm_app.services.errors import Invalid, NotFound
from crm_app.services.fields.registry import FIELDS, Field, Shown
from crm_app.services.fields.vocabulary import split_tags

ASKABLE = (
    "salutation", "first_name", "last_name", "company", "email", "phone", "mobile", "street", "postal_code", "city",
    "province", "country", "tax_number", "gender", "birth_date", "website", "notes",
)  # fmt: skip
FIRST = (("first_name", True), ("last_name", True), ("email", True))
LENGTHS = {"name": 100, "title": 200, "intro": 2_000, "consent_text": 2_000, "thanks": 2_000}
LABEL_LENGTH, MOST_QUESTIONS, MOST_ORIGINS, MOST_TAGS = 200, 40, 20, 20
_LOCAL = ("localhost", "127.0.0.1")
_HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")


@dataclass(frozen=True, slots=True)
class Question:
    """A field that is asked for; `label` in other words than the field's own, empty = in its own."""

    name: str
    label: str = ""
    required: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """A form as somebody sets it up: `tags` and `origins` as typed, by comma or line."""

    name: str
    title: str = ""
    intro: str = ""
    questions: Sequence[Question] = ()
    consent_text: str = ""
    consent_channel: str = Channel.EMAIL
    language: str = "en"
    thanks: str = ""
    tags: str = ""
    lifecycle: str = Lifecycle.LEAD
    origins: str = ""
    active: bool = True


def askable(session: Session) -> dict[str, Field]:
    """The fields a form may ask for. A key of the house is none: its clashes would tell strangers who is here."""
    own = {
        key: field
        for key, field in custom_fields.all_of(session).items()
        if Shown.FORM in field.shown and not field.is_unique
    }
    return {name: FIELDS[name] for name in ASKABLE} | own


def questions(form: WebForm) -> list[Question]:
    return [Question(str(one["name"]), str(one.get("label", "")), bool(one.get("required"))) for one in form.fields]


def label_of(field: Field, question: Question, language: str) -> str:
    """What the form writes before the answer."""
    return question.label or render(field.label, language)


def make(session: Session, actor: Actor, name: str) -> WebForm:
    """A new form with the first questions, in the installation's language, not open yet.

    Raises NotPermitted; Invalid ("name"); Conflict without the right secret key.
    """
    actor.require(Permission.SETTINGS)
    secret_key.ensured(session)  # what signs the time a form was opened
    clean = _line(name, "name")
    if not clean:
        raise Invalid(text("Give the form a name."), "name")
    language = installation.current(session).language
    made = WebForm(
        key=secrets.token_urlsafe(12),
        name=clean,
        title=clean,
        branch_id=actor.branch_id,
        language=language if language in PUBLIC_LANGUAGES else "en",
        fields=[{"name": one, "label": "", "required": required} for one, required in FIRST],
        active=False,
        created_by_id=actor.user_id,
    )
    session.add(made)
    session.flush()
    audit.record(session, actor, "form.made", form=made.id or 0)
    return made


def change(session: Session, actor: Actor, form_id: int, draft: Draft) -> WebForm:
    """Sets the form up. Another wording of the consent text is another version of it.

    Raises NotPermitted, NotFound; Invalid(field).
    """
    form = get(session, actor, form_id)
    values = _checked(session, draft)
    if values["consent_text"] != form.consent_text and form.consent_text:
        form.text_version += 1
    changed = [key for key, value in values.items() if getattr(form, key) != value]
    for key in changed:
        setattr(form, key, values[key])
    if changed:
        session.add(form)
        session.flush()
        audit.record(session, actor, "form.changed", form=form_id, changed=",".join(changed))
    return form


def remove(session: Session, actor: Actor, form_id: int) -> None:
    """Its address leads nowhere any more; what was answered stays with the contacts. Raises NotPermitted, NotFound."""
    form = get(session, actor, form_id)
    form.removed_at, form.active = now(), False
    session.add(form)
    session.flush()
    audit.record(session, actor, "form.removed", form=form_id)


def listing(session: Session, actor: Actor) -> list[WebForm]:
    """Those of the actor's branches by name. Raises NotPermitted."""
    actor.require(Permission.SETTINGS)
    query = select(WebForm).where(col(WebForm.removed_at).is_(None)).order_by(col(WebForm.name), col(WebForm.id))
    if actor.branch_ids is not None:
        query = query.where(col(WebForm.branch_id).in_(actor.branch_ids))
    return list(session.exec(query))


def get(session: Session, actor: Actor, form_id: int) -> WebForm:
    """Raises NotPermitted; NotFound for one that is missing, removed or another branch's."""
    actor.require(Permission.SETTINGS)
    found = session.get(WebForm, form_id)
    if found is None or found.removed_at is not None:
        raise NotFound(_NOT_THERE)
    if actor.branch_ids is not None and found.branch_id not in actor.branch_ids:
        raise NotFound(_NOT_THERE)
    return found


_NOT_THERE = text("There is no such form.")


def published(session: Session, key: str) -> WebForm:
    """The form behind an address. Raises NotFound, for a closed one too."""
    found = session.exec(select(WebForm).where(WebForm.key == key, col(WebForm.removed_at).is_(None))).first()
    if found is None or not found.active:
        raise NotFound(_NOT_THERE)
    return found


def address_of(form: WebForm) -> str:
    """Where people fill it in."""
    return links.base_url() + routes.PUBLIC_FORM.format(key=form.key)


def missing(session: Session, asked: Sequence[Question]) -> list[Text]:
    """What every new contact must have here and the form does not ask for, so that it could bring in nobody."""
    names = {one.name for one in asked}
    known = custom_fields.known(session)
    needed = [*installation.required(installation.current(session)), *custom_fields.required(session)]
    return [known[name].label for name in needed if name not in names and name in known]


def _checked(session: Session, draft: Draft) -> dict[str, Any]:
    """The columns. Raises Invalid(field)."""
    name = _line(draft.name, "name")
    if not name:
        raise Invalid(text("Give the form a name."), "name")
    asked = _questions(session, draft.questions)
    consent_text = _lines(draft.consent_text, "consent_text")
    if draft.consent_channel not in set(Channel):
        raise Invalid(text("Choose e-mail, SMS or phone."), "consent_channel")
    reached = {one.name for one in asked} & set(FIELDS_OF[Channel(draft.consent_channel)])
    if consent_text and not reached:
        raise Invalid(text("To agree to this, people must give an address for it: ask for it above."), "consent_text")
    if draft.language not in PUBLIC_LANGUAGES:
        raise Invalid(text("Please choose a language from the list."), "language")
    if draft.lifecycle not in set(Lifecycle):
        raise Invalid(text("This lifecycle is not known; write contact, lead or customer."), "lifecycle")
    tags = split_tags(draft.tags.replace(";", ","))
    if len(tags) > MOST_TAGS or any(len(tag) > 100 for tag in tags):
        raise Invalid(text("These are too many tags, or one is too long."), "tags")
    return {
        "name": name,
        "title": _line(draft.title, "title"),
        "intro": _lines(draft.intro, "intro"),
        "fields": [{"name": one.name, "label": one.label, "required": one.required} for one in asked],
        "consent_text": consent_text,
        "consent_channel": draft.consent_channel,
        "language": draft.language,
        "thanks": _lines(draft.thanks, "thanks"),
        "tags": tags,
        "lifecycle": draft.lifecycle,
        "origins": _origins(draft.origins),
        "active": draft.active,
    }


def _questions(session: Session, asked: Sequence[Question]) -> list[Question]:
    known = askable(session)
    found: dict[str, Question] = {}
    for one in asked:
        label = " ".join(one.label.split())
        if one.name not in known or len(label) > LABEL_LENGTH:
            raise Invalid(text("This question cannot be asked. Load the page again."), "questions")
        found[one.name] = Question(one.name, label, one.required)
    if len(found) > MOST_QUESTIONS:
        raise Invalid(text("A form has at most {most} questions.", most=MOST_QUESTIONS), "questions")
    if not any(one.required and one.name in ONE_OF for one in found.values()):
        raise Invalid(text("Require at least a name, a company, an e-mail address or a phone number."), "questions")
    if lacking := missing(session, list(found.values())):
        raise Invalid(text("“{field}” is required of every contact: ask for it too.", field=lacking[0]), "questions")
    return list(found.values())


def _origins(typed: str) -> list[str]:
    """Raises Invalid ("origins")."""
    found = dict.fromkeys(map(_origin, typed.replace(",", " ").replace(";", " ").split()))
    if len(found) > MOST_ORIGINS:
        raise Invalid(text("At most {most} websites may embed a form.", most=MOST_ORIGINS), "origins")
    return list(found)


def _origin(typed: str) -> str:
    """`https://host[:port]`; http for this machine alone. It becomes part of a header, so nothing else passes."""
    try:
        parts = urlsplit(typed if "://" in typed else f"https://{typed}")
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        host, port, parts = "", None, urlsplit("")
    is_name = _HOST.fullmatch(host) is not None or host in _LOCAL
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and host in _LOCAL)
    is_bare = not (parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc)
    if not (is_name and is_safe and is_bare):
        message = text("“{value}” is no address of a website. Write it as https://www.example.org.", value=typed)
        raise Invalid(message, "origins")
    return f"{parts.scheme}://{host}" + (f":{port}" if port else "")


def _line(typed: str, field: str) -> str:
    return _short(" ".join(typed.split()), field)


def _lines(typed: str, field: str) -> str:
    return _short(typed.replace("\r\n", "\n").strip(), field)


def _short(clean: str, field: str) -> str:
    if len(clean) > LENGTHS[field]:
        raise Invalid(text("This text is too long: {most} characters at most.", most=LENGTHS[field]), field)
    return clean


def defaults(form: WebForm) -> Mapping[str, str]:
    """What a new contact gets of whom nothing is said."""
    return {"lifecycle": form.lifecycle, "source": form.name, "language": form.language}
