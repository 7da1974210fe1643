"""The installation's own settings, and what every database starts with."""

from sqlmodel import Session, col, select

from crm_app.locales import LANGUAGES, Text, text, translate
from crm_app.models import MAIN_BRANCH, Branch, Counter, Installation, LeadStatus, Permission, Role, User
from crm_app.models.permission import BUILT_IN_ROLES
from crm_app.services import places
from crm_app.services.actor import Actor
from crm_app.services.errors import Invalid
from crm_app.services.folding import fold

# Names are translated once, into the language chosen at set-up; from then on they belong to the installation.
_FIRST_STATUSES: tuple[tuple[Text, str, dict[str, bool]], ...] = (
    (text("New"), "blue", {"is_default": True}),
    (text("Contacted"), "amber", {}),
    (text("Interested"), "violet", {}),
    (text("Won"), "green", {"is_won": True}),
    (text("Lost"), "gray", {"is_lost": True}),
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


def _write_statuses(session: Session, language: str) -> None:
    for position, (name, colour, flags) in enumerate(_FIRST_STATUSES):
        word = translate(language, name.msgid)
        session.add(LeadStatus(name=word, folded=fold(word), colour=colour, position=position, **flags))
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


def change(session: Session, actor: Actor, **values: str) -> Installation:
    """Changes name, country, language, timezone or currency. Raises NotPermitted, Invalid(field)."""
    actor.require(Permission.SETTINGS)
    found = current(session)
    for key, value in values.items():
        check_choice(key, value)
        setattr(found, key, value)
    session.add(found)
    session.flush()
    return found


def translate_first_statuses(session: Session, language: str) -> None:
    """At set-up: puts the first statuses into the installation's language, unless somebody changed them already."""
    statuses = session.exec(select(LeadStatus).order_by(col(LeadStatus.position))).all()
    if [status.name for status in statuses] != [name.msgid for name, _, _ in _FIRST_STATUSES]:
        return
    for status in statuses:
        status.name = translate(language, status.name)
        status.folded = fold(status.name)
        session.add(status)
    session.flush()
