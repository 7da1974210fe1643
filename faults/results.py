"""What a fault was expected to leave behind, and what it left."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Result:
    """One fault: how often it was made, what was seen, and everything that was not as expected."""

    fault: str
    made: str
    expected: str
    times: int = 0
    seen: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def expect(self, is_so: bool, otherwise: str) -> None:
        """Keeps `otherwise` as a failure unless it is so."""
        if not is_so:
            self.failures.append(otherwise)

    @property
    def verdict(self) -> str:
        return "**failed**: " + "; ".join(self.failures[:5]) if self.failures else "held"

    @property
    def line(self) -> str:
        return f"{self.fault} {self.made}: {self.verdict} (N = {self.times}) {'; '.join(self.seen)}"

    @property
    def row(self) -> str:
        seen = "; ".join([self.verdict, *self.seen])
        return f"| {self.fault} | {self.made} | {self.expected} | {self.times} | {seen} |"


def table(results: list[Result]) -> str:
    """A Markdown table."""
    return "\n".join(["| id | fault | expected | N | result |", "|---|---|---|---|---|", *(one.row for one in results)])
