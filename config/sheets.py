"""Which style sheets travel together: what every page has, and what pages with the labeling component add.

Development serves the sheets one by one: `{% stylesheets "css/shell.css" %}` links to either.
"""

import re
from collections.abc import Callable

SHEETS = {
    "css/shell.css": (
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
    ),
    "css/labeling.css": (
        "css/components/content.css",
        "css/image.css",
        "css/image-panel.css",
        "css/label.css",
        "css/label-fields.css",
        "css/label-regions.css",
        "css/label-text.css",
        "css/pages/work.css",
    ),
}
# Addresses in a sheet are relative to it, and an @import must come first: neither may move to another folder.
STAYS = re.compile(r"@import|@charset|@namespace|url\(")


def joined(name: str, source: Callable[[str], str]) -> str:
    """Return the sheets of one file, in their order; raises ValueError for one that cannot be moved."""
    found = []
    for sheet in SHEETS[name]:
        text = source(sheet)
        moved = sheet.rpartition("/")[0] != name.rpartition("/")[0]
        if "@import" in text or (moved and STAYS.search(text)):
            raise ValueError(f"{sheet} cannot be part of {name}: it names other files")
        found.append(text)
    return "\n".join(found)
