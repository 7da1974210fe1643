"""Which value a merged contact gets, field by field: what differs, and a sensible choice to start from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from crm_app.locales import text
from crm_app.models import Channel, ConsentState, Contact, Lifecycle
from crm_app.services.consent.standing import standings
from crm_app.services.custom_fields import PREFIX
from crm_app.services.errors import Invalid
from crm_app.services.fields.registry import parse
from crm_app.services.fields.verdict import FieldContext
from crm_app.services.installation import current

ALL = 0  # instead of a number: the texts of all contacts together
COMBINED = ("notes", "social_links")
ADDRESS = ("street", "postal_code", "city", "province", "country")
_LONGER = ("salutation", "first_name", "last_name", "company")
# Given by the system, or decided by a rule: nobody chooses these.
_NO_CHOICE = frozenset(
    "id number branch_id custom search_text sort_name version created_at updated_at privacy_accepted".split()
)
CHOOSABLE = tuple(name for name in Contact.model_fields if name not in _NO_CHOICE)
_RISING = tuple(Lifecycle)


@dataclass(frozen=True, slots=True)
class Choice:
    """One field in which the contacts differ, or that only some of them have. `field` is an attribute of Contact, or
    PREFIX and an own field's key; `values` are the non-empty ones by contact number; `suggested` is one of the numbers,
    or ALL where texts can stand together."""

    field: str
    values: dict[int, Any]
    suggested: int

    @property
    def is_conflict(self) -> bool:
        """Whether anything gets lost by choosing."""
        return len({str(value) for value in self.values.values()}) > 1


def suggested_kept(contacts: Sequence[Contact]) -> Contact:
    """The one to keep: with the most values, of those the oldest."""
    return max(contacts, key=lambda one: (sum(bool(value_of(one, name)) for name in CHOOSABLE), -one.number))


def proposal(session: Session, contacts: Sequence[Contact], kept: Contact) -> list[Choice]:
    """A choice for every field that is not the same in all of them, in the order of a form."""
    keys = dict.fromkeys(PREFIX + key for contact in contacts for key in contact.custom)
    home = _newest([one for one in contacts if one.street or one.city or one.postal_code], kept)
    ranks = _email_ranks(session, contacts)
    found = []
    for name in (*CHOOSABLE, *keys):
        values = {one.number: value_of(one, name) for one in contacts}
        filled = {number: value for number, value in values.items() if value not in (None, "")}
        if filled and len({str(value) for value in values.values()}) > 1:
            found.append(Choice(name, filled, _suggested(name, filled, contacts, kept, home, ranks)))
    return found


def chosen(choices: Sequence[Choice], wishes: Mapping[str, int], kept: Contact) -> dict[str, Any]:
    """The values the kept contact is to have, by field. Raises Invalid for a wish that is no choice."""
    by_name = {choice.field: choice for choice in choices}
    for name, number in wishes.items():
        choice = by_name.get(name)
        allowed = choice is not None and (number in choice.values or (number == ALL and name in COMBINED))
        if not allowed and not (choice is not None and number == kept.number):
            raise Invalid(text("This value is not one of those to choose from."), name)
    found = {}
    for name, choice in by_name.items():
        number = wishes.get(name, choice.suggested)
        found[name] = _together(choice) if number == ALL else choice.values.get(number)
    return found


def value_of(contact: Contact, name: str) -> Any:
    """A value by its field's name."""
    return contact.custom.get(name.removeprefix(PREFIX)) if name.startswith(PREFIX) else getattr(contact, name)


def _suggested(
    name: str,
    filled: Mapping[int, Any],
    contacts: Sequence[Contact],
    kept: Contact,
    home: Contact | None,
    ranks: Mapping[int, int],
) -> int:
    holders = [one for one in contacts if one.number in filled]
    if name in COMBINED and len(set(filled.values())) > 1:
        return ALL
    if name in ADDRESS and home is not None and home.number in filled:
        return home.number
    if name == "email":
        best = max(ranks.get(one.number, 0) for one in holders)
        holders = [one for one in holders if ranks.get(one.number, 0) == best]
    elif name == "lifecycle":
        return max(holders, key=lambda one: (_RISING.index(Lifecycle(one.lifecycle)), one is kept)).number
    elif name == "acquired_on":
        return min(holders, key=lambda one: (filled[one.number], one is not kept)).number
    elif name in _LONGER and kept.number in filled:
        mine = str(filled[kept.number]).rstrip(".").casefold()
        longer = [one for one in holders if str(filled[one.number]).casefold().startswith(mine)]
        return max(longer or [kept], key=lambda one: (len(str(filled[one.number])), one is kept)).number
    if kept in holders:
        return kept.number
    newest = _newest(holders, kept)
    return newest.number if newest is not None else kept.number


def _newest(holders: Sequence[Contact], kept: Contact) -> Contact | None:
    """Who was changed last; of those changed together the kept one."""
    return max(holders, key=lambda one: (one.updated_at, one is kept, -one.number), default=None)


def _email_ranks(session: Session, contacts: Sequence[Contact]) -> dict[int, int]:
    """Confirmed addresses first, revoked ones last."""
    context = FieldContext(country=current(session).country)
    norms = {one.number: parse("email", one.email, context).norm or "" for one in contacts if one.email}
    found = standings(session, Channel.EMAIL, [norm for norm in norms.values() if norm])
    worth = {ConsentState.CONFIRMED: 1, ConsentState.REVOKED: -1}
    return {number: worth.get(found[norm].state, 0) if norm else 0 for number, norm in norms.items()}


def _together(choice: Choice) -> str:
    """Every text once; links line by line."""
    if choice.field == "social_links":
        lines = [line.strip() for value in choice.values.values() for line in str(value).splitlines()]
        return "\n".join(dict.fromkeys(filter(None, lines)))
    return "\n\n".join(dict.fromkeys(str(value) for value in choice.values.values()))
