import logging

import pytest

from crm_app.state import quiet
from tests.state.events import Tab
from tests.state.sample import CANARY, Front, cookie_of


async def test_an_unknown_event_leaves_no_value_in_the_log(
    front: Front, alice, caplog: pytest.LogCaptureFixture
) -> None:
    quiet.install()
    quiet.install()
    async with Tab(front, cookie_of(alice)) as tab:
        await tab.start(f"nothing.{CANARY}", text=CANARY)
        await tab.fire("reflex___state____state.hydrate")
    assert "an unknown event was refused" in caplog.text and CANARY not in caplog.text


async def test_a_payload_that_does_not_fit_leaves_no_value_in_the_log(front: Front, alice, caplog) -> None:
    from tests.state.sample import SampleState

    with caplog.at_level(logging.DEBUG):
        async with Tab(front, cookie_of(alice)) as tab:
            await tab.fire(SampleState.edit, text={CANARY: CANARY})
    assert CANARY not in caplog.text and "payload refused" in caplog.text


def test_a_broken_message_leaves_no_value_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    from reflex_base.utils.exceptions import EventDeserializationError

    quiet.install()
    try:
        raise EventDeserializationError(f"Failed to deserialize event data: {CANARY}")
    except EventDeserializationError:
        logging.getLogger("engineio.server").exception("message async handler error")
    logging.getLogger("reflex.app").warning(f"Received event from session x with no associated token: {CANARY}")
    assert CANARY not in caplog.text and caplog.text.count("refused") == 2
