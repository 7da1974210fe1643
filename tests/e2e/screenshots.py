"""Pictures of every page for the README and for looking at: `python -m tests.e2e.screenshots [folder] [language]`.

The people are invented: the corpora, `crm demo`, and the fair's list below.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from crm_app.web import build
from tests.e2e import wizard
from tests.e2e.conftest import ARGUMENTS, PASSWORD
from tests.e2e.server import Server, copy_build, free_port
from tests.gate import find_chromium

CORPORA = Path(__file__).parent.parent / "corpora"
TARGET = build.ROOT / "docs" / "screenshots"
SIZES = {"desktop": (1280, 800), "phone": (390, 844)}
BROWSER_LOCALES = {"en": "en-GB", "de": "de-DE"}
SETUP_LINK = """
from crm_app.models import LinkPurpose
from crm_app.services import database, links, startup
startup.prepare()
with database.transaction() as session:
    print(links.setup_link(session))
"""
DEMO = "from crm_app.services import demo; demo.fill(42, print)"
TWINS = """
from crm_app.services import database
from crm_app.services.actor import SYSTEM
from crm_app.services.contacts import cards
with database.transaction() as session:
    for name in ("Lena", "Leo"):
        cards.create(session, SYSTEM, {"first_name": name, "last_name": "Zwilling", "email": "zwilling@example.org"})
"""

PLANS = """
from datetime import timedelta
from sqlmodel import select
from crm_app.models import Contact, TaskType, User
from crm_app.services import database, events, installation, local_time, tasks
from crm_app.services.actor import SYSTEM
with database.transaction() as session:
    today = local_time.today(installation.current(session).timezone)
    alice = str(session.exec(select(User.id)).first())
    kinds = [str(kind.id) for kind in session.exec(select(TaskType)).all()]
    numbers = [str(number) for number in session.exec(select(Contact.number).limit(5)).all()]
    plans = ("Call back about piano lessons", 0, "10:00"), ("Send the price list", 0, ""), ("Signed form?", -2, "")
    for n, (title, days, time) in enumerate((*plans, ("Prepare the trial lesson", 3, "15:30"))):
        plan = {"title": title, "day": str(today + timedelta(days)), "time": time, "contact": numbers[n]}
        tasks.add(session, SYSTEM, plan | {"assignee": alice, "type": kinds[n % len(kinds)]})
    lesson = {"title": "Trial lesson", "day": str(today), "time": "16:00", "place": "Room 2", "contact": numbers[4]}
    events.add(session, SYSTEM, lesson | {"people": alice})
    camp = {"title": "Summer camp", "day": str(today + timedelta(4)), "end_day": str(today + timedelta(6))}
    events.add(session, SYSTEM, camp | {"all_day": "1", "people": alice})
"""


def fair_list(names: str = "Mira Falk, Tom Anger, Ella Brandt, Noah Kern, Ida Sommer, Paul Winter, Lea Voss") -> str:
    """Rows for every outcome of the check, beside the people of `outlook-de.csv` and the twins."""
    born = date(1988, 3, 14)
    rows = ["Vorname;Nachname;Firma;E-Mail;Mobil;PLZ;Ort;Geburtsdatum"]
    for n, name in enumerate(names.split(", ")):
        first, last = name.split()
        day = (born + timedelta(days=401 * n)).strftime("%d.%m.%Y")
        rows.append(f"{first};{last};;{first}.{last}@example.org;0151 2345{n}678;10115;Berlin;{day}")
        if n == 0:
            rows += [
                "Jörg;Überzwerch;Bäckerei Überzwerch KG;joerg.ueberzwerch@example.org;0171 3920001;01099;Dresden;",
                "Änne;Größling;;aenne.groessling@example.org;0171 3920002;80331;München;30.11.1984",
                "Karl;Dunkel;;karl.dunkel@example.org;0160 5550002;20095;Hamburg;31.02.1990",
            ]
    rows += [
        "Jana;Hell;;jana.hell@example;0160 5550001;20095;Hamburg;12.05.1991",
        f"{first};{last};;{first}.{last}@example.org;;10115;Berlin;",
        "Lena;Zwilling;;zwilling@example.org;;06108;Halle;",
        ";;;;;;;",
    ]
    return "\n".join(rows) + "\n"


class Camera:
    """Takes each page in both sizes, light and dark."""

    def __init__(self, browser: Browser, server: Server, target: Path, language: str) -> None:
        self.browser, self.server, self.target, self.language = browser, server, target, language
        self.cookies: object = None

    @contextmanager
    def context(self, size: str, theme: str) -> Iterator[BrowserContext]:
        width, height = SIZES[size]
        made = self.browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=theme,  # type: ignore[arg-type]
            reduced_motion="reduce",
            locale=BROWSER_LOCALES[self.language],
            timezone_id="Europe/Berlin",
            has_touch=size == "phone",
            storage_state=self.cookies,  # type: ignore[arg-type]
        )
        made.set_default_timeout(20_000)
        yield made
        made.close()

    def take(self, pages: dict[str, tuple[str, str]]) -> None:
        """`pages` are name → (path, selector of what must be there)."""
        for size in SIZES:
            for theme in ("light", "dark"):
                with self.context(size, theme) as context:
                    page = context.new_page()
                    for name, (path, ready) in pages.items():
                        page.goto(self.server.url + path)
                        self._shoot(page, ready, self.target / f"{name}-{size}-{theme}.png")

    def _shoot(self, page: Page, ready: str, path: Path) -> None:
        page.wait_for_selector(ready)
        page.wait_for_function("() => document.querySelectorAll('.skeleton').length === 0")
        page.wait_for_function(
            "() => [...document.querySelectorAll('.rail .initials')].every((mark) => mark.textContent)"
        )
        page.evaluate("document.fonts.ready")
        page.evaluate("document.activeElement?.blur()")
        page.screenshot(path=path, animations="disabled", caret="hide")


def set_up(page: Page, server: Server, token: str, language: str) -> None:
    page.goto(f"{server.url}/setup/{token}")
    for name, value in (
        ("name", "Alice Adler"),
        ("email", "alice@example.org"),
        ("password", PASSWORD),
        ("repeat", PASSWORD),
        ("organisation", "Musikschule Nord"),
    ):
        page.fill(f"[name={name}]", value)
    page.select_option("[name=country]", "DE")
    page.select_option("[name=language]", language)
    page.click("button[type=submit]")
    page.wait_for_url(server.url + "/")


def bring_in(page: Page, server: Server, path: Path, *, commit: bool = True) -> str:
    """Walks a file through the import and returns the address of its last page, without the host."""
    wizard.upload(page, server, path)
    for button, ready in ((".wizard-foot .primary", "table.mapping"), (".wizard-foot .primary", "tr.plan-row")):
        page.click(button)
        page.wait_for_selector(ready, timeout=60_000)
    if commit:
        wizard.commit(page)
    return page.url.removeprefix(server.url)


def main(target: Path, language: str) -> None:
    target.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        port, work = free_port(), Path(folder)
        server = Server(copy_build(work / "web", port), work / "data", port)
        token = server.run(SETUP_LINK)
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        with server:
            camera = Camera(browser, server, target, language)
            camera.take({"setup": (f"/setup/{token}", "form")})
            with camera.context("desktop", "light") as context:
                page = context.new_page()
                set_up(page, server, token, language)
                server.run(DEMO)
                server.run(TWINS)
                server.run(PLANS)
                for name, people in (
                    ("Schnuppertag.csv", "Rosa Linde, Emil Hahn, Greta Fuchs"),
                    ("Messe 2026.csv", ""),
                ):
                    content = fair_list(people) if people else fair_list()
                    (work / name).write_text(content, encoding="utf-8")
                bring_in(page, server, CORPORA / "outlook-de.csv")
                done = bring_in(page, server, work / "Schnuppertag.csv")
                bring_in(page, server, CORPORA / "thunderbird-de.csv")
                plan = bring_in(page, server, work / "Messe 2026.csv", commit=False)
                page.goto(f"{server.url}/contacts?q=%C3%9Cberzwerch")
                card = page.get_attribute("tr .name-link", "href") or ""
                state = context.storage_state()
            camera.take({"login": ("/login", "form")})
            camera.cookies = state
            camera.take(
                {
                    "start": ("/", ".bar-line"),
                    "tasks": ("/tasks", ".task"),
                    "calendar": ("/calendar?view=month", ".cal-day"),
                    "contacts": ("/contacts", "tr .name-link"),
                    "contact": (card, ".timeline .event"),
                    "board": ("/leads?view=board", ".board-card"),
                    "review": ("/review", ".review-steps"),
                    "duplicates": ("/duplicates", ".toolbar-end"),
                    "statuses": ("/settings/statuses", "main h2"),
                    "edit": (f"{card}/edit", ".form-foot"),
                    "import-file": ("/imports/new", ".drop"),
                    "read": (plan.replace("/check", "/read"), "table.sheet"),
                    "columns": (plan.replace("/check", "/columns"), "table.mapping"),
                    "check": (plan, "tr.plan-row"),
                    "done": (done, ".tiles"),
                    "imports": ("/imports", "tr .name-link"),
                    "settings": ("/settings", "#setting-name"),
                }
            )
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET, sys.argv[2] if len(sys.argv) > 2 else "en")
