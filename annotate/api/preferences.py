"""How a person likes to work: text size, keys bound anew, switches. Theirs alone, in all projects."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import signed_in
from accounts.api.serializers import StrictSerializer
from accounts.models import User
from annotate.services.preferences import change_preferences
from projects.access.doors import check_scope, rule_of


class PreferencesIn(StrictSerializer):
    preferences = serializers.DictField(child=serializers.JSONField(allow_null=True))


class PreferencesOut(serializers.Serializer[Any]):
    preferences = serializers.DictField()


class Preferences(APIView):
    """One's own preferences."""

    @extend_schema(responses=PreferencesOut, operation_id="preferences")
    def get(self, request: Request) -> Response:
        """All of them."""
        return Response({"preferences": me(request).preferences})

    @extend_schema(request=PreferencesIn, responses=PreferencesOut, operation_id="preferences_change")
    def patch(self, request: Request) -> Response:
        """Change those that are named; null takes one back to what it is for everybody."""
        user = me(request)
        data = PreferencesIn(data=request.data)
        data.is_valid(raise_exception=True)
        changes = data.validated_data["preferences"]
        return Response({"preferences": change_preferences(user=user, changes=changes)})


def me(request: Request) -> User:
    """Who asks, within the scopes of their token."""
    user = signed_in(request)
    check_scope(request, rule_of(request))
    return user
