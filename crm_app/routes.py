"""Every path of the product, written once."""

HOME = "/"
CONTACTS = "/contacts"
NEW_CONTACT = "/contacts/new"
CONTACT = "/contacts/[number]"
EDIT_CONTACT = "/contacts/[number]/edit"
CONTACT_FILES = "/contacts/{number}/files"  # takes a POST
LEADS = "/leads"
REVIEW = "/review"  # of the contacts whose filter follows
TASKS = "/tasks"
CALENDAR = "/calendar"
COURSES = "/courses"
COURSE = "/courses/[course_id]"
CALENDAR_FEED = "/feeds/{token}.ics"  # for calendar programs: the token is the key
EVENT_FILE = "/downloads/event-{event_id}.ics"
TRASH = "/trash"
NEW_EXPORT = "/exports/new"  # of the list whose parameters follow
EXPORT = "/exports/[export_id]"
IMPORTS = "/imports"
NEW_IMPORT = "/imports/new"
UPLOAD = "/imports/file"  # takes a POST
IMPORT_READ = "/imports/[import_id]/read"
IMPORT_COLUMNS = "/imports/[import_id]/columns"
IMPORT_CHECK = "/imports/[import_id]/check"
IMPORT_DONE = "/imports/[import_id]/done"
IMPORT_UNDO = "/imports/[import_id]/undo"
MESSAGES = "/messages"
TEMPLATES = "/messages/templates"
TEMPLATE = "/messages/templates/[template_id]"
CAMPAIGN = "/messages/campaigns/[campaign_id]"
OUTBOX = "/messages/outbox"
AUTOMATIONS = "/messages/automations"
AUTOMATION = "/messages/automations/[automation_id]"
DUPLICATES = "/duplicates"
PRIVACY = "/privacy"
PRIVACY_RETENTION = "/privacy/retention"
PRIVACY_RECORD = "/privacy/record"
PRIVACY_ERASE = "/privacy/erase/[number]"
SETTINGS = "/settings"
STATUSES = "/settings/statuses"
TASK_TYPES = "/settings/task-types"
BRANCHES = "/settings/branches"
TAGS = "/settings/tags"
OWN_FIELDS = "/settings/fields"
MESSAGE_SETTINGS = "/settings/messages"
OWN_FIELD = "/settings/fields/[field_key]"
WEB_FORMS = "/settings/forms"
WEB_FORM = "/settings/forms/[form_id]"
INTEGRATIONS = "/settings/integrations"
ACCOUNT = "/settings/account"
USERS = "/settings/users"
ROLES = "/settings/roles"
LOG = "/settings/log"
PUBLIC_FORM = "/f/{key}"  # for people who are no users
HOOK = "/api/v1/hooks/{key}"  # takes a signed POST
IMPORT_TEMPLATE = "/downloads/import-template"  # .csv or .xlsx
EXPORT_FILE = "/downloads/export-{export_id}"
FAILED_ROWS = "/downloads/import-{import_id}-failed"
ATTACHMENT = "/downloads/attachment-{attachment_id}"
CONFIRM_CONSENT = "/consent/{token}"  # public: links in messages
PREFERENCES = "/preferences/{token}"
UNSUBSCRIBE = "/unsubscribe/{token}"
PERSON_EXPORT = "/downloads/person-{number}"
CERTIFICATE = "/downloads/erasure-{erasure_id}"
MESSAGE_PICTURE = "/m/{token}.gif"
MESSAGE_LINK = "/m/{token}"
LOGIN = "/login"
LOGOUT = "/logout"
SETUP = "/setup"
SIGNED_OUT = "/signed-out"


def contact(number: int | str) -> str:
    return f"{CONTACTS}/{number}"


def contact_files(number: int | str) -> str:
    return CONTACT_FILES.format(number=number)


def attachment(attachment_id: int | str) -> str:
    return ATTACHMENT.format(attachment_id=attachment_id)


def privacy_erase(number: int | str) -> str:
    return f"/privacy/erase/{number}"


def person_export(number: int | str) -> str:
    return PERSON_EXPORT.format(number=number)


def certificate(erasure_id: int | str) -> str:
    return CERTIFICATE.format(erasure_id=erasure_id)


def task(task_id: int | str) -> str:
    return f"{TASKS}?task={task_id}"


def event(event_id: int | str) -> str:
    return f"{CALENDAR}?event={event_id}"


def event_file(event_id: int | str) -> str:
    return EVENT_FILE.format(event_id=event_id)


def course(course_id: int | str, tab: str = "") -> str:
    return f"{COURSES}/{course_id}" + (f"?tab={tab}" if tab else "")


def template(template_id: int | str) -> str:
    return f"{TEMPLATES}/{template_id}"


def campaign(campaign_id: int | str) -> str:
    return f"{MESSAGES}/campaigns/{campaign_id}"


def automation(automation_id: int | str) -> str:
    return f"{AUTOMATIONS}/{automation_id}"


def own_field(key: str) -> str:
    return f"{OWN_FIELDS}/{key}"


def web_form(form_id: int | str) -> str:
    return f"{WEB_FORMS}/{form_id}"


def key_in(path: str) -> str:
    """What stands behind the name of a place, as it is written: "7" of "/imports/7/read"; empty when nothing does."""
    return path.split("/", 3)[2] if path.count("/") > 1 else ""


def import_step(import_id: int | str, step: str) -> str:
    return f"{IMPORTS}/{import_id}/{step}"


def export(export_id: int | str) -> str:
    return f"/exports/{export_id}"


def export_file(export_id: int | str) -> str:
    return EXPORT_FILE.format(export_id=export_id)


def failed_rows(import_id: int | str) -> str:
    return FAILED_ROWS.format(import_id=import_id)
