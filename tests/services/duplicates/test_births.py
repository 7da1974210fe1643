import numpy as np
import pytest

from crm_app.services.duplicates import births


def level(a: int, b: int) -> str:
    """The level of one pair."""
    known, levels = births.levels(np.array([a], np.int32), np.array([b], np.int32))
    if not known[0]:
        return "unknown"
    return next((name for name, mask in reversed(list(levels.items())) if mask[0]), "different")


@pytest.mark.parametrize(
    ("a", "b", "said"),
    [
        (19800517, 19800517, "same"),
        (19800517, 0, "unknown"),
        (0, 0, "unknown"),
        (19800506, 19800605, "swapped"),
        (19800517, 19800516, "digit"),
        (19800517, 19080517, "digit"),
        (19800517, 19800829, "different"),
        (19800517, 19800529, "two parts"),
        (19820517, 19900517, "two parts"),
        (19810923, 20080923, "anniversary"),
        (19810101, 20080101, "different"),
        (19810101, 19811223, "year"),
    ],
)
def test_how_alike_two_days_are(a: int, b: int, said: str) -> None:
    assert level(a, b) == said == level(b, a)
