"""Who may import whom. The rooms and arrows are those of docs/architecture.md."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "crm_app"
ROOMS = ("models", "services", "jobs", "web", "state", "components", "pages", "cli", "locales", "migrations")
# Modules at the top that belong to no room; everybody may use them.
LEAVES = {"settings", "routes", "theme", "cookies", "locales"}
ALLOWED = {
    "models": {"models"},
    "services": {"services", "models"},
    "jobs": {"jobs", "services", "models"},
    "web": {"web", "services", "models", "jobs"},
    "cli": {"cli", "services", "models", "jobs", "web"},
    "state": {"state", "services", "models", "jobs"},
    "components": {"components", "models"},
    "pages": {"pages", "components", "state"},
    "migrations": {"models", "services"},
    "locales": set(),
}
# A page may name the fields of a contact, which are words of the product; the frame may show who is signed in and what
# they were told.
EXCEPTIONS = {
    ("pages", "crm_app.services.fields.registry"),
    ("components", "crm_app.state.session"),
    ("components", "crm_app.state.messages"),
    ("components", "crm_app.state.bell"),
}


def modules() -> list[Path]:
    return sorted(path for path in ROOT.rglob("*.py") if path.parent != ROOT)


def imported(path: Path) -> Iterator[str]:
    """Full names of our own modules that a file imports."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.startswith("crm_app"))
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("crm_app"):
            yield from (
                f"{node.module}.{alias.name}" if (module_path(f"{node.module}.{alias.name}")) else node.module
                for alias in node.names
            )


def module_path(name: str) -> bool:
    place = ROOT.parent / name.replace(".", "/")
    return place.with_suffix(".py").is_file() or (place / "__init__.py").is_file()


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_arrows_point_downwards_only(path: Path) -> None:
    room = path.relative_to(ROOT).parts[0]
    for name in imported(path):
        parts = name.split(".")
        target = parts[1] if len(parts) > 1 else ""
        if not target or target in LEAVES or any((room, name.startswith(e) and e) == (r, e) for r, e in EXCEPTIONS):
            continue
        assert target in ALLOWED[room], f"{path.name} ({room}) must not import {name}"


def test_nothing_below_the_screen_knows_reflex() -> None:
    for path in modules():
        room = path.relative_to(ROOT).parts[0]
        if room in ("models", "services", "jobs", "locales", "migrations"):
            for node in ast.walk(ast.parse(path.read_text())):
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                names += [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
                assert not any(name.split(".")[0].startswith("reflex") for name in names), path


def test_pages_know_each_other_only_inside_one_feature() -> None:
    """`import_check.py` may use `import_frame.py`; `contact.py` may not use `settings.py`. What every list of contacts
    has is there for all of them.
    """
    for path in (ROOT / "pages").rglob("*.py"):
        if path.name == "__init__.py" and path.parent == ROOT / "pages":
            continue
        feature = feature_of(path.relative_to(ROOT / "pages").parts[0])
        for name in imported(path):
            parts = name.split(".")
            if parts[1] == "pages" and len(parts) > 2:
                assert parts[2] == "contact_list" or feature_of(parts[2]) == feature, f"{path} imports {name}"


def feature_of(name: str) -> str:
    return name.removesuffix(".py").split("_")[0].rstrip("s")


def test_every_room_is_known() -> None:
    found = {path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith("__")}
    assert found == set(ROOMS)
