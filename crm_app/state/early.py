"""What somebody does on a page that still loads waits until it has loaded: loading begins the page anew, and would
close again what a fast hand has opened.
"""

from dataclasses import dataclass

from reflex.state import BaseState, StateUpdate
from reflex_base.event import Event
from reflex_base.event.context import EventContext
from reflex_base.registry import RegistrationContext

from crm_app.state.registry import is_internal

# Behind the connection, which asks for the load, and behind the load, which stands in the queue as a whole.
_TURNS = 2


@dataclass(frozen=True)
class _Waiting(Event):
    turns: int = 0


def put_off(state: BaseState, event: Event) -> StateUpdate | None:
    """Lets an event of the browser in again at the end of the tab's queue while its page loads; None when it is due."""
    turns = event.turns if isinstance(event, _Waiting) else 0
    is_chained = EventContext.get().parent_txid is not None and turns == 0
    is_late = state._get_root_state().is_hydrated or is_chained or turns == _TURNS
    if is_late or is_internal(event.name) or _is_background(event):
        return None
    return StateUpdate(events=[_Waiting(event.name, event.router_data, event.payload, turns + 1)])


def _is_background(event: Event) -> bool:
    """Work of its own stands in no queue."""
    return RegistrationContext.get().event_handlers[event.name].handler.is_background
