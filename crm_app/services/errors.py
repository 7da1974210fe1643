"""What can go wrong in a service. Each carries a `Text`, rendered by the edge in the user's language."""

from crm_app.locales import Text


class CRMError(Exception):
    """Base of every expected error; `message` says what happened and what to do."""

    def __init__(self, message: Text) -> None:
        super().__init__(str(message))
        self.message = message


class NotFound(CRMError):
    """The object does not exist, or not for this actor: the two give the same answer."""


class NotPermitted(CRMError):
    """The actor lacks a permission."""


class Conflict(CRMError):
    """Somebody else changed it meanwhile, or it is in use."""


class Invalid(CRMError):
    """Input that cannot be taken; `field` names the field, empty for the whole."""

    def __init__(self, message: Text, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class Busy(CRMError):
    """Try again in a moment: a limit or a lock stands in the way."""
