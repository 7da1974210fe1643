"""What an offer makes people owe: at the beginning, and period by period."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta

from sqlmodel import Session, col, func, select

from crm_app.models import Charge, Course, Enrolment, EnrolmentStatus, Offer, OfferKind
from crm_app.models.base import now
from crm_app.services import database, installation, local_time
from crm_app.services.actor import SYSTEM, Actor
from crm_app.services.courses import history, schedule, settling
from crm_app.services.courses.schedule import Due

BILLED = (EnrolmentStatus.INVITED, EnrolmentStatus.ACTIVE)  # whose subscriptions go on
AHEAD = timedelta(days=14)  # a period is written down this long before it is due
_CHUNK = 100


def begin(session: Session, actor: Actor, begun: Sequence[tuple[Enrolment, Offer, date]]) -> None:
    """Writes down what each owes who begins with an offer on a day. Enrolments have their ids."""
    made = []
    for enrolment, offer, day in begun:
        due = schedule.of_offer(offer, day)
        made += charges(enrolment, offer, due)
        if offer.kind == OfferKind.SUBSCRIPTION and due:
            enrolment.billed_to = schedule.period_end(due[0].on, offer.every_months)
            session.add(enrolment)
    _write(session, actor, made)


def resume(session: Session, actor: Actor, enrolment: Enrolment, today: date) -> None:
    """What somebody owes who has a place, again or for the first time: what their leaving took away, and the periods
    from today on. Periods of a pause are not made up for.
    """
    if enrolment.offer_id is None:
        return
    offer = session.get_one(Offer, enrolment.offer_id)
    if session.exec(select(Charge.id).where(Charge.enrolment_id == enrolment.id).limit(1)).first() is None:
        begin(session, actor, [(enrolment, offer, max(enrolment.from_on or today, today))])
    elif offer.kind == OfferKind.SUBSCRIPTION:
        _go_on(session, actor, enrolment, offer, today)
    else:
        gone = session.exec(select(Charge).where(col(Charge.id).in_(history.uncharged_since(session, enrolment)))).all()
        due = [Due(max(one.due_on, today), one.amount, one.part, one.parts) for one in gone]
        _write(session, actor, charges(enrolment, offer, due))


def _go_on(session: Session, actor: Actor, enrolment: Enrolment, offer: Offer, today: date) -> None:
    """The next period is the one that holds today."""
    if enrolment.billed_to is None:
        last = select(func.max(Charge.due_on)).where(
            Charge.enrolment_id == enrolment.id, Charge.parts == 0, col(Charge.cancelled_at).is_(None)
        )
        if (begun := session.exec(last).one()) is None:
            begin(session, actor, [(enrolment, offer, max(enrolment.from_on or today, today))])
            return
        enrolment.billed_to = schedule.period_end(begun, offer.every_months)
    while (end := schedule.period_end(enrolment.billed_to + timedelta(days=1), offer.every_months)) < today:
        enrolment.billed_to = end
    session.add(enrolment)
    session.flush()


def charges(enrolment: Enrolment, offer: Offer, due: Iterable[Due]) -> list[Charge]:
    """Charges that are not written down yet."""
    return [
        Charge(
            enrolment_id=enrolment.id or 0,
            offer_id=offer.id,
            due_on=one.on,
            amount=one.amount,
            currency=offer.currency,
            tax_rate=offer.tax_rate,
            part=one.part,
            parts=one.parts,
        )
        for one in due
    ]


def write(session: Session, actor: Actor, enrolment: Enrolment, made: list[Charge]) -> None:
    """Writes them down with their history, and what of them is covered."""
    _write(session, actor, made)
    settling.settle(session, enrolment)


def cancel(session: Session, actor: Actor, gone: Iterable[Charge]) -> None:
    """They are owed no more."""
    for charge in gone:
        charge.cancelled_at = now()
        session.add(charge)
        history.uncharged(session, actor, charge)
    session.flush()


def next_periods(*, should_stop: Callable[[], bool] = lambda: False, today: date | None = None) -> int:
    """Writes down the periods of subscriptions that are due soon; how many. Safe to run again at any time."""
    with database.reading() as session:
        today = today or local_time.today(installation.current(session).timezone)
        ids = list(session.exec(_due(today)).all())
    written = 0
    for place in range(0, len(ids), _CHUNK):
        if should_stop():
            break
        with database.transaction() as session:
            for id_ in ids[place : place + _CHUNK]:
                written += _bring_up(session, id_, today)
    return written


def _due(today: date):  # type: ignore[no-untyped-def]  # a select of ids: its type says nothing more
    return (
        select(Enrolment.id)
        .join(Offer, col(Offer.id) == col(Enrolment.offer_id))
        .join(Course, col(Course.id) == col(Enrolment.course_id))
        .where(
            Offer.kind == OfferKind.SUBSCRIPTION,
            col(Enrolment.status).in_(BILLED),
            col(Enrolment.contact_id).is_not(None),
            col(Enrolment.billed_to) < today + AHEAD,
            col(Course.removed_at).is_(None),
        )
        .order_by(col(Enrolment.id))
    )


def _bring_up(session: Session, enrolment_id: int, today: date) -> int:
    """The periods of one enrolment until today and what is ahead; those that end before access ends."""
    database.one_at_a_time(session, f"enrolment {enrolment_id}")
    if session.exec(_due(today).where(Enrolment.id == enrolment_id)).first() is None:
        return 0
    enrolment = session.get_one(Enrolment, enrolment_id, populate_existing=True)
    offer = session.get_one(Offer, enrolment.offer_id)
    counted = select(func.max(Charge.part)).where(Charge.enrolment_id == enrolment_id, Charge.parts == 0)
    number, made = int(session.exec(counted).one() or 0), []
    while enrolment.billed_to is not None and enrolment.billed_to < today + AHEAD:
        begins = enrolment.billed_to + timedelta(days=1)
        if enrolment.to_on is not None and begins > enrolment.to_on:
            break
        number += 1
        made += charges(enrolment, offer, [schedule.period(price_of(session, enrolment, offer), begins, number)])
        enrolment.billed_to = schedule.period_end(begins, offer.every_months)
    session.add(enrolment)
    if made:
        write(session, SYSTEM, enrolment, made)
    return len(made)


def price_of(session: Session, enrolment: Enrolment, offer: Offer) -> int:
    """What a period costs here: as the last one did, for who keeps what was agreed."""
    query = select(Charge.amount).where(
        Charge.enrolment_id == enrolment.id, Charge.offer_id == offer.id, Charge.parts == 0
    )
    last = session.exec(query.order_by(col(Charge.part).desc(), col(Charge.id).desc()).limit(1)).first()
    return offer.amount if last is None else last


def _write(session: Session, actor: Actor, made: list[Charge]) -> None:
    session.add_all(made)
    session.flush()
    history.charged_many(session, actor, made)
