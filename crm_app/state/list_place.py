"""Where a list of contacts stands, by its path: all contacts, the leads, the members of a course."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from crm_app import routes
from crm_app.models import Lifecycle
from crm_app.services.contacts import layouts
from crm_app.services.contacts.filter import ContactFilter
from crm_app.services.filters.questions import is_id


@dataclass(frozen=True, slots=True)
class ListPlace:
    """`layout` is whose columns it has; `said` are the parameters of a filter that its path says itself."""

    path: str
    layout: str
    said: Mapping[str, str]

    def wanted(self, params: Mapping[str, str]) -> ContactFilter:
        """The list as its address has it. Raises ValueError like `ContactFilter.from_params`."""
        return ContactFilter.from_params({**params, **self.said})

    def url(self, wanted: ContactFilter, **more: Any) -> str:
        """The place with this filter, and `more` parameters behind it."""
        params = {key: value for key, value in wanted.to_params().items() if key not in self.said}
        params |= {key: str(value) for key, value in more.items()}
        return self.path + ("?" + urlencode(params) if params else "")


CONTACTS = ListPlace(routes.CONTACTS, layouts.CONTACTS, {})
LEADS = ListPlace(routes.LEADS, layouts.LEADS, {"lifecycle": Lifecycle.LEAD.value})
# A course is not over for who is inactive; the rest its list does not show and does not go by.
_OF_MEMBERS = {"inactive": "1"} | dict.fromkeys(("lifecycle", "import", "segment", "sort", "view"), "")


def place_of(path: str) -> ListPlace:
    """The list at that path, or the one that is the nearest: all contacts."""
    if path.startswith(routes.LEADS):
        return LEADS
    if path.startswith(routes.COURSES + "/"):
        course_id = path.removeprefix(routes.COURSES).strip("/")
        if is_id(course_id):
            return ListPlace(routes.course(course_id), layouts.MEMBERS, _OF_MEMBERS | {"course": course_id})
    return CONTACTS
