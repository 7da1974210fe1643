"""Who may be written to: the ledger of consents, suppression, and their erasure."""
