"""Addresses of pages of the projects app, and of media."""

from django.urls import URLPattern, URLResolver, path
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from projects.api import jobs, media
from projects.pages import guideline, home, new_project, ontology, overview, settings

PROJECT = "projects/<str:project_id>/"

# Media and files are fetched by the browser itself, so they live beside the pages; checked as the API.
media_urls = [
    path("media/<str:key>/view/", media.MediaView.as_view(), name="media-view"),
    path("media/<str:key>/thumbnail/", media.MediaThumbnail.as_view(), name="media-thumbnail"),
    path("media/<str:recording>/sound/", media.MediaSound.as_view(), name="media-sound"),
    path("media/<str:recording>/peaks/", media.MediaPeaks.as_view(), name="media-peaks"),
    path("media/<str:key>/original/", media.MediaOriginal.as_view(), name="media-original"),
    path("jobs/<str:job_id>/errors.csv", jobs.JobErrors.as_view(), name="job-errors"),
]

get_or_post = require_http_methods(["GET", "HEAD", "POST"])
setup_urls = [
    path("projects/new/", require_safe(new_project.new_project), name="project-new"),
    path(f"{PROJECT}ontology/", require_safe(ontology.ontology), name="ontology"),
    path(f"{PROJECT}ontology/versions/", require_safe(ontology.ontology_versions), name="ontology-versions"),
    path(f"{PROJECT}guideline/", get_or_post(guideline.guideline), name="guideline"),
    path(f"{PROJECT}guideline/preview/", require_POST(guideline.guideline_preview), name="guideline-preview"),
    path(f"{PROJECT}guideline/changes/", require_safe(guideline.guideline_changes), name="guideline-changes"),
    path(
        f"{PROJECT}guideline/acknowledge/",
        require_POST(guideline.guideline_acknowledge),
        name="guideline-acknowledge",
    ),
    path(f"{PROJECT}settings/", get_or_post(settings.project_settings), name="project-settings"),
    path(f"{PROJECT}act/", require_POST(settings.project_act), name="project-act"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", require_safe(home.home), name="home"),
    *setup_urls,
    path(PROJECT, require_safe(overview.overview), name="project-overview"),
    *media_urls,
]
