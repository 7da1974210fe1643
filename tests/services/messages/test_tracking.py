import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

from crm_app.models import Message, MessageState
from crm_app.services import database
from crm_app.services.messages import tracking

HTML = (
    '<body><a href="https://shop.example/a?b=1&amp;c=2">x</a><a href="http://127.0.0.1:8000/unsubscribe/t">y</a></body>'
)


@pytest.fixture
def sent(db: object) -> int:
    with database.transaction() as session:
        made = Message(kind="campaign", channel="email", state=MessageState.SENT)
        session.add(made)
        session.flush()
        return made.id or 0


def dressed(message_id: int) -> tuple[str, str, str]:
    """The link led on, its target, and the token of the picture."""
    with database.transaction() as session:
        html = tracking.dressed(session, message_id, HTML)
    link, own = (unescape(found) for found in re.findall(r'href="([^"]*)"', html))
    assert own == "http://127.0.0.1:8000/unsubscribe/t"
    picture = re.search(r'src="[^"]*/m/([^"]*)\.gif"', html)
    assert picture is not None
    parts = urlsplit(link)
    return parts.path.rpartition("/")[2], parse_qs(parts.query)["u"][0], picture[1]


def stands(message_id: int) -> tuple[bool, bool]:
    with database.reading() as session:
        found = session.get_one(Message, message_id)
        return found.opened_at is not None, found.clicked_at is not None


def test_opening_and_following_are_noted_the_first_time(sent: int) -> None:
    token, url, picture = dressed(sent)
    assert url == "https://shop.example/a?b=1&c=2"
    with database.transaction() as session:
        assert tracking.opened(session, picture)
    assert stands(sent) == (True, False)
    for _ in range(2):
        with database.transaction() as session:
            assert tracking.followed(session, token, url)
    assert stands(sent) == (True, True)


@pytest.mark.parametrize("change", ["url", "number", "sign", "picture", "nothing"])
def test_nobody_makes_up_a_link_and_none_leads_elsewhere(change: str, sent: int) -> None:
    token, url, picture = dressed(sent)
    number, _, sign = token.partition("-")
    made_up = {
        "url": (token, "https://evil.example"),
        "number": (f"{int(number) + 1}-{sign}", url),
        "sign": (f"{number}-{'0' * 32}", url),
        "picture": (picture, url),
        "nothing": (token, ""),
    }[change]
    with database.transaction() as session:
        assert not tracking.followed(session, *made_up)
        assert not tracking.opened(session, token)
        assert not tracking.opened(session, "x" * 5000)
    assert stands(sent) == (False, False)
