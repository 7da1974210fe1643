"""What a condition can choose from, where the choices stand in the database or in the languages of the world."""

from collections.abc import Callable, Iterable, Mapping

from babel import Locale
from sqlmodel import Session, col, select

from crm_app.locales import render, text
from crm_app.models import Import, ImportRow, LeadStatus, Tag
from crm_app.services import branches, choosable, gone, places
from crm_app.services.actor import Actor
from crm_app.services.fields.language import languages
from crm_app.services.filters.questions import ME, Subject
from crm_app.services.folding import fold
from crm_app.services.imports import access

MOST = 1_000
_ME = text("Me")

Pairs = list[tuple[str, str]]


def register(subject: str, listed: Callable[[Session, Actor], Pairs]) -> None:
    """Says where the choices of a registered subject stand."""
    _STORED[subject] = listed


def of(session: Session, actor: Actor, subject: Subject) -> Pairs:
    """Values and what they are called in the actor's language, in the order to show them; MOST at most."""
    if subject.has_choices:
        return _STORED[subject.name](session, actor)
    return [(value, render(label, actor.language)) for value, label in subject.options]


def removed(session: Session, subject: Subject) -> dict[str, tuple[str, str]]:
    """Values that are no choice any more: what each was called, and what stands for it now (empty = nothing)."""
    if subject.name in _MODELS:
        return gone.names(session, _MODELS[subject.name])
    return {old: (old, new or "") for old, new in subject.former}


def _statuses(session: Session, actor: Actor) -> Pairs:
    return [(str(status.id), status.name) for status in choosable.statuses(session)]


def _owners(session: Session, actor: Actor) -> Pairs:
    me = [(ME, render(_ME, actor.language))] if actor.user_id is not None else []
    return me + [(str(user.id), user.name) for user in choosable.colleagues(session, actor)]


def _tags(session: Session, actor: Actor) -> Pairs:
    return [(str(tag.id), tag.name) for tag in choosable.tags(session, most=MOST)]


def _imports(session: Session, actor: Actor) -> Pairs:
    """The newest imports that wrote something, of the actor's branches."""
    query = select(Import).where(select(ImportRow.row).where(ImportRow.import_id == Import.id).exists())
    found = session.exec(query.where(*access.visible_imports(actor)).order_by(col(Import.id).desc()).limit(MOST)).all()
    return [(str(one.id), render(one.called, actor.language)) for one in found]


def _branches(session: Session, actor: Actor) -> Pairs:
    return [(str(id_), name) for id_, name in branches.seen(session, actor).items()]


def _countries(session: Session, actor: Actor) -> Pairs:
    return _by_name(places.countries(), Locale(actor.language).territories)


def _languages(session: Session, actor: Actor) -> Pairs:
    return _by_name({code for code in languages().values() if len(code) == 2}, Locale(actor.language).languages)


def _by_name(codes: Iterable[str], names: Mapping[str, str]) -> Pairs:
    return sorted(((code, str(names.get(code, code))) for code in codes), key=lambda pair: fold(pair[1]))


_MODELS: dict[str, gone.Model] = {"status": LeadStatus, "tags": Tag}
_STORED: dict[str, Callable[[Session, Actor], Pairs]] = {
    "status": _statuses,
    "owner": _owners,
    "tags": _tags,
    "import": _imports,
    "branch_id": _branches,
    "country": _countries,
    "language": _languages,
}
