import pytest

from crm_app.services import passwords
from crm_app.services.errors import Invalid


@pytest.mark.parametrize(
    "good",
    ["four words in a row", "Ünïcödé pässwört", "k2#9dkfLs.", "correct horse battery", "数字と言葉のパスワードです"],
)
def test_long_passwords_of_any_kind_are_taken(good: str) -> None:
    passwords.check(good, email="ann@example.org", name="Ann Example")


@pytest.mark.parametrize(
    "bad",
    [
        "short",
        "nine char",
        "x" * 201,
        "password123",
        "PASSWORT123",
        "aaaaaaaaaaaa",
        "1212121212121",
        "ann@example.org",
        "Ann Example",
        "annexample1234"[:10],
    ],
)
def test_short_and_obvious_ones_are_refused(bad: str) -> None:
    with pytest.raises(Invalid) as raised:
        passwords.check(bad, email="ann@example.org", name="Ann Example")
    assert raised.value.field == "password"


def test_a_broken_hash_is_a_wrong_password() -> None:
    assert not passwords.verify("nonsense", "x")
    assert not passwords.verify("", "x")


def test_half_characters_are_a_wrong_password() -> None:
    assert not passwords.verify(passwords.hash_of("four words in a row"), "\ud800")
