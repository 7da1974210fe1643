"""The first account and the installation's settings, made once behind the set-up link."""

from dataclasses import dataclass

from sqlmodel import Session

from crm_app.locales import text
from crm_app.models import LinkPurpose, User
from crm_app.services import audit, installation, links, passwords, places, roles, users
from crm_app.services.actor import SYSTEM
from crm_app.services.errors import Conflict, Invalid


@dataclass(frozen=True, slots=True)
class FirstChoices:
    """What the set-up page asks. An empty time zone or currency is taken from the country."""

    organisation: str
    name: str
    email: str
    password: str
    country: str
    language: str
    timezone: str = ""
    currency: str = ""


def check(choices: FirstChoices) -> None:
    """Raises Invalid(field) for the first thing that cannot be taken. Uses nothing up."""
    try:
        installation.check_choice("name", choices.organisation)
    except Invalid as error:
        raise Invalid(error.message, "organisation") from error
    users.check_name(choices.name)
    users.check_email(choices.email)
    passwords.check(choices.password, email=choices.email, name=choices.name)
    installation.check_choice("country", choices.country)
    installation.check_choice("language", choices.language)
    if choices.timezone:
        installation.check_choice("timezone", choices.timezone)
    if choices.currency:
        installation.check_choice("currency", choices.currency)


def complete(session: Session, token: str, choices: FirstChoices, *, ip: str = "") -> User:
    """Makes the first administrator and writes the settings; uses the link up.

    Raises Invalid before anything is used, NotFound for a dead link, Conflict when there is an account already.
    """
    check(choices)
    links.use(session, token, LinkPurpose.SETUP)
    if installation.is_set_up(session):
        raise Conflict(text("This CRM is set up already. Please sign in."))
    timezone = choices.timezone or places.timezone_of(choices.country)
    user = users.add(
        session,
        SYSTEM,
        email=choices.email,
        name=choices.name,
        role=roles.ADMIN,
        language=choices.language,
        timezone=timezone,
        ip=ip,
    )
    user.password_hash = passwords.hash_of(choices.password)
    session.add(user)
    installation.change(
        session,
        SYSTEM,
        name=" ".join(choices.organisation.split()),
        country=choices.country,
        language=choices.language,
        timezone=timezone,
        currency=choices.currency or places.currency_of(choices.country),
    )
    installation.translate_first_words(session, choices.language)
    audit.record(session, SYSTEM, "setup.completed", ip=ip, country=choices.country)
    return user
