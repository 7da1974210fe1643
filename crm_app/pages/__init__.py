"""Every page of the app: the component, and its route and load handlers."""

from crm_app.pages import (
    contact,
    contact_edit,
    contact_new,
    contacts,
    duplicates,
    import_check,
    import_columns,
    import_done,
    import_new,
    import_read,
    import_undo,
    imports,
    review,
    settings,
    signed_out,
)

PAGES = [
    (contacts.contacts, contacts.PAGE),
    (contacts.leads, contacts.LEADS_PAGE),
    (contact_new.contact_new, contact_new.PAGE),
    (contact.contact, contact.PAGE),
    (contact_edit.contact_edit, contact_edit.PAGE),
    (review.review, review.PAGE),
    (duplicates.duplicates, duplicates.PAGE),
    (imports.imports, imports.PAGE),
    (import_new.import_new, import_new.PAGE),
    (import_read.import_read, import_read.PAGE),
    (import_columns.import_columns, import_columns.PAGE),
    (import_check.import_check, import_check.PAGE),
    (import_done.import_done, import_done.PAGE),
    (import_undo.import_undo, import_undo.PAGE),
    (settings.settings, settings.PAGE),
    (signed_out.signed_out, signed_out.PAGE),
]
