"""Our own export, edited or not, comes back as exactly the edits (X9), hostile text included (T19)."""

from datetime import date
from pathlib import Path

import pytest
from sqlmodel import select

from crm_app.models import CustomField, FieldType, LeadStatus, User
from crm_app.services import database, exports
from crm_app.services.actor import SYSTEM, Actor
from crm_app.services.contacts import cards
from crm_app.services.fields.registry import FIELDS
from crm_app.services.imports import steps
from tests.services.imports.conftest import Flow, add_contact

HOSTILE = ["=1+1", "+cmd", "-", "@handle", "'quoted'", "\t=x", "＝1", '"', "a,b;c", "Zeile\nzwei", "*", "NULL"]


def fill() -> None:
    with database.reading() as session:
        status = session.exec(select(LeadStatus.id)).first()
        owner = session.exec(select(User.id)).first()
    for text in HOSTILE:
        line = " ".join(text.split())
        add_contact(first_name=line, last_name="X", notes=text.strip(), company="'" + line)
    add_contact(
        external_id="007",
        salutation="Frau",
        first_name="Zoë",
        last_name="Łąka",
        email="z@example.org",
        phone="+49 30 1234567",
        mobile="0170 9876543",
        birth_date=date(1990, 12, 31),
        acquired_on=date(2024, 2, 29),
        privacy_accepted=False,
        active=False,
        postal_code="01067",
        country="DE",
        gender="female",
        language="de",
        lifecycle="lead",
        status_id=status,
        owner_id=owner,
        website="https://example.org/a",
        source="Messe",
    )


def exported(flow: Flow, path: Path) -> str:
    with database.reading() as session:
        exports.write_csv(session, SYSTEM, path, list(FIELDS))
    return path.read_text(encoding="utf-8-sig")


def test_an_unedited_export_changes_nothing(flow: Flow, tmp_path: Path) -> None:
    fill()
    id_ = flow.checked(exported(flow, tmp_path / "a.csv"), match_key="number")
    shown = [(row.row, row.changes, [str(p.message) for p in row.problems]) for row in flow.rows(id_)]
    assert flow.counts(id_) == {"unchanged": len(HOSTILE) + 1}, shown


def test_an_edited_cell_is_exactly_one_change(flow: Flow, tmp_path: Path) -> None:
    fill()
    text = exported(flow, tmp_path / "a.csv").replace("Łąka", "Łąkowska")
    id_ = flow.checked(text, match_key="number")
    assert [row.changes for row in flow.rows(id_) if row.changes] == [{"last_name": ("Łąka", "Łąkowska")}]


@pytest.mark.parametrize("name", ["all.csv", "all.xlsx"])
def test_every_field_the_page_offers_comes_back_unchanged(flow: Flow, alice: Actor, tmp_path: Path, name: str) -> None:
    """Own fields, tags and statuses with them, as a manager exports them: in the chosen order, inactive ones too."""
    with database.transaction() as session:
        session.add(CustomField(key="level", label="Level", type=FieldType.CHOICE, options=["A1", "B2"]))
        plays = ["Klavier", "Geige; Bratsche"]
        session.add(CustomField(key="plays", label="Plays", type=FieldType.CHOICES, options=plays))
        session.add(CustomField(key="fee", label="Fee", type=FieldType.MONEY))
        session.add(CustomField(key="code", label="Code", type=FieldType.TEXT))
    fill()
    with database.transaction() as session:
        values = {"first_name": "Ada", "tags": "VIP; Fair 2026", "status": "New", "phone": "+49 30 1234567"}
        own = {"level": "B2", "plays": "Klavier", "fee": "1.234,50", "code": "=007"}
        cards.create(session, alice, values | own)
        cards.deactivate(session, alice, cards.create(session, alice, {"company": "-Minus GmbH"}))
        fields = sorted(exports.chosen_fields(session, []), reverse=True)
        exports.writer_for(Path(name))(session, alice, tmp_path / name, fields)
    id_ = flow.bring_file(tmp_path / name)
    flow.map(id_, match_key="number")
    flow.work(steps.check, id_)
    shown = [(row.row, row.changes, [str(p.message) for p in row.problems]) for row in flow.rows(id_) if row.changes]
    assert flow.counts(id_) == {"unchanged": len(HOSTILE) + 3}, shown
