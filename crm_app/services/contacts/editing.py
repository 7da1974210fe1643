"""Changes of a contact by somebody who has seen it: each field is compared with what its editor saw.

Two people who edit different fields both keep theirs; of the same field the second one is told (F6).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session, col, select

from crm_app.locales import text
from crm_app.models import Activity, ActivityKind, Contact, User
from crm_app.services.actor import Actor
from crm_app.services.contacts import cards, texts
from crm_app.services.errors import Conflict, NotFound

LOOKED_AT = 50  # entries of the timeline that are searched for who changed a field


@dataclass(frozen=True, slots=True)
class Theirs:
    """What stands in a field now, as its input takes it, and who wrote it; empty when that is not known."""

    text: str
    who: str


class ChangedMeanwhile(Conflict):
    """Somebody else changed fields since they were shown; `fields` says to what, by name. Nothing was written."""

    def __init__(self, fields: Mapping[str, Theirs]) -> None:
        super().__init__(text("Somebody changed this meanwhile. Choose what shall stay."))
        self.fields = dict(fields)


@dataclass(frozen=True, slots=True)
class Edit:
    """What came of an edit: {field: (text before, text after)}, nothing where nothing changed."""

    contact: Contact
    changed: dict[str, tuple[str, str]]


def write(session: Session, actor: Actor, number: int, typed: Mapping[str, str], seen: Mapping[str, str]) -> Edit:
    """Writes the typed fields of the contact. `seen` is what their inputs showed before somebody typed.

    A field that was left as it was shown keeps what it has now. Raises NotFound, NotPermitted and InvalidFields like
    `cards.change`; NotFound for a field that is not there; ChangedMeanwhile.
    """
    contact = cards.get(session, actor, number, for_change=True)
    if any(not texts.known(session, name) for name in typed):
        raise NotFound(text("There is no such field any more. Load the page again."))
    before = texts.of(session, contact, typed, actor.language)
    wanted, theirs = {}, {}
    for name, value in typed.items():
        present, shown = _same(before[name]), _same(seen.get(name, ""))
        if _same(value) == shown:
            wanted[name] = before[name]  # untouched: judged with the others, and as it is now
        elif present in (shown, _same(value)):
            wanted[name] = value
        else:
            theirs[name] = Theirs(before[name], _last_editor(session, contact, name))
    if theirs:
        raise ChangedMeanwhile(theirs)
    cards.change(session, actor, contact, wanted)
    after = texts.of(session, contact, typed, actor.language)
    return Edit(contact, {name: (before[name], after[name]) for name in typed if before[name] != after[name]})


def take_back(session: Session, actor: Actor, number: int, changed: Mapping[str, tuple[str, str]]) -> Edit:
    """The fields as they were before an edit. Raises like `write`: ChangedMeanwhile when somebody edited them since."""
    return write(
        session,
        actor,
        number,
        {name: before for name, (before, _) in changed.items()},
        {name: after for name, (_, after) in changed.items()},
    )


def _same(written: str) -> str:
    """Browsers write line ends in their own way."""
    return written.replace("\r\n", "\n").strip()


def _last_editor(session: Session, contact: Contact, name: str) -> str:
    query = (
        select(Activity.data, User.name)
        .join(User, col(Activity.user_id) == col(User.id))
        .where(col(Activity.contact_id) == contact.id, Activity.kind == ActivityKind.CHANGED)
        .order_by(col(Activity.at).desc(), col(Activity.id).desc())
        .limit(LOOKED_AT)
    )
    noted = texts.noted_as(name)
    return next((who for data, who in session.exec(query) if noted in (data.get("changes") or {})), "")
