import json
from pathlib import Path

import pytest
import typer
from sqlmodel import func, select
from typer.testing import CliRunner

from crm_app.cli.imports import import_file
from crm_app.models import Contact, Enrolment, Import, ImportState, Job, Offer, Tag
from crm_app.services import database, installation
from crm_app.services.actor import SYSTEM
from tests.services.imports import courses
from tests.services.imports.conftest import InlineReader

app = typer.Typer()
app.command()(import_file)

PEOPLE = "Vorname,Nachname,E-Mail,Unsinn\nAda,Byron,ada@example.org,x\nKurt,Gödel,kurt@example.org,y\nB,,no address,z\n"
MAPS = ["--map", "Vorname=first_name", "--map", "Nachname=last_name", "--map", "E-Mail=email", "--map", "Unsinn="]
KEYS = "import rows create update unchanged skip invalid conflict seconds problems".split()


@pytest.fixture
def file(tmp_path: Path, db: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text(PEOPLE, encoding="utf-8")
    return path


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    from crm_app.services.imports import direct
    from crm_app.services.imports.reading import pool

    monkeypatch.setattr(pool, "reader", InlineReader)
    monkeypatch.setattr(direct, "Reader", InlineReader)


def crm_import(*arguments: object) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


def count(model: type) -> int:
    with database.reading() as session:
        return session.exec(select(func.count()).select_from(model)).one()


def test_one_line_of_json_says_what_happened(file: Path) -> None:
    status, out, _ = crm_import(file, *MAPS, "--name", "Messe", "--tag", "Messe", "--json", "--yes")
    answer = json.loads(out)
    assert (status, out.count("\n")) == (0, 1)
    assert list(answer) == KEYS
    assert [answer[key] for key in KEYS[1:8]] == [3, 2, 0, 0, 0, 1, 0]
    assert answer["problems"] == [
        {"level": "error", "row": 4, "column": "E-Mail", "message": answer["problems"][0]["message"]}
    ]
    with database.reading() as session:
        found = session.get(Import, answer["import"])
        assert found is not None
        assert (found.state, found.name, found.user_id) == (ImportState.DONE, "Messe", None)
        assert all(job.is_finished for job in session.exec(select(Job)).all())


def test_a_second_run_changes_nothing(file: Path, quick: None) -> None:
    crm_import(file, *MAPS, "--json")
    answer = json.loads(crm_import(file, *MAPS, "--json")[1])
    assert (answer["create"], answer["update"], answer["unchanged"], answer["invalid"]) == (0, 0, 2, 1)


def test_a_dry_run_tells_the_same_and_leaves_nothing(file: Path, quick: None, db: Path) -> None:
    dry = json.loads(crm_import(file, *MAPS, "--dry-run", "--json")[1])
    assert (count(Import), count(Contact), count(Job)) == (0, 0, 0)
    assert list((db / "imports").iterdir()) == []
    real = json.loads(crm_import(file, *MAPS, "--json")[1])
    for answer in (dry, real):
        answer.pop("seconds"), answer.pop("import")
    assert dry == real


def test_the_match_key_can_be_named(file: Path, quick: None) -> None:
    crm_import(file, *MAPS, "--map", "Unsinn=external_id")
    answer = json.loads(crm_import(file, *MAPS, "--map", "Unsinn=external_id", "--match", "email", "--json")[1])
    assert answer["unchanged"] == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ("--map", "Nope=email"),
        ("--map", "Vorname=password_hash"),
        ("--map", "no-sign"),
        ("--match", "tax_number"),
        ("--match", "number"),
        ("--tag", " "),
    ],
)
def test_wrong_usage_is_status_2_and_leaves_nothing(file: Path, quick: None, db: Path, arguments) -> None:
    status, _, err = crm_import(file, *arguments, "--yes")
    assert status == 2
    assert err.strip()
    assert count(Import) == 0
    assert list((db / "imports").iterdir()) == []


@pytest.mark.parametrize("content", [None, b"", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"])
def test_what_cannot_be_read_is_status_1_and_leaves_nothing(tmp_path: Path, db: Path, content) -> None:
    path = tmp_path / "list.csv"
    if content is not None:
        path.write_bytes(content)
    status, out, err = crm_import(path, "--json")
    assert status == 1
    assert json.loads(out)["error"] in err
    assert count(Import) == 0


def test_blank_cells_and_doubles_go_as_asked(tmp_path: Path, quick: None, db: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("E-Mail,Ort\nada@example.org,Rom\n", encoding="utf-8")
    crm_import(path, "--json", "--map", "Ort=city")
    path.write_text("E-Mail,Ort,Vorname\nada@example.org,,Ada\nada@example.org,,Adele\n", encoding="utf-8")
    status, out, _ = crm_import(path, "--json", "--map", "Ort=city", "--blank", "clear", "--in-file", "last")
    answer = json.loads(out)
    assert (status, answer["update"], answer["skip"]) == (0, 1, 1)
    with database.reading() as session:
        contact = session.exec(select(Contact)).one()
    assert (contact.first_name, contact.city) == ("Adele", None)


def test_people_get_a_summary(file: Path, quick: None) -> None:
    status, out, _ = crm_import(file, *MAPS)
    assert status == 0
    assert out.startswith("3 rows in ")
    assert "create 2" in out
    assert "row 4, E-Mail" in out


def test_vcards_need_no_choices_and_bring_each_of_their_tags(tmp_path: Path, quick: None, db: Path) -> None:
    card = "BEGIN:VCARD\nVERSION:3.0\nN:Byron;Ada\nBDAY:--1210\nCATEGORIES:Customer,Newsletter\nEND:VCARD\n"
    (tmp_path / "people.vcf").write_text(card + "BEGIN:VCARD\nVERSION:3.0\nN:Lost;Bert\n")
    status, out, _ = crm_import(tmp_path / "people.vcf", "--json", "--yes")
    answer = json.loads(out)
    assert (status, answer["create"], answer["invalid"]) == (0, 1, 1)
    assert "no end (END:VCARD)" in answer["problems"][0]["message"]
    with database.reading() as session:
        assert {tag.name for tag in session.exec(select(Tag)).all()} == {"Customer", "Newsletter"}


def test_where_files_only_come_in_as_a_whole_nothing_is_written_and_it_is_said(
    file: Path, quick: None, db: Path
) -> None:
    with database.transaction() as session:
        installation.change(session, SYSTEM, only_whole_files=True)
    status, out, err = crm_import(file, *MAPS, "--json")
    answer = json.loads(out)
    assert (status, answer["import"], answer["create"], answer["invalid"]) == (1, None, 2, 1)
    assert answer["problems"] and "1 row cannot be taken" in answer["error"] and answer["error"] in err
    assert (count(Import), count(Contact)) == (0, 0)
    assert list((db / "imports").iterdir()) == []
    status, out, _ = crm_import(file, *MAPS)
    assert status == 1 and out.startswith("Nothing was written.")
    assert crm_import(file, *MAPS, "--dry-run")[0] == 0, "a dry run did what it was asked for"
    file.write_text(PEOPLE.replace("no address", "b@example.org"), encoding="utf-8")
    assert crm_import(file, *MAPS)[0] == 0


def test_failed_rows_that_come_back_go_on_with_their_import(file: Path, quick: None, tmp_path: Path) -> None:
    from crm_app.services.actor import SYSTEM
    from crm_app.services.imports import failed_rows

    first = json.loads(crm_import(file, *MAPS, "--json")[1])["import"]
    back = tmp_path / "failed.csv"
    with database.reading() as session:
        failed_rows.write(session, SYSTEM, first, back)
    back.write_text(back.read_text().replace("no address", "b@example.org", 1) + "Eve,,eve@example.org,,,\n")

    status, out, _ = crm_import(back, "--json", "--dry-run")
    answer = json.loads(out)
    assert (status, list(answer), answer["import"], count(Import)) == (0, KEYS, None, 1)
    assert [answer[key] for key in KEYS[1:8]] == [2, 1, 0, 0, 1, 0, 0]

    status, out, _ = crm_import(back, "--json", "--map", "Vorname=first_name")
    assert status == 2
    assert "--as-new" in json.loads(out)["error"]

    answer = json.loads(crm_import(back, "--json")[1])
    assert (list(answer), answer["import"]) == (KEYS, first)
    assert [answer[key] for key in KEYS[1:8]] == [2, 1, 0, 0, 1, 0, 0]
    assert "(row 3)" in answer["problems"][0]["message"]
    assert count(Contact) == 3

    status, out, _ = crm_import(back, "--json")
    answer = json.loads(out)
    assert (status, answer["import"], answer["skip"], count(Contact)) == (0, first, 2, 3)
    answer = json.loads(crm_import(back, "--json", "--as-new")[1])
    assert (answer["import"] > first, answer["create"]) == (True, 1)


def test_problems_of_rows_that_come_back_name_the_rows_of_this_file(file: Path, quick: None, tmp_path: Path) -> None:
    from crm_app.services.actor import SYSTEM
    from crm_app.services.imports import failed_rows

    first = json.loads(crm_import(file, *MAPS, "--json")[1])["import"]
    back = tmp_path / "failed.csv"
    with database.reading() as session:
        failed_rows.write(session, SYSTEM, first, back)
    answer = json.loads(crm_import(back, "--json")[1])
    assert (answer["import"], answer["invalid"]) == (first, 1)
    assert [(one["row"], one["column"]) for one in answer["problems"]] == [(2, "E-Mail")]


COURSE_FILE = "Vorname,E-Mail,Plan\nAda,ada@example.org,once\nKurt,kurt@example.org,\n"
INTO = ["--map", "Vorname=first_name", "--map", "E-Mail=email", "--map", "Plan=offer", "--json", "--yes"]


@pytest.fixture
def violin(tmp_path: Path, db: Path) -> Path:
    """A file for the course that is there."""
    courses.made(SYSTEM)
    path = tmp_path / "members.csv"
    path.write_text(COURSE_FILE, encoding="utf-8")
    return path


@pytest.mark.usefixtures("quick")
def test_a_file_goes_into_a_course(violin: Path) -> None:
    wanted = [*INTO, "--course", "violin", "--offer", "monthly", "--access-from", "2027-03-01"]
    _, out, _ = crm_import(violin, *wanted, "--dry-run")
    assert json.loads(out)["course"] == {"enrolled": 2, "waiting": 0, "back": 0, "there": 0}
    assert count(Enrolment) == 0
    status, out, _ = crm_import(violin, *wanted)
    assert (status, json.loads(out)["create"], json.loads(out)["course"]["enrolled"]) == (0, 2, 2)
    with database.reading() as session:
        offers = session.exec(select(Offer.name).join(Enrolment).order_by(Enrolment.id)).all()
        assert offers == ["Once", "Monthly"]
    _, out, _ = crm_import(violin, *wanted)
    assert json.loads(out)["course"] == {"enrolled": 0, "waiting": 0, "back": 0, "there": 2}


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (["--course", "Piano"], "There is no open course “Piano”. These exist: Violin."),
        (["--course", "1", "--offer", "Gold"], "has no offer “Gold”. These exist: Monthly, Once, Three parts."),
        (["--course", "1", "--notice", "Hello"], "There is no template “Hello” for a notice."),
        (["--course", "1", "--access-from", "soon"], "This is no day."),
        (["--offer", "Once"], "Say with --course which course is meant."),
    ],
)
def test_what_there_is_not_for_a_course_is_wrong_usage(violin: Path, wanted: list[str], said: str) -> None:
    status, _, err = crm_import(violin, *INTO, *wanted)
    assert status == 2
    assert said in err
    assert count(Import) == 0
