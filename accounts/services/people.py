"""People made by scripts instead of by signing up."""

import secrets

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from accounts.errors import DomainError, FieldError
from accounts.models import Organization, OrganizationMembership, OrganizationRole, User


@transaction.atomic
def find_or_create_person(*, email: str, name: str = "") -> tuple[User, str | None]:
    """Return the person with this address and, if they are new, their random password.

    Somebody who has an account already keeps their password: None is returned for it. A new person's
    address counts as confirmed, on the word of whoever runs the script.
    """
    try:
        validate_email(email)
    except ValidationError as problem:
        raise DomainError("Not an e-mail address.", fields=[FieldError("email", "not valid")]) from problem
    user = User.objects.filter(email__iexact=email).first()
    if user is not None:
        return user, None
    password = secrets.token_urlsafe(15)
    user = User.objects.create_user(email, password, name=name)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user, password


@transaction.atomic
def add_person(
    *,
    email: str,
    organization: Organization,
    role: str = OrganizationRole.MEMBER,
    name: str = "",
) -> tuple[User, str | None]:
    """Let a person into an organization; who is in already keeps their role."""
    user, password = find_or_create_person(email=email, name=name)
    OrganizationMembership.objects.get_or_create(
        organization=organization, user=user, defaults={"role": role}
    )
    return user, password


def change_profile(*, user: User, name: str, theme: str) -> User:
    """Change what people read of somebody, and the colors they see."""
    user.name, user.theme = name.strip(), theme
    try:
        user.full_clean(exclude=["password"])
    except ValidationError as problem:
        fields = [FieldError(path, texts[0]) for path, texts in problem.message_dict.items()]
        raise DomainError("The profile is not valid.", fields=fields) from problem
    user.save(update_fields=["name", "theme"])
    return user
