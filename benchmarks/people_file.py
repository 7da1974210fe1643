"""The file of the comparison: the people of `import_speed` with two own fields, clean or with bad cells in every third
row, and the same people as finished rows of `contact` for SQLite's own `.import`.
"""

import csv
import json
import random
from pathlib import Path

from benchmarks import import_speed

OWN = ("Instrument", "Unterrichtsstunden")
CHOICES = ("Klavier", "Geige", "Gitarre", "Gesang", "Schlagzeug")
HEADER = [*import_speed.HEADER, *OWN]
FIELDS = [*import_speed.FIELDS, "instrument", "hours"]
BAD_SHARE = 0.3
# What such a column gets from people who type, and no importer can take.
BAD = {
    "E-Mail": ("maria.rossi@", "keine", "a b@example.org"),
    "Telefon": ("siehe Notiz", "12", "privat!"),
    "Geburtsdatum": ("31.02.1990", "im Mai", "99.99.9999"),
    "Unterrichtsstunden": ("viele", "zwei bis drei", "?"),
}
# Columns of `contact` that finished rows give; the others stay NULL.
FINISHED = [
    "id", "number", "branch_id", *(field for field in import_speed.FIELDS if field != "tags"), "lifecycle", "active",
    "custom", "search_text", "sort_name", "version", "created_at", "updated_at",
]  # fmt: skip
MOMENT = "2026-01-01 00:00:00.000000"


def write(path: Path, rows: int) -> None:
    """Invented people with an instrument and a number of hours."""
    plain = path.with_suffix(".plain")
    import_speed.write_csv(plain, rows)
    random_ = random.Random(2)
    with plain.open(newline="", encoding="utf-8") as file, path.open("w", newline="", encoding="utf-8") as target:
        out = csv.writer(target)
        for n, row in enumerate(csv.reader(file)):
            out.writerow([*row, random_.choice(CHOICES), random_.randrange(1, 60)] if n else HEADER)
    plain.unlink()


def spoil(path: Path, target: Path, share: float = BAD_SHARE) -> int:
    """The same file with one or two bad cells in that share of the rows. Returns how many rows those are."""
    random_ = random.Random(3)
    spoiled = 0
    with path.open(newline="", encoding="utf-8") as file, target.open("w", newline="", encoding="utf-8") as sink:
        rows, out = csv.reader(file), csv.writer(sink)
        out.writerow(next(rows))
        for row in rows:
            if random_.random() < share:
                spoiled += 1
                for header in random_.sample(list(BAD), random_.randint(1, 2)):
                    row[HEADER.index(header)] = random_.choice(BAD[header])
            out.writerow(row)
    return spoiled


def finish(path: Path, target: Path, base: int) -> None:
    """The file's people as finished rows of `contact`, numbered behind `base`, without a header."""
    with path.open(newline="", encoding="utf-8") as file, target.open("w", newline="", encoding="utf-8") as sink:
        rows, out = csv.DictReader(file, fieldnames=FIELDS), csv.writer(sink)
        next(rows)
        for n, row in enumerate(rows, base + 1):
            words = " ".join(row[name] for name in ("first_name", "last_name", "email", "phone", "city")).lower()
            finished = row | {
                "id": n, "number": n, "branch_id": 1, "lifecycle": "contact", "active": 1, "version": 1,
                "custom": json.dumps({"instrument": row["instrument"], "hours": row["hours"]}),
                "birth_date": "-".join(reversed(row["birth_date"].split("."))),
                "search_text": words, "sort_name": f"{row['last_name']} {row['first_name']}".lower(),
                "created_at": MOMENT, "updated_at": MOMENT,
            }  # fmt: skip
            out.writerow([finished[name] for name in FINISHED])
