import io
import os
import time
import zipfile
from datetime import timedelta

import pytest
from sqlmodel import select

from crm_app import settings
from crm_app.models import Attachment, Contact
from crm_app.models.base import now
from crm_app.services import attachments, backup, database, doctor, restoring
from crm_app.services.actor import Actor
from crm_app.services.contacts import cards, timeline, trash
from crm_app.services.duplicates import merging, unmerging
from crm_app.services.errors import Invalid, NotFound, NotPermitted
from crm_app.services.imports import undo_ties

PDF = b"%PDF-1.7\nContract"


def package(*names: str, **texts: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        for name in names:
            file.writestr(name, "<x/>")
        for name, content in texts.items():
            file.writestr(name, content)
    return made.getvalue()


@pytest.fixture
def number(bob: Actor) -> int:
    with database.transaction() as session:
        return cards.create(session, bob, {"first_name": "Ada"}).number


def keep(actor: Actor, number: int, name: str = "Contract.pdf", content: bytes = PDF) -> int:
    with attachments.receiving() as receiver:
        receiver.write(content)
    try:
        with database.transaction() as session:
            contact = cards.get(session, actor, number)
            made = attachments.add(session, actor, contact, name=name, stored=receiver.stored, size=receiver.size)
            return made.id or 0
    except Exception:
        attachments.discard(receiver.stored)
        raise


def read(actor: Actor, id_: int) -> bytes:
    with database.reading() as session:
        _, file = attachments.open_file(session, actor, id_)
        with file:
            return file.read()


def shown(actor: Actor, number: int) -> list[str]:
    with database.reading() as session:
        found = timeline.page(session, cards.get(session, actor, number), group="files").entries
        return [str(entry.source) for entry in found]


def on_disk() -> list[str]:
    return sorted(path.name for path in settings.get().attachments_dir.iterdir())


def test_a_file_lies_under_a_generated_name_for_this_account_alone_and_in_the_timeline(number: int, bob: Actor) -> None:
    id_ = keep(bob, number)
    (name,) = on_disk()
    path = settings.get().attachments_dir / name
    assert "Contract" not in name and path.stat().st_mode & 0o077 == 0
    assert read(bob, id_) == PDF and shown(bob, number) == ["Contract.pdf"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.PDF", PDF),
        ("a.png", b"\x89PNG\r\n\x1a\n..."),
        ("a.jpeg", b"\xff\xd8\xff\xe0"),
        ("a.gif", b"GIF89a"),
        ("a.webp", b"RIFF....WEBPVP8 "),
        ("a.docx", package("[Content_Types].xml", "word/document.xml")),
        ("a.xlsx", package("[Content_Types].xml", "xl/workbook.xml")),
        ("a.odt", package(mimetype="application/vnd.oasis.opendocument.text")),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest"),
        ("a.txt", "Grüße\r\n".encode("cp1252")),
        ("a.csv", "a;b\n".encode("utf-16")),
    ],
)
def test_pdf_pictures_documents_and_texts_are_kept(name: str, content: bytes, number: int, bob: Actor) -> None:
    assert read(bob, keep(bob, number, name, content)) == content


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.exe", b"MZ"),
        ("a.html", b"<script>"),
        ("a.svg", b"<svg/>"),
        ("noending", PDF),
        ("a.pdf", b"MZ\x90"),
        ("a.png", b"<script>alert(1)</script>"),
        ("a.txt", b"MZ\x00\x01"),
        ("a.docx", b"PK\x03\x04 broken"),
        ("a.docx", package("[Content_Types].xml", "xl/workbook.xml")),
        ("a.docx", package("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin")),
        ("a.odt", package(mimetype="application/java-archive")),
        ("a.pdf", b""),
    ],
)
def test_anything_else_and_what_is_not_what_it_says_is_refused_without_a_trace(
    name: str, content: bytes, number: int, bob: Actor
) -> None:
    with pytest.raises(Invalid):
        keep(bob, number, name, content)
    assert on_disk() == [] and shown(bob, number) == []


def test_one_beyond_the_limit_leaves_nothing(number: int, bob: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings.get(), "attachment_limit", 2000)
    with pytest.raises(Invalid, match="larger"):
        keep(bob, number, content=PDF * 200)
    assert on_disk() == []


@pytest.mark.parametrize(
    ("name", "kept"),
    [("../../etc/x.pdf", "x.pdf"), ("C:\\a\\b.pdf", "b.pdf"), ("a\nb\x00.pdf", "a b .pdf"), ("ä" * 300 + ".pdf", None)],
)
def test_a_name_brings_no_folders_and_no_unprintable_signs(
    name: str, kept: str | None, number: int, bob: Actor
) -> None:
    keep(bob, number, name)
    assert shown(bob, number) == [kept or "ä" * 196 + ".pdf"]


def test_a_removed_one_is_brought_back(number: int, bob: Actor) -> None:
    id_ = keep(bob, number)
    for _ in range(2):
        with database.transaction() as session:
            attachments.remove(session, bob, cards.get(session, bob, number), id_)
    assert shown(bob, number) == []
    with pytest.raises(NotFound):
        read(bob, id_)
    for _ in range(2):
        with database.transaction() as session:
            attachments.restore(session, bob, cards.get(session, bob, number), id_)
    assert read(bob, id_) == PDF


@pytest.mark.parametrize("act", [attachments.remove, attachments.restore])
def test_another_branch_and_a_viewer_get_no_further(
    act, number: int, bob: Actor, charlie: Actor, victor: Actor
) -> None:
    id_ = keep(bob, number)
    with database.transaction() as session:
        theirs = cards.create(session, charlie, {"first_name": "Foreign"}).number
    for actor, of, wanted, error in (
        (charlie, theirs, id_, NotFound),
        (charlie, number, id_, NotFound),
        (bob, number, 999, NotFound),
        (victor, number, id_, NotPermitted),
    ):
        with pytest.raises(error), database.transaction() as session:
            act(session, actor, cards.get(session, actor, of), wanted)
    for missing in (id_, 999):
        with pytest.raises(NotFound):
            read(charlie, missing)
    with pytest.raises(NotPermitted):
        keep(victor, number)
    assert read(victor, id_) == PDF


def test_it_follows_its_contact_into_a_merge_and_out_of_it(number: int, bob: Actor) -> None:
    keep(bob, number)
    with database.transaction() as session:
        other = cards.create(session, bob, {"first_name": "Ada B."}).number
        merge = merging.merge(session, bob, other, [number]).id or 0
    assert shown(bob, other) == ["Contract.pdf"]
    with database.transaction() as session:
        unmerging.unmerge(session, bob, merge)
    assert shown(bob, other) == [] and shown(bob, number) == ["Contract.pdf"]


def test_it_rests_with_its_contact_in_the_trash_and_goes_with_it(number: int, bob: Actor, alice: Actor) -> None:
    id_ = keep(bob, number)
    with database.transaction() as session:
        trash.put(session, bob, cards.get(session, bob, number))
    with pytest.raises(NotFound):
        read(bob, id_)
    with database.transaction() as session:
        trash.restore(session, bob, [number])
    assert read(bob, id_) == PDF
    with database.transaction() as session:
        trash.put(session, bob, cards.get(session, bob, number))
        trash.delete_for_good(session, alice, [number])
    assert attachments.clean(older_than=0) == 1 and on_disk() == []


def test_it_keeps_its_contact_from_the_undo_of_an_import(number: int, bob: Actor) -> None:
    keep(bob, number)
    with database.reading() as session:
        id_ = session.exec(select(Contact.id).where(Contact.number == number)).one() or 0
        assert undo_ties.ties(session, 1, [id_])[id_].reason is not None
        assert id_ in undo_ties._referred_to(session, 0, [id_])


def test_the_sweep_takes_dead_uploads_and_what_was_removed_long_ago(number: int, bob: Actor) -> None:
    kept, removed, just_removed = (keep(bob, number, f"{n}.pdf") for n in range(3))
    (settings.get().attachments_dir / "dead").write_bytes(b"x")
    with database.transaction() as session:
        for id_, days in ((removed, 31), (just_removed, 29)):
            session.get_one(Attachment, id_).removed_at = now() - timedelta(days=days)
    assert attachments.clean() == 0
    long_ago = time.time() - 2 * attachments.LEFTOVER_SECONDS
    for name in on_disk():
        os.utime(settings.get().attachments_dir / name, (long_ago, long_ago))
    assert attachments.clean() == 2
    assert len(on_disk()) == 2 and read(bob, kept) == PDF


@pytest.mark.sqlite_only
def test_doctor_misses_a_file_and_a_backup_brings_it_back(number: int, bob: Actor) -> None:
    id_ = keep(bob, number)
    made = backup.create(database.engine())
    (settings.get().attachments_dir / on_disk()[0]).unlink()
    assert any(not one.ok and "missing" in one.message.msgid for one in doctor.examine())
    restoring.restore(database.engine(), made)
    assert read(bob, id_) == PDF
    assert all("missing" not in one.message.msgid for one in doctor.examine())
