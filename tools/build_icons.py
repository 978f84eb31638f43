"""Build the icon sprite from an unpacked copy of the npm package ``lucide-static``.

Usage: ``python tools/build_icons.py PATH/TO/lucide-static`` (then update ``static/js/vendor/vendor.toml``).
The names in ``static/icons/icons.txt`` decide which icons are taken; one ``<symbol>`` per icon.
"""

import json
import sys
from pathlib import Path
from xml.etree import ElementTree

ICONS = Path(__file__).resolve().parent.parent / "static" / "icons"
SVG = "{http://www.w3.org/2000/svg}"
HEAD = (
    "<!-- Lucide {version}, ISC license (static/icons/LICENSE-lucide.txt). "
    "Made by tools/build_icons.py from icons.txt. -->\n"
    '<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}\n</svg>\n'
)


def symbol(name: str, source: str) -> str:
    """One icon as a ``<symbol>`` whose id is its Lucide name; stroke and fill come from the page's CSS."""
    shapes = []
    for shape in ElementTree.fromstring(source):
        attributes = " ".join(f'{key}="{value}"' for key, value in shape.attrib.items())
        shapes.append(f"<{shape.tag.removeprefix(SVG)} {attributes}/>")
    return f'<symbol id="{name}" viewBox="0 0 24 24">{"".join(shapes)}</symbol>'


def build(package: Path) -> str:
    """The sprite's text. Raises FileNotFoundError for a name that the package does not have."""
    names = (ICONS / "icons.txt").read_text().split()
    version = json.loads((package / "package.json").read_text())["version"]
    symbols = [symbol(name, (package / "icons" / f"{name}.svg").read_text()) for name in sorted(names)]
    return HEAD.format(version=version, symbols="\n".join(symbols))


if __name__ == "__main__":
    (ICONS / "sprite.svg").write_text(build(Path(sys.argv[1])))
