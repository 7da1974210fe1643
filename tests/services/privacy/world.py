"""A person who stands in every table there is, under a name and addresses that nobody else has."""

import json
from pathlib import Path

from sqlmodel import Session, col, select

from crm_app.models import (
    Activity,
    ApiReply,
    ApiToken,
    Attachment,
    Automation,
    AutomationEvent,
    AutomationRun,
    CalendarEvent,
    Channel,
    Charge,
    Consent,
    ConsentSource,
    ConsentState,
    Contact,
    Course,
    DuplicateGroup,
    DuplicateMember,
    DuplicatePair,
    DuplicateSearch,
    Enrolment,
    EnrolmentEntry,
    Import,
    ImportRow,
    ImportState,
    Interaction,
    Job,
    JobKind,
    JobState,
    MappingPreset,
    NotDuplicate,
    Notice,
    Payment,
    PrivacyRequest,
    ReviewHold,
    ReviewPlace,
    Segment,
    SegmentContact,
    Task,
)
from crm_app.models.base import now
from crm_app.services import attachments, comments, database, export_jobs, relations
from crm_app.services.actor import SYSTEM, Actor
from crm_app.services.consent import ledger, links
from crm_app.services.consent.ledger import Proof
from crm_app.services.contacts import cards
from crm_app.services.duplicates import merging, unmerging
from crm_app.services.messages import sending, singles

FIRST, LAST = "Zenobia", "Quisling-Traceword"
MAIL, SECOND, OLD = "zenobia.traceword@example.org", "z.traceword@example.net", "old.traceword@example.com"
PHONE = "0171 9988776"
CANARIES = (FIRST, "Traceword", "9988776", "99 88 77 6", "quisling", "Secretplace")


def traces(folder: Path, *, but: tuple[str, ...] = ("backups",)) -> dict[str, set[str]]:
    """Which canaries stand in which files below the folder, whatever their case."""
    found: dict[str, set[str]] = {}
    for path in folder.rglob("*"):
        if path.is_file() and not set(path.relative_to(folder).parts) & set(but):
            content = path.read_bytes().lower()
            if there := {one for one in CANARIES if one.lower().encode() in content}:
                found[str(path.relative_to(folder))] = there
    return found


def fill(alice: Actor, bob: Actor) -> tuple[int, int]:
    """The numbers of the person and of somebody who has to do with them."""
    with database.transaction() as session:
        texts = {"first_name": FIRST, "last_name": LAST, "email": MAIL, "mobile": PHONE, "city": "Secretplace"}
        person = cards.create(session, alice, texts | {"tags": "Piano", "notes": f"{FIRST} of Secretplace"})
        other = cards.create(session, alice, {"first_name": "Olga", "email": "olga@example.org"})
        twin = cards.create(session, alice, {"first_name": FIRST, "last_name": LAST, "email": SECOND})
        past = cards.create(session, alice, {"first_name": FIRST, "last_name": "Traceword", "email": OLD})
        cards.change(session, alice, person, {"email": OLD, "city": "Secretplace East"})
        cards.change(session, alice, person, {"email": MAIL})
        relations.add(session, alice, person, "parent", other.number)
        _merges(session, alice, person, other, twin.number, past.number)
        _written(session, alice, bob, person, other)
        _consents(session, alice, person)
        _found(session, alice, person, other)
        _brought(session, alice, person)
        _outside(session, alice, person)
        numbers = person.number, other.number
    _export(alice)
    sending.send_due()
    return numbers


def _merges(session: Session, alice: Actor, person: Contact, other: Contact, twin: int, past: int) -> None:
    """One that stands, and one that was taken back."""
    merging.merge(session, alice, person.number, [twin])
    made = merging.merge(session, alice, other.number, [past])
    (back,) = unmerging.unmerge(session, alice, made.id or 0)
    session.flush()
    merging.merge(session, alice, person.number, [back.number])


def _written(session: Session, alice: Actor, bob: Actor, person: Contact, other: Contact) -> None:
    comments.add(session, alice, person, f"@Bob {FIRST} wants piano")
    comments.add(session, alice, other, f"Write to {MAIL.upper()} too")
    session.add(
        CalendarEvent(contact_id=person.id, title=f"Lesson {LAST}", starts_on=now().date(), ends_on=now().date())
    )
    session.add(Task(contact_id=person.id, title=f"Call {FIRST}", description=PHONE, due_day=now().date()))
    session.add(Task(title=f"Answer {MAIL}", due_day=now().date()))
    session.add(Notice(user_id=bob.user_id or 0, contact_id=person.id, kind="mentioned", params={"name": FIRST}))
    with attachments.receiving() as receiver:
        receiver.write(f"%PDF-1.4 {FIRST} {LAST}".encode())
    attachments.add(session, alice, person, name=f"{LAST}.pdf", stored=receiver.stored, size=receiver.size)
    request = {
        "asked_by": f"{FIRST} by phone {PHONE}",
        "note": LAST,
        "received_on": now().date(),
        "due_on": now().date(),
    }
    session.add(PrivacyRequest(kind="access", contact_number=person.number, **request))


def _consents(session: Session, alice: Actor, person: Contact) -> None:
    proof = Proof(text="Yes, write to me", source_name=f"Form of {LAST}", ip="192.0.2.9")
    own = {"source": ConsentSource.FORM, "proof": proof, "contact_number": person.number}
    for address in (MAIL, OLD):
        ledger.record(session, SYSTEM, Channel.EMAIL, address, ConsentState.CONFIRMED, **own)  # type: ignore[arg-type]
    ledger.record(session, SYSTEM, Channel.SMS, PHONE, ConsentState.REVOKED, **own)  # type: ignore[arg-type]


def _outside(session: Session, alice: Actor, person: Contact) -> None:
    """What came in from other programs, and what was written to the person."""
    bought = {"kind": "order", "source": "shop", "at": now(), "description": f"Violin for {FIRST}"}
    _enrol(session, person)
    session.add(Interaction(contact_id=person.id or 0, amount=1290, currency="EUR", external_id=LAST, **bought))
    token = ApiToken(key="k", name="Shop", token_hash="h")
    session.add(token)
    session.flush()
    session.add(ApiReply(token_id=token.id or 0, key="1", request_hash="r", body=MAIL, contact_id=person.id))
    session.add(Activity(contact_id=person.id or 0, kind="form_filled", source="Trial", data={"answers": [FIRST]}))
    automation = Automation(name="Greeting", params={"q": MAIL}, actions=[{"kind": "task", "title": f"Ask {MAIL}"}])
    session.add(automation)
    session.flush()
    of_it = {"automation_id": automation.id or 0, "contact_id": person.id or 0}
    session.add(AutomationEvent(occasion="a", **of_it))
    failed = [{"kind": "task", "state": "failed", "why": [f"{MAIL} is odd", {}, ""]}]
    session.add(AutomationRun(occasion="b", state="failed", why=[f"{LAST} is odd", {}, ""], outcomes=failed, **of_it))
    singles.write(session, alice, person, subject=f"Lesson for {FIRST}", body=f"Dear {LAST}, see you in Secretplace.")
    links.choosing(session, Channel.EMAIL, MAIL, MAIL, contact=person, group_id=None, language="en")


def _found(session: Session, alice: Actor, person: Contact, other: Contact) -> None:
    search = DuplicateSearch()
    session.add(search)
    session.flush()
    low, high = sorted((person.id or 0, other.id or 0))
    group = DuplicateGroup(search_id=search.id or 0, branch_id=1, score=80)
    session.add(group)
    session.add(DuplicatePair(search_id=search.id or 0, low_id=low, high_id=high, weight=3.0, reasons=[["name", 1]]))
    session.flush()
    session.add(DuplicateMember(group_id=group.id or 0, contact_id=person.id or 0))
    numbers = sorted((person.number, other.number))
    session.add(NotDuplicate(low_number=numbers[0], high_number=numbers[1]))
    session.add(ReviewHold(contact_id=person.id or 0, user_id=alice.user_id or 0, until=now()))
    session.add(ReviewPlace(user_id=alice.user_id or 0, key="k", number=person.number, trail=[person.number]))
    segment = Segment(name="Picked", is_picked=True, filter={"q": MAIL})
    session.add(segment)
    session.flush()
    session.add(SegmentContact(segment_id=segment.id or 0, contact_id=person.id or 0))
    session.add(MappingPreset(name="P", columns=[], options={"default": MAIL}, branch_id=1))
    session.add(Job(kind=JobKind.EXPORT, subject_id=0, state=JobState.FAILED, data={"filter": {"q": MAIL}}))


def _brought(session: Session, alice: Actor, person: Contact) -> None:
    """An import whose row became the person's, as the database remembers it."""
    made = Import(folder="f" * 32, file_name="people.csv", state=ImportState.DONE, committed_row=2, purged_at=now())
    session.add(made)
    session.flush()
    changes = {"last_name": ["Old " + LAST, LAST], "email": [OLD, MAIL]}
    session.add(ImportRow(import_id=made.id or 0, row=2, outcome="update", contact_id=person.id, changes=changes))


def _export(alice: Actor) -> None:
    with database.transaction() as session:
        job = Job(kind=JobKind.EXPORT, subject_id=0, state=JobState.DONE, user_id=alice.user_id, finished_at=now())
        job.data = {"kind": "csv", "fields": ["email"], "filter": {}}
        session.add(job)
        session.flush()
        path = export_jobs.path_of(job)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps([MAIL, LAST]))


def contact_of(session: Session, number: int) -> Contact | None:
    return session.exec(select(Contact).where(Contact.number == number)).first()


def files_of(session: Session) -> list[str]:
    return list(session.exec(select(Attachment.stored)).all())


def ledger_of(session: Session) -> list[Consent]:
    return list(session.exec(select(Consent).order_by(col(Consent.id))).all())


def _enrol(session: Session, person: Contact) -> None:
    course = Course(name="Violin", folded="violin")
    session.add(course)
    session.flush()
    enrolment = Enrolment(contact_id=person.id, course_id=course.id or 0)
    session.add(enrolment)
    session.flush()
    due = {"enrolment_id": enrolment.id or 0, "currency": "EUR", "amount": 4990}
    session.add(Charge(due_on=now().date(), **due))
    session.add(Payment(kind="payment", paid_on=now().date(), note=f"From {LAST}", **due))
    session.add(EnrolmentEntry(enrolment_id=enrolment.id or 0, kind="enrolled"))
    session.flush()
