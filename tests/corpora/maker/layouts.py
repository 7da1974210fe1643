"""Real layouts, each column as `header | what stands in it | field it belongs to`.

What stands in it: an attribute of a person, `=text`, or one of the values of `values.value`. No field: leave unmapped.
Header texts and their order are the products' own; see each layout's docstring line for where they come from.
"""

from dataclasses import dataclass

from tests.corpora.maker.people import ENGLISH, GERMAN, ITALIAN, POLISH, Person


@dataclass(frozen=True)
class Column:
    header: str
    value: str
    target: str | None


@dataclass(frozen=True)
class Layout:
    """One file. `quote` all, needed or none; `dates` as strftime; `preamble` lines above the header."""

    name: str
    people: list[Person]
    columns: list[Column]
    encoding: str = "utf-8"
    delimiter: str = ","
    quote: str = "needed"
    line: str = "\r\n"
    dates: str = "%Y-%m-%d"
    preamble: tuple[str, ...] = ()
    tail: str = ""  # written at the end of each record
    has_header: bool = True


def columns(text: str) -> list[Column]:
    made = []
    for line in text.strip("\n").splitlines():
        header, value, target = [*(cell.strip() for cell in line.split("|")), "", ""][:3]
        made.append(Column(header, value, target or None))
    return made


def plain(text: str) -> str:
    """Headers of empty columns, separated by commas, as lines of `columns`."""
    return "\n".join(header.strip() for header in text.strip().split(","))


GOOGLE_OLD = columns(
    "Name|full\nGiven Name|first|first_name\nAdditional Name\nFamily Name|last|last_name\n"
    + plain("Yomi Name,Given Name Yomi,Additional Name Yomi,Family Name Yomi")
    + "\nName Prefix||salutation\n"
    + plain("Name Suffix,Initials,Nickname,Short Name,Maiden Name")
    + "\nBirthday|birth|birth_date\nGender||gender\n"
    + plain("Location,Billing Information,Directory Server,Mileage,Occupation,Hobby,Sensitivity,Priority,Subject")
    + "\nNotes|note|notes\nLanguage||language\nPhoto\nGroup Membership|google_groups|tags\nE-mail 1 - Type|=* Home\n"
    "E-mail 1 - Value|mail|email\nE-mail 2 - Type|work_type\nE-mail 2 - Value|work_mail\nPhone 1 - Type|=Home\n"
    "Phone 1 - Value|phone|phone\nPhone 2 - Type|=Mobile\nPhone 2 - Value|mobile\nAddress 1 - Type|=Home\n"
    "Address 1 - Formatted|formatted\nAddress 1 - Street|street|street\nAddress 1 - City|city|city\n"
    "Address 1 - PO Box\nAddress 1 - Region|province|province\nAddress 1 - Postal Code|zip|postal_code\n"
    "Address 1 - Country|country|country\nAddress 1 - Extended Address\nOrganization 1 - Type\n"
    "Organization 1 - Name|company|company\n"
    + plain(
        "Organization 1 - Yomi Name,Organization 1 - Title,Organization 1 - Department,Organization 1 - Symbol,"
        "Organization 1 - Location,Organization 1 - Job Description"
    )
    + "\nWebsite 1 - Type|website_type\nWebsite 1 - Value|website|website"
)
GOOGLE_NEW = columns(
    "First Name|first|first_name\nMiddle Name\nLast Name|last|last_name\n"
    + plain("Phonetic First Name,Phonetic Middle Name,Phonetic Last Name")
    + "\nName Prefix||salutation\nName Suffix\nNickname\nFile As"
    + "\nOrganization Name|company|company\nOrganization Title\nOrganization Department\nBirthday|birth|birth_date\n"
    "Notes|note|notes\nPhoto\nLabels|google_groups|tags\nE-mail 1 - Label|=* Home\nE-mail 1 - Value|mail|email\n"
    "E-mail 2 - Label|work_type\nE-mail 2 - Value|work_mail\nPhone 1 - Label|=Home\nPhone 1 - Value|phone|phone\n"
    "Phone 2 - Label|=Mobile\nPhone 2 - Value|mobile\nAddress 1 - Label|=Home\nAddress 1 - Formatted|formatted\n"
    "Address 1 - Street|street|street\nAddress 1 - City|city|city\nAddress 1 - PO Box\n"
    "Address 1 - Region|province|province\nAddress 1 - Postal Code|zip|postal_code\n"
    "Address 1 - Country|country|country\nAddress 1 - Extended Address\nWebsite 1 - Label|website_type\n"
    "Website 1 - Value|website|website"
)
OUTLOOK_EN = columns(
    "Title|title_en|salutation\nFirst Name|first|first_name\nMiddle Name\nLast Name|last|last_name\nSuffix\n"
    "Company|company|company\nDepartment\nJob Title\nBusiness Street|street|street\nBusiness Street 2\n"
    "Business Street 3\nBusiness City|city|city\nBusiness State|province|province\n"
    "Business Postal Code|zip|postal_code\nBusiness Country/Region|country|country\n"
    + plain(
        "Home Street,Home Street 2,Home Street 3,Home City,Home State,Home Postal Code,Home Country/Region,"
        "Other Street,Other Street 2,Other Street 3,Other City,Other State,Other Postal Code,Other Country/Region,"
        "Assistant's Phone,Business Fax"
    )
    + "\nBusiness Phone|phone|phone\n"
    + plain("Business Phone 2,Callback,Car Phone,Company Main Phone,Home Fax,Home Phone,Home Phone 2,ISDN")
    + "\nMobile Phone|mobile|mobile\n"
    + plain(
        "Other Fax,Other Phone,Pager,Primary Phone,Radio Phone,TTY/TDD Phone,Telex,Account,Anniversary,"
        "Assistant's Name,Billing Information"
    )
    + "\nBirthday|birth|birth_date\nBusiness Address PO Box\nCategories|tags|tags\nChildren\nDirectory Server\n"
    "E-mail Address|mail|email\nE-mail Type|=SMTP\nE-mail Display Name|display_mail\n"
    + plain("E-mail 2 Address,E-mail 2 Type,E-mail 2 Display Name,E-mail 3 Address,E-mail 3 Type,E-mail 3 Display Name")
    + "\nGender|outlook_gender_en|gender\n"
    + plain("Government ID Number,Hobby,Home Address PO Box,Initials,Internet Free Busy,Keywords")
    + "\nLanguage||language\n"
    + plain("Location,Manager's Name,Mileage")
    + "\nNotes|note|notes\nOffice Location\nOrganizational ID Number\nOther Address PO Box\nPriority|=Normal\n"
    "Private|=False\nProfession\nReferred By\nSensitivity|=Normal\nSpouse\nUser 1\nUser 2\nUser 3\nUser 4\n"
    "Web Page|website|website"
)
OUTLOOK_DE = columns(
    "Anrede|salutation_de|salutation\nVorname|first|first_name\nWeitere Vornamen\nNachname|last|last_name\nSuffix\n"
    "Firma|company|company\n"
    + plain(
        "Abteilung,Position,Straße geschäftlich,Straße geschäftlich 2,Straße geschäftlich 3,Ort geschäftlich,"
        "Region geschäftlich,Postleitzahl geschäftlich,Land/Region geschäftlich"
    )
    + "\nStraße privat|street|street\nStraße privat 2\nStraße privat 3\nOrt privat|city|city\n"
    "Bundesland/Kanton privat|province|province\nPostleitzahl privat|zip|postal_code\n"
    "Land/Region privat|country|country\n"
    + plain(
        "Weitere Straße,Weitere Straße 2,Weitere Straße 3,Weiterer Ort,Weiteres/r Bundesland/Kanton,"
        "Weitere Postleitzahl,Weiteres/e Land/Region,Telefon Assistent,Fax geschäftlich,Telefon geschäftlich,"
        "Telefon geschäftlich 2,Rückmeldung,Autotelefon,Telefon Firma,Fax privat"
    )
    + "\nTelefon (privat)|phone|phone\nTelefon (privat 2)\nISDN\nMobiltelefon|mobile|mobile\n"
    + plain(
        "Weiteres Fax,Weiteres Telefon,Pager,Haupttelefon,Mobiltelefon 2,Telefon für Hörbehinderte,Telex,"
        "Abrechnungsinformation,Assistent(in),Benutzer 1,Benutzer 2,Benutzer 3,Benutzer 4,Beruf,Büro"
    )
    + "\nE-Mail-Adresse|mail|email\nE-Mail-Typ|=SMTP\nE-Mail: Angezeigter Name|display_mail\n"
    + plain(
        "E-Mail 2: Adresse,E-Mail 2: Typ,E-Mail 2: Angezeigter Name,E-Mail 3: Adresse,E-Mail 3: Typ,"
        "E-Mail 3: Angezeigter Name,Empfohlen von"
    )
    + "\nGeburtstag|birth|birth_date\nGeschlecht|outlook_gender_de|gender\n"
    + plain("Hobby,Initialen,Internet-Frei/Gebucht,Jahrestag")
    + "\nKategorien|tags|tags\n"
    + plain("Kinder,Konto,Name des/der Vorgesetzten")
    + "\nNotizen|note|notes\n"
    + plain("Organisationsnr.,Ort,Partner(in),Postfach geschäftlich,Postfach privat")
    + "\nPriorität|=Normal\nPrivat|=Aus\n"
    + plain("Regierungsnr.,Reisekilometer")
    + "\nSprache||language\nStichwörter"
    + "\nVertraulichkeit|=Normal\nVerzeichnisserver\nWebseite|website|website\nWeiteres Postfach"
)
OUTLOOK_IT = columns(
    "Titolo|titolo_it|salutation\nNome|first|first_name\nSecondo nome\nCognome|last|last_name\nTitolo straniero\n"
    "Società|company|company\n"
    + plain(
        "Reparto,Posizione,Via (uff.),Via (uff.) 2,Via (uff.) 3,Città (uff.),Provincia (uff.),CAP (uff.),"
        "Paese/area geografica (uff.)"
    )
    + "\nVia (ab.)|street|street\nVia (ab.) 2\nVia (ab.) 3\nCittà (ab.)|city|city\nProvincia (ab.)|province|province\n"
    "CAP (ab.)|zip|postal_code\nPaese/area geografica (ab.)|country|country\n"
    + plain(
        "Altra via,Altra via 2,Altra via 3,Altra città,Altra provincia,Altro CAP,Altro paese/area geografica,"
        "Telefono assistente,Fax (uff.),Ufficio,Ufficio 2,Richiamata automatica,Telefono auto,"
        "Telefono principale società,Fax (ab.)"
    )
    + "\nAbitazione|phone|phone\nAbitazione 2\nISDN\nCellulare|mobile|mobile\n"
    + plain(
        "Altro fax,Altro telefono,Cercapersone,Telefono principale,Radiotelefono,Telefono TTY/TDD,Telex,Account,"
        "Altro indirizzo - Casella postale,Anniversario"
    )
    + "\nCategorie|tags|tags\nCod. Fisc./P. IVA||tax_number\nCompleanno|birth|birth_date\n"
    + plain(
        "Dati fatturazione,Disponibilità Internet,Figli,Hobby,Indennità trasferta,Indirizzo (ab.) - Casella postale,"
        "Indirizzo (uff.) - Casella postale"
    )
    + "\nIndirizzo posta elettronica|mail|email\nTipo posta elettronica|=SMTP\n"
    "Nome visualizzato posta elettronica|display_mail\n"
    + plain(
        "Indirizzo posta elettronica 2,Tipo posta elettronica 2,Nome visualizzato posta elettronica 2,"
        "Indirizzo posta elettronica 3,Tipo posta elettronica 3,Nome visualizzato posta elettronica 3,Iniziali"
    )
    + "\nLingua||language\n"
    + plain("Luogo,Nome assistente,Nome coniuge/partner,Nome manager")
    + "\nNotes|note|notes\nNumero ID organizzativo\nPagina Web|website|website\n"
    + plain("Parole chiave,Presentato da")
    + "\nPriorità|=Normale\nPrivato|=Falso\nProfessione\nRiservatezza|=Normale\nServer di directory\n"
    "Sesso|outlook_gender_it|gender\nUbicazione ufficio\nUtente 1\nUtente 2\nUtente 3\nUtente 4"
)
OUTLOOK_PL = columns(
    "Tytuł|title_pl|salutation\nImię|first|first_name\nDrugie imię\nNazwisko|last|last_name\nSufiks\n"
    "Firma|company|company\nDział\nStanowisko\nAdres służbowy - ulica|street|street\nAdres służbowy - ulica 2\n"
    "Adres służbowy - ulica 3\nAdres służbowy - miejscowość|city|city\n"
    "Adres służbowy - województwo|province|province\nAdres służbowy - kod pocztowy|zip|postal_code\n"
    "Adres służbowy - kraj/region|country|country\n"
    + plain(
        "Adres domowy - ulica,Adres domowy - ulica (2),Adres domowy - ulica (3),Adres domowy - miejscowość,"
        "Adres domowy - województwo,Adres domowy - kod pocztowy,Adres domowy - kraj/region,Inny adres - ulica,"
        "Inny adres - ulica 2,Inny adres - ulica 3,Inny adres - miejscowość,Inny adres - województwo,"
        "Inny adres - kod pocztowy,Inny adres - kraj/region,Telefon asystenta,Faks służbowy"
    )
    + "\nTelefon służbowy|phone|phone\n"
    + plain(
        "Telefon służbowy 2,Wywołanie zwrotne,Telefon w samochodzie,Główny telefon do firmy,Faks domowy,"
        "Telefon domowy,Telefon domowy 2,ISDN"
    )
    + "\nTelefon komórkowy|mobile|mobile\n"
    + plain(
        "Inny faks,Inny telefon,Pager,Telefon podstawowy,Radiotelefon,Telefon TTY/TDD,Teleks,Konto,Rocznica,"
        "Imię i nazwisko asystenta,Informacje o rozliczeniach"
    )
    + "\nUrodziny|birth|birth_date\nKategorie|tags|tags\nDzieci\nSerwer katalogowy\nAdres e-mail|mail|email\n"
    "Typ e-mail|=SMTP\nNazwa wyświetlana e-mail|display_mail\n"
    + plain(
        "Adres e-mail 2,Typ e-mail 2,Nazwa wyświetlana e-mail 2,Adres e-mail 3,Typ e-mail 3,Nazwa wyświetlana e-mail 3"
    )
    + "\nPłeć|outlook_gender_pl|gender\n"
    + plain("Numer identyfikacyjny,Hobby,Inicjały,Słowa kluczowe")
    + "\nJęzyk||language\n"
    + plain("Lokalizacja,Menedżer,Przebieg")
    + "\nNotatki|note|notes\nLokalizacja biura\nPriorytet|=Normalny\nPrywatne|=Fałsz\nZawód\nPolecony przez\n"
    "Charakter|=Normalny\nMałżonek\nUżytkownik 1\nUżytkownik 2\nUżytkownik 3\nUżytkownik 4\n"
    "Strona sieci Web|website|website"
)
THUNDERBIRD_EN = columns(
    "First Name|first|first_name\nLast Name|last|last_name\nDisplay Name|full\nNickname\nPrimary Email|mail|email\n"
    "Secondary Email|work_mail\nScreen Name\nWork Phone\nHome Phone|phone|phone\nFax Number\nPager Number\n"
    "Mobile Number|mobile|mobile\nHome Address|street|street\nHome Address 2\nHome City|city|city\n"
    "Home State|province|province\nHome ZipCode|zip|postal_code\nHome Country|country|country\n"
    + plain("Work Address,Work Address 2,Work City,Work State,Work ZipCode,Work Country,Job Title,Department")
    + "\nOrganization|company|company\nWeb Page 1|website|website\nWeb Page 2\nBirth Year|year\nBirth Month|month\n"
    "Birth Day|day\nCustom 1\nCustom 2\nCustom 3\nCustom 4\nNotes|note|notes"
)
THUNDERBIRD_DE = columns(
    "Vorname|first|first_name\nNachname|last|last_name\nAnzeigename|full\nSpitzname\n"
    "Primäre E-Mail-Adresse|mail|email\nSekundäre E-Mail-Adresse|work_mail\nMessenger-Name\nTel. dienstlich\n"
    "Tel. privat|phone|phone\nFax-Nummer\nPager-Nummer\nMobil-Tel.-Nr.|mobile|mobile\n"
    "Privat: Adresse|street|street\nPrivat: Adresse 2\nPrivat: Ort|city|city\nPrivat: Bundesland|province|province\n"
    "Privat: PLZ|zip|postal_code\nPrivat: Land|country|country\n"
    + plain(
        "Dienstlich: Adresse,Dienstlich: Adresse 2,Dienstlich: Ort,Dienstlich: Bundesland,Dienstlich: PLZ,"
        "Dienstlich: Land,Arbeitstitel,Abteilung"
    )
    + "\nOrganisation|company|company\nWebseite 1|website|website\nWebseite 2\nGeburtsjahr|year\nGeburtsmonat|month\n"
    "Geburtstag|day\nBenutzerdef. 1\nBenutzerdef. 2\nBenutzerdef. 3\nBenutzerdef. 4\nNotizen|note|notes"
)
NUMBERS = columns(
    "Vorname|first|first_name\nNachname|last|last_name\nFirma|company|company\nE-Mail|mail|email\nTelefon|phone|phone\n"
    "Mobil|mobile|mobile\nStraße|street|street\nPLZ|zip|postal_code\nOrt|city|city\nGeburtstag|birth|birth_date\n"
    "Notiz|note|notes"
)
HUBSPOT = columns(
    "Record ID|id|external_id\nFirst Name|first|first_name\nLast Name|last|last_name\nEmail|mail|email\n"
    "Phone Number|phone|phone\nContact owner|=Imelda Owner|owner\nPrimary Associated Company ID\n"
    "Last Activity Date|stamp\nLead Status|lead_status|status\nMarketing contact status|=Marketing contact\n"
    "Create Date|stamp|registered_at\nAssociated Company|company|company"
)
MAILCHIMP = columns(
    "Email Address|mail|email\nFirst Name|first|first_name\nLast Name|last|last_name\n"
    "Address|mailchimp_address|street\nPhone Number|phone|phone\nBirthday|month_day\nMEMBER_RATING|=2\n"
    "OPTIN_TIME|stamp\nOPTIN_IP\nCONFIRM_TIME|stamp\n"
    "CONFIRM_IP|=192.0.2.7\nLATITUDE\nLONGITUDE\nGMTOFF\nDSTOFF\nTIMEZONE|=Europe/London\nCC|=GB\nREGION||province\n"
    "LAST_CHANGED|stamp\nLEID|id\nEUID|euid\nNOTES|note|notes\nTAGS|quoted_tags|tags"
)
BREVO = columns(
    "CONTACT ID|id|external_id\nEMAIL|mail|email\nFIRSTNAME|first|first_name\nLASTNAME|last|last_name\n"
    "SMS|bare_mobile|mobile\nLANDLINE_NUMBER|phone|phone\nWHATSAPP\nINTERESTS|tags\nDOUBLE_OPT-IN|=1\nOPT_IN\n"
    "ADDED_TIME|stamp|registered_at\nMODIFIED_TIME|stamp"
)
PIPEDRIVE = columns(
    "Person - ID|id|external_id\nPerson - Name|full\nPerson - Label|label|tags\nPerson - Organization|company|company\n"
    "Person - Email - Work|work_mail\nPerson - Email - Home|mail|email\nPerson - Phone - Work|phone|phone\n"
    "Person - Phone - Mobile|mobile|mobile\nPerson - Owner|=Imelda Owner|owner\nPerson - First name|first|first_name\n"
    "Person - Last name|last|last_name\nPerson - Person created|stamp|registered_at\nPerson - Update time|stamp"
)
KWIGA = columns(
    "ID|id|external_id\nName|first|first_name\nSurname|last|last_name\nEmail|mail|email\nPhone|mobile|phone\n"
    "Tags|tags|tags\nDate of birth|birth|birth_date\nRegistration date|stamp|registered_at\n"
    "Facebook|facebook|social_links\nComment|note|notes"
)
SCUOLA = columns(
    "Matricola|id|external_id\nCognome|last|last_name\nNome|first|first_name\nSesso|gender_it|gender\n"
    "Data di nascita|birth|birth_date\nCodice fiscale|codice|tax_number\nIndirizzo|street|street\nCAP|zip|postal_code\n"
    "Città|city|city\nProvincia|province|province\nTelefono|phone|phone\nCellulare|mobile|mobile\nEmail|mail|email\n"
    "Stato lead|stato|status\nFonte|=Open day|source\nAssegnato a|=Segreteria|owner\n"
    "Data acquisizione|acquired|acquired_on\nPrivacy|=SÌ|privacy_accepted\nNote|note|notes"
)
AMADEUS = columns(
    "Kundennummer|id|external_id\nAnrede|salutation_de|salutation\nVorname|first|first_name\nNachname|last|last_name\n"
    "Firma|company|company\nStraße|street|street\nPLZ|zip|postal_code\nOrt|city|city\nTelefon|phone|phone\n"
    "E-Mail|mail|email\nGeburtsdatum|birth|birth_date\nBestätigungsdatum|acquired\nOnline-Bestellung|yes\nKasse|no\n"
    "Gutschein|no"
)
NO_HEADER = columns(
    "Column A|first\nColumn B|last\nColumn C|mail|email\nColumn D|mobile|phone\nColumn E|zip|postal_code\nColumn F|city"
)

LAYOUTS = [
    Layout("google-old.csv", ENGLISH, GOOGLE_OLD, line="\n"),
    Layout("google-old-utf16.csv", POLISH, GOOGLE_OLD, encoding="utf-16-le", delimiter=",", line="\n"),
    Layout("google-new.csv", GERMAN, GOOGLE_NEW, line="\n"),
    Layout("outlook-en.csv", ENGLISH, OUTLOOK_EN, encoding="cp1252", quote="all", dates="%m/%d/%Y"),
    Layout("outlook-de.csv", GERMAN, OUTLOOK_DE, encoding="cp1252", delimiter=";", quote="all", dates="%d.%m.%Y"),
    Layout("outlook-it.csv", ITALIAN, OUTLOOK_IT, encoding="cp1252", delimiter=";", quote="all", dates="%d/%m/%Y"),
    Layout("outlook-pl.csv", POLISH, OUTLOOK_PL, encoding="cp1250", quote="all", dates="%Y-%m-%d"),
    Layout("thunderbird-en.csv", ENGLISH, THUNDERBIRD_EN),
    Layout("thunderbird-de.csv", GERMAN, THUNDERBIRD_DE),
    Layout("apple-numbers.csv", GERMAN, NUMBERS, delimiter=";", line="\n", dates="%d.%m.%Y"),
    Layout("hubspot.csv", ENGLISH, HUBSPOT, quote="all", line="\n"),
    Layout("mailchimp.csv", ENGLISH, MAILCHIMP, line="\n"),
    Layout("brevo.csv", ITALIAN, BREVO, delimiter=";", line="\n"),
    Layout("pipedrive.csv", POLISH, PIPEDRIVE, line="\n"),
    Layout("kwiga.csv", ENGLISH, KWIGA, encoding="utf-8-sig", line="\n"),
    Layout("scuola-semplice.csv", ITALIAN, SCUOLA, encoding="cp1252", delimiter=";", dates="%d/%m/%Y"),
    Layout("amadeus.csv", GERMAN, AMADEUS, encoding="cp1252", delimiter=";", quote="all", dates="%d.%m.%Y"),
    Layout(
        "preamble.csv",
        GERMAN,
        NUMBERS,
        delimiter=";",
        dates="%d.%m.%Y",
        preamble=("Adressliste der Musterschule", "Stand: 01.02.2025", ""),
    ),
    Layout("excel-unicode-text.txt", POLISH, NUMBERS, encoding="utf-16", delimiter="\t", dates="%d.%m.%Y"),
    Layout("no-header.tsv", GERMAN, NO_HEADER, delimiter="\t", line="\n", has_header=False),
]
