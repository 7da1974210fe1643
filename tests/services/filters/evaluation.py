"""Conditions evaluated in plain Python, one person at a time: what the SQL is compared with."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from crm_app.models import ConsentState
from crm_app.services.consent.standing import folded
from crm_app.services.filters.questions import ME
from crm_app.services.filters.spans import Span
from crm_app.services.filters.tree import Condition, Group, Match
from crm_app.services.folding import fold
from tests.services.filters.people import Person


class Evaluation:
    """Answers for one user on one day."""

    def __init__(self, user_id: int, zone: str, today: date) -> None:
        self._user_id, self._zone, self._today = user_id, zone, today

    def holds(self, group: Group, person: Person) -> bool:
        if not group.items:
            return True
        answers = [
            self.holds(item, person) if isinstance(item, Group) else self._answer(item, person) for item in group.items
        ]
        return {Match.ALL: all(answers), Match.ANY: any(answers), Match.NONE: not any(answers)}[group.match]

    def _answer(self, asked: Condition, person: Person) -> bool:
        special: dict[str, Callable[[Condition, Person], bool]] = {
            "tags": self._tags, "import": self._imports, "activity": self._activity, "consent_email": self._consent,
            "mailable": self._mailable, "course_ends": self._ends,
        }  # fmt: skip
        if asked.subject.startswith("consent_group_"):
            return self._group(asked, person)
        if asked.subject in special:
            return special[asked.subject](asked, person)
        value = person.values[asked.subject]
        if asked.operator in ("empty", "filled"):
            return (value in (None, "")) == (asked.operator == "empty")
        if asked.operator in ("yes", "no"):
            return value is (asked.operator == "yes")
        if asked.operator in ("lacks", "is_not", "none"):
            positive = {"lacks": "contains", "is_not": "is", "none": "any"}[asked.operator]
            return not self._answer(Condition(asked.subject, positive, asked.values), person)
        return value is not None and self._plain(asked, value)

    def _plain(self, asked: Condition, value: Any) -> bool:
        if isinstance(value, str) and asked.subject in ("own_date",):
            value = date.fromisoformat(value)
        if isinstance(value, datetime):
            value = value.astimezone(ZoneInfo(self._zone)).date()
        if isinstance(value, date):
            return self._day(asked, value)
        if asked.operator == "any":
            wanted = {str(self._user_id) if one == ME else one for one in asked.values}
            return bool(wanted & ({str(one) for one in value} if isinstance(value, list) else {str(value)}))
        if asked.operator == "all":
            return set(asked.values) <= set(value)
        if isinstance(value, str):
            return _text(asked.operator, value, asked.values[0].strip())
        numbers = [float(one.replace(",", ".")) for one in asked.values]
        return bool({"is": value == numbers[0], "min": value >= numbers[0], "max": value <= numbers[0],
                     "between": numbers[0] <= value <= numbers[-1]}[asked.operator])  # fmt: skip

    def _day(self, asked: Condition, day: date) -> bool:
        if asked.operator == "yearly_month":
            wanted = asked.values[0]
            months = {"this": self._today.month, "next": (self._today.replace(day=28) + timedelta(days=4)).month}
            return day.month == months.get(wanted, int(wanted) if wanted.isdigit() else 0)
        if asked.operator == "yearly_days":
            coming = {self._today + timedelta(days=away) for away in range(int(asked.values[0]) + 1)}
            return any(_has_birthday(day, one) for one in coming)
        if asked.operator == "this":
            same = {"day": "%Y-%m-%d", "week": "%G-%V", "month": "%Y-%m", "year": "%Y"}[asked.values[0]]
            return day.strftime(same) == self._today.strftime(same)
        if asked.operator in ("last", "next", "older"):
            away = (day - self._today).days
            most = int(asked.values[0])
            return {"last": -most <= away <= 0, "next": 0 <= away <= most, "older": away < -most}[asked.operator]
        days = [date.fromisoformat(one) for one in asked.values]
        return {"on": day == days[0], "from": day >= days[0], "until": day <= days[0],
                "between": days[0] <= day <= days[-1]}[asked.operator]  # fmt: skip

    def _tags(self, asked: Condition, person: Person) -> bool:
        wanted = {int(one) for one in asked.values}
        return {"empty": not person.tags, "filled": bool(person.tags), "any": bool(wanted & person.tags),
                "none": not wanted & person.tags, "all": wanted <= person.tags}[asked.operator]  # fmt: skip

    def _imports(self, asked: Condition, person: Person) -> bool:
        met = bool({int(one) for one in asked.values} & person.imports)
        return met if asked.operator == "any" else not met

    def _activity(self, asked: Condition, person: Person) -> bool:
        first, _ = Span(self._today - timedelta(days=int(asked.values[0]))).moments(self._zone)
        assert first is not None
        recent = any(at >= first for at in [*person.activities, person.values["updated_at"]])
        return recent if asked.operator == "within" else not recent

    def _consent(self, asked: Condition, person: Person) -> bool:
        state = folded(ConsentState(one) for one in person.consents).state
        return (state.value in asked.values) == (asked.operator == "any")

    def _group(self, asked: Condition, person: Person) -> bool:
        state = folded(ConsentState(one) for _, one in person.of_group).state
        return (state.value in asked.values) == (asked.operator == "any")

    def _ends(self, asked: Condition, person: Person) -> bool:
        if asked.operator in ("empty", "filled"):
            return bool(person.ends) == (asked.operator == "filled")
        return any(self._day(asked, one) for one in person.ends)

    def _mailable(self, asked: Condition, person: Person) -> bool:
        standing = folded(ConsentState(one) for one in person.consents)
        agreed = standing.state is ConsentState.CONFIRMED
        return ("email" in asked.values and agreed and not person.is_suppressed) == (asked.operator == "any")


def _has_birthday(born: date, on: date) -> bool:
    if (born.month, born.day) == (2, 29):
        return (on + timedelta(days=1)).strftime("%m-%d") == "03-01"
    return (born.month, born.day) == (on.month, on.day)


def _text(operator: str, value: str, wanted: str) -> bool:
    at = [place for place in range(len(value) - len(wanted) + 1) if _alike(value[place : place + len(wanted)], wanted)]
    if operator == "is":
        return len(value) == len(wanted) and _alike(value, wanted)
    return 0 in at if operator == "starts" else bool(at)


def _alike(some: str, other: str) -> bool:
    return len(some) == len(other) and all(map(_same, some, other))


def _same(one: str, other: str) -> bool:
    if one == other:
        return True
    folded_ = fold(one)
    return len(folded_) == 1 and folded_ == fold(other) and ord(one) < 0x250 > ord(other)
