"""Who really asks: `X-Forwarded-*` counts from trusted proxies only, and is taken away from everybody else."""

import ipaddress

from starlette.types import Scope

Networks = tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]
_FORWARDED = (b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host", b"x-forwarded-port", b"forwarded")


def networks(setting: str) -> Networks:
    """`CRM_TRUSTED_PROXIES` (`10.0.0.5, 172.16.0.0/12`) parsed. Raises ValueError naming what it cannot read."""
    parts = [part.strip() for part in setting.split(",") if part.strip()]
    return tuple(ipaddress.ip_network(part, strict=False) for part in parts)


def is_in(address: str, trusted: Networks) -> bool:
    """Whether the address belongs to one of the networks."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return any(found.version == network.version and found in network for network in trusted)


def resolved(scope: Scope, trusted: Networks) -> Scope:
    """The scope as the visitor's browser sees it: client address, scheme and host; forwarding headers removed."""
    headers = scope["headers"]
    forwarded: dict[bytes, list[str]] = {}
    kept = []
    for name, value in headers:
        if name.lower() in _FORWARDED:
            forwarded.setdefault(name.lower(), []).append(value.decode("latin-1"))
        else:
            kept.append((name, value))
    if not forwarded:
        return scope
    client = scope.get("client") or ("", 0)
    changed = {**scope, "headers": kept}
    if not is_in(client[0], trusted):
        return changed
    hops = [hop.strip() for line in forwarded.get(b"x-forwarded-for", []) for hop in line.split(",") if hop.strip()]
    if address := _last_untrusted(hops, trusted):
        changed["client"] = (address, 0)
    scheme = _single(forwarded.get(b"x-forwarded-proto"))
    if scheme in ("http", "https"):
        encrypted = scheme == "https"
        is_socket = scope["type"] == "websocket"
        changed["scheme"] = ("wss" if encrypted else "ws") if is_socket else scheme
    if host := _single(forwarded.get(b"x-forwarded-host")):
        changed["headers"] = [*((n, v) for n, v in kept if n.lower() != b"host"), (b"host", host.encode("latin-1"))]
    return changed


def _last_untrusted(hops: list[str], trusted: Networks) -> str:
    """Read from the right: what our own proxies wrote is true, what stands before the first stranger is hearsay."""
    for hop in reversed(hops):
        address = hop.strip("[]")
        try:
            ipaddress.ip_address(address)
        except ValueError:
            return ""
        if not is_in(address, trusted):
            return address
    return hops[0].strip("[]") if hops else ""


def _single(lines: list[str] | None) -> str:
    return lines[-1].rpartition(",")[2].strip().lower() if lines else ""
