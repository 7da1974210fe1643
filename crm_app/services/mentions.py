"""Colleagues named in a comment: typed as “@Name”, stored by id, so that another name of theirs is shown later."""

import re
from collections import Counter
from collections.abc import Collection, Iterator

from sqlmodel import Session, col, delete, select

from crm_app import routes
from crm_app.models import Comment, Contact, Mention, NoticeKind, Role, User
from crm_app.services import choosable, notices
from crm_app.services.actor import Actor
from crm_app.services.contacts.visibility import sees
from crm_app.services.folding import fold
from crm_app.services.sessions import actor_of

_STORED = re.compile(r"<@(\d{1,18})>")
_LOOKS_STORED = re.compile(r"<@(?=\d{1,18}>)")


def handles(session: Session, actor: Actor) -> dict[str, int]:
    """What is typed behind the “@” to name a colleague: the name, the e-mail address where two share one."""
    people = choosable.colleagues(session, actor)
    names = Counter(fold(user.name) for user in people)
    return {user.name if names[fold(user.name)] == 1 else user.email: user.id or 0 for user in people}


def stored(session: Session, actor: Actor, written: str) -> tuple[str, set[int]]:
    """A typed text as it is kept, and whom it names. Nobody makes an id up: what looks like one is put apart."""
    clean = _LOOKS_STORED.sub("< @", written)
    if "@" not in clean:
        return clean, set()
    known = {handle.casefold(): id_ for handle, id_ in handles(session, actor).items()}
    if not known:
        return clean, set()
    longest_first = sorted(known, key=len, reverse=True)
    pattern = re.compile(rf"(?<![\w@.])@({'|'.join(map(re.escape, longest_first))})(?!\w)", re.IGNORECASE)
    named: set[int] = set()

    def mark(match: re.Match[str]) -> str:
        id_ = known.get(match[1].casefold())
        if id_ is None:
            return match[0]
        named.add(id_)
        return f"<@{id_}>"

    return pattern.sub(mark, clean), named


def typed(session: Session, actor: Actor, text: str) -> str:
    """A stored text as its author typed it, with the names of today."""
    by_id = {id_: handle for handle, id_ in handles(session, actor).items()} if _STORED.search(text) else {}
    return "".join(
        part if user_id is None else "@" + (by_id.get(user_id) or name_of(session, user_id))
        for part, user_id in pieces(text)
    )


def pieces(text: str) -> Iterator[tuple[str, int | None]]:
    """A stored text in pieces: words and None, or nothing and the id of who is named."""
    begin = 0
    for match in _STORED.finditer(text):
        if match.start() > begin:
            yield text[begin : match.start()], None
        yield "", int(match[1])
        begin = match.end()
    if begin < len(text):
        yield text[begin:], None


def name_of(session: Session, user_id: int) -> str:
    """What a user is called; “?” for one that is not there."""
    user = session.get(User, user_id)
    return user.name if user else "?"


def note(session: Session, actor: Actor, comment: Comment, user_ids: Collection[int]) -> None:
    """Writes down whom a comment names now, and tells `mentioned` of those it did not name before."""
    before = set(session.exec(select(Mention.user_id).where(Mention.comment_id == comment.id)).all())
    gone = before - set(user_ids)
    if gone:
        session.execute(
            delete(Mention).where(col(Mention.comment_id) == comment.id, col(Mention.user_id).in_(list(gone)))
        )
    if fresh := set(user_ids) - before:
        mentioned(session, actor, comment, fresh)


def mentioned(session: Session, actor: Actor, comment: Comment, user_ids: Collection[int]) -> None:
    """The comment names these users, who were not named in it before: each but its author is told, as far as they see
    the contact."""
    session.add_all(Mention(comment_id=comment.id or 0, user_id=id_) for id_ in sorted(user_ids))
    contact = session.get_one(Contact, comment.contact_id)
    for user_id in sorted(user_ids):
        if user_id != actor.user_id and _sees(session, user_id, contact):
            notices.add(
                session,
                user_id=user_id,
                kind=NoticeKind.MENTIONED,
                link=routes.contact(contact.number),
                contact_id=contact.id,
                who=actor.name,
                contact=contact.display_name,
            )
    session.flush()


def _sees(session: Session, user_id: int, contact: Contact) -> bool:
    found = session.exec(select(User, Role).where(User.id == user_id, User.role_id == Role.id)).first()
    return found is not None and sees(actor_of(session, *found), contact)
