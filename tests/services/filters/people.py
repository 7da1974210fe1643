"""A thousand invented contacts of every shape, as rows of a database and as plain records of Python."""

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlmodel import Session

from crm_app.models import (
    Activity,
    CalendarEvent,
    Channel,
    Charge,
    Consent,
    ConsentState,
    Contact,
    ContactPoint,
    ContactTag,
    Course,
    CustomField,
    Enrolment,
    EnrolmentStatus,
    FieldType,
    Import,
    ImportRow,
    Interaction,
    InteractionKind,
    LeadStatus,
    Offer,
    Payment,
    PointKind,
    SuppressionReason,
    Tag,
    Task,
)
from crm_app.models.base import now
from crm_app.services.actor import Actor
from crm_app.services.consent import suppression
from crm_app.services.contacts import derived, search
from crm_app.services.folding import fold

WORDS = ["Anna", "ANNE", "änne", "Björn", "Müller", "Mueller", "O'Neil", "Straße 5", "100 %", "a_b", "[x]", "*", "Łódź",
         "İzmir", "a]b", "^", "ann", "Berlin", "berlin-mitte", "é", "漢字", "🙂 smile", "back\\slash"]  # fmt: skip
CHOICES = ["red", "green", "blue", "Größe 1"]


@dataclass
class Person:
    """A contact as the plain evaluation sees it."""

    values: dict[str, Any]
    tags: set[int] = field(default_factory=set)
    imports: set[int] = field(default_factory=set)
    activities: list[datetime] = field(default_factory=list)
    consents: list[str] = field(default_factory=list)  # entries of the ledger in their order
    of_group: list[tuple[int, str]] = field(default_factory=list)  # those of everything (0) and of the group together
    is_suppressed: bool = False
    ends: list[date] = field(default_factory=list)  # of courses with a place


@dataclass
class World:
    people: list[Person]
    statuses: list[int]
    tags: list[int]
    imports: list[int]
    courses: list[int]
    offers: list[int]


def make(session: Session, actor: Actor, count: int, seed: int = 1) -> World:
    """Fills an empty database."""
    chance = random.Random(seed)
    statuses = [LeadStatus(name=f"S{n}", folded=f"s{n}", position=n) for n in range(3)]
    tags = [Tag(name=f"T{n}", folded=f"t{n}", is_group=n == 3) for n in range(4)]
    imports = [Import(folder=f"f{n}", file_name="f.csv") for n in range(2)]
    kinds = {"own_text": FieldType.TEXT, "own_number": FieldType.NUMBER, "own_date": FieldType.DATE,
             "own_yes": FieldType.YES_NO, "own_choice": FieldType.CHOICE, "own_choices": FieldType.CHOICES}  # fmt: skip
    fields = [CustomField(key=key, label=key, type=kind, options=CHOICES) for key, kind in kinds.items()]
    ends = (None, now().date() + timedelta(days=3), now().date() - timedelta(days=40))
    courses = [Course(name=f"C{n}", folded=f"c{n}", ends_on=ends[n]) for n in range(3)]
    session.add_all([*statuses, *tags, *imports, *fields, *courses])
    session.flush()
    offers = [Offer(course_id=one.id or 0, name="O", folded="o", currency="EUR") for one in courses]
    session.add_all(offers)
    session.flush()
    world = World([], _ids(statuses), _ids(tags), _ids(imports), _ids(courses), _ids(offers))
    before = search.last_id(session)
    for number in range(1, count + 1):
        world.people.append(_person(session, actor, chance, world, number))
    session.flush()
    search.fill(session, before)
    return world


def _ids(rows: list[Any]) -> list[int]:
    return [row.id for row in rows]


def _person(session: Session, actor: Actor, chance: random.Random, world: World, number: int) -> Person:
    def maybe(value: Any) -> Any:
        return value if chance.random() < 0.6 else None

    def word() -> str:
        return " ".join(chance.choice(WORDS) for _ in range(chance.randrange(1, 3)))

    def day() -> date:
        return now().date() + timedelta(days=chance.randrange(-400, 40))

    def moment() -> datetime:
        return datetime.combine(day(), datetime.min.time(), UTC) + timedelta(minutes=chance.randrange(1440))

    def born() -> date:
        return chance.choice([date(1988, 2, 29), day().replace(day=chance.randrange(1, 29), year=1990)])

    own = {"own_text": maybe(word()), "own_number": maybe(chance.choice([0, 1, 2.5, -3, 1000])),
           "own_date": maybe(day().isoformat()), "own_yes": maybe(chance.random() < 0.5),
           "own_choice": maybe(chance.choice(CHOICES)),
           "own_choices": maybe(chance.sample(CHOICES, chance.randrange(1, 4)))}  # fmt: skip
    values: dict[str, Any] = {
        "number": number, "first_name": maybe(word()), "last_name": maybe(word()), "company": maybe(word()),
        "city": maybe(word()), "street": maybe(word()), "notes": maybe(f"{word()}\n{word()}"), "source": maybe(word()),
        "email": maybe(f"p{number}@example.org"), "birth_date": maybe(born()),
        "registered_at": maybe(moment()), "created_at": moment(), "updated_at": moment(),
        "gender": maybe(chance.choice(["female", "male"])),
        "country": maybe(chance.choice(["DE", "IT"])), "lifecycle": chance.choice(["contact", "lead", "customer"]),
        "status": maybe(chance.choice(world.statuses)), "owner": maybe(actor.user_id), "active": chance.random() < 0.8,
        "privacy_accepted": maybe(chance.random() < 0.5),
    }  # fmt: skip
    stored = {("status_id" if k == "status" else "owner_id" if k == "owner" else k): v for k, v in values.items()}
    contact = Contact(**stored, branch_id=actor.branch_id, custom={k: v for k, v in own.items() if v is not None})
    contact.search_text, contact.sort_name = derived.search_text(values), derived.sort_name(values)
    session.add(contact)
    session.flush()
    assert contact.id is not None
    person = Person(values | own)
    person.tags = set(chance.sample(world.tags, chance.randrange(3)))
    session.add_all([ContactTag(contact_id=contact.id, tag_id=tag) for tag in person.tags])
    if chance.random() < 0.4:
        person.imports = {chance.choice(world.imports)}
        values_ = {"outcome": "create", "contact_id": contact.id, "version": 1}
        session.add_all([ImportRow(import_id=one, row=number, **values_) for one in person.imports])
    planned = chance.choice(["nothing", "open", "done", "removed", "coming", "over"])
    person.values["next_step"] = planned in ("open", "coming")
    if planned in ("open", "done", "removed"):
        ended = {"done": {"done_at": now()}, "removed": {"removed_at": now()}}.get(planned, {})
        session.add(Task(contact_id=contact.id, title="Call", due_day=now().date(), **ended))
    elif planned != "nothing":
        on = now().date() + timedelta(days=3 if planned == "coming" else -3)
        session.add(CalendarEvent(contact_id=contact.id, title="Lesson", starts_on=on, ends_on=on))
    visits = [moment() for _ in range(chance.randrange(3))]
    paid = [chance.choice([100, 250, 50_000, -300]) for _ in range(chance.randrange(3))]
    person.values["last_visit"] = max(visits, default=None)
    person.values["revenue"] = sum(paid) / 100 if paid else None
    happened = {"contact_id": contact.id, "source": "till"}
    session.add_all([Interaction(kind=InteractionKind.VISIT, at=at, **happened) for at in visits])
    order = {"kind": InteractionKind.ORDER, "at": moment(), **happened}
    session.add_all([Interaction(amount=one, currency="EUR", **order) for one in paid])
    _enrol(session, chance, world, person, contact.id)
    person.values["form"] = chance.choice([None, *WORDS])
    if person.values["form"] is not None:
        filled = {"kind": "form_filled", "source": person.values["form"]}
        person.activities.append(moment())
        session.add(Activity(contact_id=contact.id, at=person.activities[-1], **filled))
    changed = [moment() for _ in range(chance.randrange(2))]
    person.activities += changed
    session.add_all([Activity(contact_id=contact.id, kind="changed", at=at) for at in changed])
    if values["email"]:
        point = {"label": "email", "value": values["email"], "norm": fold(values["email"])}
        session.add(ContactPoint(contact_id=contact.id, kind=PointKind.EMAIL, **point))
        states = [state.value for state in ConsentState if state is not ConsentState.NONE]
        groups = [0, world.tags[3]]
        person.of_group = [(chance.choice([0, *groups]), chance.choice(states)) for _ in range(chance.randrange(5))]
        person.consents = [state for group, state in person.of_group if not group]
        person.is_suppressed = chance.random() < 0.2
        if person.is_suppressed:
            suppression.add(session, [(Channel.EMAIL, fold(values["email"]))], SuppressionReason.BOUNCED)
        for group, state in person.of_group:
            session.add(
                Consent(
                    channel=Channel.EMAIL,
                    address=values["email"],
                    norm=fold(values["email"]),
                    group_id=group or None,
                    state=state,
                    source="user",
                )
            )
            session.flush()
    return person


def _enrol(session: Session, chance: random.Random, world: World, person: Person, contact_id: int) -> None:
    """In some courses, with charges and payments as `settling` would leave them."""
    today, values = now().date(), person.values
    values |= {"course": [], "offer": [], "enrolment_status": [], "overdue": False}
    owed: list[int] = []
    for place in chance.sample(range(3), chance.randrange(3)):
        status = chance.choice([*EnrolmentStatus])
        offer = chance.choice([None, world.offers[place]])
        to_on = chance.choice([None, today + timedelta(days=chance.randrange(-50, 50))])
        in_course = {"contact_id": contact_id, "course_id": world.courses[place]}
        made = Enrolment(offer_id=offer, status=status, to_on=to_on, **in_course)
        session.add(made)
        session.flush()
        values["enrolment_status"].append(status.value)
        if status != EnrolmentStatus.CANCELLED:
            values["course"].append(str(world.courses[place]))
            values["offer"] += [str(offer)] if offer else []
        ends = to_on or (None, today + timedelta(days=3), today - timedelta(days=40))[place]
        if status in ("invited", "active", "paused") and ends is not None:
            person.ends.append(ends)
        for _ in range(chance.randrange(3)):
            amount, due_on = chance.choice([100, 250, 50_000]), today + timedelta(days=chance.randrange(-9, 9))
            settled = chance.choice([0, amount // 2, amount])
            is_gone = chance.random() < 0.2
            charge = {"due_on": due_on, "amount": amount, "settled": settled, "currency": "EUR"}
            gone = {"cancelled_at": now() if is_gone else None}
            session.add(Charge(enrolment_id=made.id or 0, **charge, **gone))
            if not is_gone:
                owed.append(amount - settled)
                values["overdue"] |= due_on < today and settled < amount
        if chance.random() < 0.4:
            paid = chance.choice([100, 250])
            money = {"amount": paid, "currency": "EUR", "paid_on": today, "enrolment_id": made.id or 0}
            session.add(Payment(kind="payment", **money))
            values["revenue"] = (values["revenue"] or 0) + paid / 100
    values["has_paid"] = (values["revenue"] or 0) > 0
    values["open_amount"] = sum(owed) / 100 if owed else None
    values |= {name: values[name] or None for name in ("course", "offer", "enrolment_status")}
