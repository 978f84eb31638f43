"""Check the documentation: every relative link leads somewhere. `python -m tools.docs`"""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LINK = re.compile(r"(?<!`)!?\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)")
CODE_BLOCK = re.compile(r"^```.*?^```", re.M | re.S)
HEADING = re.compile(r"^#+\s+(.*)$", re.M)


def pages() -> list[Path]:
    """Return the Markdown files that git knows or would add."""
    command = ["git", "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard", "*.md"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return [ROOT / path for path in done.stdout.splitlines() if (ROOT / path).is_file()]


def anchors(page: Path) -> set[str]:
    """Return the names that GitHub gives to a page's headings."""
    return {
        re.sub(r"[^\w\- ]", "", heading.replace("`", "").lower()).strip().replace(" ", "-")
        for heading in HEADING.findall(page.read_text(encoding="utf-8"))
    }


def problems() -> Iterator[str]:
    """Yield one line for each link that leads nowhere."""
    for page in pages():
        text = CODE_BLOCK.sub("", page.read_text(encoding="utf-8"))
        for target in LINK.findall(text):
            if not re.match(r"[a-z]+:", target) and not leads_somewhere(page, target):
                yield f"{page.relative_to(ROOT)}: {target} leads nowhere"


def leads_somewhere(page: Path, target: str) -> bool:
    """Return whether a relative link's file exists, and in a page its heading."""
    path, _, anchor = target.partition("#")
    file = (page.parent / path).resolve() if path else page
    if not file.exists():
        return False
    return not anchor or file.suffix != ".md" or anchor in anchors(file)


if __name__ == "__main__":
    found = list(problems())
    print("\n".join(found) or f"documentation: the links of {len(pages())} pages lead somewhere")
    sys.exit(bool(found))
