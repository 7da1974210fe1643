"""What a file is, and which ones are never handed to a parser."""

import struct
import time
import zipfile
from pathlib import Path

import pytest

from crm_app.services.imports.reading import archive
from crm_app.services.imports.reading.errors import Unreadable
from crm_app.services.imports.reading.precheck import sniff_format
from crm_app.services.imports.reading.types import Format
from tests.services.imports.reading.workbooks import bomb, xlsx

CORPORA = Path(__file__).parents[3] / "corpora"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def refusal(path: Path) -> str:
    with pytest.raises(Unreadable) as caught:
        sniff_format(path, path.name)
    return str(caught.value.message)


@pytest.mark.parametrize(
    ("name", "format"),
    [
        ("excel.xlsx", Format.XLSX),
        ("excel-97.xls", Format.XLS),
        ("libreoffice.ods", Format.ODS),
        ("kwiga.csv", Format.CSV),
    ],
)
def test_formats_are_known_by_content_whatever_the_name(tmp_path: Path, name: str, format: Format) -> None:
    renamed = written(tmp_path / "data.bin", (CORPORA / name).read_bytes())
    assert sniff_format(renamed, "data.bin") is format


@pytest.mark.parametrize(
    "content", [b"a;b\n1;2\n", b"\xff\xfe" + "a\tb\n1\t2\n".encode("utf-16-le"), "ä\tö\n".encode("utf-16-be")]
)
def test_delimited_text_under_a_workbook_name_is_delimited_text(tmp_path: Path, content: bytes) -> None:
    assert sniff_format(written(tmp_path / "export.xls", content), "export.xls") is Format.CSV


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"\r\n \n", "empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "PNG picture"),
        (b"\xff\xd8\xff\xe0" + bytes(64), "JPEG picture"),
        (b"%PDF-1.7\n", "PDF document"),
        (b"<html><body><table><tr><td>a</td></tr></table>", "web page"),
        (b'<?xml version="1.0"?><Workbook/>', "XML file"),
        (b'[{"name": "x"}]', "JSON file"),
        (bytes(range(256)) * 40, "unknown kind"),
        (OLE + "WordDocument".encode("utf-16-le"), "Word document"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "password"),
        (b"PK\x03\x04" + bytes(30), "damaged"),
    ],
)
def test_anything_else_is_refused_by_name(tmp_path: Path, content: bytes, says: str) -> None:
    assert says in refusal(written(tmp_path / "contacts.xlsx", content))


def test_a_plain_zip_archive_is_no_table(tmp_path: Path) -> None:
    path = tmp_path / "contacts.xlsx"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("contacts.csv", "a,b")
    assert "unpack" in refusal(path)


def test_a_truncated_workbook_is_damaged(tmp_path: Path) -> None:
    whole = (CORPORA / "excel.xlsx").read_bytes()
    assert "damaged" in refusal(written(tmp_path / "half.xlsx", whole[: len(whole) // 2]))


def test_a_megabyte_that_inflates_to_a_gigabyte_is_refused_at_once(tmp_path: Path) -> None:
    path = bomb(tmp_path / "bomb.xlsx", 1 << 30)
    started = time.process_time()
    assert "unpacks to far more" in refusal(path)
    assert time.process_time() - started < 2


def test_sizes_a_bomb_lies_about_are_counted(tmp_path: Path) -> None:
    path = bomb(tmp_path / "bomb.xlsx", 1 << 26)
    content = path.read_bytes()
    with zipfile.ZipFile(path) as opened:
        real = struct.pack("<L", opened.getinfo("xl/media/bomb.xml").file_size)
    written(path, content.replace(real, struct.pack("<L", 1000)))
    assert "unpacks to far more" in refusal(path)


@pytest.mark.parametrize("name", ["../evil.xml", "/etc/evil.xml", "a/../../evil.xml", "C:/evil.xml", "..\\evil.xml"])
def test_paths_out_of_the_container_are_refused(tmp_path: Path, name: str) -> None:
    path = xlsx(tmp_path / "a.xlsx", [["x"]])
    with zipfile.ZipFile(path, "a") as made:
        made.writestr(name, "x")
    assert "outside" in refusal(path)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_parts_of_one_name_are_refused(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "a.xlsx", [["x"]])
    with zipfile.ZipFile(path, "a") as made:
        made.writestr("XL/workbook.xml", "x")
    assert "two parts" in refusal(path)


def test_more_than_a_thousand_parts_are_refused(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "a.xlsx", [["x"]])
    with zipfile.ZipFile(path, "a") as made:
        for number in range(archive.MOST_ENTRIES):
            made.writestr(f"extra/{number}", "")
    assert "at most 1000" in refusal(path)
