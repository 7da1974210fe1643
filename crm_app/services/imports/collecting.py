"""Python's garbage collector, held back while rows are worked on by the ten thousand.

It looks for cycles each time some hundred objects were made; rows make millions and no cycles, and the search took
four tenths of a check.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def held_back() -> Iterator[None]:
    """No search for cycles inside the block; what nothing refers to any more is freed as always."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
