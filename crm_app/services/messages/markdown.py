"""One text, written as people write mails, becomes HTML and plain text. HTML in it is text; links lead to the web only.

CommonMark (https://spec.commonmark.org) by markdown-it, without raw HTML and pictures; a line break is one.
"""

import re
from html import escape

from markdown_it import MarkdownIt
from markdown_it.token import Token

_SPECIAL = re.compile(r"([!-/:-@\[-`{-~])")
_SPACE = re.compile(r"\s+")
_OPENED = {  # styles stand at the elements: mail programs drop style sheets
    "p": "margin:0 0 16px",
    "h1": "margin:24px 0 12px;font-size:24px;line-height:1.25",
    "h2": "margin:24px 0 12px;font-size:20px;line-height:1.3",
    "h3": "margin:20px 0 8px;font-size:17px;line-height:1.35",
    "ul": "margin:0 0 16px;padding-left:24px",
    "ol": "margin:0 0 16px;padding-left:24px",
    "blockquote": "margin:0 0 16px;padding-left:14px;border-left:3px solid #9ca3af",
}
_BUTTON = (
    "display:inline-block;padding:12px 20px;border-radius:8px;background-color:#3358d4;color:#ffffff;"
    "text-decoration:none;font-weight:600"
)


def literal(value: str) -> str:
    """A value of a contact inside such a text: it stays what it is, whatever signs are in it."""
    return _SPECIAL.sub(r"\\\1", _SPACE.sub(" ", value.strip()))


def to_html(source: str) -> str:
    """The body's HTML, without a frame."""
    parser = _parser()
    tokens = parser.parse(source)
    for place, token in enumerate(tokens):
        if token.nesting == 1 and token.tag in _OPENED:
            token.attrSet("style", _OPENED[token.tag])
        if token.type == "inline" and token.children:
            _dress(token.children, is_alone=place > 0 and tokens[place - 1].type == "paragraph_open")
    return str(parser.renderer.render(tokens, parser.options, {}))


def to_text(source: str) -> str:
    """The same for programs that show no HTML: links behind their words."""
    parts: list[str] = []
    counters: list[int] = []
    for token in _parser().parse(source):
        if token.type in ("bullet_list_open", "ordered_list_open"):
            counters.append(int(token.attrGet("start") or 1) if token.type == "ordered_list_open" else 0)
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            counters.pop()
            if not counters:
                parts.append("\n")
        elif token.type == "list_item_open" and counters:
            parts.append("  " * (len(counters) - 1) + (f"{counters[-1]}. " if counters[-1] else "- "))
            counters[-1] += bool(counters[-1])
        elif token.type == "inline":
            parts.append(_plain(token.children or []) + ("\n" if counters else "\n\n"))
        elif token.type in ("fence", "code_block"):
            parts.append(token.content + "\n")
        elif token.type == "hr":
            parts.append("----\n\n")
    return "".join(parts).strip() + "\n"


def _parser() -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": False, "breaks": True})
    made.disable("image")
    made.validateLink = _is_safe  # type: ignore[method-assign]
    return made


def _is_safe(url: str) -> bool:
    return re.match(r"(?i)(https?://|mailto:|tel:)", url.strip()) is not None


def _dress(children: list[Token], *, is_alone: bool) -> None:
    """A link that is a paragraph by itself is a button."""
    is_button = (
        is_alone
        and len(children) >= 3
        and children[0].type == "link_open"
        and children[-1].type == "link_close"
        and sum(child.type == "link_open" for child in children) == 1
    )
    for child in children:
        if child.type == "link_open":
            child.attrSet("style", _BUTTON if is_button else "color:inherit;text-decoration:underline")


def _plain(children: list[Token]) -> str:
    found: list[str] = []
    links: list[tuple[int, str]] = []
    for child in children:
        if child.type in ("text", "code_inline"):
            found.append(child.content)
        elif child.type in ("softbreak", "hardbreak"):
            found.append("\n")
        elif child.type == "link_open":
            links.append((len(found), str(child.attrGet("href") or "")))
        elif child.type == "link_close" and links:
            at, href = links.pop()
            words = "".join(found[at:])
            shown = href.removeprefix("mailto:").removeprefix("tel:")
            if words != shown:
                found[at:] = [f"{words}: {href}" if words else href]
    return "".join(found)


def framed(body: str, *, language: str, title: str, imprint: str, way_out: tuple[str, str, str] | None) -> str:
    """A whole HTML message, readable in light and dark. `way_out`: an address, what stands before it, its words."""
    foot = "<br>".join(escape(line) for line in imprint.splitlines())
    if way_out is not None:
        href, before, words = way_out
        link = f'<a href="{escape(href)}" style="color:inherit">{escape(words)}</a>'
        foot += ("<br>" if foot else "") + f"{escape(before)} {link}"
    return (
        f'<!doctype html><html lang="{escape(language)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">'
        f"<title>{escape(title)}</title></head>"
        "<body style=\"margin:0;padding:24px 16px;font-family:-apple-system,'Segoe UI',Roboto,Arial,sans-serif;"
        'font-size:16px;line-height:1.5"><div style="max-width:600px;margin:0 auto">'
        f"{body}"
        + (
            f'<div style="margin-top:32px;padding-top:12px;border-top:1px solid #9ca3af;font-size:13px">{foot}</div>'
            if foot
            else ""
        )
        + "</div></body></html>"
    )
