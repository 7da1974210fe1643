"""Invented people. Addresses end in example.org or example.com; phones come from ranges kept free for films and manuals
(Germany: Bundesnetzagentur; Britain: Ofcom; North America: 555-01xx) or begin with a block nobody was given."""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True)
class Person:
    first: str
    last: str
    gender: str  # f or m
    birth: dt.date
    street: str
    zip: str
    city: str
    province: str
    country: str
    phone: str
    mobile: str
    company: str = ""
    tags: str = ""
    note: str = ""

    @property
    def mail(self) -> str:
        plain = (self.first + "." + self.last).lower().translate(_PLAIN)
        return "".join(sign for sign in plain if sign.isalnum() or sign == ".") + "@example.org"

    @property
    def work_mail(self) -> str:
        return self.mail.replace("@example.org", "@office.example.com") if self.company else ""

    @property
    def full(self) -> str:
        return f"{self.first} {self.last}"

    @property
    def website(self) -> str:
        return f"https://www.example.com/{self.last.lower().translate(_PLAIN).replace(' ', '-')}" if self.company else ""


_PLAIN = str.maketrans({
    "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "à": "a", "è": "e", "é": "e", "ì": "i", "ò": "o", "ù": "u", "ą": "a",
    "ć": "c", "ę": "e", "ł": "l", "ń": "n", "ó": "o", "ś": "s", "ź": "z", "ż": "z", "ô": "o", "î": "i", "ø": "o",
    "å": "a", "ç": "c", "ñ": "n", "ë": "e", "'": "", "’": "",
})  # fmt: skip


def _people(text: str, country: str) -> list[Person]:
    people = []
    for line in text.strip().splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        first, last, gender, birth, street, postal, city, province, phone, mobile = cells[:10]
        company, tags, note = (cells[10:] + ["", "", ""])[:3]
        people.append(
            Person(
                first, last, gender, dt.date.fromisoformat(birth), street, postal, city, province, country, phone, mobile,
                company, tags, note.replace("\\n", "\n"),
            )
        )  # fmt: skip
    return people


GERMAN = _people(
    """
    Jörg | Überzwerch | m | 1968-03-04 | Kirschallee 12 | 01067 | Dresden | Sachsen | 030 23125001 | 0171 3920001 | Musterbäckerei Überzwerch GmbH | Stammkunde;Newsletter | Ruft lieber an.
    Änne | Größling | f | 1984-11-30 | Am Mühlbach 3a | 80331 | München | Bayern | 030 23125002 | 0171 3920002 | | Newsletter |
    Bärbel | Mustermännchen | f | 1991-07-15 | Straße der Einheit 7 | 04109 | Leipzig | Sachsen | 030 23125003 | 0171 3920003 | Blumen-Paradies Musterdorf | Interessent | Möchte "später" nochmal, bitte erinnern.
    Götz | von Beispielhausen | m | 1955-01-09 | Schloßweg 1 | 09111 | Chemnitz | Sachsen | 030 23125004 | 0171 3920004 | | |
    Käthe | Testenhöfer | f | 2001-05-22 | Lange Gasse 44 | 50667 | Köln | Nordrhein-Westfalen | 030 23125005 | 0171 3920005 | | Newsletter | Zahlt bar; kommt freitags.
    Süleyman | Probst-Öztürk | m | 1979-09-17 | Hafenstraße 101 | 20457 | Hamburg | Hamburg | 030 23125006 | 0171 3920006 | Testwerft AG | Stammkunde |
    Zoë | Fingiert | f | 1996-02-29 | Gärtnerplatz 9 | 70173 | Stuttgart | Baden-Württemberg | 030 23125007 | 0171 3920007 | | Interessent;Newsletter |
    Mäx | Erfunden | m | 1973-12-01 | Bahnhofstr. 5 | 06108 | Halle (Saale) | Sachsen-Anhalt | 030 23125008 | 0171 3920008 | Erfunden & Söhne | | Zweite Zeile:\\nsiehe Akte.
    """,
    "Deutschland",
)
ENGLISH = _people(
    """
    Imogen | Madeup | f | 1982-06-14 | 1 Nowhere Lane | AB1 0XX | Fabletown | Surrey | 020 7946 0001 | 07700 900001 | Pretend Pottery Ltd | Customer;Newsletter | Prefers mail.
    Fintan | O’Fiction | m | 1990-10-03 | 22 Placeholder Road | ZZ9 9ZZ | Sampleford | Kent | 020 7946 0002 | 07700 900002 | | Newsletter |
    Zadie | Invented-Smythe | f | 1975-01-27 | Flat 3, 8 Dummy Street | QX4 7PL | Mocking | Essex | 020 7946 0003 | 07700 900003 | Imaginary Imports | Lead | Said: "call me, maybe".
    Rupert | Notreal | m | 1961-08-19 | The Old Mock, Test Hill | AB2 0YY | Fabletown | Surrey | 020 7946 0004 | 07700 900004 | | |
    Chloë | Fauxley | f | 1999-12-24 | 5 Example Mews | ZZ1 1ZZ | Sampleford | Kent | 020 7946 0005 | 07700 900005 | Fauxley & Daughters | Customer |
    Renée | Pseudonym | f | 1987-04-02 | 77 Fabrication Way | QX1 2AB | Mocking | Essex | 020 7946 0006 | 07700 900006 | | Lead;Newsletter | Two lines,\\nboth short.
    Barnaby | Testcase | m | 1970-07-07 | 10 Unit Row | AB3 1QQ | Fabletown | Surrey | 020 7946 0007 | 07700 900007 | Regression Bakery | |
    Søren | Standin | m | 1993-03-11 | 4 Stub Square | ZZ2 5ZZ | Sampleford | Kent | 020 7946 0008 | 07700 900008 | | Newsletter |
    """,
    "United Kingdom",
)
ITALIAN = _people(
    """
    Nicolò | Inventati | m | 1985-02-11 | Via della Prova 12 | 00118 | Roma | RM | 06 00000001 | 300 0000001 | Panificio Inventati S.r.l. | Cliente;Newsletter | Preferisce la mattina.
    Giosuè | Finto | m | 1992-09-05 | Piazza dell'Esempio 3 | 50121 | Firenze | FI | 055 0000002 | 300 0000002 | | Newsletter |
    Noemì | D'Esempio | f | 1978-12-30 | Corso Libertà 45/B | 10121 | Torino | TO | 011 0000003 | 300 0000003 | Fioreria Perché No | Contatto | Ha già chiesto "un preventivo".
    Libertà | Provalà | f | 1966-06-18 | Viale dei Pioppi 8 | 07100 | Sassari | SS | 079 0000004 | 300 0000004 | | |
    Desirée | Immaginari | f | 2003-01-21 | Via Più Avanti 27 | 09123 | Cagliari | CA | 070 0000005 | 300 0000005 | | Contatto;Newsletter |
    Cosimo | Testoni | m | 1959-08-08 | Salita Così Così 1 | 16121 | Genova | GE | 010 0000006 | 300 0000006 | Officina Testoni & C. | Cliente |
    Mosè | Qualunque | m | 1997-05-13 | Strada Città Nuova 90 | 06121 | Perugia | PG | 075 0000007 | 300 0000007 | | | Richiamare, grazie.
    """,
    "Italia",
)
POLISH = _people(
    """
    Łucja | Zmyślona | f | 1983-04-19 | ul. Próbna 12/3 | 00-001 | Warszawa | mazowieckie | 22 000 00 01 | 500 000 001 | Piekarnia Zmyślona sp. z o.o. | Klient;Newsletter | Dzwonić po południu.
    Wojciech | Żaden-Ćwiek | m | 1971-10-27 | ul. Źródlana 7 | 30-002 | Kraków | małopolskie | 12 000 00 02 | 500 000 002 | | Newsletter |
    Świętosława | Niebyła | f | 1995-02-03 | al. Przykładowa 101 | 80-003 | Gdańsk | pomorskie | 58 000 00 03 | 500 000 003 | Kwiaciarnia „Gęś” | Lead | Pytała o „zniżkę”.
    Zdzisław | Testowski | m | 1958-12-12 | os. Łąkowe 5 m. 8 | 61-004 | Poznań | wielkopolskie | 61 000 00 04 | 500 000 004 | | |
    Żaneta | Pięknowymyślona | f | 2000-07-30 | ul. Śnieżna 33 | 50-005 | Wrocław | dolnośląskie | 71 000 00 05 | 500 000 005 | | Lead;Newsletter |
    Grzegorz | Brzęczek-Fikcyjny | m | 1988-08-08 | ul. Różana 2 | 90-006 | Łódź | łódzkie | 42 000 00 06 | 500 000 006 | Warsztat Fikcja | Klient |
    Agnieszka | Ośla-Łączka | f | 1976-05-25 | pl. Zamyślony 9 | 40-007 | Katowice | śląskie | 32 000 00 07 | 500 000 007 | | | Dwie linie:\\ndruga.
    """,
    "Polska",
)
