import logging

import pytest

from crm_app.jobs import rounds
from crm_app.services import notices
from crm_app.services.contacts import trash
from crm_app.services.messages import sending


def test_a_round_that_fails_is_not_the_last_and_names_no_values(caplog: pytest.LogCaptureFixture) -> None:
    waited: list[float] = []
    answers = iter([1.0, ValueError("ada@example.org"), 2.0])

    def work(_stop: rounds.Stop) -> float:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def wait(seconds: float) -> bool:
        waited.append(seconds)
        return len(waited) == 3

    with caplog.at_level(logging.WARNING):
        rounds.run("trial", work, lambda: False, wait)
    assert waited == [1.0, 1.0, 2.0]
    assert "trial put off: ValueError" in caplog.text and "ada@" not in caplog.text


def test_each_round_says_when_the_next_one_comes(db: object) -> None:
    found = rounds.all_of(is_alone=True)
    assert len(found) == 7
    assert all(0 < work(lambda: False) <= rounds.PURGE_SECONDS for work in found.values())


def test_a_purge_that_fails_keeps_none_of_the_others(
    db: object, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def locked(**_: object) -> int:
        raise OSError("ada@example.org")

    monkeypatch.setattr(trash, "purge", locked)
    monkeypatch.setattr(notices, "purge", lambda: 7)
    with caplog.at_level(logging.INFO):
        assert rounds.purge(lambda: False) == rounds.PURGE_SECONDS
    assert "purge of trash put off: OSError" in caplog.text and "{'notices': 7}" in caplog.text
    assert "ada@" not in caplog.text


def test_when_a_server_cannot_be_reached_messages_wait_longer(db: object, monkeypatch: pytest.MonkeyPatch) -> None:
    round_ = rounds.Sending(is_alone=True)
    monkeypatch.setattr(sending, "send_due", lambda **_: sending.Report(is_down=True))
    assert round_(lambda: False) == rounds.DOWN_SECONDS
