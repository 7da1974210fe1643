"""Who acts. Every service that reads or changes data takes one."""

from dataclasses import dataclass, field

from crm_app.locales import text
from crm_app.models.permission import Permission
from crm_app.services.errors import NotPermitted


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in user (or the built-in `system`) with what it may do, read from the database for this event."""

    user_id: int | None
    name: str
    permissions: frozenset[Permission] = field(default_factory=frozenset)
    branch_ids: frozenset[int] | None = None  # None = every branch
    branch_id: int = 1  # where what it creates belongs
    language: str = "en"
    timezone: str = "UTC"
    via: str = ""  # what acts where it is no user: the name of an integration or a form

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions

    def require(self, permission: Permission) -> None:
        """Raises NotPermitted without the permission."""
        if not self.may(permission):
            raise NotPermitted(text("You do not have the right for this. Ask an administrator of this CRM."))


SYSTEM = Actor(user_id=None, name="system", permissions=frozenset(Permission))
