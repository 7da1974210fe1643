import re
from dataclasses import replace
from typing import Any

import pytest
from sqlmodel import select

from crm_app import settings
from crm_app.models import Activity, ActivityKind, Channel, Consent, Contact, CustomField, FieldType, Message, WebForm
from crm_app.services import database, installation, web_form_answers, web_forms
from crm_app.services.actor import Actor
from crm_app.services.consent import links
from crm_app.services.contacts import cards
from crm_app.services.contacts.validating import InvalidFields
from crm_app.services.errors import Invalid, NotFound, NotPermitted
from crm_app.services.messages import sending
from crm_app.services.web_forms import Draft, Question

DRAFT = Draft(
    name="Trial lesson",
    title="Book a trial lesson",
    questions=(Question("first_name", required=True), Question("email", "Your e-mail", True), Question("notes")),
    consent_text="I want the newsletter.",
    tags="Website, Trial",
)


def made(actor: Actor, **values: Any) -> WebForm:
    with database.transaction() as session:
        form = web_forms.make(session, actor, "Trial lesson")
        return web_forms.change(session, actor, form.id or 0, replace(DRAFT, **values))


def sent(form: WebForm, ticked: bool = False, **typed: str) -> Contact:
    with database.transaction() as session:
        return web_form_answers.submit(session, form, typed, ticked=ticked, ip="198.51.100.7").contact


def entries() -> list[dict[str, Any]]:
    with database.reading() as session:
        found = session.exec(select(Activity).where(Activity.kind == ActivityKind.FORM_FILLED).order_by(Activity.id))  # type: ignore[arg-type]
        return [one.data for one in found]


def test_a_new_form_asks_for_name_and_address_and_is_closed(alice: Actor) -> None:
    with database.transaction() as session:
        form = web_forms.make(session, alice, " Trial  lesson ")
        assert (form.name, form.active, len(form.key)) == ("Trial lesson", False, 16)
        assert [one.name for one in web_forms.questions(form)] == ["first_name", "last_name", "email"]
        with pytest.raises(NotFound):
            web_forms.published(session, form.key)


def test_who_fills_it_in_becomes_a_lead_with_tags_source_and_language(alice: Actor) -> None:
    contact = sent(made(alice, language="de"), first_name="Ada", email="ada@example.org")
    assert (contact.lifecycle, contact.source, contact.language) == ("lead", "Trial lesson", "de")
    with database.reading() as session:
        assert [tag.name for tag in cards.tags_of(session, contact)] == ["Trial", "Website"]
    assert entries() == [{"answers": [["Vorname", "Ada"], ["Your e-mail", "ada@example.org"]]}]


def test_a_stranger_overwrites_nothing_of_somebody_who_is_here(alice: Actor, bob: Actor) -> None:
    with database.transaction() as session:
        cards.create(session, bob, {"first_name": "Ada", "email": "ada@example.org"})
    contact = sent(made(alice), first_name="Eve", email="ADA@example.org", notes="Call me")
    assert (contact.first_name, contact.notes, contact.lifecycle) == ("Ada", "Call me", "contact")
    assert entries()[0]["answers"][0] == ["First name", "Eve"]


def test_of_a_shared_address_it_makes_a_new_contact_and_tells_the_stranger_nothing(alice: Actor, bob: Actor) -> None:
    with database.transaction() as session:
        for name in ("Ada", "Ben"):
            cards.create(session, bob, {"first_name": name, "email": "family@example.org"})
    assert sent(made(alice), first_name="Cleo", email="family@example.org").number == 3


def test_a_tick_is_kept_word_for_word_and_is_no_consent(alice: Actor) -> None:
    form = made(alice)
    sent(form, ticked=True, first_name="Ada", email="ada@example.org")
    agreed = entries()[0]["agreed"]
    assert (agreed["text"], agreed["version"], agreed["ip"]) == ("I want the newsletter.", "1", "198.51.100.7")
    assert (agreed["channel"], agreed["address"]) == ("email", "ada@example.org")
    with database.reading() as session:
        assert session.exec(select(Consent)).all() == []
    sent(form, first_name="Ada", email="ada@example.org")
    assert "agreed" not in entries()[1]


def test_each_tick_is_told_once_to_where_the_double_opt_in_begins(
    alice: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Any] = []
    monkeypatch.setattr(web_form_answers, "agreement_given", lambda session, taken, given: told.append(given))
    sent(made(alice), ticked=True, first_name="Ada", email="ada@example.org")
    sent(made(alice), first_name="Ada", email="ada@example.org")
    assert [(one.channel, one.address, one.text_version) for one in told] == [(Channel.EMAIL, "ada@example.org", "1")]


def test_the_address_is_asked_by_mail_with_the_same_words_and_confirms_by_its_link(alice: Actor) -> None:
    form = made(alice)
    for _ in range(2):  # an impatient person, or a stranger: one invitation
        sent(form, ticked=True, first_name="Ada", email="ada@example.org")
    with database.reading() as session:
        (invitation,) = session.exec(select(Message)).all()
    assert (invitation.kind, invitation.agreed, invitation.author_id) == ("invitation", "I want the newsletter.", None)
    sending.send_due()
    (file,) = settings.get().mails_dir.iterdir()
    link = re.search(rb"/consent/([0-9a-f]+)", file.read_bytes().replace(b"=\r\n", b""))
    assert link is not None
    with database.transaction() as session:
        links.confirm(session, link[1].decode(), ip="198.51.100.7")
    with database.reading() as session:
        (entry,) = session.exec(select(Consent)).all()
    assert (entry.state, entry.text, entry.address) == ("confirmed", "I want the newsletter.", "ada@example.org")
    sent(form, ticked=True, first_name="Ada", email="ada@example.org")
    with database.reading() as session:
        assert len(session.exec(select(Message)).all()) == 1


def test_another_wording_is_another_version(alice: Actor) -> None:
    form = made(alice)
    with database.transaction() as session:
        for wording, version in (("I want the newsletter.", 1), ("I want news by e-mail.", 2)):
            changed = web_forms.change(session, alice, form.id or 0, replace(DRAFT, consent_text=wording))
            assert changed.text_version == version


def test_all_that_is_missing_or_wrong_is_said_by_field(alice: Actor) -> None:
    form = made(alice)
    with pytest.raises(InvalidFields) as refused:
        sent(form, first_name=" ", notes="Hello")
    assert set(refused.value.fields) == {"first_name", "email"}
    with pytest.raises(InvalidFields) as refused:
        sent(form, first_name="Ada", email="not an address")
    assert set(refused.value.fields) == {"email"} and entries() == []


def test_own_fields_are_asked_for_and_what_was_not_asked_is_not_taken(alice: Actor) -> None:
    with database.transaction() as session:
        session.add(CustomField(key="level", label="Level", type=FieldType.CHOICE, options=["A1", "B2"]))
    form = made(alice, questions=(*DRAFT.questions, Question("level", required=True)))
    contact = sent(
        form, first_name="Ada", email="ada@example.org", level="B2", status="Won", city="Bonn", owner="alice"
    )
    assert contact.custom == {"level": "B2"} and contact.city is None and contact.owner_id is None
    with pytest.raises(InvalidFields):
        sent(form, first_name="Ada", email="ada@example.org", level="C9")


def test_keys_of_the_house_and_fields_for_colleagues_are_never_asked(alice: Actor) -> None:
    with database.transaction() as session:
        session.add(CustomField(key="customer_no", label="No", type=FieldType.TEXT, is_unique=True))
        session.add(CustomField(key="hidden", label="Hidden", type=FieldType.TEXT, show_in_form=False))
    for name in ("customer_no", "hidden", "status", "owner", "external_id", "number", "tags", "lifecycle", "active"):
        with pytest.raises(Invalid) as refused:
            made(alice, questions=(*DRAFT.questions, Question(name)))
        assert refused.value.field == "questions"


def test_what_every_contact_needs_must_be_asked(alice: Actor) -> None:
    with database.transaction() as session:
        installation.change(session, alice, required_fields=["city"])
    with pytest.raises(Invalid):
        made(alice)
    made(alice, questions=(*DRAFT.questions, Question("city")))


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": " "}, "name"),
        ({"title": "x" * 201}, "title"),
        ({"questions": (Question("first_name"),)}, "questions"),
        ({"questions": (Question("first_name", required=True),)}, "consent_text"),
        ({"consent_channel": "fax"}, "consent_channel"),
        ({"language": "xx"}, "language"),
        ({"lifecycle": "friend"}, "lifecycle"),
        ({"origins": "http://example.org"}, "origins"),
        ({"origins": "https://example.org/page"}, "origins"),
        ({"origins": "https://*.example.org"}, "origins"),
        ({"origins": "https://example.org; script-src *"}, "origins"),
        ({"origins": "javascript:alert(1)"}, "origins"),
        ({"origins": "https://example.org:x"}, "origins"),
    ],
)
def test_what_cannot_be_is_refused(values: dict[str, Any], field: str, alice: Actor) -> None:
    with pytest.raises(Invalid) as refused:
        made(alice, **values)
    assert refused.value.field == field


def test_websites_are_kept_as_origins(alice: Actor) -> None:
    form = made(alice, origins="WWW.example.org, https://school.example/\nhttp://localhost:3000")
    assert form.origins == ["https://www.example.org", "https://school.example", "http://localhost:3000"]


def test_another_branch_and_who_may_not_see_none(alice: Actor, bob: Actor, charlie: Actor) -> None:
    form = made(alice)
    other = replace(alice, branch_ids=charlie.branch_ids, branch_id=2)
    with database.transaction() as session:
        assert web_forms.listing(session, other) == []
        for act in (
            lambda id_: web_forms.get(session, other, id_),
            lambda id_: web_forms.change(session, other, id_, DRAFT),
            lambda id_: web_forms.remove(session, other, id_),
        ):
            for id_ in (form.id or 0, 999):
                with pytest.raises(NotFound):
                    act(id_)
        for refused in (
            lambda: web_forms.make(session, bob, "Mine"),
            lambda: web_forms.listing(session, bob),
            lambda: web_forms.remove(session, bob, form.id or 0),
        ):
            with pytest.raises(NotPermitted):
                refused()


def test_a_removed_one_leads_nowhere(alice: Actor) -> None:
    form = made(alice)
    with database.transaction() as session:
        web_forms.remove(session, alice, form.id or 0)
    with database.reading() as session, pytest.raises(NotFound):
        web_forms.published(session, form.key)
