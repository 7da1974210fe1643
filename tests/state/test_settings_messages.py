"""The settings page of messages, event by event."""

from pathlib import Path

import pytest

from crm_app.services.actor import Actor
from crm_app.state.settings_messages import FIELDS, SettingsMessagesState
from tests.services.messages import imap_server
from tests.state.events import Tab, app
from tests.state.sample import cookie_of

SERVER = dict.fromkeys(FIELDS, "") | {"port": "587", "security": "starttls", "per_minute": "60"}


async def test_a_mailbox_is_set_and_looked_into_at_once_and_its_password_never_comes_back(
    alice: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = imap_server.make_certificate(tmp_path / "server.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    refusal = "The mailbox does not accept this user and password."
    with imap_server.running(certificate) as inbox:
        mailbox = {"bounce_host": imap_server.HOST, "bounce_port": str(inbox.port), "bounce_folder": ""}
        async with Tab(app, cookie_of(alice)) as tab:
            await tab.fire(SettingsMessagesState.load)
            answer = await tab.fire(SettingsMessagesState.save, form=SERVER | mailbox)
            assert answer.value(SettingsMessagesState, "errors").keys() == {"bounce_username"}
            mailbox |= {"bounce_username": inbox.user, "bounce_password": "wrong"}
            await tab.fire(SettingsMessagesState.save, form=SERVER | mailbox)
            await tab.fire(SettingsMessagesState.look)
            state = await tab.state(SettingsMessagesState)
            assert (state.look_failed, state.looked) == (True, refusal)
            answer = await tab.fire(SettingsMessagesState.load)
            assert answer.value(SettingsMessagesState, "bounce_problem") == refusal
            answer = await tab.fire(
                SettingsMessagesState.save, form=SERVER | mailbox | {"bounce_password": inbox.password}
            )
            assert inbox.password not in answer.shown() and answer.value(SettingsMessagesState, "bounce_problem") == ""
            await tab.fire(SettingsMessagesState.look)
            state = await tab.state(SettingsMessagesState)
            assert state.has_bounce_password and state.values["bounce_folder"] == "INBOX"
            assert not state.look_failed and "0 messages came back" in state.looked
