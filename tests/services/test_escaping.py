import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_app.services.escaping import escape, kept, unescape, writable


@pytest.mark.parametrize("value", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "＝1", "'quoted", "-"])
def test_what_a_spreadsheet_could_run_is_marked(value: str) -> None:
    assert escape(value) == "'" + value


@pytest.mark.parametrize("value", ["+49 30 1234", "-5", "030 12", "Anna", ""])
def test_numbers_phones_and_plain_text_stay(value: str) -> None:
    assert escape(value) == value


@given(st.text(alphabet="='+-@ab1 \t\r＝＠", max_size=8))
def test_the_round_trip_gives_the_same_text(value: str) -> None:
    assert unescape(escape(value)) == value
    assert unescape(kept(value)) == value


def test_control_characters_are_replaced_and_counted() -> None:
    assert writable("a\x00b\uffffc") == ("a\ufffdb\ufffdc", 2)
