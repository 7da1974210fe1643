"""What belongs to contacts that go into another one: where it goes, and the way back."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, insert, select, tuple_, update
from sqlmodel import Session, col
from sqlmodel import select as query

from crm_app.models import Contact, ContactPoint, ContactTag, Relation, SegmentContact
from crm_app.services.contacts import derived
from crm_app.services.duplicates import images

Key = tuple[str, str, str, bool]  # of a point: kind, label, norm, primary

_LINKED: dict[type[Any], str] = {ContactTag: "tag_id", SegmentContact: "segment_id"}


def take(session: Session, kept_id: int, other_id: int) -> dict[str, Any]:
    """Moves to the kept contact what is the other's, and returns the other's image. Points are `settle_points`'."""
    contact = session.execute(select(images.table("contact")).where(images.table("contact").c.id == other_id))
    image: dict[str, Any] = {"contact": images.plain(dict(contact.mappings().one())), "moved": {}}
    image["points"] = images.rows(session, "contact_point", "contact_id", other_id)
    image["tags"] = [row["tag_id"] for row in images.rows(session, "contact_tag", "contact_id", other_id)]
    for place in images.MOVED:
        name, column = place.split(".")
        keys = [key.name for key in images.table(name).primary_key.columns]
        rows = images.rows(session, name, column, other_id)
        image["moved"][place] = [[row[key] for key in keys] for row in rows]
        _point_to(session, place, image["moved"][place], kept_id)
    image["segments"] = [row["segment_id"] for row in images.rows(session, "segment_contact", "contact_id", other_id)]
    image["tags_added"] = _link(session, ContactTag, kept_id, image["tags"])
    image["segments_added"] = _link(session, SegmentContact, kept_id, image["segments"])
    return image


def give_back(session: Session, kept_id: int, other_id: int, image: dict[str, Any]) -> None:
    """The way back, as far as nobody moved or deleted it since: what was the other's belongs to `other_id` again."""
    for place, keys in image["moved"].items():
        if place in images.MOVED:
            _point_to(session, place, keys, other_id, only_from=kept_id)
    _insert(session, "contact_point", [{**row, "contact_id": other_id} for row in image["points"]], but=("id",))
    for model, name in ((ContactTag, "tags"), (SegmentContact, "segments")):
        column = _LINKED[model]
        of = next(iter(images.table(str(model.__tablename__)).c[column].foreign_keys)).column
        there = set(session.execute(select(of)).scalars())
        session.add_all(model(contact_id=other_id, **{column: id_}) for id_ in image.get(name, ()) if id_ in there)
        gone = [id_ for id_ in image.get(f"{name}_added", ()) if id_ in there]
        session.execute(delete(model).where(col(model.contact_id) == kept_id, getattr(model, column).in_(gone)))
    session.flush()


def take_relations(session: Session, kept_id: int, other_ids: Sequence[int]) -> dict[str, list[Any]]:
    """Relations of the others become the kept one's, but for those to itself or that are there.

    Returns what they were as `rows`, and the ids of new ones as `made`.
    """
    columns = ("contact_id", "other_id")
    theirs = {
        row["id"]: row
        for id_ in other_ids
        for column in columns
        for row in images.rows(session, "relation", column, id_)
    }
    mine = [row for column in columns for row in images.rows(session, "relation", column, kept_id)]
    known = {(row["contact_id"], row["other_id"], row["kind"]) for row in mine if row["id"] not in theirs}
    session.execute(delete(Relation).where(col(Relation.id).in_(list(theirs))))
    made = []
    for row in theirs.values():
        one, other = (kept_id if row[column] in other_ids else row[column] for column in columns)
        if one != other and (one, other, row["kind"]) not in known:
            known.add((one, other, row["kind"]))
            relation = Relation(contact_id=one, other_id=other, kind=row["kind"])
            session.add(relation)
            session.flush()
            made.append(relation.id)
    return {"rows": list(theirs.values()), "made": made}


def give_back_relations(session: Session, taken: dict[str, list[Any]], ids: dict[int, int]) -> None:
    """They are as they were, where both ends are there; `ids` are their present keys by the old."""
    session.execute(delete(Relation).where(col(Relation.id).in_(taken["made"])))
    for row in taken["rows"]:
        one, other = (ids.get(row[column], row[column]) for column in ("contact_id", "other_id"))
        if session.get(Contact, one) is not None and session.get(Contact, other) is not None:
            session.add(Relation(contact_id=one, other_id=other, kind=row["kind"]))
    session.flush()


def points(session: Session, contact_id: int) -> list[dict[str, Any]]:
    """The points of a contact as JSON."""
    return images.rows(session, "contact_point", "contact_id", contact_id)


def set_points(session: Session, contact_id: int, rows: Sequence[dict[str, Any]]) -> None:
    """Makes these the points of the contact; those that stay so are not touched."""
    wanted = {key_of(row): row for row in rows}
    there = {key_of(row): row["id"] for row in points(session, contact_id)}
    gone = [id_ for key, id_ in there.items() if key not in wanted]
    if gone:
        session.execute(delete(ContactPoint).where(col(ContactPoint.id).in_(gone)))
    fresh = [{**row, "contact_id": contact_id} for key, row in wanted.items() if key not in there]
    _insert(session, "contact_point", fresh, but=("id",))
    session.flush()


def key_of(row: dict[str, Any]) -> Key:
    return row["kind"], row["label"], row["norm"], row["primary"]


def merged_points(
    contact: Contact, mine: Sequence[dict[str, Any]], theirs: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The kept contact's points: the primary ones say what its fields say, every other address is a further one."""
    every = [*mine, *theirs]
    norms = {
        name: next((row["norm"] for row in every if row["kind"] == kind and row["value"] == value), None)
        for name, (kind, _) in derived.POINT_FIELDS.items()
        if (value := getattr(contact, name))
    }
    found = [dict(row._asdict()) for row in derived.points(contact.model_dump(), norms)]
    seen = {(row["kind"], row["norm"]) for row in found}
    for row in every:
        if (row["kind"], row["norm"]) not in seen and row["label"] != "social":
            seen.add((row["kind"], row["norm"]))
            found.append({**row, "primary": False})
    return found


def _point_to(
    session: Session, place: str, keys: Sequence[Sequence[Any]], contact_id: int, only_from: int | None = None
) -> None:
    if not keys:
        return
    name, column = place.split(".")
    target = images.table(name)
    key = tuple_(*target.primary_key.columns)
    for at in range(0, len(keys), 300):
        statement = update(target).where(key.in_([tuple(one) for one in keys[at : at + 300]]))
        if only_from is not None:
            statement = statement.where(target.c[column] == only_from)
        session.execute(statement.values({column: contact_id}))


def _link(session: Session, model: type[Any], kept_id: int, theirs: Sequence[int]) -> list[int]:
    """Gives the kept contact the tags, or segments, it has not; which those are."""
    column = _LINKED[model]
    mine = set(session.exec(query(getattr(model, column)).where(model.contact_id == kept_id)))
    added = [id_ for id_ in theirs if id_ not in mine]
    session.add_all(model(contact_id=kept_id, **{column: id_}) for id_ in added)
    session.flush()
    return added


def _insert(session: Session, name: str, rows: Sequence[dict[str, Any]], but: tuple[str, ...] = ()) -> None:
    made = [{key: value for key, value in images.typed(name, row).items() if key not in but} for row in rows]
    if made:
        session.execute(insert(images.table(name)), made)
