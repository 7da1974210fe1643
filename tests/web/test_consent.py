"""The pages behind links of messages, as a browser without an account and a mail program use them."""

import pytest
from sqlmodel import select

from crm_app.models import Channel, Consent, ConsentSource, ConsentState, Installation, Tag
from crm_app.services import database, tags
from crm_app.services.actor import SYSTEM, Actor
from crm_app.services.consent import ledger, links
from crm_app.services.contacts import cards
from tests.web.conftest import Site

MAIL, ADDRESS = Channel.EMAIL, "ada@example.org"


@pytest.fixture
def group(db: object) -> int:
    with database.transaction() as session:
        here = session.get_one(Installation, 1)
        here.name = "Music & More"
        session.add(here)
        id_ = next(iter(tags.ensure(session, ["Concerts"]).values()))
        tag = session.get_one(Tag, id_)
        tag.is_group = True
        session.add(tag)
        return id_


def confirming(language: str = "en") -> str:
    with database.transaction() as session:
        return "/consent/" + links.confirming(
            session,
            MAIL,
            ADDRESS,
            ADDRESS,
            contact=None,
            group_id=None,
            language=language,
            agreed="I agree to news from <Music & More>.",
            version="1",
        )


def choosing(path: str, group_id: int | None = None, language: str = "en") -> str:
    with database.transaction() as session:
        return f"/{path}/" + links.choosing(
            session, MAIL, ADDRESS, ADDRESS, contact=None, group_id=group_id, language=language
        )


def standing(group_id: int | None = None) -> ConsentState:
    with database.reading() as session:
        return ledger.state_of(session, MAIL, ADDRESS, group_id)


async def test_looking_agrees_to_nothing_and_posting_does_once(site: Site, group: int) -> None:
    path = confirming()
    for _ in range(3):
        shown = await site.http.get(path)
        assert shown.status_code == 200 and standing() is ConsentState.NONE
    assert "I agree to news from &lt;Music &amp; More&gt;." in shown.text and ADDRESS in shown.text
    assert "Music &amp; More</span>" in shown.text and "<script" not in shown.text
    assert shown.headers["cache-control"] == "no-store" and "set-cookie" not in shown.headers
    answer = await site.post(path)
    assert answer.status_code == 200 and "You have agreed" in answer.text
    assert standing() is ConsentState.CONFIRMED
    for again in (await site.post(path), await site.http.get(path)):
        assert again.status_code == 410
    with database.reading() as session:
        (entry,) = session.exec(select(Consent)).all()
    assert entry.ip and entry.text == "I agree to news from <Music & More>."


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "Yes, I agree"), ("de", "Ja, ich stimme zu"), ("it", "Sì, acconsento"), ("pl", "Tak, zgadzam się")],
)
async def test_it_speaks_the_language_of_the_message_and_any_other_by_a_link(
    language: str, said: str, site: Site, group: int
) -> None:
    path = confirming(language)
    shown = await site.http.get(path)
    assert f'<html lang="{language}">' in shown.text and said in shown.text
    assert all(f"?lang={code}" in shown.text for code in ("en", "de", "it", "pl"))
    assert "Sì, acconsento" in (await site.http.get(path + "?lang=it")).text
    for where in ("unsubscribe", "preferences"):
        shown = await site.http.get(choosing(where, language=language))
        assert f'<html lang="{language}">' in shown.text


async def test_a_mail_program_unsubscribes_by_one_post_without_origin_and_cookie(site: Site, group: int) -> None:
    path = choosing("unsubscribe")
    assert (await site.http.get(path)).status_code == 200 and standing() is ConsentState.NONE
    for _ in range(2):
        answer = await site.http.post(path, data={"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200 and standing() is ConsentState.REVOKED
    with database.reading() as session:
        assert len(session.exec(select(Consent)).all()) == 1


async def test_only_there_may_a_post_come_without_an_origin_and_none_from_another_site(site: Site, group: int) -> None:
    for path in (confirming(), choosing("preferences")):
        assert (await site.http.post(path)).status_code == 403
    evil = {"origin": "https://evil.example"}
    for path in (confirming(), choosing("preferences"), choosing("unsubscribe")):
        assert (await site.http.post(path, headers=evil)).status_code == 403
    assert standing() is ConsentState.NONE


async def test_groups_are_chosen_and_left(site: Site, group: int) -> None:
    path = choosing("preferences", group)
    shown = await site.http.get(path)
    assert "Concerts" in shown.text and "checked" not in shown.text
    saved = await site.post(path, {f"want-{group}": "on"})
    assert saved.status_code == 200 and "Your choice is saved" in saved.text and saved.text.count(" checked") == 1
    assert (standing(group), standing()) == (ConsentState.CONFIRMED, ConsentState.REVOKED)
    with database.reading() as session:
        confirmed = session.exec(select(Consent).where(Consent.state == ConsentState.CONFIRMED)).one()
    assert confirmed.text == (
        "By a tick you agree that Music & More writes to you about it. You can withdraw this at any time."
    )
    gone = await site.post(path, {f"want-{group}": "on", "nothing": "1"})
    assert "You are unsubscribed" in gone.text
    assert {standing(group), standing()} == {ConsentState.REVOKED}


async def test_unknown_links_say_so_and_a_link_of_one_use_is_none_of_another(site: Site, group: int) -> None:
    token = confirming().rpartition("/")[2]
    for path in ("/consent/x", "/unsubscribe/" + "f" * 48, f"/preferences/{token}", f"/unsubscribe/{token}"):
        assert (await site.http.get(path)).status_code == 410
        assert (await site.post(path)).status_code == 410
    assert standing() is ConsentState.NONE


async def test_text_messages_and_calls_of_the_same_person_are_left_there_too(
    site: Site, group: int, bob: Actor
) -> None:
    with database.transaction() as session:
        contact = cards.create(
            session, bob, {"first_name": "Ada", "email": ADDRESS, "mobile": "0170 9876543", "phone": "030 123456"}
        )
        for channel, number in ((Channel.SMS, "0170 9876543"), (Channel.PHONE, "0170 9876543")):
            ledger.record(session, SYSTEM, channel, number, ConsentState.CONFIRMED, source=ConsentSource.FORM)
        token = links.choosing(session, MAIL, ADDRESS, ADDRESS, contact=contact, group_id=None, language="en")
    path = f"/preferences/{token}"
    shown = await site.http.get(path)
    assert "Text messages to my phone" in shown.text and "Calls" in shown.text and "9876543" not in shown.text
    saved = await site.post(path, {"offer-sms": "1", "offer-phone": "1", "want-phone": "on", "want-all": "on"})
    assert "Text messages" not in saved.text and "Calls" in saved.text
    with database.reading() as session:
        assert ledger.state_of(session, Channel.SMS, "+49 170 9876543") is ConsentState.REVOKED
        assert ledger.state_of(session, Channel.PHONE, "+49 170 9876543") is ConsentState.CONFIRMED
    again = await site.post(path, {"offer-phone": "1", "want-phone": "on", "want-sms": "on", "want-all": "on"})
    assert again.status_code == 200
    with database.reading() as session:  # a yes for a phone is not given by mail
        assert ledger.state_of(session, Channel.SMS, "+49 170 9876543") is ConsentState.REVOKED


async def test_an_address_that_moved_to_somebody_else_opens_nothing_of_its_former_owner(
    site: Site, group: int, bob: Actor
) -> None:
    with database.transaction() as session:
        contact = cards.create(session, bob, {"first_name": "Ada", "email": ADDRESS, "mobile": "0170 9876543"})
        ledger.record(session, SYSTEM, Channel.SMS, "0170 9876543", ConsentState.CONFIRMED, source=ConsentSource.FORM)
        token = links.choosing(session, MAIL, ADDRESS, ADDRESS, contact=contact, group_id=None, language="en")
        cards.change(session, bob, contact, {"email": "new@example.org"})
    assert "Text messages" not in (await site.http.get(f"/preferences/{token}")).text
