"""Texts from the sources into the catalogues: `make catalogues`. Translations are kept, new texts come in empty."""

from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from crm_app.locales import DEFAULT, FOLDER, PUBLIC_LANGUAGES
from crm_app.locales import LANGUAGES as PAGES

ROOT = FOLDER.parent
# How texts are marked: by argument, for services (`text`, `ntext`) and for pages (`T`, `t`, `tn`, `N`).
KEYWORDS = {"text": None, "ntext": (1, 2), "T": None, "t": None, "tn": (1, 2), "N": None}
LANGUAGES = tuple(code for code in PAGES if code != DEFAULT)
# What people without an account read, in more languages than the pages of the staff: these files hold it.
PUBLIC_ONLY = tuple(code for code in PUBLIC_LANGUAGES if code not in PAGES)
PUBLIC_FILES = (
    "web/consent.py", "web/public_forms.py", "services/web_form_answers.py", "services/contacts/validating.py",
    "services/messages/invitations.py", "services/messages/composing.py", "services/fields/",
)  # fmt: skip


@cache
def _marked() -> list[tuple[str, int, str | tuple[str, ...]]]:
    """File, line and text of all that is marked in the sources, in the order of the files."""
    rows = extract_from_dir(str(ROOT), [("**.py", "python")], {}, keywords=KEYWORDS)
    found = [(name, line, message) for name, line, message, _comments, _context in rows if message]
    return sorted((row for row in found if not row[0].startswith("migrations")), key=lambda row: row[:2])  # SQL there


def extracted(language: str) -> Catalog:
    """Every text of the sources that the language needs, in the order of the files."""
    found = Catalog(project="crm", charset="utf-8", fuzzy=False)
    places: dict[str | tuple[str, ...], list[tuple[str, int]]] = {}
    for name, line, message in _marked():
        if language not in PUBLIC_ONLY or name.startswith(PUBLIC_FILES):
            places.setdefault(message, []).append((name, line))
    for message, locations in places.items():
        found.add(message, locations=[(name, 0) for name in dict.fromkeys(name for name, _ in locations)])
    return found


def update(language: str) -> Catalog:
    """The catalogue of a language brought up to the sources; texts that are gone are dropped."""
    path = FOLDER / language / "crm.po"
    if path.is_file():
        with path.open("rb") as file:
            catalogue = read_po(file, locale=language)
    else:
        catalogue = Catalog(locale=language, project="crm", charset="utf-8", fuzzy=False)
    catalogue.update(extracted(language), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    return catalogue


def write(catalogue: Catalog, path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalogue, width=110, omit_header=False, ignore_obsolete=True, include_lineno=False)


def _is_translated(message: Message) -> bool:
    return all(message.string) if isinstance(message.string, (list, tuple)) else bool(message.string)


def main() -> None:
    for language in (*LANGUAGES, *PUBLIC_ONLY):
        catalogue = update(language)
        path = FOLDER / language / "crm.po"
        catalogue.revision_date = catalogue.creation_date
        write(catalogue, path)
        missing = sum(1 for message in catalogue if message.id and not _is_translated(message))
        print(f"{language}: {len(catalogue)} texts, {missing} not translated")  # noqa: T201  (a command's answer)


if __name__ == "__main__":
    main()
