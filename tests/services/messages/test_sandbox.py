import pytest

from crm_app.services.errors import Invalid
from crm_app.services.messages import sandbox, values

KNOWN, OWN = ["first_name", "city"], ["course"]

# From the published escapes of Jinja2's sandboxes and of applications that had none.
PAYLOADS = (
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ first_name.__class__ }}",
    "{{ own.__class__ }}",
    "{{ own['__class__'] }}",
    "{{ first_name|attr('__class__') }}",
    "{{ '%s'|format(first_name) }}",
    "{{ '{0.__class__}'.format(first_name) }}",
    "{{ self.__init__.__globals__ }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{ lipsum.__globals__['os'].popen('id').read() }}",
    "{{ config.items() }}",
    "{{ request.application.__globals__ }}",
    "{{ [].__class__.__base__ }}",
    "{{ dict() }}",
    "{{ range(999999999) }}",
    "{% for x in range(10**9) %}a{% endfor %}",
    "{% for x in first_name %}{% for y in first_name %}a{% endfor %}{% endfor %}",
    "{% set x = first_name %}{{ x }}",
    "{% import 'os' as os %}",
    "{% include '/etc/passwd' %}",
    "{% extends 'x' %}",
    "{% macro m() %}{% endmacro %}{{ m() }}",
    "{% call m() %}{% endcall %}",
    "{% block x %}{% endblock %}",
    "{% filter upper %}x{% endfilter %}",
    "{{ first_name ~ first_name }}",
    "{{ 'a' * 1000000000 }}",
    "{{ 9**9**9 }}",
    "{{ first_name[0] }}",
    "{{ (first_name, city) }}",
    "{{ {'a': first_name} }}",
    "{{ first_name is callable }}",
    "{{ first_name|map('upper') }}",
    "{{ ().__class__ }}",
    "{{ caller }}",
)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_is_no_field_choice_or_filter_is_refused_and_never_filled_in(payload: str) -> None:
    with pytest.raises(Invalid) as refused:
        sandbox.check(payload, KNOWN, OWN)
    assert refused.value.field == "body"
    try:
        shown = sandbox.fill(payload, {"first_name": "Ada", "own": {}}, values.plain)
    except Invalid:
        return
    assert shown == ""  # a name that is nothing


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("Hello {{ first_name }}!", "Hello Ada!"),
        ("{{ city }}|{{ city or 'here' }}|{{ city|default('there', true) }}", "|here|there"),
        ("{% if own.course == 'Piano' %}P{% elif city %}C{% else %}–{% endif %}", "P"),
        ("{{ own.missing }}", ""),
        ("{{ first_name|upper if first_name is defined and not city }}", "ADA"),
        ("100 % sure { as is } # no comment", "100 % sure { as is } # no comment"),
    ],
)
def test_fields_choices_and_filters_are_filled_in(source: str, shown: str) -> None:
    assert sandbox.fill(source, {"first_name": "Ada", "city": None, "own": {"course": "Piano"}}, values.plain) == shown


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("Hello\n{{ frist_name }}", "Line 2: there is no field “frist_name”."),
        ("{{ own.kourse }}", "Line 1: there is no own field “kourse”."),
        ("{{ first_name ", "Line 1: something between {{ }} is not complete"),
        ("{% if city %}", "Line 1: something between {{ }} is not complete"),
        ("{% if city %}" * 120 + "{% endif %}" * 120, "There is too much inside each other."),
    ],
)
def test_a_mistake_is_named_with_its_line(source: str, said: str) -> None:
    with pytest.raises(Invalid) as refused:
        sandbox.check(source, KNOWN, OWN)
    assert str(refused.value.message).startswith(said)
