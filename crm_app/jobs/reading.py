"""A file that has come in becomes an import, with its reading under way."""

from crm_app.jobs import queue
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.imports import into_course, steps, uploads
from crm_app.services.imports.uploads import Stored


def begin(actor: Actor, name: str, stored: Stored, course_id: int | None = None) -> int:
    """The id of the new import, which may be meant for a course.

    Raises what `uploads.create` and `into_course.begin` do; the file is gone then.
    """
    try:
        with database.transaction() as session:
            made = uploads.create(
                session, actor, file_name=name, size=stored.size, sha256=stored.sha256, folder=stored.folder
            )
            assert made.id is not None
            if course_id is not None:
                into_course.begin(session, actor, made, course_id)
            job = steps.read(session, actor, made.id)
    except BaseException:
        uploads.discard(stored.folder)
        raise
    assert job.id is not None
    queue.push(job.id)
    return made.id
