"""Courses (or products), what they cost, who has access, and what is owed and paid for it."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, Index, String, Text
from sqlmodel import Field, SQLModel

from crm_app.models.base import UTCDateTime, now
from crm_app.models.branch import MAIN_BRANCH


class CourseStatus(StrEnum):
    PLANNED = "planned"
    OPEN = "open"  # people can be enrolled
    RUNNING = "running"
    FINISHED = "finished"
    CANCELLED = "cancelled"


class OfferKind(StrEnum):
    ONE_OFF = "one_off"
    INSTALMENTS = "instalments"
    SUBSCRIPTION = "subscription"  # `amount` is that of one period


class EnrolmentStatus(StrEnum):
    WAITING = "waiting"  # the course is full
    INVITED = "invited"
    ACTIVE = "active"
    PAUSED = "paused"
    FINISHED = "finished"
    CANCELLED = "cancelled"


class PaymentKind(StrEnum):
    PAYMENT = "payment"
    REFUND = "refund"
    REVERSAL = "reversal"  # takes back another one


class PaymentMethod(StrEnum):
    CASH = "cash"
    TRANSFER = "transfer"
    CARD = "card"
    DIRECT_DEBIT = "direct_debit"
    OTHER = "other"


class EntryKind(StrEnum):
    """What happened to an enrolment."""

    ENROLLED = "enrolled"
    STATUS = "status"
    ACCESS = "access"  # its days
    PLAN = "plan"  # another offer or price
    CHARGED = "charged"
    UNCHARGED = "uncharged"  # a charge is owed no more
    PAID = "paid"
    REFUNDED = "refunded"
    REVERSED = "reversed"  # a payment or refund was none


class Course(SQLModel, table=True):
    """`capacity`: how many places there are, None = without a limit. A removed one stays as a row."""

    id: int | None = Field(default=None, primary_key=True)
    branch_id: int = Field(default=MAIN_BRANCH, foreign_key="branch.id", index=True)
    name: str = Field(max_length=200)
    folded: str = Field(max_length=400)
    description: str = Field(default="", sa_column=Column(Text, nullable=False))
    starts_on: date | None = Field(default=None)
    ends_on: date | None = Field(default=None)
    capacity: int | None = Field(default=None)
    status: str = Field(default=CourseStatus.PLANNED, sa_type=String, max_length=10)
    created_at: datetime = Field(default_factory=now, sa_type=UTCDateTime)
    created_by_id: int | None = Field(default=None, foreign_key="user.id", ondelete="SET NULL")
    removed_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class Offer(SQLModel, table=True):
    """A price plan of a course. Amounts count the smallest units of `currency` and contain the tax.

    `amount` is the whole price, of a subscription that of one period. `tax_rate` counts hundredths of a percent.
    `parts` is the number of instalments; `every_months` lies between two of them, or is the length of a period. The
    first is due `first_days` after the day of enrolment. Changing an offer changes no enrolment.
    """

    id: int | None = Field(default=None, primary_key=True)
    course_id: int = Field(foreign_key="course.id", index=True)
    name: str = Field(max_length=120)
    folded: str = Field(max_length=240)
    kind: str = Field(default=OfferKind.ONE_OFF, sa_type=String, max_length=12)
    amount: int = Field(default=0, sa_type=BigInteger)
    currency: str = Field(max_length=3)
    tax_rate: int = Field(default=0)
    parts: int = Field(default=1)
    every_months: int = Field(default=1)
    first_days: int = Field(default=14)
    removed_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class Enrolment(SQLModel, table=True):
    """Access of a contact to a course; a contact has one in each, after a merge perhaps two. Of a contact that was
    deleted for good the sums stay, without a name.

    `credit` is what was paid beyond all charges. `billed_to`: of a subscription, the day before the next period.
    """

    __table_args__ = (
        Index("ix_enrolment_contact", "contact_id", "course_id"),
        Index("ix_enrolment_members", "course_id", "status", "id"),
        Index("ix_enrolment_import", "import_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    contact_id: int | None = Field(default=None, foreign_key="contact.id", ondelete="SET NULL")
    course_id: int = Field(foreign_key="course.id")
    offer_id: int | None = Field(default=None, foreign_key="offer.id", index=True)
    branch_id: int = Field(default=MAIN_BRANCH, foreign_key="branch.id")
    status: str = Field(default=EnrolmentStatus.ACTIVE, sa_type=String, max_length=10)
    from_on: date | None = Field(default=None)
    to_on: date | None = Field(default=None)
    source: str = Field(default="", max_length=60)
    import_id: int | None = Field(default=None)  # the import or change that made it
    notice_id: int | None = Field(default=None, foreign_key="message.id", ondelete="SET NULL")
    credit: int = Field(default=0, sa_type=BigInteger)
    billed_to: date | None = Field(default=None)
    created_at: datetime = Field(default_factory=now, sa_type=UTCDateTime)
    created_by_id: int | None = Field(default=None, foreign_key="user.id", ondelete="SET NULL")


class Charge(SQLModel, table=True):
    """Something owed: a price, an instalment, a period. `settled` is how much of it the payments cover.

    A negative one is a reduction. What is owed no more is cancelled, never deleted.
    """

    __table_args__ = (Index("ix_charge_enrolment", "enrolment_id", "due_on"), Index("ix_charge_due", "due_on"))

    id: int | None = Field(default=None, primary_key=True)
    enrolment_id: int = Field(foreign_key="enrolment.id", ondelete="CASCADE")
    offer_id: int | None = Field(default=None, foreign_key="offer.id", ondelete="SET NULL")
    due_on: date
    amount: int = Field(sa_type=BigInteger)
    currency: str = Field(max_length=3)
    tax_rate: int = Field(default=0)
    part: int = Field(default=1)  # which instalment or period, of `parts` (0 = nobody knows how many)
    parts: int = Field(default=1)
    settled: int = Field(default=0, sa_type=BigInteger)
    created_at: datetime = Field(default_factory=now, sa_type=UTCDateTime)
    cancelled_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class Payment(SQLModel, table=True):
    """Money that came (above zero) or went back (below). Never changed: a wrong one is reversed by another."""

    id: int | None = Field(default=None, primary_key=True)
    enrolment_id: int = Field(foreign_key="enrolment.id", index=True, ondelete="CASCADE")
    charge_id: int | None = Field(default=None, foreign_key="charge.id", ondelete="SET NULL")  # what it was meant for
    reverses_id: int | None = Field(default=None, foreign_key="payment.id", unique=True, ondelete="SET NULL")
    kind: str = Field(sa_type=String, max_length=10)
    amount: int = Field(sa_type=BigInteger)
    currency: str = Field(max_length=3)
    method: str = Field(default=PaymentMethod.TRANSFER, sa_type=String, max_length=12)
    paid_on: date
    note: str = Field(default="", max_length=500)
    created_at: datetime = Field(default_factory=now, sa_type=UTCDateTime)
    user_id: int | None = Field(default=None, foreign_key="user.id", ondelete="SET NULL")


class EnrolmentEntry(SQLModel, table=True):
    """The history of an enrolment, append-only: who, when, what before and after.

    `owed` and `paid` are what the entry adds to either sum: all of them together are the balance.
    """

    __tablename__ = "enrolment_entry"
    __table_args__ = (Index("ix_enrolment_entry_timeline", "enrolment_id", "at", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    enrolment_id: int = Field(foreign_key="enrolment.id", ondelete="CASCADE")
    kind: str = Field(sa_type=String, max_length=10)
    at: datetime = Field(default_factory=now, sa_type=UTCDateTime)
    user_id: int | None = Field(default=None, foreign_key="user.id", ondelete="SET NULL")
    owed: int = Field(default=0, sa_type=BigInteger)
    paid: int = Field(default=0, sa_type=BigInteger)
    charge_id: int | None = Field(default=None, foreign_key="charge.id", ondelete="SET NULL")
    payment_id: int | None = Field(default=None, foreign_key="payment.id", ondelete="SET NULL")
    data: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
