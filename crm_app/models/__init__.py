"""Every table, imported here so that the metadata is complete."""

from crm_app.models.activity import Activity, ActivityKind, AuditEntry
from crm_app.models.api_token import ApiReply, ApiScope, ApiToken
from crm_app.models.attachment import Attachment
from crm_app.models.automation import ActionKind, Automation, AutomationEvent, AutomationRun, RunState, Trigger
from crm_app.models.branch import MAIN_BRANCH, Branch
from crm_app.models.calendar_event import CalendarEvent, CalendarEventPerson, CalendarFeed
from crm_app.models.comment import Comment
from crm_app.models.consent import (
    Channel,
    Consent,
    ConsentErasure,
    ConsentPolicy,
    ConsentSource,
    ConsentState,
    SecretKey,
    Suppression,
    SuppressionReason,
)
from crm_app.models.contact import (
    Contact,
    ContactPoint,
    ContactSource,
    Gender,
    Lifecycle,
    PointKind,
    Relation,
    RelationKind,
)
from crm_app.models.custom_field import CustomField, FieldType
from crm_app.models.duplicates import (
    DuplicateGroup,
    DuplicateMember,
    DuplicatePair,
    DuplicateSearch,
    Merge,
    MergedContact,
    NotDuplicate,
)
from crm_app.models.imports import HALTED, Import, ImportKind, ImportRow, ImportState, Outcome, UndoOutcome
from crm_app.models.installation import Counter, Installation
from crm_app.models.interaction import Interaction, InteractionKind
from crm_app.models.job import Job, JobKind, JobState
from crm_app.models.lead_status import LeadStatus
from crm_app.models.list_layout import ListLayout
from crm_app.models.mapping_preset import MappingPreset
from crm_app.models.mention import Mention
from crm_app.models.message import (
    Campaign,
    CampaignState,
    ConsentLink,
    LeftOut,
    LinkUse,
    MailServer,
    Message,
    MessageKind,
    MessageState,
    MessageTemplate,
    MessageText,
    Security,
    Via,
)
from crm_app.models.notice import Notice, NoticeKind, Reminder
from crm_app.models.permission import Permission
from crm_app.models.privacy import Erasure, PrivacyRequest, ProcessingRecord, RequestKind, RequestState
from crm_app.models.review import ReviewHold, ReviewPlace
from crm_app.models.segment import Segment, SegmentContact, Sharing
from crm_app.models.tag import ContactTag, Tag
from crm_app.models.task import Priority, Repeat, Task, TaskType
from crm_app.models.user import LinkPurpose, LoginEvent, LoginOutcome, OneTimeLink, Role, User, UserSession
from crm_app.models.web_form import WebForm
from crm_app.models.webhook import DeliveryState, Webhook, WebhookDelivery, WebhookEvent

__all__ = [
    "HALTED",
    "MAIN_BRANCH",
    "ActionKind",
    "Activity",
    "ActivityKind",
    "ApiReply",
    "ApiScope",
    "ApiToken",
    "Attachment",
    "AuditEntry",
    "Automation",
    "AutomationEvent",
    "AutomationRun",
    "Branch",
    "CalendarEvent",
    "CalendarEventPerson",
    "CalendarFeed",
    "Campaign",
    "CampaignState",
    "Channel",
    "Comment",
    "Consent",
    "ConsentErasure",
    "ConsentLink",
    "ConsentPolicy",
    "ConsentSource",
    "ConsentState",
    "Contact",
    "ContactPoint",
    "ContactSource",
    "ContactTag",
    "Counter",
    "CustomField",
    "DeliveryState",
    "DuplicateGroup",
    "DuplicateMember",
    "DuplicatePair",
    "DuplicateSearch",
    "Erasure",
    "FieldType",
    "Gender",
    "Import",
    "ImportKind",
    "ImportRow",
    "ImportState",
    "Installation",
    "Interaction",
    "InteractionKind",
    "Job",
    "JobKind",
    "JobState",
    "LeadStatus",
    "LeftOut",
    "Lifecycle",
    "LinkPurpose",
    "LinkUse",
    "ListLayout",
    "LoginEvent",
    "LoginOutcome",
    "MailServer",
    "MappingPreset",
    "Mention",
    "Merge",
    "MergedContact",
    "Message",
    "MessageKind",
    "MessageState",
    "MessageTemplate",
    "MessageText",
    "NotDuplicate",
    "Notice",
    "NoticeKind",
    "OneTimeLink",
    "Outcome",
    "Permission",
    "PointKind",
    "Priority",
    "PrivacyRequest",
    "ProcessingRecord",
    "Relation",
    "RelationKind",
    "Reminder",
    "Repeat",
    "RequestKind",
    "RequestState",
    "ReviewHold",
    "ReviewPlace",
    "Role",
    "RunState",
    "SecretKey",
    "Security",
    "Segment",
    "SegmentContact",
    "Sharing",
    "Suppression",
    "SuppressionReason",
    "Tag",
    "Task",
    "TaskType",
    "Trigger",
    "UndoOutcome",
    "User",
    "UserSession",
    "Via",
    "WebForm",
    "Webhook",
    "WebhookDelivery",
    "WebhookEvent",
]
