"""Courses, offers, enrolments and what is owed, in words and colours."""

from datetime import date
from decimal import Decimal

from babel.numbers import format_decimal
from sqlmodel import Session, select

from crm_app import locales
from crm_app.locales import Text, ntext, text
from crm_app.models import Charge, Course, CourseStatus, EnrolmentStatus, Offer, OfferKind
from crm_app.services.actor import Actor
from crm_app.services.contacts.visibility import of_branches
from crm_app.services.courses import catalogue, enrolling
from crm_app.services.courses.membership import Membership
from crm_app.state.choice import Choice
from crm_app.state.formats import amount, short_date

COURSE_DOTS = {
    CourseStatus.PLANNED: "dot-gray",
    CourseStatus.OPEN: "dot-blue",
    CourseStatus.RUNNING: "dot-green",
    CourseStatus.FINISHED: "dot-gray",
    CourseStatus.CANCELLED: "dot-red",
}
ENROLMENT_DOTS = {
    EnrolmentStatus.WAITING: "dot-amber",
    EnrolmentStatus.INVITED: "dot-blue",
    EnrolmentStatus.ACTIVE: "dot-green",
    EnrolmentStatus.PAUSED: "dot-violet",
    EnrolmentStatus.FINISHED: "dot-gray",
    EnrolmentStatus.CANCELLED: "dot-red",
}


def course_status(course: Course, language: str) -> tuple[str, str]:
    """Its word and its dot."""
    status = CourseStatus(course.status)
    return locales.render(catalogue.STATUSES[status], language), COURSE_DOTS[status]


def enrolment_status(status: str, language: str) -> tuple[str, str]:
    """Its word and its dot."""
    known = EnrolmentStatus(status)
    return locales.render(enrolling.STATUSES[known], language), ENROLMENT_DOTS[known]


def enrolment_choices(language: str) -> list[Choice]:
    return [Choice(status, locales.render(word, language)) for status, word in enrolling.STATUSES.items()]


def membership_words(session: Session, actor: Actor, wanted: Membership) -> str:
    """Which members of which course, on one line."""

    def said(message: Text) -> str:
        return locales.render(message, actor.language)

    mine = select(Course.name).where(Course.id == wanted.course_id, *of_branches(actor, Course.branch_id))
    course = session.exec(mine).first()
    parts = [said(text("Members of “{course}”", course=course or "?"))]
    if wanted.status is not None:
        parts.append(said(enrolling.STATUSES[wanted.status]))
    if wanted.offer_id is not None:
        offer = select(Offer.name).where(Offer.id == wanted.offer_id, Offer.course_id == wanted.course_id)
        parts.append((course and session.exec(offer).first()) or "?")
    if wanted.overdue:
        parts.append(said(text("overdue")))
    return " · ".join(parts)


def days(first: date | None, last: date | None, language: str) -> str:
    """From when until when; empty without either."""
    begins, ends = short_date(first, language), short_date(last, language)
    if begins and ends:
        return f"{begins} – {ends}"
    if begins:
        return locales.render(text("from {day}", day=begins), language)
    return locales.render(text("until {day}", day=ends), language) if ends else ""


def price(offer: Offer, language: str) -> str:
    """What it costs; of a subscription what a period costs."""
    money = amount(offer.amount, offer.currency, language)
    if offer.kind != OfferKind.SUBSCRIPTION:
        return money
    return locales.render(_a_period(money, offer.every_months), language)


def plan(offer: Offer, language: str) -> str:
    """How it is paid."""
    return locales.render(_plan(offer), language)


def tax(offer: Offer, language: str) -> str:
    """How much tax is in the price; empty for none."""
    if not offer.tax_rate:
        return ""
    rate = format_decimal(Decimal(offer.tax_rate) / 100, locale=language)
    return locales.render(text("incl. {rate} % VAT", rate=rate), language)


def charge(one: Charge, language: str) -> str:
    """Which of several it is."""
    return part(one.part, one.parts, language) if one.amount > 0 else reduction(language)


def reduction(language: str) -> str:
    """Something below zero."""
    return locales.render(text("Reduction"), language)


def part(number: int, parts: int, language: str) -> str:
    """An instalment, a period of a subscription (`parts` 0), or the whole price."""
    if parts == 0:
        return locales.render(text("Period {part}", part=number), language)
    if parts == 1:
        return locales.render(text("Price"), language)
    return locales.render(text("Instalment {part} of {parts}", part=number, parts=parts), language)


def _a_period(money: str, months: int) -> Text:
    if months == 12:
        return text("{amount} a year", amount=money)
    return (
        text("{amount} a month", amount=money)
        if months == 1
        else text("{amount} every {months} months", amount=money, months=months)
    )


def _plan(offer: Offer) -> Text:
    if offer.kind == OfferKind.SUBSCRIPTION:
        return text("subscription")
    if offer.kind == OfferKind.ONE_OFF:
        return text("paid once")
    if offer.every_months == 1:
        return ntext("{n} instalment, monthly", "{n} instalments, monthly", offer.parts)
    return ntext(
        "{n} instalment, every {months} months",
        "{n} instalments, every {months} months",
        offer.parts,
        months=offer.every_months,
    )
