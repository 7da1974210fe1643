"""What becomes of a file's people in its course: beside the summary of the plan, and at the end of the import."""

import reflex as rx

from crm_app.components.text import N, T, figure, t, tn
from crm_app.state.import_course_view import CourseView, Untold

PLACES = (
    ("enrolled", N("Enrolled"), "graduation-cap"),
    ("waiting", N("On the waiting list"), "hourglass"),
    ("back", N("Came back"), "rotate-ccw"),
    ("there", N("Were in it already"), "equal"),
)


def course_summary(view: rx.Var[CourseView]) -> rx.Component:
    """One line: new ones first, the rest only where there is any."""
    counts = view.counts
    return rx.fragment(
        rx.el.b(t("into “{course}”:", course=view.name)),
        " ",
        tn("{n} enrolled", "{n} enrolled", counts["enrolled"].to(int) + counts["back"].to(int)),
        rx.cond(
            counts["waiting"].to(int) > 0,
            rx.fragment(" · ", tn("{n} on the waiting list", "{n} on the waiting list", counts["waiting"].to(int))),
        ),
        rx.cond(
            counts["there"].to(int) > 0,
            rx.fragment(" · ", tn("{n} in it already", "{n} in it already", counts["there"].to(int))),
        ),
    )


def course_result(view: rx.Var[CourseView]) -> rx.Component:
    """Nothing where the file went into no course."""
    return rx.cond(
        view.name,
        rx.el.section(
            rx.el.h2(view.name),
            rx.el.dl(
                *[
                    rx.el.div(
                        rx.el.dt(rx.icon(icon, size=14), T(label)),
                        rx.el.dd(figure(view.counts[key].to(int)), class_name="number"),
                        class_name="tile",
                    )
                    for key, label, icon in PLACES
                ],
                class_name="tiles",
            ),
            rx.foreach(view.told, lambda line: rx.el.p(line)),
            rx.cond(view.untold.length() > 0, rx.el.ul(rx.foreach(view.untold, _untold), class_name="plain")),
            rx.cond(view.more > 0, rx.el.p(tn("and {n} more", "and {n} more", view.more), class_name="quiet")),
            rx.el.div(
                rx.link(T("To the course"), href=view.url, underline="none", class_name="button"),
                class_name="card-actions gap",
            ),
            class_name="panel gap",
        ),
    )


def _untold(one: rx.Var[Untold]) -> rx.Component:
    return rx.el.li(
        rx.link(one.name, href=one.url, underline="none", class_name="link"),
        rx.el.span(" – ", one.reason, class_name="quiet"),
    )
