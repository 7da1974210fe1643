"""Undo of a whole import: what comes back, what stays because somebody edited since, and who did."""

import json
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session, col, func, select

from crm_app.models import (
    Activity,
    AuditEntry,
    Contact,
    ContactPoint,
    ContactSource,
    ContactTag,
    Import,
    ImportRow,
    ImportState,
    Job,
    JobState,
    LeadStatus,
    Notice,
    Relation,
    ReviewHold,
    Tag,
    UndoOutcome,
)
from crm_app.models.permission import BUILT_IN_ROLES
from crm_app.services import database, jobs
from crm_app.services.actor import Actor
from crm_app.services.contacts import cards
from crm_app.services.errors import Conflict, NotFound, NotPermitted
from crm_app.services.imports import access, pace, plan_file, steps, undo, undo_edits, uploads, work
from tests.services.imports.conftest import Flow, contacts

PEOPLE = (
    "external_id,first_name,last_name,email,phone,birth_date,tags\n"
    '1,Jürgen,Müller,j@example.org,030 1234567,10.12.1980,"VIP, Kurs"\n'
    "2,Ewa,Żak,ewa@example.org,,,\n"
)


def committed(flow: Flow, content: str, **options: Any) -> int:
    id_ = flow.checked(content, **options)
    flow.commit(id_)
    return id_


def undone(flow: Flow, id_: int) -> tuple[int, int, int]:
    """Undoes the import; the counts after the preview said the same."""
    plan = seen(flow, id_)
    assert flow.work(steps.undo, id_) is JobState.DONE
    assert flow.state(id_) is ImportState.UNDONE
    counts = flow.get(id_).undo_counts
    assert (plan.reversed, plan.kept, plan.impossible) == tuple(counts[one] for one in UndoOutcome), "one plan"
    assert seen(flow, id_).is_done
    return plan.reversed, plan.kept, plan.impossible


def seen(flow: Flow, id_: int) -> undo.UndoPlan:
    with database.reading() as session:
        return undo.preview(session, flow.actor, id_)


def rows(flow: Flow, id_: int, **filters: Any) -> list[undo.UndoRow]:
    with database.reading() as session:
        return undo.page(session, flow.actor, id_, **filters).rows


def person(session: Session, name: str) -> Contact:
    return session.exec(select(Contact).where(Contact.first_name == name)).one()


def edit(actor: Actor, name: str, **values: str) -> None:
    with database.transaction() as session:
        cards.change(session, actor, person(session, name), values)


def count(session: Session, table: type) -> int:
    session.rollback()
    return session.exec(select(func.count()).select_from(table)).one()


@pytest.fixture
def bob_edits(bob: Actor) -> Actor:
    assert bob.permissions == BUILT_IN_ROLES["staff"][1]
    return bob


def test_contacts_an_import_made_go_with_everything_that_came_with_them(flow: Flow, session) -> None:
    id_ = committed(flow, PEOPLE, tags=("Messe",))
    assert undone(flow, id_) == (2, 0, 0)
    for table in (Contact, ContactPoint, ContactSource, ContactTag, Tag, Activity):
        assert count(session, table) == 0, table
    proofs = session.exec(select(ImportRow)).all()
    assert [(proof.contact_id, proof.undone) for proof in proofs] == [(None, "reversed")] * 2
    if database.is_sqlite(session):
        session.execute(text("INSERT INTO contact_search(contact_search) VALUES ('integrity-check')"))
        assert session.execute(text("PRAGMA foreign_key_check")).all() == []
    found = flow.get(id_)
    assert found.undone_at and found.counts["create"] == 2


def test_nothing_is_left_that_names_a_contact_which_went(flow: Flow, session, alice: Actor) -> None:
    id_ = committed(flow, PEOPLE)
    made = session.exec(select(Contact)).first()
    with database.transaction() as writing:
        writing.add(Notice(user_id=alice.user_id or 0, contact_id=made.id, kind="mentioned"))
        writing.add(ReviewHold(contact_id=made.id, user_id=alice.user_id or 0, until=made.created_at))
    undone(flow, id_)
    with database.reading() as reading:
        assert reading.exec(select(func.count()).select_from(Contact)).one() == 0
        for model in (Notice, ReviewHold):
            assert reading.exec(select(func.count()).select_from(model)).one() == 0


def test_changed_values_points_tags_source_and_search_come_back(flow: Flow, session) -> None:
    committed(flow, PEOPLE)
    before = session.exec(select(Contact).where(Contact.external_id == "1")).one().model_dump()
    id_ = committed(
        flow,
        "external_id,email,phone,city,source,registered_at,active,tags,social_links,last_name\n"
        "1,neu@example.org,040 99,Bern,Messe,2024-01-05T10:00:00+02:00,no,Neu,https://a.example.org/x,Maier\n",
    )
    session.rollback()
    assert person(session, "Jürgen").city == "Bern"
    assert undone(flow, id_) == (1, 0, 0)
    session.rollback()
    session.expire_all()
    after = session.exec(select(Contact).where(Contact.external_id == "1")).one()
    apart = {"version", "updated_at"}
    assert after.model_dump(exclude=apart) == {name: value for name, value in before.items() if name not in apart}
    points = session.exec(select(ContactPoint.norm).where(ContactPoint.contact_id == after.id)).all()
    assert sorted(points) == ["+49301234567", "j@example.org"]
    assert session.exec(select(ContactSource.source).where(ContactSource.contact_id == after.id)).all() == ["import"]
    assert session.exec(select(Tag.name).order_by(col(Tag.name))).all() == ["Kurs", "VIP"]


def test_one_timeline_entry_names_the_undo_and_one_audit_entry_counts(flow: Flow, session) -> None:
    committed(flow, PEOPLE)
    id_ = committed(flow, "external_id,city,tags\n1,Bern,Neu\n2,Rom,\n")
    undone(flow, id_)
    session.rollback()
    entries = session.exec(select(Activity).order_by(col(Activity.contact_id))).all()
    assert [(entry.kind, entry.source, entry.user_id) for entry in entries] == [
        ("changed", f"undo:{id_}", flow.actor.user_id)
    ] * 2
    assert entries[0].data == {"import": id_, "changes": {"city": ["Bern", None], "tags": [["Neu"], []]}}
    audit = session.exec(select(AuditEntry).where(AuditEntry.action == "undo")).one()
    assert (audit.actor, audit.data["reversed"], audit.data["kept"]) == ("Bob", 2, 0)
    assert "Bern" not in json.dumps(audit.data)


def test_exactly_the_edited_fields_stay_and_the_preview_says_by_whom(flow: Flow, session, alice: Actor) -> None:
    committed(flow, PEOPLE)
    id_ = committed(flow, "external_id,city,street,country\n1,Bern,Weg 1,CH\n")
    edit(alice, "Jürgen", city="Basel")
    row = rows(flow, id_, outcome=UndoOutcome.KEPT)[0]
    shown = {one.name: (one.old, one.written, one.current, one.outcome.value) for one in row.fields}
    assert shown == {
        "city": ("", "Bern", "Basel", "kept"),
        "street": ("", "Weg 1", "Weg 1", "reversed"),
        "country": ("", "CH", "CH", "reversed"),
    }
    assert (row.name, row.number, row.made.value) == ("Jürgen Müller", 1, "update")
    who = next(one.edit for one in row.fields if one.name == "city")
    assert isinstance(who, undo_edits.Edit)
    assert (who.who, who.import_name) == ("Alice", None)
    assert undone(flow, id_) == (0, 1, 0)
    session.rollback()
    found = person(session, "Jürgen")
    assert (found.city, found.street, found.country) == ("Basel", None, None)


def test_a_later_import_is_an_edit_too_and_in_turn_both_can_be_undone(flow: Flow, session) -> None:
    first = committed(flow, PEOPLE)
    second = committed(flow, "external_id,city\n1,Bern\n")
    third = committed(flow, "external_id,city\n1,Basel\n")
    row = rows(flow, second)[0]
    assert row.fields[0].edit is not None and str(row.fields[0].edit.import_name) == "people.csv"
    assert [seen(flow, id_).kept for id_ in (first, second, third)] == [1, 1, 0]
    assert "people.csv" in str(rows(flow, first, outcome=UndoOutcome.KEPT)[0].reason)
    for id_ in (third, second, first):
        assert undone(flow, id_)[1] == 0
    assert count(session, Contact) == 0
    assert count(session, Activity) == 0


def test_a_contact_of_a_later_import_of_the_same_file_stays_until_that_is_undone(flow: Flow, session) -> None:
    first, second = committed(flow, PEOPLE), committed(flow, PEOPLE + "3,Kurt,,k@example.org,,,\n")
    assert seen(flow, first).kept == 2
    assert undone(flow, second) == (1, 0, 0)
    assert undone(flow, first) == (2, 0, 0)
    assert count(session, Contact) == 0


@pytest.mark.parametrize(
    "what", ["edit", "deactivate", "reactivated", "tags", "relation", "activity", "undone by hand"]
)
def test_a_new_contact_somebody_worked_on_stays(flow: Flow, session, alice: Actor, what: str) -> None:
    id_ = committed(flow, PEOPLE)
    with database.transaction() as writing:
        ewa, juergen = person(writing, "Ewa"), person(writing, "Jürgen")
        if what == "relation":
            writing.add(Relation(contact_id=juergen.id, other_id=ewa.id, kind="parent"))
        elif what == "activity":
            writing.add(Activity(contact_id=ewa.id, kind="comment"))
        elif what in ("deactivate", "reactivated"):
            cards.deactivate(writing, alice, ewa)
            if what == "reactivated":
                cards.reactivate(writing, alice, ewa)
        else:
            changes = {"tags": "Neu"} if what == "tags" else {"city": "Rom"}
            cards.change(writing, alice, ewa, changes)
            if what == "undone by hand":
                cards.change(writing, alice, ewa, {"city": ""})
    kept = rows(flow, id_, outcome=UndoOutcome.KEPT)
    assert [row.name for row in kept] == (["Jürgen Müller"] if what == "relation" else []) + ["Ewa Żak"]
    assert all(row.reason is not None for row in kept)
    if what == "edit":
        assert [(one.name, one.edit.who) for one in kept[0].fields if one.edit] == [("city", "Alice")]
    assert undone(flow, id_)[1] == len(kept)
    session.rollback()
    assert [c.first_name for c in contacts(session)][-1] == "Ewa"


def test_tags_stay_that_somebody_gave_again_and_are_not_missed_when_taken_away(
    flow: Flow, session, alice: Actor
) -> None:
    committed(flow, PEOPLE)
    id_ = committed(flow, 'external_id,tags\n1,Neu\n2,"Neu, Alt"\n')
    edit(alice, "Jürgen", tags="VIP")
    edit(alice, "Jürgen", tags="VIP, Neu")
    edit(alice, "Ewa", tags="Neu")
    assert undone(flow, id_) == (1, 1, 0)
    session.rollback()
    assert [tag.name for tag in cards.tags_of(session, person(session, "Jürgen"))] == ["Neu", "VIP"]
    assert cards.tags_of(session, person(session, "Ewa")) == []


def test_only_tags_the_import_made_and_nobody_uses_go(flow: Flow, session, alice: Actor) -> None:
    with database.transaction() as writing:
        cards.create(writing, alice, {"first_name": "Zoe", "tags": "Alt"})
        writing.add(Tag(name="Leer", folded="leer"))
    id_ = committed(flow, 'first_name,tags\nAda,"Alt, Leer, Neu, Geteilt"\n')
    edit(alice, "Zoe", tags="Alt, Geteilt")
    undone(flow, id_)
    session.rollback()
    assert set(session.exec(select(Tag.name))) == {"Alt", "Leer", "Geteilt"}


def test_what_cannot_come_back_is_said(flow: Flow, session) -> None:
    committed(flow, "external_id,first_name,status\n1,Ada,New\n2,Bea,\n3,Cleo,\n")
    id_ = committed(flow, "external_id,status,city\n1,Won,Bern\n2,,Rom\n")
    with database.transaction() as writing:
        writing.execute(text("UPDATE contact SET status_id = status_id"))
        writing.delete(writing.exec(select(LeadStatus).where(LeadStatus.folded == "new")).one())
        writing.delete(person(writing, "Bea"))
    found = rows(flow, id_, outcome=UndoOutcome.IMPOSSIBLE, language="de")
    assert [(row.name, row.number) for row in found] == [("Ada", 1), ("", None)]
    assert [(one.name, one.outcome.value) for one in found[0].fields] == [
        ("status", "impossible"),
        ("city", "reversed"),
    ]
    assert undone(flow, id_) == (0, 0, 2)
    session.rollback()
    assert person(session, "Ada").city is None


def test_no_contact_is_left_without_a_name(flow: Flow, session, alice: Actor) -> None:
    with database.transaction() as writing:
        cards.create(writing, alice, {"external_id": "1", "email": "a@example.org"})
    id_ = committed(flow, "external_id,first_name,city\n1,Ada,Bern\n")
    edit(alice, "Ada", email="")
    assert undone(flow, id_) == (0, 0, 1)
    session.rollback()
    assert (person(session, "Ada").city, person(session, "Ada").email) == (None, None)


def test_an_undo_is_refused_before_there_is_anything_and_while_the_import_works(flow: Flow) -> None:
    id_ = flow.checked(PEOPLE)
    for verb in (steps.undo, undo.preview):
        with pytest.raises(Conflict), database.transaction() as session:
            verb(session, flow.actor, id_)
    with database.transaction() as session:
        claim = jobs.claim(session, steps.commit(session, flow.actor, id_).id)
    for verb in (steps.undo, undo.preview):
        with pytest.raises(Conflict), database.transaction() as session:
            verb(session, flow.actor, id_)
    assert claim is not None and work.run(claim) is JobState.DONE
    again = committed(flow, PEOPLE)
    with pytest.raises(Conflict, match="nothing"), database.transaction() as session:
        steps.undo(session, flow.actor, again)
    assert flow.state(again) is ImportState.DONE


def test_an_undo_needs_the_right_and_the_own_branch(flow: Flow, victor: Actor, charlie: Actor) -> None:
    id_ = committed(flow, PEOPLE)
    for verb in (steps.undo, undo.preview, undo.page):
        with pytest.raises(NotPermitted), database.transaction() as session:
            verb(session, victor, id_)
        with pytest.raises(NotFound), database.transaction() as session:
            verb(session, charlie, id_)
    assert flow.state(id_) is ImportState.DONE


def test_asked_again_it_is_the_same_job_and_a_colleague_is_told_who_does_it(flow: Flow, alice: Actor) -> None:
    id_ = committed(flow, PEOPLE)
    ids = set()
    for _ in range(5):
        with database.transaction() as session:
            ids.add(steps.undo(session, flow.actor, id_).id)
    assert len(ids) == 1
    with pytest.raises(Conflict, match="Bob"), database.transaction() as session:
        steps.undo(session, alice, id_)
    with database.transaction() as session:
        claim = jobs.claim(session, ids.pop())
    assert claim is not None and work.run(claim) is JobState.DONE
    for actor in (flow.actor, alice):
        with database.transaction() as session:
            if actor is alice:
                with pytest.raises(Conflict, match="Bob"):
                    steps.undo(session, actor, id_)
            else:
                assert steps.undo(session, actor, id_).is_finished
    for verb in (steps.commit, steps.check, steps.read):
        with pytest.raises(Conflict), database.transaction() as session:
            verb(session, flow.actor, id_)


def test_an_undone_import_no_longer_warns_of_its_file(flow: Flow) -> None:
    id_ = committed(flow, PEOPLE)
    undone(flow, id_)
    again = flow.bring(PEOPLE)
    with database.reading() as session:
        assert access.same_file(session, flow.actor, flow.get(again)) == []
    flow.map(again)
    flow.work(steps.check, again)
    assert flow.commit(again) == {"create": 2}


def test_an_undo_waits_for_a_commit_and_a_commit_for_an_undo(flow: Flow) -> None:
    done, other = committed(flow, PEOPLE), flow.checked("first_name\nZoe\n")
    for first, second in (((steps.commit, other), (steps.undo, done)), ((steps.undo, other), (steps.commit, None))):
        target = flow.checked("first_name\nYan\n") if second[1] is None else second[1]
        with database.transaction() as session:
            one, two = first[0](session, flow.actor, first[1]), second[0](session, flow.actor, target)
            claim = jobs.claim(session, one.id)
            assert jobs.claim(session, two.id) is None
            running = jobs.running_commit(session)
            assert running is not None and running.id == one.id
            assert jobs.waiting_commit(session) == two.id
        assert claim is not None and work.run(claim) is JobState.DONE
        with database.transaction() as session:
            claim = jobs.claim(session, two.id)
        assert claim is not None and work.run(claim) is JobState.DONE


def many(rows_: int = 35) -> str:
    return "first_name,tags\n" + "".join(f"Person {n},Viele\n" for n in range(rows_))


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FIRST", "LARGEST", "SMALLEST"):
        monkeypatch.setattr(pace, name, 10)


def test_stopped_in_the_middle_it_goes_on_later(flow: Flow, session, small_chunks: None) -> None:
    id_ = committed(flow, many())

    def stop(done: int, total: int) -> None:
        assert total == 35
        if done == 20:
            with database.transaction() as writing:
                steps.cancel(writing, flow.actor, id_)

    assert flow.work(steps.undo, id_, on_progress=stop) is JobState.CANCELLED
    assert (flow.state(id_), flow.get(id_).undone_row) == (ImportState.UNDO_STOPPED, 21)
    assert len(contacts(session)) == 15
    plan = seen(flow, id_)
    assert (plan.reversed, plan.is_done) == (35, False)
    with pytest.raises(Conflict), database.transaction() as writing:
        steps.commit(writing, flow.actor, id_)
    assert flow.work(steps.undo, id_) is JobState.DONE
    assert flow.get(id_).undo_counts["reversed"] == 35
    assert (len(contacts(session)), count(session, Tag)) == (0, 0)
    with database.reading() as reading:
        job = jobs.latest(reading, id_)
    assert job is not None and (job.done, job.total, job.data["from"]) == (35, 35, 20)


def test_a_commit_that_was_stopped_can_be_undone(flow: Flow, session, small_chunks: None) -> None:
    id_ = flow.checked(many())

    def stop(done: int, _total: int) -> None:
        if done == 20:
            with database.transaction() as writing:
                steps.cancel(writing, flow.actor, id_)

    flow.work(steps.commit, id_, on_progress=stop)
    assert undone(flow, id_) == (20, 0, 0)
    assert contacts(session) == []


def test_a_worker_that_ends_puts_the_undo_back(flow: Flow, session, small_chunks: None) -> None:
    id_ = committed(flow, many())
    passes = iter([False, False, True])
    assert flow.work(steps.undo, id_, should_pause=lambda: next(passes, True)) is JobState.QUEUED
    assert (flow.state(id_), len(contacts(session))) == (ImportState.UNDOING, 15)
    with database.transaction() as writing:
        job = writing.exec(select(Job).where(Job.kind == "undo")).one()
        claim = jobs.claim(writing, job.id or 0)
    assert claim is not None and work.run(claim) is JobState.DONE
    assert contacts(session) == []


def test_a_worker_whose_claim_is_gone_writes_nothing(flow: Flow, session, small_chunks: None) -> None:
    id_ = committed(flow, many())
    with database.transaction() as writing:
        claim = jobs.claim(writing, steps.undo(writing, flow.actor, id_).id)
        writing.execute(text("UPDATE job SET claim = 'another'"))
    assert claim is not None and work.run(claim) is None
    assert len(contacts(session)) == 35


def test_pages_go_both_ways_and_say_when_there_is_more(flow: Flow, alice: Actor) -> None:
    id_ = committed(flow, many(12))
    for n in (2, 5, 9):
        edit(alice, f"Person {n}", city="Rom")
    with database.reading() as session:
        first = undo.page(session, flow.actor, id_, limit=5)
        assert ([row.row for row in first.rows], first.has_more) == ([2, 3, 4, 5, 6], True)
        last = undo.page(session, flow.actor, id_, after=11, limit=5)
        assert ([row.row for row in last.rows], last.has_more) == ([12, 13], False)
        back = undo.page(session, flow.actor, id_, before=12, limit=5)
        assert ([row.row for row in back.rows], back.has_more) == ([7, 8, 9, 10, 11], True)
        kept = undo.page(session, flow.actor, id_, outcome=UndoOutcome.KEPT, limit=2)
        assert ([row.row for row in kept.rows], kept.has_more) == ([4, 7], True)
        kept = undo.page(session, flow.actor, id_, outcome=UndoOutcome.KEPT, after=7, limit=2)
        assert ([row.row for row in kept.rows], kept.has_more) == ([11], False)
        kept = undo.page(session, flow.actor, id_, outcome=UndoOutcome.KEPT, before=11, limit=1)
        assert ([row.row for row in kept.rows], kept.has_more) == ([7], True)
    undone(flow, id_)
    assert [row.row for row in rows(flow, id_, outcome=UndoOutcome.KEPT)] == [4, 7, 11]
    assert [row.number for row in rows(flow, id_, outcome=UndoOutcome.REVERSED)] == [None] * 9


def test_an_error_in_the_program_stops_the_undo_which_can_go_on(flow: Flow, session, monkeypatch) -> None:
    id_ = committed(flow, PEOPLE)

    def broken(*_: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("crm_app.services.imports.undo_run.take_back", broken)
    assert flow.work(steps.undo, id_) is JobState.FAILED
    assert flow.state(id_) is ImportState.UNDO_STOPPED
    assert flow.get(id_).error is not None
    monkeypatch.undo()
    assert len(contacts(session)) == 2
    with database.reading() as reading:
        assert reading.get_one(Import, id_).undone_row == 0


def test_who_took_it_back_is_known_and_what_came_in_stays_in_the_history(flow: Flow, alice: Actor, session) -> None:
    id_ = committed(flow, PEOPLE + "3,,,no address,,,\n")
    assert undo.undone_by(session, flow.get(id_)) == ""
    before = access.came_in(session, flow.get(id_))
    assert {outcome: count for outcome, count in before.items() if count} == {"create": 2, "invalid": 1}
    flow.actor = alice
    undone(flow, id_)
    session.rollback()
    assert undo.undone_by(session, flow.get(id_)) == "Alice"
    after = access.came_in(session, flow.get(id_))
    assert (after["create"], after["invalid"]) == (2, 1)


def test_before_its_commit_nothing_has_come_in(flow: Flow, session) -> None:
    assert access.came_in(session, flow.get(flow.checked(PEOPLE))) == {}


def test_contacts_that_were_deleted_are_named_as_in_the_file(flow: Flow) -> None:
    id_ = committed(flow, PEOPLE)
    undone(flow, id_)
    assert [(row.number, row.name) for row in rows_of(flow, id_)] == [(None, "Jürgen Müller"), (None, "Ewa Żak")]
    with database.transaction() as session:
        found = access.get(session, flow.actor, id_)
        (uploads.place_of(found) / plan_file.NAME).unlink()
    assert [row.name for row in rows_of(flow, id_)] == ["", ""]


def rows_of(flow: Flow, id_: int) -> list[undo.UndoRow]:
    with database.reading() as session:
        return undo.page(session, flow.actor, id_).rows
