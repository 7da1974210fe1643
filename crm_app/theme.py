"""The look in one place: Radix's scales give the colours, `assets/styles/tokens.css` gives them meaning."""

ACCENT = "indigo"
GREY = "slate"
# Every scale the stylesheet knows; a `color_scheme` outside this list shows no colour.
COLOURS = ("indigo", "slate", "red", "green", "amber", "blue", "violet", "orange")
STYLESHEETS = [
    f"/styles/{name}.css"
    for name in (
        "tokens",
        "shell",
        "table",
        "filter",
        "list",
        "look",
        "board",
        "duplicates",
        "forms",
        "card",
        "review",
        "wizard",
        "check",
        "undo",
        "presets",
        "settings",
        "start",
        "tasks",
        "calendar",
        "privacy",
        "messages",
        "courses",
    )
]

# Colours a status may have, as the scale behind them.
STATUS_COLOURS = {
    "blue": "blue",
    "amber": "amber",
    "violet": "violet",
    "green": "green",
    "red": "red",
    "orange": "orange",
    "gray": "slate",
}
