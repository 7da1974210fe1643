"""Who acts. Every service that reads or changes data takes one."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from crm_app.locales import text
from crm_app.models.branch import MAIN_BRANCH
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
    owner_ids: frozenset[int] | None = None  # contacts of these owners alone; None = whoever the owner is
    language: str = "en"
    timezone: str = "UTC"
    via: str = ""  # what acts where it is no user: the name of an integration or a form

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions

    def require(self, permission: Permission) -> None:
        """Raises NotPermitted without the permission."""
        if not self.may(permission):
            raise NotPermitted(text("You do not have the right for this. Ask an administrator of this CRM."))

    @property
    def is_head_office(self) -> bool:
        """Whether it decides about what all branches share."""
        return self.branch_ids is None or MAIN_BRANCH in self.branch_ids

    @property
    def sight(self) -> dict[str, list[int] | None]:
        """Which contacts it sees, as JSON; None = all."""
        branches, owners = self.branch_ids, self.owner_ids
        return {
            "branch_ids": None if branches is None else sorted(branches),
            "owner_ids": None if owners is None else sorted(owners),
        }

    def seeing(self, sight: Mapping[str, Any]) -> "Actor":
        """The same with the `sight` of another."""
        branches, owners = sight.get("branch_ids"), sight.get("owner_ids")
        return replace(
            self,
            branch_ids=None if branches is None else frozenset(branches),
            owner_ids=None if owners is None else frozenset(owners),
        )


SYSTEM = Actor(user_id=None, name="system", permissions=frozenset(Permission))
