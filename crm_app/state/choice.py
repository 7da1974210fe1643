"""One of several things to choose from in a list."""

from dataclasses import dataclass


@dataclass
class Choice:
    value: str
    label: str
