from crm_app.state.contact_happenings import Part, parts_of


def test_only_addresses_of_the_web_become_links() -> None:
    written = "See https://example.org/a?b=1. <b>not</b> javascript:alert(1) (http://x.example)"
    assert parts_of(written) == [
        Part("See "),
        Part("https://example.org/a?b=1", "https://example.org/a?b=1"),
        Part(". <b>not</b> javascript:alert(1) ("),
        Part("http://x.example", "http://x.example"),
        Part(")"),
    ]
    assert parts_of("") == []
