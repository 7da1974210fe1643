"""Keeps what people typed out of the log: some of Reflex's messages carry the whole event, values included."""

import logging

from reflex_base.utils.exceptions import EventDeserializationError

_SOCKETS = "engineio.server"
# Logger, beginning of its message, and what the log says in its place.
_TALKATIVE = (
    ("reflex_base.event.processor.event_processor", "Error processing event queue", "an unknown event was refused"),
    ("reflex_base.event.processor.base_state_processor", "Error transforming event", "a payload did not fit"),
    ("reflex.app", "Received event", "an event without a tab or in another form was refused"),
)


class Quiet(logging.Filter):
    """Replaces the messages that would show values."""

    def filter(self, record: logging.LogRecord) -> bool:
        text, shorter = record.getMessage(), ""
        if record.exc_info and isinstance(record.exc_info[1], EventDeserializationError):
            shorter = "a message in another form was refused"
        for name, beginning, short in _TALKATIVE:
            if record.name == name and text.startswith(beginning):
                shorter = short
        if shorter:
            record.msg, record.args, record.exc_info, record.exc_text = shorter, (), None, None
        return True


def install() -> None:
    """Adds the filter to the loggers it is about; twice does no harm."""
    for name in (_SOCKETS, *(name for name, _, _ in _TALKATIVE)):
        logger = logging.getLogger(name)
        if not any(isinstance(found, Quiet) for found in logger.filters):
            logger.addFilter(Quiet())
