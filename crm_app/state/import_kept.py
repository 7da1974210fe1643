"""Until when the file and the undo data of an import are kept, in the words of a sentence."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from crm_app import locales
from crm_app.locales import Text, text
from crm_app.models import Import, Installation
from crm_app.services.actor import Actor
from crm_app.services.imports import kept


def file_line(settings: Installation, found: Import, actor: Actor) -> str:
    """What is said of the file; empty while work is going on."""
    if found.purged_at is not None:
        return _said(text("File deleted on {date}; the counts stay.", date=_day(found.purged_at, actor)), actor)
    until = kept.file_until(settings, found)
    if found.state in kept.DRAFTS:
        if until is None:
            return ""
        return _said(text("Removed on {date} if nobody goes on with it.", date=_day(until, actor)), actor)
    if until is not None:
        return _said(text("File kept until {date}.", date=_day(until, actor)), actor)
    return _said(text("File kept without a limit."), actor) if found.state in kept.WITH_FILE else ""


def undo_line(settings: Installation, found: Import, actor: Actor) -> str:
    """What is said of the undo; empty when there is none to speak of."""
    if found.undo_purged_at is not None:
        return _said(kept.UNDO_GONE, actor)
    until = kept.undo_until(settings, found)
    return _said(text("Can be undone until {date}.", date=_day(until, actor)), actor) if until is not None else ""


def _said(message: Text, actor: Actor) -> str:
    return locales.render(message, actor.language)


def _day(moment: datetime, actor: Actor) -> date:
    return moment.astimezone(ZoneInfo(actor.timezone)).date()
