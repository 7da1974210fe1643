"""The first step of an import: a file by drop, click or phone, pasted rows, or a sheet by its link."""

import reflex as rx

from crm_app import routes, settings
from crm_app.components.download import download
from crm_app.components.file_drop import file_drop
from crm_app.components.notice import notice
from crm_app.components.shell import shell
from crm_app.components.text import N, T, t
from crm_app.pages.import_frame import for_importers, steps
from crm_app.state.import_new import ImportNewState
from crm_app.state.session import SessionState

ENDINGS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".csv", ".tsv", ".tab", ".txt", ".vcf")
MIB = 1024 * 1024


def import_new() -> rx.Component:
    return shell(
        for_importers(
            rx.el.div(
                steps("new"),
                rx.el.div(
                    rx.cond(ImportNewState.error, notice(ImportNewState.error, "danger")),
                    rx.cond(
                        ImportNewState.course,
                        notice(
                            t(
                                "The people of this file are enrolled in “{course}”. Offer and notice come later.",
                                course=ImportNewState.course,
                            )
                        ),
                    ),
                    rx.cond(
                        ImportNewState.fetching,
                        _fetching(),
                        _drop(),
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
    megabytes = limit // MIB
    return file_drop(
        rx.icon("file-up", size=36),
        rx.el.span(T("Drop a file here or choose one"), id="drop-title", class_name="drop-title"),
        rx.el.span(t("Excel, LibreOffice, CSV or vCard, up to {size} MB", size=megabytes), class_name="quiet"),
        rx.el.button(T("Choose a file"), type="button", class_name="button primary"),
        url=routes.UPLOAD,
        accept=ENDINGS,
        limit=limit,
        words={
            "sending": t("Sending the file …"),
            "progress": t("Progress"),
            "cancel": t("Cancel"),
            "lost": t("The file did not arrive, so nothing was imported. Check the connection and choose it again."),
            "tooLarge": t(
                "The file is larger than {limit} MB. Split it, or ask for a higher limit (CRM_UPLOAD_LIMIT).",
                limit=megabytes,
            ),
            "oneOnly": t("One file at a time, please."),
            "unknown": t("This is not a contact file. Choose an Excel, LibreOffice, CSV, vCard or text file."),
        },
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
            on_submit=ImportNewState.paste,
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
            rx.el.button(T("Fetch this sheet"), type="submit", class_name="button", disabled=ImportNewState.fetching),
            on_submit=ImportNewState.fetch_sheet,
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


PAGE = {"route": routes.NEW_IMPORT, "on_load": [SessionState.load, ImportNewState.load]}
