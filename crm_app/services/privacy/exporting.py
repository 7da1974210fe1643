"""Everything held of a person, handed out (T27): JSON for machines, a page for people, and the files kept."""

import html
import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import or_, select
from sqlmodel import Session, SQLModel

from crm_app.locales import Text, render, text
from crm_app.models import Attachment, Course, Import, LeadStatus, Offer, Permission, Segment, Tag, TaskType, User
from crm_app.models.base import now
from crm_app.services import attachments, audit, custom_fields
from crm_app.services.actor import Actor
from crm_app.services.consent import suppression
from crm_app.services.errors import Conflict
from crm_app.services.privacy import persons
from crm_app.services.privacy.erasing import condition
from crm_app.services.privacy.holdings import HOLDINGS
from crm_app.services.privacy.persons import Person

JSON_NAME, PAGE_NAME, FILES_FOLDER = "person.json", "person.html", "files"
# What a column refers to, by name, and how that is called beside its id.
_NAMED: dict[str, tuple[type[SQLModel], str]] = {
    "user_id": (User, "name"),
    "owner_id": (User, "name"),
    "assignee_id": (User, "name"),
    "created_by_id": (User, "name"),
    "answered_by_id": (User, "name"),
    "done_by_id": (User, "name"),
    "tag_id": (Tag, "name"),
    "group_id": (Tag, "name"),
    "status_id": (LeadStatus, "name"),
    "type_id": (TaskType, "name"),
    "segment_id": (Segment, "name"),
    "import_id": (Import, "file_name"),
    "course_id": (Course, "name"),
    "offer_id": (Offer, "name"),
}
_GROUP_OF_DUPLICATES = "duplicate_member"  # its group is no newsletter
_DERIVED = {"search_text", "sort_name"}  # made of the other columns
_UNREADABLE = {"id", "branch_id", "version", "stored", "norm", *_DERIVED}  # on the page

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Export:
    """`tables` are the rows by table, as they are stored with names beside ids."""

    number: int
    made_at: datetime
    tables: dict[str, list[Row]]
    suppressed: list[Row]

    def to_json(self) -> dict[str, Any]:
        about = {"number": self.number, "made_at": self.made_at.isoformat()}
        return {"about": about, "tables": self.tables, "never_written_to": self.suppressed}


def collect(session: Session, actor: Actor, number: int) -> Export:
    """Every row about the person, of every table that has one. Raises NotPermitted; NotFound like `persons.get`."""
    actor.require(Permission.CONSENT)
    actor.require(Permission.EXPORT)
    person = persons.get(session, actor, number)
    names = _names(session)
    tables = {}
    for table in dict.fromkeys(holding.table for holding in HOLDINGS):
        rows = _rows(session, person, table, names)
        if rows:
            tables[table] = rows
    return Export(number, now(), tables, _suppressed(session, person))


def write(session: Session, actor: Actor, number: int, target: Path) -> Export:
    """The ZIP with both forms and the files kept with the contact; `note` it then. Raises like `collect`."""
    found = collect(session, actor, number)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(JSON_NAME, json.dumps(found.to_json(), ensure_ascii=False, indent=1, default=_plain))
        archive.writestr(PAGE_NAME, page(session, actor, found))
        for name, path in _files(session, found):
            archive.write(path, f"{FILES_FOLDER}/{name}")
    return found


def note(session: Session, actor: Actor, found: Export) -> None:
    """That it was handed out, for the audit."""
    audit.record(session, actor, "person.export", contact=found.number, rows=sum(map(len, found.tables.values())))


def page(session: Session, actor: Actor, found: Export) -> str:
    """The same for people, in the actor's language."""
    language = actor.language

    def say(message: Text) -> str:
        return html.escape(render(message, language))

    labels = {name: render(field.label, language) for name, field in custom_fields.known(session).items()}
    parts = [
        _section(render(label, language), found.tables[table], labels)
        for table, label in _labels().items()
        if table in found.tables
    ]
    if found.suppressed:
        parts.append(_section(render(text("Never written to"), language), found.suppressed, labels))
    title = say(text("What is stored about contact {number}", number=str(found.number)))
    made = say(text("As of {day}", day=found.made_at.date()))
    return _PAGE.format(language=html.escape(language), title=title, made=made, parts="\n".join(parts))


def _rows(session: Session, person: Person, name: str, names: Mapping[str, Callable[[Any], str]]) -> list[Row]:
    table = SQLModel.metadata.tables[name]
    conditions = [condition(person, one) for one in HOLDINGS if one.table == name]
    query = select(table).where(or_(*conditions)).order_by(*table.primary_key.columns)
    return [_readable(name, dict(row), names) for row in session.execute(query).mappings()]


def _readable(table: str, row: Row, names: Mapping[str, Callable[[Any], str]]) -> Row:
    found: Row = {}
    for column, value in row.items():
        if column in _DERIVED:
            continue
        found[column] = value
        if column in names and value is not None and table != _GROUP_OF_DUPLICATES:
            found[column.removesuffix("_id")] = names[column](value)
    return found


def _names(session: Session) -> dict[str, Callable[[Any], str]]:
    known: dict[tuple[type[SQLModel], Any], str] = {}

    def name_of(model: type[SQLModel], attribute: str) -> Callable[[Any], str]:
        def find(key: Any) -> str:
            if (model, key) not in known:
                row = session.get(model, key)
                known[model, key] = str(getattr(row, attribute)) if row is not None else ""
            return known[model, key]

        return find

    return {column: name_of(model, attribute) for column, (model, attribute) in _NAMED.items()}


def _suppressed(session: Session, person: Person) -> list[Row]:
    """Which of the addresses are never written to, and why."""
    try:
        found = suppression.reasons(session, list(person.spelled))
    except Conflict:
        return []
    return [
        {"channel": channel.value, "address": norm, "reason": reason.value}
        for (channel, norm), reasons in found.items()
        for reason in sorted(reasons)
    ]


def _files(session: Session, found: Export) -> list[tuple[str, Path]]:
    """The files kept with the contact, no name twice."""
    used: set[str] = set()
    files = []
    for row in found.tables.get(str(Attachment.__tablename__), []):
        path, name = attachments.path_of(row["stored"]), str(row["name"])
        if not path.is_file():
            continue
        if name in used:
            name = f"{row['id']}-{name}"
        used.add(name)
        files.append((name, path))
    return files


def _labels() -> dict[str, Text]:
    return {holding.table: holding.label for holding in HOLDINGS}


def _section(label: str, rows: list[Row], labels: Mapping[str, str]) -> str:
    heading = f"<h2>{html.escape(label)} <small>{len(rows)}</small></h2>"
    columns = [
        name
        for name in dict.fromkeys(key for row in rows for key in row)
        if name not in _UNREADABLE and not name.endswith("_id") and any(_written(row.get(name)) for row in rows)
    ]

    def named(name: str) -> str:
        return html.escape(labels.get(name) or name.replace("_", " "))

    if len(rows) == 1:
        lines = "".join(
            f"<tr><th>{named(name)}</th><td>{html.escape(_written(rows[0].get(name)))}</td></tr>" for name in columns
        )
        return f"<section>{heading}<table>{lines}</table></section>"
    head = "".join(f"<th>{named(name)}</th>" for name in columns)
    body = "".join(
        "<tr>" + "".join(f"<td>{html.escape(_written(row.get(name)))}</td>" for name in columns) + "</tr>"
        for row in rows
    )
    return f"<section>{heading}<div><table><tr>{head}</tr>{body}</table></div></section>"


def _written(value: Any) -> str:
    if value is None or value == "" or value == {} or value == []:
        return ""
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, default=_plain)
    return _plain(value)


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S UTC")
    return value.isoformat() if isinstance(value, date) else str(value)


_PAGE = """<!DOCTYPE html>
<html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title><style>
body {{ font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 62rem; padding: 0 1rem; }}
h1 {{ font-size: 1.5rem; }} h2 {{ font-size: 1.1rem; margin-top: 2rem; }} small {{ font-weight: 400; opacity: .6; }}
div {{ overflow-x: auto; }} table {{ border-collapse: collapse; width: 100%; }}
th, td {{ border-top: 1px solid #8884; padding: .3rem .6rem .3rem 0; text-align: left; vertical-align: top; }}
td {{ overflow-wrap: anywhere; white-space: pre-line; }} th {{ font-weight: 600; }}
</style></head><body><h1>{title}</h1><p>{made}</p>
{parts}
</body></html>
"""


def ticket_of(number: int) -> str:
    """What a ticket for this person's file is for."""
    return f"person:{number}"
