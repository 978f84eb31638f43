"""What every page does around its own work: ask who it is, and show refusals as pages."""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.db import OperationalError
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from rest_framework import exceptions

from accounts.errors import DomainError, Forbidden, Missing, took_too_long
from accounts.models import User

Params = ParamSpec("Params")
View = Callable[Concatenate[HttpRequest, Params], HttpResponseBase]


class SignedInRequest(HttpRequest):
    """A request whose user is known; what a ``@page`` view gets."""

    user: User


def page(
    view: Callable[Concatenate[SignedInRequest, Params], HttpResponseBase],
) -> View[Params]:
    """Wrap a page: visitors are sent to sign in, refusals become the 403, 404 and 405 pages.

    What the database gave up on (STATEMENT_TIMEOUT_MS) is a page that says so.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Params.args, **kwargs: Params.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        try:
            return view(cast("SignedInRequest", request), *args, **kwargs)
        except (Missing, Http404):
            return render(request, "errors/404.html", status=404)
        except Forbidden as refusal:
            return render(request, "errors/403.html", {"message": refusal.message}, status=403)
        except exceptions.MethodNotAllowed:
            return render(request, "errors/405.html", status=405)
        except OperationalError as failure:
            if not took_too_long(failure):
                raise
            return render(request, "errors/503.html", status=503)

    return cast("View[Params]", wrapped)


def in_percent(words: str) -> str:
    """What is said of shares, for a form that asks in percent."""
    return re.sub(r"\d+(?:\.\d+)?", lambda share: f"{100 * float(share[0]):g}", words)


def form_problems(refusal: DomainError) -> dict[str, Any]:
    """A refusal for a form: the sentence above it, and one per field."""
    return {
        "message": refusal.message,
        "fields": {problem.path: problem.message for problem in refusal.fields},
    }
