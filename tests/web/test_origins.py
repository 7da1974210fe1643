import pytest

from crm_app.services.actor import Actor
from crm_app.web import origins, proxies
from tests.web.conftest import HERE, Site, make_site, open_socket

FOREIGN = [
    "null",
    "",
    "http://127.0.0.1",
    "http://127.0.0.1:8001",
    "https://127.0.0.1:8000",
    "http://127.0.0.1:8000.evil.example",
    "http://evil.example",
    "http://127.0.0.1.evil.example:8000",
    "http://evil127.0.0.1:8000",
    "http://user@127.0.0.1:8000",
    "http://127.0.0.1:8000/",
    "http://127.0.0.1:8000@evil.example",
    "http://127.0.0.1:99999",
    "ws://127.0.0.1:8000",
    "file://",
    "http://[::1",
    "*",
]


async def test_other_places_open_no_websocket(site: Site, set_up: Actor) -> None:
    cookie = f"session={site.be(set_up)}"
    for origin in FOREIGN:
        headers = {"cookie": cookie, **({"origin": origin} if origin else {})}
        assert await open_socket(site.app, headers) == "websocket.close", origin


@pytest.mark.parametrize("path", ["/login", "/logout", "/setup", "/link/x", "/_upload", "/change", "/anything"])
async def test_other_places_post_nothing(path: str, site: Site, set_up: Actor) -> None:
    site.be(set_up)
    for origin in FOREIGN:
        headers = {"origin": origin} if origin else {}
        answer = await site.http.post(path, headers=headers, data={"email": "alice@example.org", "password": "x"})
        assert answer.status_code == 403 and site.inner.paths == [], origin
        assert "CRM_PUBLIC_URL" in answer.text


async def test_scripts_of_other_places_read_nothing(site: Site, set_up: Actor) -> None:
    """A page on another port of this machine counts as the same site: the browser sends our cookie along."""
    site.be(set_up)
    for path in ("/contacts", "/whoami", "/login", "/data.json"):
        for origin in FOREIGN:
            answer = await site.http.get(path, headers={"origin": origin} if origin else {})
            assert answer.status_code == (403 if origin else answer.status_code), (path, origin)
            assert not origin or "Alice" not in answer.text
        assert (await site.http.get(path, headers={"origin": HERE})).status_code in (200, 303)


@pytest.mark.parametrize("origin", [HERE, "http://localhost:8000", "http://[::1]:8000", "HTTP://LocalHost:8000"])
async def test_this_machine_is_ours(origin: str, site: Site, set_up: Actor) -> None:
    assert await open_socket(site.app, {"origin": origin, "cookie": f"session={site.be(set_up)}"}) == "websocket.accept"


def test_with_a_public_address_only_that_one_counts(with_settings) -> None:
    with_settings(public_url="https://CRM.example:443/")
    allowed = origins.allowed_origins()
    assert allowed == ["https://crm.example"]
    assert origins.is_allowed("https://crm.example", allowed)
    for foreign in (
        HERE,
        "http://crm.example",
        "https://crm.example:8443",
        "https://crm.example.evil.example",
        "https://evil-crm.example",
        "https://x.crm.example",
        "null",
    ):
        assert not origins.is_allowed(foreign, allowed), foreign


@pytest.mark.parametrize("wrong", ["crm.example", "ftp://crm.example", "https://"])
def test_a_public_address_that_is_none_is_refused_at_start(wrong: str, with_settings) -> None:
    with_settings(public_url=wrong)
    with pytest.raises(ValueError, match="CRM_PUBLIC_URL"):
        origins.allowed_origins()


def test_listening_everywhere_adds_the_machines_addresses(with_settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(origins, "machine_addresses", lambda: ["192.0.2.44", "2001:db8::4"])
    with_settings(host="0.0.0.0", port="8010")
    allowed = origins.allowed_origins()
    assert {"http://192.0.2.44:8010", "http://[2001:db8::4]:8010", "http://127.0.0.1:8010"} <= set(allowed)
    assert "*" not in allowed and "http://0.0.0.0:8010" not in allowed
    with_settings(host="192.0.2.50")
    assert "http://192.0.2.50:8010" in origins.allowed_origins()
    assert "http://192.0.2.44:8010" not in origins.allowed_origins()


def test_the_machines_addresses_are_found_without_sending() -> None:
    assert all(not address.startswith("127.") for address in origins.machine_addresses())


TRUSTED = proxies.networks("10.0.0.5, 172.16.0.0/12, fd00::/8")


def seen(client: str, *headers: tuple[str, str], kind: str = "http"):
    scope = {
        "type": kind,
        "scheme": "http" if kind == "http" else "ws",
        "client": (client, 1),
        "headers": [(name.encode(), value.encode()) for name, value in headers],
    }
    return proxies.resolved(scope, TRUSTED)


def test_a_stranger_cannot_say_who_it_is() -> None:
    found = seen("203.0.113.9", ("x-forwarded-for", "127.0.0.1"), ("x-forwarded-proto", "https"), ("host", "a"))
    assert found["client"][0] == "203.0.113.9" and found["scheme"] == "http"
    assert found["headers"] == [(b"host", b"a")]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("1.2.3.4, 198.51.100.7", "198.51.100.7"),
        ("198.51.100.7, 172.16.3.3", "198.51.100.7"),
        ("1.2.3.4, nonsense, 172.16.3.3", "10.0.0.5"),
        ("172.16.3.3", "172.16.3.3"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("", "10.0.0.5"),
    ],
)
def test_behind_a_trusted_proxy_the_last_stranger_is_the_visitor(header: str, expected: str) -> None:
    assert seen("10.0.0.5", ("x-forwarded-for", header))["client"][0] == expected


def test_a_trusted_proxy_says_scheme_and_host() -> None:
    headers = (("host", "inner:8000"), ("x-forwarded-proto", "https"), ("x-forwarded-host", "crm.example"))
    found = seen("::ffff:10.0.0.5", *headers)
    assert found["scheme"] == "https" and found["headers"] == [(b"host", b"crm.example")]
    assert seen("10.0.0.5", *headers, kind="websocket")["scheme"] == "wss"
    assert seen("10.0.0.5", ("x-forwarded-proto", "javascript"))["scheme"] == "http"


def test_nobody_is_trusted_by_default() -> None:
    assert proxies.networks("") == ()
    with pytest.raises(ValueError, match="nonsense"):
        proxies.networks("nonsense")


async def test_the_throttle_counts_the_visitor_not_the_proxy(set_up: Actor, with_settings, monkeypatch) -> None:
    monkeypatch.setattr("crm_app.services.passwords.verify", lambda stored, password: False)
    with_settings(trusted_proxies="127.0.0.1")
    site = make_site()
    form = {"email": "alice@example.org", "password": "x"}
    for _ in range(10):
        await site.post("/login", form, headers={"x-forwarded-for": "198.51.100.7"})
    assert (await site.post("/login", form, headers={"x-forwarded-for": "198.51.100.7"})).status_code == 429
    assert (await site.post("/login", form, headers={"x-forwarded-for": "198.51.100.8"})).status_code == 401
    await site.http.aclose()
