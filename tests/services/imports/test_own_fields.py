"""Columns that go to own fields of the installation, and own fields made from columns."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from crm_app.models import Contact, FieldType
from crm_app.services import custom_fields, database, exports
from crm_app.services.actor import SYSTEM, Actor
from crm_app.services.errors import Invalid, NotPermitted
from crm_app.services.imports import own_fields, steps
from crm_app.services.imports.columns import ColumnMapping, Options, WriteRule
from tests.services.imports.conftest import Flow, add_contact

HEAD = "email,first_name,Instrument,Fee,Since\n"
TARGETS = {"email": "email", "first_name": "first_name", "Instrument": "instrument", "Fee": "fee", "Since": "since"}


@pytest.fixture
def own(alice: Actor) -> None:
    with database.transaction() as session:
        custom_fields.create(session, alice, "Instrument", FieldType.CHOICES, ["Klavier", "Geige"])
        custom_fields.create(session, alice, "Fee", FieldType.MONEY)
        custom_fields.create(session, alice, "Since", FieldType.DATE)


def stored(id_: int) -> dict[str, object]:
    with database.reading() as session:
        return dict(session.get_one(Contact, id_).custom)


def test_new_contacts_get_them_and_stored_ones_keep_the_others(own: None, flow: Flow) -> None:
    id_ = add_contact(email="ada@example.org", first_name="Ada", custom={"fee": 10, "shoe": "39"})
    rows = HEAD + 'ada@example.org,,Geige,"12,50",\nnew@example.org,New,"klavier, geige",,31.12.2023\n'
    assert flow.done(rows, TARGETS) == {"update": 1, "create": 1}
    assert stored(id_) == {"fee": 12.5, "shoe": "39", "instrument": ["Geige"]}
    assert stored(id_ + 1) == {"instrument": ["Klavier", "Geige"], "since": "2023-12-31"}
    assert flow.done(rows, TARGETS) == {"unchanged": 2}


def test_write_rules_and_bad_cells_hold_for_them_too(own: None, flow: Flow) -> None:
    id_ = add_contact(email="ada@example.org", first_name="Ada", custom={"fee": 10, "instrument": ["Klavier"]})
    rules = {"Fee": WriteRule.FILL, "Instrument": WriteRule.APPEND}
    assert flow.done(HEAD + "ada@example.org,,Geige,99,\n", TARGETS, rules=rules) == {"update": 1}
    assert stored(id_) == {"fee": 10, "instrument": ["Klavier", "Geige"]}
    bad = flow.checked(HEAD + "ada@example.org,,Tuba,,\n", TARGETS)
    [row] = flow.rows(bad)
    assert row.outcome == "invalid" and "Tuba" in str(row.problems[0].message)
    assert flow.done(HEAD + "ada@example.org,,[clear],,\n", TARGETS) == {"update": 1}
    assert stored(id_) == {"fee": 10}


def test_an_undo_gives_them_back(own: None, flow: Flow) -> None:
    id_ = add_contact(email="ada@example.org", first_name="Ada", custom={"fee": 10, "shoe": "39"})
    done = flow.checked(HEAD + "ada@example.org,,Geige,12,\n", TARGETS)
    flow.commit(done)
    flow.work(steps.undo, done)
    assert stored(id_) == {"fee": 10, "shoe": "39"}


def test_columns_find_them_by_name_or_key(own: None, flow: Flow) -> None:
    id_ = flow.bring("Vorname;INSTRUMENT;fee;Instrument\nAda;Geige;3;x\n")
    targets = [column["target"] for column in flow.get(id_).columns]
    assert targets == ["first_name", "instrument", "fee", None]


def test_our_own_export_brings_them_back(own: None, flow: Flow, tmp_path: Path) -> None:
    add_contact(first_name="Ada", custom={"fee": 1.125, "instrument": ["Klavier", "Geige"], "since": "2024-02-29"})
    for name in ("a.csv", "a.xlsx"):
        with database.reading() as session:
            fields = exports.chosen_fields(session, [])
            exports.writer_for(Path(name))(session, SYSTEM, tmp_path / name, fields)
    assert fields[-3:] == ["instrument", "fee", "since"]
    id_ = flow.bring((tmp_path / "a.csv").read_text(encoding="utf-8-sig"))
    assert [column["target"] for column in flow.get(id_).columns] == fields
    flow.work(steps.check, id_)
    assert flow.counts(id_) == {"unchanged": 1}, [row.changes for row in flow.rows(id_)]


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["a@example.org", "b@example.org"], FieldType.EMAIL),
        (["https://example.org/a", "www.example.org"], FieldType.LINK),
        (["ja", "nein"], FieldType.YES_NO),
        (["1.2.2024", "31.12.2023"], FieldType.DATE),
        (["12,50", "3", "1.200,00"], FieldType.NUMBER),
        ([f"0{n}234" for n in range(20)], FieldType.TEXT),
        (["+49 30 901820", "+49 170 9876543"], FieldType.PHONE),
        (["Klavier", "Geige"], FieldType.CHOICE),
        (["Klavier, Geige", "Geige, Tuba", "Tuba", "Klavier, Tuba"], FieldType.CHOICES),
        ([f"Somebody {n}" for n in range(40)], FieldType.TEXT),
        (["a\nb", "c"], FieldType.LONG_TEXT),
        ([], FieldType.TEXT),
    ],
)
def test_the_cells_propose_a_type(cells: Sequence[str], kind: FieldType) -> None:
    assert own_fields.propose(cells, rows=30)[0] is kind


def test_a_column_becomes_a_field(flow: Flow, alice: Actor) -> None:
    id_ = flow.bring("email;Instrument\n" + "".join(f"p{n}@example.org;{('Geige', 'Tuba')[n % 2]}\n" for n in range(9)))
    with database.transaction() as session:
        assert own_fields.proposed(session, alice, id_, 1) == (FieldType.CHOICE, ["Geige", "Tuba"])
        with pytest.raises(NotPermitted):
            own_fields.create(session, flow.actor, id_, 1, "Instrument", FieldType.CHOICE)
        made = own_fields.create(session, alice, id_, 1, "Instrument", FieldType.CHOICE)
        assert (made.key, made.options) == ("instrument", ["Geige", "Tuba"])
        columns = [ColumnMapping(0, "email", "email"), ColumnMapping(1, "Instrument", made.key)]
        steps.map_columns(session, alice, id_, columns, Options(match_key="email"))
    flow.work(steps.check, id_)
    assert flow.commit(id_) == {"create": 9}


def test_too_many_texts_are_no_list_of_choices(flow: Flow, alice: Actor) -> None:
    id_ = flow.bring("email;Song\n" + "".join(f"p{n}@example.org;Song {n}\n" for n in range(300)))
    with database.transaction() as session, pytest.raises(Invalid, match="too many"):
        own_fields.create(session, alice, id_, 1, "Song", FieldType.CHOICE)
