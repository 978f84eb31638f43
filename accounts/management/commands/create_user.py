"""``manage.py create_user EMAIL --organization NAME``: a member, as one JSON line."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from accounts.models import Organization, Scope
from accounts.services.people import add_person
from accounts.services.tokens import create_token


class Command(BaseCommand):
    help = "Make a member of an organization; print organization, user, password and API token as JSON."

    def add_arguments(self, parser: CommandParser) -> None:
        """EMAIL and --organization, by name or id."""
        parser.add_argument("email")
        parser.add_argument("--organization", required=True, help="name or id")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        """All or nothing; the password is null for somebody who had an account before."""
        organization = _find(options["organization"])
        user, password = add_person(email=options["email"], organization=organization)
        scopes = [Scope.READ, Scope.ANNOTATE]
        _, secret = create_token(
            user=user,
            organization=organization,
            name="create_user",
            scopes=scopes,
            days=366,
        )
        line = {
            "organization": str(organization.pk),
            "user": user.email,
            "password": password,
            "token": secret,
        }
        self.stdout.write(json.dumps(line))


def _find(name_or_id: str) -> Organization:
    found = list(Organization.objects.filter(name=name_or_id)[:2])
    if not found and name_or_id.isdigit():
        found = list(Organization.objects.filter(pk=int(name_or_id)))
    if not found:
        raise CommandError(f"There is no organization named {name_or_id}.")
    if len(found) > 1:
        raise CommandError(f"There are several organizations named {name_or_id}: give the id.")
    return found[0]
