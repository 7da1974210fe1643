"""Invented contacts, many and varied, for trying the product and for measuring it."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import insert
from sqlalchemy import text as sql
from sqlmodel import Session, col, select

from crm_app.models import (
    MAIN_BRANCH,
    Channel,
    Consent,
    ConsentSource,
    ConsentState,
    Contact,
    ContactPoint,
    ContactSource,
    ContactTag,
    FieldType,
    Lifecycle,
    User,
)
from crm_app.models.base import now
from crm_app.services import choosable, custom_fields, database, demo_courses, tags
from crm_app.services.actor import SYSTEM
from crm_app.services.contacts import derived, numbers, search
from crm_app.services.folding import digits, fold

CHUNK = 2_000
_FIRST = (
    "Anna Bruno Carla Dario Elena Fabian Giulia Hanna Ivan Jana Karol Lena Marek Nina Oskar Paola Quirin Rosa Stefan "
    "Teresa Ugo Vera Wanda Xenia Yannick Zofia Jürgen Łukasz Chloé Íñigo Søren Mária"
).split()
_LAST = (
    "Adler Bianchi Czajka Dorn Esposito Fuchs Galli Hartmann Iacono Jansen Kowalska Lindner Müller Nowak Öztürk Poggi "
    "Quandt Rossi Schäfer Tomaszewski Ullrich Vitale Weiß Żak Zimmermann Brandt Conti Dąbrowski Engel Ferri"
).split()
_CITIES = (
    ("10115", "Berlin", "DE"), ("80331", "München", "DE"), ("20121", "Milano", "IT"), ("00184", "Roma", "IT"),
    ("00-001", "Warszawa", "PL"), ("30-001", "Kraków", "PL"), ("1010", "Wien", "AT"), ("39100", "Bolzano", "IT"),
)  # fmt: skip
_COMPANIES = (
    "Musikschule Nord",
    "Lingua S.r.l.",
    "Szkoła Jutro Sp. z o.o.",
    "Café Anker",
    "Atelier Blau GmbH",
    None,
    None,
)
_TAGS = ("Newsletter", "Fair 2026", "Piano", "Guitar", "Alumni", "Summer course")
_SOURCES = ("Website", "Fair", "Recommendation", "Till", "Voucher", None)
_LEVELS = ("Beginner", "Intermediate", "Advanced")


@dataclass(frozen=True, slots=True)
class _Installation:
    """What contacts refer to here. `level` and `trial` are keys of own fields."""

    statuses: list[int]
    owners: list[int]
    tags: list[int]
    level: str
    trial: str


def fill(count: int, say: Callable[[str], None], seed: int = 1) -> int:
    """Adds `count` contacts in chunks of one transaction each and returns how many were added."""
    people = _people(random.Random(seed), count)  # noqa: S311  (invented data, no secret)
    done = 0
    with database.transaction() as session:
        here = _installation(session)
    while done < count:
        size = min(CHUNK, count - done)
        with database.transaction() as session:
            _write(session, here, [next(people) for _ in range(size)])
        done += size
        if done % 100_000 == 0:
            say(f"{done} of {count}")
    demo_courses.fill()
    if database.engine().dialect.name == "sqlite":
        with database.engine().connect() as connection:
            connection.exec_driver_sql("ANALYZE")
            connection.commit()
    return done


def _installation(session: Session) -> _Installation:
    owners = session.exec(select(User.id).where(col(User.active).is_(True))).all()
    return _Installation(
        statuses=[status.id for status in choosable.statuses(session) if status.id is not None],
        owners=[id_ for id_ in owners if id_ is not None],
        tags=list(tags.ensure(session, _TAGS).values()),
        level=_own_field(session, "Level", FieldType.CHOICE, _LEVELS),
        trial=_own_field(session, "Trial lesson", FieldType.DATE),
    )


def _own_field(session: Session, label: str, kind: FieldType, options: tuple[str, ...] = ()) -> str:
    """The key of the field of that label, which is made when it is missing."""
    for key, field in custom_fields.all_of(session).items():
        if str(field.label) == label:
            return key
    return custom_fields.create(session, SYSTEM, label, kind, options).key


def _write(session: Session, here: _Installation, people: list[dict[str, object]]) -> None:
    first, before = numbers.take(session, len(people)), search.last_id(session)
    moment = now()
    contacts: list[dict[str, object]] = []
    points: list[dict[str, object]] = []
    sources: list[dict[str, object]] = []
    tagged: list[dict[str, object]] = []
    consents: list[dict[str, object]] = []
    for offset, person in enumerate(people):
        id_ = before + 1 + offset
        values = {**person, "number": first + offset}
        norms = {"email": str(person["email"]), "mobile": "+" + digits(str(person["mobile"]))}
        contacts.append(
            {
                **values,
                "id": id_,
                "branch_id": MAIN_BRANCH,
                "status_id": here.statuses[id_ % len(here.statuses)] if here.statuses and id_ % 3 else None,
                "owner_id": here.owners[id_ % len(here.owners)] if here.owners and id_ % 4 == 0 else None,
                "search_text": derived.search_text(values, norms.values()),
                "sort_name": derived.sort_name(values),
                "custom": _own_values(here, id_),
                "active": id_ % 20 != 0,
                "version": 1,
                "created_at": moment - timedelta(minutes=id_ % 500_000),
                "updated_at": moment,
            }
        )
        points.extend({"contact_id": id_, **point._asdict()} for point in derived.points(values, norms))
        sources.append({"contact_id": id_, "source": "demo", "first_seen": moment})
        tagged.extend({"contact_id": id_, "tag_id": tag} for n, tag in enumerate(here.tags) if id_ % (n + 2) == 0)
        if id_ % 5 < 2:
            consents.append(
                {
                    "channel": Channel.EMAIL,
                    "address": person["email"],
                    "norm": person["email"],
                    "contact_number": first + offset,
                    "state": ConsentState.CONFIRMED if id_ % 5 else ConsentState.SENT,
                    "at": moment - timedelta(minutes=id_ % 500_000),
                    "recorded_at": moment,
                    "source": ConsentSource.FORM,
                    "source_name": "demo",
                    "text": "",
                }
            )
    session.execute(insert(Contact), contacts)
    session.execute(insert(ContactPoint), points)
    session.execute(insert(ContactSource), sources)
    for table, rows in ((ContactTag, tagged), (Consent, consents)):
        if rows:
            session.execute(insert(table), rows)
    search.fill(session, before)
    if not database.is_sqlite(session):
        session.execute(sql("SELECT setval(pg_get_serial_sequence('contact', 'id'), (SELECT max(id) FROM contact))"))


def _own_values(here: _Installation, id_: int) -> dict[str, str]:
    values = {}
    if id_ % 2:
        values[here.level] = _LEVELS[id_ % 3]
    if id_ % 7 == 0:
        values[here.trial] = (date(2026, 1, 1) + timedelta(days=id_ % 365)).isoformat()
    return values


def _people(random_: random.Random, count: int) -> Iterator[dict[str, object]]:
    for n in range(count):
        first, last = random_.choice(_FIRST), random_.choice(_LAST)
        postal_code, city, country = random_.choice(_CITIES)
        yield {
            "external_id": None,
            "first_name": first,
            "last_name": last,
            "company": random_.choice(_COMPANIES),
            "email": f"{fold(first)}.{fold(last)}.{n}@example.org".replace(" ", ""),
            "mobile": f"+49 151 {random_.randrange(10_000_000, 99_999_999)}",
            "street": f"{random_.choice(('Hauptstr.', 'Via Roma', 'ul. Długa'))} {random_.randrange(1, 99)}",
            "postal_code": postal_code,
            "city": city,
            "country": country,
            "birth_date": date(1950, 1, 1) + timedelta(days=random_.randrange(20_000)),
            "lifecycle": random_.choice(list(Lifecycle)).value,
            "source": _SOURCES[n % len(_SOURCES)],
        }
