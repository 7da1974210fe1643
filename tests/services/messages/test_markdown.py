from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_app.services.messages import markdown


class _Read(HTMLParser):
    """The elements and the text of a piece of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links.extend(value or "" for name, value in attrs if name in ("href", "src"))

    def handle_data(self, data: str) -> None:
        self.text += data


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=60))
def test_a_value_stays_what_it_is_whatever_signs_are_in_it(value: str) -> None:
    read = _Read(markdown.to_html(f"A {markdown.literal(value)} Z"))
    assert read.tags == ["p"]
    assert read.text.split() == f"A {value} Z".split()
    assert markdown.to_text(f"A {markdown.literal(value)} Z").split() == f"A {value} Z".split()


@pytest.mark.parametrize("value", ["# big", "1. one", "- item", "> said", "***", "```", "[x](http://a.example)", "<b>"])
def test_a_value_at_the_beginning_of_a_line_begins_nothing(value: str) -> None:
    read = _Read(markdown.to_html(markdown.literal(value)))
    assert read.tags == ["p"] and read.text.strip() == value


def test_html_is_text_and_links_lead_to_the_web_only() -> None:
    source = (
        "<script>x</script> [a](javascript:x) [b](data:text/html,x) ![c](http://a.example/c.png) [d](https://d.example)"
    )
    read = _Read(markdown.to_html(source))
    assert set(read.tags) <= {"p", "a"} and read.links[-1] == "https://d.example"
    assert all(link.startswith(("https://d.example", "http://a.example")) for link in read.links)
    assert "<script>x</script>" in read.text


def test_plain_text_says_the_same() -> None:
    source = (
        "# Concert\n\nCome **all**,\nplease: [tickets](https://t.example/a_b)\n\n- one\n- two\n  1. deep\n\n"
        "https://plain.example\n\n> quoted\n\n[mail](mailto:a@example.org)"
    )
    assert markdown.to_text(source) == (
        "Concert\n\nCome all,\nplease: tickets: https://t.example/a_b\n\n- one\n- two\n  1. deep\n\n"
        "https://plain.example\n\nquoted\n\nmail: mailto:a@example.org\n"
    )


def test_a_link_alone_is_a_button() -> None:
    assert "inline-block" in markdown.to_html("[Yes](https://a.example)")
    assert "inline-block" not in markdown.to_html("Say [yes](https://a.example)")
    assert "inline-block" not in markdown.to_html("[Yes](https://a.example) [No](https://b.example)")
