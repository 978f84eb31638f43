"""Which style sheets travel together: one file for each frame of pages, and for pages that must be fast.

What all have is in each of these files: a browser cannot paint before the last sheet is there, and one more
file costs it more time than reading the same rules of another. Managers' pages that show the labeling
component add its sheet. Development serves all sheets one by one: `{% stylesheets "css/shell.css" %}` links
to either.
"""

import posixpath
import re
from collections.abc import Callable

SHELL = (
    "css/tokens.css",
    "css/base.css",
    "css/layout.css",
    "css/components/button.css",
    "css/components/form.css",
    "css/components/status.css",
    "css/components/navigation.css",
    "css/components/feedback.css",
    "css/components/overlay.css",
    "css/components/picker.css",
)
LABELING = (
    "css/components/content.css",
    "css/image.css",
    "css/image-panel.css",
    "css/label.css",
    "css/label-audio.css",
    "css/label-fields.css",
    "css/label-regions.css",
    "css/label-text.css",
    "css/pages/work.css",
)
# The labeling page asks for these only where there is something to see or to hear: it must be fast.
SEEING = ("css/image.css", "css/image-panel.css")
HEARING = ("css/label-audio.css",)
MANAGING = ("css/components/table.css", "css/components/content.css")
SHEETS = {
    "css/label-image.css": SEEING,
    "css/shell.css": SHELL,
    "css/labeling.css": LABELING,
    "css/managing.css": (*SHELL, *MANAGING, "css/components/plot.css"),
    "css/tasks-page.css": (*SHELL, *MANAGING, "css/pages/tasks.css"),
    "css/working.css": (*SHELL, *LABELING),
    "css/label-page.css": (
        *SHELL,
        *(name for name in LABELING if name not in SEEING + HEARING),
        "css/pages/label-page.css",
    ),
    "css/review-page.css": (*SHELL, *LABELING, "css/pages/review.css"),
}
# A vendored sheet that one of ours puts into a layer.
IMPORT = re.compile(r'@import url\("([^"]+)"\) layer\((\w+)\);')
# Addresses in a sheet are relative to it, and an @import must come first: neither may move to another folder.
STAYS = re.compile(r"@import|@charset|@namespace|url\(")


def joined(name: str, source: Callable[[str], str]) -> str:
    """Return the sheets of one file, in their order; raises ValueError for one that cannot be moved."""
    found = []
    for sheet in SHEETS[name]:
        text = with_imports(sheet, source)
        moved = sheet.rpartition("/")[0] != name.rpartition("/")[0]
        if "@import" in text or (moved and STAYS.search(text)):
            raise ValueError(f"{sheet} cannot be part of {name}: it names other files")
        found.append(text)
    return "\n".join(found)


def with_imports(sheet: str, source: Callable[[str], str]) -> str:
    """Return a sheet with what it imports in place, as a browser reads it, but in one file."""

    def imported(match: re.Match[str]) -> str:
        name = posixpath.normpath(posixpath.join(posixpath.dirname(sheet), match[1]))
        return f"@layer {match[2]} {{\n{source(name)}\n}}"

    return IMPORT.sub(imported, source(sheet))
