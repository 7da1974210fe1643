"""What the page of one automation shows: its parts as inputs take them, what may be chosen, its dry run and its log."""

from dataclasses import dataclass, field
from typing import Any

from sqlmodel import Session

from crm_app import locales, routes
from crm_app.locales import Text, text
from crm_app.models import ActionKind, Automation, Channel, RunState, Trigger
from crm_app.services import choosable, database, segments
from crm_app.services.actor import Actor
from crm_app.services.automations import actions, definitions, trial
from crm_app.services.automations.actions import Outcome
from crm_app.services.errors import Invalid
from crm_app.services.messages import templates
from crm_app.state import automation_words as words
from crm_app.state.choice import Choice
from crm_app.state.formats import exact, spoken
from crm_app.state.message_words import CHANNELS

TAGS_SHOWN = 500
_REMOVED = text("{name} (removed)")
_UNSEEN = text("A segment you do not see")
_NOT_KNOWN = text("Whom it is for is not understood any more. Choose it again.")


@dataclass
class ActionLine:
    """One action, as its inputs show it; `key` names them."""

    key: str = ""
    kind: str = ""
    label: str = ""
    chosen: str = ""  # template, tag or status
    title: str = ""
    days: str = "0"
    type: str = ""
    assignee: str = actions.RESPONSIBLE


@dataclass
class Choices:
    triggers: list[Choice] = field(default_factory=list)
    kinds: list[Choice] = field(default_factory=list)
    segments: list[Choice] = field(default_factory=list)
    templates: list[Choice] = field(default_factory=list)
    tags: list[Choice] = field(default_factory=list)
    statuses: list[Choice] = field(default_factory=list)
    types: list[Choice] = field(default_factory=list)
    colleagues: list[Choice] = field(default_factory=list)


@dataclass
class LogLine:
    key: str
    name: str
    url: str
    state: str
    dot: str
    said: str
    when: str
    exact: str


@dataclass
class SampleLine:
    key: str
    name: str
    url: str
    said: str


@dataclass
class Seen:
    name: str
    active: bool
    trigger: str
    value: str
    segment: str
    actions: list[ActionLine]
    choices: Choices


def look(actor: Actor, automation_id: int) -> Seen:
    """Raises NotFound."""
    with database.reading() as session:
        one = definitions.get(session, actor, automation_id)
        return Seen(
            name=one.name,
            active=one.active,
            trigger=one.trigger,
            value=str(one.value_id or ""),
            segment=str(one.params.get("segment", "")),
            actions=[_line(n, action, actor) for n, action in enumerate(one.actions)],
            choices=_choices(session, one, actor),
        )


def typed(line: ActionLine, form: dict[str, Any]) -> dict[str, Any]:
    """The action as its inputs say."""
    found = {
        name: str(form.get(f"{line.key}-{name}") or "") for name in ("chosen", "title", "days", "type", "assignee")
    }
    if line.kind == ActionKind.TASK:
        return {"kind": line.kind, **{name: found[name] for name in ("title", "days", "type", "assignee")}}
    name = "template" if line.kind == ActionKind.SEND else line.kind
    return {"kind": line.kind, name: found["chosen"]}


def tried(actor: Actor, automation_id: int) -> tuple[int, list[SampleLine]]:
    """How many it is for, and what it would do with the newest. Raises CRMError."""
    with database.reading() as session:
        try:
            found = trial.run(session, actor, automation_id)
        except ValueError as error:
            raise Invalid(_NOT_KNOWN) from error
        return found.total, [
            SampleLine(
                key=str(one.contact.number),
                name=one.contact.display_name,
                url=routes.contact(one.contact.number),
                said=words.said(one.outcomes, actor, done=words.WOULD),
            )
            for one in found.samples
        ]


def log(actor: Actor, automation_id: int, before: int) -> tuple[list[LogLine], bool]:
    """The lines behind the one with that id, and whether there are more."""
    with database.reading() as session:
        found = definitions.log(session, actor, automation_id, before=before, limit=definitions.SHOWN + 1)
    lines = []
    for run, contact in found[: definitions.SHOWN]:
        label, dot = words.STATES[RunState(run.state)]
        outcomes = [Outcome.from_json(one) for one in run.outcomes]
        why = _said(Text.from_json(run.why), actor) if run.why else words.said(outcomes, actor)
        lines.append(
            LogLine(
                key=str(run.id),
                name=contact.display_name,
                url=routes.contact(contact.number),
                state=_said(label, actor),
                dot=f"dot-{dot}",
                said=why,
                when=spoken(run.at, actor.language, actor.timezone),
                exact=exact(run.at, actor.language, actor.timezone),
            )
        )
    return lines, len(found) > definitions.SHOWN


def action_label(kind: ActionKind, actor: Actor) -> str:
    return _said(words.ACTIONS[kind], actor)


def _line(place: int, action: dict[str, Any], actor: Actor) -> ActionLine:
    kind = ActionKind(action["kind"])
    line = ActionLine(key=f"action{place}", kind=kind.value, label=action_label(kind, actor))
    if kind is ActionKind.TASK:
        line.title, line.days = action["title"], str(action["days"])
        line.type, line.assignee = str(action["type"] or ""), str(action["assignee"])
    else:
        line.chosen = str(action["template" if kind is ActionKind.SEND else kind.value])
    return line


def _choices(session: Session, one: Automation, actor: Actor) -> Choices:
    found = Choices(
        triggers=[Choice(key.value, _said(label, actor)) for key, label in words.TRIGGERS.items()],
        kinds=[Choice(key.value, _said(label, actor)) for key, label in words.ACTIONS.items()],
        segments=[Choice(str(entry.segment.id), entry.segment.name) for entry in segments.listing(session, actor)],
        templates=[
            Choice(
                str(entry.template.id),
                f"{entry.template.name} ({_said(CHANNELS[Channel(entry.template.channel)], actor)})",
            )
            for entry in templates.listing(session, actor)
            if entry.languages
        ],
        tags=[Choice(str(tag.id), tag.name) for tag in choosable.tags(session, most=TAGS_SHOWN)],
        statuses=[Choice(str(status.id), status.name) for status in choosable.statuses(session)],
        types=[Choice(str(kind.id), kind.name) for kind in choosable.task_types(session)],
        colleagues=[Choice(str(user.id), user.name) for user in choosable.colleagues(session, actor)],
    )
    for action in one.actions:
        kind, removed = action["kind"], text(_REMOVED.msgid, name=actions.names(session, action))
        if kind != ActionKind.TASK:
            among = {"send": found.templates, "tag": found.tags, "status": found.statuses}[kind]
            _keep(among, str(action["template" if kind == ActionKind.SEND else kind]), _said(removed, actor))
    if one.value_id is not None:
        lists = {Trigger.TAG: found.tags, Trigger.STATUS: found.statuses, Trigger.TASK_OVERDUE: found.types}
        named = session.get(definitions.VALUES[Trigger(one.trigger)], one.value_id)
        label = text(_REMOVED.msgid, name=named.name if named is not None else "")
        _keep(lists[Trigger(one.trigger)], str(one.value_id), _said(label, actor))
    if segment := one.params.get("segment"):
        _keep(found.segments, segment, _said(_UNSEEN, actor))
    return found


def _keep(among: list[Choice], value: str, label: str) -> None:
    """What is chosen stays to be seen, even where it is offered no more."""
    if all(one.value != value for one in among):
        among.append(Choice(value, label))


def _said(message: Text, actor: Actor) -> str:
    return locales.render(message, actor.language)
