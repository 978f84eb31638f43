"""A person's API tokens. A token cannot make or see tokens: only a signed-in browser can."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import access_organization, clean_id, signed_in
from accounts.api.authentication import SessionAuthentication
from accounts.api.serializers import IdField, StrictSerializer
from accounts.errors import DomainError, FieldError, Missing
from accounts.models import Scope
from accounts.services.tokens import create_token, revoke_token


class TokenInput(StrictSerializer):
    organization = IdField()
    name = serializers.CharField(max_length=100)
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=Scope.choices), min_length=1)
    days = serializers.IntegerField(min_value=1, max_value=366, default=90)


class TokenOutput(serializers.Serializer[Any]):
    id = IdField()
    organization = IdField(source="organization_id")
    name = serializers.CharField()
    prefix = serializers.CharField()
    scopes = serializers.ListField(child=serializers.CharField())
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField()


class TokenCreated(TokenOutput):
    secret = serializers.CharField()


class SessionOnly(APIView):
    """A stolen token must not breed: these routes take the browser's session alone."""

    authentication_classes = (SessionAuthentication,)

    def get_authenticate_header(self, request: Request) -> str:
        """Makes the refusal a 401."""
        return "Session"


class Tokens(SessionOnly):
    @extend_schema(responses=TokenOutput(many=True))
    def get(self, request: Request) -> Response:
        """Your tokens that were not revoked."""
        tokens = signed_in(request).api_tokens.filter(revoked_at__isnull=True).order_by("-created_at")
        return Response(TokenOutput(tokens, many=True).data)

    @extend_schema(request=TokenInput, responses={201: TokenCreated})
    def post(self, request: Request) -> Response:
        """Make a token; ``secret`` is shown this once."""
        data = TokenInput(data=request.data)
        data.is_valid(raise_exception=True)
        values = data.validated_data
        try:
            organization = access_organization(request, values.pop("organization"))
        except Missing:
            raise DomainError("Not found.", fields=[FieldError("organization", "not found")]) from None
        token, secret = create_token(user=signed_in(request), organization=organization, **values)
        return Response({**TokenOutput(token).data, "secret": secret}, status=201)


class Token(SessionOnly):
    @extend_schema(responses={204: None})
    def delete(self, request: Request, token_id: str) -> Response:
        """Revoke one of your tokens at once."""
        token = signed_in(request).api_tokens.filter(pk=clean_id(token_id)).first()
        if token is None:
            raise Missing
        revoke_token(token=token)
        return Response(status=204)
