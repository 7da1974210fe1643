"""What can be done to many contacts: a field set or emptied, tags given or taken, contacts made inactive or active,
moved to the trash and back, put into a hand-picked segment and taken out of it, enrolled in a course.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, exists, not_, or_, true
from sqlmodel import Session, col, select

from crm_app.locales import Text, text
from crm_app.models import Contact, ContactTag, Course, Enrolment, EnrolmentStatus, SegmentContact, Tag
from crm_app.models.base import now
from crm_app.services import branches, choosable, custom_fields, installation, picked
from crm_app.services.actor import Actor
from crm_app.services.contacts import handing_over, own_values
from crm_app.services.courses import offers
from crm_app.services.custom_fields import PREFIX
from crm_app.services.errors import Invalid
from crm_app.services.fields.conversion import Conversion
from crm_app.services.fields.registry import FIELDS, Field, parse
from crm_app.services.fields.verdict import FieldContext
from crm_app.services.imports import into_course
from crm_app.services.imports.columns import IntoCourse
from crm_app.services.imports.layout import ATTRIBUTES, DATES, plain
from crm_app.services.imports.undo_ties import SEGMENTS
from crm_app.services.tags import ensure

# Fields that many contacts may well share. Names and addresses of people are not among them.
SETTABLE = ("status", "owner", "lifecycle", "source", "language", "country", "city", "province", "acquired_on")
TRASHED = "trashed_at"
NEVER_EMPTY = ("lifecycle",)
MOST_TAGS = 20


class ActionKind(StrEnum):
    SET = "set"
    TAG = "tag"
    UNTAG = "untag"
    DEACTIVATE = "deactivate"
    REACTIVATE = "reactivate"
    TRASH = "trash"
    RESTORE = "restore"  # out of the trash
    PICK = "pick"  # into a hand-picked segment
    UNPICK = "unpick"
    REPLACE = "replace"  # one status, tag or choice by another or by nothing, wherever it stands
    ENROL = "enrol"  # in a course
    HAND_OVER = "hand_over"  # to another branch
    CONVERT = "convert"  # an own field's values to those of another type


@dataclass(frozen=True, slots=True)
class Action:
    """One action, checked. `attribute` and `value` are what a contact's column, or its own field, becomes (JSON).

    `tags` are ids, `segment` is one. `by` moves to the trash. `words` says it to people. Of REPLACE, `value` is [what
    stands there, what is to]; of HAND_OVER [the branch, who may stay responsible]; of CONVERT a `Conversion` as JSON,
    of ENROL an `IntoCourse`.
    """

    kind: ActionKind
    words: Text
    attribute: str = ""
    value: Any = None
    tags: tuple[int, ...] = ()
    segment: int = 0
    by: int | None = None

    def to_json(self) -> dict[str, Any]:
        found = {"kind": self.kind.value, "attribute": self.attribute, "value": self.value, "tags": list(self.tags)}
        return found | {"segment": self.segment, "by": self.by, "words": self.words.to_json()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Action":
        words, tags = Text.from_json(data["words"]), tuple(data["tags"])
        kind, segment, by = ActionKind(data["kind"]), data.get("segment", 0), data.get("by")
        return cls(kind, words, data["attribute"], data["value"], tags, segment, by)

    @property
    def in_trash(self) -> bool:
        """Whether it means contacts in the trash, and nobody else."""
        return self.kind is ActionKind.RESTORE

    @property
    def course(self) -> IntoCourse | None:
        """Of ENROL, the course and how people come into it."""
        return IntoCourse(**self.value) if self.kind is ActionKind.ENROL else None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of a contact it has to look at."""
        if self.attribute in ("", "tags"):
            return ()
        if self.kind is ActionKind.HAND_OVER:
            return ("branch_id", "owner_id")
        if self.attribute.startswith(PREFIX):
            return ("custom",)
        return (TRASHED, "trashed_by_id") if self.attribute == TRASHED else (self.attribute,)

    def condition(self, session: Session) -> ColumnElement[bool]:
        """The contacts it changes something of; the others are as wanted already."""
        if self.kind is ActionKind.REPLACE:
            return self._stands(session)
        if self.kind is ActionKind.ENROL:
            of_course = select(Course.branch_id).where(Course.id == self.value["id"]).scalar_subquery()
            is_in = exists().where(
                col(Enrolment.contact_id) == col(Contact.id),
                col(Enrolment.course_id) == self.value["id"],
                col(Enrolment.status) != EnrolmentStatus.CANCELLED,
            )
            return and_(col(Contact.branch_id) == of_course, ~is_in)
        if self.kind is ActionKind.CONVERT:
            return own_values.as_text(session, self.attribute.removeprefix(PREFIX)).is_not(None)
        if self.kind is ActionKind.HAND_OVER:
            return and_(col(Contact.branch_id) != self.value[0], *_keys_free(session, self.value[0]))
        if self.tags:
            has = [exists().where(ContactTag.contact_id == Contact.id, ContactTag.tag_id == tag) for tag in self.tags]  # type: ignore[arg-type]
            return or_(*has) if self.kind is ActionKind.UNTAG else not_(and_(*has))
        if self.segment:
            is_in = exists().where(
                col(SegmentContact.contact_id) == col(Contact.id), col(SegmentContact.segment_id) == self.segment
            )
            return is_in if self.kind is ActionKind.UNPICK else ~is_in
        if self.attribute == TRASHED:
            return true()  # whom it means says so already
        if self.attribute.startswith(PREFIX):
            return _own_differs(self.attribute.removeprefix(PREFIX), self.value)
        value = date.fromisoformat(self.value) if self.attribute in DATES and self.value else self.value
        return getattr(Contact, self.attribute).is_distinct_from(value)

    def _stands(self, session: Session) -> ColumnElement[bool]:
        """Contacts that have what is to be replaced."""
        old = self.value[0]
        if self.attribute == "tags":
            return exists().where(ContactTag.contact_id == Contact.id, ContactTag.tag_id == old)  # type: ignore[arg-type]
        if not self.attribute.startswith(PREFIX):
            found: ColumnElement[bool] = getattr(Contact, self.attribute) == old
            return found
        key = self.attribute.removeprefix(PREFIX)
        return or_(own_values.as_text(session, key) == old, own_values.lists_any(session, key, [old]))

    @property
    def needs_tags(self) -> bool:
        """Whether the contacts' tags must be looked up."""
        return bool(self.tags) or self.attribute == "tags"

    def changes(self, contact: Row[Any], tags: set[int]) -> dict[str, Any]:
        """{attribute: [old, new]} of one contact with these tags; empty when it is as wanted."""
        if self.attribute == "tags":
            old, new = self.value
            given = [new] if new is not None and new not in tags else []
            return {"tags": [[old], given]} if old in tags else {}
        if self.kind is ActionKind.TAG:
            given = [tag for tag in self.tags if tag not in tags]
            return {"tags": [[], given]} if given else {}
        if self.kind is ActionKind.UNTAG:
            taken = [tag for tag in self.tags if tag in tags]
            return {"tags": [taken, []]} if taken else {}
        if self.segment:
            return {SEGMENTS: [[self.segment], []] if self.kind is ActionKind.UNPICK else [[], [self.segment]]}
        if self.kind is ActionKind.HAND_OVER:
            branch, owners = self.value
            moved = {"branch_id": [contact.branch_id, branch]}
            return moved if contact.owner_id in (None, *owners) else moved | {"owner_id": [contact.owner_id, None]}
        if self.attribute == TRASHED:
            before = plain(TRASHED, contact.trashed_at)
            return {TRASHED: [before, self.value], "trashed_by_id": [contact.trashed_by_id, self.by]}
        name = self.attribute.removeprefix(PREFIX)
        old = (contact.custom or {}).get(name) if self.attribute.startswith(PREFIX) else getattr(contact, name)
        old = plain(name, old)
        new = self._new(old)
        return {self.attribute: [old, new]} if old != new or type(old) is not type(new) else {}

    def _new(self, old: Any) -> Any:
        if self.kind is ActionKind.REPLACE:
            return replaced(old, *self.value)
        if self.kind is ActionKind.CONVERT:
            return Conversion.from_json(self.value).of(old).value
        return self.value


def replaced(stored: Any, old: Any, new: Any) -> Any:
    """A value with one choice replaced; of a list without it, None when nothing is left."""
    if not isinstance(stored, list):
        return new if stored == old else stored
    if old not in stored:
        return stored
    kept = [new if one == old else one for one in stored if one != old or (new is not None and new not in stored)]
    return kept or None


def settable(session: Session) -> dict[str, Field]:
    """The fields that can be set for many, by name: some of the built-in ones, then all own ones."""
    return {name: FIELDS[name] for name in SETTABLE} | custom_fields.all_of(session)


def set_field(session: Session, actor: Actor, name: str, written: str) -> Action:
    """A field set to what the form would make of `written`; empty empties it.

    Raises Invalid ("value") for a field that cannot be set for many and for a value that cannot be taken.
    """
    field = settable(session).get(name)
    if field is None:
        raise Invalid(text("This field cannot be set for many contacts."), "field")
    value, shown = _value(session, actor, field, written.strip())
    if value is None and (name in NEVER_EMPTY or field.required):
        raise Invalid(text("“{field}” cannot be empty.", field=field.label), "value")
    if value is not None and field.is_unique:
        raise Invalid(
            text("Each contact has a “{field}” of its own. It cannot be the same for many.", field=field.label), "field"
        )
    own = name not in FIELDS
    attribute = PREFIX + name if own else ATTRIBUTES.get(name, name)
    if value is None:
        return Action(ActionKind.SET, text("{field} emptied", field=field.label), attribute)
    return Action(ActionKind.SET, text("{field}: {value}", field=field.label, value=shown), attribute, value)


def tag(session: Session, actor: Actor, names: Sequence[str]) -> Action:
    """Tags given by name; new ones are made. Raises Invalid ("tags") without any, or with too many."""
    clean = list(dict.fromkeys(" ".join(name.split()) for name in names if name.strip()))
    if not 1 <= len(clean) <= MOST_TAGS or any(len(name) > 100 for name in clean):
        raise Invalid(text("Name one to {most} tags.", most=MOST_TAGS), "tags")
    ids = tuple(ensure(session, clean).values())
    return Action(ActionKind.TAG, text("Tagged: {tags}", tags=", ".join(clean)), tags=ids)


def untag(session: Session, actor: Actor, ids: Sequence[int]) -> Action:
    """Tags taken away. Raises Invalid ("tags") without any that exists."""
    wanted = col(Tag.id).in_(list(ids)[:MOST_TAGS]), col(Tag.removed_at).is_(None)
    found = dict(session.exec(select(Tag.id, Tag.name).where(*wanted)).all())
    if not found:
        raise Invalid(text("Name one to {most} tags.", most=MOST_TAGS), "tags")
    words = text("Tags taken away: {tags}", tags=", ".join(found.values()))
    return Action(ActionKind.UNTAG, words, tags=tuple(id_ for id_ in found if id_ is not None))


def deactivate() -> Action:
    return Action(ActionKind.DEACTIVATE, text("Made inactive"), "active", False)


def reactivate() -> Action:
    return Action(ActionKind.REACTIVATE, text("Made active again"), "active", True)


def trash(actor: Actor) -> Action:
    value = now().isoformat()
    return Action(ActionKind.TRASH, text("Moved to the trash"), TRASHED, value, by=actor.user_id)


def restore() -> Action:
    return Action(ActionKind.RESTORE, text("Taken out of the trash"), TRASHED)


def hand_over(session: Session, actor: Actor, written: str) -> Action:
    """Contacts given to another branch that the actor sees, by its id; those stay whose own keys are taken there.

    Raises Invalid ("value").
    """
    known = branches.seen(session, actor)
    branch = int(written) if written in map(str, known) else 0
    if not branch:
        raise Invalid(text("Choose a branch."), "value")
    words = text("Branch: {name}", name=known[branch])
    owners = sorted(handing_over.owners_there(session, branch))
    return Action(ActionKind.HAND_OVER, words, "branch_id", [branch, owners])


def pick(session: Session, actor: Actor, segment_id: int) -> Action:
    """Contacts put into a hand-picked segment. Raises like `picked.changeable`."""
    found = picked.changeable(session, actor, segment_id)
    return Action(ActionKind.PICK, text("Put into “{segment}”", segment=found.name), segment=segment_id)


def unpick(session: Session, actor: Actor, segment_id: int) -> Action:
    """Contacts taken out of a hand-picked segment. Raises like `picked.changeable`."""
    found = picked.changeable(session, actor, segment_id)
    return Action(ActionKind.UNPICK, text("Taken out of “{segment}”", segment=found.name), segment=segment_id)


def enrol(session: Session, actor: Actor, wanted: IntoCourse) -> Action:
    """Contacts enrolled in a course. Raises like `into_course.require`."""
    course = into_course.require(session, actor, actor.branch_id, wanted)
    if wanted.offer is None:
        words = text("Enrolled in {course}", course=course.name)
    else:
        offer = offers.get(session, actor, wanted.offer, of=course)
        words = text("Enrolled in {course}, {offer}", course=course.name, offer=offer.name)
    return Action(ActionKind.ENROL, words, value=asdict(wanted))


def _value(session: Session, actor: Actor, field: Field, written: str) -> tuple[Any, Any]:
    """The value as it is stored, and as people say it. Raises Invalid."""
    if not written:
        return None, ""
    if field.name == "status":
        return _one(written, {status.id: status.name for status in choosable.statuses(session)}, field)
    if field.name == "owner":
        return _one(written, {user.id: user.name for user in choosable.colleagues(session, actor)}, field)
    context = FieldContext(country=installation.current(session).country, time_zone=actor.timezone)
    own = field.name not in FIELDS
    verdict = custom_fields.parser(field)(written, context) if own else parse(field.name, written, context)
    if verdict.value is None or verdict.is_error:
        raise Invalid(verdict.message or text("This value cannot be taken."), "value")
    return plain(field.name, verdict.value), written


def _one(written: str, known: Mapping[int | None, str], field: Field) -> tuple[int, str]:
    id_ = int(written) if written.isascii() and written.isdigit() and len(written) < 19 else None
    if id_ is None or id_ not in known:
        raise Invalid(text("Choose “{field}” from the list.", field=field.label), "value")
    return id_, known[id_]


def _keys_free(session: Session, branch: int) -> list[ColumnElement[bool]]:
    """That the contact's values of own fields that are keys are nobody's in the branch."""
    found: list[ColumnElement[bool]] = []
    for key in [key for key, one in custom_fields.all_of(session).items() if one.is_unique]:
        value = own_values.as_text(session, key)
        there = select(value).select_from(Contact).where(col(Contact.branch_id) == branch, value.is_not(None))
        found.append(or_(value.is_(None), value.not_in(there.correlate(None))))
    return found


def _own_differs(key: str, value: Any) -> ColumnElement[bool]:
    """An own field that is not as wanted. Lists are compared row by row."""
    stored: Any = Contact.custom[key]
    if isinstance(value, list):
        return true()
    if isinstance(value, bool):
        return stored.as_boolean().is_distinct_from(value)
    if isinstance(value, int | float):
        return stored.as_float().is_distinct_from(float(value))
    return stored.as_string().is_distinct_from(value)
