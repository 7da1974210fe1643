"""What a template becomes for one contact: subject, HTML and plain text; and the mail around it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any

from crm_app.locales import render, text
from crm_app.models import MailServer, Message
from crm_app.services.messages import markdown, sandbox, values
from crm_app.services.messages.transport import as_ascii

BEFORE_WAY_OUT = text("You get this because you agreed to it.")
WAY_OUT = text("Unsubscribe")


@dataclass(frozen=True, slots=True)
class Composed:
    """What goes out: of a text message only `text`. `source` is the body with its values, before it became HTML."""

    subject: str
    text: str
    html: str = ""
    source: str = ""


def finished(subject: str, body: str, *, language: str, imprint: str = "") -> Composed:
    """Of a subject and a body that are ready as they are."""
    return _composed(values.plain(subject), body, language=language, imprint=imprint, opt_out="")


def mail(
    subject: str,
    body: str,
    filled: Mapping[str, Any],
    *,
    language: str,
    imprint: str = "",
    opt_out: str = "",
) -> Composed:
    """Raises Invalid for a template that cannot be filled in. With `opt_out` the way out stands below in any case."""
    heading = values.plain(sandbox.fill(subject, filled, values.plain))
    source = sandbox.fill(body, filled, values.written)
    return _composed(heading, source, language=language, imprint=imprint, opt_out=opt_out)


def _composed(heading: str, source: str, *, language: str, imprint: str, opt_out: str) -> Composed:
    before, words = render(BEFORE_WAY_OUT, language), render(WAY_OUT, language)
    foot = imprint.strip()
    if opt_out:
        foot += f"\n\n{before}\n{words}: {opt_out}"
    plain = markdown.to_text(source) + (f"\n-- \n{foot.strip()}\n" if foot.strip() else "")
    html = markdown.framed(
        markdown.to_html(source),
        language=language,
        title=heading,
        imprint=imprint.strip(),
        way_out=(opt_out, before, words) if opt_out else None,
    )
    return Composed(heading, plain, html, source)


def sms(body: str, filled: Mapping[str, Any]) -> Composed:
    """Raises Invalid for a template that cannot be filled in."""
    lines = sandbox.fill(body, filled, values.plain).splitlines()
    return Composed("", "\n".join(line.rstrip() for line in lines).strip())


def as_mail(
    message: Message, composed: Composed, server: MailServer, *, at: datetime, one_click: str = ""
) -> EmailMessage:
    """The mail as it goes to the server: both parts in UTF-8; with `one_click` the headers of RFC 8058."""
    made = EmailMessage(policy=SMTP)
    sender = server.from_address or "crm@localhost"
    made["From"] = Address(server.from_name, addr_spec=sender) if server.from_name else sender
    made["To"] = as_ascii(message.address)
    if server.reply_to:
        made["Reply-To"] = server.reply_to
    made["Subject"] = composed.subject
    made["Date"] = format_datetime(at)
    made["Message-ID"] = message.message_id
    made["Content-Language"] = message.language
    if one_click:
        made["List-Unsubscribe"] = f"<{one_click}>"
        made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    else:
        made["Auto-Submitted"] = "auto-generated"
    made.set_content(composed.text, cte="quoted-printable")
    made.add_alternative(composed.html, subtype="html", cte="quoted-printable")
    return made
