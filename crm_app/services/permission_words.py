"""What each permission is called, and what it lets somebody do."""

from crm_app.locales import Text, text
from crm_app.models import Permission, Sight

PERMISSIONS: dict[Permission, tuple[Text, Text]] = {
    Permission.CONTACTS_READ: (text("See contacts"), text("Lists, cards and what happened; without it nothing opens.")),
    Permission.CONTACTS_EDIT: (
        text("Change contacts"),
        text("Make and change contacts, tasks and events, enrol them, write to one."),
    ),
    Permission.CONTACTS_BULK: (text("Change many at once"), text("Change all contacts of a filter in one go.")),
    Permission.CONTACTS_ERASE: (
        text("Delete for good"),
        text("Empty the trash, and erase a person who asks for it."),
    ),
    Permission.CONSENT: (
        text("Consents and privacy"),
        text("Confirm consents by hand, lift blocks, answer requests about data."),
    ),
    Permission.IMPORT: (text("Import"), text("Bring files in, and take imports back.")),
    Permission.EXPORT: (text("Export"), text("Take contacts out as files.")),
    Permission.MESSAGES: (text("Campaigns"), text("Write templates, and send messages to many.")),
    Permission.COURSES: (text("Courses"), text("Set up courses and their offers.")),
    Permission.PAYMENTS: (text("Payments"), text("Record payments, and change what is owed.")),
    Permission.TASKS_ALL: (text("Tasks of everybody"), text("See the tasks of colleagues, whatever they are about.")),
    Permission.SETTINGS: (text("Settings"), text("Statuses, tags, own fields, forms, mail server, other programs.")),
    Permission.USERS: (text("Users and roles"), text("Invite and disable colleagues, give roles below the own one.")),
    Permission.AUDIT: (text("Log"), text("Read who did what, and who signed in.")),
}
SIGHTS: dict[Sight, Text] = {
    Sight.ALL: text("all contacts"),
    Sight.TEAM: text("contacts of the own team"),
    Sight.OWN: text("own contacts only"),
}
