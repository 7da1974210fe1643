"""F5: twenty processes start the same import's commit at the same moment.

First as twenty people: one gets the job, nineteen are told who has it. Then as one person in twenty windows: all get
the same job, one process gets the right to work on it. The winner works; the rows are those of a lonely run.
"""

import multiprocessing
from pathlib import Path
from typing import Any

from crm_app import locales
from crm_app.models import Permission
from crm_app.services import database, installation, jobs, users
from crm_app.services.actor import SYSTEM, Actor
from crm_app.services.errors import CRMError
from crm_app.services.imports import steps, work
from faults import places, rows
from faults.results import Result
from faults.served import places as folders

TIMES, PROCESSES, ROWS = 5, 20, 2_000
_fork = multiprocessing.get_context("fork")


def make(times: int = TIMES) -> Result:
    result = Result(
        "F5",
        f"{PROCESSES} processes start the same commit at once, as {PROCESSES} people and as one",
        "exactly one runs; the others are told who; rows as in a lonely run, 0 doubles",
    )
    with folders() as place:
        template = place.folder / "template"
        template.mkdir()
        import_id = places.prepare(template, ROWS)
        people = colleagues(template)
        lonely = places.copied(template, place.folder / "lonely")
        with places.inside(lonely):
            places.work_off(steps.commit, import_id)
        expected = rows.of(lonely)
        for number in range(times):
            for actors in (people, [people[0]] * PROCESSES):
                kind = "as many" if actors is people else "as one"
                data = places.copied(template, place.folder / f"{kind}-{number}")
                for said in judged(race(data, import_id, actors), data, expected, is_one=actors is not people):
                    result.expect(False, f"{kind}, run {number}: {said}")
            result.times += 1
    return result


def colleagues(data: Path) -> list[Actor]:
    """People with the right to import."""
    with places.inside(data), database.transaction() as session:
        installation.change(session, SYSTEM, name="School", country="DE", timezone="Europe/Berlin")
        made = [
            users.add(session, SYSTEM, email=f"person{n}@example.org", name=f"Person {n}", role="staff")
            for n in range(PROCESSES)
        ]
        return [Actor(user.id, user.name, frozenset(Permission), frozenset({1})) for user in made]


def race(data: Path, import_id: int, actors: list[Actor]) -> list[dict[str, Any]]:
    """What each process was told."""
    barrier, told = _fork.Barrier(len(actors)), _fork.Queue()
    runners = [_fork.Process(target=run, args=(data, import_id, actor, barrier, told)) for actor in actors]
    for runner in runners:
        runner.start()
    answers = [told.get(timeout=places.WAIT_SECONDS) for _ in runners]
    for runner in runners:
        runner.join()
    return answers


def run(data: Path, import_id: int, actor: Actor, barrier: Any, told: Any) -> None:
    """One of the processes: start, claim, work."""
    answer: dict[str, Any] = {"name": actor.name, "job": None, "claimed": False, "said": "", "ended": ""}
    try:
        with places.inside(data):
            with database.reading() as session:
                installation.current(session)
            barrier.wait()
            with database.transaction() as session:
                answer["job"] = steps.commit(session, actor, import_id).id
            with database.transaction() as session:
                claim = jobs.claim(session, answer["job"], jobs.CLI)
            answer["claimed"] = claim is not None
            if claim is not None:
                answer["ended"] = str(work.run(claim))
    except CRMError as error:
        answer["said"] = locales.render(error.message, "en")
    except Exception as error:  # noqa: BLE001 - whatever it was, the judge must see it
        answer["said"] = f"{type(error).__name__}: {error}"
    told.put(answer)


def judged(answers: list[dict[str, Any]], data: Path, expected: rows.Rows, *, is_one: bool) -> list[str]:
    """Everything that is not as it should be."""
    said = []
    winners = [answer for answer in answers if answer["claimed"]]
    if len(winners) != 1 or winners[0]["ended"] != "done":
        said.append(f"{len(winners)} processes worked: {[answer['ended'] for answer in winners]}")
    started = {answer["job"] for answer in answers if answer["job"] is not None}
    if len(started) != 1:
        said.append(f"jobs {started}")
    others = [answer for answer in answers if answer["job"] is None]
    if len(others) != (0 if is_one else len(answers) - 1):
        said.append(f"{len(others)} processes were refused: {others[:1]}")
    said += [f"told: {answer['said']}" for answer in others if winners and winners[0]["name"] not in answer["said"]]
    if is_one:  # who started it is the only difference to the lonely run
        said += [answer["said"] for answer in answers if answer["said"]]
    said += rows.differences(expected, rows.of(data))
    if count := rows.doubles(data):
        said.append(f"{count} doubles")
    return said
