"""The addresses our own pages have. A websocket, an upload or a form from any other place is refused."""

import contextlib
import socket
import struct
from urllib.parse import urlsplit

from crm_app import settings

_EVERYWHERE = ("0.0.0.0", "::", "")  # noqa: S104  # compared, not bound
_DEFAULT_PORTS = {"http": 80, "https": 443}


def allowed_origins() -> list[str]:
    """`CRM_PUBLIC_URL` when set; else this machine itself and, when it listens everywhere, its own addresses."""
    current = settings.get()
    if current.public_url:
        found = normalised(current.public_url)
        if not found:
            raise ValueError("CRM_PUBLIC_URL must be an address such as https://crm.example")
        return [found]
    hosts = ["127.0.0.1", "localhost", "[::1]"]
    if current.host in _EVERYWHERE:
        hosts += [f"[{address}]" if ":" in address else address for address in machine_addresses()]
        hosts.append(socket.gethostname().lower())
    elif current.host not in hosts:
        hosts.append(f"[{current.host}]" if ":" in current.host else current.host)
    return list(dict.fromkeys(filter(None, (normalised(f"http://{host}:{current.port}") for host in hosts))))


def normalised(url: str) -> str:
    """`scheme://host[:port]` in lower case without a default port; empty for anything else, `null` included."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        return ""
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname or "@" in parts.netloc:
        return ""
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    shown = "" if port in (None, _DEFAULT_PORTS[parts.scheme]) else f":{port}"
    return f"{parts.scheme}://{host.lower()}{shown}"


def is_allowed(origin: str, allowed: list[str]) -> bool:
    """Whether an `Origin` header names one of our own pages. A missing one does not."""
    return bool(origin) and normalised(origin) in allowed and urlsplit(origin).path == ""


def machine_addresses() -> list[str]:
    """The machine's addresses on its networks, as colleagues would type them. Sends nothing."""
    found = [*_interface_addresses(), *_host_addresses()]
    return sorted({address for address in found if not address.startswith(("127.", "169.254.", "fe80", "::1"))})


def _host_addresses() -> list[str]:
    with contextlib.suppress(OSError):
        return [str(row[4][0]).partition("%")[0] for row in socket.getaddrinfo(socket.gethostname(), None)]
    return []


def _interface_addresses() -> list[str]:
    found = []
    with contextlib.suppress(ImportError, OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        import fcntl

        for _, name in socket.if_nameindex():
            with contextlib.suppress(OSError):  # an interface without an IPv4 address
                request = struct.pack("256s", name[:15].encode())
                found.append(socket.inet_ntoa(fcntl.ioctl(probe.fileno(), 0x8915, request)[20:24]))  # SIOCGIFADDR
    return found
