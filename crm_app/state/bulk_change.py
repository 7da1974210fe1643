"""What the bulk panel asks for, made into a change: looked at before, and started."""

from dataclasses import dataclass, field

from babel.numbers import format_decimal
from sqlmodel import Session

from crm_app import locales
from crm_app.locales import Text, ntext, text
from crm_app.models import ConsentState
from crm_app.services import choosable, database, picked
from crm_app.services.actor import Actor
from crm_app.services.changes import actions, opt_in
from crm_app.services.changes.actions import Action, ActionKind
from crm_app.services.changes.start import preview, start
from crm_app.services.contacts.filter import ContactFilter
from crm_app.services.courses import catalogue, notices, offers
from crm_app.services.errors import Invalid, NotFound
from crm_app.services.fields.registry import FieldKind
from crm_app.services.filters import choices, subjects
from crm_app.services.filters.questions import is_id
from crm_app.services.filters.subjects import BRANCH
from crm_app.services.imports import into_course
from crm_app.services.imports.columns import IntoCourse
from crm_app.state.choice import Choice

NEW = "new"  # in place of the id of a segment
WITHOUT_OPT_IN = "without_opt_in"  # makes those inactive who did not confirm e-mails


@dataclass
class Settable:
    """A field that can be set: `kind` says with which control."""

    name: str
    label: str
    kind: str  # "choice", "choices", "date" or "text"
    choices: list[Choice] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Into:
    """A course, an offer and a template of the notice by id, and a day, as a form has them; each may be empty."""

    course: str = ""
    offer: str = ""
    from_on: str = ""
    template: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    kind: str
    field_name: str
    value: str
    name: str
    into: Into = Into()


def _action(session: Session, actor: Actor, asked: Asked) -> Action:
    """Raises Invalid for what is not complete yet."""
    if asked.kind == ActionKind.SET and asked.field_name == BRANCH:
        return actions.hand_over(session, actor, asked.value)
    if asked.kind == ActionKind.SET:
        return actions.set_field(session, actor, asked.field_name, asked.value)
    if asked.kind == ActionKind.TAG:
        return actions.tag(session, actor, asked.value.split(","))
    if asked.kind == ActionKind.UNTAG:
        return actions.untag(session, actor, [int(asked.value)] if is_id(asked.value) else [])
    if asked.kind == ActionKind.ENROL:
        return actions.enrol(session, actor, _into(asked.into))
    if asked.kind == ActionKind.TRASH:
        return actions.trash(actor)
    if asked.kind in (ActionKind.PICK, ActionKind.UNPICK):
        return _picking(session, actor, asked)
    return actions.reactivate() if asked.kind == ActionKind.REACTIVATE else actions.deactivate()


def _into(asked: Into) -> IntoCourse:
    if not is_id(asked.course):
        raise Invalid(text("Choose a course."), "course")
    offer, template = (int(one) if is_id(one) else None for one in (asked.offer, asked.template))
    day = catalogue.day({"from_on": asked.from_on}, "from_on")
    return IntoCourse(int(asked.course), offer, from_on=day.isoformat() if day else None, template=template)


def _picking(session: Session, actor: Actor, asked: Asked) -> Action:
    if asked.kind == ActionKind.PICK and asked.value == NEW:
        return actions.pick(session, actor, picked.make(session, actor, asked.name).id or 0)
    if not is_id(asked.value):
        raise Invalid(text("Choose a segment."), "value")
    return (actions.pick if asked.kind == ActionKind.PICK else actions.unpick)(session, actor, int(asked.value))


def _narrowed(session: Session, actor: Actor, wanted: ContactFilter, asked: Asked) -> ContactFilter:
    """Without those who confirmed, when only the others become inactive."""
    return opt_in.narrowed(session, actor, wanted) if asked.kind == WITHOUT_OPT_IN else wanted


@dataclass
class ReasonLine:
    """Why contacts are among those who would become inactive, how many, and a few of them."""

    label: str
    count: str
    names: str


_REASONS = {
    ConsentState.REVOKED.value: text("revoked"),
    ConsentState.SENT.value: text("invited, not answered"),
    ConsentState.IMPORTED.value: text("imported, never confirmed"),
    ConsentState.NONE.value: text("never asked"),
    opt_in.NO_ADDRESS: text("no e-mail address"),
}


def reasons(actor: Actor, wanted: ContactFilter, asked: Asked) -> list[ReasonLine]:
    """Of those without opt-in, why; of any other change nothing."""
    if asked.kind != WITHOUT_OPT_IN:
        return []
    with database.reading() as session:
        found = opt_in.reasons(session, actor, wanted)
    return [
        ReasonLine(
            _say(_REASONS[one.why], actor),
            format_decimal(one.count, locale=actor.language),
            ", ".join(one.names) + (" …" if one.count > len(one.names) else ""),
        )
        for one in found
    ]


def previewed(actor: Actor, wanted: ContactFilter, asked: Asked) -> tuple[int, list[Text]]:
    """How many would change, and what is said of it."""
    with database.transaction() as session:
        action = _action(session, actor, asked)
        found = preview(session, actor, _narrowed(session, actor, wanted, asked), action)
        free = _places(session, actor, action)
        session.rollback()  # a tag or segment that only was looked at is not made
    if free is not None and found.changing > free:
        waiting = found.changing - free
        message = ntext(
            "{n} contact comes into the course, {waiting} on the waiting list.",
            "{n} contacts come into the course, {waiting} on the waiting list.",
            free,
            waiting=waiting,
        )
        return found.changing, [message]
    names = ", ".join(found.names) + (" …" if found.changing > len(found.names) else "")
    if not found.changing:
        return 0, [text("Nobody would change: all of these contacts are so already.")]
    if not found.unchanged:
        message = ntext("One contact changes: {names}", "{n} contacts change: {names}", found.changing, names=names)
        return found.changing, [message, *_given_away(actor, asked)]
    message = ntext(
        "One contact changes, {others} are so already: {names}",
        "{n} contacts change, {others} are so already: {names}",
        found.changing,
        others=found.unchanged,
        names=names,
    )
    return found.changing, [message, *_given_away(actor, asked)]


def _given_away(actor: Actor, asked: Asked) -> list[Text]:
    """That they leave the actor's list, where they get an owner whose contacts it does not see."""
    if asked.kind != ActionKind.SET or asked.field_name != "owner" or actor.owner_ids is None:
        return []
    if asked.value in map(str, actor.owner_ids):
        return []
    return [text("They will no longer be in your list: you do not see the contacts of that owner.")]


def _places(session: Session, actor: Actor, action: Action) -> int | None:
    """How many places the course has left; None without a limit, and where nobody is enrolled."""
    if action.course is None:
        return None
    return catalogue.free_places(session, catalogue.get(session, actor, action.course.id))


def courses(actor: Actor) -> tuple[list[Choice], list[Choice]]:
    """The courses somebody can be enrolled in, and the templates of notices."""
    with database.reading() as session:
        open_ = [Choice(str(one.id), one.name) for one in into_course.courses(session, actor, actor.branch_id)]
        return open_, [Choice(str(one.template.id), one.template.name) for one in notices.choices(session, actor)]


def offers_of(actor: Actor, course: str) -> list[Choice]:
    """Those of a course by its id; none of what is no course."""
    if not is_id(course):
        return []
    with database.reading() as session:
        try:
            return [Choice(str(one.offer.id), one.offer.name) for one in offers.listing(session, actor, int(course))]
        except NotFound:
            return []


def started(actor: Actor, wanted: ContactFilter, asked: Asked) -> tuple[int, int]:
    with database.transaction() as session:
        job = start(session, actor, _narrowed(session, actor, wanted, asked), _action(session, actor, asked))
        assert job.id is not None
        return job.id, job.subject_id


def settable(actor: Actor) -> tuple[list[Settable], list[Choice], list[Choice]]:
    with database.reading() as session:
        known = subjects.known(session)
        found = []
        for name, one in actions.settable(session).items():
            pairs = choices.of(session, actor, known[name])
            if name == "owner":
                pairs = [(str(user.id), user.name) for user in choosable.colleagues(session, actor)]
            kind = {FieldKind.DATE: "date", FieldKind.CHOICES: "choices"}.get(one.kind, "choice" if pairs else "text")
            if one.kind is FieldKind.YES_NO:
                kind, pairs = "choice", [("1", _say(text("yes"), actor)), ("0", _say(text("no"), actor))]
            listed = [Choice(value, label) for value, label in pairs] if kind in ("choice", "choices") else []
            found.append(Settable(name, _say(one.label, actor), kind, listed))
        if several := choices.of(session, actor, known[BRANCH]):
            listed = [Choice(value, label) for value, label in several]
            found.append(Settable(BRANCH, _say(known[BRANCH].label, actor), "choice", listed))
        tags = [Choice(value, label) for value, label in choices.of(session, actor, known["tags"])]
        segments = [Choice(str(one.id), one.name) for one in picked.listing(session, actor)]
    return found, tags, segments


def _say(label: Text, actor: Actor) -> str:
    return locales.render(label, actor.language)
