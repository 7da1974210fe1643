"""How one message leaves: by a mail server, into a folder where none is set, or by a service for text messages.

What can go wrong is told apart by what it means for the message: `Refused` (this one will not be taken), `Later` (try
it again), `Down` (nothing can go out now), `Unsure` (it may have gone out: never try again unasked).
"""

import os
import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol

from crm_app import settings
from crm_app.locales import Text, text
from crm_app.models import Security
from crm_app.services.messages.server import Account

TIMEOUT = 30.0  # seconds for one answer of the server
# RFC 3463: the address does not exist, or is closed. A bare 550 may be about us: a wrong sender, no relaying.
_NO_SUCH_ADDRESS = re.compile(r"\s*5\.(1\.(0|1|2|3|6|10)|2\.1)\b")
_ODD_ADDRESS = text("The mail server cannot take an address with letters like these.")


class Failed(Exception):
    """`message` says what happened."""

    def __init__(self, message: Text) -> None:
        super().__init__(str(message))
        self.message = message


class Refused(Failed):
    """`is_bounce`: the address does not exist."""

    def __init__(self, message: Text, *, is_bounce: bool = False) -> None:
        super().__init__(message)
        self.is_bounce = is_bounce


class Later(Failed): ...


class Down(Failed): ...


class Unsure(Failed): ...


class Line(Protocol):
    """An open way out. `send` raises one of the above."""

    def send(self, to: str, mail: EmailMessage) -> None: ...


@contextmanager
def smtp(account: Account) -> Iterator[Line]:
    """A connection to the mail server, signed in. Raises Down."""
    try:
        connection = _connect(account)
    except smtplib.SMTPAuthenticationError as error:
        raise Down(
            text("The mail server does not accept this user and password ({code}).", code=error.smtp_code)
        ) from error
    except ssl.SSLError as error:
        raise Down(text("The mail server's encryption does not fit: check security and port.")) from error
    except (OSError, smtplib.SMTPException, UnicodeError) as error:
        raise Down(_unreachable(account, error)) from error
    try:
        yield _SMTPLine(connection, account)
    finally:
        with suppress(OSError, smtplib.SMTPException):
            connection.quit()


@contextmanager
def folder() -> Iterator[Line]:
    """Files to look at, in the data folder: nothing leaves this machine."""
    yield _FolderLine(settings.get().mails_dir)


def text_message(url: str, to: str, words: str) -> None:
    """By the service of the installation, whose address is one of Apprise's. Raises Later, Refused, Unsure."""
    import apprise  # the libraries behind it: for installations that send text messages

    service = apprise.Apprise()
    if not service.add(url.replace("{to}", to.lstrip("+"))):
        raise Later(text("The address of the service for text messages is not understood. Check it in the settings."))
    try:
        taken = service.notify(body=words)
    except Exception as error:
        raise Unsure(text("The service for text messages did not answer.")) from error
    if not taken:
        raise Refused(text("The service for text messages did not take this message."))


def _connect(account: Account) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if account.security is Security.TLS:
        made: smtplib.SMTP = smtplib.SMTP_SSL(account.host, account.port, timeout=TIMEOUT, context=context)
    else:
        made = smtplib.SMTP(account.host, account.port, timeout=TIMEOUT)
    try:
        made.ehlo()
        if account.security is Security.STARTTLS:
            made.starttls(context=context)
            made.ehlo()
        if account.username:
            made.login(account.username, account.password)
    except BaseException:
        made.close()
        raise
    return made


def _unreachable(account: Account, error: Exception) -> Text:
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return text("The mail server {host} does not offer this security or sign-in.", host=account.host)
    return text(
        "The mail server {host}, port {port}, cannot be reached. Check name, port and security.",
        host=account.host,
        port=str(account.port),
    )


class _SMTPLine:
    def __init__(self, connection: smtplib.SMTP, account: Account) -> None:
        self.connection, self.account = connection, account

    def send(self, to: str, mail: EmailMessage) -> None:
        """Step by step, because it matters at which one something goes wrong."""
        to = as_ascii(to)
        try:
            content = mail.as_bytes()
        except (UnicodeError, ValueError, LookupError) as error:
            raise Refused(_ODD_ADDRESS) from error
        options = ["SMTPUTF8", "BODY=8BITMIME"] if not to.isascii() else []
        try:
            code, answer = self.connection.mail(self.account.sender, options)
            if code != 250:
                raise _judged(code, answer, is_address=False)
            code, answer = self.connection.rcpt(to)
            if code not in (250, 251):
                raise _judged(code, answer, is_address=True)
        except (smtplib.SMTPNotSupportedError, UnicodeError) as error:
            self._reset()
            raise Refused(_ODD_ADDRESS) from error
        except (OSError, smtplib.SMTPException) as error:
            raise Down(_unreachable(self.account, error)) from error
        except Failed:
            self._reset()
            raise
        try:
            code, answer = self.connection.data(content)
        except smtplib.SMTPDataError as error:  # before anything of it was sent
            self._reset()
            raise _judged(error.smtp_code, error.smtp_error, is_address=False) from error
        except (OSError, smtplib.SMTPException) as error:
            raise Unsure(text("The connection broke before the mail server said that it took this message.")) from error
        if code != 250:
            self._reset()
            raise _judged(code, answer, is_address=False)

    def _reset(self) -> None:
        with suppress(OSError, smtplib.SMTPException):
            self.connection.rset()


def _judged(code: int, answer: bytes | str, *, is_address: bool) -> Failed:
    """What an answer of the server means. Its words are not kept: they may name people."""
    if code == 421:
        return Down(text("The mail server closes the connection (421)."))
    if 400 <= code < 500:
        return Later(text("The mail server wants it to be tried again later ({code}).", code=code))
    if not is_address:
        return Refused(text("The mail server refuses this message ({code}).", code=code))
    words = answer.decode("latin-1", "replace") if isinstance(answer, bytes) else answer
    is_bounce = _NO_SUCH_ADDRESS.match(words) is not None
    return Refused(
        text("The mail server does not take mail for this address ({code}).", code=code), is_bounce=is_bounce
    )


def as_ascii(address: str) -> str:
    """The address with its domain as servers write it (RFC 5891); what cannot be written so stays as it is."""
    name, at, domain = address.rpartition("@")
    try:
        return name + at + domain.encode("idna").decode("ascii")
    except UnicodeError:
        return address


def file_name(message_id: str) -> str:
    """What the file of a message is called that lies in the folder."""
    return "".join(sign for sign in message_id.partition("@")[0] if sign.isalnum()) + ".eml"


class _FolderLine:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, to: str, mail: EmailMessage) -> None:
        """One file a message, named for its Message-ID: sent again, it is the same file."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            name = file_name(str(mail["Message-ID"]))
            new = self.folder / f".{name}"
            handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(mail.as_bytes())
            new.replace(self.folder / name)
        except OSError as error:
            raise Down(text("The folder for messages cannot be written to.")) from error
