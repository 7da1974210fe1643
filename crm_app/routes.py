"""Every path of the product, written once."""

HOME = "/"
CONTACTS = "/contacts"
NEW_CONTACT = "/contacts/new"
CONTACT = "/contacts/[number]"
EDIT_CONTACT = "/contacts/[number]/edit"
LEADS = "/leads"
IMPORTS = "/imports"
NEW_IMPORT = "/imports/new"
IMPORT_READ = "/imports/[import_id]/read"
IMPORT_COLUMNS = "/imports/[import_id]/columns"
IMPORT_CHECK = "/imports/[import_id]/check"
IMPORT_DONE = "/imports/[import_id]/done"
IMPORT_UNDO = "/imports/[import_id]/undo"
DUPLICATES = "/duplicates"
SETTINGS = "/settings"
STATUSES = "/settings/statuses"
TAGS = "/settings/tags"
OWN_FIELDS = "/settings/fields"
OWN_FIELD = "/settings/fields/[field_key]"
IMPORT_TEMPLATE = "/downloads/import-template"  # .csv or .xlsx
EXPORT = "/downloads/contacts"  # .csv or .xlsx, of the list whose parameters follow
FAILED_ROWS = "/downloads/import-{import_id}-failed"
LOGIN = "/login"
LOGOUT = "/logout"
SETUP = "/setup"
SIGNED_OUT = "/signed-out"


def contact(number: int | str) -> str:
    return f"{CONTACTS}/{number}"


def own_field(key: str) -> str:
    return f"{OWN_FIELDS}/{key}"


def import_step(import_id: int | str, step: str) -> str:
    return f"{IMPORTS}/{import_id}/{step}"


def failed_rows(import_id: int | str) -> str:
    return FAILED_ROWS.format(import_id=import_id)
