"""A person as the privacy desk means one: a contact, the contacts that went into it, and their addresses."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlmodel import Session, col, select

from crm_app.locales import text
from crm_app.models import Channel, Consent, Contact, ContactPoint, Merge, MergedContact, PointKind
from crm_app.services.actor import Actor
from crm_app.services.bulk import among
from crm_app.services.consent.addresses import CHANNELS_OF
from crm_app.services.consent.suppression import Address
from crm_app.services.contacts.visibility import in_sight
from crm_app.services.errors import NotFound
from crm_app.services.folding import digits, fold

_SHORTEST = 6  # characters of an address, or digits of a number, that are looked for in texts
_TAIL = 8  # digits a number is known by, however it is written


@dataclass(frozen=True, slots=True)
class Person:
    """`spelled` are the addresses of today and of before with their spellings; `shared` those that other contacts
    have too, with their numbers: they stay theirs."""

    contact: Contact
    numbers: tuple[int, ...]
    spelled: dict[Address, set[str]] = field(default_factory=dict)
    shared: dict[Address, list[int]] = field(default_factory=dict)

    @property
    def own(self) -> list[Address]:
        """The addresses that are nobody else's."""
        return [address for address in self.spelled if address not in self.shared]

    @property
    def id(self) -> int:
        assert self.contact.id is not None
        return self.contact.id


def get(session: Session, actor: Actor, number: int) -> Person:
    """The contact of that number, also one in the trash. Raises NotFound for a missing and a foreign one alike."""
    contact = session.exec(select(Contact).where(Contact.number == number, *in_sight(actor))).first()
    if contact is None:
        raise NotFound(text("There is no contact with the number {number}.", number=number))
    merged = (
        select(MergedContact.number)
        .join(Merge, col(MergedContact.merge_id) == col(Merge.id))
        .where(col(Merge.kept_id) == contact.id, col(Merge.undone_at).is_(None))
    )
    numbers = (contact.number, *sorted(session.exec(merged)))
    spelled = _addresses(session, contact, numbers)
    return Person(contact, numbers, spelled, _shared(session, contact, spelled))


def _addresses(session: Session, contact: Contact, numbers: Iterable[int]) -> dict[Address, set[str]]:
    found: dict[Address, set[str]] = {}
    points = select(ContactPoint).where(ContactPoint.contact_id == contact.id)
    for point in session.exec(points):
        for channel in CHANNELS_OF.get(PointKind(point.kind), ()):
            found.setdefault((channel, point.norm), set()).add(point.value)
    entries = select(Consent.channel, Consent.norm, Consent.address)
    for named, norm, address in session.exec(entries.where(col(Consent.contact_number).in_(list(numbers)))):
        found.setdefault((Channel(named), norm), set()).add(address)
    return found


def _shared(session: Session, contact: Contact, addresses: Iterable[Address]) -> dict[Address, list[int]]:
    """Addresses that other contacts have too: families and offices share them."""
    wanted = list(addresses)
    norms = sorted({norm for _, norm in wanted})
    if not norms:
        return {}
    query = (
        select(ContactPoint.kind, ContactPoint.norm, Contact.number)
        .join(Contact, col(Contact.id) == col(ContactPoint.contact_id))
        .where(col(ContactPoint.kind).in_(list(CHANNELS_OF)), among(session, col(ContactPoint.norm), norms))
        .where(col(ContactPoint.contact_id) != contact.id)
        .order_by(col(Contact.number))
    )
    found: dict[Address, list[int]] = {}
    for kind, norm, number in session.exec(query):
        for channel in CHANNELS_OF[PointKind(kind)]:
            if (channel, norm) in set(wanted) and number not in found.setdefault((channel, norm), []):
                found[channel, norm].append(number)
    return found


@dataclass(frozen=True, slots=True)
class Needles:
    """What a person is found by in texts and files: whole addresses in small letters, the last digits of numbers, and
    (in files alone) first and last name together."""

    words: frozenset[str]
    tails: frozenset[str]
    name: tuple[str, str] | None = None

    @classmethod
    def of(cls, person: Person) -> "Needles":
        words, tails = set(), set()
        for address in person.own:
            channel, norm = address
            spelled = {norm.lower(), *(one.strip().lower() for one in person.spelled[address])}
            words |= {one for one in spelled if len(one) >= _SHORTEST}
            if channel is not Channel.EMAIL and len(digits(norm)) >= _SHORTEST:
                tails.add(digits(norm)[-_TAIL:])
        first, last = fold(person.contact.first_name or ""), fold(person.contact.last_name or "")
        return cls(frozenset(words), frozenset(tails), (first, last) if first and last else None)

    def __bool__(self) -> bool:
        return bool(self.words or self.tails)

    def are_in(self, written: str) -> bool:
        """Whether an address or number stands in the text."""
        low = written.lower()
        if any(word in low for word in self.words):
            return True
        figures = digits(written) if self.tails else ""
        return any(tail in figures for tail in self.tails)

    def names(self, written: str) -> bool:
        """Whether first and last name stand in the text."""
        if self.name is None:
            return False
        folded = fold(written)
        return all(part in folded for part in self.name)
