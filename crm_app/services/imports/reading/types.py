"""The words of reading: what may be chosen, and what was found."""

from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any

from crm_app.services.fields.verdict import Problem

KEY_HEADER = "crm_row_key"  # over the last column of a file with rows that stayed out: we wrote that file


class Format(StrEnum):
    CSV = "csv"  # any delimited text
    XLSX = "xlsx"
    XLSM = "xlsm"
    XLSB = "xlsb"
    XLS = "xls"
    ODS = "ods"
    VCARD = "vcf"


@dataclass(frozen=True, slots=True)
class ReadSettings:
    """What somebody chose; None = detect. `header_row` 0 = there is none."""

    encoding: str | None = None
    delimiter: str | None = None
    quotechar: str | None = None
    escapechar: str | None = None
    sheet: str | None = None
    header_row: int | None = None

    def to_json(self) -> dict[str, Any]:
        return {key: value for key, value in asdict(self).items() if value is not None}

    def with_changes(self, **changes: Any) -> "ReadSettings":
        return replace(self, **changes)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How delimited text is written. `delimiter` '' = one column only; `quotechar` and `escapechar` '' = none."""

    delimiter: str = ","
    quotechar: str = '"'
    escapechar: str = ""
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Sheet:
    name: str
    visible: bool = True
    empty: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """One record as read: `number` is 1-based in the file, header and preamble counted; cells are text."""

    number: int
    cells: list[str]
    line: int = 0  # physical line where it starts (text files)


@dataclass(frozen=True, slots=True)
class NumberCell:
    """A number of a workbook whose text may be taken for another one (1.234 for 1234). `exact` is nowhere mistaken."""

    row: int  # the number of its record
    column: int  # 0-based
    exact: str


@dataclass(slots=True)
class ReadOut:
    """How a file was understood, before its rows are taken."""

    format: Format
    encoding: str | None = None
    encoding_confidence: float = 1.0
    dialect: Dialect | None = None
    sheet: str | None = None
    sheets: list[Sheet] = field(default_factory=list)
    header_row: int | None = None  # record number; None = no header row (vCards: their columns are named by us)
    headers: list[str] = field(default_factory=list)  # as shown: trimmed, blanks named "Column A", doubles kept
    first_records: list[Record] = field(default_factory=list)  # the first 30 records, preamble included
    problems: list[Problem] = field(default_factory=list)
    rows: int = 0  # data rows; known after the whole file was read
