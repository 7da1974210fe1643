"""The labels of Google Contacts in one cell, as its CSV files write them: "Course ::: * myContacts"."""

from collections.abc import Iterable

SEPARATOR = ":::"  # no other program writes it
_OWN = "* "  # before groups that Google has made
_MEANS_NOTHING = frozenset(("mycontacts", "my contacts", "starred"))


def as_tags(labels: Iterable[str]) -> list[str]:
    """The labels that say something about a contact; those of Google without their sign."""
    found = []
    for label in labels:
        name = label.removeprefix(_OWN)
        if name == label or name.casefold() not in _MEANS_NOTHING:
            found.append(name)
    return found
