"""`crm inspect`: how files would be read, without reading them into anything. Needs no database."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from crm_app.services.imports.inspection import refused
from crm_app.services.imports.reading.child import Reader
from crm_app.services.imports.reading.errors import Unreadable
from crm_app.services.imports.reading.types import Format


def inspect(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="CSV files, workbooks and vCards.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per file and line.")] = False,
    rows_dir: Annotated[
        Path | None,
        typer.Option("--rows-dir", file_okay=False, help="Also write the rows as read, as CSV, to this folder."),
    ] = None,
    sheet: Annotated[
        str | None, typer.Option("--sheet", help="Sheet of a workbook; default: the first visible one.")
    ] = None,
) -> None:
    """Say how each file is read: format, encoding, header row, columns and the fields they match.

    Exit status: 0 = at least one file could be read, 1 = none could, 2 = wrong usage.
    """
    if rows_dir is not None:
        try:
            rows_dir.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise typer.BadParameter(f"{rows_dir}: {error.strerror}", param_hint="--rows-dir") from error
    readable = 0
    with Reader() as reader:
        for file in files:
            answer = ask(reader, file, sheet, rows_dir)
            readable += bool(answer["ok"])
            _write(json.dumps(answer, ensure_ascii=False) if as_json else summary(answer))
    if not readable:
        raise typer.Exit(1)


def ask(reader: Reader, file: str, sheet: str | None, rows_dir: Path | None) -> dict[str, Any]:
    """The answer for one file; the end of the reading process is an answer too."""
    payload = {"path": file, "sheet": sheet, "rows_dir": None if rows_dir is None else str(rows_dir)}
    try:
        return reader.run("inspect", payload)
    except Unreadable as error:
        return refused(file, error.message)


def summary(answer: dict[str, Any]) -> str:
    """A few lines for people."""
    if not answer["ok"]:
        return f"{answer['file']}: {answer['error']}\n"
    parts = [answer["format"], answer["encoding"], answer["sheet"] and f"sheet “{answer['sheet']}”"]
    if answer["delimiter"]:
        parts.append(f"delimiter {answer['delimiter']!r}")
    if answer["format"] != Format.VCARD:  # the columns of vCards are named by us
        parts.append(f"header in row {answer['header_row']}" if answer["header_row"] else "no header")
    lines = [f"{answer['file']}: {', '.join(filter(None, parts))}, {answer['rows']} rows"]
    for column in answer["columns"]:
        target = column["target"] or "-"
        lines.append(
            f"  {column['header']:<32.32} {target:<16} {column['confidence']:4.0%} sure, {column['fill']:4.0%} filled"
        )
    for problem in answer["problems"][:20]:
        where = f"row {problem['row']}: " if problem["row"] else ""
        lines.append(f"  {problem['level']}: {where}{problem['message']}")
    if len(answer["problems"]) > 20:
        lines.append(f"  and {len(answer['problems']) - 20} more problems")
    return "\n".join(lines) + "\n"


def _write(line: str) -> None:
    typer.echo(line.encode("utf-8", errors="backslashreplace").decode("utf-8"))
    typer.get_text_stream("stdout").flush()
