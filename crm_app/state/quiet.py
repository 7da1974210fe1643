"""Keeps what people typed out of the log: some of Reflex's messages carry the whole event, values included."""

import logging

# Logger, beginning of its message, and what the log says in its place.
_TALKATIVE = (
    (
        "reflex_base.event.processor.event_processor",
        "Error processing event queue entry",
        "an unknown event was refused",
    ),
    ("reflex_base.event.processor.base_state_processor", "Error transforming event payload", "a payload did not fit"),
    ("reflex.app", "Received event", "an event without a tab or in another form was refused"),
)


class Quiet(logging.Filter):
    """Replaces the messages that would show values."""

    def filter(self, record: logging.LogRecord) -> bool:
        text = record.getMessage()
        for name, beginning, short in _TALKATIVE:
            if record.name == name and text.startswith(beginning):
                record.msg, record.args, record.exc_info, record.exc_text = short, (), None, None
        return True


def install() -> None:
    """Adds the filter to the loggers it is about; twice does no harm."""
    for name, _, _ in _TALKATIVE:
        logger = logging.getLogger(name)
        if not any(isinstance(found, Quiet) for found in logger.filters):
            logger.addFilter(Quiet())
