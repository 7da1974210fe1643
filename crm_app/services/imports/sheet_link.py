"""A Google Sheet by its link: published to the web, or shared with anyone who has the link.

The addresses are those of Google's own menus: `/spreadsheets/d/<id>/export?format=` for shared sheets and
`/spreadsheets/d/e/<id>/pub?output=` for published ones. A link to one sheet of a workbook (`gid`) is fetched as CSV, a
link to the whole as XLSX. The link stays in the import's folder, readable by this service only.
"""

import re
from urllib.parse import parse_qs, urlencode, urlsplit

from crm_app import settings
from crm_app.locales import text
from crm_app.models import Import
from crm_app.services.errors import Invalid
from crm_app.services.imports import uploads
from crm_app.services.imports.uploads import Stored
from crm_app.services.outbound import Answer, Fetcher, Redirected

LINK = "link"  # file in the import's folder
LONGEST = 2_000  # characters of a link
_PATH = re.compile(
    r"/(?:a/[\w.-]+/)?spreadsheets/(?:u/\d+/)?d/(?:(?P<published>e)/)?(?P<id>[\w-]{10,200})(?:/.*)?", re.ASCII
)
_SIGN_IN = ("accounts.google.com", "accounts.youtube.com")
_NOT_PUBLIC = text(
    "This sheet is not public. In Google Sheets choose Share → Anyone with the link, or File → Publish to the web."
)
_NO_SHEET = text("This is not a link to a Google Sheet. Copy it from the address line of your browser.")


def fetcher() -> Fetcher:
    """The one for this installation's hosts and limits."""
    chosen = settings.get()
    hosts = tuple(host.strip() for host in chosen.sheet_hosts.split(",") if host.strip())
    return Fetcher(hosts, chosen.upload_limit)


def export_address(link: str) -> str:
    """The address under which the sheet comes as a file. Raises Invalid for anything but a link to a sheet."""
    written = _complete(link)
    try:
        parts = urlsplit(written)
        host = parts.hostname or ""
        found = _PATH.fullmatch(parts.path) if len(written) <= LONGEST else None
    except ValueError:
        found = None
    if found is None:
        raise Invalid(_NO_SHEET, "link")
    if parts.scheme != "https":
        raise Invalid(text("Only links that begin with https:// are followed."), "link")
    gid = next((each for part in (parts.fragment, parts.query) for each in parse_qs(part).get("gid", ())), "")
    wish = {"gid": gid} if gid.isdecimal() else {}
    kind = "csv" if wish else "xlsx"
    if found["published"]:
        query = {**wish, **({"single": "true"} if wish else {}), "output": kind}
        return f"https://{host}/spreadsheets/d/e/{found['id']}/pub?{urlencode(query)}"
    return f"https://{host}/spreadsheets/d/{found['id']}/export?{urlencode({'format': kind, **wish})}"


def fetch(link: str) -> tuple[str, Stored]:
    """The sheet as a stored file, and what to call it. Raises Invalid with one sentence about what is wrong."""
    return store(link, export_address(link), fetcher())


def store(link: str, address: str, by: Fetcher) -> tuple[str, Stored]:
    """The file at an address, stored beside the link it was fetched for; when it fails, nothing stays on disk."""
    with uploads.receiving() as receiver:
        try:
            answer = by.get(address, receiver.write, _accept)
        except Redirected as error:
            raise Invalid(_NOT_PUBLIC, "link") if error.host in _SIGN_IN else error from None
        place = settings.get().imports_dir / receiver.folder / LINK
        place.touch(mode=0o600)
        place.write_text(_complete(link), encoding="utf-8")
    return answer.file_name or "Google Sheet", receiver.stored


def link_of(found: Import) -> str:
    """The link an import was fetched from, '' for files that came another way."""
    place = uploads.place_of(found) / LINK
    return place.read_text(encoding="utf-8") if place.is_file() else ""


def _complete(link: str) -> str:
    """The link with its `https://`, which some browsers hide."""
    written = link.strip()
    return written if "://" in written[:20] else f"https://{written}"


def _accept(answer: Answer) -> None:
    if answer.status in (401, 403) or (answer.status == 200 and answer.content_type == "text/html"):
        raise Invalid(_NOT_PUBLIC, "link")
    if answer.status in (400, 404, 410):
        raise Invalid(text("There is no sheet behind this link any more. Check it in your browser."), "link")
    if answer.status != 200:
        message = text(
            "Google did not hand out the sheet (answer {status}). Try again in a few minutes.", status=answer.status
        )
        raise Invalid(message, "link")
