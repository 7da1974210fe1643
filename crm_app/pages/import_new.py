"""The first step of an import: a file by drop, click or phone, pasted rows, or a sheet by its link."""

import reflex as rx

from crm_app import routes, settings
from crm_app.components.download import download
from crm_app.components.notice import notice
from crm_app.components.shell import shell
from crm_app.components.text import N, T, t
from crm_app.components.upload_watch import upload_watch
from crm_app.pages.import_frame import for_importers, steps
from crm_app.state.import_upload import MIB, UPLOAD_ID, ImportUploadState
from crm_app.state.session import SessionState


def import_new() -> rx.Component:
    return shell(
        for_importers(
            rx.el.div(
                steps("new"),
                rx.el.div(
                    upload_watch(ImportUploadState.lost),
                    rx.cond(ImportUploadState.error, notice(ImportUploadState.error, "danger")),
                    rx.cond(
                        ImportUploadState.fetching,
                        _fetching(),
                        rx.cond(ImportUploadState.percent >= 0, _sending(), _drop()),
                    ),
                    _paste(),
                    _link(),
                    _templates(),
                    class_name="wizard-main",
                ),
                class_name="wizard",
            )
        ),
        place="imports",
        title=N("Import contacts"),
    )


def _drop() -> rx.Component:
    limit = settings.get().upload_limit
    zone = rx.upload.root(
        rx.icon("file-up", size=36),
        rx.el.span(T("Drop a file here or choose one"), id="drop-title", class_name="drop-title"),
        rx.el.span(
            t("Excel, LibreOffice, CSV or vCard, up to {size} MB", size=limit // MIB),
            class_name="quiet",
        ),
        rx.el.button(T("Choose a file"), type="button", class_name="button primary"),
        id=UPLOAD_ID,
        multiple=False,
        max_files=1,
        max_size=limit,
        no_keyboard=True,  # the button in it is reached by Tab
        accept={
            "text/csv": [".csv"],
            "text/plain": [".txt", ".tsv", ".tab"],
            "text/tab-separated-values": [".tsv"],
            "application/vnd.ms-excel": [".xls"],
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": [".xlsx"],
            "application/vnd.ms-excel.sheet.macroEnabled.12": [".xlsm"],
            "application/vnd.ms-excel.sheet.binary.macroEnabled.12": [".xlsb"],
            "application/vnd.oasis.opendocument.spreadsheet": [".ods"],
            "text/vcard": [".vcf"],
            "text/x-vcard": [".vcf"],
        },
        on_drop=ImportUploadState.receive(
            rx.upload_files_chunk(upload_id=UPLOAD_ID, on_upload_progress=ImportUploadState.progress)
        ),
        on_drop_rejected=ImportUploadState.rejected,
        class_name="drop",
    )
    return _named(zone)


def _named(zone: rx.Component) -> rx.Component:
    """Tells screen readers what the zone is; Reflex has no props for it on the two elements it makes."""
    name = '"aria-labelledby": "drop-title"'
    area = zone.children[0]
    area.special_props = [*area.special_props, rx.Var(f'{{"role": "group", {name}}}')]
    area.children[0].special_props = [*area.children[0].special_props, rx.Var(f"{{{name}}}")]
    return zone


def _sending() -> rx.Component:
    return rx.el.section(
        rx.el.h2(T("Sending the file …")),
        rx.el.div(
            rx.el.div(class_name="bar-fill", style={"width": ImportUploadState.percent.to(str) + "%"}),
            class_name="bar",
            role="progressbar",
            aria_valuemin=0,
            aria_valuemax=100,
            aria_valuenow=ImportUploadState.percent,
            aria_label=t("Progress"),
        ),
        rx.el.p(ImportUploadState.percent.to(str), " %", class_name="number quiet"),
        rx.el.button(
            T("Cancel"),
            type="button",
            class_name="button",
            on_click=[rx.cancel_upload(UPLOAD_ID), ImportUploadState.cancelled],
        ),
        class_name="panel progress",
    )


def _fetching() -> rx.Component:
    return rx.el.section(
        rx.el.h2(T("Fetching the sheet …")),
        rx.el.div(
            rx.el.div(class_name="bar-fill waiting"),
            class_name="bar",
            role="progressbar",
            aria_label=t("Progress"),
        ),
        class_name="panel progress",
        aria_live="polite",
    )


def _paste() -> rx.Component:
    return rx.el.details(
        rx.el.summary(T("Or paste rows from a spreadsheet or a mail")),
        rx.el.form(
            rx.el.label(T("Rows, with their headings in the first one"), html_for="paste-rows"),
            rx.el.textarea(
                id="paste-rows",
                name="rows",
                rows=8,
                class_name="input",
                spell_check=False,
                placeholder="Name\tE-Mail\t…",
            ),
            rx.el.button(T("Read these rows"), type="submit", class_name="button"),
            on_submit=ImportUploadState.paste,
            class_name="paste",
        ),
        class_name="panel",
    )


def _link() -> rx.Component:
    return rx.el.details(
        rx.el.summary(T("Or a link to a Google Sheet")),
        rx.el.form(
            rx.el.label(T("Link of the sheet"), html_for="sheet-link"),
            rx.el.input(
                id="sheet-link",
                name="link",
                type="url",
                required=True,
                auto_complete="off",
                placeholder="https://docs.google.com/spreadsheets/d/…",
                class_name="input",
            ),
            rx.el.p(
                T("The sheet must be published to the web, or shared with anyone who has the link."),
                class_name="field-hint",
            ),
            rx.el.button(
                T("Fetch this sheet"), type="submit", class_name="button", disabled=ImportUploadState.fetching
            ),
            on_submit=ImportUploadState.fetch_sheet,
            class_name="paste",
        ),
        class_name="panel",
    )


def _templates() -> rx.Component:
    return rx.el.p(
        T("Starting from nothing? Fill in an empty list:"),
        " ",
        download(T("as Excel file"), href=routes.IMPORT_TEMPLATE + ".xlsx", class_name="link"),
        " · ",
        download(T("as CSV file"), href=routes.IMPORT_TEMPLATE + ".csv", class_name="link"),
        class_name="quiet gap",
    )


PAGE = {"route": routes.NEW_IMPORT, "on_load": [SessionState.load, ImportUploadState.load]}
