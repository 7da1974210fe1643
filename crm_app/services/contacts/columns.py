"""What a list of contacts can show beside the name: fields, own fields, and what is known about a contact."""

from dataclasses import dataclass
from enum import StrEnum

from sqlmodel import Session

from crm_app.locales import Text, text
from crm_app.services import branches, custom_fields
from crm_app.services.actor import Actor
from crm_app.services.contacts import sorting
from crm_app.services.contacts.order import OWN
from crm_app.services.fields.registry import FIELDS, FieldKind


class Look(StrEnum):
    """How a cell is painted."""

    TEXT = "text"
    NUMBER = "number"  # figures under each other
    DATE = "date"
    MAIL = "mail"
    PHONE = "phone"
    LINK = "link"
    STATUS = "status"
    BADGES = "badges"


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `width` in pixels until a user chooses another, `sort` is its key in an order, empty for none."""

    name: str
    label: Text
    look: Look = Look.TEXT
    width: int = 160
    sort: str = ""


NAME_WIDTH = 260
USUAL = ("number", "company", "email", "phone", "city", "status", "created")
CONSENT, SOURCES, BRANCH = "consent", "sources", "branch"
COURSES, OPEN = "courses", "open_amount"
# The name holds them, or another column does.
_ELSEWHERE = {"first_name", "last_name", "mobile", "tags", "active"}
_LOOKS = {
    FieldKind.NUMBER: Look.NUMBER,
    FieldKind.AMOUNT: Look.NUMBER,
    FieldKind.DATE: Look.DATE,
    FieldKind.MOMENT: Look.DATE,
    FieldKind.EMAIL: Look.MAIL,
    FieldKind.PHONE: Look.PHONE,
    FieldKind.LINK: Look.LINK,
}
_WIDTHS = {"number": 84, "email": 230, "phone": 170, "city": 140, "status": 140, "lifecycle": 110, "country": 120}


def known(session: Session, actor: Actor) -> dict[str, Column]:
    """Every column the actor can choose by name, in the order to offer them; the branch where it sees several."""
    found = [_of_field(name) for name in FIELDS if name not in _ELSEWHERE]
    found += [
        Column("created", text("Added"), Look.DATE, 110, "created"),
        Column("updated", text("Last changed"), Look.DATE, 130, "updated"),
        Column(CONSENT, text("Opt-in confirmed"), Look.DATE, 150),
        Column(SOURCES, text("Came from"), Look.BADGES, 180),
        Column(COURSES, text("Courses"), Look.BADGES, 220),
        Column(OPEN, text("Still to pay"), Look.NUMBER, 120),
    ]
    if branches.seen(session, actor):
        found.append(Column(BRANCH, text("Branch"), width=140))
    sortable = sorting.own_sortable(session)
    for key, field in custom_fields.columns(session).items():
        look = _LOOKS.get(field.kind, Look.TEXT)
        found.append(Column(OWN + key, field.label, look, sort=OWN + key if key in sortable else ""))
    return {column.name: column for column in found}


def _of_field(name: str) -> Column:
    field = FIELDS[name]
    look = Look.STATUS if name == "status" else _LOOKS.get(field.kind, Look.TEXT)
    sort = name if name in ("number", "company", "city", "email", "status", "owner", "lifecycle") else ""
    return Column(name, field.label, look, _WIDTHS.get(name, 160), sort)
