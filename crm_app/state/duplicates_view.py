"""Groups of duplicates, and contacts side by side, as finished text."""

from dataclasses import dataclass, field

from crm_app import locales, routes
from crm_app.locales import Text, ntext, text
from crm_app.models import Contact, Permission
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.contacts import cards
from crm_app.services.duplicates import batch, groups, merging, proposal, running, work
from crm_app.services.duplicates.groups import Group
from crm_app.state.contact_view import Presenter
from crm_app.state.formats import spoken

VIEWS = {"": None, "certain": True, "likely": False}


@dataclass
class Person:
    """One contact of a group, in a line."""

    number: int
    url: str
    name: str
    more: str


@dataclass
class GroupLine:
    id: int
    score: int
    certain: bool
    reasons: list[str]
    people: list[Person]
    numbers: list[int]
    url: str


@dataclass
class Value:
    """What one contact has for a field; `number` 0 = all texts together."""

    number: int
    text: str
    chosen: bool


@dataclass
class FieldLine:
    field: str
    label: str
    conflict: bool
    options: list[Value] = field(default_factory=list)


@dataclass
class Standing:
    """Where search and merge stand."""

    working: str = ""  # "duplicates" or "merge" while one is at work
    percent: int = 0
    sentence: str = ""
    error: str = ""
    certain: int = 0
    fewer: int = 0


@dataclass(frozen=True)
class SideBySide:
    """Contacts to be compared: which one stays, where they differ, and their versions by number."""

    people: list[Person]
    kept: int
    fields: list[FieldLine]
    versions: dict[int, int]


def number_of(value: str) -> int:
    return int(value) if value.isascii() and value.isdigit() and len(value) < 19 else 0


def url_of(view: str, **more: int) -> str:
    params = {"view": view, **more} if view else more
    return routes.DUPLICATES + ("?" + "&".join(f"{key}={value}" for key, value in params.items()) if params else "")


def standing_of(actor: Actor) -> Standing:
    with database.reading() as session:
        search = running.latest(session)
        found = Standing()
        if search is None:
            message = text("Nobody has looked for duplicates yet.")
        else:
            message = ntext(
                "Last looked {when}. One contact is new or changed since.",
                "Last looked {when}. {n} contacts are new or changed since.",
                running.changed_since(session, search),
                when=spoken(search.finished_at or search.started_at, actor.language, actor.timezone),
            )
        found.sentence = locales.render(message, actor.language)
        if actor.may(Permission.CONTACTS_BULK):
            preview = batch.preview(session, actor)
            found.certain, found.fewer = preview.groups, preview.fewer
        for kind in work.KINDS:
            job = work.latest(session, kind)
            if job is not None and not job.is_finished:
                found.working = kind.value
                found.percent = min(100, job.done * 100 // job.total) if job.total else 0
            elif job is not None and job.error:
                found.error = locales.render(Text.from_json(job.error), actor.language)
        return found


def page_of(actor: Actor, view: str, after: int | None) -> tuple[list[GroupLine], int, int | None]:
    with database.reading() as session:
        page = groups.page(session, actor, certain=VIEWS[view], after=after)
        return [_line(group, actor, view) for group in page.groups], page.total, page.after


def _line(group: Group, actor: Actor, view: str) -> GroupLine:
    return GroupLine(
        id=group.id,
        score=group.score,
        certain=group.is_certain,
        reasons=[locales.render(reason, actor.language) for reason in group.reasons],
        people=[_person(contact) for contact in group.contacts],
        numbers=[contact.number for contact in group.contacts],
        url=url_of(view, group=group.id),
    )


def _person(contact: Contact) -> Person:
    shown = (contact.company, contact.email, contact.mobile or contact.phone, contact.city)
    more = " · ".join(one for one in shown if one and one != contact.display_name)
    return Person(contact.number, routes.contact(contact.number), contact.display_name, more)


def side_by_side(actor: Actor, group_id: int, numbers: list[int], kept: int) -> SideBySide:
    """A group of the last search, or any contacts by number. Raises NotFound, NotPermitted, Invalid."""
    with database.reading() as session:
        if group_id:
            contacts = groups.get(session, actor, group_id).contacts
        else:
            contacts = [cards.get(session, actor, number) for number in numbers]
        stays = next((one for one in contacts if one.number == kept), proposal.suggested_kept(contacts))
        others = [one.number for one in contacts if one.number != stays.number]
        presenter = Presenter(session, actor)
        lines = []
        for choice in merging.choices(session, actor, stays.number, others):
            values = [
                Value(number, presenter.value(choice.field, merging.plain(value)), number == choice.suggested)
                for number, value in choice.values.items()
            ]
            if choice.field in proposal.COMBINED:
                together = locales.render(text("All of them together"), actor.language)
                values.append(Value(proposal.ALL, together, choice.suggested == proposal.ALL))
            lines.append(FieldLine(choice.field, presenter.label(choice.field), choice.is_conflict, values))
        versions = {one.number: one.version for one in contacts}
        return SideBySide([_person(one) for one in contacts], stays.number, lines, versions)
