"""A linked sheet fetched again: a new import with the choices of the one before."""

import pytest
from sqlmodel import Session, select

from crm_app.models import Import, ImportState, Job, JobKind, JobState, Permission
from crm_app.services import database, jobs
from crm_app.services.actor import Actor
from crm_app.services.errors import Conflict, Invalid, NotFound, NotPermitted
from crm_app.services.imports import fetching_again, sheet_link, work
from tests.services.imports.conftest import Flow, contacts
from tests.services.imports.test_sheet_link import CSV, Site, fetcher, says, site

__all__ = ["site"]
LINK = "https://docs.google.com/spreadsheets/d/1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms/edit#gid=0"
SHEET = "Wie,Mail,Ort\nAda,ada@example.org,Bern\n"
TARGETS: dict[str, str | None] = {"Wie": "first_name", "Mail": "email", "Ort": "city"}


def fetched(flow: Flow, site: Site, sheet: str, before: int | None = None) -> int:
    """Fetches a sheet with these rows, for the first time or again; its import's id."""
    site.pages = {"/sheet": says(200, CSV, sheet.encode())}
    if before is None:
        id_ = flow.bring(sheet)
        place = flow.folder(id_) / sheet_link.LINK
        place.write_text(LINK, encoding="utf-8")
        return id_
    with database.reading() as session:
        link = fetching_again.link(session, flow.actor, before)
    name, stored = sheet_link.store(link, site.url("/sheet"), fetcher(site))
    with database.transaction() as session:
        job = fetching_again.begin(session, flow.actor, before, name, stored)
        claim = jobs.claim(session, job.id or 0)
    assert claim is not None
    assert work.run(claim) is JobState.DONE
    return job.subject_id


def goes_on(id_: int) -> None:
    """Does the check the reading asked for."""
    with database.transaction() as session:
        job = jobs.latest(session, id_)
        assert job is not None
        assert (job.kind, job.state) == (JobKind.CHECK, JobState.QUEUED)
        read = session.exec(select(Job).where(Job.subject_id == id_, Job.kind == JobKind.READ)).one()
        assert jobs.following(session, read.id or 0) == job.id
        claim = jobs.claim(session, job.id or 0)
    assert claim is not None
    assert work.run(claim) is JobState.DONE


@pytest.fixture
def first(flow: Flow, site: Site) -> int:
    id_ = fetched(flow, site, SHEET)
    flow.map(id_, TARGETS, tags=("Messe",), match_key="email")
    flow.work(fetching_again.steps.check, id_)
    flow.commit(id_)
    with database.transaction() as session:
        session.get_one(Import, id_).name = "Form"
    return id_


@pytest.mark.parametrize("header", ["Wie,Mail,Ort", "Mail,Ort,Wie"])
def test_the_same_columns_are_checked_at_once_with_the_same_choices(
    flow: Flow, site: Site, first: int, session: Session, header: str
) -> None:
    cells = {"Wie": "Ada,Eve", "Mail": "ada@example.org,eve@example.org", "Ort": "Rom,Bonn"}
    rows = zip(*(cells[name].split(",") for name in header.split(",")), strict=True)
    id_ = fetched(flow, site, "\n".join([header, *(",".join(row) for row in rows)]), first)
    assert flow.state(id_) is ImportState.CHECKING
    goes_on(id_)
    found = flow.get(id_)
    assert (found.name, found.state, found.options["tags"], found.user_id) == (
        "Form",
        ImportState.CHECKED,
        ["Messe"],
        flow.actor.user_id,
    )
    assert sheet_link.link_of(found) == LINK
    assert flow.commit(id_) == {"create": 1, "update": 1}
    assert [(one.first_name, one.city) for one in contacts(session)] == [("Ada", "Rom"), ("Eve", "Bonn")]
    assert fetching_again.link_to_fetch(flow.get(id_)) == LINK


@pytest.mark.parametrize("header", ["Wie,Mail", "Wie,Mail,Ort,New", "Wie,Mail,Land"])
def test_other_columns_wait_for_somebody(flow: Flow, site: Site, first: int, header: str) -> None:
    id_ = fetched(flow, site, header + "\nAda,ada@example.org,x,y"[: 20 + 2 * header.count(",")] + "\n", first)
    assert flow.state(id_) is ImportState.READ
    by_header = {column["header"]: column["target"] for column in flow.get(id_).columns}
    assert (by_header["Wie"], by_header["Mail"]) == ("first_name", "email"), "what is known is remembered"


def test_read_again_by_hand_it_waits_too(flow: Flow, site: Site, first: int) -> None:
    id_ = fetched(flow, site, SHEET, first)
    goes_on(id_)
    flow.work(fetching_again.steps.read, id_)
    assert flow.state(id_) is ImportState.READ


def test_only_an_import_with_a_link_that_came_in_and_may_be_seen(
    flow: Flow, site: Site, first: int, charlie: Actor, victor: Actor
) -> None:
    other, waits = flow.checked("first_name\nAda\n"), fetched(flow, site, SHEET)
    for id_ in (other, waits):
        with pytest.raises(Conflict), database.reading() as session:
            fetching_again.link(session, flow.actor, id_)
    assert not victor.may(Permission.IMPORT)
    for actor, error in ((charlie, NotFound), (victor, NotPermitted)):
        with pytest.raises(error), database.reading() as session:
            fetching_again.link(session, actor, first)


def test_a_sheet_that_is_gone_is_one_sentence_and_no_import(flow: Flow, site: Site, first: int) -> None:
    site.pages = {"/sheet": says(404, {})}
    with pytest.raises(Invalid, match="no sheet behind this link"):
        sheet_link.store(LINK, site.url("/sheet"), fetcher(site))
    with database.reading() as session:
        assert session.exec(select(Import.id)).all() == [first]
