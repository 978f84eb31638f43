"""A labeling page in a real browser, on a real server: for the tests of labeling."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from projects.models import Project

# As in signed_in.py: Playwright's loop runs in this thread.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


class Desk:
    """Somebody at the labeling page of a project."""

    def __init__(self, page: Page, url: str, project: Project) -> None:
        self.page = page
        self.url = url
        self.address = f"{url}/projects/{project.pk}/label/"
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda message: self._note(message.type, message.text))

    def _note(self, kind: str, text: str) -> None:
        # A refusal or a lost connection is what some tests are about; the browser logs it by itself.
        if kind == "error" and "Failed to load resource" not in text and "net::ERR" not in text:
            self.errors.append(text)

    def open(self, query: str = "") -> Desk:
        """Open the page and wait for the first item, or for the reason why there is none."""
        self.page.goto(self.address + query)
        self.settled()
        return self

    def settled(self) -> None:
        """Wait until something is there to be worked with or read."""
        self.page.wait_for_function(
            "() => document.querySelector('#label-message:not([hidden]) h1') ||"
            " (document.querySelector('[data-do=submit]:not(:disabled)')"
            " && document.querySelector('.lb-field'))"
        )

    def keys(self, *combos: str) -> None:
        """Press keys one after the other, as a person does."""
        for combo in combos:
            self.page.keyboard.press(combo)

    @property
    def item(self) -> str:
        """The name of the item on the screen: its first words with their number."""
        stage = self.page.locator(".lb-stage")
        found = self.wait_for(lambda: re.search(r"\w+(?: number)? \d+", stage.inner_text()))
        return str(found[0])

    def left(self, item: str) -> None:
        """Wait until another item is on the screen than this one."""
        script = "(old) => !new RegExp(`${old}(?!\\\\d)`).test(document.querySelector('.lb-stage').innerText)"
        self.page.wait_for_function(script, arg=item)

    def shows(self, text: str) -> None:
        """Wait until the item is this one."""
        stage = self.page.locator(".lb-stage")
        expect(stage).to_contain_text(text)
        expect(stage).to_be_visible()

    def state(self, text: str | re.Pattern[str]) -> None:
        """Wait until the state line says this."""
        expect(self.page.locator("#label-state")).to_have_text(text)

    def reason(self, code: str) -> None:
        """Wait until the page says that there is nothing, for this reason."""
        expect(self.page.locator(f"#label-message[data-reason={code}]")).to_be_visible()

    def chosen(self) -> str:
        """The title of the chosen option; empty without one."""
        chosen = self.page.locator(".lb-option.is-chosen .lb-option-title")
        return chosen.first.inner_text() if chosen.count() else ""

    def wait_for(self, check: Callable[[], Any]) -> Any:
        """Wait until the check, of the database say, gives something true."""
        for _ in range(600):
            if found := check():
                return found
            self.page.wait_for_timeout(50)
        raise AssertionError("this did not come about")
