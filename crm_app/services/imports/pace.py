"""How many rows a chunk takes, so that nobody waits long for the write lock."""

AIM = 0.2  # seconds a chunk holds the write lock, about
# Each chunk has a cost of its own, some ten statements and a commit: smaller ones would only be slower, not shorter.
SMALLEST, LARGEST = 500, 4_000
FIRST = 250
OF_MEMBERS = 100  # the smallest of rows that make members of a course: each writes some six rows more


class Pace:
    """Learns the size of the next chunk from the time of the last."""

    def __init__(self, *, makes_members: bool = False) -> None:
        self.size, self._smallest = FIRST, OF_MEMBERS if makes_members else SMALLEST
        self.longest = 0.0  # seconds, the longest chunk so far

    def measured(self, seconds: float, rows: int) -> None:
        """A chunk of `rows` held the lock for `seconds`."""
        self.longest = max(self.longest, seconds)
        per_row = max(seconds, 1e-4) / max(rows, 1)
        wanted = int(AIM / per_row)
        self.size = max(self._smallest, min(LARGEST, wanted, self.size * 2))
