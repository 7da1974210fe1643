import csv
from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import httpx
import pytest
from openpyxl import load_workbook
from sqlmodel import select
from starlette.applications import Starlette

from crm_app import routes, settings
from crm_app.jobs import imports as runner
from crm_app.models import AuditEntry, Permission
from crm_app.models.base import now
from crm_app.services import database, errands, export_jobs, jobs, tickets
from crm_app.services.actor import Actor
from crm_app.services.contacts import cards
from crm_app.services.contacts.filter import ContactFilter
from crm_app.services.imports import plan_file, retention, steps
from crm_app.services.imports.reading import pool
from crm_app.services.privacy import erasing, exporting
from crm_app.web import downloads
from tests.services.imports.conftest import Flow, InlineReader

PEOPLE = "first_name;email\nAda;ada@example.org\nBad;no address\n"


class SignedIn:
    def __init__(self, actor: Actor) -> None:
        self.actor = actor


def client(actor: Actor) -> httpx.AsyncClient:
    """The routes as the gate calls them: with the signed-in user in the request's state."""
    app = Starlette(routes=downloads.routes())

    async def gate(scope, receive, send):  # type: ignore[no-untyped-def]
        scope.setdefault("state", {})["signed_in"] = SignedIn(actor)
        await app(scope, receive, send)

    return httpx.AsyncClient(transport=httpx.ASGITransport(app=gate), base_url="http://test")


async def failed_rows(actor: Actor, import_id: int | str) -> httpx.Response:
    return await client(actor).get(routes.failed_rows(import_id))


def folders() -> set[str]:
    """What stands beside the imports' files."""
    return {path.name for path in settings.get().imports_dir.iterdir()}


@pytest.fixture
def flow(bob: Actor, monkeypatch: pytest.MonkeyPatch) -> Flow:
    monkeypatch.setattr(pool, "reader", InlineReader)
    return Flow(bob)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
async def test_a_template_is_a_download_with_a_name(bob: Actor, kind: str) -> None:
    answer = await client(bob).get(f"/downloads/import-template.{kind}")
    assert answer.status_code == 200
    assert f'filename="Contacts to fill in.{kind}"' in answer.headers["content-disposition"]
    assert answer.headers["cache-control"] == "no-store"


async def test_a_viewer_is_refused_and_an_unknown_kind_is_not_found(victor: Actor, bob: Actor) -> None:
    assert (await client(victor).get("/downloads/import-template.csv")).status_code == 403
    assert (await client(bob).get("/downloads/import-template.pdf")).status_code == 404


async def test_rows_that_stayed_out_are_a_download_and_nothing_of_it_stays_on_disk(flow: Flow, bob: Actor) -> None:
    id_ = flow.checked(PEOPLE)
    flow.commit(id_)
    before = folders()
    answer = await failed_rows(bob, id_)
    assert answer.status_code == 200
    assert 'filename="people (failed rows).csv"' in answer.headers["content-disposition"]
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"] == "text/csv"
    assert int(answer.headers["content-length"]) == len(answer.content)
    head, *rows = csv.reader(answer.text.splitlines(), delimiter=";")
    assert head[2] == "Why this row did not come in"
    assert [row[:2] for row in rows] == [["Bad", "no address"]]
    assert folders() == before


@pytest.mark.parametrize(
    ("name", "plain", "encoded"),
    [
        ("Müller „neu“.csv", "M?ller ?neu? (failed rows).csv", "M%C3%BCller%20%E2%80%9Eneu%E2%80%9C"),
        ('a"\r\nSet-Cookie: x.csv', "a'__Set-Cookie: x (failed rows).csv", "a%22__Set-Cookie%3A%20x"),
    ],
)
async def test_a_files_name_survives_and_cannot_write_headers(
    flow: Flow, bob: Actor, name: str, plain: str, encoded: str
) -> None:
    id_ = flow.bring(PEOPLE, name)
    flow.map(id_)
    flow.work(steps.check, id_)
    said = (await failed_rows(bob, id_)).headers["content-disposition"]
    assert f'filename="{plain}"' in said
    assert f"filename*=UTF-8''{encoded}%20%28failed%20rows%29.csv" in said


async def test_a_foreign_and_an_unknown_import_are_not_found(flow: Flow, bob: Actor, charlie: Actor) -> None:
    id_ = flow.checked(PEOPLE)
    for answer in (await failed_rows(charlie, id_), await failed_rows(bob, 999)):
        assert (answer.status_code, answer.text) == (404, "There is no such import.")
    for strange in ("9" * 40, "x", "-1", "²"):
        assert (await failed_rows(bob, strange)).status_code == 404


async def test_a_viewer_gets_no_rows(flow: Flow, victor: Actor) -> None:
    answer = await failed_rows(victor, flow.checked(PEOPLE))
    assert answer.status_code == 403
    assert "right" in answer.text


async def test_rows_that_are_not_there_are_said_in_a_sentence(flow: Flow, bob: Actor) -> None:
    answer = await failed_rows(bob, flow.bring(PEOPLE))
    assert (answer.status_code, "no finished check yet" in answer.text) == (409, True)
    id_ = flow.checked(PEOPLE)
    (flow.folder(id_) / plan_file.NAME).unlink()
    answer = await failed_rows(bob, id_)
    assert (answer.status_code, answer.text) == (409, "The rows of this import are not kept any more.")


async def test_after_the_file_was_deleted_that_is_said_in_a_sentence(flow: Flow, bob: Actor, alice: Actor) -> None:
    id_ = flow.checked(PEOPLE)
    flow.commit(id_)
    with database.transaction() as session:
        retention.delete_file(session, alice, id_)
    answer = await failed_rows(bob, id_)
    assert (answer.status_code, "was deleted" in answer.text) == (409, True)


@pytest.fixture
def contacts(alice: Actor) -> Actor:
    with database.transaction() as session:
        for first, city in (("Ada", "Ulm"), ("Ben", "Rom")):
            cards.create(session, alice, {"first_name": first, "city": city, "phone": "030 9018200"})
        cards.deactivate(session, alice, cards.get(session, alice, 2))
    return alice


def exported(actor: Actor, kind: str = "csv") -> int:
    """An export of the actor's, written; its id."""
    with database.transaction() as session:
        job_id = export_jobs.start(session, actor, ContactFilter(), ["first_name", "phone"], kind).id or 0
        claim = jobs.claim(session, job_id)
    assert claim is not None
    errands.run(claim, runner.ERRANDS, should_pause=lambda: False)
    return job_id


async def fetched(actor: Actor, export_id: int | str, ticket: str, session: str = "token") -> httpx.Response:
    cookie = {"cookie": f"session={session}"}
    return await client(actor).get(f"{routes.export_file(export_id)}?ticket={ticket}", headers=cookie)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
async def test_an_export_is_fetched_with_a_ticket_as_often_as_wanted(contacts: Actor, kind: str) -> None:
    id_ = exported(contacts, kind)
    for _ in range(2):
        answer = await fetched(contacts, id_, export_jobs.ticket("token", id_))
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-store"
        assert f".{kind}" in answer.headers["content-disposition"]
    if kind == "csv":
        rows = list(csv.reader(answer.text.lstrip("\ufeff").splitlines()))
    else:
        rows = [list(row) for row in load_workbook(BytesIO(answer.content)).active.values]
    assert rows == [["first_name", "phone"], ["Ada", "030 9018200"]]


async def test_without_its_ticket_or_in_another_session_nothing_is_fetched(contacts: Actor, alice: Actor) -> None:
    id_ = exported(contacts)
    given = export_jobs.ticket("token", id_)
    old = export_jobs.ticket("token", id_, at=now() - timedelta(minutes=6))
    for ticket, session in (("", "token"), (given, "another"), (given, ""), (old, "token"), ("1-x", "token")):
        answer = await fetched(contacts, id_, ticket, session)
        assert (answer.status_code, "link is over" in answer.text) == (403, True)


async def test_a_colleagues_export_and_an_unknown_one_are_not_found(contacts: Actor, bob: Actor) -> None:
    id_ = exported(contacts)
    other = Actor(bob.user_id, "Bob", bob.permissions | {Permission.EXPORT}, bob.branch_ids)
    for actor, wanted in ((other, id_), (contacts, 999)):
        answer = await fetched(actor, wanted, export_jobs.ticket("token", wanted))
        assert (answer.status_code, answer.text) == (404, "There is no such export.")
    for strange in ("x", "9" * 40, "²"):
        assert (await fetched(contacts, strange, given_for_nothing())).status_code == 403
    assert (await fetched(bob, id_, export_jobs.ticket("token", id_))).status_code == 403


def given_for_nothing() -> str:
    return export_jobs.ticket("token", 5)


async def test_a_deleted_file_is_said_in_a_sentence(contacts: Actor) -> None:
    id_ = exported(contacts)
    export_jobs.purge(now() + timedelta(days=8))
    answer = await fetched(contacts, id_, export_jobs.ticket("token", id_))
    assert (answer.status_code, "was deleted" in answer.text) == (409, True)


def person(number: int | str) -> str:
    """The address with its ticket; the client's session is called "token"."""
    what = exporting.ticket_of(number) if isinstance(number, int) else str(number)
    return f"{routes.person_export(number)}?ticket={tickets.make('token', what)}"


async def test_without_a_ticket_nothing_is_made(alice: Actor) -> None:
    with database.transaction() as session:
        number = cards.create(session, alice, {"first_name": "Ada"}).number
    for address in (routes.person_export(number), person(number).replace("-", "-0"), person(number + 1)):
        path = address.replace(f"person-{number + 1}", f"person-{number}")
        assert (await client(alice).get(path, headers={"Cookie": "session=token"})).status_code == 403
    with database.reading() as session:
        assert session.exec(select(AuditEntry).where(AuditEntry.action == "person.export")).all() == []


async def test_everything_about_a_person_is_a_download_that_is_noted_and_leaves_nothing(alice: Actor) -> None:
    with database.transaction() as session:
        number = cards.create(session, alice, {"first_name": "Ada", "email": "ada@example.org"}).number
    answer = await client(alice).get(person(number), headers={"Cookie": "session=token"})
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
    with ZipFile(BytesIO(answer.content)) as archive:
        assert {"person.json", "person.html"} <= set(archive.namelist())
        assert b"ada@example.org" in archive.read("person.json")
    with database.reading() as session:
        noted = session.exec(select(AuditEntry).where(AuditEntry.action == "person.export")).all()
    assert len(noted) == 1 and "ada" not in str(noted[0].data)
    assert list(settings.get().exports_dir.iterdir()) == []


async def test_of_a_person_nobody_else_gets_anything(alice: Actor, bob: Actor, charlie: Actor) -> None:
    with database.transaction() as session:
        number = cards.create(session, alice, {"first_name": "Ada"}).number
    assert (await client(bob).get(person(number), headers={"Cookie": "session=token"})).status_code == 403
    elsewhere = Actor(charlie.user_id, "c", alice.permissions, charlie.branch_ids, charlie.branch_id)
    foreign, missing = [
        await client(elsewhere).get(person(one), headers={"Cookie": "session=token"}) for one in (number, 999)
    ]
    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert foreign.text.replace(str(number), "") == missing.text.replace("999", "")
    assert (await client(alice).get(person("x"), headers={"Cookie": "session=token"})).status_code in (403, 404)


async def test_a_certificate_is_a_page_to_keep(alice: Actor, bob: Actor) -> None:
    with database.transaction() as session:
        number = cards.create(session, alice, {"first_name": "Canary-Ada", "email": "canary-ada@example.org"}).number
        done = erasing.start(session, alice, number, str(number))
    assert (await client(alice).get(routes.certificate(done.id or 0))).status_code == 409
    with database.transaction() as session:
        claim = jobs.claim(session, done.job_id or 0)
    assert claim is not None
    errands.run(claim, runner.ERRANDS, should_pause=lambda: False)
    answer = await client(alice).get(routes.certificate(done.id or 0))
    assert answer.status_code == 200 and "Certificate of erasure" in answer.text and "Alice" in answer.text
    assert "canary-ada" not in answer.text.lower()
    assert (await client(bob).get(routes.certificate(done.id or 0))).status_code == 403
    assert (await client(alice).get(routes.certificate(999))).status_code == 404
