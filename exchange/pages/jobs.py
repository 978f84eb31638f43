"""The page of one job, kept up to date while it runs."""

from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.page_tools import SignedInRequest, page
from exchange.services.job_views import view_of
from projects.access import Capability, access_row
from projects.jobs import cancel_job
from projects.models import Job
from projects.shell import shell

ERRORS_SHOWN = 100
TABS = {"import": "import", "export": "export"}


@page
def job_page(request: SignedInRequest, job_id: str) -> HttpResponse:
    """How far a job is, what it refused and what it left; POST asks it to stop.

    While it is not finished the page asks for its inner part again every second.
    """
    job, access = access_row(request, Job.objects.select_related("created_by"), job_id)
    if request.method == "POST":
        cancel_job(job=job)
        return redirect("job", job_id=job.pk)
    context = {
        "view": view_of(job),
        "errors": job.errors.order_by("row", "pk")[:ERRORS_SHOWN],
        "can_stop": access.can(Capability.IMPORT),
        "can_download": access.can(Capability.EXPORT),
    }
    if request.headers.get("HX-Request"):
        return render(request, "exchange/_job.html", {"project": access.project, **context})
    return render(request, "exchange/job.html", shell(access, TABS.get(job.kind, ""), **context))
