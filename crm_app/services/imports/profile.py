"""What a column holds: how many cells are filled, how many different values, a few of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

CAP = 10_000  # different values are counted up to here
SAMPLES = 5
SAMPLE_LENGTH = 200
EVIDENCE = 300  # different cells a suggestion is made from


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """`different` counts distinct non-blank values; with `is_capped` there are at least so many."""

    index: int
    header: str
    rows: int
    filled: int
    different: int
    is_capped: bool
    samples: list[str]

    @property
    def fill(self) -> float:
        """Share of rows in which the cell is not blank, 0 to 1."""
        return self.filled / self.rows if self.rows else 0.0


class Profiles:
    """Grows chunk by chunk."""

    def __init__(self, headers: Sequence[str]) -> None:
        self._headers = headers
        self._rows = 0
        self._filled = [0] * len(headers)
        self._seen: list[dict[str, None]] = [{} for _ in headers]

    def add(self, rows: Sequence[Sequence[str]]) -> None:
        """Takes rows that are all as wide as the header."""
        self._rows += len(rows)
        for index, cells in enumerate(zip(*rows, strict=True)):
            filled = len(cells) - cells.count("")
            distinct = dict.fromkeys(cells)
            blanks = {cell for cell in distinct if not cell.strip()}
            if blanks - {""}:
                filled = sum(1 for cell in cells if cell not in blanks)
            self._filled[index] += filled
            seen = self._seen[index]
            if len(seen) < CAP:
                for cell in distinct:
                    if cell not in blanks:
                        seen.setdefault(cell)
                        if len(seen) >= CAP:
                            break

    def evidence(self) -> list[list[str]]:
        """Different cells of each column, enough to tell what it holds."""
        return [list(islice(seen, EVIDENCE)) for seen in self._seen]

    def fills(self) -> list[float]:
        """Share of filled cells per column, 0 to 1."""
        return [filled / self._rows if self._rows else 0.0 for filled in self._filled]

    def columns(self) -> list[ColumnProfile]:
        return [
            ColumnProfile(
                index,
                header,
                self._rows,
                self._filled[index],
                len(self._seen[index]),
                len(self._seen[index]) >= CAP,
                [_sample(cell) for cell in list(self._seen[index])[:SAMPLES]],
            )
            for index, header in enumerate(self._headers)
        ]


def _sample(cell: str) -> str:
    return cell if len(cell) <= SAMPLE_LENGTH else cell[: SAMPLE_LENGTH - 1] + "…"
