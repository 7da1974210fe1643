"""Runs the benches one after the other and prints a Markdown table: `python -m benchmarks.run [name…]`."""

import argparse
import importlib
import sys

from benchmarks.figures import HEAD, machine

BENCHES = (
    "import_speed",
    "import_compare",
    "server_during_import",
    "full_sheet",
    "page_speed",
    "list_queries",
    "list_clicks",
    "timeline",
    "start_speed",
    "duplicates",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help=f"some of {', '.join(BENCHES)}; all when left out")
    names = parser.parse_args().names or BENCHES
    if unknown := sorted(set(names) - set(BENCHES)):
        parser.error(f"no such bench: {', '.join(unknown)}")
    print(HEAD, flush=True)
    for name in names:
        print(f"bench: {name} …", file=sys.stderr, flush=True)
        for figure in importlib.import_module(f"benchmarks.{name}").bench():
            print(figure.row, flush=True)
    print(f"\n{machine()}")


if __name__ == "__main__":
    main()
