"""The states of an import as people see them."""

from crm_app.locales import Text, text
from crm_app.models import ImportState

# What each state is called, which step goes on from it, and the colour of its dot.
STATES: dict[ImportState, tuple[Text, str, str]] = {
    ImportState.READING: (text("Reading"), "read", "dot-blue"),
    ImportState.READ: (text("Waiting for the columns"), "columns", "dot-amber"),
    ImportState.CHECKING: (text("Checking"), "check", "dot-blue"),
    ImportState.CHECKED: (text("Waiting for your go"), "check", "dot-amber"),
    ImportState.COMMITTING: (text("Importing"), "done", "dot-blue"),
    ImportState.PAUSED: (text("Paused"), "done", "dot-amber"),
    ImportState.CANCELLED: (text("Stopped"), "done", "dot-orange"),
    ImportState.DONE: (text("Done"), "done", "dot-green"),
    ImportState.FAILED: (text("Could not be read"), "read", "dot-red"),
    ImportState.UNDOING: (text("Undoing"), "undo", "dot-blue"),
    ImportState.UNDO_STOPPED: (text("Undo stopped"), "undo", "dot-orange"),
    ImportState.UNDONE: (text("Undone"), "done", "dot-gray"),
}
