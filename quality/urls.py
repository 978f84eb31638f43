"""Addresses of the pages of the quality app."""

from django.urls import URLPattern, URLResolver, path
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from quality.pages import (
    agreement,
    alarms,
    audits,
    contests,
    difficulty,
    goal,
    gold,
    label_errors,
    methods,
    mining,
    model,
    my_work,
    people,
    person,
    plan,
    qualification,
    quality,
    reasons,
    seeded_errors,
    summary,
    why,
)
from quality.pages import annotator_groups as groups

PROJECT = "projects/<str:project_id>/"
ORGANIZATION = "organizations/<str:organization_id>/"
both = require_http_methods(["GET", "HEAD", "POST"])

urlpatterns: list[URLPattern | URLResolver] = [
    path(f"{PROJECT}quality/", require_safe(quality.quality), name="quality"),
    path(f"{PROJECT}quality/summary/", require_safe(summary.summary), name="quality-summary"),
    path(f"{PROJECT}quality/run/", require_POST(quality.run), name="quality-run"),
    path(f"{PROJECT}quality/cell/", require_safe(quality.cell), name="quality-cell"),
    path(f"{PROJECT}tasks/<str:task_id>/why/", require_safe(why.task_why), name="task-why"),
    path(f"{PROJECT}consensus/", both(methods.methods), name="methods"),
    path(f"{PROJECT}agreement/", require_safe(agreement.agreement), name="agreement"),
    path(f"{PROJECT}agreement/pair/", require_safe(agreement.agreement_pair), name="agreement-pair"),
    path(f"{PROJECT}plan/", require_safe(plan.plan), name="plan"),
    path(f"{PROJECT}plan/simulate/", require_POST(plan.simulate), name="plan-simulate"),
    path(f"{PROJECT}plan/apply/", require_POST(plan.apply), name="plan-apply"),
    path(f"{PROJECT}plan/goal/", require_POST(goal.goal), name="goal"),
    path(f"{PROJECT}plan/goal/drop/", require_POST(goal.goal_drop), name="goal-drop"),
    path(f"{PROJECT}plan/goal/apply/", require_POST(goal.goal_apply), name="goal-apply"),
    path(f"{PROJECT}gold/", require_safe(gold.gold), name="gold"),
    path(f"{PROJECT}gold/contests/", require_safe(contests.contests), name="contests"),
    path(f"{PROJECT}gold/mined/", both(mining.mined_gold), name="mined-gold"),
    path("contests/<str:contest_id>/", require_POST(contests.contest_decide), name="contest-decide"),
    path(f"{PROJECT}gold/<str:task_id>/", require_safe(gold.gold_editor), name="gold-editor"),
    path(f"{PROJECT}gold/<str:task_id>/retire/", require_POST(gold.gold_retire), name="gold-retire"),
    path(f"{PROJECT}disagreement/", require_safe(difficulty.difficulty), name="difficulty"),
    path(f"{PROJECT}label-errors/", both(label_errors.label_errors), name="label-errors"),
    path(
        f"{PROJECT}label-errors/judge/",
        require_safe(label_errors.label_errors_judge),
        name="label-errors-judge",
    ),
    path(f"{PROJECT}audits/", both(audits.audits), name="audits"),
    path(f"{PROJECT}audits/<str:audit_id>/", both(audits.audit), name="audit"),
    path(f"{PROJECT}audits/<str:audit_id>/judge/", require_safe(audits.audit_judge), name="audit-judge"),
    path(f"{PROJECT}audits/<str:audit_id>/report.csv", require_safe(audits.audit_csv), name="audit-csv"),
    path(f"{PROJECT}progress/", require_safe(people.progress_panel), name="progress-panel"),
    path(f"{PROJECT}qualification/", both(qualification.qualification), name="qualification"),
    path(
        f"{PROJECT}qualification/items/",
        require_POST(qualification.qualification_items),
        name="qualification-items",
    ),
    path(
        f"{PROJECT}qualification/person/",
        require_POST(qualification.qualification_person),
        name="qualification-person",
    ),
    path(
        f"{PROJECT}qualification/course/",
        require_safe(qualification.qualification_course),
        name="qualification-course",
    ),
    path(f"{PROJECT}people/", both(people.people), name="people"),
    path(f"{PROJECT}people/invite/", require_POST(people.people_invite), name="people-invite"),
    path(f"{PROJECT}people/classes/", require_safe(people.class_accuracy), name="people-classes"),
    path(f"{PROJECT}reasons/", require_safe(reasons.reasons), name="reasons"),
    path("reasons/<str:reason_id>/", both(reasons.reason), name="reason"),
    path(
        f"{PROJECT}people/<str:membership_id>/figures/",
        require_safe(person.person_figures),
        name="person-figures",
    ),
    path(
        f"{PROJECT}people/<str:membership_id>/differences/",
        require_safe(person.person_differences),
        name="person-differences",
    ),
    path("alarms/<str:alarm_id>/", require_POST(alarms.alarm_decide), name="alarm-decide"),
    path(f"{PROJECT}people/<str:membership_id>/", require_POST(people.person), name="person"),
    path(f"{PROJECT}annotator-groups/", require_safe(groups.annotator_groups), name="annotator-groups"),
    path(f"{ORGANIZATION}about-me/", both(groups.about_me), name="about-me"),
    path(f"{ORGANIZATION}group-questions/", require_POST(groups.group_questions), name="group-questions"),
    path(
        f"{ORGANIZATION}group-questions/<str:question_id>/drop/",
        require_POST(groups.group_question_drop),
        name="group-question-drop",
    ),
    path(f"{PROJECT}seeded-errors/", both(seeded_errors.seeded_errors), name="seeded-errors"),
    path(f"{PROJECT}model/", both(model.model), name="model"),
    path(f"{PROJECT}my-work/", require_safe(my_work.my_work), name="my-work"),
    path("answers/<str:annotation_id>/contest/", require_POST(my_work.my_contest), name="my-contest"),
]
