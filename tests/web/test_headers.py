from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import pytest

from crm_app.services.actor import Actor
from crm_app.web.headers import policy_of
from tests.web.conftest import Site, make_site

SCRIPT = "window.x = 1 < 2;"


@pytest.fixture
def build(tmp_path: Path) -> Path:
    folder = tmp_path / "client"
    (folder / "contacts").mkdir(parents=True)
    (folder / "index.html").write_text(f'<html><script>{SCRIPT}</script><script src="/assets/a.js"></script></html>')
    (folder / "contacts" / "index.html").write_text('<script type="module">\nimport "/assets/b.js"\n</script>')
    (folder / "favicon.ico").write_bytes(b"icon")
    return folder


def hash_of(script: str) -> str:
    return f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'"


def test_inline_scripts_run_by_their_hash_and_nothing_else_does(build: Path) -> None:
    policy = dict(part.strip().split(" ", 1) for part in policy_of(build).split(";"))
    assert set(policy["script-src"].split()) == {"'self'", hash_of(SCRIPT), hash_of('\nimport "/assets/b.js"\n')}
    assert policy["default-src"] == policy["frame-ancestors"] == policy["object-src"] == policy["base-uri"] == "'none'"
    assert "unsafe" not in policy["script-src"] and "http" not in policy_of(build) and "*" not in policy_of(build)


def test_without_a_build_no_inline_script_runs() -> None:
    assert "script-src 'self';" in policy_of(None) and "script-src 'self';" in policy_of(Path("/nowhere"))


async def test_every_answer_carries_the_safe_ones(build: Path, set_up: Actor) -> None:
    site = make_site(build)
    anonymous = ["/", "/login", "/ping", "/assets/a.js", "/_upload", "/nothing.js", "/edge/x.css"]
    answers = [await site.http.get(path) for path in anonymous]
    site.be(set_up)
    answers += [await site.http.get(path) for path in ("/contacts", "/whoami", "/data.json", "/_upload/x")]
    answers.append(await site.http.post("/login", headers={"origin": "https://evil.example"}))
    for answer in answers:
        assert answer.headers["x-content-type-options"] == "nosniff", answer.url
        assert answer.headers["referrer-policy"] == "same-origin"
        assert answer.headers["cross-origin-opener-policy"] == "same-origin"
        assert "camera=()" in answer.headers["permissions-policy"]
        assert "cache-control" in answer.headers and "strict-transport-security" not in answer.headers
        assert answer.headers.get_list("x-content-type-options") == ["nosniff"]
    await site.http.aclose()


async def test_the_policy_comes_with_pages_only(build: Path, set_up: Actor) -> None:
    site = make_site(build)
    site.be(set_up)
    assert hash_of(SCRIPT) in (await site.http.get("/contacts")).headers["content-security-policy"]
    for path in ("/assets/a.js", "/data.json", "/whoami"):
        assert "content-security-policy" not in (await site.http.get(path)).headers
    await site.http.aclose()


async def test_the_plain_pages_allow_no_script_at_all(site: Site, set_up: Actor) -> None:
    policy = (await site.http.get("/login")).headers["content-security-policy"]
    assert "script-src" not in policy and policy.startswith("default-src 'none'") and "unsafe" not in policy


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/assets/index-a1.js", "public, max-age=31536000, immutable"),
        ("/assets/missing.js", "no-store"),
        ("/contacts", "no-cache"),
        ("/app.js", "no-cache"),
        ("/data.json", "no-store"),
        ("/whoami", "no-store"),
        ("/login", "no-store"),
        ("/edge/unknown.css", "no-store"),
    ],
)
async def test_what_may_be_kept_by_browsers(path: str, expected: str, site: Site, set_up: Actor) -> None:
    if path != "/login":
        site.be(set_up)
    assert (await site.http.get(path)).headers["cache-control"] == expected


async def test_on_https_browsers_are_told_to_stay_there(set_up: Actor, with_settings) -> None:
    with_settings(public_url="https://crm.example", trusted_proxies="127.0.0.1")
    site = make_site(base="https://crm.example")
    answer = await site.http.get("/login")
    assert answer.headers["strict-transport-security"].startswith("max-age=31536000")
    await site.http.aclose()


async def test_the_plain_pages_use_the_builds_font(build: Path, set_up: Actor) -> None:
    (build / "assets").mkdir()
    (build / "assets" / "inter-latin-wght-normal-x1.woff2").write_bytes(b"font")
    site = make_site(build)
    page = (await site.http.get("/login")).text
    style = await site.http.get(page.partition('rel="stylesheet" href="')[2].partition('"')[0])
    assert (
        'url("/assets/inter-latin-wght-normal-x1.woff2")' in style.text
        and "immutable" in style.headers["cache-control"]
    )
    await site.http.aclose()


async def test_the_builds_icon_is_served_to_everybody(build: Path, db: Path) -> None:
    site = make_site(build)
    assert (await site.http.get("/favicon.ico")).content == b"icon"
    await site.http.aclose()
