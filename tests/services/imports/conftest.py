"""Files brought in and carried out step by step, with the reading process run inside the test."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, col, select

from crm_app.models import Channel, Contact, Course, Import, ImportState, JobState, Outcome
from crm_app.services import database, jobs
from crm_app.services.actor import Actor
from crm_app.services.imports import access, columns, direct, preview, steps, uploads, work
from crm_app.services.imports.columns import ColumnMapping, Options, WriteRule
from crm_app.services.imports.reading import pool, worker
from crm_app.services.imports.reading.errors import Stopped
from crm_app.services.imports.reading.types import ReadSettings
from crm_app.services.messages import templates
from tests.services.imports import courses


class InlineReader:
    """Runs the reading process's commands in this one: same functions, no start-up time."""

    def __init__(self, **_: Any) -> None: ...

    def __enter__(self) -> "InlineReader":
        return self

    def __exit__(self, *_: object) -> None: ...

    def run(
        self,
        command: str,
        payload: dict[str, Any],
        *,
        on_progress: Callable[[dict[str, Any]], None] | None = None,
        should_stop: Callable[[], bool] | None = None,
        timeout: float | None = None,
    ) -> dict[str, Any]:
        last: dict[str, Any] = {}
        for step in worker.command(command)(payload):
            if should_stop is not None and should_stop():
                raise Stopped(steps.STOPPED)
            if last and on_progress:
                on_progress(last)
            last = step
        return last


@pytest.fixture
def inline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "reader", InlineReader)
    monkeypatch.setattr(direct, "Reader", InlineReader)


class Flow:
    """One actor's imports, step by step."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor

    def bring(self, text: str, file_name: str = "people.csv", settings: ReadSettings | None = None) -> int:
        """Stores and reads a file; the import's id."""
        return self._read(uploads.from_text(text), file_name, settings)

    def bring_file(self, path: Path) -> int:
        """`bring` for a file that is no text."""
        return self._read(uploads.from_path(path), path.name, None)

    def _read(self, stored: uploads.Stored, file_name: str, settings: ReadSettings | None) -> int:
        with database.transaction() as session:
            made = uploads.create(
                session,
                self.actor,
                file_name=file_name,
                size=stored.size,
                sha256=stored.sha256,
                folder=stored.folder,
            )
        assert made.id is not None
        assert self.work(partial(steps.read, settings=settings), made.id) is JobState.DONE
        return made.id

    def work(self, verb: Callable[..., Any], id_: int, **how: Any) -> JobState | None:
        """Starts a step and does its job here."""
        with database.transaction() as session:
            job = verb(session, self.actor, id_)
            claim = jobs.claim(session, job.id)
        assert claim is not None
        return work.run(claim, **how)

    def map(
        self,
        id_: int,
        targets: dict[str, str | None] | None = None,
        rules: dict[str, WriteRule] | None = None,
        **options: Any,
    ) -> None:
        """Maps the columns (default: every header is the name of its field). `rules` are by header."""
        headers = self.get(id_).read_out["headers"]
        mapped = [
            ColumnMapping(
                n,
                header,
                header if targets is None else targets.get(header),
                (rules or {}).get(header, WriteRule.OVERWRITE),
            )
            for n, header in enumerate(headers)
        ]
        options.setdefault("match_key", columns.suggested_key(column.target for column in mapped))
        with database.transaction() as session:
            steps.map_columns(session, self.actor, id_, mapped, Options(**options))

    def checked(self, text: str, targets: dict[str, str | None] | None = None, **options: Any) -> int:
        """Read, mapped and checked; `options` are those of `map`."""
        id_ = self.bring(text)
        self.map(id_, targets, **options)
        assert self.work(steps.check, id_) is JobState.DONE
        return id_

    def commit(self, id_: int, **how: Any) -> dict[str, int]:
        assert self.work(steps.commit, id_, **how) is JobState.DONE
        return self.counts(id_)

    def done(self, text: str, targets: dict[str, str | None] | None = None, **options: Any) -> dict[str, int]:
        """The whole way; the counts without zeros."""
        return self.commit(self.checked(text, targets, **options))

    def get(self, id_: int) -> Import:
        with database.reading() as session:
            return access.get(session, self.actor, id_)

    def counts(self, id_: int) -> dict[str, int]:
        found = self.get(id_)
        assert sum(found.counts.values()) == found.rows, "counts add up to the rows of the file"
        return {outcome: count for outcome, count in found.counts.items() if count}

    def folder(self, id_: int) -> Path:
        return uploads.place_of(self.get(id_))

    def rows(self, id_: int, **filters: Any) -> list[preview.PreviewRow]:
        return preview.page(self.folder(id_), limit=1000, **filters).rows

    def outcomes(self, id_: int) -> list[str]:
        return [row.outcome.value for row in self.rows(id_)]

    def state(self, id_: int) -> ImportState:
        return ImportState(self.get(id_).state)


@pytest.fixture
def flow(inline: None, bob: Actor) -> Flow:
    """bob is staff of branch 1."""
    return Flow(bob)


@pytest.fixture
def session(db: Path) -> Iterator[Session]:
    with database.reading() as reading:
        yield reading


def contacts(session: Session) -> list[Contact]:
    session.rollback()
    return list(session.exec(select(Contact).order_by(col(Contact.number))).all())


def add_contact(**values: Any) -> int:
    """A contact as the form would make it, with its points."""
    from crm_app.models import ContactPoint
    from crm_app.services.contacts import derived, numbers, search

    with database.transaction() as session:
        norms = {name: str(values[name]).lower() for name in ("email", "phone", "mobile") if values.get(name)}
        contact = Contact(number=numbers.take(session), **values)
        contact.search_text = derived.search_text(values)
        contact.sort_name = derived.sort_name(values)
        before = search.last_id(session)
        session.add(contact)
        session.flush()
        search.fill(session, before)
        assert contact.id is not None
        for point in derived.points(values, norms):
            session.add(ContactPoint(contact_id=contact.id, **point._asdict()))
        return contact.id


@pytest.fixture
def course(alice: Actor) -> Course:
    """With three offers: Once, Three parts, Monthly."""
    return courses.made(alice)


@pytest.fixture
def template(alice: Actor) -> int:
    """A service mail in two languages."""
    with database.transaction() as session:
        made = templates.add(session, alice, "Welcome", Channel.EMAIL, is_newsletter=False)
        for language, words in (("de", "Willkommen"), ("en", "Welcome")):
            templates.write(session, alice, made.id or 0, language, subject=words, body="{{ first_name }}")
        return made.id or 0


__all__ = ["Flow", "InlineReader", "Outcome", "add_contact", "contacts"]
