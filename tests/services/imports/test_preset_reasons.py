"""Why a column goes where it goes, once a preset was put on a file."""

from dataclasses import replace

from crm_app.services import database
from crm_app.services.imports import presets, steps
from crm_app.services.imports.columns import Options, from_json
from crm_app.services.imports.preset_reasons import reason
from tests.services.imports.conftest import Flow

FILE = "Vorname;E-Mail;Notiz;Stadt\nAda;ada@example.org;x;Bonn\n"


def reasons(flow: Flow, id_: int) -> dict[str, str]:
    found = flow.get(id_)
    return {column.header: str(reason(found, column) or "") for column in from_json(found.columns)}


def with_preset(flow: Flow) -> int:
    id_ = flow.bring("Vorname;E-Mail;Notiz\nAda;ada@example.org;x\n")
    flow.map(id_, {"Vorname": "first_name", "E-Mail": None, "Notiz": "company"})
    with database.transaction() as session:
        made = presets.save(session, flow.actor, id_, "Messe", False)
    id_ = flow.bring(FILE)
    assert made.id is not None
    with database.transaction() as session:
        presets.apply(session, flow.actor, id_, made.id)
    return id_


def test_columns_the_preset_knew_say_so_and_others_keep_their_reason(flow: Flow) -> None:
    before = reasons(flow, flow.bring(FILE))
    said = "As the preset “Messe” says."
    assert reasons(flow, with_preset(flow)) == {
        "Vorname": said,
        "E-Mail": said,
        "Notiz": said,
        "Stadt": before["Stadt"],
    }
    assert before["Stadt"]


def test_what_somebody_chooses_after_it_has_no_reason(flow: Flow) -> None:
    id_ = with_preset(flow)
    with database.transaction() as session:
        columns = from_json(flow.get(id_).columns)
        columns[0] = replace(columns[0], target="last_name")
        steps.map_columns(session, flow.actor, id_, columns, Options())
    assert reasons(flow, id_)["Vorname"] == ""


def test_a_new_reading_forgets_it(flow: Flow) -> None:
    id_ = with_preset(flow)
    flow.work(steps.read, id_)
    assert "Messe" not in "".join(reasons(flow, id_).values())
