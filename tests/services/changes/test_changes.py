"""Changes of many contacts: who is meant, what is written, and that an undo restores it."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, col, select

from crm_app.models import (
    AuditEntry,
    Contact,
    ContactTag,
    CustomField,
    FieldType,
    Import,
    ImportState,
    JobState,
    LeadStatus,
    Tag,
)
from crm_app.models.base import now
from crm_app.services import database, jobs
from crm_app.services.actor import Actor
from crm_app.services.changes import actions
from crm_app.services.changes.actions import Action
from crm_app.services.changes.start import Preview, preview, start
from crm_app.services.contacts import cards, timeline
from crm_app.services.contacts.filter import ContactFilter
from crm_app.services.errors import Conflict, Invalid, NotPermitted
from crm_app.services.filters.tree import Condition, Group
from crm_app.services.imports import steps, work

EVERYBODY = ContactFilter(inactive=True)
Make = Callable[[Session], Action]


@pytest.fixture
def people(alice: Actor, charlie: Actor) -> Actor:
    """Six contacts in alice's branch and one in charlie's."""
    with database.transaction() as session:
        session.add(CustomField(key="level", label="Level", type=FieldType.CHOICE, options=["A1", "B2"]))
        session.flush()
        for n in range(6):
            values = {"first_name": f"P{n}", "city": "Rom" if n % 2 else "", "tags": "VIP" if n < 2 else ""}
            cards.create(session, alice, values)
        cards.create(session, charlie, {"first_name": "Foreign"})
        cards.deactivate(session, alice, cards.get(session, alice, 6))
    return alice


def carried_out(actor: Actor, wanted: ContactFilter, make: Make) -> int:
    with database.transaction() as session:
        job = start(session, actor, wanted, make(session))
        import_id = job.subject_id
        claim = jobs.claim(session, job.id or 0)
    assert claim is not None and work.run(claim) is JobState.DONE
    return import_id


def undone(actor: Actor, import_id: int) -> dict[str, Any]:
    with database.transaction() as session:
        claim = jobs.claim(session, steps.undo(session, actor, import_id).id or 0)
    assert claim is not None and work.run(claim) is JobState.DONE
    with database.reading() as session:
        return session.get_one(Import, import_id).undo_counts


def everything() -> dict[int, tuple[Any, ...]]:
    """Every contact's values and tags; versions and moments apart."""
    with database.reading() as session:
        tags: dict[int, set[int]] = {}
        for link in session.exec(select(ContactTag)):
            tags.setdefault(link.contact_id, set()).add(link.tag_id)
        found = {}
        for contact in session.exec(select(Contact)):
            values = contact.model_dump(exclude={"version", "updated_at"})
            found[contact.number] = (*values.values(), frozenset(tags.get(contact.id or 0, ())))
        return found


def looked(actor: Actor, wanted: ContactFilter, make: Make) -> Preview:
    with database.transaction() as session:
        return preview(session, actor, wanted, make(session))


def test_the_preview_counts_who_is_meant_and_who_changes(people: Actor) -> None:
    found = looked(people, EVERYBODY, lambda session: actions.tag(session, people, ["vip"]))
    assert (found.meant, found.changing, found.unchanged, found.names) == (6, 4, 2, ["P2", "P3", "P4", "P5"])
    assert looked(people, ContactFilter(), lambda _: actions.deactivate()).changing == 5
    assert looked(people, EVERYBODY, lambda _: actions.reactivate()).names == ["P5"]


@pytest.mark.parametrize(
    ("field", "written", "attribute", "stored"),
    [
        ("city", "Köln", "city", "Köln"),
        ("city", "", "city", None),
        ("lifecycle", "lead", "lifecycle", "lead"),
        ("acquired_on", "2026-02-03", "acquired_on", "2026-02-03"),
        ("country", "Italien", "country", "IT"),
        ("level", "B2", "custom", "B2"),
        ("status", "1", "status_id", "1"),
        ("owner", "2", "owner_id", "2"),
    ],
)
def test_a_field_is_set_and_taken_back(
    people: Actor, field: str, written: str, attribute: str, stored: str | None
) -> None:
    with database.transaction() as session:
        if session.get(LeadStatus, 1) is None:
            session.add(LeadStatus(id=1, name="New", folded="new"))
    before = everything()
    import_id = carried_out(people, EVERYBODY, lambda session: actions.set_field(session, people, field, written))
    with database.reading() as session:
        for contact in session.exec(select(Contact).where(Contact.branch_id == people.branch_id)):
            value = getattr(contact, attribute)
            assert str(value.get(field) if attribute == "custom" else value) == str(stored)
        if field == "city" and written:
            assert all("koln" in c.search_text for c in session.exec(select(Contact).where(Contact.branch_id == 1)))
    counts = undone(people, import_id)
    assert counts["kept"] == counts["impossible"] == 0
    assert everything() == before


def test_tags_are_given_and_taken(people: Actor) -> None:
    before = everything()
    given = carried_out(people, EVERYBODY, lambda session: actions.tag(session, people, ["VIP", "Fair 2026"]))
    with database.reading() as session:
        ids = dict(session.exec(select(Tag.name, Tag.id)).all())
        assert len(session.exec(select(ContactTag)).all()) == 12
    taken = carried_out(people, EVERYBODY, lambda session: actions.untag(session, people, [ids["VIP"] or 0]))
    with database.reading() as session:
        assert len(session.exec(select(ContactTag)).all()) == 6
    assert undone(people, taken) == {"reversed": 6, "kept": 0, "impossible": 0}
    assert undone(people, given) == {"reversed": 6, "kept": 0, "impossible": 0}
    assert everything() == before


def test_what_somebody_edited_since_stays(people: Actor) -> None:
    import_id = carried_out(people, EVERYBODY, lambda session: actions.set_field(session, people, "city", "Ulm"))
    with database.transaction() as session:
        contact = cards.get(session, people, 1)
        cards.change(session, people, contact, {"city": "Bonn"})
    assert undone(people, import_id) == {"reversed": 5, "kept": 1, "impossible": 0}
    with database.reading() as session:
        assert cards.get(session, people, 1).city == "Bonn"


def test_those_that_fall_out_of_the_filter_while_it_runs_are_still_met_once(people: Actor) -> None:
    """The change makes its own filter untrue, contact by contact."""
    rome = ContactFilter(inactive=True, where=Group(items=(Condition("city", "is", ("Rom",)),)))
    carried_out(people, rome, lambda session: actions.set_field(session, people, "city", ""))
    with database.reading() as session:
        assert [contact.city for contact in session.exec(select(Contact))] == [None] * 7


def test_a_contact_that_comes_later_is_not_meant(people: Actor) -> None:
    with database.transaction() as session:
        job = start(session, people, EVERYBODY, actions.deactivate())
    with database.transaction() as session:
        cards.create(session, people, {"first_name": "Late"})
        claim = jobs.claim(session, job.id or 0)
    assert claim is not None and work.run(claim) is JobState.DONE
    with database.reading() as session:
        assert session.exec(select(Contact.first_name).where(col(Contact.active))).all() == ["Foreign", "Late"]


def test_another_branch_is_neither_counted_nor_changed(people: Actor, charlie: Actor) -> None:
    manager = Actor(charlie.user_id, "Charlie", people.permissions, charlie.branch_ids, charlie.branch_id)
    assert looked(manager, EVERYBODY, lambda _: actions.deactivate()).meant == 1
    carried_out(manager, EVERYBODY, lambda _: actions.deactivate())
    with database.reading() as session:
        assert len(session.exec(select(Contact).where(col(Contact.active))).all()) == 5


def test_it_takes_the_right(people: Actor, bob: Actor) -> None:
    for verb in (preview, start):
        with pytest.raises(NotPermitted), database.transaction() as session:
            verb(session, bob, EVERYBODY, actions.deactivate())


def test_nothing_to_change_is_said(people: Actor) -> None:
    nobody = ContactFilter(query="nobody")
    with pytest.raises(Conflict), database.transaction() as session:
        start(session, people, nobody, actions.deactivate())


def test_values_that_cannot_be_taken(people: Actor) -> None:
    with database.transaction() as session:
        for field, written in (
            ("email", "a@example.org"), ("lifecycle", ""), ("lifecycle", "guru"), ("status", "99"), ("status", "x"),
            ("level", "Z9"), ("acquired_on", "31.02.2026"), ("country", "Atlantis"), ("nope", "x"),
        ):  # fmt: skip
            with pytest.raises(Invalid):
                actions.set_field(session, people, field, written)
        for names in ([], [" "], ["x" * 101], [str(n) for n in range(21)]):
            with pytest.raises(Invalid):
                actions.tag(session, people, names)
        with pytest.raises(Invalid):
            actions.untag(session, people, [99])


def test_it_stands_in_history_timeline_and_audit(people: Actor) -> None:
    import_id = carried_out(people, EVERYBODY, lambda session: actions.set_field(session, people, "city", "Ulm"))
    with database.reading() as session:
        found = session.get_one(Import, import_id)
        assert (found.name, found.state, found.counts) == ("City: Ulm", ImportState.DONE, {"update": 6})
        entry = timeline.entries(session, cards.get(session, people, 1))[0]
        assert (entry.kind, str(entry.source), entry.data["changes"]) == (
            "changed_many",
            "City: Ulm",
            {"city": [None, "Ulm"]},
        )
        audited = session.exec(select(AuditEntry).where(AuditEntry.action == "bulk")).one()
        assert audited.data == {"import": import_id, "rows": 6, "update": 6}


RUN = """
import sys
from crm_app.services import database, jobs
from crm_app.services.imports import work
with database.transaction() as session:
    claim = jobs.claim(session, int(sys.argv[1]))
work.run(claim)
"""


@pytest.mark.sqlite_only
@pytest.mark.parametrize("point", ["change:before-chunk:2", "change:inside-chunk:2", "change:after-chunk:2"])
def test_a_killed_process_leaves_whole_chunks_and_another_goes_on(people: Actor, point: str) -> None:
    with database.transaction() as session:
        for n in range(900):
            session.add(Contact(number=1000 + n, branch_id=people.branch_id, first_name=f"Q{n}"))
        session.flush()
        job_id = start(session, people, EVERYBODY, actions.set_field(session, people, "source", "Fair")).id
    process = subprocess.run(
        [sys.executable, "-c", RUN, str(job_id)], env={**os.environ, "CRM_CRASH_AT": point}, timeout=60, check=False
    )
    assert process.returncode == -signal.SIGKILL
    with database.transaction() as session:
        changed = len(session.exec(select(Contact.id).where(Contact.source == "Fair")).all())
        found = session.exec(select(Import)).one()
        assert 0 < changed < 906 and found.counts == {"update": changed}
        assert jobs.abandoned(session, now(), is_first_start=True) == [job_id]
        claim = jobs.claim(session, job_id or 0)
    assert claim is not None and work.run(claim) is JobState.DONE
    with database.reading() as session:
        contacts = session.exec(select(Contact).where(Contact.source == "Fair")).all()
        assert len(contacts) == 906 and {contact.version for contact in contacts} <= {2, 3}
        assert session.exec(select(Import)).one().counts == {"update": 906}


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_any_row_of_changes_undone_backwards_restores_everything(people: Actor, data: st.DataObject) -> None:
    before = everything()
    done = []
    for _ in range(data.draw(st.integers(1, 3))):
        make = data.draw(st.sampled_from(MAKERS))
        wanted = data.draw(st.sampled_from([EVERYBODY, ContactFilter(), ContactFilter(query="p1")]))
        with database.transaction() as session:
            is_any = preview(session, people, wanted, make(session, people)).changing > 0
        if is_any:
            done.append(carried_out(people, wanted, lambda session, make=make: make(session, people)))  # type: ignore[misc]
    for import_id in reversed(done):
        undone(people, import_id)
    assert everything() == before


MAKERS: list[Callable[[Session, Actor], Action]] = [
    lambda session, actor: actions.set_field(session, actor, "city", "Köln"),
    lambda session, actor: actions.set_field(session, actor, "city", ""),
    lambda session, actor: actions.set_field(session, actor, "level", "A1"),
    lambda session, actor: actions.set_field(session, actor, "lifecycle", "lead"),
    lambda session, actor: actions.tag(session, actor, ["VIP"]),
    lambda session, actor: actions.untag(session, actor, [session.exec(select(Tag.id)).first() or 0]),
    lambda session, actor: actions.deactivate(),
    lambda session, actor: actions.reactivate(),
]
