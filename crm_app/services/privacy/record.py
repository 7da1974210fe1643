"""The record of processing (Art. 30 GDPR): what this program knows of itself, and what only people can say."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session

from crm_app.locales import Text, ntext, text
from crm_app.models import Installation, Permission, ProcessingRecord
from crm_app.models.base import now
from crm_app.services import api_replies, audit, custom_fields, installation, webhooks
from crm_app.services.actor import Actor
from crm_app.services.automations import working
from crm_app.services.errors import Invalid
from crm_app.services.messages import outbox
from crm_app.services.privacy import files

LONGEST = 4_000
# What people fill in, and what it is for.
TEXTS: dict[str, tuple[Text, Text]] = {
    "controller": (text("Controller"), text("Name, address, e-mail and phone; whoever represents it.")),
    "officer": (text("Data protection officer"), text("Name and how to reach them, if there is one.")),
    "bases": (text("Legal bases"), text("Contract, consent, legitimate interest: for which of the activities below.")),
    "recipients": (text("Recipients"), text("Who gets data: tax adviser, mail provider, host of the server.")),
    "transfers": (
        text("Transfers to other countries"),
        text("Outside the EU, and on what ground. “None” is an answer."),
    ),
    "measures": (
        text("Security measures"),
        text("Who has access to server and backups, encryption of disks, how updates are made."),
    ),
    "notes": (text("Further notes"), text("Anything else an authority would ask for.")),
}


_CONTACTS = frozenset({
    "contact", "contact_point", "contact_source", "contact_tag", "segment_contact", "relation", "activity",
    "review_hold", "review_place", "duplicate_pair", "duplicate_member", "not_duplicate", "merge", "merged_contact",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Activity:
    """Something that is processed here: whose data, which, what for, how long."""

    name: Text
    purpose: Text
    people: Text
    data: Text
    kept: list[Text]
    tables: frozenset[str] = frozenset()  # those of HOLDINGS it is about


def activities(session: Session, actor: Actor) -> list[Activity]:
    """What this installation processes, with the times of its settings. Raises NotPermitted."""
    actor.require(Permission.CONSENT)
    found = installation.current(session)
    own = [str(field.label) for field in custom_fields.all_of(session).values()]
    details = text("Names, addresses, e-mail, phone, language, birth date, notes, tags, status")
    if own:
        details = text("{details}; own fields: {fields}", details=details, fields=", ".join(own))
    people = text("Interested people, customers, students, their parents and payers")
    users = text("Colleagues with an account")
    return [
        Activity(
            text("Contacts"),
            text("To know and to look after contacts and customers"),
            people,
            details,
            [text("Until they are deleted"), *_rules(found), _trash(found)],
            _CONTACTS,
        ),
        Activity(
            text("Comments, tasks, events, files"),
            text("To work with contacts together"),
            people,
            text("What colleagues write, plan and keep about a contact"),
            [text("With the contact; removed files as long as the trash"), _trash(found)],
            frozenset({"comment", "attachment", "task", "calendar_event", "notice"}),
        ),
        Activity(
            text("Consents"),
            text("To send only to whom agreed, and to prove it"),
            people,
            text("Address, moment, form or user, internet address, the exact text"),
            [text("As long as the proof is needed; on erasure without address and name")],
            frozenset({"consent", "consent_link"}),
        ),
        Activity(
            text("Addresses never written to"),
            text("To respect revocations, complaints and erasures for good"),
            people,
            text("A hash of each address, made with a key outside the database"),
            [text("Without a limit")],
        ),
        Activity(
            text("Messages"),
            text("To write to contacts: one by one, and to many who may be written to"),
            people,
            text("Address, words, moment, whether it arrived; opens and clicks where that is switched on"),
            [
                text("With the contact"),
                ntext(
                    "Messages to colleagues for {n} day",
                    "Messages to colleagues for {n} days",
                    outbox.KEPT.days,
                ),
            ],
            frozenset({"message"}),
        ),
        Activity(
            text("Orders, visits and calls"),
            text("To know what a contact bought and when it was there"),
            people,
            text("Kind, moment, amount and description, as other programs report them"),
            [text("With the contact")],
            frozenset({"interaction"}),
        ),
        Activity(
            text("Courses and payments"),
            text("To give access to what was booked, and to know what is owed and paid"),
            people,
            text("Course, days of access, price, what was paid when and how"),
            [text("As long as the books are kept; on erasure without a name")],
            frozenset({"enrolment", "charge", "payment", "enrolment_entry"}),
        ),
        Activity(
            text("Forms"),
            text("To take in what people send of themselves"),
            people,
            text("What the form asks for"),
            [text("With the contact; what nobody took in is not kept")],
        ),
        Activity(
            text("Automations"),
            text("To do for each contact what is done for all alike"),
            people,
            text("Which automation ran for whom, when, with what outcome"),
            [ntext("For {n} day", "For {n} days", working.KEPT.days)],
            frozenset({"automation_event", "automation_run"}),
        ),
        Activity(
            text("Other programs"),
            text("To exchange contacts with programs of this business: API and webhooks"),
            people,
            text("What they send and ask for, as far as their key allows"),
            [
                ntext("Answers for {n} hour", "Answers for {n} hours", round(api_replies.KEPT.total_seconds() / 3600)),
                ntext("What they were told for {n} day", "What they were told for {n} days", webhooks.KEPT.days),
            ],
            frozenset({"api_reply"}),
        ),
        Activity(
            text("Imports"),
            text("To take over contacts from files, to prove and to undo it"),
            people,
            text("The file, its rows, and the values of before"),
            [
                _days(found.file_days, text("Files"), text("Files without a limit")),
                _days(found.undo_days, text("Values of before"), text("Values of before without a limit")),
            ],
            frozenset({"import_row"}),
        ),
        Activity(
            text("Exports"),
            text("To hand contacts to other programs"),
            people,
            text("The chosen fields of the chosen contacts"),
            [_days(found.export_days, text("Files"), text("Files without a limit"))],
        ),
        Activity(
            text("Requests about data"),
            text("To answer people who ask for their rights"),
            people,
            text("Who asked, when, what became of it; certificates of erasure"),
            [text("As long as the proof is needed; on erasure without who asked")],
            frozenset({"privacy_request", "erasure"}),
        ),
        Activity(
            text("Accounts and audit"),
            text("To keep the system safe and changes accountable"),
            users,
            text("Name, e-mail, role, sign-ins with internet address, who changed what"),
            [text("Without a limit")],
        ),
        Activity(
            text("Backups"),
            text("To restore the system"),
            text("All of them"),
            text("A copy of the database and of the files kept with contacts"),
            [
                ntext("{n} is kept now", "{n} are kept now", len(files.backups())),
                text("Not rewritten by an erasure; when one is restored, the erased are erased again"),
            ],
        ),
    ]


def texts(session: Session, actor: Actor) -> dict[str, str]:
    """What people filled in, by name. Raises NotPermitted."""
    actor.require(Permission.CONSENT)
    found = session.get(ProcessingRecord, 1)
    stored = found.texts if found is not None else {}
    return {name: str(stored.get(name, "")) for name in TEXTS}


def write(session: Session, actor: Actor, written: Mapping[str, str]) -> None:
    """Keeps what people filled in; names that are left out stay as they are. Raises NotPermitted; Invalid(name)."""
    actor.require(Permission.SETTINGS)
    found = session.get(ProcessingRecord, 1) or ProcessingRecord()
    clean = {}
    for name in TEXTS:
        if name in written:
            kept = written[name].replace("\r\n", "\n").strip()
            kept = "".join(sign for sign in kept if sign.isprintable() or sign == "\n")
            if len(kept) > LONGEST:
                raise Invalid(text("At most {most} characters, please.", most=LONGEST), name)
            clean[name] = kept
    changed = [name for name, value in clean.items() if found.texts.get(name, "") != value]
    if not changed:
        return
    found.texts, found.changed_at, found.changed_by_id = {**found.texts, **clean}, now(), actor.user_id
    session.add(found)
    session.flush()
    audit.record(session, actor, "record.change", changed=",".join(changed))


def _rules(found: Installation) -> list[Text]:
    if not found.idle_months:
        return []
    return [
        ntext(
            "Proposed for deactivation after {n} month without anything",
            "Proposed for deactivation after {n} months without anything",
            found.idle_months,
        )
    ]


def _trash(found: Installation) -> Text:
    if not found.trash_days:
        return text("In the trash without a limit")
    return ntext("In the trash for {n} day", "In the trash for {n} days", found.trash_days)


def _days(days: int, what: Text, without: Text) -> Text:
    return ntext("{what} for {n} day", "{what} for {n} days", days, what=what) if days else without
