"""What the bell tells a user comes by mail too, where a mail server is set and the user wants it."""

from datetime import date
from typing import Any

from babel.dates import format_date
from sqlmodel import Session

from crm_app.locales import Text, render, text
from crm_app.models import Channel, Message, MessageKind, Notice, NoticeKind, User
from crm_app.services import links
from crm_app.services.messages import outbox, server, values

_OPEN = text("Open it in the CRM")
_WHY = text("You get this because mails about notices are switched on in your settings.")


def put(session: Session, notice: Notice) -> Message | None:
    """Puts the mail into the outbox; None where none is wanted."""
    user = session.get(User, notice.user_id)
    if user is None or not user.active or not user.mail_notices or not server.is_set(server.current(session)):
        return None
    subject = " ".join(render(said(notice, user.language), user.language).split())
    body = [values.written(subject)]
    if notice.link:
        body.append(f"[{values.written(render(_OPEN, user.language))}]({links.base_url()}{notice.link})")
    body.append(values.written(render(_WHY, user.language)))
    made = Message(
        kind=MessageKind.NOTICE,
        channel=Channel.EMAIL,
        contact_id=notice.contact_id,
        address=user.email,
        language=user.language,
        subject=subject[:300],
        body="\n\n".join(body),
        priority=outbox.PERSONAL,
    )
    return outbox.put(session, made)


def said(notice: Notice, language: str) -> Text:
    """The text of its kind; days are written in full, because a mail is read on any day."""
    told: dict[str, Any] = {"who": "", "title": "", "contact": "", "day": "", "time": "", **notice.params}
    when = ""
    if told["day"]:
        when = str(format_date(date.fromisoformat(told["day"]), format="full", locale=language))
        when += f", {told['time']}" if told["time"] else ""
    if notice.kind == NoticeKind.TASK_ASSIGNED:
        return text("{who} gave you a task: {title}, {when}", who=told["who"], title=told["title"], when=when)
    if notice.kind == NoticeKind.MENTIONED:
        return text("{who} mentioned you: {contact}", who=told["who"], contact=told["contact"])
    return text("Reminder: {title}, {when}", title=told["title"], when=when)
