"""By what a few contacts are rated apart from a search: the parameters of the last one, and what is common."""

from dataclasses import dataclass

from sqlmodel import Session

from crm_app.services.contacts import search
from crm_app.services.duplicates import running
from crm_app.services.duplicates.comparing import Common
from crm_app.services.duplicates.weights import Parameters


@dataclass(frozen=True, slots=True)
class Rules:
    """What `Engine` takes; `common` is None before the first search."""

    parameters: Parameters
    common: Common | None


def current(session: Session) -> Rules:
    """Those of the last search; before the first one the shipped ones for a base of about this size."""
    last = running.latest(session)
    if last is not None:
        return Rules(Parameters.from_json(last.parameters), last.parameters.get("common"))
    return Rules(Parameters(search.last_id(session)), None)
