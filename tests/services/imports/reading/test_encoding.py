"""Which encoding a file is read in: short lists, and files nobody would write on purpose."""

import random
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from crm_app.services.imports.reading.encoding import detect
from crm_app.services.imports.reading.garbled import TWICE, looks_garbled, mended, suggested_encoding

POLISH = "Imię;Nazwisko;Miasto\r\nŁucja;Źdźbło;Gdańsk\r\nMichał;Wąski;Łódź\r\n"
GERMAN = "Vorname;Nachname;Ort\r\nJörg;Überzwerch;Köln\r\nBärbel;Groß;Fürth\r\n"


def written(folder: Path, content: bytes) -> Path:
    path = folder / "list.csv"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("text", "page"),
    [
        (GERMAN, "cp1252"),
        (GERMAN, "mac-roman"),
        (GERMAN, "cp850"),
        (POLISH, "cp1250"),
        (POLISH, "iso8859-2"),
        (POLISH, "cp852"),
        ("Nome;Cognome;Città\nNicolò;Provalà;Forlì\n", "cp1252"),
        ("Prénom;Nom\nFrançois;Lefèvre\nZoë;Bœuf\n", "cp1252"),
        ("Nombre;Apellido\nÍñigo;Muñoz\nBegoña;Ibáñez\n", "cp1252"),
        ("Jméno;Příjmení\nŘehoř;Dvořák\nBožena;Šťastná\n", "cp1250"),
        ("Név;Város\nGergő;Győr\nErnő;Hódmezővásárhely\n", "cp1250"),
        ("Ad;Soyad;Şehir\nÇağrı;Yıldız;İzmir\nŞule;Kılıç;Muğla\n", "cp1254"),
        ("Имя;Город\nПётр;Москва\nЮлия;Казань\n", "cp1251"),
        ("Name;Preis\nMüller;5 €\n", "iso8859-15"),
        ("Name;Preis\nMüller;5 € – „neu“\n", "cp1252"),
    ],
)
def test_a_short_list_is_read_as_it_was_written(tmp_path: Path, text: str, page: str) -> None:
    content = text.encode(page)
    assert content.decode(detect(written(tmp_path, content)).encoding) == text


@pytest.mark.parametrize(
    ("word", "page"), [("Michał", "cp1250"), ("Jörg", "cp1252"), ("Nicolò", "cp1252"), ("Işık", "cp1254")]
)
def test_one_word_with_an_accent_among_many_without_is_enough(tmp_path: Path, word: str, page: str) -> None:
    text = "Name;E-Mail\n" + "Anna Nowak;anna@example.org\n" * 500 + f"{word};x@example.org\n"
    assert text.encode(page).decode(detect(written(tmp_path, text.encode(page))).encoding) == text


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("ascii", "utf-8"),
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("utf-32", "utf-32"),
    ],
)
def test_unicode_is_named_with_and_without_its_mark(tmp_path: Path, encoding: str, name: str) -> None:
    text = "Name;Town\nAnn;Fable\n" if encoding == "ascii" else POLISH
    assert detect(written(tmp_path, text.encode(encoding))).encoding == name


def test_iso_8859_1_is_answered_as_its_superset(tmp_path: Path) -> None:
    assert detect(written(tmp_path, GERMAN.encode("iso8859-1"))).encoding == "cp1252"


def test_accents_that_come_late_count(tmp_path: Path) -> None:
    late = b"Name;Town\n" + b"Ann;Fable\n" * 150_000
    assert detect(written(tmp_path, late + "Jörg;Köln\n".encode("cp1252"))).encoding == "cp1252"
    assert detect(written(tmp_path, late + "Jörg;Köln\n".encode())).encoding == "utf-8"


def test_utf8_with_a_bad_byte_or_cut_at_the_end_stays_utf8(tmp_path: Path) -> None:
    broken = detect(written(tmp_path, ("Jörg;Köln\n" * 20).encode() + b"caf\xe9;x\n"))
    assert (broken.encoding, broken.undecodable) == ("utf-8", 1)
    assert detect(written(tmp_path, "Jörg;Łódź".encode()[:-1])).encoding == "utf-8"


def test_a_single_nul_does_not_make_it_utf16(tmp_path: Path) -> None:
    assert detect(written(tmp_path, b"a,b\n1,\x002\n")).encoding == "utf-8"


def test_the_alarm_for_garbled_letters() -> None:
    twice = POLISH.encode().decode("cp1252", errors="ignore")
    assert looks_garbled("FranÃ§ois;JÃ¶rg")
    assert looks_garbled(twice)
    assert not looks_garbled("François;Jörg")
    assert not looks_garbled("SÃO PAULO;JOÃO")
    assert mended("FranÃ§ois isst in JÃ¼terbog für 5 â‚¬") == "François isst in Jüterbog für 5 €"
    assert suggested_encoding("FranÃ§ois", "cp1252") == "utf-8"
    assert suggested_encoding("FranÃ§ois", "utf-8") == TWICE
    assert suggested_encoding("François", "utf-8") is None


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400))
@example(b"name,city\n\xfe\xff\nAnna,Bonn\n")  # a mark, but not at the beginning
@example(b"name,city\n\xff\xfe\0\0\nAnna,Bonn\n")
def test_no_bytes_crash_it(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = written(tmp_path_factory.mktemp("bytes"), content)
    guess = detect(path)
    with path.open(encoding=guess.encoding, errors="replace") as file:
        file.read()
    assert 0.0 <= guess.confidence <= 1.0


def test_it_is_quick_on_a_long_list_in_an_8_bit_page(tmp_path: Path) -> None:
    choice = random.Random(1).choice
    names = ["Jörg", "Änne", "Bärbel", "Götz", "Anna", "Peter"]
    text = "".join(f"{choice(names)};{choice(names)};Köln\n" for _ in range(100_000))
    assert detect(written(tmp_path, text.encode("cp1252"))).encoding == "cp1252"
