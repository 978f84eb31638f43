"""Addresses of pages of the projects app, and of media."""

from django.urls import URLPattern, URLResolver, path
from django.views.decorators.http import require_safe

from projects.api import jobs, media
from projects.pages import home, overview

PROJECT = "projects/<str:project_id>/"

# Media and files are fetched by the browser itself, so they live beside the pages; the views check as the API does.
media_urls = [
    path("media/<str:key>/view/", media.MediaView.as_view(), name="media-view"),
    path("media/<str:key>/thumbnail/", media.MediaThumbnail.as_view(), name="media-thumbnail"),
    path("media/<str:key>/original/", media.MediaOriginal.as_view(), name="media-original"),
    path("jobs/<str:job_id>/errors.csv", jobs.JobErrors.as_view(), name="job-errors"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", require_safe(home.home), name="home"),
    path(PROJECT, require_safe(overview.overview), name="project-overview"),
    *media_urls,
]
