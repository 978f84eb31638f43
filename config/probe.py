"""Health check from inside a container: `python -m config.probe healthz` ends with 0 if it answers 200."""

import os
import sys
import urllib.error
import urllib.request


def main(path: str) -> int:
    """Ask our own web server; return the exit status."""
    url = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}/{path}"
    try:
        with urllib.request.urlopen(url, timeout=4) as answer:
            return 0 if answer.status == 200 else 1
    except (urllib.error.URLError, OSError):
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "healthz"))
