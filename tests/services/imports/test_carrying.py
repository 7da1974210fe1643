"""Whatever was chosen before, a file never gets two columns for one field."""

from collections import Counter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from crm_app.locales import text
from crm_app.services.fields.registry import FIELDS
from crm_app.services.imports.carrying import Choices, carry
from crm_app.services.imports.columns import MATCH_KEYS, ColumnMapping, Options, WriteRule, suggested_key
from crm_app.services.imports.earlier import Earlier
from crm_app.services.imports.likeness import keys_of
from crm_app.services.imports.remembered import Memory

HEADERS = st.lists(st.sampled_from(["A1", "a1 ", "B2", "C3", "D4", "E5", "F6", "", "Column A"]), min_size=1, max_size=8)
TARGETS = st.none() | st.sampled_from(["email", "phone", "street", "city", "country", "tags", "external_id"])


@st.composite
def chosen(draw: st.DrawFn) -> dict[Any, ColumnMapping]:
    """Choices for a file, as a user may make them: no field twice."""
    headers = draw(HEADERS)
    columns, taken = {}, set()
    for index, key in enumerate(keys_of(headers)):
        target = draw(TARGETS)
        target = None if target in taken else target
        taken |= {target} - {"tags", None}
        if key:
            columns[key] = ColumnMapping(index, headers[index], target, draw(st.sampled_from(WriteRule)))
    return columns


@st.composite
def suggested(draw: st.DrawFn) -> tuple[list[str], list[dict[str, Any]]]:
    headers = draw(HEADERS)
    targets: list[str | None] = []
    for _ in headers:
        target = draw(TARGETS)
        targets.append(None if target in targets and target != "tags" else target)
    reason = text("The header is not known.").to_json()
    return headers, [{"target": t, "confidence": 1.0, "reason": reason, "separator": ","} for t in targets]


def clashes(targets: list[str | None]) -> list[str]:
    return [name for name, n in Counter(targets).items() if name not in (None, "tags") and n > 1]


@given(before=chosen(), file=suggested(), key=st.none() | st.sampled_from(MATCH_KEYS))
def test_a_preset_fits_every_file(before: dict[Any, ColumnMapping], file: Any, key: str | None) -> None:
    headers, suggestions = file
    carried = carry(Choices(before, Options(key)), headers, suggestions, Options())
    targets = [column.target for column in carried.columns]
    assert not clashes(targets)
    assert [(column.index, column.header) for column in carried.columns] == list(enumerate(headers))
    assert carried.options.match_key in (None, *targets)
    known = [key is not None and key in before for key in keys_of(headers)]
    assert carried.matched == sum(known)
    for is_known, key_, target in zip(known, keys_of(headers), targets, strict=True):
        assert not is_known or target == before[key_].target


class _Cells:
    def __init__(self, filled: set[int]) -> None:
        self._filled = filled

    def is_filled(self, index: int) -> bool:
        return index in self._filled

    def of(self, index: int) -> list[str]:
        return []


@given(
    memories=st.lists(chosen(), min_size=1, max_size=3),
    file=suggested(),
    filled=st.sets(st.integers(0, 7)),
    decided=st.booleans(),
)
def test_what_is_remembered_fits_every_file(
    memories: list[dict[Any, ColumnMapping]], file: Any, filled: set[int], decided: bool
) -> None:
    headers, suggestions = file
    before = [one["target"] for one in suggestions]
    earlier = [
        Earlier(id_, text("…"), columns, set(columns) if decided else set(), suggested_key(FIELDS))
        for id_, columns in zip(range(len(memories), 0, -1), memories, strict=True)
    ]
    read_out = {"headers": headers, "suggestions": suggestions}
    Memory(headers, keys_of(headers), read_out, earlier, _Cells(filled)).put_over()
    targets = [one["target"] for one in suggestions]
    assert not clashes(targets)
    filled_fields = {target for index, target in enumerate(targets) if index in filled}
    for index, key in enumerate(keys_of(headers)):
        is_new = not any(key in columns for columns in memories)
        if is_new and index in filled and before[index] not in (None, "street", "city", "country"):
            assert before[index] in filled_fields, "no filled column gives its field up to an empty one"
