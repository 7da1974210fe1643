"""Amounts of money, exact: whole numbers of the smallest unit of a currency, and the decimals that shops write."""

from decimal import Decimal, InvalidOperation

from babel.numbers import get_currency_precision

from crm_app.locales import text
from crm_app.services import places
from crm_app.services.errors import Invalid

LARGEST = 10**15  # of the smallest units


def units(written: str, currency: str) -> int:
    """How many of the currency's smallest units a decimal such as "49.90" is.

    Raises Invalid("currency") for a currency there is not, Invalid("amount") for what is no amount of it.
    """
    if currency not in places.currencies():
        raise Invalid(text("This currency is not known. Give its code, such as EUR."), "currency")
    try:
        exact = Decimal(written.strip())
    except InvalidOperation as error:
        raise Invalid(text("This is no amount. Write it with a point, such as 49.90."), "amount") from error
    if not exact.is_finite() or abs(exact.adjusted()) > 40:
        raise Invalid(text("This is no amount. Write it with a point, such as 49.90."), "amount")
    scaled = exact.scaleb(get_currency_precision(currency))
    if scaled != scaled.to_integral_value():
        raise Invalid(text("This amount has more decimals than its currency."), "amount")
    if abs(scaled) > LARGEST:
        raise Invalid(text("This amount is too large."), "amount")
    return int(scaled)


def decimal(amount: int, currency: str) -> Decimal:
    """The amount in the currency itself, with all its decimals: 4990 of EUR is 49.90."""
    return Decimal(amount).scaleb(-get_currency_precision(currency))
