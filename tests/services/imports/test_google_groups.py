"""Labels of Google Contacts become tags, its own groups do not."""

import pytest

from crm_app.services.fields.verdict import FieldContext
from crm_app.services.imports import google_groups
from crm_app.services.imports.references import tags_parser


@pytest.mark.parametrize(
    ("cell", "tags"),
    [
        ("Customer ::: Newsletter ::: * myContacts", ["Customer", "Newsletter"]),
        ("* My Contacts ::: * Friends", ["Friends"]),
        ("* starred ::: starred", ["starred"]),
        ("* myContacts", None),
    ],
)
def test_groups_google_has_made_are_no_tags(cell: str, tags: list[str] | None) -> None:
    assert tags_parser(google_groups.SEPARATOR, FieldContext())(cell).value == tags


def test_stars_of_other_programs_stay() -> None:
    assert tags_parser(",", FieldContext())("* myContacts, VIP").value == ["* myContacts", "VIP"]
