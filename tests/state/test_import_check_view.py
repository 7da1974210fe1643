"""Rows of the preview as finished text."""

from crm_app.models import Outcome
from crm_app.services.actor import Actor
from crm_app.services.fields.registry import FIELDS
from crm_app.services.imports.columns import ColumnMapping
from crm_app.services.imports.edits import MOST_LETTERS
from crm_app.services.imports.preview import REASONS, PreviewRow
from crm_app.state.import_check_view import SHOWN_LETTERS, Shown


def test_a_text_too_long_for_a_cell_does_not_travel_to_the_browser() -> None:
    row = PreviewRow(2, Outcome.CREATE, REASONS[Outcome.CREATE], ["x" * (MOST_LETTERS + 1), "y" * MOST_LETTERS])
    columns = [ColumnMapping(0, "Notes", "notes"), ColumnMapping(1, "Street", "street")]
    long, whole = Shown(Actor(None, "bob"), FIELDS).row(row, columns).cells
    assert (long.raw, long.is_editable, len(long.text)) == ("", False, SHOWN_LETTERS + 1)
    assert (whole.raw, whole.is_editable) == ("y" * MOST_LETTERS, True)
