"""The terms of qualification, the items for it, and everybody's certificates, for managers."""

from collections.abc import Callable
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.serializers import IdField, StrictSerializer, check_query
from accounts.errors import DomainError, FieldError
from projects.access import ProjectAccess, access_project
from projects.models import Membership
from quality.api.course import CertificateOut, QuizResultOut
from quality.api.qualification_payloads import certificate_payload, result_payload
from quality.models import GoldUse, Qualification
from quality.reports.qualification import PersonStanding, course_items, people_standing, person_standing
from quality.services.contests import LONGEST
from quality.services.qualification.certificates import forgive, grant, withdraw
from quality.services.qualification.terms import MOST_ITEMS, Terms, count_pool, save_terms, set_use, terms_of

ACTIONS = ("grant", "withdraw", "retry")


class QualificationTermsIn(StrictSerializer):
    """What is left out stays as it is. ``class_marks``: field → class → share of it that must be right."""

    on = serializers.BooleanField(required=False)
    grant_existing = serializers.BooleanField(default=False)
    quiz_length = serializers.IntegerField(required=False)
    pass_mark = serializers.FloatField(required=False)
    class_marks = serializers.DictField(
        child=serializers.DictField(child=serializers.FloatField()), required=False
    )
    cooldown_minutes = serializers.IntegerField(required=False)
    attempts_most = serializers.IntegerField(required=False)
    other_items = serializers.BooleanField(required=False)
    validity_days = serializers.IntegerField(required=False)
    recalibrate = serializers.BooleanField(required=False)


class QualificationPoolOut(serializers.Serializer[Any]):
    """``attempts``: so many quizzes with wholly other items the pool allows one person."""

    practice = serializers.IntegerField()
    quiz = serializers.IntegerField()
    hidden = serializers.IntegerField()
    attempts = serializers.IntegerField()


class QualificationTermsOut(serializers.Serializer[Any]):
    on = serializers.BooleanField()
    quiz_length = serializers.IntegerField()
    pass_mark = serializers.FloatField()
    class_marks = serializers.JSONField()
    cooldown_minutes = serializers.IntegerField()
    attempts_most = serializers.IntegerField()
    other_items = serializers.BooleanField()
    validity_days = serializers.IntegerField()
    recalibrate = serializers.BooleanField()
    pool = QualificationPoolOut()


class UseIn(StrictSerializer):
    tasks = serializers.ListField(child=IdField(), min_length=1, max_length=MOST_ITEMS)
    use = serializers.ChoiceField(choices=GoldUse.choices)


class UsedOut(serializers.Serializer[Any]):
    changed = serializers.IntegerField()
    pool = QualificationPoolOut()


class MissedShareOut(serializers.Serializer[Any]):
    value = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()


class CourseGoldOut(serializers.Serializer[Any]):
    """``missed``: share of the answers that were wrong, with a 95 % Wilson interval; null: never asked."""

    task = IdField()
    use = serializers.CharField()
    explanation = serializers.CharField(allow_blank=True)
    asked = serializers.IntegerField()
    missed = MissedShareOut(allow_null=True)


class QualificationPersonIn(StrictSerializer):
    """``retry`` takes away what keeps somebody from another attempt."""

    user = IdField()
    action = serializers.ChoiceField(choices=ACTIONS)
    reason = serializers.CharField(max_length=LONGEST)


class QualificationPersonOut(serializers.Serializer[Any]):
    user = IdField()
    name = serializers.CharField()
    state = serializers.ChoiceField(
        choices=["none", "practicing", "quiz", "certified", "expired", "withdrawn", "failed", "stopped"]
    )
    next_at = serializers.DateTimeField(allow_null=True)
    attempts_left = serializers.IntegerField(allow_null=True)
    certificate = CertificateOut(allow_null=True)
    result = QuizResultOut(allow_null=True)


def pool_payload(access: ProjectAccess, terms: Qualification) -> dict[str, int]:
    """What there is to practice on and to ask."""
    pool = count_pool(access.project)
    return {**vars(pool), "attempts": pool.quiz // terms.quiz_length}


def terms_payload(access: ProjectAccess) -> dict[str, Any]:
    """The terms as they are."""
    terms = terms_of(access.project)
    values = {name: getattr(terms, name) for name in Terms.__dataclass_fields__}
    return {"on": access.project.needs_certificate, **values, "pool": pool_payload(access, terms)}


def person_payload(row: PersonStanding) -> dict[str, Any]:
    """One person as the API shows them."""
    standing = row.standing
    return {
        "user": str(row.membership.user_id),
        "name": row.membership.user.display_name,
        "state": row.state,
        "next_at": standing.next_at,
        "attempts_left": standing.attempts_left,
        "certificate": certificate_payload(standing.certificate) if standing.certificate else None,
        "result": result_payload(standing.last) if standing.last else None,
    }


def find_subject(access: ProjectAccess, user_id: int) -> Membership:
    """Somebody in the project. Raises DomainError: the same words for everybody who is not."""
    member = Membership.objects.filter(project=access.project, user=user_id)
    found = member.select_related("user", "project").first()
    if found is None:
        raise DomainError("Not found.", fields=[FieldError("user", "not found in this project")])
    return found


def act_on(access: ProjectAccess, member: Membership, action: str, reason: str) -> None:
    """Grant or withdraw a certificate by hand, or let somebody try again."""
    verbs: dict[str, Callable[..., object]] = {"grant": grant, "withdraw": withdraw, "retry": forgive}
    verbs[action](project=access.project, user=member.user, by=access.user, reason=reason)


class QualificationTerms(APIView):
    @extend_schema(responses=QualificationTermsOut, operation_id="qualification_terms")
    def get(self, request: Request, project_id: str) -> Response:
        """The terms, whether they hold, and how far the pool of items lasts."""
        access = access_project(request, project_id)
        check_query(request, ())
        return Response(terms_payload(access))

    @extend_schema(
        request=QualificationTermsIn, responses=QualificationTermsOut, operation_id="qualification_terms_set"
    )
    def put(self, request: Request, project_id: str) -> Response:
        """Change the terms, turn qualification on or off."""
        access = access_project(request, project_id)
        data = QualificationTermsIn(data=request.data)
        data.is_valid(raise_exception=True)
        given = dict(data.validated_data)
        on = given.pop("on", access.project.needs_certificate)
        grant_existing = given.pop("grant_existing")
        terms = terms_of(access.project)
        values = {name: getattr(terms, name) for name in Terms.__dataclass_fields__} | given
        save_terms(
            project=access.project,
            terms=Terms(**values),
            on=on,
            by=access.user,
            grant_existing=grant_existing,
        )
        return Response(terms_payload(access))


class QualificationItems(APIView):
    @extend_schema(
        parameters=[OpenApiParameter("use", str, enum=GoldUse.values)],
        responses=CourseGoldOut(many=True),
        operation_id="qualification_items",
    )
    def get(self, request: Request, project_id: str) -> Response:
        """The newest 200 gold items for practice, or ``?use=``; how often they were asked and missed here."""
        access = access_project(request, project_id)
        check_query(request, ["use"])
        use = request.query_params.get("use", GoldUse.PRACTICE)
        if use not in GoldUse.values:
            raise ValidationError({"use": f"one of {', '.join(GoldUse.values)}"})
        return Response(
            {
                "results": [
                    {
                        "task": str(row["gold"].task_id),
                        "use": row["gold"].use,
                        "explanation": row["gold"].explanation,
                        "asked": row["gold"].asked,
                        "missed": row["missed"] and MissedShareOut(row["missed"]).data,
                    }
                    for row in course_items(access.project, use)
                ]
            }
        )

    @extend_schema(request=UseIn, responses=UsedOut, operation_id="qualification_items_set")
    def post(self, request: Request, project_id: str) -> Response:
        """Put gold aside for practice or the quiz, or hide it among the work again."""
        access = access_project(request, project_id)
        data = UseIn(data=request.data)
        data.is_valid(raise_exception=True)
        changed = set_use(
            project=access.project,
            task_ids=data.validated_data["tasks"],
            use=data.validated_data["use"],
            by=access.user,
        )
        return Response({"changed": changed, "pool": pool_payload(access, terms_of(access.project))})


class QualificationPeople(APIView):
    @extend_schema(responses=QualificationPersonOut(many=True), operation_id="qualification_people")
    def get(self, request: Request, project_id: str) -> Response:
        """Everybody who needs a certificate: state, certificate, newest quiz."""
        access = access_project(request, project_id)
        check_query(request, ())
        return Response({"results": [person_payload(row) for row in people_standing(access.project)]})

    @extend_schema(
        request=QualificationPersonIn,
        responses=QualificationPersonOut,
        operation_id="qualification_person_set",
    )
    def post(self, request: Request, project_id: str) -> Response:
        """Grant or withdraw a certificate by hand, or allow another attempt; never to oneself."""
        access = access_project(request, project_id)
        data = QualificationPersonIn(data=request.data)
        data.is_valid(raise_exception=True)
        member = find_subject(access, data.validated_data["user"])
        act_on(access, member, data.validated_data["action"], data.validated_data["reason"])
        return Response(person_payload(person_standing(member)))
