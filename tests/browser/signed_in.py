"""Pages of the product in a browser, as somebody who has signed in."""

from __future__ import annotations

import os

from django.conf import settings
from django.test import Client
from playwright.sync_api import Page

from accounts.models import User
from tests.browser.watching import Watch

# Playwright's synchronous API runs an event loop in this thread; Django would refuse the database beside one.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


def sign_in(page: Page, url: str, user: User) -> None:
    """Give the browser a session of this person, as if they had come through the sign-in page."""
    client = Client()
    client.force_login(user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": url}])


def collect_errors(page: Page) -> list[str]:
    """What goes wrong in scripts from now on, also what the content security policy refuses."""
    watch = Watch()
    page.on("pageerror", lambda error: watch.complaints.append(str(error)))
    page.on("console", watch.on_console)
    return watch.complaints
