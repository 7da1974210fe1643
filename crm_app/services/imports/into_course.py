"""A file that goes into a course: what can be chosen for it, and whether that may be, then and at the commit."""

from collections.abc import Sequence
from dataclasses import replace

from sqlmodel import Session, col, select

from crm_app.locales import text
from crm_app.models import Course, EnrolmentStatus, Import, Offer, Permission
from crm_app.services.actor import Actor
from crm_app.services.courses import catalogue, notices, offers
from crm_app.services.courses.enrolling import require_open
from crm_app.services.errors import Invalid
from crm_app.services.fields.registry import OFFER
from crm_app.services.folding import fold
from crm_app.services.imports.columns import IntoCourse, Options, from_json
from crm_app.services.imports.profile import ColumnProfile

# What somebody who is enrolled by a file can be.
STATUSES = (EnrolmentStatus.ACTIVE, EnrolmentStatus.INVITED, EnrolmentStatus.WAITING)


def within(actor: Actor, branch_id: int) -> Actor:
    """Who sees several branches still enrols contacts of one branch in the courses of that branch."""
    return replace(actor, branch_ids=frozenset({branch_id}))


def courses(session: Session, actor: Actor, branch_id: int) -> Sequence[Course]:
    """Those a file of that branch can go into, by name; none without the right to enrol."""
    if not actor.may(Permission.CONTACTS_EDIT) or not actor.may(Permission.CONTACTS_READ):
        return []
    return [one.course for one in catalogue.listing(session, within(actor, branch_id))]


def require(session: Session, actor: Actor, branch_id: int, wanted: IntoCourse) -> Course:
    """The course, when all that is wanted goes.

    Raises NotPermitted, NotFound for a foreign or removed course, offer or template; Conflict for a course that is
    over; Invalid(field).
    """
    actor.require(Permission.CONTACTS_EDIT)
    theirs = within(actor, branch_id)
    course = catalogue.get(session, theirs, wanted.id)
    require_open(course)
    if wanted.offer is not None:
        offers.get(session, theirs, wanted.offer, of=course)
    if wanted.status not in STATUSES:
        raise Invalid(text("Please choose one of the list."), "status")
    if wanted.from_on:
        catalogue.day({"from_on": wanted.from_on}, "from_on")
    if wanted.template is not None:
        notices.require(session, theirs, wanted.template, wanted.language)
    return course


def require_still(session: Session, actor: Actor, found: Import) -> None:
    """`require` for what was chosen for an import; nothing where its file goes into no course."""
    if (wanted := Options.from_json(found.options).course) is not None:
        require(session, actor, found.branch_id, wanted)


def begin(session: Session, actor: Actor, found: Import, course_id: int) -> None:
    """Sets the course with which an import begins. Raises as `require`."""
    wanted = IntoCourse(course_id)
    require(session, actor, found.branch_id, wanted)
    found.options = Options(course=wanted).to_json()
    session.add(found)
    session.flush()


def suggest_offers(session: Session, found: Import, profiles: Sequence[ColumnProfile]) -> None:
    """Sends a column that goes nowhere, and whose samples are all offers of the chosen course, to the offer."""
    wanted, columns = Options.from_json(found.options).course, from_json(found.columns)
    if wanted is None or any(column.target == OFFER.name for column in columns):
        return
    there = select(Offer.folded).where(Offer.course_id == wanted.id, col(Offer.removed_at).is_(None))
    known = set(session.exec(there).all())
    samples = {one.index: {fold(sample) for sample in one.samples} for one in profiles}
    for place, column in enumerate(columns):
        if column.target is None and samples.get(column.index) and samples[column.index] <= known:
            columns[place] = replace(column, target=OFFER.name)
            found.columns = [one.to_json() for one in columns]
            session.add(found)
            return


def named(
    session: Session, actor: Actor, course: str, *, offer: str = "", access_from: str = "", notice: str = ""
) -> IntoCourse:
    """What a command line asks for by names, or by the course's id. Raises Invalid(option) listing what there is."""
    there = courses(session, actor, actor.branch_id)
    chosen = next((one for one in there if str(one.id) == course.strip()), None)
    alike = [one for one in there if one.folded == fold(course)]
    if chosen is None and len(alike) > 1:
        raise Invalid(text("Several courses are called “{name}”. Give the number of one.", name=course), "course")
    chosen = chosen or next(iter(alike), None)
    if chosen is None or chosen.id is None:
        names = ", ".join(one.name for one in there)
        raise Invalid(
            text("There is no open course “{name}”. These exist: {names}.", name=course, names=names), "course"
        )
    wanted = IntoCourse(chosen.id, from_on=_day(access_from))
    if offer:
        known = {one.offer.folded: one.offer for one in offers.listing(session, actor, chosen.id)}
        if fold(offer) not in known:
            names = ", ".join(one.name for one in known.values())
            raise Invalid(
                text("The course has no offer “{name}”. These exist: {names}.", name=offer, names=names), "offer"
            )
        wanted = replace(wanted, offer=known[fold(offer)].id)
    if notice:
        templates = {one.template.folded: one.template for one in notices.choices(session, actor)}
        if fold(notice) not in templates:
            names = ", ".join(one.name for one in templates.values())
            message = text(
                "There is no template “{name}” for a notice. These exist: {names}.", name=notice, names=names
            )
            raise Invalid(message, "notice")
        wanted = replace(wanted, template=templates[fold(notice)].id)
    return wanted


def _day(written: str) -> str | None:
    """Raises Invalid("access_from")."""
    day = catalogue.day({"access_from": written}, "access_from")
    return day.isoformat() if day else None
