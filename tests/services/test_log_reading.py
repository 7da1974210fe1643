import ast
from datetime import timedelta
from pathlib import Path

import pytest

import crm_app
from crm_app.locales import render
from crm_app.models import AuditEntry, ConsentState, LoginEvent, LoginOutcome, User
from crm_app.models.base import now
from crm_app.services import audit, audit_words, database, devices, log_reading, logins, people, sessions
from crm_app.services.actor import Actor
from crm_app.services.errors import NotFound, NotPermitted
from crm_app.services.log_reading import Asked
from crm_app.state.settings_log import OUTCOMES
from tests.conftest import add_user

SOURCES = Path(crm_app.__file__).parent
# Places that are handed the action, and whose calls say it.
HANDED_ON = {
    ("campaigns.py", "_move"),
    ("handling.py", "_note"),
    ("work.py", "_audit"),
    ("errands.py", "Ended"),
}


def called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def texts(node: ast.AST) -> set[str]:
    return {one.value for one in ast.walk(node) if isinstance(one, ast.Constant) and isinstance(one.value, str)}


def actions_in_the_code() -> set[str]:
    """Every action an audit entry may get: of `audit.record(…)`, of `AuditEntry(…)`, and where it is handed on."""
    found: set[str] = set()
    for path in SOURCES.rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        for node in (one for one in ast.walk(tree) if isinstance(one, ast.Call)):
            name = called(node)
            said = [keyword.value for keyword in node.keywords if keyword.arg == "action"]
            is_record = name == "record" and isinstance(node.func, ast.Attribute) and texts(node.func) == set()
            if is_record and isinstance(node.func.value, ast.Name) and node.func.value.id == "audit":
                action = node.args[2]
                if isinstance(action, ast.JoinedStr):
                    found |= {f"consent.{state}" for state in ConsentState}
                    assert ast.unparse(action) == "f'consent.{state}'", f"{path}: which actions are these?"
                elif isinstance(action, ast.Constant | ast.IfExp):
                    found |= (
                        texts(action.body) | texts(action.orelse) if isinstance(action, ast.IfExp) else texts(action)
                    )
                else:
                    assert any(path.name == file for file, _ in HANDED_ON), f"{path}: where does its action come from?"
            elif name in {"AuditEntry", "_audit"}:
                found |= {text for one in [*said, *node.args[2:3]] for text in texts(one)}
            elif name == "Ended" or (path.name, name) in HANDED_ON:
                found |= {text for one in (node.args[1:2] if name == "Ended" else node.args) for text in texts(one)}
    return found


def test_every_action_in_the_code_has_words() -> None:
    found = actions_in_the_code()
    assert {"user.role", "refused", "import", "bulk", "undo", "export", "consent.confirmed", "api.refused"} <= found
    assert {"automation.on", "automation.off", "campaign.prepared", "campaign.paused"} <= found
    assert found - audit_words.ACTIONS.keys() == set(), "give them words in services/audit_words.py"


def test_every_kind_and_outcome_has_words() -> None:
    of_a_kind = {*audit_words.KINDS, *(also for kinds in audit_words.ALSO.values() for also in kinds)}
    assert {action for action in audit_words.ACTIONS if not {action, action.partition(".")[0]} & of_a_kind} == set()
    assert OUTCOMES.keys() == set(LoginOutcome)


def test_a_code_nobody_knows_stands_for_itself() -> None:
    assert render(audit_words.name_of("from.later"), "de") == "from.later"


def written(actor: Actor, *actions: str) -> None:
    with database.transaction() as session:
        for action in actions:
            audit.record(session, actor, action)


def read(actor: Actor, **asked: object) -> list[str]:
    with database.reading() as session:
        return [entry.action for entry, _ in log_reading.audit(session, actor, Asked(**asked)).entries]


@pytest.mark.parametrize("who", ["bob", "victor"])
def test_who_may_not_read_the_log_reads_nothing(who: str, cast: dict[str, Actor]) -> None:
    with database.reading() as session:
        for reading in (log_reading.audit, log_reading.logins):
            with pytest.raises(NotPermitted):
                reading(session, cast[who], Asked())
        with pytest.raises(NotPermitted):
            log_reading.people(session, cast[who])


def test_the_newest_comes_first_and_pages_follow_each_other(alice: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_reading, "PAGE", 2)
    written(alice, *(f"tag.{n}" for n in range(5)))
    seen, before = [], 0
    with database.reading() as session:
        while True:
            page = log_reading.audit(session, alice, Asked(before=before))
            seen += [entry.action for entry, who in page.entries if who == "Alice"]
            if not (before := page.more):
                break
    assert seen == ["tag.4", "tag.3", "tag.2", "tag.1", "tag.0"]


def test_it_is_narrowed_by_person_kind_and_days(alice: Actor, bob: Actor) -> None:
    written(alice, "user.role", "signed_out", "username.odd", "export")
    written(bob, "import", "imports.purged")
    with database.transaction() as session:
        session.add(AuditEntry(actor="Alice", user_id=alice.user_id, action="user.link", at=now() - timedelta(days=8)))
    assert read(alice, person=bob.user_id) == ["imports.purged", "import"]
    assert read(alice, kind="user") == ["user.link", "signed_out", "user.role"]
    assert read(alice, kind="user", days=7) == ["signed_out", "user.role"]
    assert read(alice, kind="import") == ["imports.purged", "import"]


def test_another_branch_is_not_read_and_the_system_is(alice: Actor, charlie: Actor) -> None:
    written(charlie, "export")
    with database.transaction() as session:
        session.add(AuditEntry(actor="system", action="exports.purged"))
        for user_id, name in ((charlie.user_id, "charlie"), (alice.user_id, "alice"), (None, "nobody")):
            account = logins.account_of(f"{name}@example.org")
            logins.log(session, LoginOutcome.WRONG, account=account, ip="192.0.2.1", user_id=user_id)
    assert read(alice) == ["exports.purged"] and read(alice, person=charlie.user_id) == []
    with database.reading() as session:
        assert [name for _, name in log_reading.logins(session, alice, Asked()).entries] == ["", "Alice"]
        assert charlie.user_id not in dict(log_reading.people(session, alice))


def test_sign_ins_are_narrowed_by_outcome(alice: Actor) -> None:
    with database.transaction() as session:
        for outcome in LoginOutcome:
            session.add(LoginEvent(account="x", user_id=alice.user_id, outcome=outcome.value))
    with database.reading() as session:
        for outcome in LoginOutcome:
            page = log_reading.logins(session, alice, Asked(person=alice.user_id or 0, kind=outcome.value))
            assert [entry.outcome for entry, _ in page.entries] == [outcome]


@pytest.mark.parametrize(
    ("user_agent", "said"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Windows"),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0",
            "Edge on Windows",
        ),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36", "Chrome on Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14_0) Version/18.0 Safari/605.1.15", "Safari on macOS"),
        ("curl/8.0", "Unknown device"),
        ("", "Unknown device"),
    ],
)
def test_a_device_is_named_in_plain_words(user_agent: str, said: str) -> None:
    assert render(devices.device_of(user_agent), "en") == said


def test_devices_are_ones_own_or_of_an_account_below(alice: Actor, bob: Actor, victor: Actor, charlie: Actor) -> None:
    with database.transaction() as session:
        tokens = [sessions.start(session, session.get_one(User, bob.user_id)) for _ in range(3)]
        other = sessions.start(session, session.get_one(User, charlie.user_id))
    with database.transaction() as session:
        mine = devices.listing(session, bob, bob.user_id or 0)
        assert len(mine) == len(devices.listing(session, alice, bob.user_id or 0)) == 3
        for actor, error in ((victor, NotPermitted), (charlie, NotPermitted)):
            for attempt in (devices.listing, devices.end_all):
                with pytest.raises(error):
                    attempt(session, actor, bob.user_id or 0)
            with pytest.raises(error):
                devices.end(session, actor, bob.user_id or 0, mine[0].id or 0)
        theirs = sessions.find(session, other)
        assert theirs is not None
        for session_id in (theirs.session_id, 999_999):
            with pytest.raises(NotFound):
                devices.end(session, bob, bob.user_id or 0, session_id)
        here = sessions.find(session, tokens[0])
        assert here is not None
        devices.end(session, bob, bob.user_id or 0, next(one.id or 0 for one in mine if one.id != here.session_id))
        assert devices.end_all(session, alice, bob.user_id or 0, but=here.session_id) == 1
    assert [sessions.look_up(token) is not None for token in tokens] == [True, False, False]
    assert read(alice) == ["user.signed_out", "user.signed_out"]


def test_the_list_of_people_says_when_they_were_here(alice: Actor, bob: Actor, charlie: Actor) -> None:
    with database.transaction() as session:
        add_user(session, "zoe", "viewer", branch_id=1).active = False
        logins.log(session, LoginOutcome.OK, account="x", ip="", user_id=bob.user_id)
        logins.log(session, LoginOutcome.WRONG, account="x", ip="", user_id=alice.user_id)
    with database.reading() as session:
        found = {one.user.name: one for one in people.listing(session, alice)}
    assert "Charlie" not in found and list(found)[-1] == "Zoe"
    assert found["Bob"].last_at is not None and found["Alice"].last_at is None
    assert found["Bob"].branch != "" or found["Bob"].user.branch_id == 1
