"""Messages: templates, what they become for a contact, the outbox, campaigns, and what they go out by."""
