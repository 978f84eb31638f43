"""Addresses of the quality API, below /api/v1/."""

from django.urls import URLPattern, URLResolver, path

from quality.api import agreement, course
from quality.api.alarms import AlarmDecision, Alarms
from quality.api.annotator_groups import AboutMe, AnnotatorGroups, GroupQuestions, GroupQuestionView
from quality.api.audits import Audit, AuditExtension, AuditItems, AuditJudgement, AuditNext, Audits
from quality.api.contests import ContestAnnotation, ContestDecision, Contests, OwnContests
from quality.api.difficulty import DifficultyView
from quality.api.figures import AnnotatorsView, ConsensusView, Rounds
from quality.api.goal import GoalApply, GoalView
from quality.api.gold import Gold, PromoteAnnotation
from quality.api.label_errors import LabelErrorJudgement, LabelErrorPrecision, LabelErrors, NextLabelError
from quality.api.methods import ConsensusMethods
from quality.api.mining import MinedGold
from quality.api.person import Annotator, AnnotatorDifferences, OwnFigures
from quality.api.plan import PlanView, SimulationView
from quality.api.qualification import QualificationItems, QualificationPeople, QualificationTerms
from quality.api.reasons import OneReason, Reasons, ReasonVerdict
from quality.api.seeded_errors import SeededErrors, SeededErrorsOfPerson
from quality.api.state import QualityState
from quality.api.triage import Triage, TriageBack, TriageMore, TriageRunView
from quality.api.why import TaskWhy

AGREEMENT = "projects/<str:project_id>/agreement/"
QUALIFICATION = "projects/<str:project_id>/qualification/"
TRIAGE_RUN = "projects/<str:project_id>/triage/run/"
ITEM = "qualification-items/<str:course_item_id>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("projects/<str:project_id>/gold/", Gold.as_view(), name="api-gold"),
    path("projects/<str:project_id>/gold/mined/", MinedGold.as_view(), name="api-mined-gold"),
    path("projects/<str:project_id>/quality/", QualityState.as_view(), name="api-quality"),
    path("tasks/<str:task_id>/why/", TaskWhy.as_view(), name="api-task-why"),
    path("projects/<str:project_id>/consensus/", ConsensusView.as_view(), name="api-consensus"),
    path(
        "projects/<str:project_id>/consensus/methods/",
        ConsensusMethods.as_view(),
        name="api-consensus-methods",
    ),
    path(AGREEMENT, agreement.AgreementView.as_view(), name="api-agreement"),
    path(f"{AGREEMENT}classes/", agreement.ClassAgreement.as_view(), name="api-agreement-classes"),
    path(f"{AGREEMENT}people/", agreement.PersonAgreement.as_view(), name="api-agreement-people"),
    path(f"{AGREEMENT}pairs/", agreement.PairAgreement.as_view(), name="api-agreement-pairs"),
    path(f"{AGREEMENT}differences/", agreement.PairDifferences.as_view(), name="api-agreement-differences"),
    path(f"{AGREEMENT}slices/", agreement.SliceAgreement.as_view(), name="api-agreement-slices"),
    path("projects/<str:project_id>/annotators/", AnnotatorsView.as_view(), name="api-annotators"),
    path("projects/<str:project_id>/annotators/<str:user_id>/", Annotator.as_view(), name="api-annotator"),
    path(
        "projects/<str:project_id>/annotators/<str:user_id>/differences/",
        AnnotatorDifferences.as_view(),
        name="api-annotator-differences",
    ),
    path("projects/<str:project_id>/own-figures/", OwnFigures.as_view(), name="api-own-figures"),
    path("projects/<str:project_id>/reasons/", Reasons.as_view(), name="api-reasons"),
    path("reasons/<str:reason_id>/", OneReason.as_view(), name="api-reason"),
    path("reasons/<str:reason_id>/verdict/", ReasonVerdict.as_view(), name="api-reason-verdict"),
    path("projects/<str:project_id>/plan/", PlanView.as_view(), name="api-plan"),
    path("projects/<str:project_id>/plan/simulation/", SimulationView.as_view(), name="api-plan-simulation"),
    path("projects/<str:project_id>/plan/goal/", GoalView.as_view(), name="api-goal"),
    path("projects/<str:project_id>/plan/goal/apply/", GoalApply.as_view(), name="api-goal-apply"),
    path("organizations/<str:organization_id>/about-me/", AboutMe.as_view(), name="api-about-me"),
    path(
        "organizations/<str:organization_id>/group-questions/",
        GroupQuestions.as_view(),
        name="api-group-questions",
    ),
    path(
        "organizations/<str:organization_id>/group-questions/<str:question_id>/",
        GroupQuestionView.as_view(),
        name="api-group-question",
    ),
    path(
        "projects/<str:project_id>/annotator-groups/",
        AnnotatorGroups.as_view(),
        name="api-annotator-groups",
    ),
    path("projects/<str:project_id>/seeded-errors/", SeededErrors.as_view(), name="api-seeded-errors"),
    path(
        "projects/<str:project_id>/seeded-errors/<str:user_id>/",
        SeededErrorsOfPerson.as_view(),
        name="api-seeded-errors-person",
    ),
    path("projects/<str:project_id>/triage/", Triage.as_view(), name="api-triage"),
    path(TRIAGE_RUN, TriageRunView.as_view(), name="api-triage-run"),
    path(f"{TRIAGE_RUN}more/", TriageMore.as_view(), name="api-triage-more"),
    path(f"{TRIAGE_RUN}put-back/", TriageBack.as_view(), name="api-triage-back"),
    path("projects/<str:project_id>/rounds/", Rounds.as_view(), name="api-rounds"),
    path("projects/<str:project_id>/alarms/", Alarms.as_view(), name="api-alarms"),
    path("alarms/<str:alarm_id>/decision/", AlarmDecision.as_view(), name="api-alarm-decision"),
    path("projects/<str:project_id>/contests/", Contests.as_view(), name="api-contests"),
    path("projects/<str:project_id>/contests/own/", OwnContests.as_view(), name="api-own-contests"),
    path("contests/<str:contest_id>/decision/", ContestDecision.as_view(), name="api-contest-decision"),
    path("annotations/<str:annotation_id>/contest/", ContestAnnotation.as_view(), name="api-contest"),
    path("projects/<str:project_id>/difficulty/", DifficultyView.as_view(), name="api-difficulty"),
    path("projects/<str:project_id>/label-errors/", LabelErrors.as_view(), name="api-label-errors"),
    path(
        "projects/<str:project_id>/label-errors/precision/",
        LabelErrorPrecision.as_view(),
        name="api-label-errors-precision",
    ),
    path(
        "projects/<str:project_id>/label-errors/next/", NextLabelError.as_view(), name="api-label-errors-next"
    ),
    path(
        "label-errors/<str:flag_id>/judgement/",
        LabelErrorJudgement.as_view(),
        name="api-label-error-judgement",
    ),
    path("projects/<str:project_id>/audits/", Audits.as_view(), name="api-audits"),
    path("audits/<str:audit_id>/", Audit.as_view(), name="api-audit"),
    path("audits/<str:audit_id>/extension/", AuditExtension.as_view(), name="api-audit-extension"),
    path("audits/<str:audit_id>/items/", AuditItems.as_view(), name="api-audit-items"),
    path("audits/<str:audit_id>/next/", AuditNext.as_view(), name="api-audit-next"),
    path("audit-items/<str:item_id>/judgement/", AuditJudgement.as_view(), name="api-audit-judgement"),
    path(QUALIFICATION, QualificationTerms.as_view(), name="api-qualification"),
    path(f"{QUALIFICATION}items/", QualificationItems.as_view(), name="api-qualification-items"),
    path(f"{QUALIFICATION}people/", QualificationPeople.as_view(), name="api-qualification-people"),
    path(f"{QUALIFICATION}next/", course.CourseNext.as_view(), name="api-qualification-next"),
    path(f"{QUALIFICATION}practice/", course.CoursePractice.as_view(), name="api-qualification-practice"),
    path(f"{QUALIFICATION}quiz/", course.CourseQuiz.as_view(), name="api-qualification-quiz"),
    path(f"{QUALIFICATION}own/", course.OwnCertificates.as_view(), name="api-own-certificates"),
    path(ITEM, course.CourseItem.as_view(), name="api-qualification-item"),
    path(f"{ITEM}draft/", course.CourseDraft.as_view(), name="api-qualification-draft"),
    path(f"{ITEM}submit/", course.CourseSubmit.as_view(), name="api-qualification-submit"),
    path("annotations/<str:annotation_id>/gold/", PromoteAnnotation.as_view(), name="api-annotation-gold"),
]
