"""Audits: the list with the form to draw one, the report, the page where items are judged blind."""

import csv
import io
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from accounts.access import clean_id
from accounts.errors import DomainError, Missing
from accounts.page_tools import SignedInRequest, form_problems, in_percent, page
from annotate.pages.label import modules_for
from labeltypes.ontology import Ontology
from projects.access import Capability, ProjectAccess, access_project
from projects.shell import shell
from quality.models import AuditItem, AuditSample
from quality.pages.contests import problem_of
from quality.pages.frame import below_quality_shell, quality_shell
from quality.reports.audits import AuditReport, audit_report, audits_of, in_words
from quality.services.audits import AuditPlan, extend_audit, start_audit
from quality.services.fields import asked_fields, ontology_for
from quality.services.figures import matrix_fields

ENTRY = "js/pages/audit.js"
PAGE_SIZE = 50
PERCENT = ("target", "expected", "half_width")  # as the form asks


@page
def audits(request: SignedInRequest, project_id: str) -> HttpResponse:
    """All audits; a POST draws one."""
    access = access_project(request, project_id)
    problems: dict[str, Any] = {}
    if request.method == "POST":
        try:
            sample = start_audit(project=access.project, by=access.user, plan=_plan(request.POST.dict()))
            return _to(access, sample)
        except DomainError as refusal:
            problems = form_problems(refusal)
            words = problems["fields"]
            words |= {name: in_percent(words[name]) for name in PERCENT if name in words}
    reports = audits_of(access.project)
    context = {
        "reports": reports,
        "running": any(each.sample.state == "drawing" for each in reports),
        "fields": asked_fields(access.project),
        "class_fields": [asked.name for asked in matrix_fields(access.project)],
        "can_draw": access.can(Capability.JUDGE),
        "problems": problems,
        "form": request.POST,
    }
    status = 400 if problems else 200
    return render(request, "quality/audits.html", quality_shell(access, "audits", **context), status=status)


def _plan(form: dict[str, Any]) -> AuditPlan:
    """The form's texts as a plan; what is no number is refused by the service, by name."""
    by_width = form.get("how") == "width"
    return AuditPlan(
        target=_number(form.get("target")) / 100,
        field=str(form.get("field", ""))[:100],
        by=str(form.get("by", "")),
        meta_key=str(form.get("meta_key", "")).strip()[:100],
        size=None if by_width else int(_number(form.get("size"))),
        half_width=_number(form.get("half_width")) / 100 if by_width else None,
        expected=_number(form.get("expected") or "95") / 100,
        tolerance=_number(form.get("tolerance") or "0"),
        seed=int(_number(form["seed"])) if form.get("seed") else None,
    )


def _number(text: Any) -> float:
    try:
        return min(max(float(text), -1.0), 1e9)
    except (TypeError, ValueError):
        return -1.0


def _to(access: ProjectAccess, sample: AuditSample) -> HttpResponse:
    keys = {"project_id": access.project.pk, "audit_id": sample.pk}
    return HttpResponseRedirect(reverse("audit", kwargs=keys))


def _found(request: SignedInRequest, project_id: str, audit_id: str) -> tuple[AuditSample, ProjectAccess]:
    access = access_project(request, project_id)
    rows = AuditSample.objects.filter(project=access.project).select_related("project", "job", "created_by")
    sample = rows.filter(pk=clean_id(audit_id)).first()
    if sample is None:
        raise Missing
    return sample, access


@page
def audit(request: SignedInRequest, project_id: str, audit_id: str) -> HttpResponse:
    """What the audit proves; a POST draws more."""
    sample, access = _found(request, project_id, audit_id)
    problem, status = "", 200
    if request.method == "POST":
        try:
            extend_audit(sample=sample, by=access.user, more=int(_number(request.POST.get("more"))))
            return _to(access, sample)
        except DomainError as refusal:
            problem, status = problem_of(refusal), refusal.status
    report = audit_report(sample)
    last = int(_number(request.GET.get("after") or 0))
    context = {
        "report": report,
        "sample": sample,
        "plot": _plot(report),
        "field": _field_title(access, sample),
        "can_judge": access.can(Capability.JUDGE),
        "problem": problem,
        "more": request.POST.get("more") or report.suggested,
        **_wrong(sample, report, max(last, 0)),
    }
    return render(
        request, "quality/audit.html", below_quality_shell(access, "audits", **context), status=status
    )


def _wrong(sample: AuditSample, report: AuditReport, after: int) -> dict[str, Any]:
    """Labels that the auditor contradicts, a page of them by position; none before all was judged."""
    if report.found is None:
        return {"wrong": [], "next_after": None}
    rows = AuditItem.objects.filter(sample=sample, is_right=False, position__gt=after)
    items = list(rows.select_related("task", "judged_by").order_by("position")[: PAGE_SIZE + 1])
    more = items[PAGE_SIZE - 1].position if len(items) > PAGE_SIZE else None
    return {"wrong": in_words(sample, items[:PAGE_SIZE]), "next_after": more}


def _field_title(access: ProjectAccess, sample: AuditSample) -> str:
    titles = {asked.name: asked.field.title for asked in asked_fields(access.project)}
    return titles.get(sample.field, sample.field)


def _plot(report: AuditReport) -> dict[str, Any] | None:
    if report.found is None or len(report.strata) < 2:
        return None
    return {
        "title": "Right labels per stratum",
        "label": "Accuracy (exact 95 % interval)",
        "min": 0.0,
        "max": 1.0,
        "reference": report.sample.target,
        "rows": [
            {
                "name": each.title,
                "value": each.value,
                "lo": each.interval.low if each.interval else None,
                "hi": each.interval.high if each.interval else None,
                "n": each.judged,
            }
            for each in report.strata
        ],
    }


@page
def audit_judge(request: SignedInRequest, project_id: str, audit_id: str) -> HttpResponse:
    """The editor for one item after another, without anything that was said about them."""
    sample, access = _found(request, project_id, audit_id)
    ontology = ontology_for(access.project)
    if ontology is None:
        raise Missing
    boot = {
        "ontology": _asked_only(ontology, sample).to_json(),
        "preferences": access.user.preferences,
        "next": reverse("api-audit-next", kwargs={"audit_id": sample.pk}),
        "judgement": reverse("api-audit-judgement", kwargs={"item_id": 0}),
        "report": reverse("audit", kwargs={"project_id": access.project.pk, "audit_id": sample.pk}),
    }
    context = shell(
        access,
        "quality",
        sample=sample,
        boot=boot,
        modules=[*modules_for(ontology), ENTRY],
        exit_url=boot["report"],
    )
    return render(request, "quality/audit_judge.html", context)


def _asked_only(ontology: Ontology, sample: AuditSample) -> Ontology:
    """Only the field in question, unless another one decides whether it is asked."""
    fields = tuple(each for each in ontology.fields if each.name == sample.field)
    return Ontology(ontology.media, fields) if fields and not fields[0].show_if else ontology


@page
def audit_csv(request: SignedInRequest, project_id: str, audit_id: str) -> HttpResponse:
    """The whole report as a file: how it was drawn, what it found, each stratum, each item."""
    sample, _ = _found(request, project_id, audit_id)
    report = audit_report(sample)
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerows(_head(report))
    writer.writerow([])
    writer.writerow(["position", "task", "external id", "stratum", "label", "auditor", "right", "judged at"])
    items = AuditItem.objects.filter(sample=sample).select_related("task").order_by("position")
    shown = in_words(sample, items.defer("task__data", "task__search")) if report.found else []
    for row in shown:
        item = row.item
        cells = [item.task.external_id or "", row.stratum, row.label, row.said]
        right = "unclear" if item.is_unclear else "yes" if item.is_right else "no"
        at = item.judged_at.isoformat() if item.judged_at else ""
        writer.writerow([item.position, item.task_id, *map(_safe, cells), right, at])
    answer = HttpResponse(file.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="audit-{sample.number}.csv"'
    return answer


def _head(report: AuditReport) -> list[list[Any]]:
    sample = report.sample
    rows: list[list[Any]] = [
        ["audit", sample.number],
        ["project", _safe(sample.project.name)],
        ["field", _safe(sample.field or "all fields")],
        ["drawn at", sample.drawn_at.isoformat() if sample.drawn_at else ""],
        ["seed", sample.seed],
        ["done tasks", report.population],
        ["drawn", report.drawn],
        ["judged", report.judged],
        ["could not be judged (counted as wrong)", report.unclear],
        ["target", sample.target],
    ]
    if report.found and report.strict:
        low, high = report.found.interval.low, report.found.interval.high
        rows += [
            ["accuracy", round(report.found.value, 6)],
            [f"95 % interval ({_method(report)})", round(low, 6), round(high, 6)],
            [
                f"interval of the rule ({report.confidence:.2%})",
                round(report.strict.interval.low, 6),
                round(report.strict.interval.high, 6),
            ],
            ["decision", report.decision],
        ]
    rows.append(["stratum", "done tasks", "drawn", "right"])
    rows += [
        [_safe(each.name), each.population, each.drawn, each.right if report.found else ""]
        for each in report.strata
    ]
    return rows


def _method(report: AuditReport) -> str:
    several = sum(each.population > 0 for each in report.strata) > 1
    return "stratified, Korn and Graubard" if several else "exact, hypergeometric"


def _safe(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text
