"""The web process. No page holds a connection longer than its statement timeout."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("STATEMENT_TIMEOUT_MS", "15000")

from django.core.wsgi import get_wsgi_application  # the two lines above must come first
from django.urls import get_resolver

application = get_wsgi_application()
# All views and what they need, here and not at the first request of each process: forked, they are shared.
get_resolver().url_patterns  # noqa: B018
