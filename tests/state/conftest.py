from pathlib import Path

import pytest

from crm_app.state import tabs
from tests.state.sample import Front


@pytest.fixture
def front(db: Path) -> Front:
    tabs._tabs.clear()
    return Front()
