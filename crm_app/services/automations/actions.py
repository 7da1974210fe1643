"""What an automation can do with a contact: first said, then done. Saying writes nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlmodel import Session, select

from crm_app.locales import Text, text
from crm_app.models import (
    ActionKind,
    Automation,
    Channel,
    Contact,
    ContactTag,
    LeadStatus,
    MessageTemplate,
    Permission,
    RunState,
    Tag,
    TaskType,
    User,
)
from crm_app.services import choosable, gone, installation, local_time, tasks
from crm_app.services.actor import Actor
from crm_app.services.contacts import asked_by_status, cards
from crm_app.services.errors import CRMError, Invalid
from crm_app.services.filters.questions import is_id
from crm_app.services.messages import permitted, server, singles, templates

MOST, MOST_DAYS, TITLE_LENGTH = 10, 365, 200
RESPONSIBLE = "owner"  # as assignee: whoever is responsible for the contact

_NOTHING = text("nothing to do: it is so already")
_REMOVED = text("What it names was removed from the settings.")
_NOBODY = text("Nobody is responsible for this contact.")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one action ended, or would end, and why it did nothing."""

    kind: ActionKind
    state: RunState = RunState.DONE
    why: Text | None = None

    def to_json(self) -> dict[str, Any]:
        return {"kind": self.kind.value, "state": self.state.value, "why": self.why.to_json() if self.why else None}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Outcome":
        why = Text.from_json(data["why"]) if data["why"] else None
        return cls(ActionKind(data["kind"]), RunState(data["state"]), why)


def checked(session: Session, actor: Actor, given: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The actions as they are stored. Raises Invalid("actions") for what is not there or does not go together."""
    if len(given) > MOST:
        raise Invalid(text("An automation may have {most} actions.", most=MOST), "actions")
    return [_checked(session, actor, one) for one in given]


def actor_of(session: Session, automation: Automation) -> Actor:
    """Who acts: nobody of the house, and only in the automation's branch."""
    here = installation.current(session)
    return Actor(
        user_id=None,
        name=automation.name,
        permissions=frozenset({Permission.CONTACTS_READ, Permission.CONTACTS_EDIT}),
        branch_ids=frozenset({automation.branch_id}),
        branch_id=automation.branch_id,
        language=here.language,
        timezone=here.timezone,
        via=automation.name,
    )


def said(session: Session, actor: Actor, contact: Contact, action: Mapping[str, Any]) -> Outcome:
    """What would come of it now."""
    kind = ActionKind(action["kind"])
    try:
        match kind:
            case ActionKind.SEND:
                why = _why_not_to_send(session, actor, contact, action)
            case ActionKind.TASK:
                _assignee(contact, action)
                why = None
            case ActionKind.TAG:
                tag = _there(session, Tag, action["tag"])
                why = _NOTHING if session.get(ContactTag, (contact.id, tag.id)) is not None else None
            case ActionKind.STATUS:
                status = _there(session, LeadStatus, action["status"])
                why = _NOTHING if contact.status_id == status.id else None
                after = contact.model_dump() | {"status_id": status.id}
                asked_by_status.require(session, status.id, after, contact.custom)
    except CRMError as error:
        return Outcome(kind, RunState.FAILED, error.message)
    return Outcome(kind, RunState.SKIPPED, why) if why is not None else Outcome(kind)


def done(session: Session, actor: Actor, contact: Contact, action: Mapping[str, Any]) -> Outcome:
    """Carries it out, or says why not; what fails leaves nothing behind."""
    outcome = said(session, actor, contact, action)
    if outcome.state is not RunState.DONE:
        return outcome
    try:
        with session.begin_nested():
            _do(session, actor, contact, action)
    except CRMError as error:
        return Outcome(outcome.kind, RunState.FAILED, error.message)
    return outcome


def _do(session: Session, actor: Actor, contact: Contact, action: Mapping[str, Any]) -> None:
    match ActionKind(action["kind"]):
        case ActionKind.SEND:
            singles.from_template(session, actor, contact, action["template"])
        case ActionKind.TASK:
            day = local_time.today(actor.timezone) + timedelta(days=action["days"])
            kinds = {one.id for one in choosable.task_types(session)}
            texts = {
                "title": action["title"],
                "day": day.isoformat(),
                "type": str(action["type"]) if action["type"] in kinds else "",
                "contact": str(contact.number),
                "assignee": _assignee(contact, action),
            }
            tasks.add(session, actor, texts, notify=True)
        case ActionKind.TAG:
            names = [tag.name for tag in cards.tags_of(session, contact)]
            cards.change(session, actor, contact, {}, tags=[*names, _there(session, Tag, action["tag"]).name])
        case ActionKind.STATUS:
            cards.change(session, actor, contact, {"status": _there(session, LeadStatus, action["status"]).name})


def _why_not_to_send(session: Session, actor: Actor, contact: Contact, action: Mapping[str, Any]) -> Text | None:
    """Raises CRMError for a template that is gone or has no words."""
    template = templates.get(session, actor, action["template"])
    singles.words_for(session, contact, template)
    if template.channel == Channel.SMS and not server.current(session).sms_url:
        return server.NO_SMS
    reason = permitted.why_not(session, contact, template)
    return None if reason is None else permitted.REASONS[reason]


def _assignee(contact: Contact, action: Mapping[str, Any]) -> str:
    """Raises Invalid when nobody is responsible."""
    if action["assignee"] != RESPONSIBLE:
        return str(action["assignee"])
    if contact.owner_id is None:
        raise Invalid(_NOBODY)
    return str(contact.owner_id)


def _there(session: Session, model: type[Any], id_: int) -> Any:
    """The tag or status, or what it was merged into. Raises Invalid for a removed one."""
    meant = gone.meant(session, model, [id_]).groups
    if not meant:
        raise Invalid(_REMOVED)
    return session.get_one(model, meant[0][0])


def _checked(session: Session, actor: Actor, given: Mapping[str, Any]) -> dict[str, Any]:
    kind = str(given.get("kind") or "")
    if kind == ActionKind.SEND:
        template = templates.get(session, actor, _id(given, "template", text("Please choose a template.")))
        return {"kind": kind, "template": template.id}
    if kind == ActionKind.TAG:
        id_ = _id(given, "tag", text("Please choose a tag."))
        return {"kind": kind, "tag": _chosen(session, Tag, id_).id}
    if kind == ActionKind.STATUS:
        id_ = _id(given, "status", text("Please choose a status."))
        return {"kind": kind, "status": _chosen(session, LeadStatus, id_).id}
    if kind == ActionKind.TASK:
        return {"kind": kind, **_task(session, actor, given)}
    raise Invalid(text("Choose from the list."), "actions")


def _task(session: Session, actor: Actor, given: Mapping[str, Any]) -> dict[str, Any]:
    title = " ".join(str(given.get("title") or "").split())
    days, type_id = str(given.get("days") or "0"), str(given.get("type") or "")
    assignee = str(given.get("assignee") or RESPONSIBLE)
    if not title or len(title) > TITLE_LENGTH:
        raise Invalid(
            text("Please say what is to be done, in {most} characters at most.", most=TITLE_LENGTH), "actions"
        )
    if not (days.isascii() and days.isdigit() and int(days[:6]) <= MOST_DAYS):
        raise Invalid(text("Please give a number of days from 0 to {most}.", most=MOST_DAYS), "actions")
    if assignee != RESPONSIBLE and assignee not in {str(one.id) for one in choosable.colleagues(session, actor)}:
        raise Invalid(text("Choose a colleague from the list."), "actions")
    if type_id and (not is_id(type_id) or session.get(TaskType, int(type_id)) is None):
        raise Invalid(text("Choose a type from the list."), "actions")
    return {
        "title": title,
        "days": int(days),
        "type": int(type_id) if type_id else None,
        "assignee": assignee if assignee == RESPONSIBLE else int(assignee),
    }


def _chosen(session: Session, model: type[Any], id_: int) -> Any:
    found = session.exec(select(model).where(model.id == id_)).first()
    if found is None:
        raise Invalid(text("Choose from the list."), "actions")
    return found


def _id(given: Mapping[str, Any], name: str, missing: Text) -> int:
    typed = str(given.get(name) or "")
    if not is_id(typed):
        raise Invalid(missing, "actions")
    return int(typed)


def names(session: Session, action: Mapping[str, Any]) -> str:
    """What the action names: the template, the task, the tag or the status; empty for one that is gone for good."""
    match ActionKind(action["kind"]):
        case ActionKind.SEND:
            template = session.get(MessageTemplate, action["template"])
            return template.name if template is not None else ""
        case ActionKind.TASK:
            return str(action["title"])
        case ActionKind.TAG:
            tag = session.get(Tag, action["tag"])
            return tag.name if tag is not None else ""
        case ActionKind.STATUS:
            status = session.get(LeadStatus, action["status"])
            return status.name if status is not None else ""


def colleague(session: Session, action: Mapping[str, Any]) -> str:
    """Who gets the task, empty for whoever is responsible."""
    user = session.get(User, action["assignee"]) if isinstance(action.get("assignee"), int) else None
    return user.name if user is not None else ""
