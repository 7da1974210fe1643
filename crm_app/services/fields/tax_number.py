"""Tax numbers: kept as text, checked by the rules of their country."""

import re
from collections.abc import Callable
from functools import cache
from importlib import import_module

from crm_app.locales import text
from crm_app.services.fields.characters import one_line, unusable
from crm_app.services.fields.verdict import EMPTY, FieldContext, Verdict, doubtful, refused

MAX_LENGTH = 60
# python-stdnum's modules, people's numbers first.
_MODULES: dict[str, tuple[str, ...]] = {
    "IT": ("it.codicefiscale", "it.iva"),
    "DE": ("de.idnr", "de.vat", "de.stnr"),
    "PL": ("pl.pesel", "pl.nip", "pl.regon"),
    "AT": ("at.tin", "at.uid"),
    "CH": ("ch.ssn", "ch.uid", "ch.vat"),
    "FR": ("fr.nif", "fr.tva", "fr.siren", "fr.siret"),
    "ES": ("es.nif",),
    "NL": ("nl.bsn", "nl.btw"),
    "BE": ("be.nn", "be.vat"),
    "PT": ("pt.nif",),
    "CZ": ("cz.rc", "cz.dic"),
    "SK": ("sk.rc", "sk.dph"),
    "SI": ("si.ddv", "si.emso"),
    "HR": ("hr.oib",),
    "GB": ("gb.utr", "gb.vat"),
    "DK": ("dk.cpr", "dk.cvr"),
    "SE": ("se.personnummer", "se.vat"),
    "RO": ("ro.cnp", "ro.cui"),
    "HU": ("hu.anum",),
}
# Customers live abroad: these have check digits of their own and are accepted everywhere, besides VAT numbers that
# begin with their country's code.
_ANYWHERE = ("it.codicefiscale", "de.idnr", "pl.pesel")
_NOT_COMPARED = re.compile(r"[\s./_-]")
_SCIENTIFIC = re.compile(r"\d[.,]\d+[eE]\+?\d{1,2}")


def parse_tax_number(cell: str, context: FieldContext) -> Verdict:
    """The number as text without blanks; `norm` is upper case without punctuation.

    A number that fits the rules of no known country is taken with a warning.
    """
    if not cell.isascii() and (message := unusable(cell)):
        return refused(message)
    number = "".join(one_line(cell).split()).lstrip("'")
    if not number:
        return EMPTY
    if message := unusable(number):
        return refused(message)
    if len(number) > MAX_LENGTH:
        return refused(text("This is too long for a tax number; put only the number here."))
    if _SCIENTIFIC.fullmatch(number):
        return refused(text("A spreadsheet rounded this tax number; copy it again with the cell formatted as text."))
    norm = _NOT_COMPARED.sub("", number).upper()
    if context.country not in _MODULES or is_plausible(number, context.country):
        return Verdict(number, norm)
    return doubtful(number, norm, text("This tax number has a wrong length or check digit; check it."))


def is_plausible(number: str, country: str) -> bool:
    """Whether the rules of `country`, of another one named by the first two letters or of `_ANYWHERE` accept it."""
    prefix = number[:2].upper()
    modules = _MODULES.get(country, ()) + _ANYWHERE
    if prefix != country:
        modules += _MODULES.get(prefix, ())
    return any(_validator(module)(number) for module in dict.fromkeys(modules))


@cache
def _validator(module: str) -> Callable[[str], bool]:
    is_valid: Callable[[str], bool] = import_module(f"stdnum.{module}").is_valid
    return is_valid
