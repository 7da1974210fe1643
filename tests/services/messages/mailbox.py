"""A mail server of our own on loopback, which keeps what it is given and refuses what it is told to."""

import email
import email.policy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from crm_app.models import MailServer, Security
from crm_app.services import database


@dataclass
class Mailbox:
    """`answers`: what is said to an address at RCPT, `at_data`: at the end of a mail to it; 250 otherwise."""

    port: int = 0
    mails: list[tuple[str, EmailMessage]] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    at_data: dict[str, str] = field(default_factory=dict)

    @property
    def addresses(self) -> list[str]:
        return [to for to, _ in self.mails]

    async def handle_RCPT(  # noqa: N802  (the library's name)
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        (to,) = envelope.rcpt_tos
        if to in self.at_data:
            return self.at_data[to]
        content: Any = envelope.content
        mail = email.message_from_bytes(content, policy=email.policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append((to, mail))
        return "250 OK"


class _OnAnyPort(Controller):
    """The library asks the port it was given whether somebody answers; here it is the one that was free."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def running() -> Iterator[Mailbox]:
    """A server on a free port; the database's settings point at it."""
    box = Mailbox()
    controller = _OnAnyPort(box, hostname="127.0.0.1", port=0, enable_SMTPUTF8=True)
    controller.start()
    try:
        box.port = controller.port
        with database.transaction() as session:
            session.add(
                MailServer(
                    host="127.0.0.1",
                    port=box.port,
                    security=Security.NONE,
                    from_name="Music school",
                    from_address="office@example.org",
                    imprint="Music school, 1 High Street",
                    per_minute=10_000,
                )
            )
        yield box
    finally:
        controller.stop()
