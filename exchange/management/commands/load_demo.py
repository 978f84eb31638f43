"""``manage.py load_demo``: the demo, once; prints who can sign in."""

import json
from typing import Any

from django.core.management.base import BaseCommand

from exchange.demo.load import load_demo


class Command(BaseCommand):
    help = "Load the demo organization with three projects; a second call changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        """Progress line by line, then one JSON line per person."""
        accounts = load_demo(self.stdout.write)
        if not accounts:
            self.stdout.write("The demo is there already.")
        for account in accounts:
            self.stdout.write(json.dumps(account))
