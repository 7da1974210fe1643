"""What is chosen for the whole file in the third step: a part of the state of its page."""

from typing import Any

import reflex as rx

from crm_app.models import Lifecycle, Permission
from crm_app.services.fields.vocabulary import split_tags
from crm_app.services.imports.columns import Blank, Options
from crm_app.services.imports.columns import InFile as InFile
from crm_app.state.choice import Choice
from crm_app.state.guard import action


class WholeFileChoices(rx.State, mixin=True):
    """Each choice is kept at once, by `_keep` of the state it is part of."""

    statuses: list[Choice] = []  # id and name
    owners: list[Choice] = []  # id and name
    branches: list[Choice] = []  # where there are several to choose from
    branch: str = ""
    new_lifecycle: str = "contact"
    new_status: str = ""
    new_owner: str = ""
    new_source: str = ""
    match_key: str = ""
    match_keys: list[str] = []
    clear_blanks: bool = False
    in_file: str = InFile.FIRST.value
    similar: bool = True
    tags: str = ""

    @action(permission=Permission.IMPORT)
    async def choose_blanks(self, clear: bool):
        """Whether blank cells empty what is stored."""
        self.clear_blanks = clear
        await self._keep()

    @action(permission=Permission.IMPORT)
    async def choose_lifecycle(self, lifecycle: str):
        """What new contacts are whose row does not say."""
        self.new_lifecycle = lifecycle if lifecycle in set(Lifecycle) else Lifecycle.CONTACT.value
        await self._keep()

    @action(permission=Permission.IMPORT)
    async def choose_status(self, status: str):
        """The status of new contacts whose row names none."""
        self.new_status = status if status in {choice.value for choice in self.statuses} else ""
        await self._keep()

    @action(permission=Permission.IMPORT)
    async def choose_owner(self, owner: str):
        """Who is responsible for new contacts whose row names nobody."""
        self.new_owner = owner if owner in {choice.value for choice in self.owners} else ""
        await self._keep()

    @action(permission=Permission.IMPORT)
    async def choose_branch(self, branch: str):
        """Whose the contacts of the file are."""
        self.branch = branch if branch in {choice.value for choice in self.branches} else self.branch
        await self._keep()

    @action(permission=Permission.IMPORT)
    async def choose_in_file(self, in_file: str):
        """Which of several rows that mean the same contact counts."""
        self.in_file = in_file if in_file in set(InFile) else InFile.FIRST.value
        await self._keep()

    @action(permission=Permission.IMPORT)
    async def choose_similar(self, wanted: bool):
        """Whether new rows are compared with the stored contacts."""
        self.similar = wanted
        await self._keep()

    @action(permission=Permission.IMPORT)
    async def choose_key(self, key: str):
        self.match_key = key if key in self.match_keys else ""
        await self._keep()

    @action(permission=Permission.IMPORT)
    async def type_tags(self, tags: str):
        """Tags for every contact of the file, by comma."""
        self.tags = tags
        await self._keep()

    @action(permission=Permission.IMPORT)
    async def type_source(self, source: str):
        """Where new contacts come from whose row does not say."""
        self.new_source = source
        await self._keep()

    async def _keep(self) -> bool:
        raise NotImplementedError

    def _show_whole_file(self, options: Options) -> None:
        """The choices as they are stored."""
        self.match_key, self.tags = options.match_key or "", ", ".join(options.tags)
        self.new_lifecycle, self.new_source = options.lifecycle or Lifecycle.CONTACT.value, options.source or ""
        self.new_status, self.new_owner = str(options.status or ""), str(options.owner or "")
        self.clear_blanks, self.in_file = options.blank is Blank.CLEAR, options.in_file.value
        self.similar = options.similar

    def _whole_file(self) -> dict[str, Any]:
        """What is chosen for the whole file, as fields of Options."""
        return {
            "match_key": self.match_key or None,
            "tags": tuple(split_tags(self.tags)),
            "blank": Blank.CLEAR if self.clear_blanks else Blank.KEEP,
            "in_file": InFile(self.in_file),
            "similar": self.similar,
            "lifecycle": self.new_lifecycle if self.new_lifecycle != Lifecycle.CONTACT else None,
            "status": int(self.new_status) if self.new_status else None,
            "owner": int(self.new_owner) if self.new_owner else None,
            "source": self.new_source.strip() or None,
        }
