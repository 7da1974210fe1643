from sqlmodel import select

from crm_app.models import LeadStatus, Outcome
from crm_app.services import database
from crm_app.services.imports import preview
from crm_app.services.imports.plan_file import WHOLE_ROW
from tests.services.imports.conftest import Flow, add_contact

PEOPLE = "first_name,last_name,email\nAda,Byron,ada@example.org\nKurt,Gödel,kurt@example.org\n"


def test_people_nobody_knows_are_new(flow: Flow) -> None:
    id_ = flow.checked(PEOPLE)
    assert flow.outcomes(id_) == ["create", "create"]
    assert flow.counts(id_) == {"create": 2}
    assert [row.row for row in flow.rows(id_)] == [2, 3]


def test_a_known_address_updates_only_what_differs_and_shows_old_and_new(flow: Flow) -> None:
    known = add_contact(first_name="Ada", last_name="Lovelace", email="Ada@Example.org")
    row = flow.rows(flow.checked(PEOPLE))[0]
    assert (row.outcome, row.contact_id) == (Outcome.UPDATE, known)
    assert row.changes == {"last_name": ("Lovelace", "Byron")}
    assert "1" not in str(row.reason)
    assert str(row.reason) == "One value changes."


def test_another_spelling_of_the_same_number_or_address_is_no_change(flow: Flow) -> None:
    add_contact(first_name="Ada", email="ADA@example.org", phone="+49 30 1234567", external_id="7")
    id_ = flow.checked("external_id,email,phone\n7,ada@EXAMPLE.org,030/123 45 67\n")
    assert flow.outcomes(id_) == ["unchanged"]


def test_an_empty_cell_keeps_what_is_stored(flow: Flow) -> None:
    add_contact(first_name="Ada", last_name="Byron", email="ada@example.org", city="London")
    id_ = flow.checked("email,first_name,last_name,city\nada@example.org,,Byron,\n")
    assert flow.outcomes(id_) == ["unchanged"]


def test_several_contacts_with_the_key_are_a_conflict_that_names_them(flow: Flow) -> None:
    add_contact(first_name="Ada", email="family@example.org")
    add_contact(first_name="Bea", email="family@example.org")
    row = flow.rows(flow.checked("email,city\nfamily@example.org,Rome\n"))[0]
    assert row.outcome is Outcome.CONFLICT
    assert "1, 2" in str(row.reason)


def test_any_address_of_a_contact_finds_it_and_its_first_one_stays(flow: Flow) -> None:
    from crm_app.models import ContactPoint

    id_ = add_contact(first_name="Ada", email="ada@example.org")
    with database.transaction() as session:
        session.add(
            ContactPoint(
                contact_id=id_, kind="email", label="", value="b@example.org", norm="b@example.org", primary=False
            )
        )
    row = flow.rows(flow.checked("email,city\nb@example.org,Rome\n"))[0]
    assert (row.outcome, row.changes) == (Outcome.UPDATE, {"city": ("", "Rome")})


def test_of_doubles_in_the_file_the_first_usable_row_counts(flow: Flow) -> None:
    id_ = flow.checked(
        "email,first_name,birth_date\n"
        "a@example.org,Ada,1815-12-32\n"
        "A@example.org,Ada,1915-12-10\n"
        "a@EXAMPLE.org,Adele,\n"
    )
    assert flow.outcomes(id_) == ["invalid", "create", "skip"]
    assert "row 3" in str(flow.rows(id_)[2].reason)


def test_two_rows_that_reach_one_contact_by_different_keys_write_it_once(flow: Flow) -> None:
    from crm_app.models import ContactPoint

    id_ = add_contact(first_name="Ada", email="a@example.org")
    with database.transaction() as session:
        session.add(
            ContactPoint(
                contact_id=id_, kind="email", label="", value="b@example.org", norm="b@example.org", primary=False
            )
        )
    made = flow.checked("email,city\na@example.org,Rome\nb@example.org,Pisa\n")
    assert flow.outcomes(made) == ["update", "skip"]


def test_a_row_with_nobody_in_it_is_invalid_and_an_empty_row_is_skipped(flow: Flow) -> None:
    id_ = flow.checked(
        "first_name,city,zip\nAda,London,1\n,Paris,2\n ,,\n", {"first_name": "first_name", "city": "city"}
    )
    assert flow.outcomes(id_)[:2] == ["create", "invalid"]
    assert set(flow.outcomes(id_)[2:]) <= {"skip"}


def test_a_matched_row_needs_no_name_of_its_own(flow: Flow) -> None:
    add_contact(first_name="Ada", external_id="7")
    assert flow.outcomes(flow.checked("external_id,city\n7,Paris\n8,Rome\n")) == ["update", "invalid"]


def test_a_bad_cell_makes_the_row_wait_and_a_switch_takes_it_without_the_cell(flow: Flow) -> None:
    text = "first_name,birth_date,email\nAda,31.02.1990,ada@example.org\n"
    waiting = flow.checked(text)
    row = flow.rows(waiting)[0]
    assert row.outcome is Outcome.INVALID
    assert [(p.index, p.value) for p in row.problems] == [(1, "31.02.1990")]
    taken = flow.checked(text, take_rows_without_bad_cells=True)
    assert flow.outcomes(taken) == ["create"]
    assert flow.rows(taken)[0].problems


def test_an_unusable_match_key_is_invalid_whatever_the_switch_says(flow: Flow) -> None:
    id_ = flow.checked("first_name,email\nAda,not an address\n", take_rows_without_bad_cells=True)
    assert flow.outcomes(id_) == ["invalid"]


def test_an_empty_match_key_makes_a_new_contact_and_says_so(flow: Flow) -> None:
    row = flow.rows(flow.checked("first_name,email\nAda,\n"))[0]
    assert row.outcome is Outcome.CREATE
    assert "empty" in str(row.reason)


def test_a_number_nobody_has_is_invalid_and_no_number_is_a_new_contact(flow: Flow) -> None:
    add_contact(first_name="Ada")
    id_ = flow.checked("number,first_name\n1,Ada\n99,Bea\n,Cleo\n")
    assert flow.outcomes(id_) == ["unchanged", "invalid", "create"]


def test_contacts_of_another_branch_are_not_found(flow: Flow) -> None:
    add_contact(first_name="Ada", email="ada@example.org", branch_id=2)
    assert flow.outcomes(flow.checked(PEOPLE)) == ["create", "create"]


def test_status_and_responsible_are_found_by_name(flow: Flow, session) -> None:
    won = session.exec(select(LeadStatus).where(LeadStatus.folded == "won")).one()
    add_contact(first_name="Ada", external_id="1")
    id_ = flow.checked("external_id,status,owner\n1,WON,bob@example.org\n")
    row = flow.rows(id_)[0]
    assert row.changes == {"status": ("", won.name), "owner": ("", "Bob")}
    id_ = flow.checked("external_id,status,owner\n1,Gone,Charlie\n")
    problems = flow.rows(id_)[0].problems
    assert [problem.index for problem in problems] == [1, 2]
    assert "no status" in str(problems[0].message)


def test_tags_are_only_added(flow: Flow) -> None:
    text = 'external_id,first_name,tags\n1,Ada,"VIP, Kurs A"\n'
    assert flow.done(text) == {"create": 1}
    assert flow.outcomes(flow.checked(text)) == ["unchanged"]
    id_ = flow.checked('external_id,tags\n1,"vip, Neu"\n', tags=("Messe",))
    assert flow.rows(id_)[0].changes == {"tags": ("", "Messe, Neu")}


def test_one_date_format_for_the_whole_column(flow: Flow) -> None:
    id_ = flow.checked("first_name,birth_date\nA,03/04/1990\nB,12/31/1990\nC,07/08/1990\n")
    assert flow.commit(id_) == {"create": 3}
    assert preview.date_formats(flow.folder(id_)) == {1: "%m/%d/%Y"}


def test_required_fields_of_the_installation_hold_for_new_contacts(flow: Flow) -> None:
    from crm_app.services import installation

    with database.transaction() as session:
        settings = installation.current(session)
        settings.required_fields = ["phone"]
        session.add(settings)
    add_contact(first_name="Kurt", email="kurt@example.org", last_name="G")
    id_ = flow.checked(PEOPLE)
    assert flow.outcomes(id_) == ["invalid", "update"]
    assert "Phone" in str(flow.rows(id_)[0].reason)


def test_a_new_check_replaces_the_plan(flow: Flow) -> None:
    id_ = flow.checked(PEOPLE)
    flow.map(id_, {"first_name": "first_name"})
    assert flow.state(id_) == "read"
    from crm_app.services.imports import steps

    flow.work(steps.check, id_)
    assert flow.counts(id_) == {"create": 2}
    assert all(problem.index != WHOLE_ROW for row in flow.rows(id_) for problem in row.problems)
