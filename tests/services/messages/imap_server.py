"""A mailbox of our own on loopback: as much of IMAP4rev1 (RFC 3501), by TLS, as a client needs to read a folder."""

import ipaddress
import re
import socket
import socketserver
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock, Thread
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "127.0.0.1"


@dataclass
class Inbox:
    """What is in the folder, and what the server is to do. `bodies`: the UIDs of mails that were read as a whole."""

    port: int = 0
    user: str = "office@example.org"
    password: str = 'se"cret \\ word'
    folder: str = '"INBOX"'
    validity: int = 7
    uid_behind: bool = False  # the literal comes before the UID, as some servers have it
    breaks_at: int = 0  # the connection ends when this UID is asked for
    mails: dict[int, bytes] = field(default_factory=dict)
    arrived: dict[int, datetime] = field(default_factory=dict)
    bodies: list[int] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def put(self, mail: bytes | str, arrived: datetime | None = None) -> int:
        uid = max(self.mails, default=0) + 1
        self.mails[uid] = mail.encode() if isinstance(mail, str) else mail
        self.arrived[uid] = arrived or datetime.now(UTC)
        return uid


class _Talk(socketserver.StreamRequestHandler):
    server: "_Server"

    def handle(self) -> None:
        with suppress(OSError):
            self.request.do_handshake()
            self._say(b"* OK ready")
            while line := self.rfile.readline():
                tag, _, command = line.decode("utf-8", "replace").strip().partition(" ")
                self.inbox.commands.append(command)
                if not self._answer(tag.encode(), command):
                    return

    @property
    def inbox(self) -> Inbox:
        return self.server.inbox

    def _say(self, words: bytes) -> None:
        self.wfile.write(words + b"\r\n")
        self.wfile.flush()

    def _answer(self, tag: bytes, command: str) -> bool:
        name, _, rest = command.partition(" ")
        inbox, said = self.inbox, b"OK done"
        if name == "CAPABILITY":
            self._say(b"* CAPABILITY IMAP4rev1 AUTH=PLAIN")
        elif name == "LOGIN":
            quoted = " ".join(f'"{word}"' for word in (inbox.user, re.sub(r'([\\"])', r"\\\1", inbox.password)))
            said = b"OK hello" if rest == quoted else b"NO [AUTHENTICATIONFAILED] wrong password of office@example.org"
        elif name == "EXAMINE":
            if rest == inbox.folder:
                self._say(b"* %d EXISTS" % len(inbox.mails))
                self._say(b"* OK [UIDVALIDITY %d] valid" % inbox.validity)
                said = b"OK [READ-ONLY] done"
            else:
                said = b"NO no such folder"
        elif name == "UID" and rest.startswith("SEARCH"):
            self._say(b"* SEARCH " + b" ".join(b"%d" % uid for uid in self._found(rest)))
        elif name == "UID" and rest.startswith("FETCH"):
            if not self._fetched(rest):
                return False
        elif name == "LOGOUT":
            self._say(b"* BYE")
        else:
            said = b"BAD what?"
        self._say(tag + b" " + said)
        return name != "LOGOUT"

    def _found(self, asked: str) -> list[int]:
        wanted = re.fullmatch(r"SEARCH UID (\d+):\* SINCE (\S+)", asked)
        assert wanted, asked
        first, day = int(wanted[1]), datetime.strptime(wanted[2], "%d-%b-%Y").replace(tzinfo=UTC)
        newest = max(self.inbox.mails, default=0)
        uids = [uid for uid in self.inbox.mails if uid >= min(first, newest)]
        return [uid for uid in uids if self.inbox.arrived[uid] >= day]

    def _fetched(self, asked: str) -> bool:
        _, uids, what = asked.split(" ", 2)
        most = re.search(r"BODY\.PEEK\[\]<0\.(\d+)>", what)
        for uid in map(int, uids.split(",")):
            if most and uid == self.inbox.breaks_at:
                return False
            mail = self.inbox.mails.get(uid)
            if mail is None:
                continue
            if most:
                self.inbox.bodies.append(uid)
                words, name = mail[: int(most[1])], b"BODY[]<0>"
            else:
                assert "HEADER.FIELDS (CONTENT-TYPE X-FAILED-RECIPIENTS)" in what, asked
                words, name = _fields(mail), b"BODY[HEADER.FIELDS (CONTENT-TYPE X-FAILED-RECIPIENTS)]"
            before, behind = (b"", b" UID %d" % uid) if self.inbox.uid_behind else (b"UID %d " % uid, b"")
            self._say(b"* 1 FETCH (" + before + name + b" {%d}" % len(words))
            self.wfile.write(words)
            self._say(behind + b")")
        return True


def _fields(mail: bytes) -> bytes:
    head = re.split(rb"\r?\n\r?\n", mail, maxsplit=1)[0] + b"\n"
    found = re.findall(rb"(?im)^(?:content-type|x-failed-recipients):[^\n]*\n(?:[ \t][^\n]*\n)*", head)
    return b"".join(found) + b"\r\n"


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, inbox: Inbox, context: ssl.SSLContext) -> None:
        self.inbox, self.context = inbox, context
        super().__init__((HOST, 0), _Talk)

    def get_request(self) -> tuple[Any, Any]:
        connection, address = super().get_request()
        assert isinstance(connection, socket.socket)
        return self.context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False), address


@contextmanager
def running(certificate: Path) -> Iterator[Inbox]:
    """A server on a free port, with the certificate and key of this file."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    inbox = Inbox()
    with _Server(inbox, context) as server:
        inbox.port = server.server_address[1]
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield inbox
        finally:
            server.shutdown()
            thread.join()


def make_certificate(path: Path) -> Path:
    """A key and a certificate for this machine that nobody trusts by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mailbox of the tests")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HOST))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + secret)
    return path
