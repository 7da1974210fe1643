"""One measured figure, and how a list of them becomes a Markdown table."""

import os
import platform
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

HEAD = "| bench | what | measured | target | reached |\n|---|---|---|---|---|"


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured. `target` empty = told for comparison only; `reached` None then."""

    bench: str
    what: str
    value: str
    target: str = ""
    reached: bool | None = None

    @property
    def verdict(self) -> str:
        return "" if self.reached is None else ("yes" if self.reached else "**no**")

    @property
    def row(self) -> str:
        """A line of the table."""
        return f"| {self.bench} | {self.what} | {self.value} | {self.target} | {self.verdict} |"


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of the values lie (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered) + 0.5) - 1))]


def spread(seconds: Sequence[float]) -> str:
    """Median, p95 and worst in milliseconds, with how many there were."""
    if not seconds:
        return "none measured"
    median, high, worst = (
        round(1000 * value) for value in (quantile(seconds, 0.5), quantile(seconds, 0.95), max(seconds))
    )
    return f"p50 {median} · p95 {high} · max {worst} ms (n = {len(seconds)})"


def machine() -> str:
    """What the figures were measured on, without naming it."""
    load = os.getloadavg()[0]
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}, load average at the end {load:.1f}"
    )


def table(figures: Iterable[Figure]) -> str:
    """A Markdown table."""
    return "\n".join([HEAD, *(figure.row for figure in figures)])
