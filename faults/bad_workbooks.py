"""F10: a workbook that is cut off, spoiled, protected by a password, or no workbook at all, read by a server's worker.

Either its rows arrive as they are in the good file, or one sentence says what is wrong with it. Bytes are spoiled at
chance places as well; where that harms nothing, the rows must be there.
"""

import random
import time
from collections.abc import Callable
from pathlib import Path

import odf.opendocument
import odf.table
import odf.text
import xlsxwriter
import xlwt

from benchmarks.memory import READER, children
from crm_app import locales
from crm_app.models import Import, ImportState
from crm_app.services import database
from crm_app.services.actor import SYSTEM
from crm_app.services.errors import CRMError
from crm_app.services.imports import steps, uploads
from crm_app.services.imports.work import _UNEXPECTED
from faults import places, rows
from faults.results import Result
from faults.served import places as folders

TIMES, ROWS = 10, 5_000
SECONDS = 10.0
HEADER = ["Vorname", "Nachname", "E-Mail", "Ort"]
OLE = bytes.fromhex("d0cf11e0a1b11ae1")
Spoil = Callable[[bytes, random.Random], bytes]


def people() -> list[list[str]]:
    return [["Ada", f"Probe{n}", f"ada.{n}@example.org", "Köln"] for n in range(ROWS)]


def xlsx(path: Path) -> None:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Personen")
        for n, row in enumerate([HEADER, *people()]):
            sheet.write_row(n, 0, row)


def xls(path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Personen")
    for n, row in enumerate([HEADER, *people()]):
        for column, cell in enumerate(row):
            sheet.write(n, column, cell)
    book.save(str(path))


def ods(path: Path) -> None:
    book = odf.opendocument.OpenDocumentSpreadsheet()
    sheet = odf.table.Table(name="Personen")
    for row in [HEADER, *people()]:
        line = odf.table.TableRow()
        for cell in row:
            made = odf.table.TableCell(valuetype="string")
            made.addElement(odf.text.P(text=cell))
            line.addElement(made)
        sheet.addElement(line)
    book.spreadsheet.addElement(sheet)
    book.save(str(path))


def cut(share: float) -> Spoil:
    return lambda content, _: content[: int(len(content) * share)]


def spoiled(content: bytes, chance: random.Random) -> bytes:
    """Nonsense over ten chance places."""
    found = bytearray(content)
    for _ in range(10):
        start = chance.randrange(len(found) - 64)
        found[start : start + 64] = chance.randbytes(64)
    return bytes(found)


def zeroed(content: bytes, chance: random.Random) -> bytes:
    """A block that the disk lost."""
    start = chance.randrange(len(content) // 2)
    return content[:start] + bytes(4096) + content[start + 4096 :]


def protected(_content: bytes, _chance: random.Random) -> bytes:
    """As Excel writes it: an OLE container whose directory names an encrypted package."""
    names = b"".join(
        name.encode("utf-16-le").ljust(128, b"\0") for name in ("Root Entry", "EncryptionInfo", "EncryptedPackage")
    )
    return OLE + bytes(504) + names.ljust(512, b"\0") + bytes(random.Random(1).randbytes(200_000))


def instead(other: bytes) -> Spoil:
    return lambda _content, _chance: other


SPOILS: dict[str, Spoil] = {
    **{f"cut off at {share:.0%}": cut(share) for share in (0.01, 0.25, 0.5, 0.9, 0.999)},
    "empty": cut(0),
    "nonsense at ten places": spoiled,
    "a lost block": zeroed,
    "protected by a password": protected,
    "a picture": instead(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 200),
    "a PDF": instead(b"%PDF-1.7\n" + bytes(range(256)) * 200 + b"\n%%EOF"),
    "a web page": instead(b"<!DOCTYPE html><html><body><h1>Please sign in</h1></body></html>"),
    "a ZIP with something else": instead(b"PK\x05\x06" + bytes(18)),
}
MAKERS = {"xlsx": xlsx, "xls": xls, "ods": ods}


def make(times: int = TIMES) -> Result:
    result = Result(
        "F10",
        f"workbooks ({', '.join(MAKERS)}) cut off, spoiled, protected, renamed, or something else",
        "the rows as they are, or one clear message ≤ 10 s; the server alive",
    )
    seconds: list[float] = []
    refused = read = 0
    sentences: set[str] = set()
    with folders() as place:
        data = place.folder / "data"
        with place.server(data) as server, places.inside(data):
            assert server.process is not None
            workers = own(server.process.pid)
            for name, content in files(place.folder, times):
                path = place.folder / name.rpartition("/")[2]
                path.write_bytes(content)
                taken, sentence, count = read_in(data, path)
                seconds.append(taken)
                refused, read = refused + bool(sentence), read + (not sentence)
                sentences.add(sentence)
                result.expect(taken <= SECONDS, f"{name}: {taken:.1f} s")
                if sentence:
                    result.expect(is_clear(sentence), f"{name}: “{sentence}”")
                else:
                    result.expect(count == ROWS, f"{name}: {count} rows and no word")
                result.times += 1
            result.expect(server.process.poll() is None, "the server died")
            result.expect(workers <= own(server.process.pid), "a worker died")
    result.seen.append(f"refused {refused} with {len(sentences - {''})} different sentences, read whole {read}")
    result.seen.append(f"at most {max(seconds):.1f} s")
    return result


def files(folder: Path, times: int) -> list[tuple[str, bytes]]:
    """What is wrong and the file's name, with its content."""
    chance = random.Random(1)
    found = []
    for ending, maker in MAKERS.items():
        path = folder / f"good.{ending}"
        maker(path)
        content = path.read_bytes()
        for what, spoil in SPOILS.items():
            often = times if spoil in (spoiled, zeroed) else 1
            found += [(f"{what}/people{n}.{ending}", spoil(content, chance)) for n in range(often)]
        found += [(f"{ending} renamed/people.{other}", content) for other in ("csv", "txt", *MAKERS) if other != ending]
    plain = "\n".join(";".join(row) for row in [HEADER, *people()]).encode()
    return [*found, *((f"CSV renamed/people.{ending}", plain) for ending in MAKERS)]


def read_in(data: Path, path: Path) -> tuple[float, str, int]:
    """Seconds until the server's worker is done with the file, what it says of it, and the rows it found."""
    begin = time.monotonic()
    try:
        stored = uploads.from_path(path)
        with database.transaction() as session:
            made = uploads.create(
                session, SYSTEM, file_name=path.name, size=stored.size, sha256=stored.sha256, folder=stored.folder
            )
    except CRMError as error:
        return time.monotonic() - begin, locales.render(error.message, "en"), 0
    assert made.id is not None
    job_id = places.start(steps.read, made.id)
    places.until(lambda: rows.job(data, job_id)[0] in ("done", "failed", "cancelled"))
    taken = time.monotonic() - begin
    with database.reading() as session:
        found = session.get_one(Import, made.id)
        if found.state == ImportState.FAILED:
            return taken, locales.render(locales.Text.from_json(found.error or {}), "en"), 0
        return taken, "", found.rows


def is_clear(sentence: str) -> bool:
    """A sentence for the person who brought the file, not one of a program that gave up."""
    told = sentence.strip()
    return bool(told) and told != locales.render(_UNEXPECTED, "en") and "Error" not in told and "Traceback" not in told


def own(pid: int) -> set[int]:
    """The server's processes without its reading children, which may come and go."""
    found = set()
    for child in children(pid):
        command = Path(f"/proc/{child}/cmdline").read_bytes().decode("utf-8", "replace")
        if READER not in command:
            found.add(child)
    return found
