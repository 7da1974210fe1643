"""A hand faster than the page: what it does is neither lost nor undone by the load that was on its way."""

import pytest

from crm_app import routes
from crm_app.services.actor import Actor
from crm_app.state.settings_users import SettingsUsersState
from tests.state.events import Tab, until
from tests.state.sample import Front, SampleState, cookie_of

CONNECT = "reflex___state____state.hydrate_and_load"
INTERNAL = "reflex___state____state.reflex___state____on_load_internal_state"
NAVIGATE, LOADED = f"{INTERNAL}.on_load_internal", f"{INTERNAL}.set_is_hydrated"


def said(tab: Tab) -> list[str]:
    """Every text the sample state sent, in order."""
    name = SampleState.get_full_name()
    texts = [delta[name].get("text_rx_state_") for delta in tab.answer.deltas if name in delta]
    return [text for text in texts if text]


async def begin(tab: Tab, *, is_loading: bool) -> None:
    """A tab the server knows, on a page that has loaded or has not."""
    await tab.fire(CONNECT)
    (await tab.state(SampleState))._get_root_state().is_hydrated = not is_loading
    tab.answer.deltas.clear()


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
        assert said(tab) == ["one", "two", "three"]


async def test_nobody_overtakes_who_waits(front: Front, alice: Actor) -> None:
    """The second one comes when the page has loaded, while the first still stands in the queue."""
    async with Tab(front, cookie_of(alice), path=routes.USERS) as tab:
        await begin(tab, is_loading=True)
        started = [
            await tab.start(SampleState.hello, text="one"),
            await tab.start(LOADED, value=True),
            await tab.start(SampleState.hello, text="two"),
        ]
        for one in started:
            await one.wait_all()
        assert said(tab) == ["one", "two"]


async def test_a_page_that_never_finishes_loading_takes_events_all_the_same(front: Front, alice: Actor) -> None:
    async with Tab(front, cookie_of(alice), path=routes.USERS) as tab:
        await begin(tab, is_loading=True)
        assert (await tab.fire(SampleState.hello, text="late")).value(SampleState, "text") == "late"


async def test_what_was_done_on_a_page_that_is_left_is_not_done_on_the_next(front: Front, alice: Actor) -> None:
    async with Tab(front, cookie_of(alice), path=routes.USERS) as tab:
        await begin(tab, is_loading=True)
        click = await tab.start(SampleState.hello, text="on the old page")
        tab.path = routes.ROLES
        load = await tab.start(NAVIGATE)
        await click.wait_all()
        await load.wait_all()
        assert said(tab) == []
        assert (await tab.fire(SampleState.hello, text="here")).value(SampleState, "text") == "here"


async def test_what_is_done_on_the_next_page_before_its_load_comes_is_done(front: Front, alice: Actor) -> None:
    """A page's own parts speak before the page does."""
    async with Tab(front, cookie_of(alice), path=routes.USERS) as tab:
        await begin(tab, is_loading=True)
        tab.path = routes.ROLES
        ahead = await tab.start(SampleState.hello, text="ahead")
        await ahead.wait_all()
        assert said(tab) == ["ahead"]


async def test_a_tab_the_server_has_forgotten_gets_its_page_with_the_first_click(front: Front, alice: Actor) -> None:
    """States are thrown away after an hour without an event; the socket lives on."""
    async with Tab(front, cookie_of(alice), path=routes.USERS) as tab:
        await tab.fire(CONNECT)
        tab.forget()
        answer = await tab.fire(SettingsUsersState.edit, key="new")
        assert answer.value(SettingsUsersState, "loaded") is True
        assert (await tab.state(SettingsUsersState))._get_root_state().is_hydrated


async def test_work_of_its_own_waits_for_nothing(front: Front, alice: Actor) -> None:
    async with Tab(front, cookie_of(alice), path=routes.USERS) as tab:
        await begin(tab, is_loading=True)
        working = await tab.start(SampleState.work)
        state = await tab.state(SampleState)
        await until(lambda: state.steps > 2)
        working.cancel()


async def test_a_refused_one_is_refused_once(front: Front, victor: Actor) -> None:
    async with Tab(front, cookie_of(victor)) as tab:
        await begin(tab, is_loading=True)
        front.refusals.clear()
        await tab.fire(SampleState.administer)
    assert len(front.refusals) == 1
