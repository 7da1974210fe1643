"""One contact's card: who, how to reach, facts, what happened."""

import reflex as rx

from crm_app import routes
from crm_app.components.card_frame import CardPlace, CardTabs
from crm_app.components.empty import empty
from crm_app.components.here import here
from crm_app.components.message import UndoListener
from crm_app.components.planned_forms import planned_forms
from crm_app.components.shell import shell
from crm_app.components.text import T, t
from crm_app.pages.contact_consent import consents
from crm_app.pages.contact_courses import courses, courses_forms
from crm_app.pages.contact_facts import facts
from crm_app.pages.contact_head import actions, head, thumb_bar, title
from crm_app.pages.contact_merges import merge_with, taking_back
from crm_app.pages.contact_message import message_panel
from crm_app.pages.contact_relations import relations
from crm_app.pages.contact_segments import segments_panel
from crm_app.pages.contact_tasks import tasks_panel
from crm_app.pages.contact_timeline import timeline
from crm_app.state.contact import ContactState
from crm_app.state.contact_comments import ContactCommentState
from crm_app.state.contact_consent import ContactConsentState
from crm_app.state.contact_courses import ContactCoursesState
from crm_app.state.contact_enrol import ContactEnrolState
from crm_app.state.contact_facts import ContactFactsState
from crm_app.state.contact_files import ContactFilesState
from crm_app.state.contact_message import ContactMessageState
from crm_app.state.contact_payment import ContactPaymentState
from crm_app.state.contact_place import ContactPlaceState
from crm_app.state.contact_plan import ContactPlanState
from crm_app.state.contact_relations import ContactRelationsState
from crm_app.state.contact_segments import ContactSegmentsState
from crm_app.state.contact_tasks import ContactTasksState
from crm_app.state.contact_timeline import ContactTimelineState
from crm_app.state.contact_undo import ContactUndoState
from crm_app.state.enrolment import EnrolmentState
from crm_app.state.event_form import EventFormState
from crm_app.state.session import SessionState
from crm_app.state.task_acts import TaskActState
from crm_app.state.task_form import TaskFormState

_is_here = ContactState.shown == here()
_number = rx.cond(ContactState.card.number > 0, ContactState.card.number, ContactState.thrown.number)


def contact() -> rx.Component:
    """A card that is left for another one stays unseen in its place until that one is there: what a phone shows of it,
    and how far it was scrolled, goes on.
    """
    return shell(
        rx.cond(~_is_here, rx.el.div(rx.el.span(class_name="skeleton"), class_name="card-head arriving")),
        rx.el.div(
            rx.cond(
                ContactState.shown != "",
                rx.cond(
                    ContactState.missing,
                    _missing(),
                    rx.cond(ContactState.thrown.number > 0, _thrown(), _card()),
                ),
            ),
            class_name=rx.cond(_is_here, "card-frame", "card-frame leaving"),
        ),
        CardPlace.create(ready=_is_here, of=ContactPlaceState.of, on_look=ContactPlaceState.look),
        UndoListener.create(on_undo=ContactUndoState.take_back),
        place="contacts",
        title=title(rx.cond(_is_here, _number, here().to(int))),
        actions=rx.cond(_is_here, actions()),
    )


def _card() -> rx.Component:
    """`data-part` names what a phone shows one at a time."""
    return rx.fragment(
        taking_back(),
        merge_with(),
        head(),
        segments_panel(),
        message_panel(),
        CardTabs.create(
            label=t("Parts of the card"),
            parts=[
                ["timeline", t("What happened")],
                ["tasks", t("Tasks")],
                ["courses", t("Courses")],
                ["facts", t("Facts")],
            ],
        ),
        rx.el.div(
            rx.el.div(timeline(), custom_attrs={"data-part": "timeline"}),
            rx.el.div(
                rx.el.div(tasks_panel(), class_name="card-part", custom_attrs={"data-part": "tasks"}),
                rx.el.div(courses(), class_name="card-part", custom_attrs={"data-part": "courses"}),
                rx.el.div(
                    relations(), facts(), consents(), class_name="card-part", custom_attrs={"data-part": "facts"}
                ),
                class_name="facts-side",
            ),
            class_name="card-grid",
        ),
        thumb_bar(),
        courses_forms(),
        planned_forms(TaskFormState, EventFormState, TaskActState, ContactState.may_edit),
    )


def _thrown() -> rx.Component:
    """A number whose contact is in the trash."""
    thrown = ContactState.thrown
    return rx.el.section(
        rx.el.h2(t("{name} is in the trash", name=thrown.name)),
        rx.el.p(
            rx.cond(
                thrown.who,
                t("Moved there by {who}, {when}.", who=thrown.who, when=thrown.when),
                t("Moved there {when}.", when=thrown.when),
            ),
            rx.cond(thrown.ends, rx.fragment(" ", t("Deleted for good on {date}.", date=thrown.ends))),
            class_name="quiet",
        ),
        rx.el.div(
            rx.cond(
                ContactState.may_edit,
                rx.el.button(
                    rx.icon("undo-2", size=16),
                    T("Restore"),
                    type="button",
                    class_name="button primary",
                    on_click=ContactState.restore,
                ),
            ),
            rx.link(T("Look into the trash"), href=routes.TRASH, underline="none", class_name="button"),
            class_name="card-actions gap",
        ),
        class_name="panel",
    )


def _missing() -> rx.Component:
    return empty(
        "user-x",
        T("No such contact"),
        T("It may have been removed, or you may not see it."),
        rx.link(T("All contacts"), href=routes.CONTACTS, underline="none", class_name="button"),
    )


PAGE = {
    "route": routes.CONTACT,
    "on_load": [
        SessionState.load,
        ContactState.load,
        ContactTimelineState.load,
        ContactFactsState.load,
        ContactCommentState.load,
        ContactRelationsState.load,
        ContactFilesState.load,
        ContactSegmentsState.load,
        ContactTasksState.load,
        ContactCoursesState.load,
        ContactEnrolState.load,
        ContactPaymentState.load,
        ContactPlanState.load,
        EnrolmentState.load,
        ContactConsentState.load,
        ContactMessageState.load,
        TaskFormState.load,
        EventFormState.load,
    ],
}
