"""Templates are written by users: of Jinja they get values, filters, and choices. Anything else is refused by name.

Jinja's own sandbox stands behind it; without loops, calls and attributes there is nothing it would have to stop.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from jinja2 import TemplateSyntaxError, Undefined, nodes
from jinja2.exceptions import SecurityError, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from crm_app.locales import Text, text
from crm_app.services.errors import Invalid

OWN = "own"  # under this name stand the fields an installation adds
TESTS = ("defined", "undefined", "none")
FILTERS = ("default", "upper", "lower", "title", "capitalize", "trim")
_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.If, nodes.CondExpr, nodes.Compare,
    nodes.Operand, nodes.And, nodes.Or, nodes.Not,
)  # fmt: skip


class _Missing(Undefined):
    """A value that is not there is nothing, also where it is asked for a part."""

    __slots__ = ()

    def __getattr__(self, _name: str) -> Any:
        return self

    __getitem__ = __getattr__


def check(source: str, known: Collection[str], own: Collection[str]) -> None:
    """Raises Invalid, saying what in the text cannot be understood, and on which line."""
    try:
        tree = _environment(str).parse(source)
    except TemplateSyntaxError as error:
        raise Invalid(
            text(
                "Line {line}: something between {braces} is not complete: {what}",
                line=error.lineno,
                braces="{{ }}",
                what=str(error.message),
            ),
            "body",
        ) from error
    for node in tree.find_all(nodes.Node):
        _check(node, known, own)
    try:
        _environment(str).from_string(source)
    except (SyntaxError, RecursionError, MemoryError, TemplateError) as error:
        raise Invalid(text("There is too much inside each other. Make it simpler."), "body") from error


def fill(source: str, values: Mapping[str, Any], written: Callable[[Any], str]) -> str:
    """The text with its values, each as `written` says. Raises Invalid for one that was never checked and cannot be."""
    try:
        tree = _environment(written).parse(source)
        if any(not _is_allowed(node) for node in tree.find_all(nodes.Node)):
            raise SecurityError
        return str(_environment(written).from_string(source).render(values))
    except (TemplateError, ArithmeticError, TypeError, ValueError, SyntaxError, RecursionError) as error:
        raise Invalid(text("The template cannot be filled in. Open it and save it again."), "body") from error


def _environment(written: Callable[[Any], str]) -> ImmutableSandboxedEnvironment:
    made = ImmutableSandboxedEnvironment(undefined=_Missing, finalize=written, keep_trailing_newline=True)
    made.globals.clear()
    made.filters = {name: made.filters[name] for name in FILTERS}
    made.tests = {name: made.tests[name] for name in TESTS}
    return made


def _is_allowed(node: nodes.Node) -> bool:
    if isinstance(node, nodes.Getattr):
        return isinstance(node.node, nodes.Name) and node.node.name == OWN
    if isinstance(node, nodes.Filter):
        return node.name in FILTERS
    if isinstance(node, nodes.Test):
        return node.name in TESTS
    return isinstance(node, _ALLOWED)


def _check(node: nodes.Node, known: Collection[str], own: Collection[str]) -> None:
    message: Text | None = None
    if isinstance(node, nodes.Getattr) and _is_allowed(node) and node.attr not in own:
        message = text("Line {line}: there is no own field “{name}”.", line=node.lineno, name=node.attr)
    elif isinstance(node, nodes.Name) and node.name not in known and node.name != OWN:
        message = text("Line {line}: there is no field “{name}”.", line=node.lineno, name=node.name)
    elif not _is_allowed(node):
        message = text(
            "Line {line}: this cannot be done in a template. There are fields, “if”, “or”, and the filters {filters}.",
            line=node.lineno,
            filters=", ".join(FILTERS),
        )
    if message is not None:
        raise Invalid(message, "body")
