"""What a header alone says."""

import json
from collections import defaultdict

import pytest

from crm_app.locales import LANGUAGES, render
from crm_app.services.fields.registry import FIELDS
from crm_app.services.imports.mapping.parts import Meaning, meaning_of_parts
from crm_app.services.imports.mapping.suggest import suggest
from crm_app.services.imports.mapping.synonyms import CONCEPTS, FOLDER, Word, exact, key_of, one_edit_apart, tokens_of

LISTS = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))}


def alone(header: str) -> str | None:
    return suggest([header], [[]])[0].target


@pytest.mark.parametrize(
    ("header", "tokens"),
    [
        ("E-Mail 2: Adresse*", ("e", "mail", "2", "adresse")),
        ("First Name (required)", ("first", "name")),
        ("Birthday (DD.MM.YYYY)", ("birthday",)),
        ("firstName", ("first", "name")),
        ("MailingPostalCode", ("mailing", "postal", "code")),
        ("hs_lead_status", ("hs", "lead", "status")),
        ("PLZ", ("plz",)),
        ("Straße", ("strasse",)),
        ("Città'", ("citta",)),
        ("Weiteres/r Bundesland", ("weiteres", "bundesland")),
        ("ID", ("id",)),
        ("", ()),
    ],
)
def test_case_accents_and_punctuation_do_not_count(header: str, tokens: tuple[str, ...]) -> None:
    assert tokens_of(header) == tokens


@pytest.mark.parametrize(
    ("target", "headers"),
    [
        ("first_name", "First name|Vorname|Nome|Imię|given_name|FIRSTNAME|Prénom|Nombre|Förnamn|Имя"),
        ("last_name", "Last Name|Nachname|Cognome|Nazwisko|Surname|Familienname|Apellidos|Příjmení|Soyadı|Фамилия"),
        ("email", "E-Mail|email|E-mail Address|Adres e-mail|Indirizzo e-mail|Mailadresse|Courriel|Sähköposti"),
        ("phone", "Tel. priv.|Tel.-Nr.|Telefono|Nr tel.|Home Phone|Telefon geschäftlich|Telefono (uff.)|Téléphone"),
        ("mobile", "Mobil|Handynr.|Cell.|Nr kom.|Telefon komórkowy|Mobile Phone|Tel. cellulare|Portable"),
        ("street", "Str.|Ul.|Via|Straße & Hausnummer|Address|Business Street|Adres służbowy - ulica|Rue"),
        ("postal_code", "PLZ|CAP|C.A.P.|Kod pocztowy|ZIP|Postcode|Code postal|PSČ|CAP (ab.)"),
        ("city", "Ort|Comune|Miejscowość|City|Ort privat|Città (uff.)|Ville|Kaupunki"),
        ("province", "Bundesland|Prov.|Województwo|State|Kanton|Home State"),
        ("country", "Land|Nazione|Kraj|Country/Region|Paese/area geografica (uff.)|Pays"),
        ("tax_number", "Cod. fisc.|C.F.|P.IVA|PESEL|NIP|USt-IdNr.|Steuer-ID|VAT number"),
        ("birth_date", "Geb.-Datum|Geb.|dt. nasc.|Data ur.|DOB|Date of birth|Geburtstag|Compleanno"),
        ("gender", "Geschlecht|Sesso|Płeć|Gender|Sexe"),
        ("external_id", "Kundennummer|ID|Contact ID|Record ID|Nr klienta|Codice cliente|Matricola|rec_id"),
        ("owner", "Zugewiesen an|Assegnato a|Opiekun|Contact owner|Assigned To"),
        ("acquired_on", "Erfassungsdatum|Data acquisizione|Data pozyskania"),
        ("registered_at", "Registriert|Create Date|Data creazione|Data rejestracji|Erstellt am"),
        ("privacy_accepted", "Datenschutz|Privacy|Zgoda RODO|GDPR consent"),
        ("tags", "Kategorien|Labels|Tagi|Etichette|Group Membership"),
        ("notes", "Notizen|Note|Uwagi|Comments|Bemerkungen"),
        ("website", "Webseite|Sito web|WWW|Web Page|Website 1 - Value"),
        ("salutation", "Anrede|Salutation|Name Prefix|Zwrot grzecznościowy"),
        ("company", "Firma|Azienda|Ragione sociale|Organization 1 - Name|Account Name"),
        ("active", "Aktiv|Attivo|Aktywny"),
    ],
)
def test_headers_of_real_exports(target: str, headers: str) -> None:
    assert {header: alone(header) for header in headers.split("|")} == dict.fromkeys(headers.split("|"), target)


@pytest.mark.parametrize(
    "header",
    "Business Fax|Assistant's Name|Assistant's Phone|Spouse|Business Street 2|Home Address 2|E-mail Type|E-mail 2 Type"
    "|E-mail Display Name|Phone 1 - Type|Phone 1 - Label|Middle Name|Weitere Vornamen|Secondo nome|Drugie imię|Number"
    "|Nr.|Nummer|Numero|Lp.|Account|Hausnummer|N. civico|Nr domu|Comune di nascita|Luogo di nascita|Fax privat"
    "|PLZ/Ort|Straße, PLZ, Ort|Telefon/Fax|Postfach privat|Last Modified Date|Geändert am|OPTIN_IP|LATITUDE|IBAN"
    "|Newsletter|Company ID|Owner ID|Order number|Name der Mutter|Telefon Mutter|Email genitore|Favourite colour|Q3|"
    "|id card|password_hash|role|created by|is_admin|deleted_at|consent_ip".split("|"),
)
def test_better_unmapped_than_wrong(header: str) -> None:
    assert alone(header) is None


@pytest.mark.parametrize(
    ("header", "meaning"),
    [
        ("Business Phone 2", Meaning("phone", "work", 2, 0.95)),
        ("HomePhone2", Meaning("phone", "home", 2, 0.95)),
        ("Via (uff.)", Meaning("street", "work", 1, 0.95)),
        ("Weiteres/r Bundesland/Kanton", Meaning("province", "other", 1, 0.95)),
        ("Address 2 - City", Meaning("city", "", 2, 0.95)),
        ("Person - Email - Work", Meaning("email", "work", 1, 0.95)),
        ("Telefono principale società", Meaning("phone", "company", 1, 0.95)),
        ("Phone (mobile)", Meaning("mobile", "", 1, 0.95)),
        ("Business", None),
        ("Street and City", None),
    ],
)
def test_headers_made_of_parts(header: str, meaning: Meaning | None) -> None:
    assert meaning_of_parts(header) == meaning


@pytest.mark.parametrize(
    ("header", "target"),
    [
        ("Telefonummer", "phone"),
        ("Postleitzhal", "postal_code"),
        ("Geburtsdatumm", "birth_date"),
        ("Vornmae", "first_name"),
    ],
)
def test_a_slip_of_the_keyboard_is_forgiven(header: str, target: str) -> None:
    suggestion = suggest([header], [[]])[0]
    assert suggestion.target == target
    assert suggestion.confidence < 0.9


@pytest.mark.parametrize("header", ["Nane", "Citi", "Stati", "Contry"])
def test_short_words_are_not_guessed(header: str) -> None:
    assert len(header) < 7
    assert alone(header) is None


@pytest.mark.parametrize(
    ("left", "right", "near"),
    [
        ("abc", "abc", True),
        ("abc", "abd", True),
        ("abc", "ab", True),
        ("abc", "acb", True),
        ("abc", "axbc", True),
        ("abc", "cba", False),
        ("", "ab", False),
    ],
)
def test_one_edit(left: str, right: str, near: bool) -> None:
    assert one_edit_apart(left, right) is near
    assert one_edit_apart(right, left) is near


def test_our_own_names_and_labels_are_understood() -> None:
    for name, field in FIELDS.items():
        if name == "number":
            continue
        assert alone(name) == name
        for language in LANGUAGES:
            label = render(field.label, language)
            assert name in exact(label) or alone(label) == name, (language, label)


@pytest.mark.parametrize("language", LISTS)
def test_word_lists_name_known_things_only(language: str) -> None:
    assert set(LISTS[language]) <= set(FIELDS) | set(CONCEPTS) | set(Word)


@pytest.mark.parametrize("language", LISTS)
def test_within_a_language_a_header_has_one_meaning(language: str) -> None:
    meanings: dict[str, set[str]] = defaultdict(set)
    for name, joined in LISTS[language].items():
        if name not in set(Word):
            for synonym in joined.split("|"):
                meanings[key_of(synonym)].add(name)
    assert {key: names for key, names in meanings.items() if len(names) > 1} == {}


@pytest.mark.parametrize(
    ("headers", "target"),
    [
        ("Nome|Endereço|Cidade|Observações|Estado", "province"),
        ("Nombre|Apellidos|Dirección|Ciudad|Estado", "status"),
        ("Estado", None),
    ],
)
def test_where_languages_disagree_the_language_of_the_file_decides(headers: str, target: str | None) -> None:
    names = headers.split("|")
    assert suggest(names, [[] for _ in names])[-1].target == target
