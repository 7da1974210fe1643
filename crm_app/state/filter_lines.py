"""The tree of conditions as the lines that the filter's panel shows, one below the other."""

from dataclasses import dataclass, field

from sqlmodel import Session

from crm_app.locales import Text, render
from crm_app.services.actor import Actor
from crm_app.services.fields.registry import GROUP_LABELS
from crm_app.services.filters import choices, subjects
from crm_app.services.filters.operators import OPERATORS, Takes, find
from crm_app.services.filters.questions import Subject
from crm_app.services.filters.tree import Condition, Group
from crm_app.state.choice import Choice

__all__ = ["CONDITION", "END", "GROUP", "FilterLine", "Lines", "SubjectGroup", "Takes"]

GROUP, CONDITION, END = "group", "condition", "end"
_PLACE = "…"


@dataclass
class FilterLine:
    """A group's head, a condition, or the end of a group where more can be added."""

    kind: str
    path: str
    depth: int
    match: str = ""
    subject: str = ""
    operator: str = ""
    operators: list[Choice] = field(default_factory=list)
    takes: str = ""
    first: str = ""
    second: str = ""
    chosen: list[Choice] = field(default_factory=list)


@dataclass
class SubjectGroup:
    """Subjects under the heading of their group."""

    label: str
    subjects: list[Choice]


class Lines:
    """Makes lines for one actor; `choices` grows with what the lines choose from."""

    def __init__(self, session: Session, actor: Actor) -> None:
        self._session, self._actor = session, actor
        self._known = subjects.known(session)
        self.choices: dict[str, list[Choice]] = {}

    def of(self, group: Group) -> list[FilterLine]:
        """The whole tree, the root's head first."""
        return self._group(group, "", 0)

    def subjects(self) -> list[SubjectGroup]:
        """Everything that can be asked for, by group."""
        found: dict[str, list[Choice]] = {}
        for subject in self._known.values():
            if subject.is_hidden or (subject.name == subjects.BRANCH and not self._choices(subject)):
                continue
            found.setdefault(self._say(GROUP_LABELS[subject.group]), []).append(
                Choice(subject.name, self._say(subject.label))
            )
        return [SubjectGroup(label, items) for label, items in found.items()]

    def first_condition(self, subject: str) -> Condition:
        """A condition on the subject that waits for its value; an unknown subject keeps its name."""
        known = self._known.get(subject)
        operator = OPERATORS[known.kind][0] if known else None
        if operator is None:
            return Condition(subject, "")
        return Condition(subject, operator.name, _DEFAULTS.get(operator.takes, ()))

    def with_operator(self, condition: Condition, operator: str) -> Condition:
        """The condition compared otherwise; values stay where the new comparison takes such."""
        known = self._known.get(condition.subject)
        old, new = (find(known.kind, name) if known else None for name in (condition.operator, operator))
        if new is None:
            return condition
        if old is not None and old.takes is new.takes:
            return Condition(condition.subject, operator, condition.values)
        return Condition(condition.subject, operator, _DEFAULTS.get(new.takes, ()))

    def _group(self, group: Group, path: str, depth: int) -> list[FilterLine]:
        lines = [FilterLine(GROUP, path, depth, match=group.match)]
        for place, item in enumerate(group.items):
            below = f"{path}.{place}" if path else str(place)
            if isinstance(item, Group):
                lines += self._group(item, below, depth + 1)
            else:
                lines.append(self._condition(item, below, depth + 1))
        return [*lines, FilterLine(END, path, depth + 1)]

    def _condition(self, item: Condition, path: str, depth: int) -> FilterLine:
        line = FilterLine(CONDITION, path, depth, subject=item.subject, operator=item.operator)
        subject = self._known.get(item.subject)
        if subject is None:
            return line
        line.operators = [
            Choice(operator.name, self._say(operator.label, value=_PLACE)) for operator in OPERATORS[subject.kind]
        ]
        operator = find(subject.kind, item.operator)
        line.takes = operator.takes if operator else ""
        line.first, line.second = (*item.values, "", "")[:2]
        if operator is not None and operator.takes is Takes.SOME:
            names = {choice.value: choice.label for choice in self._choices(subject)}
            line.chosen = [Choice(value, names.get(value, value)) for value in item.values]
        return line

    def _choices(self, subject: Subject) -> list[Choice]:
        if subject.name not in self.choices:
            pairs = choices.of(self._session, self._actor, subject)
            self.choices[subject.name] = [Choice(value, label) for value, label in pairs]
        return self.choices[subject.name]

    def _say(self, label: Text, **values: str) -> str:
        return render(Text(label.msgid, {**label.params, **values}), self._actor.language)


_DEFAULTS: dict[Takes, tuple[str, ...]] = {Takes.SPAN: ("month",), Takes.MONTH: ("this",), Takes.DAYS: ("30",)}
