import pytest

from crm_app.services.messages import sms


@pytest.mark.parametrize(
    ("text", "units", "parts", "is_basic"),
    [
        ("", 0, 1, True),
        ("a" * 160, 160, 1, True),
        ("a" * 161, 161, 2, True),
        ("a" * 306, 306, 2, True),
        ("a" * 307, 307, 3, True),
        ("€" * 80, 160, 1, True),
        ("ä ö ü ß é", 9, 1, True),
        ("ł" * 70, 70, 1, False),
        ("ł" * 71, 71, 2, False),
        ("😀" * 35, 70, 1, False),
        ("😀" * 36, 72, 2, False),
    ],
)
def test_how_long_a_text_message_is(text: str, units: int, parts: int, is_basic: bool) -> None:
    assert sms.length(text) == sms.Length(units, parts, is_basic)
