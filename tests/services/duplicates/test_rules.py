"""Who is held for one: pairs in a table, and the accuracy on invented people and on a public data set."""

import csv
from datetime import date
from typing import Any

import numpy as np
import pytest

from crm_app.services.duplicates import scores
from crm_app.services.duplicates.engine import Engine
from crm_app.services.duplicates.prepared import Raw, people
from crm_app.services.duplicates.weights import Parameters
from tests.services.duplicates.people import Invented, accuracy
from tests.services.imports.test_febrl import data_set

ANNA: dict[str, Any] = {"first_name": "Anna", "last_name": "Kowalczyk"}
BORN = date(1980, 5, 17)
BIRTH = {"birth_date": BORN}
HOME = {"street": "Gartenweg 7", "postal_code": "10115", "city": "Berlin"}
MAIL = {"emails": ("anna.k@example.org",)}
PHONE = {"phones": ("+49301234567",)}

SAME = {
    "e-mail": (MAIL | ANNA, MAIL | {"last_name": "Kowalczyk"}),
    "e-mail alone": (MAIL, MAIL),
    "phone and name": (PHONE | ANNA, PHONE | ANNA),
    "name and birth date": (ANNA | {"birth_date": BORN}, ANNA | {"birth_date": BORN}),
    "name and address": (ANNA | HOME, ANNA | HOME),
    "swapped names": (ANNA | HOME, HOME | {"first_name": "Kowalczyk", "last_name": "Anna"}),
    "swapped letters": (ANNA | HOME, ANNA | HOME | {"last_name": "Kowaclzyk"}),
    "nickname": (HOME | ANNA, HOME | ANNA | {"first_name": "Ania"}),
    "initial": (HOME | ANNA, HOME | ANNA | {"first_name": "A."}),
    "umlaut": (HOME | {"last_name": "Müßig"}, HOME | {"last_name": "Muessig"}),
    "birth date with a wrong digit": (ANNA | HOME | BIRTH, ANNA | HOME | {"birth_date": date(1980, 5, 11)}),
    "day and month swapped": (ANNA | {"birth_date": date(1980, 5, 7)}, ANNA | {"birth_date": date(1980, 7, 5)}),
    "tax number": (ANNA | {"tax_number": "KWLNNA80E57H501X"}, {"first_name": "A", "tax_number": "KWLNNA80E57H501X"}),
    "legal form": ({"company": "Rossi Impianti S.r.l."} | HOME, {"company": "Rossi Impianti"} | HOME),
    "company and phone": ({"company": "Rossi GmbH"} | PHONE, {"company": "Rosi"} | PHONE),
    "name in the address": ({"emails": ("anna.kowalczyk@a.example",)} | HOME, ANNA | HOME),
    "married": (ANNA | MAIL | {"birth_date": BORN}, ANNA | MAIL | {"last_name": "Nowak", "birth_date": BORN}),
}  # fmt: skip
APART = {
    "nothing in common": (ANNA | MAIL, {"first_name": "Piotr", "last_name": "Nowak", "emails": ("p@example.org",)}),
    "only a first name": (ANNA, ANNA | {"last_name": "Nowak"}),
    "siblings": (ANNA | HOME | PHONE, HOME | PHONE | {"first_name": "Piotr", "last_name": "Kowalczyk"}),
    "a couple with one e-mail": (ANNA | HOME | MAIL, HOME | MAIL | {"first_name": "Piotr", "last_name": "Kowalczyk"}),
    "twins apart": (ANNA | {"birth_date": BORN}, {"first_name": "Piotr", "last_name": "Nowak", "birth_date": BORN}),
    "colleagues": (
        ANNA | HOME | PHONE | {"company": "Rossi GmbH"},
        HOME | PHONE | {"company": "Rossi GmbH", "first_name": "Piotr", "last_name": "Nowak"},
    ),
    "only a town": ({"city": "Berlin", "last_name": "Nowak"}, {"city": "Berlin", "last_name": "Meier"}),
}  # fmt: skip


def engine_of(*rows: dict[str, Any]) -> Engine:
    return Engine(people(Raw(n + 1, 1, **row) for n, row in enumerate(rows)), Parameters(len(rows)))


def weight(one: dict[str, Any], other: dict[str, Any]) -> float:
    return float(engine_of(one, other).rate(np.array([0]), np.array([1]))[0])


@pytest.mark.parametrize("case", SAME)
def test_they_are_one(case: str) -> None:
    one, other = SAME[case]
    assert weight(one, other) >= scores.SHOWN_BITS
    assert engine_of(one, other).search().weights, "no key brings them together"


@pytest.mark.parametrize("case", APART)
def test_they_are_not(case: str) -> None:
    assert weight(*APART[case]) < scores.SHOWN_BITS


@pytest.mark.parametrize("field", ["street", "city", "birth_date", "emails", "phones", "company", "tax_number"])
def test_a_missing_value_says_nothing(field: str) -> None:
    rich = ANNA | HOME | MAIL | PHONE | {"birth_date": BORN, "company": "Rossi", "tax_number": "12345678901"}
    other = {key: value for key, value in rich.items() if key != field}
    assert weight(rich, other) == pytest.approx(weight(other, other), abs=0.01)


def test_a_shared_phone_is_hardly_evidence() -> None:
    crowd = [PHONE | {"first_name": f"Eva{n}", "last_name": f"Nowak{n}x"} for n in range(20)]
    alone = engine_of(PHONE | {"last_name": "Ada"}, PHONE | {"company": "Ada"}).rate(np.array([0]), np.array([1]))
    among = engine_of(PHONE | {"last_name": "Ada"}, PHONE | {"company": "Ada"}, *crowd).rate(
        np.array([0]), np.array([1])
    )
    assert among[0] < alone[0] - 4


def test_a_common_name_weighs_less_than_a_rare_one() -> None:
    crowd = [{"first_name": f"X{n}", "last_name": "Meier", "city": f"Town {n}"} for n in range(40)]
    pairs = [ANNA | {"last_name": "Meier"}] * 2 + [ANNA | {"last_name": "Zwirner"}] * 2
    rated = engine_of(*pairs, *crowd).rate(np.array([0, 2]), np.array([1, 3]))
    assert rated[0] < rated[1] - 2


def test_a_name_alone_is_never_certain() -> None:
    (_, judged), *_ = engine_of(ANNA, ANNA).judge([(0, 1)])
    assert not judged.certain
    (_, judged), *_ = engine_of(ANNA | MAIL | HOME, ANNA | MAIL | HOME).judge([(0, 1)])
    assert judged.certain


def test_different_birth_dates_are_never_certain_and_break_a_chain() -> None:
    rows = [ANNA | HOME | {"birth_date": BORN}, ANNA | HOME, ANNA | HOME | {"birth_date": date(1951, 11, 2)}]
    engine = engine_of(*rows)
    pairs = [(0, 1), (1, 2), (0, 2)]
    judged = dict(engine.judge(pairs))
    assert not judged[0, 2].certain
    assert judged[0, 2].weight < min(judged[0, 1].weight, judged[1, 2].weight) - 4


@pytest.mark.parametrize("seed", [1, 2])
def test_accuracy_on_invented_people(seed: int) -> None:
    invented = Invented(6_000, seed=seed)
    engine = Engine(people(invented.rows))
    _, _, f1 = accuracy(engine.groups(engine.search().weights), invented.truth)
    assert f1 >= 0.95


@pytest.mark.parametrize(("number", "least"), [(1, 0.985), (3, 0.985)])
def test_accuracy_on_febrl(number: int, least: float) -> None:
    rows, truth = febrl(number)
    engine = Engine(people(rows))
    _, _, f1 = accuracy(engine.groups(engine.search().weights), truth)
    assert f1 >= least


def febrl(number: int) -> tuple[list[Raw], list[int]]:
    """Without the social security number, which no CRM has."""
    rows, truth = [], []
    with data_set(number).open(encoding="utf-8") as file:
        for line in csv.DictReader(file, skipinitialspace=True):
            cells = {key.strip(): value.strip() for key, value in line.items()}
            street = f"{cells['street_number']} {cells['address_1']}".strip()
            row = Raw(len(rows) + 1, 1, cells["given_name"], cells["surname"], None, street, cells["postcode"])
            rows.append(row._replace(city=cells["suburb"], birth_date=_day(cells["date_of_birth"])))
            truth.append(int(cells["rec_id"].split("-")[1]))
    return rows, truth


def _day(text: str) -> date | None:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return None
