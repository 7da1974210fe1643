"""How much longer more takes: compared within one run, because a machine may be busy with something else."""

from collections.abc import Callable
from time import process_time
from typing import TypeVar

Work = TypeVar("Work")


def grows_evenly(do: Callable[[Work], object], short: Work, long: Work, *, spare: float = 0.5) -> bool:
    """Whether `long`, four times `short`, takes about four times as long, not sixteen times; `spare`: seconds of the
    processor that both may take anyway.
    """

    def seconds(work: Work) -> float:
        begun = process_time()
        do(work)
        return process_time() - begun

    return seconds(long) <= 10 * seconds(short) + spare
