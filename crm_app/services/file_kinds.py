"""Which files may be kept with a contact: what is inside decides, and the name must say the same."""

import zipfile
from pathlib import Path

from crm_app.locales import text
from crm_app.services.errors import Invalid

_OPEN_XML = "application/vnd.openxmlformats-officedocument."
_OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
_HEAD = 64 * 1024
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PHOTO_BRANDS = (b"heic", b"heix", b"mif1", b"heim", b"hevc")

# Ending of the name → media type, as it is said at the download.
MEDIA_TYPES: dict[str, str] = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "heic": "image/heic",
    "docx": _OPEN_XML + "wordprocessingml.document",
    "xlsx": _OPEN_XML + "spreadsheetml.sheet",
    "pptx": _OPEN_XML + "presentationml.presentation",
    "odt": _OPEN_DOCUMENT + "text",
    "ods": _OPEN_DOCUMENT + "spreadsheet",
    "odp": _OPEN_DOCUMENT + "presentation",
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "ppt": "application/vnd.ms-powerpoint",
    "rtf": "application/rtf",
    "txt": "text/plain",
    "csv": "text/csv",
}
_PARTS = {"docx": "word/", "xlsx": "xl/", "pptx": "ppt/"}
_BEGINNINGS: dict[str, tuple[bytes, ...]] = {
    "pdf": (b"%PDF-",),
    "png": (b"\x89PNG\r\n\x1a\n",),
    "jpg": (b"\xff\xd8\xff",),
    "jpeg": (b"\xff\xd8\xff",),
    "gif": (b"GIF87a", b"GIF89a"),
    "doc": (_OLD_OFFICE,),
    "xls": (_OLD_OFFICE,),
    "ppt": (_OLD_OFFICE,),
    "rtf": (b"{\\rtf",),
}


def media_type(path: Path, name: str) -> str:
    """The media type of the file at `path` that is called `name`. Raises Invalid for one that is not on the list, or
    whose content is not what its name says.
    """
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    if ending not in MEDIA_TYPES:
        raise Invalid(
            text("Files of this kind are not kept here: PDF, pictures, office documents and plain text are."), "file"
        )
    if not _holds(path, ending):
        raise Invalid(text("What is in this file is not what its name says. It was not taken."), "file")
    return MEDIA_TYPES[ending]


def _holds(path: Path, ending: str) -> bool:
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if ending in _BEGINNINGS:
        return head.startswith(_BEGINNINGS[ending])
    if ending == "webp":
        return head[:4] == b"RIFF" and head[8:12] == b"WEBP"
    if ending == "heic":
        return head[4:8] == b"ftyp" and head[8:12] in _PHOTO_BRANDS
    if ending in ("txt", "csv"):
        return _is_text(path)
    return _is_document(path, ending)


def _is_text(path: Path) -> bool:
    """No sign that texts do not have; UTF-16 only with its mark."""
    content = path.read_bytes()
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return True
    return not any(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in set(content))


def _is_document(path: Path, ending: str) -> bool:
    """A package with the parts of its kind, and without macros."""
    try:
        with zipfile.ZipFile(path) as package:
            names = package.namelist()
            if ending in _PARTS:
                has_macros = any(name.lower().endswith("vbaproject.bin") for name in names)
                is_whole = "[Content_Types].xml" in names and any(name.startswith(_PARTS[ending]) for name in names)
                return is_whole and not has_macros
            if "mimetype" not in names or package.getinfo("mimetype").file_size > 200:
                return False
            return package.read("mimetype").decode("latin-1").strip() == MEDIA_TYPES[ending]
    except (zipfile.BadZipFile, zipfile.LargeZipFile, OSError, RuntimeError, NotImplementedError, ValueError):
        return False
