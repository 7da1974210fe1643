"""A course with offers, and people to enrol in it."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlmodel import Session

from crm_app.models import Contact, Course, Enrolment, Offer
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.contacts import cards
from crm_app.services.courses import catalogue, enrolling, offers
from crm_app.services.courses.enrolling import Terms

ONCE = {"name": "Once", "kind": "one_off", "amount": "120", "tax_rate": "19"}
PARTS = {"name": "Three parts", "kind": "instalments", "amount": "100", "parts": "3", "first_days": "0"}
MONTHLY = {"name": "Monthly", "kind": "subscription", "amount": "29.90", "first_days": "0"}

Enrol = Callable[..., Enrolment]


@pytest.fixture
def course(alice: Actor) -> Course:
    with database.transaction() as session:
        return catalogue.add(session, alice, {"name": "Violin for beginners", "status": "open"})


@pytest.fixture
def offer(alice: Actor, course: Course) -> Callable[..., Offer]:
    """Adds an offer to the course."""

    def add(typed: dict[str, str], **values: str) -> Offer:
        with database.transaction() as session:
            return offers.add(session, alice, course.id or 0, {**typed, **values})

    return add


@pytest.fixture
def enrol(bob: Actor, course: Course) -> Enrol:
    """Enrols a new person."""

    def make(name: str = "Ada", offer: Offer | None = None, from_on: date | None = None, **terms: object) -> Enrolment:
        with database.transaction() as session:
            contact = person(session, bob, name)
            found = enrolling.enrol(session, bob, course.id or 0, contact, offer, Terms(from_on=from_on, **terms))
            return (found.made or found.there)[0]

    return make


def person(session: Session, actor: Actor, name: str) -> Contact:
    return cards.create(session, actor, {"first_name": name, "email": f"{name.lower()}@example.org"})
