"""Where an account is signed in: a list with what ends each session. `state` is the page's."""

from typing import Any

import reflex as rx

from crm_app.components.text import N, T, t
from crm_app.state.devices import DeviceLine


def devices(state: Any, everywhere: str = N("Sign out everywhere")) -> rx.Component:
    return rx.el.div(
        rx.cond(
            state.devices.length() > 0,
            rx.el.ul(rx.foreach(state.devices, lambda line: _device(state, line)), class_name="entries"),
            rx.el.p(T("Signed in nowhere."), class_name="quiet"),
        ),
        rx.cond(
            state.devices.length() > 1,
            rx.el.button(
                rx.icon("log-out", size=16),
                T(everywhere),
                id="end-devices",
                type="button",
                class_name="button",
                on_click=state.end_devices,
            ),
        ),
        class_name="stack",
    )


def _device(state: Any, line: rx.Var[DeviceLine]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.span(
                line.name,
                " ",
                rx.cond(line.is_here, rx.el.span(T("this device"), class_name="chip")),
                rx.el.span(
                    line.ip, " · ", T("last seen"), " ", rx.el.time(line.seen, title=line.exact),
                    class_name="quiet entry-under",
                ),
                class_name="entry-name",
            ),
            rx.cond(
                ~line.is_here,
                rx.el.button(
                    T("Sign out"),
                    type="button",
                    class_name="button small",
                    aria_label=t("Sign out {name}", name=line.name),
                    on_click=state.end_device(line.id),
                ),
            ),
            class_name="entry",
        ),
        key=line.id.to(str),
    )  # fmt: skip
