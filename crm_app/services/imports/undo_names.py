"""What contacts were called that an undo has deleted: as their rows in the file say, as long as it is kept."""

import json
from collections.abc import Sequence
from typing import Any

from crm_app.models import Contact, Import
from crm_app.services.errors import Conflict
from crm_app.services.imports import plan_file, uploads

_NAMES = ("first_name", "last_name", "company", "email", "phone", "mobile")


def of_rows(found: Import, rows: Sequence[int]) -> dict[int, str]:
    """Names by row; empty when the file is gone, and without rows that name nobody."""
    if not rows or found.purged_at is not None:
        return {}
    try:
        with plan_file.reading(uploads.place_of(found)) as plan:
            layout = plan_file.fetch(plan, "layout")
            query = "SELECT row, data FROM plan WHERE data IS NOT NULL AND row IN (SELECT value FROM json_each(?))"
            stored = plan.execute(query, (json.dumps(list(rows)),)).fetchall() if layout else []
    except Conflict:  # the file was deleted outside our rules
        return {}
    names = {}
    for row, data in stored:
        values = dict(zip(layout["targets"], json.loads(data)[0], strict=True))
        known: dict[str, Any] = {name: values.get(name) for name in _NAMES}
        if any(known.values()):
            names[row] = Contact(**known).display_name
    return names
