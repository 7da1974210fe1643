import re

import pytest
from sqlmodel import select
from typer.testing import CliRunner

from crm_app.cli.users import users
from crm_app.models import AuditEntry, LinkPurpose, Role, User
from crm_app.services import database, links, sessions
from crm_app.services.actor import Actor


def crm(*arguments: str):
    return CliRunner().invoke(users, list(arguments))


def test_add_prints_a_link_that_signs_in_once(db) -> None:
    answer = crm("add", "Dora@example.org", "--name", "Dora", "--role", "manager", "--language", "de")
    assert answer.exit_code == 0, answer.output
    found = re.fullmatch(r"http://127\.0\.0\.1:8000/link/(\S+)\n", answer.output)
    assert found
    with database.transaction() as session:
        link = links.use(session, found[1], LinkPurpose.SIGN_IN)
        user = session.get_one(User, link.user_id)
        assert (user.email, user.language, session.get_one(Role, user.role_id).key) == (
            "dora@example.org",
            "de",
            "manager",
        )
        entry = session.exec(select(AuditEntry)).one()
        assert (entry.actor, entry.user_id, entry.action) == ("system", None, "user.added")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("add", "nonsense", "--name", "X"), 2),
        (("add", "x@example.org", "--name", "X", "--role", "emperor"), 2),
        (("add", "x@example.org", "--name", "X", "--language", "tlh"), 2),
        (("add", "x@example.org"), 2),
        (("add", "bob@example.org", "--name", "Bob"), 1),
        (("disable", "nobody@example.org"), 1),
        (("link", "nobody@example.org"), 1),
        (("disable", "alice@example.org"), 1),
        (("dance",), 2),
    ],
)
def test_what_does_not_work_is_one_sentence_and_an_exit_code(arguments, code, cast) -> None:
    answer = crm(*arguments)
    assert answer.exit_code == code and "Traceback" not in answer.output and answer.output.strip()


def test_list_shows_everybody_of_every_branch(cast) -> None:
    answer = crm("list")
    assert answer.exit_code == 0
    assert [line.split("\t") for line in answer.output.splitlines()] == [
        ["alice@example.org", "admin", "active", "Alice"],
        ["bob@example.org", "staff", "active", "Bob"],
        ["charlie@example.org", "staff", "active", "Charlie"],
        ["victor@example.org", "viewer", "active", "Victor"],
    ]


def test_disable_asks_nothing_without_a_terminal_and_can_be_repeated(bob: Actor) -> None:
    with database.transaction() as session:
        token = sessions.start(session, session.get_one(User, bob.user_id))
    assert [crm("disable", "BOB@example.org").exit_code for _ in range(2)] == [0, 0]
    assert sessions.look_up(token) is None
    assert crm("link", "bob@example.org").exit_code == 1
    assert crm("enable", "bob@example.org").exit_code == 0
    assert crm("link", "bob@example.org").exit_code == 0
