"""Conditions as a person reads them: "City is Berlin", "(Status is any of Lead or Tags has any of Fair 2026)"."""

from dataclasses import replace
from datetime import date

from babel.dates import format_date, get_month_names
from babel.numbers import format_decimal
from sqlmodel import Session

from crm_app.locales import Text, ntext, render, text
from crm_app.services.actor import Actor
from crm_app.services.filters import choices, subjects
from crm_app.services.filters.operators import Takes, find
from crm_app.services.filters.tree import Condition, Group, Match

_JOINED = {Match.ALL: text("and"), Match.ANY: text("or"), Match.NONE: text("or")}
_NOT = text("not {conditions}")
_GONE = text("a field that is not there any more")
_SPANS = {"day": text("day"), "week": text("week"), "month": text("month"), "year": text("year")}
_MONTHS = {"this": text("this month"), "next": text("next month")}
_SHOWN = 3  # choices named before "and n more"


class Words:
    """Reads trees aloud for one actor. Looks choices up once."""

    def __init__(self, session: Session, actor: Actor) -> None:
        self._session, self._actor = session, actor
        self._known = subjects.known(session)
        self._names: dict[str, dict[str, str]] = {}

    def of(self, item: Condition | Group) -> str:
        """One line. What is not known any more is said so, never left out."""
        if isinstance(item, Condition):
            return self._condition(item)
        word = f" {self._say(_JOINED[item.match])} "
        joined = word.join(f"({self.of(one)})" if isinstance(one, Group) else self.of(one) for one in item.items)
        return self._say(_NOT, conditions=f"({joined})") if item.match is Match.NONE else joined

    def _condition(self, item: Condition) -> str:
        subject = self._known.get(item.subject)
        operator = find(subject.kind, item.operator) if subject else None
        if subject is None or operator is None:
            return self._say(_GONE)
        values = self._values(subject.name, operator.takes, item.values)
        said = f"{self._say(subject.label)} {self._say(operator.label, value=values)}"
        return said if not values or "{value}" in operator.label.msgid else f"{said} {values}"

    def _values(self, subject: str, takes: Takes, values: tuple[str, ...]) -> str:
        if subject == "picked":
            return ", ".join(values[:_SHOWN]) + (" …" if len(values) > _SHOWN else "")
        if takes is Takes.SOME:
            names = [self._name(subject, value) for value in values]
            shown = ", ".join(names[:_SHOWN])
            more = len(names) - _SHOWN
            if more <= 0:
                return shown
            return self._say(ntext("{names} and {n} more", "{names} and {n} more", more), names=shown)
        return f" {self._say(_JOINED[Match.ALL])} ".join(self._value(takes, value) for value in values)

    def _value(self, takes: Takes, value: str) -> str:
        language = self._actor.language
        try:
            if takes in (Takes.DAY, Takes.TWO_DAYS):
                return format_date(date.fromisoformat(value), format="medium", locale=language)
            if takes in (Takes.NUMBER, Takes.TWO_NUMBERS):
                return format_decimal(value.replace(",", "."), locale=language)
            if takes is Takes.MONTH and value not in _MONTHS:
                return str(get_month_names("wide", "stand-alone", language)[int(value)])
        except (ValueError, ArithmeticError, KeyError):
            return value
        if takes is Takes.TEXT:
            return self._say(text("“{value}”", value=value))
        return self._say(_SPANS.get(value) or _MONTHS.get(value) or text("{label}", label=value))

    def _name(self, subject: str, value: str) -> str:
        if subject not in self._names:
            self._names[subject] = dict(choices.of(self._session, self._actor, self._known[subject]))
        if value in self._names[subject]:
            return self._names[subject][value]
        was, now = choices.removed(self._session, self._known[subject]).get(value, ("", ""))
        return now or self._say(text("{name} (removed)", name=was) if was else text("(removed)"))

    def _say(self, words: Text, **values: object) -> str:
        return render(replace(words, params={**words.params, **values}), self._actor.language)
