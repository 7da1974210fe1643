"""Where a person stands in the database, and what an erasure does there. A test holds this equal to the schema: whoever
adds a table, or a column that can quote somebody, decides here.
"""

from dataclasses import dataclass
from enum import StrEnum

from crm_app.locales import Text, text


class By(StrEnum):
    """What a row names a person by."""

    ID = "id"
    NUMBER = "number"  # never given twice, so it outlives the contact
    NORM = "norm"  # an address
    ENROLMENT = "enrolment"  # in a course


class Fate(StrEnum):
    """What an erasure makes of the rows."""

    GOES = "goes"
    EMPTIED = "emptied"  # the row stays, what it says of the person does not
    STAYS = "stays"  # it says a number, which is nobody's any more


@dataclass(frozen=True, slots=True)
class Holding:
    """A column that names a person."""

    place: str  # "table.column"
    label: Text
    by: By = By.ID
    fate: Fate = Fate.GOES

    @property
    def table(self) -> str:
        return self.place.partition(".")[0]

    @property
    def column(self) -> str:
        return self.place.partition(".")[2]


_POINTS, _RELATIONS, _PAIRS = text("Addresses and numbers"), text("Relations"), text("Probable duplicates")
_LINKS = text("Links in messages")
_APART, _MERGES = text("Ruled out as duplicates"), text("Merges")

HOLDINGS = (
    Holding("contact.id", text("Contact")),
    Holding("contact_point.contact_id", _POINTS),
    Holding("contact_source.contact_id", text("Where it came from")),
    Holding("contact_tag.contact_id", text("Tags")),
    Holding("segment_contact.contact_id", text("Hand-picked segments")),
    Holding("relation.contact_id", _RELATIONS),
    Holding("relation.other_id", _RELATIONS),
    Holding("activity.contact_id", text("What happened")),
    Holding("comment.contact_id", text("Comments")),
    Holding("attachment.contact_id", text("Files")),
    Holding("task.contact_id", text("Tasks")),
    Holding("calendar_event.contact_id", text("Events")),
    Holding("notice.contact_id", text("Notices to colleagues")),
    Holding("interaction.contact_id", text("Orders, visits and calls")),
    Holding("api_reply.contact_id", text("Answers to other programs")),
    Holding("automation_event.contact_id", text("Automations")),
    Holding("automation_run.contact_id", text("Automations")),
    Holding("message.contact_id", text("Messages")),
    Holding("message.norm", text("Messages"), By.NORM),
    Holding("consent_link.norm", _LINKS, By.NORM),
    Holding("consent_link.contact_number", _LINKS, By.NUMBER),
    Holding("review_hold.contact_id", text("In review")),
    Holding("duplicate_pair.low_id", _PAIRS),
    Holding("duplicate_pair.high_id", _PAIRS),
    Holding("duplicate_member.contact_id", _PAIRS),
    Holding("not_duplicate.low_number", _APART, By.NUMBER),
    Holding("not_duplicate.high_number", _APART, By.NUMBER),
    Holding("merge.kept_id", _MERGES),
    Holding("merged_contact.number", text("Contacts as they were before a merge"), By.NUMBER),
    Holding("import_row.contact_id", text("Rows of imports and changes"), fate=Fate.EMPTIED),
    Holding("enrolment.contact_id", text("Courses"), fate=Fate.EMPTIED),
    Holding("charge.enrolment_id", text("What is owed"), By.ENROLMENT, Fate.EMPTIED),
    Holding("payment.enrolment_id", text("Payments"), By.ENROLMENT, Fate.EMPTIED),
    Holding("enrolment_entry.enrolment_id", text("History of enrolments"), By.ENROLMENT, Fate.EMPTIED),
    Holding("consent.norm", text("Consents"), By.NORM, Fate.EMPTIED),
    Holding("consent.contact_number", text("Consents"), By.NUMBER, Fate.EMPTIED),
    Holding("privacy_request.contact_number", text("Requests about the data"), By.NUMBER, Fate.EMPTIED),
    Holding("review_place.number", text("Places in the review"), By.NUMBER, Fate.STAYS),
    Holding("review_place.low", text("Places in the review"), By.NUMBER, Fate.STAYS),
    Holding("erasure.number", text("Certificates of erasure"), By.NUMBER, Fate.STAYS),
)
# Tables whose rows go with a row above, by the database itself.
BEHIND = (
    "mention.comment_id", "reminder.task_id", "reminder.event_id", "calendar_event_person.event_id",
    "merged_contact.merge_id", "task.next_id", "enrolment.notice_id", "charge.enrolment_id", "payment.enrolment_id",
    "payment.charge_id", "payment.reverses_id", "enrolment_entry.enrolment_id", "enrolment_entry.charge_id",
    "enrolment_entry.payment_id",
)  # fmt: skip

# Texts and JSON that may quote an address of somebody who has no row there: it is taken out of them.
QUOTING = (
    "comment.text", "task.title", "task.description", "calendar_event.title", "calendar_event.place",
    "calendar_event.description", "contact.notes", "contact.custom", "activity.data", "notice.params",
    "import.name", "import.file_name", "import.read_out", "import.columns", "import.options", "import.error",
    "import_row.changes", "job.data", "job.error", "mapping_preset.columns", "mapping_preset.options",
    "segment.filter", "merge.changes", "merge.added", "merged_contact.image", "privacy_request.note",
    "privacy_request.asked_by", "interaction.description", "api_reply.body", "message.body", "campaign.params",
    "automation.params", "automation.actions", "automation_run.outcomes", "automation_run.why",
)  # fmt: skip
# Texts and JSON that speak of no contact.
IMPERSONAL = (
    "audit_entry.data", "consent.text", "contact.social_links", "contact.search_text", "custom_field.options",
    "custom_field.default", "custom_field.former", "duplicate_pair.reasons", "duplicate_search.parameters",
    "course.description", "enrolment_entry.data",
    "erasure.numbers", "erasure.counts", "erasure.backups", "import.read_settings", "import.counts",
    "import.undo_counts", "installation.required_fields", "lead_status.required_fields", "list_layout.columns",
    "api_token.scopes", "web_form.intro", "web_form.fields", "web_form.consent_text", "web_form.thanks",
    "web_form.tags", "web_form.origins", "consent_link.text", "message.agreed", "mail_server.problem",
    "mail_server.bounce_problem", "message.error", "message_text.body", "webhook.events", "webhook_delivery.body",
    "processing_record.texts", "review_place.trail", "role.permissions", "segment.shared_with",
)  # fmt: skip
