"""What happened to one contact, newest first: a page at a time by keyset, from all the tables that tell of it."""

from dataclasses import dataclass

from sqlmodel import Session

from crm_app.models import ActivityKind, Contact, InteractionKind
from crm_app.services.contacts.timeline_sources import COURSES, SOURCES, Asked, Entry, Place

PAGE = 50


@dataclass(frozen=True, slots=True)
class Page:
    """`after` is the place to page on from, None at the end."""

    entries: list[Entry]
    after: Place | None


# What a reader may ask for, by name.
GROUPS: dict[str, frozenset[str]] = {
    "comments": frozenset({"comment"}),
    "tasks": frozenset({"task_done"}),
    "changes": frozenset(ActivityKind)
    - {ActivityKind.MERGED, ActivityKind.UNMERGED, ActivityKind.UNSUPPRESSED, ActivityKind.FORM_FILLED},
    "imports": frozenset({"imported", "changed_many"}),
    "consent": frozenset({"consent", ActivityKind.UNSUPPRESSED}),
    "messages": frozenset({"message"}),
    "files": frozenset({"file"}),
    "merges": frozenset({ActivityKind.MERGED, ActivityKind.UNMERGED}),
    "interactions": frozenset(InteractionKind),
    "forms": frozenset({ActivityKind.FORM_FILLED}),
    "courses": COURSES,
}


def page(
    session: Session,
    contact: Contact,
    *,
    reader: int | None = None,
    group: str = "",
    after: Place | None = None,
    limit: int = PAGE,
) -> Page:
    """The newest entries, or those behind a place; of one of the GROUPS, or of all.

    The contact was fetched through `cards.get`, which checks who may see it. Deleted comments are among them for their
    author alone, the user `reader`.
    """
    kinds = GROUPS.get(group)
    found: list[tuple[int, Entry]] = []
    for rank, (told, source) in enumerate(SOURCES):
        if kinds is None or kinds & told:
            asked = Asked(session, contact, reader, kinds, after, limit + 1, rank)
            found += [(rank, entry) for entry in source(asked)]
    found.sort(key=lambda one: (one[0], -one[1].key))
    found.sort(key=lambda one: one[1].at, reverse=True)
    more, found = len(found) > limit, found[:limit]
    last = Place(found[-1][1].at, found[-1][0], found[-1][1].key) if more else None
    return Page([entry for _, entry in found], last)


def entries(session: Session, contact: Contact, *, limit: int = PAGE, reader: int | None = None) -> list[Entry]:
    """The newest `limit` entries, like `page`."""
    return page(session, contact, reader=reader, limit=limit).entries
