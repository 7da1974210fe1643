"""What a role may do. Roles hold these as data."""

from enum import StrEnum


class Permission(StrEnum):
    CONTACTS_READ = "contacts.read"
    CONTACTS_EDIT = "contacts.edit"
    CONTACTS_BULK = "contacts.bulk"
    CONTACTS_ERASE = "contacts.erase"
    CONSENT = "contacts.consent"  # record a confirmation by hand, lift a suppression
    IMPORT = "contacts.import"
    EXPORT = "contacts.export"
    MESSAGES = "messages"  # templates and campaigns; one message to one contact takes the right to edit it
    COURSES = "courses"  # set up courses and offers; enrolling takes the right to edit contacts
    PAYMENTS = "payments"  # record them, change what is owed
    TASKS_ALL = "tasks.all"  # those of colleagues too, also where they are about no contact
    SETTINGS = "settings"
    USERS = "users"
    AUDIT = "audit"  # read who did what, and who signed in


VIEWER = frozenset({Permission.CONTACTS_READ})
STAFF = VIEWER | {Permission.CONTACTS_EDIT, Permission.IMPORT, Permission.PAYMENTS}
MANAGER = STAFF | {
    Permission.CONTACTS_BULK,
    Permission.CONSENT,
    Permission.COURSES,
    Permission.EXPORT,
    Permission.TASKS_ALL,
}
ADMIN = frozenset(Permission)

# Rank orders the roles: nobody grants a role above their own.
BUILT_IN_ROLES: dict[str, tuple[int, frozenset[Permission]]] = {
    "admin": (40, ADMIN),
    "manager": (30, MANAGER),
    "staff": (20, STAFF),
    "viewer": (10, VIEWER),
}
