"""One file taken in by ours in a process of its own: `python -m benchmarks.one_import FILE [--bad refuse|take]`.

Read, checked and committed in this process with two own fields, on the data of `CRM_DATA_DIR`, as `crm import` does.
The last line is JSON: seconds of each step, of the processor, the outcomes, and how many rows each table has got.
"""

import argparse
import json
import os
import time
from pathlib import Path
from typing import Any
from unittest.mock import patch

from benchmarks.import_speed import FIELDS, run
from benchmarks.people_file import CHOICES, HEADER, OWN
from crm_app.models import Import
from crm_app.models.custom_field import FieldType
from crm_app.services import custom_fields, database, startup
from crm_app.services.actor import SYSTEM
from crm_app.services.imports import preview, probably_known, steps, uploads
from crm_app.services.imports.columns import ColumnMapping, Options

TABLES = ("contact", "contact_point", "contact_tag", "contact_source", "import_row")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--bad", choices=("refuse", "take"), default="refuse", help="rows with bad cells")
    wanted = parser.parse_args()
    startup.prepare()
    print(json.dumps(take_in(wanted.file, takes_bad=wanted.bad == "take")))


def take_in(path: Path, *, takes_bad: bool) -> dict[str, Any]:
    """Seconds by step, outcomes, and rows written by table. Part of the check is the look for probable duplicates."""
    targets = [*FIELDS, *own_fields()]
    before = counted()
    stored = uploads.from_path(path)
    with database.transaction() as session:
        made = uploads.create(
            session, SYSTEM, file_name=path.name, size=stored.size, sha256=stored.sha256, folder=stored.folder
        )
    assert made.id is not None
    id_ = made.id
    used = processor()
    seconds = {"read": timed(steps.read, id_)}
    columns = [ColumnMapping(n, header, field) for n, (header, field) in enumerate(zip(HEADER, targets, strict=True))]
    options = Options("email", ("bench",), take_rows_without_bad_cells=takes_bad)
    with database.transaction() as session:
        steps.map_columns(session, SYSTEM, id_, columns, options)
    after_check, look = probably_known.after_check, list[float]()

    def looked(*given: Any) -> None:
        begin = time.perf_counter()
        after_check(*given)
        look.append(time.perf_counter() - begin)

    with patch.object(probably_known, "after_check", looked):
        seconds["check"] = timed(steps.check, id_)
    seconds["check alone"] = seconds["check"] - sum(look)
    with database.reading() as session:
        found = session.get_one(Import, id_)
        planned = {outcome.value: count for outcome, count in preview.counts(uploads.place_of(found)).items()}
    seconds["commit"] = timed(steps.commit, id_)
    used, after = processor() - used, counted()
    written = {name: after[name] - before[name] for name in TABLES}
    return {"seconds": seconds, "processor": used, "planned": planned, "written": written}


def own_fields() -> list[str]:
    """Keys of the two own fields, made when they are not there yet."""
    kinds = {OWN[0]: (FieldType.CHOICE, CHOICES), OWN[1]: (FieldType.NUMBER, ())}
    with database.transaction() as session:
        known = {str(field.label): key for key, field in custom_fields.all_of(session).items()}
        for label, (kind, options) in kinds.items():
            if label not in known:
                known[label] = custom_fields.create(session, SYSTEM, label, kind, options).key
    return [known[label] for label in OWN]


def timed(verb: Any, import_id: int) -> float:
    begin = time.perf_counter()
    run(verb, import_id)
    return time.perf_counter() - begin


def processor() -> float:
    """Seconds of processor time of this process and of the reading processes that ended."""
    return sum(os.times()[:4])


def counted() -> dict[str, int]:
    with database.engine().connect() as connection:
        query = "SELECT count(*) FROM {}"
        return {name: connection.exec_driver_sql(query.format(name)).scalar_one() for name in TABLES}


if __name__ == "__main__":
    main()
