"""One object that is the list's query, its URL, the saved segment and the audience of what is done to many."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from crm_app.models import Lifecycle
from crm_app.services.contacts import order
from crm_app.services.contacts.order import BY_NAME, Order
from crm_app.services.courses.membership import Membership
from crm_app.services.filters import tree
from crm_app.services.filters.questions import is_id
from crm_app.services.filters.tree import EVERYBODY, Group

MAX_QUERY = 200
LONGEST_URL = 2_000  # characters of conditions in a URL; longer ones are saved as a segment


@dataclass(frozen=True, slots=True)
class ContactFilter:
    """Which contacts, in which order. Change it with `dataclasses.replace`."""

    query: str = ""
    lifecycle: Lifecycle | None = None
    inactive: bool = False  # True = inactive ones are shown too
    import_id: int | None = None
    membership: Membership | None = None
    where: Group = EVERYBODY
    segment_id: int | None = None  # the saved segment this began as; its conditions hold where `where` has none
    order: Order = BY_NAME
    board: bool = False  # shown as a board, by status

    @classmethod
    def from_params(cls, params: Mapping[str, str]) -> "ContactFilter":
        """Reads the URL. What cannot be understood keeps its default: a sort key or a yes/no never widens the list.

        Raises ValueError for a condition that would otherwise silently mean "everybody".
        """
        lifecycle = params.get("lifecycle", "")
        import_id, segment_id = params.get("import", ""), params.get("segment", "")
        return cls(
            query=params.get("q", "").strip()[:MAX_QUERY],
            lifecycle=Lifecycle(lifecycle) if lifecycle else None,
            inactive=params.get("inactive") == "1",
            import_id=_id(import_id),
            membership=Membership.from_params(params),
            where=tree.loads(params.get("where", "")),
            segment_id=_id(segment_id),
            order=order.loads(params.get("sort", "")),
            board=params.get("view") == "board",
        )

    def to_params(self) -> dict[str, str]:
        """The URL's parameters; what is default is left out."""
        found: dict[str, Any] = {
            "q": self.query,
            "lifecycle": self.lifecycle,
            "inactive": "1" if self.inactive else "",
            "import": self.import_id,
            **(self.membership.to_params() if self.membership else {}),
            "segment": self.segment_id,
            "where": tree.dumps(self.where),
            "sort": order.dumps(self.order),
            "view": "board" if self.board else "",
        }
        return {key: str(value) for key, value in found.items() if value not in ("", None)}

    def url(self, path: str, **more: str | int) -> str:
        """`path` with this filter as query string, and `more` parameters behind it."""
        params = {**self.to_params(), **{key: str(value) for key, value in more.items()}}
        return path + ("?" + urlencode(params) if params else "")


def _id(value: str) -> int | None:
    """Raises ValueError for what no database could hold as an id."""
    if value and not is_id(value):
        raise ValueError(value)
    return int(value) if value else None
