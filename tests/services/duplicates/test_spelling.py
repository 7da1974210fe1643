import pytest

from crm_app.services.duplicates import spelling


@pytest.mark.parametrize(
    ("one", "other"),
    [("Müller", "Mueller"), ("MÜLLER", "muller"), ("Łukasz", "Lukasz"), ("Groß", "Gross"), ("O'Neill", "ONeill")],
)
def test_spellings_of_one_word_are_one(one: str, other: str) -> None:
    assert spelling.plain(one) == spelling.plain(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Meier", "Mayer"), ("Schmidt", "Schmitt"), ("Kowalska", "Kovalska"), ("Philipp", "Filip"), ("Becker", "Beker")],
)
def test_what_sounds_alike_has_one_sound(one: str, other: str) -> None:
    assert spelling.sound(spelling.plain(one)) == spelling.sound(spelling.plain(other))


@pytest.mark.parametrize(
    ("short", "long"), [("Bob", "Robert"), ("Sepp", "Giuseppe"), ("Kasia", "Katarzyna"), ("Gosia", "Margarete")]
)
def test_short_and_foreign_forms_are_one_name(short: str, long: str) -> None:
    assert spelling.canonical(spelling.plain(short)) == spelling.canonical(spelling.plain(long))


@pytest.mark.parametrize(
    "written",
    [
        "Rossi S.r.l.", "ROSSI SRL", "Rossi GmbH", "Rossi Sp. z o.o.", "Rossi sp.zo.o.", "Rossi, Inc.", "Rossi Ltd.",
        "Rossi GmbH & Co. KG", "Rossi S.p.A.", "Rossi AG", "Rossi e.V.",
    ],
)  # fmt: skip
def test_legal_forms_do_not_count(written: str) -> None:
    assert spelling.company(written) == "rossi"


def test_a_company_called_like_a_legal_form_keeps_its_name() -> None:
    assert spelling.company("AG") == "ag"


@pytest.mark.parametrize("written", ["Hauptstraße 5", "Haupt Str. 5", "HAUPTSTR. 5", "Haupt-Strasse 5"])
def test_streets_have_one_spelling(written: str) -> None:
    assert spelling.street(written) == "haupt strasse 5"
