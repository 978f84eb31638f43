"""The icons of the sprite, to be written into pages.

A reference into the sprite would make the browser fetch and read all of it, a document of 440 elements,
before it paints anything. Scripts, which add few icons and later, do refer to it.
"""

import re
from functools import lru_cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.utils.safestring import SafeString

SYMBOL = re.compile(r'<symbol id="([^"]+)" viewBox="0 0 24 24">(.*?)</symbol>')


@lru_cache(maxsize=1)
def icon_shapes() -> dict[str, SafeString]:
    """Return the shapes of every icon by its name, as our own file has them."""
    sprite = Path(str(finders.find("icons/sprite.svg"))).read_text(encoding="utf-8")
    return {name: SafeString(shapes) for name, shapes in SYMBOL.findall(sprite)}
