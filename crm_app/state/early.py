"""What somebody does on a page that still loads waits until it has loaded: loading begins the page anew, and would
close again what a fast hand has opened.

Events of a tab stand in one queue, and its page's load in it as a whole. An event that comes too early goes to the end
of the queue, and what comes after it goes behind it, so that all happens in the order it was done.
"""

from dataclasses import dataclass, replace

from reflex.state import BaseState, StateUpdate
from reflex_base.event import Event
from reflex_base.event.context import EventContext
from reflex_base.registry import RegistrationContext

from crm_app.state.registry import LOADS, internal
from crm_app.state.tabs import TabState

_TURNS = 2  # behind the connection, which asks for the load, and behind the load


@dataclass(frozen=True)
class _Waiting(Event):
    """`is_ahead`: done on a page whose own load had not come yet."""

    turns: int = 0
    is_ahead: bool = False


def put_off(state: BaseState, tab: TabState, event: Event, *, is_fresh: bool) -> StateUpdate | None:
    """What becomes of an event that is not due yet; None when it is.

    `is_fresh`: the server knows nothing of the tab any more, and Reflex loads its page within this event.
    """
    page = state.router.url.path
    if name := internal(event.name):
        if name in LOADS:
            tab._page, tab._waiting = page, 0
        return None
    is_loaded = state._get_root_state().is_hydrated
    if isinstance(event, _Waiting):
        is_here = page == tab._page
        is_due = is_loaded if is_here else not event.is_ahead
        if not is_due and event.turns < _TURNS:
            return StateUpdate(events=[replace(event, turns=event.turns + 1)])
        tab._waiting = max(tab._waiting - 1, 0)
        return None if is_here or event.is_ahead else StateUpdate()  # whoever did it has left the page
    is_chained = EventContext.get().parent_txid is not None
    if is_fresh or is_chained or _is_background(event) or (is_loaded and not tab._waiting):
        return None
    tab._waiting += 1
    is_ahead = page != tab._page
    return StateUpdate(events=[_Waiting(event.name, event.router_data, event.payload, 1, is_ahead)])


def _is_background(event: Event) -> bool:
    """Work of its own stands in no queue."""
    return RegistrationContext.get().event_handlers[event.name].handler.is_background
