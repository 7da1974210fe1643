"""Reading delimited text: every record of the file is taken or refused, none is lost or spoiled silently."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_app.services.fields.verdict import Level, Problem
from crm_app.services.imports.reading.delimited import column_name, records, understand
from crm_app.services.imports.reading.errors import Unreadable
from crm_app.services.imports.reading.types import ReadOut, ReadSettings, Record

HEAD = "Name;E-Mail;Town\n"


def read(folder: Path, content: str | bytes, **chosen: object) -> tuple[ReadOut, list[Record], list[Problem]]:
    path = folder / "list.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    read_out = understand(path, ReadSettings(**chosen))  # type: ignore[arg-type]
    found = list(records(path, read_out))
    rows = [item for item in found if isinstance(item, Record)]
    return read_out, rows, [item for item in found if isinstance(item, Problem)]


def test_a_plain_list(tmp_path: Path) -> None:
    read_out, rows, problems = read(tmp_path, HEAD + "Jörg;j@example.org;Köln\nÄnne;;Bonn\n")
    assert read_out.dialect is not None
    assert (read_out.encoding, read_out.dialect.delimiter, read_out.header_row) == ("utf-8", ";", 1)
    assert read_out.headers == ["Name", "E-Mail", "Town"]
    assert rows == [Record(2, ["Jörg", "j@example.org", "Köln"], 2), Record(3, ["Änne", "", "Bonn"], 3)]
    assert not problems
    assert [record.number for record in read_out.first_records] == [1, 2, 3]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_blank_lines_count_but_are_no_rows(tmp_path: Path, end: str) -> None:
    text = "Title\n\nName;E-Mail\nAnn;a@example.org\n\n;\nBob;b@example.org\n\n\n".replace("\n", end)
    read_out, rows, _ = read(tmp_path, text)
    assert read_out.header_row == 3
    assert [(row.number, row.line) for row in rows] == [(4, 4), (7, 7)]


def test_mixed_line_ends_and_cells_over_several_lines(tmp_path: Path) -> None:
    _, rows, problems = read(tmp_path, 'Name;Note\r\nAnn;"one\ntwo"\nBob;x\rZoe;y\r\n')
    assert [(row.number, row.line, row.cells) for row in rows] == [
        (2, 2, ["Ann", "one\ntwo"]),
        (3, 4, ["Bob", "x"]),
        (4, 5, ["Zoe", "y"]),
    ]
    assert not problems


def test_the_line_sep_is_record_one_and_no_row(tmp_path: Path) -> None:
    read_out, rows, _ = read(tmp_path, "sep=;\n" + HEAD + "Ann;a@example.org;Fable\n")
    assert (read_out.header_row, [row.number for row in rows]) == (2, [3])
    read_out, rows, _ = read(tmp_path, "sep=;\n1;2\n3;4\n")
    assert (read_out.header_row, [row.number for row in rows]) == (None, [2, 3])


def test_headers_are_trimmed_and_named(tmp_path: Path) -> None:
    read_out, rows, _ = read(tmp_path, " Name ;;Town;;;\nAnn;a@example.org;Fable;;;\nBob;b@example.org;Mock;;;\n")
    assert read_out.headers == ["Name", "Column B", "Town"]
    assert all(len(row.cells) == 3 for row in rows)
    assert [column_name(index) for index in (0, 25, 26, 701, 702)] == [
        "Column A",
        "Column Z",
        "Column AA",
        "Column ZZ",
        "Column AAA",
    ]


def test_without_header_columns_have_letters(tmp_path: Path) -> None:
    read_out, rows, _ = read(tmp_path, "1;a@example.org\n2;b@example.org\n")
    assert (read_out.header_row, read_out.headers, len(rows)) == (None, ["Column A", "Column B"], 2)


def test_what_somebody_chose_wins(tmp_path: Path) -> None:
    read_out, rows, _ = read(tmp_path, HEAD + "Ann;a@example.org;Fable\n", delimiter=",", header_row=0)
    assert (read_out.headers, len(rows)) == (["Column A"], 2)
    read_out, rows, _ = read(tmp_path, "x;y\n" + HEAD + "Ann;;\n", header_row=2, encoding="cp1252", quotechar="")
    assert (read_out.encoding, read_out.headers) == ("cp1252", ["Name", "E-Mail", "Town"])
    assert [row.number for row in rows] == [3]
    with pytest.raises(Unreadable):
        read(tmp_path, HEAD, encoding="no-such")


def test_a_quote_open_at_the_end_refuses_its_record_only(tmp_path: Path) -> None:
    _, rows, problems = read(
        tmp_path, HEAD + 'Ann;a@example.org;Fable\nBob;"b@example.org;Mock\nZoe;z@example.org;Test\n'
    )
    assert [row.number for row in rows] == [2, 4]
    assert [(problem.level, problem.row) for problem in problems] == [(Level.ERROR, 3)]
    assert "line 3" in str(problems[0].message)


def test_a_quote_open_for_thousands_of_lines_refuses_its_record_only(tmp_path: Path) -> None:
    people = [f"P{index};p{index}@example.org;T" for index in range(1000)]
    people[100] = 'P100;"p100@example.org;T'
    people[900] = 'P900;"p900@example.org";T'
    _, rows, problems = read(tmp_path, HEAD + "\n".join(people) + "\n")
    assert [problem.row for problem in problems] == [102]
    assert [row.number for row in rows] == [*range(2, 102), *range(103, 1002)]
    assert rows[-100].cells == ["P900", "p900@example.org", "T"] or rows[899].cells[0] == "P900"


@pytest.mark.parametrize("lines", [100, 300, 3000])
def test_a_note_over_hundreds_of_lines_is_one_cell(tmp_path: Path, lines: int) -> None:
    note = "\n".join(f"line {number} of the talk, and more" for number in range(lines))
    content = f'First name,Last name,E-mail,Notes\nAnna,Berg,a@example.org,"{note}"\nOle,Cole,o@example.org,short\n'
    read_out, rows, problems = read(tmp_path, content)
    assert read_out.dialect is not None
    assert (read_out.dialect.delimiter, [row.cells[3] for row in rows], problems) == (",", [note, "short"], [])


def test_a_quote_that_closes_in_the_next_row_does_not_swallow_it(tmp_path: Path) -> None:
    _, rows, problems = read(tmp_path, HEAD + 'Ann;"a@example.org;Fable\nBob;"b@example.org";Mock\n')
    assert [problem.row for problem in problems] == [2]
    assert [row.cells for row in rows] == [["Bob", "b@example.org", "Mock"]]


def test_stray_quotes_are_kept_as_text_with_a_warning(tmp_path: Path) -> None:
    _, rows, problems = read(tmp_path, HEAD + 'Zoe;z@example.org;"X"\n"Ann "Nan" Lee";a@example.org;5" pipe\n' * 3)
    assert rows[1].cells == ['Ann "Nan" Lee', "a@example.org", '5" pipe']
    assert problems[0].level is Level.WARNING
    _, rows, _ = read(tmp_path, '"Name","Size",""\n' + '"Ann","10"","x"\n"Bob","""B"" 9"" x","y"\n')
    assert [row.cells for row in rows] == [["Ann", '10"', "x"], ["Bob", '"B" 9" x', "y"]]


def test_spaces_around_quoted_cells_are_no_fault(tmp_path: Path) -> None:
    _, rows, problems = read(tmp_path, '"Name" , "Town"\n"Ann" , "Fable, north"\n"Bob" , "Mock, south"\n')
    assert [row.cells for row in rows] == [["Ann", "Fable, north"], ["Bob", "Mock, south"]]
    assert not problems


def test_a_record_that_took_in_others_is_refused(tmp_path: Path) -> None:
    text = HEAD + "Ann;a@example.org;Fable\n" * 3 + 'Bob;"b;Mock\n' + "Zoe;z@example.org;Test\n" * 4 + 'Max;m;5"\n'
    _, rows, problems = read(tmp_path, text)
    assert [problem.row for problem in problems] == [5]
    assert len(rows) == 8


def test_bytes_that_do_not_fit_are_named(tmp_path: Path) -> None:
    content = HEAD.encode() + "Jörg;j@example.org;Köln\n".encode() * 5 + b"Ren\xe9;r@example.org;Mock\n"
    read_out, rows, problems = read(tmp_path, content)
    assert (problems[0].level, problems[0].row, problems[0].value) == (Level.ERROR, 7, "Ren\ufffd")
    assert len(rows) == 6
    assert read_out.problems


def test_nul_bytes_are_taken_out_and_named(tmp_path: Path) -> None:
    _, rows, problems = read(tmp_path, HEAD.encode() + b"A\x00nn;a@example.org;Fable\n")
    assert rows[0].cells[0] == "Ann"
    assert (problems[0].level, problems[0].row) == (Level.WARNING, 2)


def test_huge_cells_are_not_cut(tmp_path: Path) -> None:
    _, rows, _ = read(tmp_path, HEAD + f"Ann;a@example.org;{'x' * 300_000}\n")
    assert len(rows[0].cells[2]) == 300_000


def test_garbled_letters_raise_the_alarm_and_can_be_read_right(tmp_path: Path) -> None:
    twice = (HEAD + "FranÃ§ois;f@example.org;KÃ¶ln\n").encode()
    read_out, _, _ = read(tmp_path, twice)
    chosen = read_out.problems[0].data["encoding"]
    assert read(tmp_path, twice, encoding=chosen)[1][0].cells == ["François", "f@example.org", "Köln"]


def test_no_text_is_said_so(tmp_path: Path) -> None:
    for content in (b"", b"\xef\xbb\xbf", b"\n\n \n", b"\x00\x00"):
        with pytest.raises(Unreadable):
            read(tmp_path, content)


CELLS = st.text(alphabet=st.sampled_from(list("ab1é ,;'\"\n\\")), max_size=8)


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=12))
def test_what_was_written_by_the_rules_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    out = io.StringIO()
    csv.writer(out, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\n").writerows([["x", "y", "z"], *rows])
    folder = tmp_path_factory.mktemp("rules")
    _, found, problems = read(folder, out.getvalue(), delimiter=";", quotechar='"', escapechar="", header_row=1)
    assert [row.cells for row in found] == [row for row in rows if any(row)]
    assert not problems


@settings(max_examples=120, deadline=None)
@given(
    st.lists(st.sampled_from(["a;b", 'a;"b', '"a";"b"', '"a"x;b', "", ";", '"', "é;\x00", '"a;b";"', "\ufffd;\uffff"]))
)
def test_rows_in_are_rows_taken_and_refused(tmp_path_factory: pytest.TempPathFactory, lines: list[str]) -> None:
    folder = tmp_path_factory.mktemp("lines")
    text = "x;y\n" + "\n".join(lines)
    _, rows, problems = read(folder, text, delimiter=";", quotechar='"', header_row=1)
    taken = [row.number for row in rows]
    refused = {problem.row for problem in problems} - set(taken)
    assert taken == sorted(set(taken))
    assert all(problem.level is Level.ERROR for problem in problems if problem.row in refused)
    assert len(taken) + len(refused) <= len(lines)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_crash_it(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    try:
        read_out, rows, _ = read(tmp_path_factory.mktemp("bytes"), content)
    except Unreadable:
        return
    assert all(len(row.cells) >= len(read_out.headers) for row in rows)


@pytest.mark.parametrize("name", ["utf-16", "UTF16", "utf-32"])
@pytest.mark.parametrize("has_mark", [True, False])
def test_a_wide_encoding_that_is_chosen_needs_no_mark(tmp_path: Path, name: str, has_mark: bool) -> None:
    content = HEAD + "Ann;ann@example.org;Köln\n"
    wide = "utf-32" if "32" in name else "utf-16"
    _, rows, problems = read(tmp_path, content.encode(wide if has_mark else wide + "-le"), encoding=name)
    assert rows[0].cells[-1] == "Köln" and problems == []


@pytest.mark.parametrize("name", ["punycode", "idna", "rot13", "no-such"])
def test_a_codec_that_is_none_of_files_is_refused_in_words(tmp_path: Path, name: str) -> None:
    with pytest.raises(Unreadable, match="no encoding"):
        read(tmp_path, HEAD + "Ann;;\n", encoding=name)
