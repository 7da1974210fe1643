"""What was chosen for a file is suggested for the next one with the same columns."""

import json
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from crm_app.locales import Text, render
from crm_app.models import Import, ImportState
from crm_app.services import database, installation
from crm_app.services.actor import SYSTEM, Actor
from crm_app.services.imports import earlier
from crm_app.services.imports.columns import ColumnMapping, Options, WriteRule, from_json
from crm_app.services.imports.likeness import are_alike, keys_of
from tests.services.imports.conftest import Flow

HEADERS = "Kd;Vorname;Nachname;E-Mail;Telefon;Info;Gruppe"
ROWS = [
    "7;Ada;Byron;ada@example.org;030 901820;likes tea;VIP/Fair",
    "8;Kurt;Stift;kurt@example.org;030 901821;likes cake;VIP",
    "9;Ole;Fine;ole@example.org;030 901822;calls back;Fair",
]
FILE = "\n".join([HEADERS, *ROWS])
CHOSEN: dict[str, str | None] = {
    "Kd": "external_id",
    "Vorname": "first_name",
    "Nachname": "last_name",
    "E-Mail": "email",
    "Telefon": None,
    "Info": "notes",
    "Gruppe": "tags",
}


def teach(flow: Flow, text: str = FILE, chosen: dict[str, str | None] | None = None, **options: object) -> Import:
    """An import that was checked with these choices; tags by slash."""
    id_ = flow.bring(text)
    flow.map(id_, chosen or CHOSEN, **options)
    with database.transaction() as session:
        found = session.get_one(Import, id_)
        found.columns = [
            {**column, "separator": "/" if column["target"] == "tags" else ","} for column in found.columns
        ]
        found.state, found.name = ImportState.CHECKED, "Messe 2026"
        session.add(found)
    return found


def targets(flow: Flow, id_: int) -> dict[str, str | None]:
    return {column.header: column.target for column in from_json(flow.get(id_).columns)}


def reasons(flow: Flow, id_: int) -> dict[str, str]:
    read_out = flow.get(id_).read_out
    told = [render(Text.from_json(found["reason"]), "en") for found in read_out["suggestions"]]
    return dict(zip(read_out["headers"], told, strict=True))


def moved(text: str, order: list[int]) -> str:
    rows = [line.split(";") for line in text.splitlines()]
    return "\n".join(";".join(row[place] for place in order) for row in rows)


def test_the_same_columns_get_the_same_choices(flow: Flow) -> None:
    taught = teach(flow, match_key="email")
    next_ = flow.bring(FILE.replace("Ada", "Ida"))
    assert targets(flow, next_) == CHOSEN, "also the phone that was left out"
    found = flow.get(next_)
    assert {c.header: c.separator for c in from_json(found.columns)}["Gruppe"] == "/"
    assert Options.from_json(found.options).match_key == "email", "not the external ID, which comes first"
    with database.reading() as session:
        zone = installation.current(session).timezone
    day = render(Text("{d}", {"d": taught.created_at.astimezone(ZoneInfo(zone)).date()}), "en")
    assert reasons(flow, next_)["Telefon"] == f"As in the import “Messe 2026” of {day}."


def test_what_makes_every_row_a_new_contact_is_remembered_too(flow: Flow) -> None:
    teach(flow, match_key=None)
    assert flow.get(flow.bring(FILE)).options["match_key"] is None


def test_other_choices_about_a_column_come_along(flow: Flow) -> None:
    id_ = flow.bring(FILE)
    flow.map(id_, CHOSEN, rules={"Info": WriteRule.APPEND})
    with database.transaction() as session:
        found = session.get_one(Import, id_)
        found.state = ImportState.DONE
        session.add(found)
    assert {c.header: c.rule for c in from_json(flow.get(flow.bring(FILE)).columns)}["Info"] is WriteRule.APPEND


def test_a_date_order_comes_along_unless_most_dates_are_written_otherwise(flow: Flow) -> None:
    american = "Nachname;Vorname;E-Mail;Geboren\nA;B;a@example.org;03/04/1990\nC;D;c@example.org;05/06/1991"
    id_ = flow.bring(american)
    with database.transaction() as session:
        found = session.get_one(Import, id_)
        columns = from_json(found.columns)
        columns[3] = ColumnMapping(3, "Geboren", "birth_date", date_format="%m/%d/%Y")
        found.columns, found.state = [column.to_json() for column in columns], ImportState.DONE
        session.add(found)
    assert from_json(flow.get(flow.bring(american)).columns)[3].date_format == "%m/%d/%Y"
    german = american.replace("03/04/1990", "13.04.1990").replace("05/06/1991", "15.06.1991")
    again = from_json(flow.get(flow.bring(german)).columns)[3]
    assert (again.target, again.date_format) == ("birth_date", None)


def test_columns_may_stand_elsewhere_and_be_written_otherwise(flow: Flow) -> None:
    teach(flow)
    next_ = flow.bring(moved(FILE, [6, 5, 4, 3, 2, 1, 0]).replace("Gruppe", "GRUPPE ").replace("Kd", "kd"))
    assert {header.strip().casefold(): target for header, target in targets(flow, next_).items()} == {
        header.casefold(): target for header, target in CHOSEN.items()
    }


def test_a_new_column_is_suggested_as_ever(flow: Flow) -> None:
    teach(flow)
    text = "\n".join(f"{line};{end}" for line, end in zip(FILE.splitlines(), ["Ort", *["Bonn"] * 3], strict=True))
    next_ = flow.bring(text)
    assert targets(flow, next_) == {**CHOSEN, "Ort": "city"}
    assert "As in" not in reasons(flow, next_)["Ort"]


def test_columns_may_be_missing(flow: Flow) -> None:
    teach(flow)
    next_ = flow.bring(moved(FILE, [0, 1, 4, 5, 6]))
    assert targets(flow, next_) == {header: CHOSEN[header] for header in ("Kd", "Vorname", "Telefon", "Info", "Gruppe")}


def test_another_kind_of_file_is_left_alone(flow: Flow) -> None:
    teach(flow)
    next_ = flow.bring("Vorname;E-Mail;Telefon;Straße;PLZ;Ort\nAda;a@example.org;030 901820;Weg 1;53111;Bonn")
    assert targets(flow, next_)["Telefon"] == "phone"


def test_columns_without_a_name_prove_nothing(flow: Flow) -> None:
    bare = "\n".join(ROWS)
    id_ = flow.bring(bare)
    headers = flow.get(id_).read_out["headers"]
    assert headers[0] == "Column A"
    teach(flow, bare, dict.fromkeys(headers, None) | {headers[5]: "city"})
    assert targets(flow, flow.bring(bare))[headers[5]] != "city"


def test_the_newest_import_counts_and_older_ones_know_the_rest(flow: Flow) -> None:
    teach(flow)
    teach(flow, moved(FILE, [0, 1, 2, 3, 4, 6]), {**CHOSEN, "Telefon": "mobile"})
    assert targets(flow, flow.bring(FILE)) == {**CHOSEN, "Telefon": "mobile"}


def test_what_was_left_out_stays_so_over_several_files(flow: Flow) -> None:
    teach(flow)
    for _ in range(7):
        next_ = flow.bring(FILE)
        assert targets(flow, next_) == CHOSEN
        with database.transaction() as session:
            found = session.get_one(Import, next_)
            found.state = ImportState.DONE
            session.add(found)


def test_cells_that_say_otherwise_win(flow: Flow) -> None:
    teach(flow, chosen={**CHOSEN, "Info": "email", "E-Mail": None})
    next_ = flow.bring(FILE)
    assert targets(flow, next_)["Info"] != "email", "no cell of it has an @"
    assert targets(flow, next_)["Kd"] == "external_id", "the other columns are remembered"


def test_a_filled_column_is_not_given_up_for_an_empty_one(flow: Flow) -> None:
    """Whose private address is empty has one at work: addresses are taken as a whole."""
    head = "Nachname;E-Mail;Straße privat;PLZ privat;Ort privat;Straße geschäftlich;PLZ geschäftlich;Ort geschäftlich"
    private = "\n".join([head, *[f"N{n};n{n}@example.org;Weg {n};5311{n};Bonn;;;" for n in range(4)]])
    work = "\n".join([head, *[f"N{n};n{n}@example.org;;;;Weg {n};5311{n};Bonn" for n in range(4)]])
    id_ = flow.bring(private)
    assert targets(flow, id_)["Ort privat"] == "city"
    with database.transaction() as session:
        found = session.get_one(Import, id_)
        found.state = ImportState.DONE
        session.add(found)
    assert targets(flow, flow.bring(work))["Ort geschäftlich"] == "city"
    mixed = "\n".join([head, *[f"N{n};n{n}@example.org;Weg {n};;;;5311{n};Bonn" for n in range(4)]])
    assert targets(flow, flow.bring(mixed))["PLZ geschäftlich"] is None, (
        "never the street of one and the city of another"
    )


def test_another_branch_is_not_looked_at(flow: Flow, charlie: Actor) -> None:
    teach(flow)
    other = Flow(charlie)
    next_ = other.bring(FILE)
    assert targets(other, next_)["Telefon"] == "phone"
    assert "Messe" not in json.dumps(other.get(next_).read_out)


def test_an_undone_import_and_one_that_was_never_checked_teach_nothing(flow: Flow) -> None:
    for state in (ImportState.UNDONE, ImportState.READ):
        id_ = teach(flow).id
        with database.transaction() as session:
            found = session.get_one(Import, id_)
            found.state = state
            session.add(found)
    assert targets(flow, flow.bring(FILE))["Telefon"] == "phone"


def test_the_command_line_maps_by_its_arguments_alone(flow: Flow) -> None:
    teach(flow)
    assert targets(Flow(SYSTEM), Flow(SYSTEM).bring(FILE))["Telefon"] == "phone"


def test_only_the_latest_imports_are_looked_through(flow: Flow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(earlier, "LATEST", 1)
    teach(flow)
    teach(flow, "a;b\n1;2", {"a": "notes", "b": None})
    assert targets(flow, flow.bring(FILE))["Telefon"] == "phone"


@pytest.mark.parametrize(
    ("left", "right", "alike"),
    [
        ("a b c d e", "a b c d e", True),
        ("a b c d e", "e d c b a x y", True),
        ("a b c d e", "a b", False),
        ("a b c d", "a b c d e f g h i j k l", True),  # stands in the longer one as a whole
        ("name email phone", "name email phone e f g h i j k l", False),
        ("a b c d e f", "a b c x y z", False),
        ("", "", False),
    ],
)
def test_when_files_are_alike(left: str, right: str, alike: bool) -> None:
    keys = [[key for key in keys_of(headers.split()) if key] for headers in (left, right)]
    assert are_alike(*keys) is alike
    assert are_alike(*reversed(keys)) is alike


def test_a_date_in_a_text_is_written_as_the_reader_writes_it() -> None:
    message = Text.from_json(json.loads(json.dumps(Text("of {date}", {"date": date(2026, 3, 3)}).to_json())))
    assert (render(message, "en"), render(message, "de")) == ("of Mar 3, 2026", "of 03.03.2026")
