"""What somebody wants to know of a contact before a call, as the card shows it."""

from typing import TYPE_CHECKING

from crm_app.locales import Text, ntext, text
from crm_app.models import Channel, ConsentState, Contact
from crm_app.services.contacts import brief
from crm_app.services.interactions import Figures
from crm_app.state.contact_facts_view import Fact
from crm_app.state.formats import amount, day, spoken

if TYPE_CHECKING:
    from crm_app.state.contact_view import Presenter

_OPT_INS = {Channel.SMS: text("SMS opt-in")}  # that of e-mails stands in the head
_STATES: dict[ConsentState, Text] = {
    ConsentState.NONE: text("none"),
    ConsentState.IMPORTED: text("imported"),
    ConsentState.SENT: text("invitation sent"),
    ConsentState.CONFIRMED: text("confirmed"),
    ConsentState.REVOKED: text("revoked"),
}


def facts(presenter: "Presenter", contact: Contact) -> list[Fact]:
    """Since when, how often talked to, when last, what was paid, and what was agreed to."""
    found, say = brief.of(presenter.session, contact), presenter.say
    language, timezone = presenter.language, presenter.actor.timezone
    return [
        Fact(say(text("Registered") if found.is_registered else text("Added")), day(found.since, language, timezone)),
        Fact(say(text("So far")), say(ntext("{n} contact", "{n} contacts", found.touches))),
        Fact(say(text("Last activity")), spoken(found.last, language, timezone) if found.last else "–"),
        *_spent(presenter, found.spent),
        *[
            Fact(say(_OPT_INS[channel]), say(_STATES[state]))
            for channel, state in found.consents.items()
            if channel in _OPT_INS
        ],
    ]


def _spent(presenter: "Presenter", spent: Figures) -> list[Fact]:
    """Last visit, last and total revenue; nothing of what there is not."""
    say, language = presenter.say, presenter.language
    found = []
    if spent.last_visit is not None:
        found.append(Fact(say(text("Last visit")), spoken(spent.last_visit, language, presenter.actor.timezone)))
    if spent.last_revenue is not None:
        found.append(Fact(say(text("Last revenue")), amount(*spent.last_revenue, language)))
        total = (amount(total, currency, language) for currency, total in sorted(spent.total.items()))
        found.append(Fact(say(text("Total revenue")), " · ".join(total)))
    return found
