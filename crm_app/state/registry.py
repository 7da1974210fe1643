"""Which event handlers there are for the browser to call, and with which right: default-deny."""

from collections.abc import Callable
from dataclasses import dataclass
from types import CodeType
from typing import Any, TypeVar

import reflex as rx
from reflex_base.registry import RegistrationContext

from crm_app.models import Permission

Handler = TypeVar("Handler", bound=Callable[..., Any])

# Reflex's own events that a page cannot live without. Everything else of Reflex is refused, `setvar` first of all.
INTERNAL = frozenset(
    ("reflex.state", name)
    for name in (
        "State.hydrate",
        "State.set_is_hydrated",
        "State.hydrate_and_load",
        "OnLoadInternalState.on_load_internal",
        "OnLoadInternalState.set_is_hydrated",
        "UpdateVarsInternalState.update_vars_internal",
        "FrontendEventExceptionState.handle_frontend_exception",
    )
)

LOADS = ("State.hydrate_and_load", "OnLoadInternalState.on_load_internal")  # those that begin a page


@dataclass(frozen=True, slots=True)
class Rule:
    """What one handler asks for; no permission means any signed-in user."""

    permission: Permission | None


# By code object: it stays the same when Reflex copies the handlers of a mixin into each state.
_rules: dict[CodeType, Rule] = {}


def action(*, permission: Permission | None, background: bool = False, **options: Any) -> Callable[[Handler], Handler]:
    """Takes the place of `rx.event`: only handlers marked with it can be called from a page.

    `permission=None` lets any signed-in user call it; there is no way to let anybody else. Every argument needs a
    type hint, because the guard checks what arrives against it.
    """

    def mark(handler: Handler) -> Handler:
        _rules[handler.__code__] = Rule(permission)
        return rx.event(handler, background=background, **options)

    return mark


def rule_of(event_name: str) -> Rule | None:
    """The rule of an event by its full name; None when it must be refused."""
    found = RegistrationContext.get().event_handlers.get(event_name)
    if found is None or event_name.endswith(".setvar"):
        return None
    if internal(event_name):
        return Rule(None)
    return _rules.get(getattr(found.handler.fn, "__code__", None))


def internal(event_name: str) -> str:
    """The name of an event that is Reflex's own, as in INTERNAL; empty for any other."""
    found = RegistrationContext.get().event_handlers.get(event_name)
    named = (found.handler.fn.__module__, found.handler.fn.__qualname__) if found is not None else ("", "")
    return named[1] if named in INTERNAL else ""


def registered() -> dict[CodeType, Rule]:
    """Every handler marked with `action`, by the code object of its function."""
    return dict(_rules)
