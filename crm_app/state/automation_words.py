"""What automations are called on the pages: what sets them off, what they do, what came of it."""

from collections.abc import Iterable, Sequence

from crm_app import locales
from crm_app.locales import Text, text
from crm_app.models import ActionKind, Automation, RunState, Trigger
from crm_app.services.actor import Actor
from crm_app.services.automations.actions import Outcome

TRIGGERS: dict[Trigger, Text] = {
    Trigger.CREATED_BY_FORM: text("A form brings a new contact"),
    Trigger.CREATED_BY_API: text("Another program brings a new contact"),
    Trigger.CREATED_BY_HAND: text("Somebody makes a new contact"),
    Trigger.CREATED_BY_IMPORT: text("An import brings a new contact"),
    Trigger.STATUS: text("A contact gets the status"),
    Trigger.TAG: text("A contact gets the tag"),
    Trigger.TASK_OVERDUE: text("A task of a contact is overdue"),
    Trigger.BIRTHDAY: text("A contact has a birthday today"),
}
ACTIONS: dict[ActionKind, Text] = {
    ActionKind.SEND: text("Send a template"),
    ActionKind.TASK: text("Make a task"),
    ActionKind.TAG: text("Give a tag"),
    ActionKind.STATUS: text("Set the status"),
}
STATES: dict[RunState, tuple[Text, str]] = {  # and the colour of its dot
    RunState.DONE: (text("done"), "green"),
    RunState.SKIPPED: (text("skipped"), "gray"),
    RunState.STOPPED: (text("stopped"), "amber"),
    RunState.FAILED: (text("failed"), "red"),
}
WOULD = text("would be done")


def said(outcomes: Iterable[Outcome], actor: Actor, *, done: Text = STATES[RunState.DONE][0]) -> str:
    """What came of each action, on one line."""
    parts: Sequence[Text] = [
        text("{action}: {what}", action=ACTIONS[one.kind], what=one.why or (done if one.state is RunState.DONE else ""))
        for one in outcomes
    ]
    return " · ".join(locales.render(part, actor.language) for part in parts)


def when(automation: Automation, value: str, actor: Actor) -> str:
    """What sets it off, with the name of the status, tag or type."""
    words = locales.render(TRIGGERS[Trigger(automation.trigger)], actor.language)
    return f"{words}: {value}" if value else words
