"""The installation's own settings, and what every database starts with."""

from collections.abc import Sequence
from typing import Any

from sqlmodel import Session, col, select

from crm_app.locales import LANGUAGES, Text, text, translate
from crm_app.models import MAIN_BRANCH, Branch, Counter, Installation, LeadStatus, Permission, Role, TaskType, User
from crm_app.models.permission import BUILT_IN_ROLES
from crm_app.services import audit, places
from crm_app.services.actor import Actor
from crm_app.services.errors import Invalid
from crm_app.services.fields.registry import REQUIRABLE
from crm_app.services.folding import fold

LONGEST_DAYS = 3650
DAYS = ("file_days", "undo_days", "trash_days", "export_days")

# Names are translated once, into the language chosen at set-up; from then on they belong to the installation.
_FIRST_STATUSES: tuple[tuple[Text, str, dict[str, Any]], ...] = (
    (text("New"), "blue", {"is_default": True}),
    (text("Contacted"), "amber", {}),
    (text("Interested"), "violet", {}),
    (text("Won"), "green", {"is_won": True}),
    (text("Lost"), "gray", {"is_lost": True}),
)
_FIRST_TYPES: tuple[tuple[Text, str, str], ...] = (  # name, key, icon
    (text("To do"), "todo", "circle-check"),
    (text("Phone call"), "call", "phone"),
    (text("E-mail"), "mail", "mail"),
    (text("Meeting"), "meeting", "users"),
)


def ensure_seed(session: Session) -> None:
    """Writes the rows no installation works without; changes nothing that is there."""
    if session.get(Installation, 1) is None:
        session.add(Installation(id=1))
    if session.get(Branch, MAIN_BRANCH) is None:
        session.add(Branch(id=MAIN_BRANCH, name=""))
    if session.get(Counter, "contact") is None:
        session.add(Counter(name="contact", value=0))
    for key, (rank, permissions) in BUILT_IN_ROLES.items():
        if session.exec(select(Role).where(Role.key == key)).first() is None:
            session.add(Role(key=key, rank=rank, permissions=sorted(permissions)))
    session.flush()
    if session.exec(select(LeadStatus)).first() is None and session.exec(select(User)).first() is None:
        _write_statuses(session, "en")
    if session.exec(select(TaskType)).first() is None:
        _write_types(session, current(session).language)


def _write_statuses(session: Session, language: str) -> None:
    for position, (name, colour, flags) in enumerate(_FIRST_STATUSES):
        word = translate(language, name.msgid)
        session.add(LeadStatus(name=word, folded=fold(word), colour=colour, position=position, **flags))
    session.flush()


def _write_types(session: Session, language: str) -> None:
    for position, (name, key, icon) in enumerate(_FIRST_TYPES):
        word = translate(language, name.msgid)
        session.add(TaskType(name=word, folded=fold(word), key=key, icon=icon, position=position))
    session.flush()


def current(session: Session) -> Installation:
    """The installation's settings."""
    found = session.get(Installation, 1)
    assert found is not None, "ensure_seed runs before anything else"
    return found


def is_set_up(session: Session) -> bool:
    """Whether somebody can sign in already."""
    return session.exec(select(User.id).limit(1)).first() is not None


def check_choice(key: str, value: str) -> None:
    """Raises Invalid(key) when `value` cannot be the installation's `key`."""
    if key == "name":
        if not value.strip() or len(value) > 120:
            raise Invalid(text("Please type the name of your school, shop or firm."), "name")
        return
    allowed, message = {
        "country": (places.countries(), text("Please choose a country from the list.")),
        "language": (LANGUAGES, text("Please choose a language from the list.")),
        "timezone": (places.timezones(), text("Please choose a time zone from the list.")),
        "currency": (places.currencies(), text("Please choose a currency from the list.")),
    }[key]
    if value not in allowed:
        raise Invalid(message, key)


def change(session: Session, actor: Actor, **values: Any) -> Installation:
    """Changes settings by the names they have in `Installation`; what changed is noted in the audit.

    Raises NotPermitted, Invalid(field).
    """
    actor.require(Permission.SETTINGS)
    found = current(session)
    changed = []
    for key, value in values.items():
        checked = _checked(key, value)
        if getattr(found, key) != checked:
            setattr(found, key, checked)
            changed.append(key)
    if changed:
        session.add(found)
        session.flush()
        audit.record(session, actor, "settings.changed", **_noted(found, changed))
    return found


def required(found: Installation) -> list[str]:
    """The fields every contact must have, in the order of the form."""
    return [name for name in REQUIRABLE if name in found.required_fields]


def _checked(key: str, value: Any) -> Any:
    """The value as it is stored. Raises Invalid(key)."""
    if key == "required_fields":
        return _requirable(value)
    if key == "only_whole_files":
        return bool(value)
    if key in DAYS:
        return _days(key, str(value))
    check_choice(key, value)
    return value


def _requirable(names: Sequence[str]) -> list[str]:
    if unknown := sorted(set(names) - set(REQUIRABLE)):
        raise Invalid(text("“{field}” cannot be required.", field=unknown[0]), "required_fields")
    return [name for name in REQUIRABLE if name in names]


def _days(key: str, typed: str) -> int:
    digits = typed.strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) < 6 and int(digits) <= LONGEST_DAYS):
        raise Invalid(
            text("Please give a number of days from 0 to {most}; 0 is without a limit.", most=LONGEST_DAYS), key
        )
    return int(digits)


def _noted(found: Installation, changed: Sequence[str]) -> dict[str, Any]:
    """What the audit says of a change: which settings, and the values of those that are no free text."""
    noted: dict[str, Any] = {"changed": ",".join(changed)}
    if "required_fields" in changed:
        noted["required_fields"] = ",".join(found.required_fields)
    for key in ("only_whole_files", *DAYS):
        if key in changed:
            noted[key] = int(getattr(found, key))
    return noted


def translate_first_words(session: Session, language: str) -> None:
    """At set-up: puts the first statuses and types of tasks into the installation's language, unless somebody changed
    them already.
    """
    statuses = session.exec(select(LeadStatus).order_by(col(LeadStatus.position))).all()
    if [status.name for status in statuses] == [name.msgid for name, _, _ in _FIRST_STATUSES]:
        _translate(session, statuses, language)
    types = session.exec(select(TaskType).order_by(col(TaskType.position))).all()
    if [one.name for one in types] == [name.msgid for name, _, _ in _FIRST_TYPES]:
        _translate(session, types, language)


def _translate(session: Session, words: Sequence[LeadStatus] | Sequence[TaskType], language: str) -> None:
    for word in words:
        word.name = translate(language, word.name)
        word.folded = fold(word.name)
        session.add(word)
    session.flush()
