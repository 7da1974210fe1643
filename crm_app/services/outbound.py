"""Fetching from the web what a user named, so that nobody reaches the inside of the network through this server.

Only https, only hosts on a list, no address of a private network, redirects followed by hand and judged like the first
address. A name is resolved once, and the connection goes to the address that was judged: a name server cannot answer
otherwise in between (DNS rebinding; OWASP, "Server-Side Request Forgery Prevention").
"""

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import Message
from pathlib import PurePath
from typing import Any
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from crm_app.locales import text
from crm_app.services.errors import Invalid

MIB = 1024 * 1024
PIECE = 64 * 1024  # bytes read at once
MOST_REDIRECTS = 5
MOST_ADDRESSES = 4  # of one name that are tried
_REDIRECTS = (301, 302, 303, 307, 308)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052: the last 32 bits are an IPv4 address
_UNREACHABLE = text("The address could not be reached. Check the link and try again.")

Resolve = Callable[[str, int], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back behind all redirects. `file_name` as the server gave it, '' without one."""

    status: int
    content_type: str
    file_name: str


class Redirected(Invalid):
    """A redirect leads off the list of hosts; `host` says where to."""

    def __init__(self, host: str) -> None:
        super().__init__(text("The link leads to {host}, which is not allowed here.", host=host), "link")
        self.host = host


def resolve(host: str, port: int) -> list[str]:
    """Every address of a name, as the system resolves it. Raises OSError."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


@dataclass(frozen=True, slots=True)
class Fetcher:
    """`hosts` are names, `*.example.org` stands for those below it, `*` for any; `limit` is bytes, the others seconds.

    `trusted` are `host:port` that may be reached by plain http and at any address: a test's own server.
    """

    hosts: tuple[str, ...]
    limit: int
    connect_seconds: float = 5.0
    whole_seconds: float = 60.0
    trusted: frozenset[str] = field(default=frozenset())
    resolve: Resolve = resolve

    def get(self, address: str, write: Callable[[bytes], None], accepts: Callable[[Answer], None]) -> Answer:
        """Hands the body to `write` piece by piece, after `accepts` (which may raise) has seen what answered.

        Raises Invalid with one sentence for an address that is not allowed, for a server that does not answer in time
        and for more than `limit` bytes.
        """
        deadline = _Deadline(self.whole_seconds)
        try:
            with deadline:
                return self._follow(address, write, accepts, deadline)
        except (OSError, http.client.HTTPException, UnicodeError) as error:
            if deadline.is_over or isinstance(error, TimeoutError):
                raise Invalid(
                    text("The server took too long to answer. Try again, or download the file and import it."), "link"
                ) from error
            raise Invalid(_UNREACHABLE, "link") from error

    def post(self, address: str, body: bytes, headers: Mapping[str, str]) -> int:
        """Sends the body and returns the status; no redirect is followed, and what is answered is not read.

        Raises Invalid with one sentence for an address that is not allowed and a server that does not answer in time.
        """
        deadline = _Deadline(self.whole_seconds)
        try:
            with deadline:
                connection = self._connection(_parts(address), deadline)
                try:
                    connection.connect()
                    connection.sock.settimeout(self.whole_seconds)
                    connection.request("POST", _target(_parts(address)), body, dict(headers))
                    return connection.getresponse().status
                finally:
                    connection.close()
        except (OSError, http.client.HTTPException, UnicodeError) as error:
            raise Invalid(_UNREACHABLE, "link") from error

    def allows(self, host: str) -> bool:
        """Whether a host is on the list."""
        name = host.lower().rstrip(".")
        return any(
            name.endswith(known[1:]) and name != known[2:] if known.startswith("*.") else known in ("*", name)
            for known in (each.lower() for each in self.hosts)
        )

    def _follow(
        self, address: str, write: Callable[[bytes], None], accepts: Callable[[Answer], None], deadline: "_Deadline"
    ) -> Answer:
        for _ in range(MOST_REDIRECTS + 1):
            connection = self._connection(_parts(address), deadline)
            try:
                connection.connect()
                connection.sock.settimeout(self.whole_seconds)  # a large sheet takes its time before the first byte
                connection.request("GET", _target(_parts(address)), headers={"Accept-Encoding": "identity"})
                response = connection.getresponse()
                location = response.getheader("Location", "")
                if response.status in _REDIRECTS and location:
                    address = urljoin(address, location)
                    continue
                answer = Answer(response.status, response.headers.get_content_type(), _file_name(response.headers))
                accepts(answer)
                self._receive(response, write, deadline)
                return answer
            finally:
                connection.close()
        raise Invalid(text("The link leads from one address to the next without an end."), "link")

    def _connection(self, parts: SplitResult, deadline: "_Deadline") -> http.client.HTTPConnection:
        """To the one address of the host that was judged. Raises Invalid where it may not go."""
        host = parts.hostname or ""
        try:
            port = parts.port or (80 if parts.scheme == "http" else 443)
        except ValueError:
            raise Invalid(_UNREACHABLE, "link") from None
        is_trusted = f"{host}:{port}" in self.trusted
        if not is_trusted and not self.allows(host):
            raise Redirected(host)
        if not is_trusted and (parts.scheme != "https" or port != 443 or parts.username is not None):
            raise Invalid(text("Only links that begin with https:// are followed."), "link")
        addresses = self.resolve(host, port)
        if not addresses or not (is_trusted or all(map(is_public, addresses))):
            raise Invalid(text("The link leads into a private network, where this server does not go."), "link")
        deadline.check()
        is_secure = parts.scheme == "https"
        return _Pinned(
            host, port, addresses[:MOST_ADDRESSES], deadline, is_secure=is_secure, timeout=self.connect_seconds
        )

    def _receive(
        self, response: http.client.HTTPResponse, write: Callable[[bytes], None], deadline: "_Deadline"
    ) -> None:
        size = 0
        announced = response.getheader("Content-Length", "")
        if announced.isdecimal() and int(announced) > self.limit:
            raise self._too_large()
        while data := response.read1(PIECE):
            deadline.check()
            size += len(data)
            if size > self.limit:
                raise self._too_large()
            write(data)
        deadline.check()
        if announced.isdecimal() and size < int(announced):
            raise http.client.IncompleteRead(b"")

    def _too_large(self) -> Invalid:
        return Invalid(text("The file is larger than the {limit} MB allowed.", limit=self.limit // MIB), "link")


def is_public(address: str) -> bool:
    """Whether an IP address lies in the public internet; one that carries another is judged by that too."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour
        if found in _NAT64:
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
        if found.teredo is not None:
            return False
    return found.is_global and not found.is_multicast and not found.is_reserved


class _Pinned(http.client.HTTPConnection):
    """Connects to given addresses whatever the name means by now; the certificate must be the name's."""

    def __init__(
        self,
        host: str,
        port: int,
        addresses: Sequence[str],
        deadline: "_Deadline",
        *,
        is_secure: bool,
        timeout: float,
    ) -> None:
        super().__init__(host, port, timeout=timeout)
        self._deadline = deadline
        self._addresses = addresses
        self._context = ssl.create_default_context() if is_secure else None
        if is_secure:
            self.default_port = 443

    def connect(self) -> None:
        self.sock: Any = self._first_that_answers()
        if self._context is None:
            self._deadline.watch(self.sock)
            return
        self.sock = self._context.wrap_socket(self.sock, server_hostname=self.host, do_handshake_on_connect=False)
        self._deadline.watch(self.sock)
        self.sock.do_handshake()

    def _first_that_answers(self) -> socket.socket:
        error: OSError | None = None
        for address in self._addresses:
            try:
                return socket.create_connection((address, self.port), self.timeout)
            except OSError as failed:
                error = failed
        raise error or OSError(self.host)


class _Deadline:
    """Ends the connection that is watched when the time is over: no trickle of bytes keeps it open."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True
        self._socket: socket.socket | None = None

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    @property
    def is_over(self) -> bool:
        return time.monotonic() >= self._end

    def watch(self, connected: socket.socket) -> None:
        """From now on this is what ends with the time. Raises TimeoutError when it is over already."""
        self._socket = connected
        self.check()

    def check(self) -> None:
        """Raises TimeoutError when the time is over."""
        if self.is_over:
            raise TimeoutError

    def _cut(self) -> None:
        if self._socket is not None:
            with suppress(OSError):
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)  # below TLS, which another thread is reading


def _parts(address: str) -> SplitResult:
    try:
        return urlsplit(address)
    except ValueError:
        raise Invalid(_UNREACHABLE, "link") from None


def _target(parts: SplitResult) -> str:
    return quote((parts.path or "/") + (f"?{parts.query}" if parts.query else ""), safe="%/:=&?~+!$,;'@()*")


def _file_name(headers: Message) -> str:
    """The name of `Content-Disposition` (RFC 6266), without any folder."""
    return PurePath((headers.get_filename("") or "").replace("\\", "/")).name
