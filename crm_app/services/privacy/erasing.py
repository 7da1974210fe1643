"""A person erased on request (T27): looked at before, asked for, and done as durable work.

Killed at any point, the work begins again: files first, then one transaction that takes the person out of every table,
then what freed room may still hold. The certificate (`Erasure`) names nobody.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Table, delete, func, insert, or_, select, update
from sqlmodel import Session, SQLModel, col
from sqlmodel import select as select_model

from crm_app.locales import Text, ntext, text
from crm_app.models import (
    Activity,
    Contact,
    Enrolment,
    Erasure,
    ImportRow,
    Job,
    JobKind,
    Merge,
    MergedContact,
    Payment,
    Permission,
    PrivacyRequest,
    RequestState,
    SuppressionReason,
)
from crm_app.models.base import now
from crm_app.services import audit, database, jobs
from crm_app.services.actor import Actor
from crm_app.services.consent import erasure as ledger
from crm_app.services.consent import suppression
from crm_app.services.contacts.visibility import in_sight, of_branches
from crm_app.services.duplicates import regrouping
from crm_app.services.errands import NO_SUBJECT, Ended, Stopped, Watch
from crm_app.services.errors import Invalid, NotFound
from crm_app.services.privacy import files, persons, quotes
from crm_app.services.privacy.cleaning import clean
from crm_app.services.privacy.holdings import HOLDINGS, By, Fate, Holding
from crm_app.services.privacy.persons import Needles, Person

FILES, EXPORTS, IMPORTS, QUOTES = "files", "exports", "import_files", "quotes"
LABELS: dict[str, Text] = {
    **{holding.table: holding.label for holding in HOLDINGS},
    FILES: text("Files kept with the contact"),
    EXPORTS: text("Files of exports"),
    IMPORTS: text("Files of imports with this person"),
    QUOTES: text("Texts elsewhere that quoted an address"),
}


@dataclass(frozen=True, slots=True)
class Part:
    """Rows or files of one kind; `key` is one of LABELS."""

    key: str
    count: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What an erasure would do now. `stays` says what is kept and why, `imports` which files go."""

    number: int
    name: str
    goes: list[Part]
    emptied: list[Part]
    stays: list[Text]
    imports: list[Text] = field(default_factory=list)


def preview(session: Session, actor: Actor, number: int) -> Preview:
    """Counts, without changing anything. Texts and files that only quote the person are looked for by the work itself.

    Raises NotPermitted; NotFound for a missing and a foreign contact alike.
    """
    actor.require(Permission.CONTACTS_ERASE)
    person = persons.get(session, actor, number)
    counted = {fate: _counted(session, person, fate) for fate in Fate}
    goes = counted[Fate.GOES]
    goes += [
        Part(key, count)
        for key, count in (
            (FILES, len(files.files_of(session, person))),
            (EXPORTS, len(files.exports_with(session, person.contact))),
        )
        if count
    ]
    imports = [one.called for one in files.known_imports(session, person)]
    backups = files.backups()
    return Preview(
        number=number,
        name=person.contact.display_name,
        goes=goes,
        emptied=counted[Fate.EMPTIED],
        stays=_stays(session, actor, person, len(backups)),
        imports=imports,
    )


def start(session: Session, actor: Actor, number: int, typed: str, request_id: int | None = None) -> Erasure:
    """Begins the erasure; from now on nothing is sent to the person, and imports leave them out.

    `typed` is the contact's number, as a confirmation. Asked twice, it is one erasure. Raises NotPermitted; NotFound
    for a missing and a foreign contact or request alike; Invalid ("typed"); Conflict without the right secret key.
    """
    actor.require(Permission.CONTACTS_ERASE)
    person = persons.get(session, actor, number)
    if typed.strip().lstrip("#") != str(number):
        raise Invalid(text("Type the number {number} to confirm.", number=str(number)), "typed")
    if request_id is not None:
        _request(session, actor, request_id, number)
    there = running(session, number)
    if there is not None:
        return there
    suppression.add(session, person.own, SuppressionReason.ERASED)
    made = Erasure(
        number=number,
        numbers=list(person.numbers),
        request_id=request_id,
        branch_id=person.contact.branch_id,
        user_id=actor.user_id,
        who=actor.name[:120],
    )
    session.add(made)
    session.flush()
    _enqueue(session, actor, made)
    audit.record(session, actor, "person.erase.start", erasure=made.id or 0)
    return made


def again(session: Session, actor: Actor, erasure_id: int) -> Erasure:
    """Takes up an erasure that stopped; one at work or finished stays as it is. Raises NotPermitted, NotFound."""
    actor.require(Permission.CONTACTS_ERASE)
    found = get(session, actor, erasure_id)
    job = session.get(Job, found.job_id) if found.job_id else None
    if found.cleaned_at is None and (job is None or job.is_finished):
        _enqueue(session, actor, found)
    return found


def get(session: Session, actor: Actor, erasure_id: int) -> Erasure:
    """A certificate. Raises NotPermitted; NotFound for a missing one and one of another branch alike."""
    actor.require(Permission.CONSENT)
    query = select_model(Erasure).where(Erasure.id == erasure_id, *_seen(actor))
    found = session.exec(query).first()
    if found is None:
        raise NotFound(text("There is no such erasure."))
    return found


def listing(session: Session, actor: Actor, *, limit: int = 50) -> list[Erasure]:
    """The newest certificates of the actor's branches. Raises NotPermitted."""
    actor.require(Permission.CONSENT)
    query = select_model(Erasure).where(*_seen(actor))
    return list(session.exec(query.order_by(col(Erasure.id).desc()).limit(limit)).all())


def _seen(actor: Actor) -> list[ColumnElement[bool]]:
    """Of the actor's branches; who sees only some owners' contacts sees its own erasures: of others nothing is left
    that says whose they were."""
    found = of_branches(actor, col(Erasure.branch_id))
    return found if actor.owner_ids is None else [*found, col(Erasure.user_id) == actor.user_id]


def running(session: Session, number: int) -> Erasure | None:
    """The erasure of that contact that was asked for and has not taken it out yet."""
    query = select_model(Erasure).where(Erasure.number == number, col(Erasure.erased_at).is_(None))
    return session.exec(query.order_by(col(Erasure.id).desc())).first()


def work(actor: Actor, job: Job, watch: Watch) -> Ended:
    """The erasure as a worker does it. Raises Conflict while an import with the person is at work."""
    erasure_id = int(job.data["erasure"])
    with database.reading() as session:
        done = session.get_one(Erasure, erasure_id)
        if (person := _person(session, done)) is not None:
            needles = Needles.of(person)
            quoted = quotes.find(session, needles)
            kept_files = files.files_of(session, person)
    if person is not None:  # else only the cleaning is left to do
        with_files = files.give_up(files.imports_with(person, needles, watch.should_stop))
        if watch.should_stop():
            raise Stopped
        with database.transaction() as session:
            counts = erase(session, actor, session.get_one(Erasure, erasure_id), needles, quoted)
            counts[IMPORTS] += with_files
            _note(session, actor, erasure_id, counts)
        _unlink(kept_files)
    clean(watch)
    with database.transaction() as session:
        done = session.get_one(Erasure, erasure_id)
        done.cleaned_at = done.cleaned_at or now()
        done.erased_at = done.erased_at or done.cleaned_at  # somebody deleted the contact for good meanwhile
        session.add(done)
    return Ended({"erasure": erasure_id})


def erase(session: Session, actor: Actor, done: Erasure, needles: Needles, quoted: quotes.Found) -> Counter[str]:
    """Takes the person out of every table, in the caller's transaction; rows and files by what they were of.

    Files kept with the contact are the caller's to delete once it is committed.
    """
    actor.require(Permission.CONTACTS_ERASE)
    counts: Counter[str] = Counter()
    person = _person(session, done)
    if person is None:
        return counts
    for fate in (Fate.GOES, Fate.EMPTIED):
        counts.update({part.key: part.count for part in _counted(session, person, fate)})
    counts[FILES] = len(files.files_of(session, person))
    counts[EXPORTS] = files.drop_exports(session, files.exports_with(session, person.contact))
    ledger.blank(session, actor, person.own, person.numbers)
    _empty_rows(session, person)
    _forget_merges(session, person)
    _delete_named(session, person)
    regrouping.without(session, [person.id])
    session.execute(delete(Contact).where(col(Contact.id) == person.id).execution_options(synchronize_session=False))
    session.expire_all()
    counts[QUOTES] = quotes.take_out(session, needles, quoted)
    return +counts


def _note(session: Session, actor: Actor, erasure_id: int, counts: Counter[str]) -> None:
    done = session.get_one(Erasure, erasure_id)
    done.erased_at, done.counts, done.backups = now(), dict(+counts), list(files.backups())
    session.add(done)
    request = session.get(PrivacyRequest, done.request_id) if done.request_id is not None else None
    if request is not None and request.is_open:
        request.state, request.answered_at, request.answered_by_id = RequestState.ANSWERED, now(), done.user_id
        session.add(request)
    session.flush()
    audit.record(session, actor, "person.erase", erasure=erasure_id, rows=sum(counts.values()))


def _person(session: Session, done: Erasure) -> Person | None:
    """Whom the erasure means; None once they are taken out."""
    if done.erased_at is not None:
        return None
    try:
        return persons.get(session, _everywhere(), done.number)
    except NotFound:
        return None


def _everywhere() -> Actor:
    return Actor(None, "erasure")


def _request(session: Session, actor: Actor, request_id: int, number: int) -> None:
    query = select_model(PrivacyRequest).where(PrivacyRequest.id == request_id)
    found = session.exec(query.where(*of_branches(actor, PrivacyRequest.branch_id))).first()
    if found is None or found.contact_number not in (None, number):
        raise NotFound(text("There is no such request."))


def _enqueue(session: Session, actor: Actor, made: Erasure) -> None:
    job = jobs.enqueue(session, actor, JobKind.ERASE, NO_SUBJECT)
    job.data = {**job.data, "erasure": made.id}
    session.add(job)
    session.flush()
    made.job_id = job.id
    session.add(made)
    session.flush()


def _counted(session: Session, person: Person, fate: Fate) -> list[Part]:
    """How many rows each table has of the person."""
    found: dict[str, int] = {}
    for table in dict.fromkeys(holding.table for holding in HOLDINGS if holding.fate is fate):
        conditions = [condition(person, one) for one in HOLDINGS if one.table == table and one.fate is fate]
        rows = select(func.count()).select_from(_table(table)).where(or_(*conditions))
        if count := session.execute(rows).scalar_one():
            found[table] = int(count)
    return [Part(table, count) for table, count in found.items()]


def condition(person: Person, holding: Holding) -> ColumnElement[bool]:
    """The rows of that place that are about the person."""
    table = _table(holding.table)
    column = table.c[holding.column]
    if holding.by is By.ID:
        return column == person.id
    if holding.by is By.ENROLMENT:
        return column.in_(select(col(Enrolment.id)).where(col(Enrolment.contact_id) == person.id))
    if holding.by is By.NUMBER:
        return column.in_(person.numbers)
    own = [(table.c.channel == channel) & (column == norm) for channel, norm in person.own]
    return or_(*own) if own else column.is_(None) & column.is_not(None)


def _table(name: str) -> Table:
    return SQLModel.metadata.tables[name]


def _stays(session: Session, actor: Actor, person: Person, backups: int) -> list[Text]:
    found = [
        text("That the addresses were erased, as hashes nobody can read: imports leave them out from now on."),
        text("Consents with their dates and texts, without address and name: the proof of what was sent and why."),
        text("Enrolments and payments with days and amounts, without a name: the books of this business."),
        text("Requests with their dates, without who asked. Note elsewhere how the person is to be answered."),
    ]
    if person.shared:
        shared = sorted({number for numbers in person.shared.values() for number in numbers})
        seen = select(col(Contact.number)).where(col(Contact.number).in_(shared), *in_sight(actor))
        listed = ", ".join(f"#{number}" for number in sorted(session.execute(seen).scalars())) or "…"
        found.append(text("Addresses that other contacts have too, for them: {contacts}.", contacts=listed))
    if backups:
        found.append(
            ntext(
                "{n} backup is not rewritten. When it is restored, the person is erased again.",
                "{n} backups are not rewritten. When one is restored, the person is erased again.",
                backups,
            )
        )
    found.append(text("The name alone in free texts about others: nobody can tell whom it means."))
    return found


def _empty_rows(session: Session, person: Person) -> None:
    """What imports, changes and payments noted of the contact, and who asked in its requests."""
    of_person = col(ImportRow.contact_id) == person.id
    without: dict[str, Any] = {"changes": {}}
    session.execute(
        update(ImportRow)
        .where(of_person, col(ImportRow.changes).is_not(None))
        .values(without)
        .execution_options(synchronize_session=False)
    )
    enrolments = select(col(Enrolment.id)).where(col(Enrolment.contact_id) == person.id)
    session.execute(
        update(Payment)
        .where(col(Payment.enrolment_id).in_(enrolments))
        .values(note="")
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(PrivacyRequest)
        .where(col(PrivacyRequest.contact_number).in_(person.numbers))
        .values(asked_by="", note="")
        .execution_options(synchronize_session=False)
    )


def _forget_merges(session: Session, person: Person) -> None:
    """Merges of other contacts that were taken back keep a picture of the person and what came of it."""
    pictures = select_model(MergedContact.merge_id).where(col(MergedContact.number).in_(person.numbers))
    query = select_model(Merge).where(col(Merge.id).in_(pictures), Merge.kept_id != person.id)
    for merge in session.exec(query).all():
        merge.changes, merge.added = {}, {}
        session.add(merge)
        told = select_model(Activity).where(
            Activity.source == f"merge:{merge.id}", Activity.contact_id == merge.kept_id
        )
        for entry in session.exec(told).all():
            values = entry.model_dump(exclude={"id"}) | {
                "data": {name: value for name, value in entry.data.items() if name != "changes"}
            }
            session.delete(entry)
            session.flush()
            session.execute(insert(Activity).values(values))
    session.flush()


def _delete_named(session: Session, person: Person) -> None:
    """Rows that know the person by number, which no foreign key takes along."""
    for holding in HOLDINGS:
        if holding.by is By.NUMBER and holding.fate is Fate.GOES:
            session.execute(delete(_table(holding.table)).where(condition(person, holding)))


def _unlink(paths: Sequence[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)
