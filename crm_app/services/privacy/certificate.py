"""The certificate of an erasure, as a page to keep or print: no personal data but who did it."""

import html

from sqlmodel import Session

from crm_app.locales import Text, render, text
from crm_app.models import Erasure
from crm_app.services import installation
from crm_app.services.actor import Actor
from crm_app.services.errors import Conflict
from crm_app.services.privacy import erasing


def write(session: Session, actor: Actor, erasure_id: int) -> bytes:
    """In the actor's language. Raises like `erasing.get`; Conflict while it is at work."""
    done = erasing.get(session, actor, erasure_id)
    if done.erased_at is None:
        raise Conflict(text("This erasure is not finished."))
    language = actor.language

    def say(message: Text) -> str:
        return html.escape(render(message, language))

    pairs = [
        (text("Certificate"), str(done.id)),
        (text("Request"), str(done.request_id or "–")),
        (text("Asked for"), f"{done.asked_at:%Y-%m-%d %H:%M} UTC"),
        (text("Erased"), f"{done.erased_at:%Y-%m-%d %H:%M} UTC"),
        (text("Freed room cleaned"), f"{done.cleaned_at:%Y-%m-%d %H:%M} UTC" if done.cleaned_at else "–"),
        (text("Done by"), done.who),
    ]
    facts = "".join(f"<tr><th>{say(label)}</th><td>{html.escape(value)}</td></tr>" for label, value in pairs)
    counted = "".join(
        f"<tr><th>{say(erasing.LABELS[key]) if key in erasing.LABELS else html.escape(key)}</th><td>{count}</td></tr>"
        for key, count in done.counts.items()
    )
    name = installation.current(session).name
    return _PAGE.format(
        language=html.escape(language),
        title=say(text("Certificate of erasure")),
        name=html.escape(name),
        facts=facts,
        heading=say(text("What was erased, in rows and files")),
        counted=counted,
        notes="".join(f"<p>{say(one)}</p>" for one in _notes(done)),
    ).encode()


def _notes(done: Erasure) -> list[Text]:
    found = [
        text("Kept: hashes of the addresses, so that no file brings them back; consents with dates and texts, without "
             "address and name; the dates of requests."),
    ]  # fmt: skip
    if done.backups:
        found.append(
            text(
                "Backups made before are not rewritten: {names}. When one is restored, the person is erased again.",
                names=", ".join(done.backups),
            )
        )
    return found


_PAGE = """<!DOCTYPE html>
<html lang="{language}"><head><meta charset="utf-8"><title>{title}</title><style>
body {{ font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 44rem; padding: 0 1rem; }}
h1 {{ font-size: 1.5rem; }} h2 {{ font-size: 1.1rem; margin-top: 2rem; }}
table {{ border-collapse: collapse; width: 100%; }}
th, td {{ border-top: 1px solid #8884; padding: .3rem .6rem .3rem 0; text-align: left; vertical-align: top; }}
th {{ font-weight: 400; width: 60%; }}
</style></head><body><p>{name}</p><h1>{title}</h1><table>{facts}</table>
<h2>{heading}</h2><table>{counted}</table>{notes}</body></html>
"""
