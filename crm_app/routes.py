"""Every path of the product, written once."""

HOME = "/"
CONTACTS = "/contacts"
NEW_CONTACT = "/contacts/new"
CONTACT = "/contacts/[number]"
EDIT_CONTACT = "/contacts/[number]/edit"
LEADS = "/leads"
IMPORTS = "/imports"
NEW_IMPORT = "/imports/new"
IMPORT_STEP = "/imports/[import_id]/[step]"
SETTINGS = "/settings"
LOGIN = "/login"
LOGOUT = "/logout"
SETUP = "/setup"
SIGNED_OUT = "/signed-out"


def contact(number: int | str) -> str:
    return f"{CONTACTS}/{number}"


def import_step(import_id: int | str, step: str) -> str:
    return f"{IMPORTS}/{import_id}/{step}"
