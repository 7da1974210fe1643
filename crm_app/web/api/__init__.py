"""The HTTP API: a token in place of a session, JSON in and out, one request = one transaction."""
