"""What allauth asks us: who may sign up."""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest

# Set in the session by the page of an invitation: whoever was invited may sign up, open or not.
INVITED_KEY = "invited"


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up is a switch of the installation; an invitation opens it for one person."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return whether this visitor may make an account."""
        return bool(settings.SIGNUP_OPEN or request.session.get(INVITED_KEY))
