"""Every page of the app: the component and its route and load handlers."""

from crm_app.pages import contact, contact_edit, contact_new, contacts, settings, signed_out

PAGES = [
    (contacts.contacts, contacts.PAGE),
    (contacts.leads, contacts.LEADS_PAGE),
    (settings.settings, settings.PAGE),
    (contact_new.contact_new, contact_new.PAGE),
    (contact.contact, contact.PAGE),
    (contact_edit.contact_edit, contact_edit.PAGE),
    (signed_out.signed_out, signed_out.PAGE),
]
