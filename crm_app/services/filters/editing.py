"""A tree of conditions changed at one place. A path is the items' places from the root, as "0.2"; "" is the root."""

from dataclasses import replace

from crm_app.services.filters.tree import Condition, Group, Match

Item = Condition | Group


def at(group: Group, path: str) -> Item:
    """What stands there. Raises LookupError for a path that leads nowhere."""
    found: Item = group
    for place in _places(path):
        if not isinstance(found, Group) or not 0 <= place < len(found.items):
            raise LookupError(path)
        found = found.items[place]
    return found


def put(group: Group, path: str, item: Item | None) -> Group:
    """The tree with another item there, or without it; None for the root empties the tree. Raises LookupError."""
    at(group, path)
    return _put(group, _places(path), item)


def add(group: Group, path: str, item: Item) -> Group:
    """The tree with the item at the end of the group there. Raises LookupError when there is none."""
    found = at(group, path)
    if not isinstance(found, Group):
        raise LookupError(path)
    return put(group, path, replace(found, items=(*found.items, item)))


def filled(group: Group) -> Group:
    """The tree without groups that hold nothing."""
    items = [filled(item) if isinstance(item, Group) else item for item in group.items]
    return replace(group, items=tuple(item for item in items if not isinstance(item, Group) or item))


def _places(path: str) -> list[int]:
    try:
        return [int(place) for place in path.split(".")] if path else []
    except ValueError as error:
        raise LookupError(path) from error


def _put(group: Group, places: list[int], item: Item | None) -> Group:
    if not places:
        return item if isinstance(item, Group) else Group(Match.ALL, (item,) if item else ())
    first, rest = places[0], places[1:]
    below = group.items[first]
    changed = _put(below, rest, item) if rest and isinstance(below, Group) else item
    items = [*group.items[:first], *([changed] if changed is not None else []), *group.items[first + 1 :]]
    return replace(group, items=tuple(items))
