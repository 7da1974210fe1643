"""Reading vCards: every card becomes a record or a problem, in all versions and encodings, whatever the file holds."""

import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_app.services.fields.verdict import Level, Problem
from crm_app.services.imports.mapping.suggest import suggest
from crm_app.services.imports.reading import reader
from crm_app.services.imports.reading.child import Reader
from crm_app.services.imports.reading.errors import Unreadable
from crm_app.services.imports.reading.types import Format, ReadOut, ReadSettings, Record
from crm_app.services.imports.reading.vcard_headers import HEADERS, INCOMPLETE

Cells = list[dict[str, str]]


def card(*lines: str, version: str = "3.0", end: str = "\r\n") -> str:
    return end.join(["BEGIN:VCARD", f"VERSION:{version}", *lines, "END:VCARD", ""])


def read(folder: Path, content: str | bytes, **chosen: str) -> tuple[ReadOut, Cells, list[Problem]]:
    """The filled cells of each card by header."""
    path = folder / "people.vcf"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    read_out = reader.understand(path, path.name, ReadSettings(**chosen))  # type: ignore[arg-type]
    assert read_out.format is Format.VCARD
    found = list(reader.records(path, read_out))
    rows = [item for item in found if isinstance(item, Record)]
    assert all(len(row.cells) == len(read_out.headers) for row in rows)
    cells = [{key: cell for key, cell in zip(read_out.headers, row.cells, strict=True) if cell} for row in rows]
    return read_out, cells, [item for item in found if isinstance(item, Problem)]


def one(folder: Path, *lines: str, version: str = "3.0") -> dict[str, str]:
    _, cells, problems = read(folder, card(*lines, version=version))
    assert not problems
    (only,) = cells
    return only


def test_the_example_of_rfc_6350(tmp_path: Path) -> None:
    assert one(
        tmp_path,
        "FN:Simon Perreault",
        "N:Perreault;Simon;;;ing. jr,M.Sc.",
        "BDAY:--0203",
        "ANNIVERSARY:20090808T1430-0500",
        "GENDER:M",
        "LANG;PREF=2:en",
        "LANG;PREF=1:fr",
        "ORG;TYPE=work:Viagenie",
        "ADR;TYPE=work:;Suite D2-630;2875 Laurier;Quebec;QC;G1V 2M2;Canada",
        'TEL;VALUE=uri;TYPE="work,voice";PREF=1:tel:+1-418-656-9254;ext=102',
        'TEL;VALUE=uri;TYPE="work,cell,voice,video,text":tel:+1-418-262-6501',
        "EMAIL;TYPE=work:simon.perreault@viagenie.ca",
        "GEO;TYPE=work:geo:46.772673,-71.282945",
        "KEY;TYPE=work;VALUE=uri:http://www.viagenie.ca/simon.perreault/simon.asc",
        "TZ:-0500",
        "URL;TYPE=home:http://nomis80.org",
        "UID:urn:uuid:4fbe8971-0bc3-424c-9c26-36c3e1eff6b1",
        version="4.0",
    ) == {
        "External ID": "4fbe8971-0bc3-424c-9c26-36c3e1eff6b1",
        "First name": "Simon",
        "Last name": "Perreault",
        "Name suffix": "ing. jr M.Sc.",
        "Company": "Viagenie",
        "E-mail": "simon.perreault@viagenie.ca",
        "Phone": "+1-418-656-9254 ext. 102",
        "Mobile": "+1-418-262-6501",
        "Street": "2875 Laurier, Suite D2-630",
        "City": "Quebec",
        "Province": "QC",
        "Postal code": "G1V 2M2",
        "Country": "Canada",
        "Website": "http://nomis80.org",
        INCOMPLETE: "--0203",
        "Anniversary": "2009-08-08",
        "Gender": "male",
        "Language": "fr",
    }


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_lines_are_unfolded(tmp_path: Path, end: str) -> None:
    folded = card("N:Muster;Anna", "NOTE:one t", " wo", "\t three", end=end)
    assert read(tmp_path, folded)[1][0]["Notes"] == "one two three"
    old = card("N:Muster;Anna", "NOTE:one", " two", version="2.1", end=end)
    assert read(tmp_path, old)[1][0]["Notes"] == "one two"


def test_quoted_printable_goes_over_lines_and_keeps_encoded_signs(tmp_path: Path) -> None:
    assert one(
        tmp_path,
        "N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BC=",
        "ller;J=C3=B6rg=3B2",
        "NOTE;QUOTED-PRINTABLE;CHARSET=ISO-8859-1:Stra=DFe=0D=0A=",
        "Ende =3D=",
        "",
        "TITLE;ENCODING=QUOTED-PRINTABLE:last=",
        version="2.1",
    ) == {"Last name": "Müller", "First name": "Jörg;2", "Notes": "Straße\nEnde =", "Job title": "last"}


def test_escapes(tmp_path: Path) -> None:
    new = one(
        tmp_path, "N:M\\;u;A\\,n;B,C", "NOTE:a\\nb\\Nc\\, d\\; e\\\\n f\\x", "CATEGORIES:x\\,y,z", "ORG:A\\;B;C;D"
    )
    assert new == {
        "Last name": "M;u",
        "First name": "A,n",
        "Middle name": "B C",
        "Company": "A;B",
        "Department": "C, D",
        "Tags": "x,y;z",
        "Notes": "a\nb\nc, d; e\\n f\\x",
    }
    old = one(tmp_path, "N:M\\;u;A, n", "NOTE:C:\\new\\; and", version="2.1")
    assert old == {"Last name": "M;u", "First name": "A, n", "Notes": "C:\\new; and"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_encodings_of_the_file(tmp_path: Path, encoding: str) -> None:
    text = card("N:Größling;Änne", "FN:Änne Größling", "ADR:;;Schloßstraße 3;Köln;;50667;Österreich")
    _, cells, _ = read(tmp_path, text.encode(encoding))
    assert (cells[0]["Last name"], cells[0]["Street"]) == ("Größling", "Schloßstraße 3")


def test_each_card_may_have_its_own_encoding(tmp_path: Path) -> None:
    utf8 = card("N;CHARSET=UTF-8:Größling;Änne", "NOTE;CHARSET=UTF-8:äöü", version="2.1").encode()
    latin = card("N;CHARSET=ISO-8859-1:Überzwerch;Jörg", version="2.1").encode("iso8859-1")
    polish = card("N;CHARSET=windows-1250:Żaden;Łucja", version="2.1").encode("cp1250")
    _, cells, problems = read(tmp_path, utf8 + latin + polish)
    assert [(cell["Last name"], cell["First name"]) for cell in cells] == [
        ("Größling", "Änne"),
        ("Überzwerch", "Jörg"),
        ("Żaden", "Łucja"),
    ]
    assert not problems


def test_an_encoding_can_be_chosen(tmp_path: Path) -> None:
    content = card("N:Żaden;Łucja").encode("cp1250")
    assert read(tmp_path, content, encoding="cp1250")[1] == [{"Last name": "Żaden", "First name": "Łucja"}]
    with pytest.raises(Unreadable, match="no encoding"):
        read(tmp_path, content, encoding="klingon")


def test_several_values_are_numbered_the_preferred_first(tmp_path: Path) -> None:
    cells = one(
        tmp_path,
        "N:Muster;Anna",
        "EMAIL;TYPE=HOME:a@example.org",
        "EMAIL;TYPE=WORK,PREF:b@example.org",
        "email:mailto:a@example.org",
        "TEL;type=WORK;type=FAX:1",
        "TEL;CELL:2",
        "TEL;HOME;PREF:3",
        "TEL;WORK:4",
        "TEL;PAGER:5",
        "TEL;CELL;PREF:6",
        "ADR;HOME:;;Second 2;Bonn;;53111",
        "ADR;WORK;PREF:PF 7;;First 1;Köln;;50667;DE",
    )
    del cells["Last name"], cells["First name"]
    assert cells == {
        "E-mail": "b@example.org",
        "E-mail 2": "a@example.org",
        "Phone": "3",
        "Phone 2": "4",
        "Mobile": "6",
        "Mobile 2": "2",
        "Fax": "1",
        "Pager": "5",
        "Street": "First 1",
        "PO box": "PF 7",
        "City": "Köln",
        "Postal code": "50667",
        "Country": "DE",
        "Address 2 street": "Second 2",
        "Address 2 city": "Bonn",
        "Address 2 postal code": "53111",
    }


def test_more_values_than_columns_lose_nothing(tmp_path: Path) -> None:
    cells = one(tmp_path, *(f"EMAIL:{n}@example.org" for n in range(23)), *(f"ADR:;;Street {n}" for n in range(22)))
    assert cells["E-mail 20"] == "; ".join(f"{n}@example.org" for n in range(19, 23))
    assert cells["Address 20 street"] == "Street 19; Street 20; Street 21"


def test_labels_of_groups_and_types(tmp_path: Path) -> None:
    cells = one(
        tmp_path,
        "item1.EMAIL;type=INTERNET:a@example.org",
        "item1.X-ABLabel:Ferienhaus",
        "item2.URL:https://example.org",
        "item2.X-ABLabel:_$!<HomePage>!$_",
        "TEL;X-Laden:030 1",
        "item3.X-ABRELATEDNAMES:Bert",
        "item3.X-ABLabel:_$!<Spouse>!$_",
    )
    assert cells == {
        "E-mail": "a@example.org",
        "E-mail label": "Ferienhaus",
        "Phone": "030 1",
        "Phone label": "Laden",
        "Website": "https://example.org",
        "Related people": "Bert (Spouse)",
    }


@pytest.mark.parametrize(
    ("written", "header", "cell"),
    [
        (":19840229", "Birth date", "1984-02-29"),
        (":1984-02-29", "Birth date", "1984-02-29"),
        (";VALUE=date:1984-02-29", "Birth date", "1984-02-29"),
        (":1984-02-29T00:00:00Z", "Birth date", "1984-02-29"),
        (":19840229T120000", "Birth date", "1984-02-29"),
        (":29.02.1984", "Birth date", "29.02.1984"),
        (":1985-02-29", "Birth date", "1985-02-29"),
        (":--0229", INCOMPLETE, "--0229"),
        (":--02-29", INCOMPLETE, "--02-29"),
        (":1984", INCOMPLETE, "1984"),
        (":1984-02", INCOMPLETE, "1984-02"),
        (";VALUE=text:circa 1800", INCOMPLETE, "circa 1800"),
        (";X-APPLE-OMIT-YEAR=1604:1604-02-29", INCOMPLETE, "--02-29"),
    ],
)
def test_birthdays(tmp_path: Path, written: str, header: str, cell: str) -> None:
    assert one(tmp_path, "N:Muster;Anna", f"BDAY{written}")[header] == cell


@pytest.mark.parametrize(
    ("lines", "cells"),
    [
        (["FN:Anna Muster"], {"Last name": "Anna Muster"}),
        (["N:;;;;", "FN:Muster GmbH", "ORG:Muster GmbH;"], {"Company": "Muster GmbH"}),
        (["KIND:org", "FN:Muster GmbH"], {"Company": "Muster GmbH"}),
        (["FN:a@example.org", "EMAIL:a@example.org"], {"E-mail": "a@example.org"}),
        (
            ["N:Muster;Anna;;Dr.;", "FN:Dr. Anna Muster"],
            {"Salutation": "Dr.", "First name": "Anna", "Last name": "Muster"},
        ),
        (["N:Muster;Anna", "FN:Tante Anna"], {"First name": "Anna", "Last name": "Muster", "Full name": "Tante Anna"}),
    ],
)
def test_the_formatted_name_only_counts_where_it_says_more(
    tmp_path: Path, lines: list[str], cells: dict[str, str]
) -> None:
    assert one(tmp_path, *lines) == cells


def test_links_and_messengers(tmp_path: Path) -> None:
    cells = one(
        tmp_path,
        "X-SOCIALPROFILE;type=twitter:https://twitter.com/example",
        "X-SOCIALPROFILE;type=game:x-apple:anna",
        "IMPP;X-SERVICE-TYPE=Jabber:xmpp:anna@example.org",
        "X-SKYPE-USERNAME:anna.muster",
        "X-EVOLUTION-SPOUSE:Bert",
    )
    assert cells == {
        "Social media": "https://twitter.com/example",
        "Messenger": "x-apple:anna; xmpp:anna@example.org; skype: anna.muster",
        "Related people": "Bert (Spouse)",
    }


def test_pictures_and_keys_take_no_memory(tmp_path: Path) -> None:
    line = " " + "QUJD" * 18 + "\r\n"
    folded = "PHOTO;ENCODING=b;TYPE=JPEG:QUJD\r\n" + line * 200_000
    endless = "KEY;ENCODING=BASE64:" + "QUJD" * 5_000_000
    path = tmp_path / "people.vcf"
    path.write_text(card("N:Muster;Anna", folded + "TEL:1", endless, "EMAIL:a@example.org"), newline="")
    assert path.stat().st_size > 30_000_000
    tracemalloc.start()
    read_out = reader.understand(path, path.name)
    rows = list(reader.records(path, read_out))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert rows == [Record(1, ["Anna", "Muster", "a@example.org", "1"], 1)]
    assert peak < 16_000_000


def test_a_card_without_end_is_told_and_the_rest_is_read(tmp_path: Path) -> None:
    good = card("N:Muster;Anna")
    broken = "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Broken;Bert\r\n"
    _, cells, problems = read(tmp_path, good + broken + good + broken)
    assert [cell["First name"] for cell in cells] == ["Anna", "Anna"]
    assert [(problem.level, problem.row) for problem in problems] == [(Level.ERROR, 2), (Level.ERROR, 4)]
    assert "begins in line 5 " in str(problems[0].message)
    assert "no end" in str(problems[0].message)


def test_numbers_count_cards_and_lines_are_those_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "people.vcf"
    path.write_text(card("N:A;B") + "\n" + card() + card("N:C;D"))
    read_out = reader.understand(path, path.name)
    found = [(row.number, row.line) for row in reader.records(path, read_out) if isinstance(row, Record)]
    assert found == [(1, 1), (3, 9)]
    assert read_out.header_row is None
    assert [record.number for record in read_out.first_records] == [1, 3]


def test_what_is_no_card_is_told(tmp_path: Path) -> None:
    content = (
        card("N:Muster;Anna", "NOTE:one", "two without a name", "X-SHOE-SIZE:42") + "hello\nworld\n" + card("N:B;C")
    )
    read_out, cells, problems = read(tmp_path, content)
    assert len(cells) == 2
    assert [(problem.row, problem.value) for problem in problems] == [(1, "two without a name"), (None, "")]
    assert "line 8" in str(problems[1].message)
    assert ["X-SHOE-SIZE" in str(problem.message) for problem in read_out.problems] == [True]


def test_groups_of_contacts_and_nested_cards_are_no_contacts(tmp_path: Path) -> None:
    group = card("FN:Family", "X-ADDRESSBOOKSERVER-KIND:group")
    agent = card("N:Boss;Anna", "AGENT:", card("N:Clerk;Bert", version="2.1").rstrip(), "TEL:1", version="2.1")
    _, cells, problems = read(tmp_path, group + agent)
    assert cells == [{"Last name": "Boss", "First name": "Anna", "Phone": "1"}]
    assert ["group" in str(problem.message) for problem in problems] == [True]


def test_too_much_for_one_card_refuses_that_card_only(tmp_path: Path) -> None:
    endless = card("N:Muster;Anna", "NOTE:" + "x" * 1_500_000)
    crowded = card("N:Muster;Anna", *(f"TEL:{n}" for n in range(10_001)))
    long_cell = card("N:Muster;Anna", "NOTE:" + "x" * 40_000)
    _, cells, problems = read(tmp_path, endless + crowded + long_cell + card("N:Good;Anna"))
    assert [cell["Last name"] for cell in cells] == ["Good"]
    assert [problem.row for problem in problems] == [1, 2, 3]
    assert "40000" in str(problems[2].message).replace(",", "")


@pytest.mark.parametrize("start", ["", "\n\n  ", "\ufeff"])
def test_vcards_are_known_by_their_content(tmp_path: Path, start: str) -> None:
    path = tmp_path / "people.csv"
    path.write_text(start + card("N:Muster;Anna").replace("BEGIN:VCARD", "begin:vcard"))
    assert reader.understand(path, path.name).format is Format.VCARD
    path.write_text("BEGIN:VCARD;Name\n1;Anna\n")
    assert reader.understand(path, "people.vcf").format is Format.CSV


@pytest.mark.parametrize("content", ["BEGIN:VCARD\n", "BEGIN:VCARD\nEND:VCARD\n", "BEGIN:VCARD\nN:A;B\n"])
def test_a_file_without_a_card_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(Unreadable, match="no complete contact card"):
        read(tmp_path, content)


def test_every_header_is_mapped_to_its_field_or_to_none() -> None:
    own = {
        "External ID": "external_id", "Salutation": "salutation", "First name": "first_name", "Last name": "last_name",
        "Company": "company", "E-mail": "email", "Phone": "phone", "Mobile": "mobile", "Street": "street",
        "Postal code": "postal_code", "City": "city", "Province": "province", "Country": "country",
        "Website": "website", "Social media": "social_links", "Birth date": "birth_date", "Gender": "gender",
        "Language": "language", "Tags": "tags", "Notes": "notes",
    }  # fmt: skip
    found = {header: s.target for header, s in zip(HEADERS, suggest(HEADERS, [[] for _ in HEADERS]), strict=True)}
    assert {header: target for header, target in found.items() if target} == own


def test_in_the_reading_process(tmp_path: Path) -> None:
    path = tmp_path / "people.vcf"
    path.write_text(card("N:Muster;Anna"))
    with Reader() as child:
        answer = child.run("inspect", {"path": str(path)})
    assert (answer["format"], answer["header_row"], answer["rows"]) == ("vcf", None, 1)


_PIECES = st.sampled_from(
    rb"""BEGIN:VCARD\n|END:VCARD\n|VERSION:2.1\n|VERSION:4.0\n|N:|N;CHARSET=|ENCODING=|=\n|QUOTED-PRINTABLE:|BASE64:|PHOTO:
    |ADR;|TYPE=|TEL;CELL:|BDAY:|GENDER:|item1.|URL:|X-ABLabel:|AGENT:\n|CATEGORIES:|ORG:|X-ANDROID-CUSTOM:|RELATED;|PREF=
    |\\|;|:|,|"|=|\n |\r|\0|\xff|\xc3|\xed\xa0\x80|UTF-16|UTF-8|punycode|1604""".decode("unicode_escape")
    .encode("latin-1")
    .split(b"|")
)


@given(
    content=st.lists(_PIECES | st.binary(max_size=6), max_size=60).map(b"".join), encoding=st.none() | st.just("cp1252")
)
def test_garbage_never_breaks_it(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, encoding: str | None
) -> None:
    path = tmp_path_factory.getbasetemp() / "garbage.vcf"
    path.write_bytes(b"BEGIN:VCARD\n" + content + b"\nEND:VCARD\nBEGIN:VCARD\nVERSION:3.0\nN:Last;Anna\nEND:VCARD\n")
    try:
        read_out = reader.understand(path, path.name, ReadSettings(encoding=encoding))
    except Unreadable:
        return
    if read_out.format is not Format.VCARD:
        return
    found = list(reader.records(path, read_out))
    rows = [item for item in found if isinstance(item, Record)]
    for row in rows:
        assert len(row.cells) == len(read_out.headers)
        "".join(row.cells).encode()
    if "utf-16" not in (read_out.encoding or "") and not any(isinstance(item, Problem) for item in found):
        assert rows[-1].cells[read_out.headers.index("Last name")] == "Last"
