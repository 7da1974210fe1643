"""The settings page of one form: its questions and words, who may embed it, and its end."""

import asyncio
from dataclasses import dataclass
from html import escape
from typing import Any, Literal

import reflex as rx

from crm_app import locales, routes
from crm_app.locales import text
from crm_app.models import Permission, WebForm
from crm_app.services import database, web_forms
from crm_app.services.actor import Actor
from crm_app.services.errors import CRMError, Invalid, NotFound
from crm_app.services.web_forms import Draft, Question
from crm_app.state.choice import Choice
from crm_app.state.guard import action
from crm_app.state.messages import say
from crm_app.state.session import current_actor
from crm_app.state.settings_changes import SettingsChanges
from crm_app.state.settings_words import id_of

TEXTS = ("name", "title", "intro", "consent_text", "consent_channel", "language", "thanks", "lifecycle")
_HEAD, _QUESTION, _CONSENT = 230, 86, 60  # pixels of the frame


@dataclass
class QuestionLine:
    """`own` is what the field is called of itself."""

    name: str
    label: str
    own: str
    required: bool


class SettingsFormState(SettingsChanges, rx.State):
    """One form, by the id in its address. `questions` may differ from what is stored until it is saved."""

    values: dict[str, str] = {}
    is_open: bool = False
    questions: list[QuestionLine] = []
    others: list[Choice] = []
    errors: dict[str, str] = {}
    address: str = ""
    path: str = ""
    snippet: str = ""
    removing: bool = False
    loaded: bool = False
    missing: bool = False
    form_key: int = 0
    _askable: list[Choice] = []

    @action(permission=Permission.SETTINGS)
    async def load(self):
        self.errors, self.error, self.removing, self.missing = {}, "", False, False
        await self._show()
        self.loaded = True

    @action(permission=Permission.SETTINGS)
    async def add(self, name: str):
        """One more question, behind the others."""
        own = next((one.label for one in self._askable if one.value == name), None)
        if own is not None and all(one.name != name for one in self.questions):
            self._set([*self.questions, QuestionLine(name, "", own, False)])

    @action(permission=Permission.SETTINGS)
    async def drop(self, name: str):
        self._set([one for one in self.questions if one.name != name])

    @action(permission=Permission.SETTINGS)
    async def move(self, name: str, by: Literal[-1, 1]):
        lines = list(self.questions)
        place = next((n for n, one in enumerate(lines) if one.name == name), -1)
        if place >= 0 and 0 <= place + by < len(lines):
            lines[place], lines[place + by] = lines[place + by], lines[place]
            self._set(lines)

    @action(permission=Permission.SETTINGS)
    async def save(self, form: dict[str, Any]):
        """Stores all of it; the first thing that cannot be taken is said where it stands."""
        actor, form_id = await current_actor(self), self._id()
        draft = _draft(form, [one.name for one in self.questions])
        try:
            await asyncio.to_thread(_change, actor, form_id, draft)
        except Invalid as error:
            self.errors = {error.field: locales.render(error.message, actor.language)}
            return rx.set_focus(f"form-{error.field}")
        except CRMError as error:
            await say(self, error.message, "error")
            return None
        self.errors = {}
        await self._show()
        await say(self, text("The form is saved."))
        return rx.set_focus("save-form")

    @action(permission=Permission.SETTINGS)
    async def ask(self, removing: bool):
        """Asks before the form goes; closes the question."""
        self.removing, self.error = removing, ""

    @action(permission=Permission.SETTINGS)
    async def remove(self):
        form_id, name = self._id(), self.values.get("name", "")
        if not await self._did(lambda session, actor: web_forms.remove(session, actor, form_id)):
            return None
        await say(self, text("The form “{name}” is removed.", name=name))
        return rx.redirect(routes.WEB_FORMS)

    async def _show(self) -> None:
        try:
            found = await asyncio.to_thread(_fetch, await current_actor(self), self._id())
        except NotFound:
            self.missing = True
            return
        self.values, self.is_open, questions, self._askable, self.address, self.path, self.snippet = found
        self._set(questions)
        self.form_key += 1

    def _set(self, questions: list[QuestionLine]) -> None:
        asked = {one.name for one in questions}
        self.questions, self.others = questions, [one for one in self._askable if one.value not in asked]

    def _id(self) -> int:
        parts = self.router.url.path.strip("/").split("/")
        return id_of(parts[2]) if len(parts) > 2 else 0


def _draft(form: dict[str, Any], names: list[str]) -> Draft:
    """What the inputs say, in the order the questions stand."""
    questions = tuple(
        Question(name, str(form.get(f"label-{name}") or ""), bool(form.get(f"required-{name}"))) for name in names
    )
    return Draft(
        **{name: str(form.get(name) or "") for name in TEXTS},
        questions=questions,
        tags=str(form.get("tags") or ""),
        origins=str(form.get("origins") or ""),
        active=bool(form.get("active")),
    )


def _change(actor: Actor, form_id: int, draft: Draft) -> None:
    with database.transaction() as session:
        web_forms.change(session, actor, form_id, draft)


_Found = tuple[dict[str, str], bool, list[QuestionLine], list[Choice], str, str, str]


def _fetch(actor: Actor, form_id: int) -> _Found:
    """Raises NotFound."""
    with database.reading() as session:
        form = web_forms.get(session, actor, form_id)
        known = web_forms.askable(session)
        called = {name: locales.render(field.label, actor.language) for name, field in known.items()}
        questions = [
            QuestionLine(one.name, one.label, called[one.name], one.required)
            for one in web_forms.questions(form)
            if one.name in called
        ]
        values = {name: str(getattr(form, name)) for name in TEXTS}
        values |= {"tags": ", ".join(map(str, form.tags)), "origins": "\n".join(map(str, form.origins))}
        address = web_forms.address_of(form)
        askable = [Choice(name, label) for name, label in called.items()]
        return values, form.active, questions, askable, address, routes.PUBLIC_FORM.format(key=form.key), _snippet(form)


def _snippet(form: WebForm) -> str:
    """What a page of the house takes over to show the form."""
    height = _HEAD + _QUESTION * len(form.fields) + (_CONSENT if form.consent_text else 0)
    source = escape(f"{web_forms.address_of(form)}?embed", quote=True)
    title = escape(form.title or form.name, quote=True)
    return (
        f'<iframe src="{source}" title="{title}" style="width:100%;height:{height}px;border:0" loading="lazy"></iframe>'
    )
