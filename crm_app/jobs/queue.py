"""The queue of durable work. It only carries ids of jobs: the truth is the job's row."""

from functools import cache
from typing import Any

from huey import Huey, MemoryHuey, PostgresHuey, RedisHuey, SqliteHuey

from crm_app import settings

NAME = "crm"


@cache
def huey() -> Huey:
    """The queue of this process: on its own SQLite file beside the data, or where `CRM_QUEUE_URL` says."""
    chosen = settings.get()
    url = chosen.queue_url
    if not url and chosen.database.startswith("postgresql"):
        url = chosen.database
    if url.startswith("postgresql"):
        return PostgresHuey(NAME, dsn=url.replace("+psycopg", "", 1), results=False)
    if url.startswith(("redis://", "rediss://", "unix://")):
        return RedisHuey(NAME, url=url, results=False)
    if url == "memory":
        return MemoryHuey(NAME, results=False)
    path = chosen.data_dir.absolute() / "queue.sqlite"
    if not path.exists():
        path.touch(mode=0o600)
    return SqliteHuey(NAME, filename=str(path), fsync=True, results=False)


def push(job_id: int, *, delay: float = 0.0) -> None:
    """Hands a job to the workers; call after the transaction that made it. Twice does no harm."""
    from crm_app.jobs.imports import tasks

    task: Any = tasks()
    if delay:
        task.schedule((job_id,), delay=delay)
    else:
        task(job_id)


def forget() -> None:
    """Closes the queue and forgets it (tests, restore)."""
    from crm_app.jobs.imports import tasks

    if huey.cache_info().currsize:
        huey().storage.close()
    tasks.cache_clear()
    huey.cache_clear()
