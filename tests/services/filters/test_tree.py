import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_app.services.contacts.filter import ContactFilter
from crm_app.services.filters import tree
from crm_app.services.filters.tree import Condition, Group, Match

WORDS = st.text(max_size=20)
CONDITIONS = st.builds(Condition, WORDS, WORDS, st.lists(WORDS, max_size=3).map(tuple))
GROUPS = st.recursive(
    st.builds(Group, st.sampled_from(Match), st.lists(CONDITIONS, max_size=3).map(tuple)),
    lambda inner: st.builds(
        Group, st.sampled_from(Match), st.lists(st.one_of(CONDITIONS, inner), max_size=3).map(tuple)
    ),
    max_leaves=4,
)


def depth(group: Group) -> int:
    return 1 + max((depth(item) for item in group.items if isinstance(item, Group)), default=0)


@given(GROUPS.filter(lambda group: bool(group) and depth(group) <= tree.DEEPEST))
def test_a_tree_survives_its_url(group: Group) -> None:
    wanted = ContactFilter(where=group)
    assert ContactFilter.from_params(wanted.to_params()) == wanted


@pytest.mark.parametrize(
    "written",
    [
        "x",
        "[]",
        "1",
        "null",
        "{}",
        '{"all":1}',
        '{"some":[]}',
        '{"all":[],"any":[]}',
        '{"all":[["city"]]}',
        '{"all":[["city","is",1]]}',
        '{"all":[["city","is",null]]}',
        '{"all":[7]}',
        '{"all":[["city","is","' + "x" * 201 + '"]]}',
        '{"all":' * 6 + "[]" + "}" * 6,
        '{"all":[' * 6 + "]}" * 6,
        '{"all":[' * 100_000,
        '{"all":[' + ",".join(['["city","empty"]'] * 51) + "]}",
    ],
)
def test_what_is_no_tree_is_refused_and_never_everybody(written: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        tree.loads(written)


def test_conditions_are_found_at_every_depth() -> None:
    group = Group(Match.ANY, (Condition("city", "empty"), Group(Match.NONE, (Condition("active", "yes"),))))
    assert [condition.subject for condition in group.conditions()] == ["city", "active"]
    assert group.mentions("active")
    assert not group.mentions("email")
    assert tree.dumps(Group()) == ""
