"""What happened to a contact as its timeline shows it: finished text, by language."""

import re
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from crm_app import routes
from crm_app.locales import Text, text
from crm_app.models import (
    ActivityKind,
    Channel,
    ConsentState,
    Contact,
    EnrolmentStatus,
    MessageKind,
    MessageState,
    Permission,
    Via,
)
from crm_app.services import mentions
from crm_app.services.contacts import timeline
from crm_app.services.contacts.timeline import Entry, Place
from crm_app.services.courses.enrolling import STATUSES
from crm_app.services.courses.payments import METHODS
from crm_app.services.duplicates import unmerging
from crm_app.services.relations import WORDS
from crm_app.state.formats import amount, exact, readable_size, short_date, spoken

if TYPE_CHECKING:
    from crm_app.state.contact_view import Presenter

ICONS = {
    "created": "user-plus",
    "changed": "pencil",
    "imported": "file-up",
    "changed_many": "list-checks",
    "deactivated": "user-x",
    "reactivated": "user-check",
    "merged": "merge",
    "unmerged": "split",
    "comment": "message-square",
    "trashed": "trash-2",
    "restored": "undo-2",
    "consent": "shield-check",
    "unsuppressed": "shield-off",
    "related": "link",
    "unrelated": "unlink",
    "file": "paperclip",
    "task_done": "square-check-big",
    "message": "mail",
    "order": "shopping-bag",
    "visit": "store",
    "call": "phone-incoming",
    "form_filled": "clipboard-list",
    "course_enrolled": "graduation-cap",
    "course_status": "graduation-cap",
    "course_access": "calendar",
    "course_plan": "receipt-text",
    "course_paid": "banknote",
    "course_refunded": "banknote",
    "course_reversed": "undo-2",
}
_LINK = re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?)\]}']")
_ALWAYS_SAID = {"trashed_by_id"}
_SAID = {*_ALWAYS_SAID, "trashed_at", "segments"}
# What a reader may narrow the timeline to, by the name of the group.
GROUPS: dict[str, Text] = {
    "": text("Everything"),
    "comments": text("Comments"),
    "tasks": text("Tasks"),
    "changes": text("Changes"),
    "imports": text("Imports"),
    "consent": text("Consent"),
    "merges": text("Merges"),
    "messages": text("Messages"),
    "files": text("Files"),
    "interactions": text("Orders and visits"),
    "forms": text("Forms"),
    "courses": text("Courses and payments"),
}
_OPENED, _LED_ON = text("opened"), text("followed a link")
_COURSES = {
    "course_enrolled": text("Enrolled in {course}"),
    "course_status": text("{course}: {before} → {after}"),
    "course_access": text("{course}: other days of access"),
    "course_plan": text("{course}: another plan"),
    "course_paid": text("Payment for {course}"),
    "course_refunded": text("Paid back for {course}"),
    "course_reversed": text("Payment for {course} taken back"),
}
_INTERACTIONS = {"order": text("Order"), "visit": text("Visit"), "call": text("Call")}
_CHANNELS = {Channel.EMAIL: text("E-mail"), Channel.SMS: text("SMS"), Channel.PHONE: text("Phone")}
_STATES = {
    ConsentState.IMPORTED: text("Consent by import: {channel}"),
    ConsentState.SENT: text("Asked for consent: {channel}"),
    ConsentState.CONFIRMED: text("Consent confirmed: {channel}"),
    ConsentState.REVOKED: text("Consent revoked: {channel}"),
}
ORIGINS = {
    "form": text("by a form"),
    "user": text("by hand"),
    "import": text("by an import"),
    "api": text("by the API"),
}


@dataclass
class Change:
    label: str
    old: str
    new: str


@dataclass
class Part:
    """A piece of a written text; with a link when it is one. `is_name`: a colleague who is named in it."""

    text: str
    url: str = ""
    is_name: bool = False


@dataclass
class Written:
    """A comment. `source` is what its author edits; for others it is empty."""

    id: int
    parts: list[Part]
    source: str = ""
    edited: str = ""
    is_own: bool = False
    is_deleted: bool = False


@dataclass
class Happening:
    key: str
    icon: str
    what: str
    when: str
    exact: str
    who: str
    url: str = ""
    detail: str = ""
    changes: list[Change] = field(default_factory=list)
    comment: Written | None = None
    merge_id: int = 0  # of a merge that can be taken back now
    file_id: int = 0  # of a file that is kept here


def page(
    presenter: "Presenter", contact: Contact, *, group: str = "", after: Place | None = None, limit: int = timeline.PAGE
) -> tuple[list[Happening], Place | None]:
    """One page, the newest first, and where the next one begins.

    Merges are taken back in the order opposite to theirs, so only the last one offers it.
    """
    session, actor = presenter.session, presenter.actor
    found = timeline.page(session, contact, reader=actor.user_id, group=group, after=after, limit=limit)
    shown = [_happening(presenter, entry) for entry in found.entries]
    if any(entry.kind == "merged" for entry in found.entries):
        last = next(iter(unmerging.merges(session, actor, contact.number)), None)
        for entry, one in zip(found.entries, shown, strict=True):
            if last is not None and entry.kind == "merged" and entry.data.get("merge") == last.id:
                one.merge_id = last.id or 0
    return shown, found.after


def _happening(presenter: "Presenter", entry: Entry) -> Happening:
    language, timezone = presenter.language, presenter.actor.timezone
    changes = [
        Change(presenter.label(name), presenter.value(name, old), presenter.value(name, new))
        for name, (old, new) in (entry.data.get("changes") or {}).items()
        if name not in (_SAID if entry.kind == "changed_many" else _ALWAYS_SAID)  # by the entry's own words
    ]
    return Happening(
        key=f"{entry.kind}-{entry.key}",
        icon=ICONS.get(entry.kind, "circle"),
        what=presenter.say(_what(presenter, entry)),
        when=spoken(entry.at, language, timezone),
        exact=exact(entry.at, language, timezone),
        who=entry.who,
        url=_url(presenter, entry),
        detail=_detail(presenter, entry),
        changes=[*changes, *_answers(presenter, entry)],
        comment=_comment(presenter, entry) if entry.kind == "comment" else None,
        file_id=entry.data["id"] if entry.kind == "file" else 0,
    )


def _url(presenter: "Presenter", entry: Entry) -> str:
    """Where an entry leads: the import, the other contact, the download of a file."""
    if entry.kind in ("imported", "changed_many"):
        return routes.import_step(entry.data["import"], "done") if presenter.actor.may(Permission.IMPORT) else ""
    if entry.kind in ("related", "unrelated"):
        return routes.contact(entry.data["number"])
    return routes.attachment(entry.data["id"]) if entry.kind == "file" else ""


def _comment(presenter: "Presenter", entry: Entry) -> Written:
    own, gone, edited = entry.data["is_own"], entry.data["is_deleted"], entry.data["edited_at"]
    return Written(
        id=entry.data["id"],
        parts=[] if gone else _parts(presenter, entry.data["text"]),
        source=mentions.typed(presenter.session, presenter.actor, entry.data["text"]) if own and not gone else "",
        edited=exact(edited, presenter.language, presenter.actor.timezone) if edited else "",
        is_own=own,
        is_deleted=gone,
    )


def _answers(presenter: "Presenter", entry: Entry) -> list[Change]:
    """What was answered in a form, and what was agreed to there."""
    if entry.kind != ActivityKind.FORM_FILLED:
        return []
    found = [Change(str(label), "", str(given)) for label, given in entry.data.get("answers") or []]
    if agreed := entry.data.get("agreed"):
        found.append(Change(presenter.say(text("Agreed to")), "", str(agreed["text"])))
    return found


def _parts(presenter: "Presenter", written: str) -> list[Part]:
    """A comment in pieces, colleagues by the name they have now."""
    found = []
    for words, user_id in mentions.pieces(written):
        if user_id is None:
            found += parts_of(words)
        else:
            found.append(Part("@" + mentions.name_of(presenter.session, user_id), is_name=True))
    return found


def parts_of(written: str) -> list[Part]:
    """Plain text in pieces: only addresses of the web become links, and nothing else is read as markup."""
    found, begin = [], 0
    for match in _LINK.finditer(written):
        found += [Part(written[begin : match.start()]), Part(match[0], match[0])]
        begin = match.end()
    return [part for part in (*found, Part(written[begin:])) if part.text]


def _what(presenter: "Presenter", entry: Entry) -> Text:
    if entry.kind == "imported":
        if entry.data.get("outcome") == "create":
            return text("Created by import {name}, row {row}", name=entry.source, row=entry.data["row"])
        return text("Updated by import {name}, row {row}", name=entry.source, row=entry.data["row"])
    if entry.kind == "merged":
        return text("Merged with {numbers}", numbers=", ".join(f"#{number}" for number in entry.data["numbers"]))
    if entry.kind == "changed_many":
        return text("Changed with many others: {name}", name=entry.source)
    if entry.kind == "consent":
        said, channel = _STATES[ConsentState(entry.data["state"])], _CHANNELS[Channel(entry.data["channel"])]
        return text(said.msgid, channel=presenter.say(channel))
    if entry.kind == "unsuppressed":
        return text(
            "May be written to again: {channel}", channel=presenter.say(_CHANNELS[Channel(entry.data["channel"])])
        )
    if entry.kind in ("related", "unrelated"):
        role, number = presenter.say(WORDS[entry.data["role"]]), entry.data["number"]
        if entry.kind == "related":
            return text("Relation added: {role}, {name}", role=role, name=presenter.contact_name(number))
        return text("Relation removed: {role}, {name}", role=role, name=presenter.contact_name(number))
    if entry.kind == "file":
        return text("{name}", name=str(entry.source))
    if entry.kind in _INTERACTIONS:
        return text("{kind}: {source}", kind=_INTERACTIONS[entry.kind], source=str(entry.source))
    if entry.kind in _COURSES:
        said = {name: presenter.say(STATUSES[EnrolmentStatus(entry.data[name])]) for name in ("before", "after")
                if entry.kind == "course_status"}  # fmt: skip
        return text(_COURSES[entry.kind].msgid, course=str(entry.source), **said)
    if entry.kind == "form_filled":
        return text("Form filled in: {name}", name=str(entry.source))
    if entry.kind == "created" and entry.data.get("via"):
        return text("Created")
    if entry.kind == "task_done":
        return text("{type} done: {title}", type=entry.source or text("Task"), title=entry.data["title"])
    if entry.kind == "message":
        return _message(entry)
    return {
        "created": text("Created by hand"),
        "changed": text("Changed"),
        "deactivated": text("Deactivated"),
        "reactivated": text("Reactivated"),
        "unmerged": text("A merge was taken back"),
        "comment": text("Comment"),
        "trashed": text("Moved to the trash"),
        "restored": text("Restored from the trash"),
    }.get(entry.kind, text("Other event"))


def _message(entry: Entry) -> Text:
    channel, state = _CHANNELS[Channel(entry.data["channel"])], MessageState(entry.data["state"])
    if entry.data["of"] == MessageKind.INVITATION and state is MessageState.SENT:
        return text("Invitation to agree, {channel}", channel=channel)
    if state is MessageState.FAILED:
        return text("Message could not be sent, {channel}", channel=channel)
    if state is MessageState.UNCERTAIN:
        return text("Message may have been sent, {channel}", channel=channel)
    if entry.data["via"] == Via.FOLDER:
        return text("Message kept in the folder, {channel}", channel=channel)
    return text("Message sent, {channel}", channel=channel)


def _detail(presenter: "Presenter", entry: Entry) -> str:
    """Of a consent: whose address, where it came from and why. Of a file: how large it is. Of an order: how much."""
    if entry.kind in _INTERACTIONS:
        data, language = entry.data, presenter.language
        paid = "" if data["amount"] is None else amount(data["amount"], data["currency"], language)
        return " · ".join(filter(None, (paid, data["description"])))
    if entry.kind in _COURSES:
        return _of_course(presenter, entry)
    if entry.kind == "file":
        return readable_size(entry.data["size"], presenter.language)
    if entry.kind == "message":
        data = entry.data
        read = _LED_ON if data["clicked_at"] else _OPENED if data["opened_at"] else None
        return " · ".join(filter(None, (data["subject"], str(entry.source), presenter.say(read) if read else "")))
    if entry.kind == "unsuppressed":
        return str(entry.data["reason"])
    if entry.kind != "consent":
        return ""
    data = entry.data
    origin = presenter.say(ORIGINS[data["from"]]) if data["from"] in ORIGINS else data["from"]
    return " · ".join(filter(None, (data["address"], data["group"], origin, str(entry.source), data["reason"])))


def _of_course(presenter: "Presenter", entry: Entry) -> str:
    """How much was paid, what the plan comes to, or from when to when there is access."""
    data, language = entry.data, presenter.language
    if entry.kind == "course_plan":
        before, after = (amount(data[name]["price"], data["currency"], language) for name in ("before", "after"))
        return f"{before} → {after}"
    if entry.kind == "course_access":
        before, after = (_span(data[name], language) for name in ("before", "after"))
        return f"{before} → {after}"
    if not data["paid"]:
        return ""
    return " · ".join((amount(data["paid"], data["currency"], language), presenter.say(METHODS[data["method"]])))


def _span(days: list[str | None], language: str) -> str:
    first, last = (short_date(date.fromisoformat(one), language) if one else "" for one in days)
    return f"{first} – {last}" if first or last else "–"
