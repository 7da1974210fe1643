"""Contacts to a CSV or XLSX file, field by field, in an order a later import reads back."""

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils.exceptions import IllegalCharacterError
from sqlmodel import Session, col, select

from crm_app.locales import text
from crm_app.models import Contact, ContactTag, LeadStatus, Permission, Tag, User
from crm_app.services import custom_fields
from crm_app.services.actor import Actor
from crm_app.services.contacts import audience
from crm_app.services.contacts.filter import ContactFilter
from crm_app.services.errors import Invalid
from crm_app.services.escaping import escape, kept, writable
from crm_app.services.fields.amounts import amount_text
from crm_app.services.fields.choices import SEPARATORS
from crm_app.services.fields.registry import FIELDS

BATCH = 1_000
CELL_LIMIT = 32_767  # characters of one workbook cell
ALL = ContactFilter(inactive=True)
Writer = Callable[..., "Written"]  # session, actor, path, fields, wanted, on_rows
OnRows = Callable[[int], None]


@dataclass(slots=True)
class Written:
    """Contacts in the file, and characters that no file can hold: U+FFFD stands in their place."""

    rows: int = 0
    replaced: int = 0

    def text(self, value: Any) -> str:
        """The value as it is written."""
        written, replaced = writable(cell_text(value))
        self.replaced += replaced
        return written


def _nothing(_done: int) -> None:
    return None


def chosen_fields(session: Session, names: Sequence[str]) -> list[str]:
    """The fields to write, all when none is named. Raises Invalid for a name that does not exist."""
    known = custom_fields.known(session)
    for name in names:
        if name not in known:
            raise Invalid(
                text("There is no field “{name}”. Choose from: {names}", name=name, names=", ".join(known)), name
            )
    return list(names) or list(known)


def writer_for(path: Path) -> Writer:
    """The writer for the file's suffix. Raises Invalid for another than .csv and .xlsx."""
    found = {".csv": write_csv, ".xlsx": write_xlsx}.get(path.suffix.lower())
    if found is None:
        raise Invalid(text("Exports are written as .csv or .xlsx; “{name}” is neither.", name=path.name))
    return found


def write_csv(
    session: Session,
    actor: Actor,
    path: Path,
    fields: Sequence[str],
    wanted: ContactFilter = ALL,
    *,
    on_rows: OnRows = _nothing,
) -> Written:
    """Writes those the filter means, as UTF-8 with BOM (Excel), comma, RFC 4180; formulas are marked.

    `on_rows` hears after each batch how many rows are written, and may raise to stop.
    """
    written = Written()
    with path.open("w", encoding="utf-8-sig", newline="", errors="replace") as file:
        writer = csv.writer(file)
        writer.writerow(fields)
        for batch in _batches(session, actor, fields, wanted):
            writer.writerows([escape(written.text(value)) for value in row] for row in batch)
            written.rows += len(batch)
            on_rows(written.rows)
    return written


def write_xlsx(
    session: Session,
    actor: Actor,
    path: Path,
    fields: Sequence[str],
    wanted: ContactFilter = ALL,
    *,
    on_rows: OnRows = _nothing,
) -> Written:
    """Writes those the filter means, on one sheet; every text is a text cell, dates are dates. `on_rows` as above.

    Raises Invalid when a text is longer than a cell can hold, rather than cutting it.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Contacts")
    sheet.freeze_panes = "A2"
    sheet.append([*fields])
    written = Written()
    try:
        for batch in _batches(session, actor, fields, wanted):
            for row in batch:
                sheet.append([_cell(sheet, name, value, written) for name, value in zip(fields, row, strict=True)])
            written.rows += len(batch)
            on_rows(written.rows)
    except BaseException:
        sheet.close()
        sheet._writer.cleanup()  # its rows wait in a temporary file
        raise
    book.save(path)
    return written


def cell_text(value: Any) -> str:
    """A stored value as an export writes it: dates ISO, yes and no as 1 and 0."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, list):
        return SEPARATORS[0].join(map(str, value))
    if isinstance(value, float):
        return amount_text(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")  # with its offset: a later import reads the same moment
    return value.isoformat() if isinstance(value, date) else str(value)


def _cell(sheet: Any, name: str, value: Any, so_far: Written) -> Any:
    if isinstance(value, date) and not isinstance(value, datetime):
        cell = WriteOnlyCell(sheet, datetime.combine(value, time()))
        cell.number_format = "yyyy-mm-dd"
        return cell
    if isinstance(value, int | float) and not isinstance(value, bool) and amount_text(value) == str(value):
        return value
    written = kept(so_far.text(value))
    if len(written) > CELL_LIMIT:
        raise Invalid(
            text("A text in “{name}” is longer than a workbook cell can hold. Export as CSV.", name=name), name
        )
    try:
        cell = WriteOnlyCell(sheet, written)
    except IllegalCharacterError as error:
        raise Invalid(text("A text in “{name}” cannot be written to a workbook. Export as CSV.", name=name)) from error
    cell.data_type = "s"
    cell.number_format = "@"
    return cell


def _batches(session: Session, actor: Actor, fields: Sequence[str], wanted: ContactFilter) -> Iterator[list[list[Any]]]:
    """Values of every contact the filter means, in the order of numbers, a batch at a time."""
    actor.require(Permission.EXPORT)
    conditions = audience.conditions(session, actor, wanted)
    statuses = dict(session.exec(select(LeadStatus.id, LeadStatus.name)).all())
    owners = dict(session.exec(select(User.id, User.email)).all())
    after = 0
    while True:
        query = select(Contact).where(*conditions, col(Contact.number) > after)
        batch = session.exec(query.order_by(col(Contact.number)).limit(BATCH)).all()
        if not batch:
            return
        tags = _tags(session, [contact.id for contact in batch]) if "tags" in fields else {}
        rows = []
        for contact in batch:
            special = {
                "status": statuses.get(contact.status_id),
                "owner": owners.get(contact.owner_id),
                "tags": ", ".join(tags.get(contact.id, ())),
            }
            special.update({name: contact.custom.get(name) for name in fields if name not in FIELDS})
            rows.append([special[name] if name in special else getattr(contact, name) for name in fields])
        yield rows
        after = batch[-1].number
        session.expunge_all()


def _tags(session: Session, ids: Sequence[int | None]) -> dict[int | None, list[str]]:
    pairs = session.exec(
        select(ContactTag.contact_id, Tag.name)
        .where(col(ContactTag.tag_id) == Tag.id, col(ContactTag.contact_id).in_(ids))
        .order_by(Tag.folded)
    ).all()
    found: dict[int | None, list[str]] = {}
    for contact_id, name in pairs:
        found.setdefault(contact_id, []).append(name)
    return found
