"""Countries, time zones and currencies to choose from, and which belong together."""

from functools import cache
from zoneinfo import available_timezones

from babel.core import get_global
from babel.numbers import get_territory_currencies
from phonenumbers import SUPPORTED_REGIONS


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
    "XK": "Europe/Belgrade",
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
