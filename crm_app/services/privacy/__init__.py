"""The privacy desk: what is held of a person, handed out and erased on request; requests, retention, the record."""
