from crm_app.services.contacts import derived


def test_both_spellings_of_an_umlaut_are_searchable() -> None:
    text = derived.search_text({"first_name": "Jürgen", "last_name": "Müller", "number": 17})
    assert "muller" in text
    assert "mueller" in text
    assert "17" in text


def test_phones_are_searched_by_their_digits() -> None:
    assert "49301234" in derived.search_text({"phone": "+49 (30) 12-34"})


def test_names_sort_by_last_name_then_first_and_nameless_ones_come_last() -> None:
    people = [{"last_name": "Żak", "first_name": "Ewa"}, {"last_name": "zander"}, {"company": "Alfa"}, {}]
    keys = [derived.sort_name(person) for person in people]
    assert sorted(keys) == [keys[2], keys[0], keys[1], keys[3]]


def test_each_filled_way_to_reach_becomes_a_point() -> None:
    found = derived.points(
        {"email": "Ada@example.org", "mobile": "0170 1", "social_links": "https://a.example/x\n@ada"},
        {"email": "ada@example.org", "mobile": "+491701"},
    )
    assert [(p.kind, p.label, p.norm, p.primary) for p in found] == [
        ("email", "email", "ada@example.org", True),
        ("phone", "mobile", "+491701", True),
        ("link", "social", "https://a.example/x", False),
        ("link", "social", "@ada", False),
    ]
