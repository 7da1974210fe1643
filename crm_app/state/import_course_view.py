"""What becomes of a file's people in its course, as finished text: by row, in the summary, and at the end."""

from dataclasses import dataclass, field

from sqlmodel import Session

from crm_app import locales, routes
from crm_app.locales import Text, ntext, text
from crm_app.models import Import, ImportState
from crm_app.services.actor import Actor
from crm_app.services.imports import course_result
from crm_app.services.imports.course_plan import Member, Place
from crm_app.services.messages.permitted import REASONS


@dataclass
class Untold:
    """Somebody who got no notice."""

    name: str
    url: str
    reason: str


@dataclass
class CourseView:
    """`counts` are rows by Place. `told` says what became of the notices, `more` how many untold are not listed."""

    name: str = ""
    url: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)
    untold: list[Untold] = field(default_factory=list)
    more: int = 0

    @property
    def new(self) -> int:
        """Whom the course has that it had not before."""
        return sum(self.counts.get(place, 0) for place in (Place.ENROLLED, Place.WAITING, Place.BACK))


_WORDS = {
    (Place.ENROLLED, False): text("Will be enrolled"),
    (Place.ENROLLED, True): text("Enrolled"),
    (Place.WAITING, False): text("Goes on the waiting list: no place is left"),
    (Place.WAITING, True): text("On the waiting list: no place was left"),
    (Place.BACK, False): text("Comes back to the course"),
    (Place.BACK, True): text("Came back to the course"),
    (Place.THERE, False): text("Is in the course already and stays as it is"),
    (Place.THERE, True): text("Was in the course already"),
}


def said(member: Member | None, language: str, *, is_done: bool) -> str:
    """What becomes of a row, or became of it, in the course; empty where the file goes into none."""
    if member is None:
        return ""
    words = locales.render(_WORDS[member.place, is_done], language)
    shows_offer = member.offer and member.place in (Place.ENROLLED, Place.WAITING)
    return f"{words} · {member.offer}" if shows_offer else words


def view(session: Session, actor: Actor, found: Import) -> CourseView:
    """Without a name where the file goes into no course."""
    result = course_result.of(session, actor, found)
    if result is None:
        return CourseView()
    course = result.course
    shown = CourseView(course.name, routes.course(course.id or 0), {place: result.places[place] for place in Place})
    if found.state != ImportState.UNDONE:
        lines: list[Text] = []
        if result.queued:
            lines.append(ntext("{n} notice waits to be sent.", "{n} notices wait to be sent.", result.queued))
        if result.sent:
            lines.append(ntext("{n} notice was sent.", "{n} notices were sent.", result.sent))
        if left := sum(result.left_out.values()):
            lines.append(ntext("{n} person got no notice:", "{n} people got no notice:", left))
        shown.told = [locales.render(line, actor.language) for line in lines]
        shown.untold = [
            Untold(one.display_name, routes.contact(one.number), locales.render(REASONS[reason], actor.language))
            for one, reason in result.untold
        ]
        shown.more = left - len(shown.untold)
    return shown
