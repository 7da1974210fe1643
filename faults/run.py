"""Makes the faults one after the other and prints a Markdown table: `python -m faults.run [F1 F5 …] [--times N]`.

Exit 1 when one of them left something behind that it must not leave.
"""

import argparse
import importlib
import sys

from benchmarks.figures import machine
from faults.results import Result, table

FAULTS = {
    "F1": "killed",
    "F1b": "bulk_killed",
    "F5": "at_once",
    "F6": "two_editors",
    "F7": "left_alone",
    "F8": "replayed",
    "F9": "aborted_upload",
    "F10": "bad_workbooks",
    "F12": "backup",
    "F14": "damaged",
    "F15": "stopped",
    "F16": "mailing",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("faults", nargs="*", help=f"some of {', '.join(FAULTS)}; all when left out")
    parser.add_argument("--times", type=int, help="how often each is made, instead of its own number")
    wanted = parser.parse_args()
    names = wanted.faults or list(FAULTS)
    if unknown := sorted(set(names) - set(FAULTS)):
        parser.error(f"no such fault: {', '.join(unknown)}")
    results: list[Result] = []
    for name in names:
        make = importlib.import_module(f"faults.{FAULTS[name]}").make
        found = make(wanted.times) if wanted.times else make()
        print(found.line, file=sys.stderr, flush=True)
        results.append(found)
    print(f"{machine()}\n\n{table(results)}")
    if any(result.failures for result in results):
        sys.exit(1)


if __name__ == "__main__":
    main()
