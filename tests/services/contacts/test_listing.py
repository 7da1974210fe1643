import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_app.models import EnrolmentStatus, Lifecycle
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.contacts import cards, listing
from crm_app.services.contacts.filter import ContactFilter
from crm_app.services.contacts.order import KEYS, Sort
from crm_app.services.courses.membership import Membership

PEOPLE = ["Anna Rossi", "Bruno Żak", "Carla Rossi", "Dora Ånes", "Emil Neumann", "Farid Özil", "Gina Rossini"]


@pytest.fixture
def people(bob: Actor) -> Actor:
    with database.transaction() as session:
        for name in PEOPLE:
            first, last = name.split()
            cards.create(session, bob, {"first_name": first, "last_name": last, "phone": "030 9018200"})
    return bob


def names(actor: Actor, wanted: ContactFilter, **paging: int) -> list[str]:
    with database.reading() as session:
        return [contact.full_name for contact in listing.page(session, actor, wanted, **paging).contacts]


def test_names_are_in_order_without_regard_to_accents(people: Actor) -> None:
    assert names(people, ContactFilter()) == [
        "Dora Ånes", "Emil Neumann", "Farid Özil", "Anna Rossi", "Carla Rossi", "Gina Rossini", "Bruno Żak",
    ]  # fmt: skip


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("descending", [False, True])
def test_paging_forth_and_back_shows_everybody_once(people: Actor, key: str, descending: bool) -> None:
    wanted = ContactFilter(order=(Sort(key, descending),))
    pages = []
    with database.reading() as session:
        page = listing.page(session, people, wanted, limit=3)
        assert page.before is None
        pages.append([contact.number for contact in page.contacts])
        while page.after is not None:
            page = listing.page(session, people, wanted, after=page.after, limit=3)
            pages.append([contact.number for contact in page.contacts])
        assert sorted(number for numbers in pages for number in numbers) == list(range(1, len(PEOPLE) + 1))
        back = listing.page(session, people, wanted, before=page.before, limit=3)
        assert [contact.number for contact in back.contacts] == pages[-2]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("rossi", {"Anna Rossi", "Carla Rossi", "Gina Rossini"}),
        ("ROSSI anna", {"Anna Rossi"}),
        ("zak", {"Bruno Żak"}),
        ("oezil", {"Farid Özil"}),
        ("an", {"Dora Ånes", "Anna Rossi"}),
        ("+49 30 9018", set(PEOPLE)),
        ("030/901", set(PEOPLE)),
        ("nobody", set()),
        ("100%", set()),
        ("'; DROP TABLE contact", set()),
        ('"', set()),
    ],
)
def test_search(people: Actor, query: str, found: set[str]) -> None:
    assert set(names(people, ContactFilter(query=query))) == found


def test_inactive_contacts_are_shown_on_request(people: Actor) -> None:
    with database.transaction() as session:
        cards.deactivate(session, people, cards.get(session, people, 1))
    assert "Anna Rossi" not in names(people, ContactFilter())
    assert "Anna Rossi" in names(people, ContactFilter(inactive=True))


def test_another_branch_sees_and_counts_nothing(people: Actor, charlie: Actor) -> None:
    assert names(charlie, ContactFilter()) == []
    with database.reading() as session:
        assert listing.count(session, charlie, ContactFilter(query="rossi")) == 0


def test_leads_are_a_filter_of_the_same_list(people: Actor) -> None:
    assert names(people, ContactFilter(lifecycle=Lifecycle.LEAD)) == []


def test_a_number_to_page_from_that_is_gone_gives_the_first_page(people: Actor) -> None:
    assert names(people, ContactFilter(), after=999) == names(people, ContactFilter())


@given(
    st.builds(
        ContactFilter,
        query=st.text(max_size=20).map(str.strip),
        lifecycle=st.none() | st.sampled_from(Lifecycle),
        inactive=st.booleans(),
        import_id=st.none() | st.integers(1, 10**6),
        membership=st.none()
        | st.builds(
            Membership,
            st.integers(1, 10**6),
            st.none() | st.sampled_from(EnrolmentStatus),
            st.none() | st.integers(1, 10**6),
            st.booleans(),
        ),
        order=st.lists(
            st.builds(Sort, st.sampled_from(KEYS), st.booleans()), min_size=1, max_size=2, unique_by=lambda one: one.key
        ).map(tuple),
    )
)
def test_a_filter_survives_the_url(wanted: ContactFilter) -> None:
    assert ContactFilter.from_params(wanted.to_params()) == wanted


def test_an_unknown_condition_never_means_everybody() -> None:
    with pytest.raises(ValueError, match="nobody"):
        ContactFilter.from_params({"lifecycle": "nobody"})
    for wrong in ({"course": "x"}, {"course": "1", "status": "gone"}, {"course": "1", "offer": "-"}, {"overdue": "1"}):
        with pytest.raises(ValueError, match=r".+"):
            ContactFilter.from_params(wrong)
