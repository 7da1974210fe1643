from dataclasses import replace

import pytest

from crm_app.models import Channel, MessageTemplate
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.errors import Conflict, Invalid, NotFound, NotPermitted
from crm_app.services.messages import templates


def write(actor: Actor, template: MessageTemplate, language: str = "en", **words: str) -> int:
    with database.transaction() as session:
        given = {"subject": "Hello", "body": "Come."} | words
        return templates.write(session, actor, template.id or 0, language, **given).version


def test_every_saving_is_a_version_and_the_same_words_are_none(alice: Actor, newsletter: MessageTemplate) -> None:
    assert [write(alice, newsletter, body=body) for body in ("One", "One", "Two")] == [2, 2, 3]
    with database.reading() as session:
        newest = {one.language: one.version for one in templates.newest(session, newsletter.id or 0)}
        (entry,) = templates.listing(session, alice)
    assert newest == {"de": 1, "en": 3}
    assert entry.languages == ("de", "en")


def test_the_words_are_chosen_by_language(newsletter: MessageTemplate) -> None:
    with database.reading() as session:
        texts = templates.newest(session, newsletter.id or 0)
    for wished, found in ((["de", "en"], "de"), (["it", "en"], "en"), (["pl"], "de"), ([], "de")):
        chosen = templates.chosen(texts, wished)
        assert chosen is not None and chosen.language == found
    assert templates.chosen([], ["en"]) is None


@pytest.mark.parametrize(
    ("words", "field", "said"),
    [
        ({"subject": " "}, "subject", "Please type a subject."),
        ({"subject": "x" * 201}, "subject", "The subject may have 200 characters."),
        ({"body": "\n"}, "body", "Please type what the message says."),
        ({"body": "x" * 20_001}, "body", "The message may have 20,000 characters."),
        ({"subject": "{{ nobody }}"}, "subject", "Line 1: there is no field “nobody”."),
        ({"subject": "{{ opt_out_link }}"}, "subject", "Line 1: there is no field “opt_out_link”."),
        ({"body": "a\n{{ own.course }}"}, "body", "Line 2: there is no own field “course”."),
    ],
)
def test_words_that_cannot_be_sent_are_refused(
    words: dict[str, str], field: str, said: str, alice: Actor, newsletter: MessageTemplate
) -> None:
    with pytest.raises(Invalid) as refused:
        write(alice, newsletter, **words)
    assert (refused.value.field, str(refused.value.message)) == (field, said)
    assert write(alice, newsletter) == 2


def test_only_a_newsletter_has_a_way_out(alice: Actor, newsletter: MessageTemplate) -> None:
    write(alice, newsletter, body="[Leave]({{ opt_out_link }})")
    with database.transaction() as session, pytest.raises(Invalid):
        templates.change(session, alice, newsletter.id or 0, name="Summer", is_newsletter=False)
    write(alice, newsletter)
    with database.transaction() as session:
        templates.change(session, alice, newsletter.id or 0, name="Summer", is_newsletter=False)
    with pytest.raises(Invalid):
        write(alice, newsletter, body="[Leave]({{ opt_out_link }})")


def test_a_name_is_given_once_and_a_removed_template_comes_back(alice: Actor, newsletter: MessageTemplate) -> None:
    id_ = newsletter.id or 0
    with database.transaction() as session, pytest.raises(Conflict):
        templates.add(session, alice, " SUMMER ", Channel.EMAIL, is_newsletter=True)
    with database.transaction() as session:
        templates.remove(session, alice, id_)
    with database.reading() as session:
        assert templates.listing(session, alice) == []
        with pytest.raises(NotFound):
            templates.get(session, alice, id_)
    with database.transaction() as session:
        templates.bring_back(session, alice, id_)
        assert templates.get(session, alice, id_).name == "Summer"


def test_who_may_not_send_to_many_writes_no_templates_but_chooses_among_them(
    bob: Actor, newsletter: MessageTemplate
) -> None:
    with pytest.raises(NotPermitted):
        write(bob, newsletter)
    with database.transaction() as session:
        for act in (templates.remove, templates.bring_back):
            with pytest.raises(NotPermitted):
                act(session, bob, newsletter.id or 0)
        with pytest.raises(NotPermitted):
            templates.add(session, bob, "Autumn", Channel.EMAIL, is_newsletter=True)
        assert len(templates.listing(session, bob)) == 1


def test_a_branch_uses_those_of_the_head_office_and_changes_its_own(alice: Actor, charlie: Actor) -> None:
    theirs = replace(charlie, permissions=alice.permissions)
    with database.transaction() as session:
        shared = templates.add(session, alice, "Fair", Channel.EMAIL, is_newsletter=True).id or 0
        own = templates.add(session, theirs, "Local", Channel.EMAIL, is_newsletter=True).id or 0
        listed = templates.listing(session, theirs)
        assert [(one.template.id, one.is_changeable) for one in listed] == [(shared, False), (own, True)]
        assert [one.template.id for one in templates.listing(session, alice)] == [shared]
        assert templates.get(session, theirs, shared).name == "Fair"
        for act in (
            lambda: templates.change(session, theirs, shared, name="X", is_newsletter=True),
            lambda: templates.remove(session, theirs, shared),
            lambda: templates.bring_back(session, theirs, shared),
            lambda: templates.write(session, theirs, shared, "en", subject="Hi", body="Hi"),
        ):
            with pytest.raises(NotPermitted):
                act()
        assert templates.newest(session, shared) == []
        templates.write(session, theirs, own, "en", subject="Hi", body="Hi")
        for number in (own, 999):
            with pytest.raises(NotFound):
                templates.get(session, alice, number)


def test_a_name_is_taken_only_among_those_one_sees(alice: Actor, charlie: Actor) -> None:
    theirs = replace(charlie, permissions=alice.permissions)
    with database.transaction() as session:
        templates.add(session, theirs, "Local", Channel.EMAIL, is_newsletter=True)
        templates.add(session, alice, "local", Channel.EMAIL, is_newsletter=True)
        templates.add(session, alice, "Fair", Channel.EMAIL, is_newsletter=True)
        with pytest.raises(Conflict):
            templates.add(session, theirs, "fair", Channel.EMAIL, is_newsletter=True)
