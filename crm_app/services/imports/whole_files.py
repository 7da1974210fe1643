"""Block all, or take the good rows: whether an import waits until every row of its file can be taken."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from crm_app.locales import Text, ntext
from crm_app.models import Outcome
from crm_app.services import installation

_IN_THE_WAY = (Outcome.INVALID, Outcome.CONFLICT)


def in_the_way(session: Session, counts: Mapping[str, Any], *, has_begun: bool = False) -> int:
    """Of the planned rows by outcome, those that keep the whole file out: invalid and conflicting ones.

    0 where the installation takes the good rows, and once some rows are in.
    """
    if has_begun or not installation.current(session).only_whole_files:
        return 0
    return sum(int(counts.get(outcome, 0)) for outcome in _IN_THE_WAY)


def refusal(rows: int) -> Text:
    """Why such an import is not carried out."""
    return ntext(
        "Files only come in as a whole here, and {n} row cannot be taken. Mend it or leave it out.",
        "Files only come in as a whole here, and {n} rows cannot be taken. Mend them or leave them out.",
        rows,
    )
