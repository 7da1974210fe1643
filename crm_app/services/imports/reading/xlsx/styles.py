"""Which cell style writes numbers how (ECMA-376 part 1, 18.8)."""

from functools import lru_cache

from crm_app.services.imports.reading.number_format import BUILT_IN, Renderer, renderer
from crm_app.services.imports.reading.xlsx.package import Package, local

REMEMBERED = 20_000  # values of one format: dates and postal codes come again and again


def renderers(package: Package) -> list[Renderer | None]:
    """By style index (the `s` of a cell); None = numbers are written plainly."""
    if package.styles_part is None or not package.has(package.styles_part):
        return []
    codes = dict(BUILT_IN)
    styles: list[int] = []
    for element in package.xml(package.styles_part):
        name = local(element.tag)
        if name == "numFmts":
            for entry in element:
                if (number := entry.get("numFmtId", "")).isdigit():
                    codes[int(number)] = entry.get("formatCode", "")
        elif name == "cellXfs":
            styles = [int(number) if (number := entry.get("numFmtId", "0")).isdigit() else 0 for entry in element]
    found = {style: renderer(codes.get(style, ""), package.is_1904) for style in set(styles)}
    remembering = {style: lru_cache(REMEMBERED)(render) if render else None for style, render in found.items()}
    return [remembering[style] for style in styles]
