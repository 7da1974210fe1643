"""What reading can refuse, each with a sentence for the person who brought the file."""

from crm_app.locales import Text
from crm_app.services.errors import Invalid


class Unreadable(Invalid):
    """The file as a whole cannot be read: damaged, protected, something else than a table, or over a limit."""


class ReaderDied(Unreadable):
    """The reading process ended before it answered; `reason` is `memory`, `time`, `crash` or `start`."""

    def __init__(self, message: Text, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


class Stopped(Unreadable):
    """Somebody asked the reading to stop."""
