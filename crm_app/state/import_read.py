"""The second step: how the file was read, and another reading when that was wrong."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import reflex as rx

from crm_app import locales
from crm_app.jobs import queue
from crm_app.locales import Text, text
from crm_app.models import HALTED, ImportState, Permission
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.errors import CRMError, NotFound
from crm_app.services.imports import access, sheet_link, steps
from crm_app.services.imports.reading.types import Format, ReadSettings
from crm_app.state.guard import action
from crm_app.state.import_wizard import ImportWizardState
from crm_app.state.messages import say
from crm_app.state.session import current_actor

ENCODINGS = (
    "utf-8", "utf-8-sig", "utf-16", "cp1252", "cp1250", "cp1254", "cp1251", "iso8859-1", "iso8859-2", "iso8859-15",
    "mac-roman", "cp850", "cp852",
)  # fmt: skip
DELIMITERS: dict[str, Text] = {
    ",": text("comma ,"),
    ";": text("semicolon ;"),
    "\t": text("tab"),
    "|": text("pipe |"),
    ":": text("colon :"),
    "": text("none: one column"),
}
QUOTES: dict[str, Text] = {'"': text('double "'), "'": text("single '"), "": text("none")}
SHOWN_ROWS, SHOWN_COLUMNS, SHOWN_LETTERS = 30, 40, 120


@dataclass
class FirstRow:
    number: int
    cells: list[str]
    header: bool


@dataclass
class ReadView:
    """The file as the machine sees it."""

    format: str = ""
    is_text: bool = True
    is_workbook: bool = False
    is_cards: bool = False  # vCards: no separators, no row of headings
    asks_encoding: bool = True
    has_choices: bool = True
    encoding: str = ""
    encodings: list[str] = field(default_factory=list)
    delimiter: str = ""
    delimiters: list[list[str]] = field(default_factory=list)
    quotechar: str = ""
    quotes: list[list[str]] = field(default_factory=list)
    sheet: str = ""
    sheets: list[str] = field(default_factory=list)
    header_row: int = 0
    header_rows: list[int] = field(default_factory=list)
    sure: str = ""
    rows: int = 0
    columns: int = 0
    first: list[FirstRow] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)  # of columns that no row of the file names
    hidden_columns: int = 0
    problems: list[str] = field(default_factory=list)


class ImportReadState(rx.State):
    """`link` is the one the file was fetched from, empty for other files."""

    view: ReadView = ReadView()
    link: str = ""
    ready: bool = False
    changeable: bool = True

    @action(permission=Permission.IMPORT)
    async def load(self):
        actor = await current_actor(self)
        wizard = await self.get_state(ImportWizardState)
        seen = await asyncio.to_thread(_fetch, actor, wizard._id)
        self.ready = seen is not None
        if seen is not None:
            self.view, self.changeable, self.link = seen

    @action(permission=Permission.IMPORT)
    async def choose(self, key: str, value: str):
        """Reads the file again with another encoding, delimiter, quote, sheet or header row."""
        actor = await current_actor(self)
        wizard = await self.get_state(ImportWizardState)
        try:
            await asyncio.to_thread(_read_again, actor, wizard._id, key, value)
        except CRMError as error:
            await say(self, error.message, "error")
        return ImportWizardState.load

    @action(permission=Permission.IMPORT)
    async def detect_again(self):
        """Forgets what was chosen."""
        actor = await current_actor(self)
        wizard = await self.get_state(ImportWizardState)
        try:
            await asyncio.to_thread(_read_again, actor, wizard._id, "", "")
        except CRMError as error:
            await say(self, error.message, "error")
        return ImportWizardState.load


def _read_again(actor: Actor, import_id: int, key: str, value: str) -> None:
    with database.transaction() as session:
        found = access.get(session, actor, import_id)
        chosen = ReadSettings(**found.read_settings) if key else ReadSettings()
        if key == "header_row":
            chosen = chosen.with_changes(header_row=int(value) if value.isdigit() else None)
        elif key in ("encoding", "delimiter", "quotechar", "sheet"):
            chosen = chosen.with_changes(**{key: value})
            if key != "quotechar" and "header_row" not in found.read_settings:
                chosen = chosen.with_changes(header_row=None)
        job = steps.read(session, actor, import_id, chosen)
    if job.id is not None:
        queue.push(job.id)


def _fetch(actor: Actor, import_id: int) -> tuple[ReadView, bool, str] | None:
    with database.reading() as session:
        try:
            found = access.get(session, actor, import_id)
        except NotFound:
            return None
        if not found.read_out or found.purged_at is not None:
            return None
        changeable = found.state not in (ImportState.COMMITTING, ImportState.DONE, *HALTED)
        return _view(found.read_out, found.rows, actor.language), changeable, sheet_link.link_of(found)


def _view(read_out: dict[str, Any], rows: int, language: str) -> ReadView:
    dialect = read_out.get("dialect") or {}
    encoding, header_row = read_out.get("encoding") or "", read_out.get("header_row") or 0
    delimiter = dialect.get("delimiter", "")
    delimiters = DELIMITERS if delimiter in DELIMITERS else {delimiter: Text(delimiter), **DELIMITERS}
    first = read_out.get("first_records", [])[:SHOWN_ROWS]
    width = max([len(record["cells"]) for record in first], default=0)
    is_cards = read_out.get("format") == Format.VCARD
    asks_encoding = bool(dialect) or (is_cards and not encoding.startswith("utf"))
    return ReadView(
        format="vCard" if is_cards else str(read_out.get("format", "")).upper(),
        is_text=bool(dialect),
        is_workbook=bool(read_out.get("sheets")),
        is_cards=is_cards,
        asks_encoding=asks_encoding,
        has_choices=asks_encoding or not is_cards,
        encoding=encoding,
        encodings=list(dict.fromkeys([*([encoding] if encoding else []), *ENCODINGS])),
        delimiter=delimiter,
        delimiters=_options(delimiters, language),
        quotechar=dialect.get("quotechar", ""),
        quotes=_options(QUOTES, language),
        sheet=read_out.get("sheet") or "",
        sheets=[sheet["name"] for sheet in read_out.get("sheets", [])],
        header_row=header_row,
        header_rows=[record["number"] for record in first],
        sure=_sure(read_out, dialect, language),
        rows=rows,
        columns=len(read_out.get("headers", [])),
        first=[_first(record, header_row) for record in first],
        headings=read_out.get("headers", [])[:SHOWN_COLUMNS] if is_cards else [],
        hidden_columns=max(0, width - SHOWN_COLUMNS),
        problems=_problems(read_out, language),
    )


def _options(words: dict[str, Text], language: str) -> list[list[str]]:
    return [[value, locales.render(word, language)] for value, word in words.items()]


def _first(record: dict[str, Any], header_row: int) -> FirstRow:
    cells = [cell if len(cell) <= SHOWN_LETTERS else cell[:SHOWN_LETTERS] + "…" for cell in record["cells"]]
    return FirstRow(record["number"], cells[:SHOWN_COLUMNS], record["number"] == header_row)


def _sure(read_out: dict[str, Any], dialect: dict[str, Any], language: str) -> str:
    confidence = min(read_out.get("encoding_confidence", 1.0), dialect.get("confidence", 1.0))
    if confidence >= 0.9:
        message = text("Recognised with certainty.")
    elif confidence >= 0.6:
        message = text("Recognised; please look at the first rows.")
    else:
        message = text("Not sure. Please look at the first rows and choose what is right.")
    return locales.render(message, language)


def _problems(read_out: dict[str, Any], language: str) -> list[str]:
    found = []
    for problem in read_out.get("problems", [])[:20]:
        sentence = locales.render(Text.from_json(problem["message"]), language)
        where = text("Row {row}: {sentence}", row=problem["row"], sentence=sentence) if problem["row"] else None
        found.append(locales.render(where, language) if where else sentence)
    return found
