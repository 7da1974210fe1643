"""F8: the commit of an import is asked for a hundred times before, while and after a server's workers carry it out."""

from concurrent.futures import ThreadPoolExecutor

from crm_app.jobs import queue
from crm_app.services import database
from crm_app.services.actor import SYSTEM
from crm_app.services.imports import steps
from faults import places, rows
from faults.results import Result
from faults.served import places as folders

TIMES, ROWS = 100, 5_000


def make(times: int = TIMES) -> Result:
    result = Result(
        "F8",
        "the same commit asked for and handed to the queue again and again, before, while and after it runs",
        "one job, one effect; rows as after a single click",
    )
    with folders() as place:
        template = place.folder / "template"
        template.mkdir()
        import_id = places.prepare(template, ROWS)
        single = places.copied(template, place.folder / "single")
        with places.inside(single):
            places.work_off(steps.commit, import_id)
        expected = rows.of(single)
        data = places.copied(template, place.folder / "replayed")
        with place.server(data), places.inside(data):
            begun = click(import_id, times)
            job_id = rows.last_job(data)
            places.until(lambda: rows.job(data, job_id)[0] == "done", what="the commit did not end")
            after = click(import_id, times)
            places.until(lambda: queue.huey().pending_count() == 0, what="the queue did not become empty")
            places.until(lambda: rows.job(data, job_id)[0] == "done")
        result.expect(begun == after == {job_id}, f"jobs {begun | after} instead of one")
        for said in rows.differences(expected, rows.of(data)):
            result.expect(False, said)
        result.expect(rows.doubles(data) == 0, "doubles")
        result.expect(not rows.damage(data), "damaged")
    result.times = 2 * times
    return result


def click(import_id: int, times: int) -> set[int]:
    """Ids of the jobs that so many clicks, ten at a time, were given."""
    with ThreadPoolExecutor(10) as pool:
        return set(pool.map(lambda _: once(import_id), range(times)))


def once(import_id: int) -> int:
    """One click, as the page makes it."""
    with database.transaction() as session:
        job = steps.commit(session, SYSTEM, import_id)
    assert job.id is not None
    queue.push(job.id)
    return job.id
