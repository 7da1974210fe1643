"""The steps of an import, as their pages load them."""

import pytest

from crm_app.pages import PAGES
from crm_app.state.import_entering import ImportEnterState
from crm_app.state.import_wizard import ImportWizardState
from crm_app.state.session import SessionState

STEPS = [page for _, page in PAGES if ImportWizardState.load in page["on_load"]]


@pytest.mark.parametrize("page", STEPS, ids=lambda page: page["route"])
def test_where_the_import_stands_is_read_before_what_the_step_shows(page: dict[str, object]) -> None:
    """Work that ends between the two is shown then; the other way round the page would wait for what is over."""
    assert page["on_load"][:3] == [SessionState.load, ImportEnterState.load, ImportWizardState.load]


def test_every_step_with_work_behind_it_is_among_them() -> None:
    assert len(STEPS) == 5
