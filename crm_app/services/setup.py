"""The first account and the installation's settings, made once behind the set-up link."""

from dataclasses import dataclass
from functools import cache
from zoneinfo import available_timezones

from babel.core import get_global
from babel.numbers import get_territory_currencies
from phonenumbers import SUPPORTED_REGIONS
from sqlmodel import Session

from crm_app.locales import text
from crm_app.models import LinkPurpose, User
from crm_app.services import audit, installation, links, passwords, roles, users
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
    if not choices.organisation.strip() or len(choices.organisation) > 120:
        raise Invalid(text("Please type the name of your school, shop or firm."), "organisation")
    users.check_name(choices.name)
    users.check_email(choices.email)
    passwords.check(choices.password, email=choices.email, name=choices.name)
    if choices.country not in countries():
        raise Invalid(text("Please choose a country from the list."), "country")
    users.check_language(choices.language)
    if choices.timezone and choices.timezone not in timezones():
        raise Invalid(text("Please choose a time zone from the list."), "timezone")
    if choices.currency and choices.currency not in currencies():
        raise Invalid(text("Please choose a currency from the list."), "currency")


def complete(session: Session, token: str, choices: FirstChoices, *, ip: str = "") -> User:
    """Makes the first administrator and writes the settings; uses the link up.

    Raises Invalid before anything is used, NotFound for a dead link, Conflict when there is an account already.
    """
    check(choices)
    links.use(session, token, LinkPurpose.SETUP)
    if installation.is_set_up(session):
        raise Conflict(text("This CRM is set up already. Please sign in."))
    timezone = choices.timezone or timezone_of(choices.country)
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
        currency=choices.currency or currency_of(choices.country),
    )
    installation.translate_first_statuses(session, choices.language)
    audit.record(session, SYSTEM, "setup.completed", ip=ip, country=choices.country)
    return user


@cache
def countries() -> frozenset[str]:
    """Countries with a phone code, as ISO 3166 letters."""
    return frozenset(SUPPORTED_REGIONS) - {"AC", "TA"}


@cache
def timezones() -> frozenset[str]:
    """Zones by place (`Europe/Berlin`), and UTC."""
    return frozenset(zone for zone in available_timezones() if zone.partition("/")[0] in _AREAS) | {"UTC"}


@cache
def currencies() -> frozenset[str]:
    """Every currency that is legal tender somewhere today."""
    return frozenset(code for country in countries() for code in get_territory_currencies(country))


def timezone_of(country: str) -> str:
    """The country's only zone, or the one of its largest part; UTC when nothing is known."""
    known = _MANY_ZONES.get(country)
    zones = get_global("territory_zones").get(country) or []
    return known or next((zone for zone in zones if zone in timezones()), "UTC")


def currency_of(country: str) -> str:
    """The country's currency; the euro when nothing is known."""
    return next(iter(get_territory_currencies(country)), "EUR")


_AREAS = {"Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"}

# Where most people live, for countries with several zones.
_MANY_ZONES = {
    "DE": "Europe/Berlin",
    "ES": "Europe/Madrid",
    "PT": "Europe/Lisbon",
    "UA": "Europe/Kyiv",
    "US": "America/New_York",
    "CA": "America/Toronto",
    "BR": "America/Sao_Paulo",
    "MX": "America/Mexico_City",
    "AR": "America/Argentina/Buenos_Aires",
    "CL": "America/Santiago",
    "RU": "Europe/Moscow",
    "AU": "Australia/Sydney",
    "NZ": "Pacific/Auckland",
    "ID": "Asia/Jakarta",
    "CN": "Asia/Shanghai",
    "MY": "Asia/Kuala_Lumpur",
    "KZ": "Asia/Almaty",
    "CY": "Asia/Nicosia",
    "EC": "America/Guayaquil",
    "UZ": "Asia/Tashkent",
    "MN": "Asia/Ulaanbaatar",
    "CD": "Africa/Kinshasa",
    "GL": "America/Nuuk",
    "PF": "Pacific/Tahiti",
    "PG": "Pacific/Port_Moresby",
    "FM": "Pacific/Pohnpei",
    "KI": "Pacific/Tarawa",
    "MH": "Pacific/Majuro",
    "UM": "Pacific/Wake",
    "PS": "Asia/Hebron",
}
