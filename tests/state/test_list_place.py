"""Where a list stands, by its path; what the path says stands nowhere else in the address."""

import pytest

from crm_app.models import EnrolmentStatus, Lifecycle
from crm_app.services.contacts import layouts
from crm_app.services.contacts.filter import ContactFilter
from crm_app.services.courses.membership import Membership
from crm_app.state.list_place import CONTACTS, LEADS, place_of


def test_each_path_is_a_list_of_its_own() -> None:
    assert place_of("/contacts") == place_of("/contacts/7") == place_of("/") == CONTACTS
    assert place_of("/leads") == place_of("/leads/") == LEADS
    assert place_of("/courses/7").layout == place_of("/courses/7/").layout == layouts.MEMBERS
    assert place_of("/courses/7") != place_of("/courses/8")
    assert place_of("/courses") == place_of("/courses/x") == place_of("/courses/" + "9" * 40) == CONTACTS


@pytest.mark.parametrize("path", ["/contacts", "/leads", "/courses/7"])
def test_a_list_comes_back_from_its_address(path: str) -> None:
    here = place_of(path)
    wanted = here.wanted({"q": "ada"})
    assert here.url(wanted) == f"{path}?q=ada"
    assert here.url(wanted, after=3).endswith("&after=3")
    assert here.url(here.wanted({})) == path


def test_the_path_says_who_is_in_the_list() -> None:
    assert place_of("/leads").wanted({"lifecycle": "customer"}).lifecycle is Lifecycle.LEAD
    unseen = {"lifecycle": "lead", "import": "3", "segment": "5", "sort": "-created", "view": "board"}
    members = place_of("/courses/7").wanted({"course": "8", "status": "waiting", "inactive": "", **unseen})
    assert members == ContactFilter(inactive=True, membership=Membership(7, EnrolmentStatus.WAITING))
    assert place_of("/courses/7").url(members) == "/courses/7?status=waiting"
    assert CONTACTS.url(members) == "/contacts?inactive=1&course=7&status=waiting"
