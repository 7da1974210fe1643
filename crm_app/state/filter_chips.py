"""What narrows a list, in words, each with the list without it."""

from dataclasses import dataclass, replace

from sqlmodel import Session

from crm_app.services.actor import Actor
from crm_app.services.contacts.filter import ContactFilter
from crm_app.services.filters import editing
from crm_app.services.filters.tree import EVERYBODY, Match
from crm_app.services.filters.words import Words
from crm_app.state.list_place import ListPlace


@dataclass
class FilterChip:
    """One condition in words, and the list without it."""

    words: str
    off_url: str


def filter_chips(session: Session, actor: Actor, wanted: ContactFilter, here: ListPlace) -> list[FilterChip]:
    """The conditions, one chip for each of those that must all hold. An unchanged segment is a chip of its own."""
    group = wanted.where
    if not group:
        return []
    words = Words(session, actor)
    if group.match is not Match.ALL:
        return [FilterChip(words.of(group), here.url(replace(wanted, where=EVERYBODY)))]
    found = []
    for place, item in enumerate(group.items):
        rest = editing.filled(editing.put(group, str(place), None))
        found.append(FilterChip(words.of(item), here.url(replace(wanted, where=rest))))
    return found
