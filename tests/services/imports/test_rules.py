"""How cells meet stored values: write rules, blank cells, the word that clears, several rows of one contact."""

from datetime import date

import pytest
from sqlmodel import Session, select

from crm_app.models import Contact, ContactPoint, Outcome
from crm_app.services import database
from crm_app.services.contacts import cards
from crm_app.services.errors import Invalid
from crm_app.services.imports import steps
from crm_app.services.imports.columns import Blank, InFile, WriteRule
from tests.services.imports.conftest import Flow, add_contact

HEAD = "email,first_name,last_name,city,notes,tags\n"


def stored(session: Session, id_: int) -> Contact:
    found = session.get(Contact, id_)
    assert found is not None
    return found


def read(id_: int, *names: str) -> list[str | None]:
    with database.reading() as session:
        contact = stored(session, id_)
        tags = ",".join(sorted(tag.name for tag in cards.tags_of(session, contact)))
        return [tags if name == "tags" else getattr(contact, name) for name in names]


def test_fill_only_writes_where_nothing_is_stored(flow: Flow) -> None:
    id_ = add_contact(email="ada@example.org", first_name="Ada")
    flow.done(
        HEAD + "ada@example.org,Other,Byron,,,\n", rules={"first_name": WriteRule.FILL, "last_name": WriteRule.FILL}
    )
    assert read(id_, "first_name", "last_name") == ["Ada", "Byron"]


def test_never_leaves_stored_contacts_alone_and_still_fills_new_ones(flow: Flow) -> None:
    id_ = add_contact(email="ada@example.org", first_name="Ada")
    done = flow.done(
        HEAD + "ada@example.org,Other,,Rome,,\nnew@example.org,New,,Pisa,,\n",
        rules={"first_name": WriteRule.NEVER, "city": WriteRule.NEVER},
    )
    assert done == {"unchanged": 1, "create": 1}
    assert read(id_, "first_name", "city") == ["Ada", None]
    assert read(id_ + 1, "first_name", "city") == ["New", "Pisa"]


def test_append_adds_lines_that_are_not_there_yet(flow: Flow) -> None:
    id_ = add_contact(email="ada@example.org", first_name="Ada", notes="called\nlikes jazz")
    rows = HEAD + 'ada@example.org,,,,"likes jazz\nmoved",\n'
    assert flow.done(rows, rules={"notes": WriteRule.APPEND}) == {"update": 1}
    assert read(id_, "notes") == ["called\nlikes jazz\nmoved"]
    assert flow.done(rows, rules={"notes": WriteRule.APPEND}) == {"unchanged": 1}


def test_append_is_refused_where_it_makes_no_sense(flow: Flow) -> None:
    id_ = flow.bring(HEAD + "ada@example.org,Ada,,,,\n")
    with pytest.raises(Invalid, match="City"):
        flow.map(id_, rules={"city": WriteRule.APPEND})


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (WriteRule.OVERWRITE, "all,new,old"),
        (WriteRule.APPEND, "all,new,old"),
        (WriteRule.FILL, "all,old"),
        (WriteRule.NEVER, "all,old"),
    ],
)
def test_tags_are_added_and_their_rule_spares_those_for_every_row(flow: Flow, rule: WriteRule, expected: str) -> None:
    id_ = add_contact(email="ada@example.org", first_name="Ada")
    flow.done(HEAD + "ada@example.org,,,,,old\n")
    flow.done(HEAD + "ada@example.org,,,,,new\n", rules={"tags": rule}, tags=("all",))
    assert read(id_, "tags") == [expected]


def test_blank_cells_clear_when_they_shall(flow: Flow) -> None:
    id_ = add_contact(email="ada@example.org", first_name="Ada", last_name="Byron", city="London", notes="n")
    done = flow.done(HEAD + "ada@example.org,Ada,,,,\n", rules={"notes": WriteRule.FILL}, blank=Blank.CLEAR)
    assert done == {"update": 1}
    assert read(id_, "first_name", "last_name", "city", "notes") == ["Ada", None, None, "n"]


def test_the_word_that_clears_does_so_without_the_switch(flow: Flow) -> None:
    id_ = add_contact(email="ada@example.org", first_name="Ada", city="London", phone="+49 30 1234567")
    checked = flow.checked("email,city,phone\nada@example.org, [Clear] ,[clear]\n")
    assert flow.rows(checked)[0].changes == {"city": ("London", ""), "phone": ("+49 30 1234567", "")}
    flow.commit(checked)
    assert read(id_, "city", "phone") == [None, None]
    with database.reading() as session:
        points = session.exec(select(ContactPoint.value).where(ContactPoint.contact_id == id_)).all()
    assert points == ["ada@example.org"]


def test_the_word_that_clears_is_no_value_of_a_new_contact(flow: Flow) -> None:
    flow.done("email,first_name,city\nada@example.org,Ada,[clear]\n")
    assert read(1, "city") == [None]


def test_a_bad_cell_left_out_clears_nothing(flow: Flow) -> None:
    id_ = add_contact(email="ada@example.org", first_name="Ada", birth_date=date(1990, 1, 2))
    flow.done(
        "email,first_name,birth_date\nada@example.org,Ada,31.02.1990\n",
        blank=Blank.CLEAR,
        take_rows_without_bad_cells=True,
    )
    assert str(read(id_, "birth_date")[0]) == "1990-01-02"


def test_nobody_can_be_emptied_to_nothing(flow: Flow) -> None:
    add_contact(external_id="7", first_name="Ada")
    row = flow.rows(flow.checked("external_id,first_name\n7,[clear]\n"))[0]
    assert (row.outcome, "would empty every name" in str(row.reason)) == (Outcome.INVALID, True)


TWICE = HEAD + "ada@example.org,Ada,,,first,a\nbea@example.org,Bea,,,,\nada@example.org,Adele,Byron,Rome,,b\n"


def test_the_last_row_of_a_contact_counts_when_asked(flow: Flow) -> None:
    id_ = flow.checked(TWICE, in_file=InFile.LAST)
    assert flow.outcomes(id_) == ["skip", "create", "create"]
    assert str(flow.rows(id_)[0].reason) == "The same contact as in row 4; the last row counts."
    assert flow.commit(id_) == {"create": 2, "skip": 1}
    assert read(2, "first_name", "last_name", "notes", "tags") == ["Adele", "Byron", None, "b"]


def test_rows_of_a_contact_are_put_together_when_asked(flow: Flow) -> None:
    id_ = flow.checked(TWICE, in_file=InFile.MERGE)
    assert flow.outcomes(id_) == ["create", "create", "skip"]
    flow.commit(id_)
    assert read(1, "first_name", "last_name", "city", "notes", "tags") == ["Ada", "Byron", "Rome", "first", "a,b"]


def test_rows_put_together_update_a_stored_contact_once(flow: Flow) -> None:
    id_ = add_contact(email="ada@example.org", first_name="Ada", city="Rome")
    checked = flow.checked(TWICE, in_file=InFile.MERGE)
    assert flow.outcomes(checked) == ["update", "create", "skip"]
    assert flow.rows(checked)[0].changes.keys() == {"last_name", "notes", "tags"}
    flow.commit(checked)
    assert read(id_, "last_name", "notes", "tags") == ["Byron", "first", "a,b"]


def test_counts_add_up_whichever_row_counts(flow: Flow) -> None:
    rows = "".join(f"p{number % 700}@example.org,P{number},,,,t{number}\n" for number in range(2_000))
    for in_file in InFile:
        id_ = flow.checked(HEAD + rows, in_file=in_file)
        assert flow.counts(id_) == {"create": 700, "skip": 1_300}


@pytest.mark.parametrize(("in_file", "counting"), [(InFile.FIRST, 0), (InFile.LAST, 2), (InFile.MERGE, 0)])
def test_rows_that_name_one_contact_by_different_keys_are_one_group(flow: Flow, in_file: InFile, counting: int) -> None:
    add_contact(first_name="Ada", phone="+49301234567", mobile="+491712345678")
    rows = "+49 30 1234567,Ulm\n+49 171 2345678,Bonn\n+49 171 2345678,Rome\n"
    id_ = flow.checked("phone,city\n" + rows, in_file=in_file, match_key="phone")
    assert flow.counts(id_) == {"update": 1, "skip": 2}
    assert flow.outcomes(id_) == ["update" if place == counting else "skip" for place in range(3)]
    told = f"The same contact as in row {counting + 2}"
    assert all(str(row.reason).startswith(told) for row in flow.rows(id_) if row.outcome is Outcome.SKIP)


def test_choices_come_back_from_json(flow: Flow) -> None:
    id_ = flow.bring(HEAD + "ada@example.org,Ada,,,,\n")
    flow.map(id_, rules={"notes": WriteRule.APPEND}, blank=Blank.CLEAR, in_file=InFile.MERGE)
    assert flow.work(steps.check, id_)
    found = flow.get(id_)
    assert (found.options["blank"], found.options["in_file"], found.columns[4]["rule"]) == ("clear", "merge", "append")
