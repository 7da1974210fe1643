"""Further e-mails, phones and links of a row: added to the contact under the name of their column, never replaced."""

from collections.abc import Iterable, Mapping, Sequence

from sqlmodel import Session, col, select

from crm_app.models import ContactPoint, PointKind
from crm_app.services.bulk import among
from crm_app.services.contacts.derived import POINT_FIELDS, PointRow
from crm_app.services.fields.verdict import Verdict

CHANGE = "points"  # under which name a change of a contact notes them: [[], [[kind, label, value, norm], …]]
LABEL_LENGTH = 60
KINDS = {"other_email": PointKind.EMAIL, "other_phone": PointKind.PHONE, "other_link": PointKind.LINK}

Point = Sequence[str]  # kind, label, value, norm


def note(points: list[list[Point]], target: str, header: str, verdicts: Sequence[Verdict]) -> None:
    """Adds what a column holds to the points of the rows."""
    kind, label = KINDS[target].value, " ".join(header.split())[:LABEL_LENGTH]
    for row, verdict in zip(points, verdicts, strict=True):
        if verdict.value:
            row.append([kind, label, verdict.value, verdict.norm or verdict.value])


def different(points: Iterable[Point], known: Iterable[tuple[str, str]]) -> list[Point]:
    """Those whose kind and norm are not known, each once."""
    seen = set(known)
    found = []
    for point in points:
        if (point[0], point[3]) not in seen:
            seen.add((point[0], point[3]))
            found.append(point)
    return found


def rows(points: Iterable[Point]) -> list[PointRow]:
    """As they are stored."""
    return [PointRow(kind, label, value, norm, False) for kind, label, value, norm in points]


def stored(session: Session, ids: Sequence[int]) -> dict[int, set[tuple[str, str]]]:
    """Kind and norm of every point of these contacts."""
    found: dict[int, set[tuple[str, str]]] = {}
    query = select(ContactPoint.contact_id, ContactPoint.kind, ContactPoint.norm)
    for id_, kind, norm in session.exec(query.where(among(session, col(ContactPoint.contact_id), ids))):
        found.setdefault(id_, set()).add((kind, norm))
    return found


def labelled(session: Session, ids: Sequence[int]) -> dict[int, list[list[str]]]:
    """The further points of these contacts as changes note them."""
    found: dict[int, list[list[str]]] = {}
    query = select(ContactPoint).where(among(session, col(ContactPoint.contact_id), ids))
    for point in session.exec(query.where(col(ContactPoint.primary).is_(False)).order_by(col(ContactPoint.id))):
        found.setdefault(point.contact_id, []).append([point.kind, point.label, point.value, point.norm])
    return found


def words(points: Sequence[Point] | None) -> str:
    """As somebody reads them: "Work: +49 30 1234; …"."""
    return "; ".join(f"{label}: {value}" for _, label, value, _ in points or ())


def new_primaries(values: Mapping[str, str | None]) -> set[tuple[str, str]]:
    """Kind and norm of a row's first points, from its norms by field."""
    return {(str(POINT_FIELDS[name][0]), norm) for name, norm in values.items() if norm}
