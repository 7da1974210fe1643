import pytest

from crm_app.services.filters import editing
from crm_app.services.filters.tree import Condition, Group, Match

CITY, MAIL, TAG = Condition("city", "is", ("Rom",)), Condition("email", "empty"), Condition("tags", "filled")
TREE = Group(Match.ALL, (CITY, Group(Match.ANY, (MAIL, TAG))))


def test_items_are_found_by_their_path() -> None:
    assert editing.at(TREE, "") == TREE
    assert editing.at(TREE, "0") == CITY
    assert editing.at(TREE, "1.1") == TAG


@pytest.mark.parametrize("path", ["2", "0.0", "1.2", "-1", "x", "1.", "1.1.0"])
def test_a_path_that_leads_nowhere(path: str) -> None:
    for change in (editing.at, lambda tree, path: editing.put(tree, path, MAIL)):
        with pytest.raises(LookupError):
            change(TREE, path)


def test_items_are_replaced_added_and_removed() -> None:
    assert editing.put(TREE, "1.0", CITY) == Group(Match.ALL, (CITY, Group(Match.ANY, (CITY, TAG))))
    assert editing.put(TREE, "1.0", None) == Group(Match.ALL, (CITY, Group(Match.ANY, (TAG,))))
    assert editing.put(TREE, "0", None) == Group(Match.ALL, (Group(Match.ANY, (MAIL, TAG)),))
    assert editing.put(TREE, "", None) == Group()
    assert editing.add(TREE, "", MAIL).items[2] == MAIL
    assert editing.add(TREE, "1", CITY).items[1] == Group(Match.ANY, (MAIL, TAG, CITY))
    with pytest.raises(LookupError):
        editing.add(TREE, "0", MAIL)


def test_empty_groups_say_nothing() -> None:
    assert editing.filled(Group(Match.ALL, (CITY, Group(Match.NONE, (Group(),))))) == Group(Match.ALL, (CITY,))
