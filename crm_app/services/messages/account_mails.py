"""Mails to the owners of accounts: an invitation, or a link to a new password. Sent where a mail server is set.

The link is made when the mail goes out, so that the outbox holds none.
"""

from sqlmodel import Session, select

from crm_app.locales import Text, render, text
from crm_app.models import Channel, LinkPurpose, Message, MessageKind, User
from crm_app.services import installation, links
from crm_app.services.errors import Conflict
from crm_app.services.messages import outbox, server, values

KINDS = {LinkPurpose.INVITE: MessageKind.USER_INVITE, LinkPurpose.RESET: MessageKind.USER_RESET}
_PURPOSES = {kind: purpose for purpose, kind in KINDS.items()}
_WORDS: dict[MessageKind, tuple[Text, Text, Text, Text]] = {
    MessageKind.USER_INVITE: (
        text("Your account in the CRM of {organisation}"),
        text("you can work with the CRM of {organisation} from now on. Choose a password to begin:"),
        text("Choose a password"),
        text("The link works once, within seven days."),
    ),
    MessageKind.USER_RESET: (
        text("A new password for the CRM of {organisation}"),
        text("an administrator of the CRM of {organisation} sends you this link to a new password:"),
        text("Choose a new password"),
        text("The link works once, within 24 hours. Without it your password stays as it is."),
    ),
}
_GREETING = text("Hello {name},")


def put(session: Session, user: User, purpose: LinkPurpose) -> Message | None:
    """Puts the mail into the outbox; None where no mail server is set."""
    if not server.is_set(server.current(session)):
        return None
    made = Message(
        kind=KINDS[purpose],
        channel=Channel.EMAIL,
        address=user.email,
        language=user.language,
        priority=outbox.PERSONAL,
    )
    return outbox.put(session, made)


def words(session: Session, message: Message) -> tuple[str, str]:
    """Subject and body, with a link made now. Raises Conflict where the account has no use for it any more."""
    kind = MessageKind(message.kind)
    user = session.exec(select(User).where(User.email == message.address)).first()
    if user is None or not user.active or (kind is MessageKind.USER_INVITE and user.password_hash is not None):
        raise Conflict(text("The account needs no link any more."))
    purpose = _PURPOSES[kind]
    link = links.url_of(links.make(session, purpose, user_id=user.id), purpose)
    organisation = installation.current(session).name or "CRM"
    subject, asked, button, meaning = _WORDS[kind]

    def told(words: Text, **params: str) -> str:
        return values.written(render(text(words.msgid, **params), message.language))

    parts = [
        told(_GREETING, name=user.name),
        told(asked, organisation=organisation),
        f"[{told(button)}]({link})",
        told(meaning),
    ]
    return render(text(subject.msgid, organisation=organisation), message.language), "\n\n".join(parts)
