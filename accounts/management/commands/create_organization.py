"""``manage.py create_organization NAME --owner EMAIL``: organization, owner and token, as JSON."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from accounts.models import Scope
from accounts.services.organizations import create_organization
from accounts.services.people import find_or_create_person
from accounts.services.tokens import create_token


class Command(BaseCommand):
    help = "Make an organization with its owner; print organization, owner, password and API token as JSON."

    def add_arguments(self, parser: CommandParser) -> None:
        """NAME and --owner EMAIL."""
        parser.add_argument("name")
        parser.add_argument("--owner", required=True, help="e-mail address of the first owner")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        """All or nothing; the password is null for somebody who had an account before."""
        owner, password = find_or_create_person(email=options["owner"])
        organization = create_organization(name=options["name"], owner=owner)
        _, secret = create_token(
            user=owner,
            organization=organization,
            name="create_organization",
            scopes=Scope.values,
            days=366,
        )
        line = {
            "organization": str(organization.pk),
            "owner": owner.email,
            "password": password,
            "token": secret,
        }
        self.stdout.write(json.dumps(line))
