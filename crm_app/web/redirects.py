"""Where a sign-in may lead: our own pages, nowhere else."""

from urllib.parse import quote, unquote

HOME = "/"
_MAX = 2048
_NOT_A_TARGET = ("/login", "/logout", "/setup", "/link", "/signed-out", "/_")


def own_path(target: str) -> str:
    """The target when it is a path of ours, with its query; `/` for anything a browser could read as elsewhere."""
    if not target.startswith("/") or len(target) > _MAX:
        return HOME
    for seen in (target, unquote(target), unquote(unquote(target))):
        path = seen.partition("?")[0]
        if "\\" in seen or "//" in path or not seen.isprintable() or " " in path:
            return HOME
    is_page = not any(target == start or target.startswith((f"{start}/", f"{start}?")) for start in _NOT_A_TARGET[:-1])
    return target if is_page and not target.startswith(_NOT_A_TARGET[-1]) else HOME


def login_address(path: str, query: str) -> str:
    """The sign-in page, remembering where the visitor was going."""
    return leading_to(own_path(f"{quote(path, safe='/@:+,;=')}?{query}" if query else quote(path, safe="/@:+,;=")))


def leading_to(target: str, page: str = "/login") -> str:
    """A page of the sign-in that goes on to `target`, a path of ours."""
    return page if target == HOME else f"{page}?next={quote(target, safe='/')}"
