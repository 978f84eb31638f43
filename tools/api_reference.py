"""Write docs/ml-engineers/api.md from the API's own schema. `python -m tools.api_reference`

tests/docs compares the page with the schema, so that no address is undocumented.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from config.api_docs import Operation

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/ml-engineers/api.md"
HEAD = """# The API

Addresses begin with `/api/v1`, save those of files. With every field and answer the same stands at
`/api/v1/docs/` of your Touchstone, and as OpenAPI 3 at `/api/v1/schema/`. How to begin:
[quickstart](quickstart.md).

- **Who you are**: `Authorization: Bearer <token>`. Tokens are made under *API tokens*, with scopes (`read`,
  `annotate`, `export`, `manage`) and an end. A browser's session works too, with its CSRF token.
- **Ids** are strings. Unknown fields, filters and orderings are errors.
- **Counts** of the task list are exact up to 10,000 matches, and where only states are asked; else `exact` is
  false and the number the database's estimate. What takes the database too long is refused (503, `too_slow`).
- **By probability** (`order=probability`, `-probability`) the task list goes by thousandths: 0.9312 and
  0.9318 stand in import order (with `-` the newest first), and so does all from 0.999 to 1.
  `probability_from` and `probability_to` are exact.
- **Errors** have one shape: `{"error": {"code", "message", "fields": [{"path", "message"}]}}`. 401 without
  sign-in, 404 for what is not yours or not there, 403 for what your role or scope does not allow, 409 with
  the current state when somebody was faster.
- **Sending again**: submit, and whatever makes a project, a clone, an organization or a comment, takes the
  header `Idempotency-Key` of your making. The same request with its key again makes nothing twice and answers
  as the first time; another request with that key is refused (422).
- **Lists** have `results` and `next`, the address of the next page or null.
- **Long work** answers 202 with a job: ask `/jobs/{id}/?wait=10` until it is `done`, `failed` or `cancelled`.
  The answer comes with the end, after so many seconds (ten at most), or at once where two others wait: pause
  a moment before you ask again.

This page is written by `python -m tools.api_reference` from the schema.
"""


def reference() -> str:
    """Return the page. Needs Django's settings, no server."""
    from config.api_docs import groups

    return HEAD + "".join(sections(groups()))


def sections(found: dict[str, list[Operation]]) -> Iterator[str]:
    """Yield a section for each noun: a table of methods, addresses and what they do."""
    for noun, operations in found.items():
        yield f"\n## {noun.capitalize() or 'Files'}\n\n| method | address | |\n| --- | --- | --- |\n"
        for each in operations:
            summary = each.summary.replace("|", "\\|").replace("``", "`")
            yield f"| {each.method} | `{each.path.removeprefix('/api/v1')}` | {summary} |\n"


def main() -> int:
    """Write the page."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(reference(), encoding="utf-8")
    print(f"{PAGE.relative_to(ROOT)} is written.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
