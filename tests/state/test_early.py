"""A hand faster than the page: what it does is neither lost nor undone by the load that was on its way."""

import pytest

from crm_app import routes
from crm_app.services.actor import Actor
from crm_app.state.settings_users import SettingsUsersState
from tests.state.events import Tab
from tests.state.sample import Front, SampleState, cookie_of

CONNECT = "reflex___state____state.hydrate_and_load"
NAVIGATE = "reflex___state____state.reflex___state____on_load_internal_state.on_load_internal"


@pytest.mark.parametrize("load", [CONNECT, NAVIGATE])
async def test_what_is_opened_while_the_page_loads_stays_open(load: str, front: Front, alice: Actor) -> None:
    async with Tab(front, cookie_of(alice), path=routes.USERS) as tab:
        first = await tab.start(load)
        click = await tab.start(SettingsUsersState.edit, key="new")
        await first.wait_all()
        await click.wait_all()
        state = await tab.state(SettingsUsersState)
        assert state.loaded and state.editing == "new"


async def test_several_come_in_the_order_they_were_done(front: Front, alice: Actor) -> None:
    async with Tab(front, cookie_of(alice), path=routes.USERS) as tab:
        started = [await tab.start(CONNECT)]
        started += [await tab.start(SampleState.hello, text=text) for text in ("one", "two", "three")]
        for one in started:
            await one.wait_all()
        said = [
            delta[SampleState.get_full_name()] for delta in tab.answer.deltas if SampleState.get_full_name() in delta
        ]
        assert [one["text_rx_state_"] for one in said if one.get("text_rx_state_")] == ["one", "two", "three"]


async def test_a_page_that_never_finishes_loading_takes_events_all_the_same(front: Front, alice: Actor) -> None:
    async with Tab(front, cookie_of(alice)) as tab:
        assert not (await tab.state(SampleState)).is_hydrated
        assert (await tab.fire(SampleState.hello, text="late")).value(SampleState, "text") == "late"


async def test_a_refused_one_is_refused_once(front: Front, victor: Actor) -> None:
    async with Tab(front, cookie_of(victor), path=routes.USERS) as tab:
        first = await tab.start(CONNECT)
        click = await tab.start(SampleState.administer)
        await first.wait_all()
        await click.wait_all()
    assert [message for message, _ in front.refusals].count(
        "You do not have the right for this. Ask an administrator of this CRM."
    ) == 2  # the page's own load, and the click
